"""Channels' own way: a consumer in a group of its channel layer, on Redis, served by Daphne as it is."""

import os
from typing import Any

from django.conf import settings

settings.configure(
    SECRET_KEY="nobody's",  # noqa: S106 (nothing is signed with it)
    ALLOWED_HOSTS=["*"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [os.environ["EQBOARD_REDIS_URL"]]},
        }
    },
)

import django  # noqa: E402

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402

GROUP = "board"


class Consumer(AsyncWebsocketConsumer):
    groups = [GROUP]  # noqa: RUF012 (so Channels has it)

    async def board_frame(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


application = Consumer.as_asgi()

"""The two doors of a web process, HTTP and websocket; and what is done at its beginning and its end."""

import os
import sys
from typing import Any

import django

from eqboard.config import ConfigError, get_config
from eqboard.ops.database import DatabaseUnusable, need_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eqboard.settings")
try:
    get_config().need("secret_key", "eq_key")
    django.setup(set_prefix=False)
    need_database()
except (ConfigError, DatabaseUnusable) as error:  # one sentence instead of the server's traceback
    sys.exit(f"eqboard: {error}")

from channels.routing import ProtocolTypeRouter

from eqboard.boards.mishaps import Door
from eqboard.control.background import all_answered
from eqboard.control.doing.settling import settlers
from eqboard.live.routing import websocket
from eqboard.loops import endings

doors = ProtocolTypeRouter({"http": Door(), "websocket": websocket})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What a crash left unfinished is settled from the beginning on; from the first visit on where the server tells of
    no beginning, as Daphne by itself.
    """
    settlers.get().start()
    if scope["type"] == "lifespan":
        await live(receive, send)
    else:
        await doors(scope, receive, send)


async def live(receive: Any, send: Any) -> None:
    """ASGI's lifespan. Before the end, what was asked of EQ is answered and written down, and no more is asked."""
    await receive()  # "lifespan.startup", and then "lifespan.shutdown"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    endings.get().set()
    await all_answered()
    await send({"type": "lifespan.shutdown.complete"})

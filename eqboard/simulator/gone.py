"""A server that is gone answers nobody: neither who has no key, nor who asks for what there is not."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from eqboard.simulator.answering import HANG_UP, Dropped


class MayBeGone:
    """In front of the EQ API. The control side stays, or nobody could bring the server back."""

    def __init__(self, app: ASGIApp, api: str, is_gone: Callable[[], bool]) -> None:
        """`api` is where the paths of the EQ API begin."""
        self._app = app
        self._api = api
        self._is_gone = is_gone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_nothing(message: Message) -> None:
            if message["type"] == HANG_UP:
                await send(message)
            elif message["type"] == "http.response.start":
                await Dropped()(scope, receive, send)

        is_api = scope["type"] == "http" and scope["path"].startswith(f"{self._api}/")
        await self._app(scope, receive, send_nothing if is_api and self._is_gone() else send)

"""What a browser is told about everything on the control side: to run, embed, guess and keep as little as it can."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class GuardedAnswers:
    """Every answer outside the EQ API, refusals too. What may be kept says so by itself; the rest is kept nowhere."""

    def __init__(self, app: ASGIApp, api: str) -> None:
        """`api` is where the paths of the EQ API begin: its answers are as EQ gives them."""
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(ALWAYS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        is_ours = scope["type"] == "http" and not scope["path"].startswith(f"{self._api}/")
        await self._app(scope, receive, send_guarded if is_ours else send)

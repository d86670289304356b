"""A pretend OpenID Connect provider on this machine, over real HTTP: tests say what it tells, and see what it heard."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import jwt

PATH = "/realms/office"
KEY = "a key of the provider's own, which nobody checks over TLS"


class PretendProvider:
    """`claims`, `userinfo`, `discovery` and `token` are laid over what it would tell; `broken` names addresses that
    answer nonsense.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}{PATH}"
        self.claims: dict[str, Any] = {"email": "lead@office.example", "email_verified": True}
        self.userinfo: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.heard: dict[str, dict[str, str]] = {}  # the form that came last, by address

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        name = path.removeprefix(PATH)
        self.heard[name] = form
        if name in self.broken:
            return self.broken[name]
        told = {"/.well-known/openid-configuration": self._itself, "/token": self._token, "/me": lambda: self.userinfo}
        return (200, json.dumps(told[name]()).encode()) if name in told else (404, b"{}")

    def _itself(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/me",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.discovery

    def _token(self) -> dict[str, Any]:
        usual = {"iss": self.issuer, "aud": "eqboard", "sub": "7", "exp": int(time.time()) + 60}
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        id_token = jwt.encode(claims, KEY, algorithm="HS256")
        return {"access_token": "canary-access-token", "token_type": "Bearer", "id_token": id_token} | self.token


@contextmanager
def pretend_provider() -> Iterator[PretendProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, answer = provider.answer(self.path, dict(parse_qsl(body)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815 (the base class' name)

        def log_message(self, *args: Any) -> None:
            """Nothing: tests look at what was heard."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = PretendProvider(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()

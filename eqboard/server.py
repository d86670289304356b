"""Daphne, as both servers here use it: it tells whether it could listen, and keeps no more of a body than may come."""

from functools import partial
from typing import Any, ClassVar

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server


class BoundedRequest(WebRequest):  # type: ignore[misc]  # Daphne has no types
    """Daphne reads every body to its end before the application begins, into a file if it is long. Here what is more
    than the server's `most_body_bytes` is let go as it comes, but for one byte, by which others know.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)  # the application reads forms by itself
        self.most_bytes: int = self.channel.factory.server.most_body_bytes

    def process(self) -> Any:
        """Daphne takes from one header under which path the application lies; whoever asks has no say in that."""
        self.requestHeaders.removeHeader(b"Daphne-Root-Path")
        return super().process()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        room = self.most_bytes + 1 - self.content.tell()
        super().handleContentChunk(data[: max(0, room)])


class BoundedServer(Server):  # type: ignore[misc]
    """`failure` is why it could not listen."""

    request_class: ClassVar[type[BoundedRequest]]
    channel_class: ClassVar[Any] = HTTPFactory.protocol
    most_body_bytes: int
    connections: dict[Any, dict[str, Any]]
    failure = ""

    @property
    def http_factory(self) -> Any:
        """Daphne makes it in the middle of `run`, and has no other place to say what a request is."""
        return self._http_factory

    @http_factory.setter
    def http_factory(self, factory: Any) -> None:
        self._http_factory = factory
        factory.protocol = self.channel_class
        factory.buildProtocol = partial(_build_protocol, factory, self.request_class)

    def listen_error(self, failure: Any) -> None:
        cause = getattr(failure.value, "socketError", None)
        self.failure = getattr(cause, "strerror", None) or failure.getErrorMessage()
        self.stop()


def _build_protocol(factory: Any, request_class: type[BoundedRequest], address: Any) -> Any:
    protocol = HTTPFactory.buildProtocol(factory, address)
    protocol.requestFactory = request_class
    return protocol

"""What can go wrong, and of which operation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"  # `seconds` of delay
    SERVER_ERROR = "server_error"  # status 500
    SIGNED_OUT = "signed_out"  # status 401
    HTML = "html"  # a proxy's error page, with status 200
    TRUNCATED = "truncated"  # half of the JSON, as if it were all
    WRONG_SHAPE = "wrong_shape"  # an object for an array and an array for an object, texts for numbers
    NULLS = "nulls"  # null in place of every value, needed or not
    UNKNOWN_STATE = "unknown_state"  # a status word nobody knows
    VANISHED = "vanished"  # 404 for entities by id
    DROPPED = "dropped"  # nothing is done, and the connection ends without a byte
    BROKEN_OFF = "broken_off"  # it is done, and the connection ends after half of the answer
    CLOCK_JUMP = "clock_jump"  # all shown times, and the Date header, are off by `seconds`, below 0 for the past


WITH_SECONDS = (FaultKind.LATENCY, FaultKind.CLOCK_JUMP)


class ConnectionDropped(Exception):
    """Raised through the application on purpose where the server offers no way to end a connection.

    Ours does (`serving.py`). Under httpx.ASGITransport the caller sees this exception.
    """


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what, of which requests, how often it strikes (0 to 1), and by how much.

    Its requests are those of one operation by the name that the client's table gives it ("agents.get"), or of one path
    as in that table ("/agent/{id}"), of every method or of one. Whatever of that is "" means all.
    """

    kind: FaultKind
    path: str = ""
    probability: float = 1.0
    seconds: float = 0.0
    method: str = ""
    operation: str = ""

    def is_about(self, method: str, path: str, operation: str) -> bool:
        """Whether a request is one of those. `operation` is "" for one that is no operation, whatever its path."""
        return self.path in ("", path) and self.method in ("", method) and self.operation in ("", operation)

    @property
    def is_drop_of_all(self) -> bool:
        """Whether as good as nobody is there: no request, of whatever it is, gets an answer."""
        is_of_all = not (self.path or self.method or self.operation)
        return self.kind is FaultKind.DROPPED and is_of_all and self.probability >= 1


def delay_seconds(faults: Iterable[Fault]) -> float:
    """How long the answer is held back."""
    return sum(fault.seconds for fault in faults if fault.kind is FaultKind.LATENCY)


def clock_shift_seconds(faults: Iterable[Fault]) -> float:
    """How far the server's clock is off."""
    return sum(fault.seconds for fault in faults if fault.kind is FaultKind.CLOCK_JUMP)

"""Faults on demand: what a tired network and a broken server do to answers. Pure but for the seeded dice."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from eqboard.simulator.refusals import Refusal


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"  # `seconds` of delay
    SERVER_ERROR = "server_error"  # status 500
    SIGNED_OUT = "signed_out"  # status 401
    HTML = "html"  # a proxy's error page, with status 200
    TRUNCATED = "truncated"  # half of the JSON
    WRONG_SHAPE = "wrong_shape"  # an object for an array, texts for numbers
    UNKNOWN_STATE = "unknown_state"  # a status word nobody knows
    VANISHED = "vanished"  # 404 for entities by id
    DROPPED = "dropped"  # the connection ends without an answer
    CLOCK_JUMP = "clock_jump"  # all shown times, and the Date header, are off by `seconds`


MOMENTS = frozenset(
    {
        "answerTime", "enterTime", "expirationTime", "issueTime", "joinTime", "lastCallTime", "parkTime", "pingTime",
        "signInTime", "startTime", "statusTime", "wrapUpEndTime",
    }
)  # fmt: skip
MAX_LATENCY_SECONDS = 600.0
MAX_JUMP_SECONDS = 10 * 366 * 86400.0
MAX_FAULTS = 100


class ConnectionDropped(Exception):
    """Raised through the application, on purpose and before any byte is sent.

    Best effort: an ASGI application cannot close a connection. Under httpx.ASGITransport the caller sees this
    exception; behind Daphne it becomes a bare status 500 in plain text. For silence there, order a long latency.
    """


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its operation's path as in the table ("" for all), how often it strikes (0 to 1), and by how much."""

    kind: FaultKind
    path: str = ""
    probability: float = 1.0
    seconds: float = 0.0


class Faults:
    """The faults in force. Dice are seeded, so a test meets the same accidents each time."""

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 0) -> None:
        self._faults = list(faults)
        self._rng = Random(seed)

    def add(self, fault: Fault) -> None:
        """Put a fault in force. Refusal beyond a hundred of them."""
        if len(self._faults) >= MAX_FAULTS:
            raise Refusal("kind", "invalid", f"There are {MAX_FAULTS} faults in force already")
        self._faults.append(fault)

    def clear(self) -> None:
        """Everything works again."""
        self._faults.clear()

    def strike(self, path: str) -> list[Fault]:
        """The faults that hit this request of an operation, in the order they were put in force."""
        return [fault for fault in self._faults if fault.path in ("", path) and self._rng.random() < fault.probability]


def refuse_by(faults: Iterable[Fault], path: str) -> None:
    """Raise what a fault answers in place of the operation: Refusal or ConnectionDropped."""
    for fault in faults:
        if fault.kind is FaultKind.DROPPED:
            raise ConnectionDropped(path)
        if fault.kind is FaultKind.SERVER_ERROR:
            raise Refusal(None, "invalid", "Server error", status=500)
        if fault.kind is FaultKind.SIGNED_OUT:
            raise Refusal("auth_key", "invalid", "The key is not valid", status=401)
        if fault.kind is FaultKind.VANISHED and "{" in path:
            raise Refusal(path.partition("{")[2].rstrip("}"), "nonexistent", "Does not exist", status=404)


def spoil(value: object, faults: Iterable[Fault]) -> object:
    """The JSON value as the faults leave it; the value itself stays whole."""
    for fault in faults:
        if fault.kind in _SPOILERS:
            value = _SPOILERS[fault.kind](value, fault)
    return value


def delay_seconds(faults: Iterable[Fault]) -> float:
    """How long the answer is held back."""
    return sum(fault.seconds for fault in faults if fault.kind is FaultKind.LATENCY)


def clock_shift_seconds(faults: Iterable[Fault]) -> float:
    """How far the server's clock is off."""
    return sum(fault.seconds for fault in faults if fault.kind is FaultKind.CLOCK_JUMP)


def read_fault(fields: Mapping[str, object]) -> Fault:
    """A fault from a form or JSON: kind, path, probability, seconds. Raises Refusal naming the wrong one."""
    kind = fields.get("kind")
    if kind not in list(FaultKind):
        raise Refusal("kind", "invalid" if kind else "blank", f"The kinds of fault are {', '.join(FaultKind)}")
    path = fields.get("path", "")
    if not isinstance(path, str):
        raise Refusal("path", "invalid", "The path must be a text")
    probability = _read_number(fields, "probability", default=1.0, least=0.0, most=1.0)
    if kind == FaultKind.CLOCK_JUMP:
        least, most = -MAX_JUMP_SECONDS, MAX_JUMP_SECONDS
    else:
        least, most = 0.0, MAX_LATENCY_SECONDS
    seconds = _read_number(fields, "seconds", default=0.0, least=least, most=most)
    return Fault(FaultKind(str(kind)), path, probability, seconds)


def _read_number(fields: Mapping[str, object], name: str, *, default: float, least: float, most: float) -> float:
    value = fields.get(name, default)
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not least <= number <= most:
        raise Refusal(name, "invalid", f"{name} must be a number from {least:g} to {most:g}")
    return number


def _wrong_shape(value: object, fault: Fault) -> object:
    """An object where an array belongs, at every level; numbers as texts. A lone object becomes an array."""
    if isinstance(value, list):
        return {str(place): _wrong_shape(item, fault) for place, item in enumerate(value)}
    if isinstance(value, dict):
        return [{name: _as_texts(item) for name, item in value.items()}]
    return [value]


def _as_texts(value: object) -> object:
    if isinstance(value, list):
        return {str(place): item for place, item in enumerate(value)}
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _unknown_state(value: object, fault: Fault) -> object:
    return _each_object(value, lambda row: row | {"status": "daydreaming"} if "status" in row else row)


def _clock_jump(value: object, fault: Fault) -> object:
    shift = int(fault.seconds)
    return _each_object(
        value,
        lambda row: {
            name: item + shift if name in MOMENTS and isinstance(item, int) else item for name, item in row.items()
        },
    )


def _each_object(value: object, change: Callable[[dict[str, object]], dict[str, object]]) -> object:
    if isinstance(value, list):
        return [_each_object(item, change) for item in value]
    if isinstance(value, dict):
        return change({name: _each_object(item, change) for name, item in value.items()})
    return value


_SPOILERS: Mapping[FaultKind, Callable[[object, Fault], object]] = {
    FaultKind.WRONG_SHAPE: _wrong_shape,
    FaultKind.UNKNOWN_STATE: _unknown_state,
    FaultKind.CLOCK_JUMP: _clock_jump,
}

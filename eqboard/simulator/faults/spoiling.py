"""What faults make of an answer. Pure: the answer itself stays whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from eqboard.simulator.faults.kinds import Fault, FaultKind

MOMENTS = frozenset(
    {
        "answerTime", "enterTime", "expirationTime", "issueTime", "joinTime", "lastCallTime", "parkTime", "pingTime",
        "signInTime", "startTime", "statusTime", "wrapUpEndTime",
    }
)  # fmt: skip


def spoil(value: object, faults: Iterable[Fault]) -> object:
    """The JSON value as the faults leave it."""
    for fault in faults:
        if fault.kind in _SPOILERS:
            value = _SPOILERS[fault.kind](value, fault)
    return value


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
    if isinstance(value, dict):
        return [value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _nulls(value: object, fault: Fault) -> object:
    """Rows and their fields stay, with nothing in them; what is no object is nothing as a whole."""
    if isinstance(value, list):
        return [_nulls(item, fault) for item in value]
    return dict.fromkeys(value) if isinstance(value, dict) else None


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
    FaultKind.NULLS: _nulls,
    FaultKind.UNKNOWN_STATE: _unknown_state,
    FaultKind.CLOCK_JUMP: _clock_jump,
}
ONLY_IN_THE_VALUE = frozenset(_SPOILERS) - {FaultKind.CLOCK_JUMP}  # that one is seen in the Date header too

"""Reading what somebody orders of the EQ server: a fault, how the whole is to be, for how long. Raises Refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.faults import Fault, FaultKind, Mode
from eqboard.simulator.faults.in_force import FOREVER
from eqboard.simulator.faults.kinds import WITH_SECONDS
from eqboard.simulator.faults.modes import USUALLY_FAIL
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.trainer.lever import number

Fields = Mapping[str, object]

LEAST_LATENCY_SECONDS, MAX_LATENCY_SECONDS = 0.001, 600.0
MAX_JUMP_SECONDS = 10 * 366 * 86400.0
MAX_SPAN_SECONDS = 31 * 86400.0
LEAST_SPAN_SECONDS = 0.1
LIST = "GET /control/operations lists them"


def read_fault(fields: Fields) -> Fault:
    """A fault from a form or JSON: kind, probability, seconds for those kinds that have them, and either the name of an
    operation or a path, with a method or without; without any of these it is one of all operations.
    """
    kind = fields.get("kind")
    if kind not in list(FaultKind):
        raise Refusal("kind", "invalid" if kind else "blank", f"The kinds of fault are {', '.join(FaultKind)}")
    operation, path, method = (_read_text(fields, name) for name in ("operation", "path", "method"))
    _check_target(operation, path, method)
    return Fault(
        FaultKind(str(kind)),
        path=path,
        method=method,
        operation=operation,
        probability=number("probability", fields.get("probability", 1.0), least=0.0, most=1.0),
        seconds=_read_seconds(fields, FaultKind(str(kind))),
    )


def read_span(fields: Fields) -> dict[str, float]:
    """in_seconds and for_seconds: until it begins, and how long it lasts; at once and for good if not given."""
    return {
        "in_seconds": number("in_seconds", fields.get("in_seconds", 0.0), least=0.0, most=MAX_SPAN_SECONDS),
        "for_seconds": read_duration(fields),
    }


def read_duration(fields: Fields) -> float:
    """for_seconds alone."""
    if fields.get("for_seconds", "") == "":
        return FOREVER
    return number("for_seconds", fields["for_seconds"], least=LEAST_SPAN_SECONDS, most=MAX_SPAN_SECONDS)


def read_mode(fields: Fields) -> Mode:
    mode = fields.get("mode")
    if mode not in list(Mode):
        raise Refusal("mode", "invalid" if mode else "blank", f"The server may be {', '.join(Mode)}")
    return Mode(str(mode))


def read_failing(fields: Fields, mode: Mode) -> tuple[str, ...]:
    """operations: which fail when the server is half broken, as an array or with commas between; the agents' status
    if nobody says a word of them. Refusal: `blank` for none at all, `invalid`, `nonexistent`.
    """
    if mode is Mode.HALF_BROKEN and "operations" not in fields:
        return USUALLY_FAIL
    given = fields.get("operations", "")
    names = [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refusal("operations", "invalid", "operations are names with commas between, or an array of them")
    if not names and mode is Mode.HALF_BROKEN:
        raise Refusal("operations", "blank", "Say at least one operation that fails")
    if names and mode is not Mode.HALF_BROKEN:
        raise Refusal("operations", "invalid", f"Only a server that is {Mode.HALF_BROKEN} is so by operation")
    for name in names:
        _check_operation(name, "operations")
    return tuple(dict.fromkeys(names))


def _read_seconds(fields: Fields, kind: FaultKind) -> float:
    """Without them a delay or a jump would be none; the other kinds have no use for them."""
    is_given = fields.get("seconds", "") != ""
    if kind not in WITH_SECONDS:
        if is_given:
            raise Refusal("seconds", "invalid", f"Only {' and '.join(WITH_SECONDS)} have seconds; leave them out")
        return 0.0
    if not is_given:
        raise Refusal("seconds", "blank", f"Say how many seconds {kind} is about")
    if kind is FaultKind.LATENCY:
        return number("seconds", fields["seconds"], least=LEAST_LATENCY_SECONDS, most=MAX_LATENCY_SECONDS)
    seconds = number("seconds", fields["seconds"], least=-MAX_JUMP_SECONDS, most=MAX_JUMP_SECONDS)
    if not seconds:
        raise Refusal("seconds", "invalid", "A clock that jumps by 0 seconds does not jump")
    return seconds


def _read_text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise Refusal(name, "invalid", f"The {name} must be a text")
    return value


def _check_target(operation: str, path: str, method: str) -> None:
    """Refusal for what no request will ever be about."""
    if operation and (path or method):
        raise Refusal("operation", "invalid", "Give the operation, or a path and its method, not both")
    if operation:
        _check_operation(operation, "operation")
    methods = {each.method for each in OPERATIONS.values() if path in ("", each.path)}
    if not methods:
        raise Refusal("path", "nonexistent", f"The API has no such path; {_like(path, _paths())}{LIST}")
    if method and method not in methods:
        where = "This path" if path else "The API"
        raise Refusal("method", "invalid", f"{where} has {', '.join(sorted(methods))}")


def _check_operation(name: str, parameter: str) -> None:
    if name not in OPERATIONS:
        sentence = f"There is no such operation; {_like(name, OPERATIONS)}{LIST}"
        raise Refusal(parameter, "nonexistent", sentence)


def _paths() -> list[str]:
    return sorted({each.path for each in OPERATIONS.values()})


def _like(text: str, names: Iterable[str]) -> str:
    """The names that are nearest, never the text itself: it may be the key."""
    near = get_close_matches(text[:100], list(names), n=3)
    return f"there is {', '.join(near)}; " if near else ""

"""What the EQ server itself suffers from: faults, put in force and taken away, and how it is as a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping

from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.asked import Asked, read_json_object
from eqboard.simulator.faults.in_force import InForce
from eqboard.simulator.faults.kinds import WITH_SECONDS
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.refusals import not_found
from eqboard.simulator.trainer.fault_orders import read_duration, read_failing, read_fault, read_mode, read_span
from eqboard.simulator.trainer.lever import Levers, Stage


def _fields(asked: Asked) -> Mapping[str, object]:
    """What was sent: form fields, or one JSON object as the body or in the field `fault`."""
    text = asked.form.get("fault")
    return asked.form if text is None else read_json_object("fault", text)


def _list_faults(stage: Stage, asked: Asked) -> object:
    """All faults in force or still to come. See `_row`."""
    return [_row(each) for each in stage.faults]


def _add_fault(stage: Stage, asked: Asked) -> object:
    """kind, operation or path (and method), probability, seconds (of latency and clock_jump, and of these always),
    in_seconds, for_seconds; answers the fault's id.
    """
    fields = _fields(asked)
    return stage.faults.add(read_fault(fields), **read_span(fields))


def _remove_fault(stage: Stage, asked: Asked) -> object:
    fault_id = read_key(asked.key)
    if fault_id is None or not stage.faults.remove(fault_id):
        raise not_found("id", "There is no such fault that somebody put in; GET /control/faults lists them")
    return None


def _clear_faults(stage: Stage, asked: Asked) -> object:
    """All faults and the mode that somebody ordered are over. A scenario's accidents are not; they rest only while
    a mode is ordered, be it `fine`.
    """
    stage.faults.clear()
    return None


def _show_mode(stage: Stage, asked: Asked) -> object:
    """mode, and until when (UNIX seconds of the clock) if somebody ordered it for a while; `by` hand or scenario; the
    operations that fail while it is half broken; whether the scenario has accidents of its own in store.
    """
    ordered = stage.faults.ordered
    return {
        "mode": stage.faults.mode,
        "until": _moment(ordered.ends_at) if ordered else None,
        "by": "hand" if ordered else "scenario",
        "operations": stage.faults.failing,
        "has_accidents": stage.faults.has_accidents,
    }


def _order_mode(stage: Stage, asked: Asked) -> object:
    """mode, for_seconds, and for a half-broken server `operations`; answers what is in force then."""
    fields = _fields(asked)
    mode = read_mode(fields)
    stage.faults.order(mode, operations=read_failing(fields, mode), for_seconds=read_duration(fields))
    return _show_mode(stage, asked)


def _withdraw_mode(stage: Stage, asked: Asked) -> object:
    """Nobody orders any more how the server is; faults put in one by one stay. Answers what is in force then."""
    stage.faults.withdraw()
    return _show_mode(stage, asked)


def _list_operations(stage: Stage, asked: Asked) -> object:
    """What a fault may be about: every operation of the API with its method and path, as in the contract."""
    return [{"operation": each.name, "method": each.method, "path": each.path} for each in OPERATIONS.values()]


def _row(standing: InForce) -> dict[str, object]:
    """One fault. `from` and `until` in UNIX seconds, of the server's clock; a scenario's in those of the world."""
    fault = standing.fault
    return {
        "id": standing.id,
        "kind": fault.kind,
        "operation": fault.operation or None,
        "method": fault.method or None,
        "path": fault.path or None,
        "probability": fault.probability,
        "seconds": fault.seconds if fault.kind in WITH_SECONDS else None,
        "from": _moment(standing.begins_at),
        "until": _moment(standing.ends_at),
        "struck": standing.struck_count,
        "by": standing.author,
    }


def _moment(moment: float) -> float | None:
    return round(moment, 3) if math.isfinite(moment) else None


LEVERS: Levers = {
    ("GET", "/control/faults"): _list_faults,
    ("POST", "/control/faults"): _add_fault,
    ("DELETE", "/control/faults"): _clear_faults,
    ("DELETE", "/control/faults/{id}"): _remove_fault,
    ("GET", "/control/eq"): _show_mode,
    ("POST", "/control/eq"): _order_mode,
    ("DELETE", "/control/eq"): _withdraw_mode,
    ("GET", "/control/operations"): _list_operations,
}

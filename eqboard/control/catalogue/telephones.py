"""What a telephone is made to do: dial, park, hang up, record, press a key. To transfer is transfer.py's."""

from collections.abc import Awaitable, Callable

from eqboard.accounts.access import DIAL, HANG_UP, PARK, PRESS_KEY, RECORD
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.callers import call_of
from eqboard.control.catalogue.evidence import DONE, NO_NEWS, UNCHANGED, Evidence, Look, is_callers, is_up, own_call
from eqboard.control.catalogue.numbers import is_same_number
from eqboard.control.catalogue.obstacles import Obstacle, Why, of_call_at_telephone
from eqboard.control.catalogue.order import Order
from eqboard.control.catalogue.questions import (
    before_dialling,
    before_recording,
    still_at_telephone,
)
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import LineCall, Part, Snapshot

START_RECORDING = RECORD
STOP_RECORDING = "recording.stop"
CANCEL_RECORDING = "recording.cancel"


def _look_dialled(order: Order, evidence: Evidence) -> Look:
    """The telephone has a call to there, and had not when it was asked to. A mere attempt counts: whether somebody
    answers is another matter.
    """
    line = evidence.line(order.extension)
    if line is None:
        return NO_NEWS
    new = (each for each in line.calls if each.channel not in order.had)
    return DONE if any(is_same_number(each.connected_number, order.destination) for each in new) else UNCHANGED


def _look_gone(order: Order, evidence: Evidence) -> Look:
    """The telephone has that call no more."""
    line = evidence.line(order.extension)
    if line is None:
        return NO_NEWS
    return UNCHANGED if own_call(line, call_of(order)) else DONE


def _look_parked(order: Order, evidence: Evidence) -> Look:
    if not evidence.knows(Part.PARKED):
        return NO_NEWS
    call = call_of(order)
    is_there = any(is_callers(call, each.caller) for each in evidence.floor.parked.values())
    return DONE if is_there else UNCHANGED


def _recorded(order: Order, evidence: Evidence) -> LineCall | None:
    line = evidence.line(order.extension)
    if line is None:
        return None
    return own_call(line, order.call) if order.call else next((each for each in line.calls if is_up(each)), None)


def _look_recording(order: Order, evidence: Evidence) -> Look:
    call = _recorded(order, evidence)
    if call is None or call.is_recorded is None:
        return NO_NEWS if evidence.line(order.extension) is None else UNCHANGED
    is_wanted = order.action == START_RECORDING
    return DONE if call.is_recorded is is_wanted else UNCHANGED


def _dial(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.extensions.dial(extension=_at(order), destination=order.destination or "")


def _park(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.extensions.park(extension=_at(order), channel=call_of(order).channel)


def _hang_up(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.extensions.hang_up(extension=_at(order), channel=call_of(order).channel)


def _start(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_recordings.start(extension=_at(order))


def _stop(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_recordings.stop(extension=_at(order))


def _cancel(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_recordings.cancel(extension=_at(order))


def _press(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.phones.press(extension=_at(order), key=order.key or "")


def _at(order: Order) -> str:
    return order.extension or ""


def _own_line(order: Order) -> tuple[str, ...]:
    return (_at(order),)


def _own_telephone(order: Order, _: Snapshot) -> str | None:
    return order.extension


def _of_recording(order: Order, floor: Snapshot) -> Obstacle | None:
    """What is so already would be seen at once, and told as what was done."""
    line = floor.lines.get(order.extension or "")
    call = own_call(line, order.call) if line and order.call and line.trouble is None else None
    is_so = call is not None and call.is_recorded is (order.action == START_RECORDING)
    return of_call_at_telephone(order, floor) or (Obstacle(Why.ALREADY) if is_so else None)


def _before_recording(eq: Resources, order: Order) -> Awaitable[Obstacle | None]:
    return before_recording(eq, order, is_wanted=order.action == START_RECORDING)


def _recording(name: str, ask: Callable[[Resources, Order], Awaitable[None]]) -> Action:
    return Action(name, RECORD, ask, _look_recording, _of_recording, _before_recording, looks_at=_own_line)


DIAL_FROM = Action(DIAL, DIAL, _dial, _look_dialled, question=before_dialling, looks_at=_own_line, rings=_own_telephone)
PARK_CALL = Action(
    PARK,
    PARK,
    _park,
    _look_parked,
    of_call_at_telephone,
    still_at_telephone,
    looks_at=_own_line,
    rests_on=(Part.PARKED,),
)
END_CALL = Action(HANG_UP, HANG_UP, _hang_up, _look_gone, of_call_at_telephone, still_at_telephone, looks_at=_own_line)
RECORD_CALL = _recording(START_RECORDING, _start)
KEEP_RECORDING = _recording(STOP_RECORDING, _stop)
DROP_RECORDING = _recording(CANCEL_RECORDING, _cancel)
PRESS = Action(PRESS_KEY, PRESS_KEY, _press, None)  # what a key does to a telephone, EQ does not show

ACTIONS = (DIAL_FROM, PARK_CALL, END_CALL, RECORD_CALL, KEEP_RECORDING, DROP_RECORDING, PRESS)

"""Listening in on an extension, from one's own: spy, whisper, barge in, and stop.

It is confirmed when the monitor extension is seen in it, and over when that is gone (contract §4). EQ does not tell in
which of the three ways somebody listens: after a switch only that they still do is seen.
"""

from collections.abc import Awaitable, Callable

from eqboard.accounts.access import BARGE_IN, SPY, WHISPER
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.evidence import DONE, NO_NEWS, UNCHANGED, UNDER_WAY, Evidence, Look, is_up
from eqboard.control.catalogue.obstacles import of_listening
from eqboard.control.catalogue.order import Order
from eqboard.control.catalogue.questions import before_listening, before_stopping
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import Line, LineCall, Snapshot

STOP_LISTENING = "monitor.stop"

# How a listening ended. It stands in the audit log, and so is never renamed.
UNATTENDED = "unattended"  # after a crash: nobody knows when
REVOKED = "revoked"  # whoever listened might not any more (doing/revoking.py)
SWITCHED = "switched"  # to another way, or to somebody else


def listening_call(line: Line, target: str) -> LineCall | None:
    """The call by which a telephone listens: one that it began, to the target."""
    own = (each for each in line.calls if each.caller_number == line.extension and each.connected_number == target)
    return next(own, None)


def _look(order: Order, evidence: Evidence) -> Look:
    line = evidence.line(order.monitor_extension)
    if line is None:
        return NO_NEWS
    call = listening_call(line, order.extension or "")
    if call is None:
        return UNCHANGED
    return DONE if is_up(call) else UNDER_WAY


def _look_stopped(order: Order, evidence: Evidence) -> Look:
    line = evidence.line(order.monitor_extension)
    if line is None:
        return NO_NEWS
    return UNCHANGED if listening_call(line, order.extension or "") else DONE


def _spy(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_monitor.spy(target_extension=_target(order), monitor_extension=_ear(order))


def _whisper(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_monitor.whisper(target_extension=_target(order), monitor_extension=_ear(order))


def _barge_in(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_monitor.barge_in(target_extension=_target(order), monitor_extension=_ear(order))


def _stop(eq: Resources, order: Order) -> Awaitable[None]:
    """There is no action of its own for it: the monitor extension hangs up (contract §2), on that very call."""
    channel = order.call.channel if order.call else None
    return eq.extensions.hang_up(extension=_ear(order), channel=channel)


def _target(order: Order) -> str:
    return order.extension or ""


def _ear(order: Order) -> str:
    return order.monitor_extension or ""


def _ears(order: Order) -> tuple[str, ...]:
    return (_ear(order),)


def _own_telephone(order: Order, _: Snapshot) -> str | None:
    return order.monitor_extension


def _way(name: str, ask: Callable[[Resources, Order], Awaitable[None]]) -> Action:
    return Action(
        name, name, ask, _look, of_listening, before_listening, looks_at=_ears, rings=_own_telephone, lasts=True
    )


START_SPYING = _way(SPY, _spy)
START_WHISPERING = _way(WHISPER, _whisper)
START_BARGING_IN = _way(BARGE_IN, _barge_in)
STOP = Action(
    STOP_LISTENING,
    "",
    _stop,
    _look_stopped,
    question=before_stopping,
    parts=(),  # one's own call, of which EQ is asked right before: whoever listens can end it while the board is blind
    looks_at=_ears,
)

WAYS = (START_SPYING, START_WHISPERING, START_BARGING_IN)
ACTIONS = (*WAYS, STOP)

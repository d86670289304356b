"""Whom a telephone talks with, sent elsewhere without asking there: they leave, and arrive or are lost (contract §4).

That the telephone has the call no more is no arrival: a wrong destination hangs them up, and they may do so themselves.
"""

from collections.abc import Awaitable
from dataclasses import replace

from eqboard.accounts.access import TRANSFER
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.callers import (
    WHERE_CALLERS_ARE,
    at_destination,
    call_of,
    elsewhere,
    is_nowhere,
)
from eqboard.control.catalogue.evidence import NO_NEWS, UNCHANGED, Evidence, Look, Stage, is_callers, own_call
from eqboard.control.catalogue.numbers import is_like_an_extension
from eqboard.control.catalogue.obstacles import of_call_at_telephone
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.catalogue.questions import before_transferring
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import Snapshot


def _look(order: Order, evidence: Evidence) -> Look:
    """The destination comes first: whoever talks there has arrived, whatever older lists still say."""
    call = call_of(order)
    there = at_destination(order, call, evidence)
    if there is not None:
        return there
    line = evidence.line(order.extension)
    if line is None:
        return NO_NEWS
    if own_call(line, call) is not None:
        return UNCHANGED
    found = elsewhere(order, call, evidence, but=order.extension)  # who has it no more may still be told to have it
    if evidence.is_no_extension(order.destination):
        return _where_no_telephone_rings(order, call, evidence, found)
    is_all_read = evidence.line(order.destination) is not None and is_nowhere(evidence)
    return found or Look(Stage.GONE if is_all_read else Stage.LEFT)


def _where_no_telephone_rings(order: Order, call: CallRef, evidence: Evidence, found: Look | None) -> Look:
    """Of a queue it is seen who waits there or is answered, of a parking lot who is parked; of others nothing is."""
    if found is None:
        return Look(Stage.UNTOLD if is_nowhere(evidence) else Stage.LEFT)
    floor = evidence.floor
    waiting = [each.queue for each in floor.waiting.values() if is_callers(call, each.caller)]
    is_answered = order.destination in floor.queues and found.seen == "with_agent"
    has_arrived = order.destination in waiting or is_answered or found.seen == "parked"
    return replace(found, stage=Stage.DONE) if has_arrived else found


def _transfer(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.extensions.blind_transfer(
        extension=order.extension or "", destination=order.destination or "", channel=call_of(order).channel
    )


def _both_ends(order: Order) -> tuple[str, ...]:
    return tuple(each for each in (order.extension, order.destination) if each)


def _telephone_there(order: Order, floor: Snapshot) -> str | None:
    """None for a queue, a number outside or a service, which take several at once."""
    destination = order.destination or ""
    is_known = any(each.extension == destination for each in floor.agents.values())
    is_one = (is_known or is_like_an_extension(destination)) and destination not in floor.queues
    return destination if is_one else None


TRANSFER_CALL = Action(
    TRANSFER,
    TRANSFER,
    _transfer,
    _look,
    of_call_at_telephone,
    before_transferring,
    looks_at=_both_ends,
    rests_on=WHERE_CALLERS_ARE,
    rings=_telephone_there,
    has_journey=True,
)

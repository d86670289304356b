"""Callers who are sent elsewhere: stolen out of a queue, picked up from the parking lot.

"Success" comes at once, and the caller leaves within milliseconds; they arrive when somebody answers at the
destination, seconds later, and are lost if nobody does (contract §4). So such an action has two points.
"""

from collections.abc import Awaitable

from eqboard.accounts.access import PICK_UP, STEAL
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.evidence import (
    DONE,
    NO_NEWS,
    UNDER_WAY,
    Evidence,
    Look,
    Stage,
    call_at,
    holder_of,
    is_callers,
    is_up,
    served_by,
)
from eqboard.control.catalogue.obstacles import of_parked, of_waiting
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.catalogue.questions import before_picking_up, before_stealing
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import AgentState, Part, Snapshot


def _look(order: Order, evidence: Evidence) -> Look:
    """The destination comes first: whoever talks there has arrived, whatever older lists still say."""
    call = call_of(order)
    there = at_destination(order, call, evidence)
    if there is not None:
        return there
    if not evidence.knows(Part.CALLS if order.action == STEAL else Part.PARKED):
        return NO_NEWS
    is_all_read = evidence.line(order.destination) is not None and is_nowhere(evidence)
    return elsewhere(order, call, evidence) or Look(Stage.GONE if is_all_read else Stage.LEFT)


def at_destination(order: Order, call: CallRef, evidence: Evidence) -> Look | None:
    """The caller at the telephone there, ringing or talking, as that telephone tells it."""
    line = evidence.line(order.destination)
    there = call_at(line, call) if line else None
    if there is None:
        return None
    return DONE if is_up(there) else UNDER_WAY


def elsewhere(order: Order, call: CallRef, evidence: Evidence, but: str | None = None) -> Look | None:
    """Where else the caller is: with an agent, in a queue, parked. `but`: not the agent at this extension."""
    floor = evidence.floor
    others = (each for each in floor.agents.values() if but is None or each.extension != but)
    agent = holder_of(call, others) if evidence.knows(Part.AGENTS) else None
    if agent is not None and agent.extension == order.destination:
        return UNDER_WAY if agent.state is AgentState.RINGING else DONE
    if agent is not None and agent.state is not AgentState.RINGING:
        return Look(Stage.UNCHANGED, "with_agent", agent.name, served_by(agent))
    if any(is_callers(call, each.caller) for each in floor.waiting.values()):
        return Look(Stage.UNCHANGED, "waiting")
    if any(is_callers(call, each.caller) for each in floor.parked.values()):
        return Look(Stage.UNCHANGED, "parked")
    return None


def is_nowhere(evidence: Evidence) -> bool:
    """Of somebody who was not found: whether both lists that they might be in were read."""
    return evidence.knows(Part.CALLS) and evidence.knows(Part.PARKED)


def call_of(order: Order) -> CallRef:
    assert order.call is not None  # noqa: S101 (an order of this kind names one)
    return order.call


def _steal(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.queued_calls.steal(channel=call_of(order).channel, destination=order.destination or "")


def _pick_up(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.parked_calls.pick_up(channel=call_of(order).channel, destination=order.destination or "")


def _destination(order: Order) -> tuple[str, ...]:
    return (order.destination,) if order.destination else ()


def _telephone_there(order: Order, _: Snapshot) -> str | None:
    return order.destination


WHERE_CALLERS_ARE = (Part.CALLS, Part.PARKED, Part.AGENTS)
WHO_WAITS = (Part.CALLS, Part.AGENTS)  # also who talks, as a caller who does would be cut off
WHO_IS_PARKED = (Part.PARKED, Part.AGENTS)

STEAL_CALL = Action(
    STEAL,
    STEAL,
    _steal,
    _look,
    of_waiting,
    before_stealing,
    WHO_WAITS,
    _destination,
    WHERE_CALLERS_ARE,
    _telephone_there,
    has_journey=True,
)
PICK_UP_CALL = Action(
    PICK_UP,
    PICK_UP,
    _pick_up,
    _look,
    of_parked,
    before_picking_up,
    WHO_IS_PARKED,
    _destination,
    WHERE_CALLERS_ARE,
    _telephone_there,
    has_journey=True,
)

ACTIONS = (STEAL_CALL, PICK_UP_CALL)

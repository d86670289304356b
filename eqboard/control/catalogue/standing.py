"""Whether an order makes sense for an agent as they stand now: one rule for the row, the panel, the preview of several,
and for what is sent. Pure.
"""

from eqboard.accounts import access
from eqboard.control.catalogue.order import Order
from eqboard.floor.snapshot import Agent, AgentState, Membership


def touched(order: Order, agent: Agent) -> tuple[Membership, ...]:
    """The queues that the order is about, of those that the agent is signed in to."""
    return tuple(each for each in agent.signed_in if order.queue in (None, each.queue))


def is_so_already(order: Order, agent: Agent) -> bool:
    """Whether it would change nothing, of what is done in queues that they are signed in to.

    Who is paused is not paused again, whatever the reason: as the board tells it, they are paused.
    """
    queues = touched(order, agent)
    match order.action:
        case access.PAUSE_AGENT:
            return all(each.paused for each in queues)
        case access.RESUME_AGENT:
            return not any(each.paused for each in queues)
        case access.EXIT_WRAP_UP:
            return not any(each.state is AgentState.WRAP_UP for each in queues)
    return False

"""What is done with an agent in one queue, or in all: EQ's queue agent actions."""

from collections.abc import Awaitable, Callable
from functools import partial

from eqboard.accounts.access import EXIT_WRAP_UP, PAUSE_AGENT, RESUME_AGENT, SIGN_IN_AGENT, SIGN_OUT_AGENT
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.evidence import NO_NEWS, Evidence, Look, Stage
from eqboard.control.catalogue.obstacles import of_agent, of_signing_in
from eqboard.control.catalogue.order import Order
from eqboard.control.catalogue.standing import touched
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import Agent, AgentState, Membership, Part

Sign = Callable[[Order, Agent], bool]


def is_paused(order: Order, agent: Agent) -> bool:
    """Paused in each; a call that goes on meanwhile may still be seen. A reason, if one was given, shows."""
    queues = touched(order, agent)
    has_reason = order.pause_code is None or agent.pause_code == order.pause_code
    return bool(queues) and all(each.paused for each in queues) and has_reason


def is_resumed(order: Order, agent: Agent) -> bool:
    queues = touched(order, agent)
    return bool(queues) and not any(each.paused for each in queues)


def is_signed_out(order: Order, agent: Agent) -> bool:
    return not touched(order, agent)


def is_signed_in(order: Order, agent: Agent) -> bool:
    """To each queue, with its skill where EQ tells one, and paused or not as asked; to any where none was named."""
    present = {each.queue: each for each in agent.signed_in}
    named = order.sign_in_to or tuple((queue, present[queue].skill or 0) for queue in present)
    return bool(named) and all(_is_in(present.get(queue), skill, order.is_paused) for queue, skill in named)


def _is_in(membership: Membership | None, skill: int, is_paused: bool) -> bool:
    if membership is None or membership.paused is not is_paused:
        return False
    return not membership.skill or membership.skill == skill


def has_left_wrap_up(order: Order, agent: Agent) -> bool:
    return not any(each.state is AgentState.WRAP_UP for each in touched(order, agent))


def look_of_agent(sign: Sign, order: Order, evidence: Evidence) -> Look:
    if not evidence.knows(Part.AGENTS):
        return NO_NEWS
    agent = evidence.floor.agents.get(order.agent or 0)
    if agent is None:
        return Look(Stage.UNCHANGED, "gone")
    look = Look(Stage.UNCHANGED, agent.state.value)
    return Look(Stage.DONE, agent.state.value) if sign(order, agent) else look


def _pause(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_queue_agents.pause(agent=agent_of(order), queue=order.queue, pause_code=order.pause_code)


def _resume(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_queue_agents.resume(agent=agent_of(order), queue=order.queue)


def _sign_in(eq: Resources, order: Order) -> Awaitable[None]:
    queues, skills = [queue for queue, _ in order.sign_in_to], [skill for _, skill in order.sign_in_to]
    return eq.call_queue_agents.sign_in(
        agent=agent_of(order), queues=queues or None, skills=skills or None, paused=order.is_paused
    )


def _sign_out(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_queue_agents.sign_out(agent=agent_of(order), queue=order.queue)


def _exit_wrap_up(eq: Resources, order: Order) -> Awaitable[None]:
    return eq.call_queue_agents.exit_wrap_up(agent=agent_of(order), queue=order.queue)


def agent_of(order: Order) -> int:
    assert order.agent is not None  # noqa: S101 (an order of this kind names one)
    return order.agent


def _action(name: str, ask: Callable[[Resources, Order], Awaitable[None]], sign: Sign) -> Action:
    return Action(name, name, ask, partial(look_of_agent, sign), of_signing_in if name == SIGN_IN_AGENT else of_agent)


PAUSE = _action(PAUSE_AGENT, _pause, is_paused)
RESUME = _action(RESUME_AGENT, _resume, is_resumed)
SIGN_IN = _action(SIGN_IN_AGENT, _sign_in, is_signed_in)
SIGN_OUT = _action(SIGN_OUT_AGENT, _sign_out, is_signed_out)
LEAVE_WRAP_UP = _action(EXIT_WRAP_UP, _exit_wrap_up, has_left_wrap_up)

ACTIONS = (PAUSE, RESUME, SIGN_IN, SIGN_OUT, LEAVE_WRAP_UP)

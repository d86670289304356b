"""The catalogue: what can be done, how EQ is asked for it, and what on the floor shows that it happened."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from eqboard.accounts.access import PAUSE_AGENT, RESUME_AGENT
from eqboard.eq import EQ
from eqboard.floor.snapshot import Agent


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to an agent in all the queues they are signed in to.

    `name` is dotted, stable and never reused. `pause_code` is None for "no reason", and for actions without one.
    """

    name: str
    ask: Callable[[EQ, int, int | None], Awaitable[None]]
    is_seen: Callable[[Agent, int | None], bool]


def is_paused(agent: Agent, pause_code: int | None) -> bool:
    """Paused in every queue; a call that goes on meanwhile may still be seen. A reason, if one was given, shows."""
    has_reason = pause_code is None or agent.pause_code == pause_code
    return bool(agent.signed_in) and all(each.paused for each in agent.signed_in) and has_reason


def is_resumed(agent: Agent, _: int | None) -> bool:
    return bool(agent.signed_in) and not any(each.paused for each in agent.signed_in)


def _ask_pause(eq: EQ, agent: int, pause_code: int | None) -> Awaitable[None]:
    return eq.call_queue_agents.pause(agent=agent, pause_code=pause_code)


def _ask_resume(eq: EQ, agent: int, _: int | None) -> Awaitable[None]:
    return eq.call_queue_agents.resume(agent=agent)


PAUSE = Action(PAUSE_AGENT, _ask_pause, is_paused)
RESUME = Action(RESUME_AGENT, _ask_resume, is_resumed)

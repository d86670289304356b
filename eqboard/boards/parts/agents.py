"""Agents, with the buttons for those who may press them, and how long they may be in their state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eqboard.accounts.access import PAUSE_AGENT, RESUME_AGENT
from eqboard.boards.scene import Hands, Scene
from eqboard.boards.spec import StateLimit
from eqboard.floor.snapshot import Agent, AgentState


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent: Agent
    limit: StateLimit | None  # of the state they are in
    may_pause: bool
    may_resume: bool
    is_others_too: bool  # no button, because they also serve queues of other teams


def present(scene: Scene) -> Iterator[tuple[int, AgentRow]]:
    """By name: whoever is over a limit is put first by the page, which alone knows the moment that it happens."""
    for agent in _by_name(scene):
        if agent.state is not AgentState.SIGNED_OUT:
            yield agent.id, agent_row(agent, scene.board.spec.limits, scene.hands)


def away(scene: Scene) -> Iterator[tuple[int, AgentRow]]:
    for agent in _by_name(scene):
        if agent.state is AgentState.SIGNED_OUT:
            yield agent.id, agent_row(agent, (), scene.hands)


def agent_row(agent: Agent, limits: Iterable[StateLimit], hands: Hands) -> AgentRow:
    """An agent with the buttons that make sense now."""
    present = agent.state is not AgentState.SIGNED_OUT
    everywhere = agent.state is AgentState.PAUSED or agent.pause_follows
    return AgentRow(
        agent,
        limit_of(agent, limits),
        may_pause=present and not everywhere and hands.may(PAUSE_AGENT, agent.id),
        may_resume=present and (everywhere or agent.partly_paused) and hands.may(RESUME_AGENT, agent.id),
        is_others_too=present and hands.may_to_others(PAUSE_AGENT, agent.id),
    )


def limit_of(agent: Agent, limits: Iterable[StateLimit]) -> StateLimit | None:
    """The limit of the state they are in; of a pause, the one of its code before the one of any pause.

    Of a pause that only follows a call, the code says nothing about the call.
    """
    code = agent.pause_code if agent.state is AgentState.PAUSED else None
    found = [each for each in limits if each.state == agent.state and each.pause_code in (code, None)]
    return max(found, key=lambda each: each.pause_code is not None, default=None)


def _by_name(scene: Scene) -> list[Agent]:
    return sorted(scene.view.agents.values(), key=lambda each: (each.name.casefold(), each.id))

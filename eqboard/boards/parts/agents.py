"""Agents, with the buttons for those who may press them, and how long they may be in their state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eqboard.accounts.access import (
    EXIT_WRAP_UP,
    ON_AGENTS,
    PAUSE_AGENT,
    RESUME_AGENT,
    SIGN_IN_AGENT,
    SPY,
    may_ever,
)
from eqboard.boards.claimed import Doing
from eqboard.boards.scene import Hands, Scene, claims_on
from eqboard.boards.spec import StateLimit
from eqboard.feed import slots
from eqboard.floor.snapshot import Agent, AgentState

MOST_BUTTONS = 2  # in a row; everything else is in the panel
ACTIONS = frozenset({*ON_AGENTS, SPY})  # some of them in a row, the rest in the panel


@dataclass(frozen=True, slots=True)
class Hand:
    """What is offered to be done about an agent. `buttons` are names of actions, what is wanted most first: where there
    is room for one, it is that.
    """

    agent_id: int
    buttons: tuple[str, ...]
    may_open: bool  # the panel, as there is something to do
    is_others_too: bool = False  # no button, because they also serve queues of other teams
    is_on_call: bool = False


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent: Agent
    limit: StateLimit | None  # of the state they are in
    hand: Hand
    claims: tuple[Doing, ...]


def present(scene: Scene) -> Iterator[tuple[int, AgentRow]]:
    """By name: whoever is over a limit is put first by the page, which alone knows the moment that it happens."""
    for agent in _by_name(scene):
        if agent.state is not AgentState.SIGNED_OUT:
            yield agent.id, agent_row(agent, scene.board.spec.limits, scene)


def away(scene: Scene) -> Iterator[tuple[int, AgentRow]]:
    for agent in _by_name(scene):
        if agent.state is AgentState.SIGNED_OUT:
            yield agent.id, away_row(agent, scene)


def agent_row(agent: Agent, limits: Iterable[StateLimit], scene: Scene) -> AgentRow:
    """An agent with the buttons that make sense now."""
    hands, claims = scene.hands, claims_on(scene, slots.agent(agent.id))
    allowed = hands.on(agent.id)
    buttons = tuple(each for each in _sensible(agent) if each in allowed)[:MOST_BUTTONS]
    is_others_too = not allowed & ACTIONS and any(may_ever(hands.rights, each) for each in ACTIONS)
    may_open = bool(allowed & ACTIONS) or (is_others_too and _may_in_some_queue(agent, hands))
    hand = Hand(agent.id, buttons, may_open, is_others_too, agent.state is AgentState.ON_CALL)
    return AgentRow(agent, limit_of(agent, limits), hand, claims)


def away_row(agent: Agent, scene: Scene) -> AgentRow:
    """Whoever is in no queue yet can only be signed in, to the queues in which one may do that."""
    grants = scene.hands.rights.grants
    may_sign_in = any(SIGN_IN_AGENT in each.actions and each.reaches(agent.id) for each in grants)
    buttons = (SIGN_IN_AGENT,) if may_sign_in else ()
    return AgentRow(agent, None, Hand(agent.id, buttons, may_sign_in), claims_on(scene, slots.agent(agent.id)))


def _sensible(agent: Agent) -> Iterator[str]:
    """What can be done now, what is wanted most first; at last what could be if they were on a call."""
    is_paused_everywhere = agent.state is AgentState.PAUSED or agent.pause_follows
    if agent.state is AgentState.WRAP_UP:
        yield EXIT_WRAP_UP
    if agent.state is AgentState.ON_CALL:
        yield SPY
    if is_paused_everywhere or agent.partly_paused:
        yield RESUME_AGENT
    if not is_paused_everywhere:
        yield PAUSE_AGENT
    if agent.state is not AgentState.ON_CALL:
        yield SPY


def _may_in_some_queue(agent: Agent, hands: Hands) -> bool:
    queues = {each.queue for each in hands.floor.agents[agent.id].signed_in}
    grants = (each for each in hands.rights.grants if each.actions & ACTIONS and each.reaches(agent.id))
    return any(each.queues is None or not queues.isdisjoint(each.queues) for each in grants)


def limit_of(agent: Agent, limits: Iterable[StateLimit]) -> StateLimit | None:
    """The limit of the state they are in; of a pause, the one of its code before the one of any pause.

    Of a pause that only follows a call, the code says nothing about the call.
    """
    code = agent.pause_code if agent.state is AgentState.PAUSED else None
    found = [each for each in limits if each.state == agent.state and each.pause_code in (code, None)]
    return max(found, key=lambda each: each.pause_code is not None, default=None)


def _by_name(scene: Scene) -> list[Agent]:
    return sorted(scene.view.agents.values(), key=lambda each: (each.name.casefold(), each.id))

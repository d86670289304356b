"""What each surface shows: its strips, each a choice of subjects from the floor in the order they stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from eqboard.accounts.access import PAUSE_AGENT, RESUME_AGENT, Rights, may_do, may_ever
from eqboard.boards.audience import Surface
from eqboard.boards.health import Health
from eqboard.floor.snapshot import Agent, AgentState, Part, Snapshot

TV_QUEUES = 6
TV_CALLERS = 4
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_OFF = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Totals:
    """The floor in a few numbers; people are counted once."""

    waiting_count: int | None
    oldest_waiting_at: datetime | None
    present_count: int | None
    available_count: int | None
    on_call_count: int | None
    ringing_count: int | None
    wrap_up_count: int | None
    paused_count: int | None
    unknown_count: int | None
    away_count: int | None
    parked_count: int | None
    conference_count: int | None
    queue_count: int


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent: Agent
    may_pause: bool
    may_resume: bool
    is_others_too: bool  # no button, because they also serve queues of other teams


@dataclass(frozen=True, slots=True)
class More:
    """What did not fit on a wall, summed up."""

    queue_count: int = 0
    waiting_count: int = 0  # callers in the queues not shown
    caller_count: int = 0


@dataclass(frozen=True, slots=True)
class Hands:
    """What the audience may do. Asked of the whole floor: an action also touches the queues that one does not see."""

    rights: Rights
    floor: Snapshot

    def may(self, action: str, agent: int) -> bool:
        return may_do(self.rights, action, (each.queue for each in self.floor.agents[agent].signed_in))

    def may_to_others(self, action: str, agent: int) -> bool:
        """Whether they may do it, but not to this agent."""
        return may_ever(self.rights, action) and not self.may(action, agent)


Subjects = Iterable[tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Strip:
    """`name` is the DOM id of the container; a subject with the key None is the container itself."""

    name: str
    kind: str
    template: str
    select: Callable[[Snapshot, Health, Hands], Subjects]


def totals(view: Snapshot) -> Totals:
    """None for what was never read: nobody knows, which is not the same as 0."""
    states = [agent.state for agent in view.agents.values()]
    entered = [call.entered_at for call in view.waiting.values() if call.entered_at]
    read = {source.part for source in view.sources.values() if source.taken_at}

    def count(part: Part, number: int) -> int | None:
        return number if part in read else None

    return Totals(
        waiting_count=count(Part.CALLS, len(view.waiting)),
        oldest_waiting_at=min(entered, default=None),
        present_count=count(Part.AGENTS, len(states) - states.count(AgentState.SIGNED_OUT)),
        available_count=count(Part.AGENTS, states.count(AgentState.AVAILABLE)),
        on_call_count=count(Part.AGENTS, states.count(AgentState.ON_CALL)),
        ringing_count=count(Part.AGENTS, states.count(AgentState.RINGING)),
        wrap_up_count=count(Part.AGENTS, states.count(AgentState.WRAP_UP)),
        paused_count=count(Part.AGENTS, states.count(AgentState.PAUSED)),
        unknown_count=count(Part.AGENTS, states.count(AgentState.UNKNOWN)),
        away_count=count(Part.AGENTS, states.count(AgentState.SIGNED_OUT)),
        parked_count=count(Part.PARKED, len(view.parked)),
        conference_count=count(Part.CONFERENCES, len(view.conferences)),
        queue_count=len(view.queues),
    )


def agent_row(agent: Agent, hands: Hands) -> AgentRow:
    """An agent with the buttons that make sense now, for those who may press them."""
    present = agent.state is not AgentState.SIGNED_OUT
    everywhere = agent.state is AgentState.PAUSED or agent.pause_follows
    return AgentRow(
        agent,
        may_pause=present and not everywhere and hands.may(PAUSE_AGENT, agent.id),
        may_resume=present and (everywhere or agent.partly_paused) and hands.may(RESUME_AGENT, agent.id),
        is_others_too=present and hands.may_to_others(PAUSE_AGENT, agent.id),
    )


def _health(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    yield None, health


def _totals(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    yield None, totals(view)


def _queues(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    for queue in sorted(view.queues.values(), key=lambda each: (each.name.casefold(), each.extension)):
        yield queue.extension, queue


def _busiest_queues(view: Snapshot) -> list[str]:
    """Those with callers first, the longest wait before the shorter; then by name."""
    queues = view.queues.values()
    ranked = sorted(queues, key=lambda q: (not q.waiting_count, q.oldest_waiting_at or FAR_OFF, q.name, q.extension))
    return [queue.extension for queue in ranked]


def _tv_queues(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    """The busiest that fit, but in a steady order, so that a tile keeps its place as long as it is shown."""
    shown = set(_busiest_queues(view)[:TV_QUEUES])
    return ((key, queue) for key, queue in _queues(view, health, hands) if key in shown)


def _callers(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    for call in sorted(view.waiting.values(), key=lambda each: (each.entered_at or LONG_AGO, each.key)):
        yield call.key, call


def _tv_callers(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    return list(_callers(view, health, hands))[:TV_CALLERS]


def _tv_more(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    left_out = _busiest_queues(view)[TV_QUEUES:]
    yield (
        None,
        More(
            queue_count=len(left_out),
            waiting_count=sum(view.queues[key].waiting_count or 0 for key in left_out),
            caller_count=max(0, len(view.waiting) - TV_CALLERS),
        ),
    )


def _agents(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    for agent in sorted(view.agents.values(), key=lambda each: (each.name.casefold(), each.id)):
        if agent.state is not AgentState.SIGNED_OUT:
            yield agent.id, agent_row(agent, hands)


def _away(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    for agent in sorted(view.agents.values(), key=lambda each: (each.name.casefold(), each.id)):
        if agent.state is AgentState.SIGNED_OUT:
            yield agent.id, agent_row(agent, hands)


def _parked(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    for call in sorted(view.parked.values(), key=lambda each: (each.parked_at or LONG_AGO, each.key)):
        yield call.key, call


def _conferences(view: Snapshot, health: Health, hands: Hands) -> Subjects:
    for room in sorted(view.conferences.values(), key=lambda each: (each.name.casefold(), each.extension)):
        yield room.extension, room


LAYOUTS: dict[Surface, tuple[Strip, ...]] = {
    Surface.DESK: (
        Strip("health", "health", "boards/fragments/health.html", _health),
        Strip("totals", "totals", "boards/fragments/totals.html", _totals),
        Strip("queues", "queue", "boards/fragments/queue.html", _queues),
        Strip("waiting", "call", "boards/fragments/waiting_call.html", _callers),
        Strip("agents", "agent", "boards/fragments/agent.html", _agents),
        Strip("away", "away", "boards/fragments/away_agent.html", _away),
        Strip("parked", "parked", "boards/fragments/parked_call.html", _parked),
        Strip("conferences", "conference", "boards/fragments/conference.html", _conferences),
    ),
    Surface.TV: (
        Strip("health", "health", "boards/fragments/health.html", _health),
        Strip("totals", "totals", "boards/fragments/tv_totals.html", _totals),
        Strip("queues", "queue", "boards/fragments/tv_queue.html", _tv_queues),
        Strip("waiting", "call", "boards/fragments/tv_waiting_call.html", _tv_callers),
        Strip("more", "more", "boards/fragments/tv_more.html", _tv_more),
    ),
}

"""The conclusions between two snapshots, as they grow."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.flow.reading import reading
from eqboard.floor.flow.watch import CHANNEL, Departed, Known, Watch, agent_of_key, handles, is_within
from eqboard.floor.moments import BLIND_ROUNDS
from eqboard.floor.snapshot import Agent, AgentState, Caller, Part, Snapshot, WaitingCall

REMEMBERED = timedelta(minutes=15)  # a call that was counted, after it was last seen anywhere: it may come back
CHANNEL_REMEMBERED = timedelta(seconds=60)  # another call may have the same
MOST_REMEMBERED = 2000  # handles: an exchange of one call a second fills that in the quarter of an hour

Wait = WaitingCall | Departed


class Observation:
    """A watch that can be written into, the snapshots beside it, and the events so far."""

    def __init__(self, watch: Watch, before: Snapshot, after: Snapshot) -> None:
        self.before = before
        self.after = after
        self.calls = reading(Part.CALLS, before, after)
        self.agents = reading(Part.AGENTS, before, after)
        self.events: list[Event] = []
        self.departed = {each.key: each for each in watch.departed}
        self.decided = set(watch.decided)
        self.talks = dict(watch.talks)
        self.wrap_ups = dict(watch.wrap_ups)
        self.known = dict(watch.known)
        self.pick_ups = list(watch.pick_ups)
        self.counts_at_answer = watch.counts_at_answer
        self.shared = watch.shared
        self.fallen = dict(watch.fallen)

    @property
    def now(self) -> datetime | None:
        """The newest moment of which the lists of callers and of agents tell."""
        return max(filter(None, (self.calls.after_at, self.agents.after_at)), default=None)

    @cached_property
    def is_blind(self) -> bool:
        """Whether somebody may have called and been answered between two readings that were too far apart."""
        if self.agents.is_blind or self.calls.is_blind or self.agents.after_at is None:
            return True
        callers = self.after.sources.get(Part.CALLS)
        return callers is None or callers.is_stale(self.agents.after_at, BLIND_ROUNDS)

    def watch(self) -> Watch:
        """What to remember."""
        return Watch(
            departed=tuple(self.departed.values()),
            decided=tuple(sorted(self.decided)),
            talks=self.talks,
            wrap_ups=self.wrap_ups,
            known=self.known,
            pick_ups=tuple(self.pick_ups),
            counts_at_answer=self.counts_at_answer,
            shared=self.shared,
            fallen=self.fallen,
        )

    # Those who wait

    def offer(self, call: WaitingCall) -> None:
        """They entered their queue."""
        at = call.entered_at or self.calls.after_at
        if at is not None:
            self.events.append(Event(EventKind.OFFERED, call.queue, at, key=call.key, caller=call.caller))

    def tell(self, kind: EventKind, wait: Wait, at: datetime, agent: int | None = None) -> None:
        """This became of a wait."""
        seconds = max(0.0, (at - (wait.entered_at or at)).total_seconds())
        self.events.append(Event(kind, wait.queue, at, seconds, wait.key, wait.caller, agent))

    def decide(self, wait: Wait, kind: EventKind, at: datetime, agent: int | None = None) -> None:
        """This became of a wait, and nothing else will."""
        if isinstance(wait, Departed):
            del self.departed[wait.key]
        else:
            self.decided.add(wait.key)
        self.tell(kind, wait, at, agent)
        if kind is not EventKind.FLOWED_OUT:
            self.remember(handles(wait.caller), was_answered=kind is EventKind.ANSWERED)

    def open_wait(self, caller: Caller | None) -> Wait | None:
        """The wait of that caller about which nothing has been decided."""
        for handle in handles(caller):
            wait = self._waits.get(handle)
            if wait is not None and self.is_open(wait):
                return wait
        return None

    def is_open(self, wait: Wait) -> bool:
        return wait.key in self.departed if isinstance(wait, Departed) else wait.key not in self.decided

    @cached_property
    def _waits(self) -> dict[str, Wait]:
        """By unique id and channel; to be asked for the first time when the lists of callers have been compared."""
        waits: dict[str, Wait] = {}
        for departed in self.departed.values():
            waits |= dict.fromkeys(handles(departed.caller), departed)
        for call in self.after.waiting.values():
            waits |= dict.fromkeys(handles(call.caller), call)
        return waits

    @cached_property
    def nameless(self) -> tuple[Wait, ...]:
        """Of whom EQ told neither unique id nor channel; to be asked for the first time as `_waits` is."""
        waits: tuple[Wait, ...] = (*self.departed.values(), *self.after.waiting.values())
        return tuple(wait for wait in waits if not handles(wait.caller))

    # Those who have been counted

    def remember(self, told: Iterable[str], *, was_answered: bool, talked_in: str | None = None) -> None:
        """The caller of these handles may turn up again, and is not counted again then."""
        if self.now is not None:
            self.known |= dict.fromkeys(told, Known(self.now, was_answered, talked_in))

    def talked_in(self, told: Iterable[str]) -> str | None:
        """The queue as whose call a talk with the caller of these handles was told already."""
        return next((known.talked_in for handle in told if (known := self.known.get(handle))), None)

    def recall(self, caller: Caller | None) -> Known | None:
        """Whether they were counted; they are remembered for longer then."""
        told = handles(caller)
        known = next((self.known[handle] for handle in told if handle in self.known), None)
        if known is not None:
            self.remember(told, was_answered=known.was_answered, talked_in=known.talked_in)
        return known

    def forget(self) -> None:
        """Let go of calls that were not seen for a while.

        Those in the parking lot and in conferences are seen; whoever was there first was not in a queue unseen.
        """
        now = self.now
        if now is None:
            return
        kept = {key: known for key, known in self.known.items() if is_within(known.seen_at, now, _remembered(key))}
        for handle, is_ringing in self._at_agents:
            if handle in kept and not (is_ringing and kept[handle].was_answered):  # as it may for who waits again
                kept[handle] = replace(kept[handle], seen_at=now)
        for handle in self._elsewhere:
            kept[handle] = replace(kept[handle], seen_at=now) if handle in kept else Known(now, was_answered=True)
        if len(kept) > MOST_REMEMBERED:
            kept = dict(sorted(kept.items(), key=lambda item: item[1].seen_at)[-MOST_REMEMBERED:])
        self.known = kept
        self.fallen = {key: count for key, count in self.fallen.items() if agent_of_key(key) in self.after.agents}

    @property
    def _at_agents(self) -> Iterable[tuple[str, bool]]:
        """Also, whether it only rings."""
        for agent in self.after.agents.values():
            for handle in handles(agent.caller):
                yield handle, agent.state is AgentState.RINGING

    @property
    def _elsewhere(self) -> set[str]:
        return handles_of(call.caller for call in self.after.parked.values()) | handles_of(
            each.caller for room in self.after.conferences.values() for each in room.participants
        )

    # What EQ tells of calls at all

    @cached_property
    def tells_callers(self) -> bool:
        """Whether EQ tells who it is that agents talk with."""
        return any(handles(each.caller) for each in self.after.agents.values() if each.state is AgentState.ON_CALL)

    @cached_property
    def names_queues(self) -> bool:
        """Whether EQ tells from which queue calls came. Of who is in several it may have been found out by the row."""
        return any(each.call_queue and len(each.memberships) == 1 for each in self.after.agents.values())

    # People

    def began_at(self, agent: Agent) -> datetime | None:
        """When the state began in which the agent is for the first time."""
        return self.agents.moment_of(None if agent.since_at_least else agent.state_since)

    def pass_time(self) -> None:
        """What agents did since the last reading, by the queue for which they did it."""
        seconds, at = self.agents.seconds, self.agents.after_at
        if not seconds or at is None:
            return
        counts = Counter(each.queue for works in (self.talks, self.wrap_ups) for each in works.values())
        self.events += [Event(EventKind.HANDLED, queue, at, count * seconds) for queue, count in counts.items()]


def _remembered(handle: str) -> timedelta:
    return CHANNEL_REMEMBERED if handle.startswith(CHANNEL) else REMEMBERED


def handles_of(callers: Iterable[Caller]) -> set[str]:
    return {handle for caller in callers for handle in handles(caller)}

"""Queue tiles: counted from the lists beside them, or said by EQ's statistics."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from eqboard.eq import models as eq
from eqboard.eq.wire import Rows
from eqboard.floor.assemble.answers import Answers, Names, Taken, heard, steady
from eqboard.floor.snapshot import Agent, AgentState, Part, Queue, Snapshot, WaitingCall

T = TypeVar("T")

LONGEST_SAID_SECONDS = 10**6  # a wait beyond eleven days is no wait but a slip of units


def queues_of(
    answers: Answers,
    agents: Mapping[int, Agent],
    waiting: Mapping[str, WaitingCall],
    names: Names,
    previous: Snapshot,
    taken: Taken,
) -> Mapping[str, Queue]:
    """A tile's numbers are counted from the lists beside it, so that they agree with what one sees there.

    EQ's own statistics tell which queues there are, and stand in for a list that was never read.
    """
    statistics = heard(answers.statistics)
    said = {row.queue: row for row in statistics or ()}
    known = set(said) if statistics is not None else set(previous.queues)
    known |= {call.queue for call in waiting.values()}
    known |= {each.queue for agent in agents.values() for each in agent.memberships}
    callers = _by_queue((call.queue, call) for call in waiting.values())
    states = _by_queue((each.queue, each.state) for agent in agents.values() for each in agent.memberships)
    calls_read = _was_ever_read(answers.calls, previous, Part.CALLS)
    agents_read = _was_ever_read(answers.agents, previous, Part.AGENTS)
    queues = {}
    for extension in known:
        # Without new statistics the last truth stands.
        old = previous.queues.get(extension)
        queue = old if old and statistics is None else Queue(extension, extension)
        queue = replace(queue, name=names.of_queue(extension))
        row = said.get(extension)
        queue = (
            _with_callers(queue, callers.get(extension, ()))
            if calls_read
            else _with_said_callers(queue, row, old, taken)
        )
        queue = _with_states(queue, states.get(extension, ())) if agents_read else _with_said_states(queue, row)
        queues[extension] = queue
    return queues


def _was_ever_read(answer: object, previous: Snapshot, part: Part) -> bool:
    source = previous.sources.get(part)
    return isinstance(answer, Rows) or (source is not None and source.taken_at is not None)


def _by_queue(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for queue, each in pairs:
        groups.setdefault(queue, []).append(each)
    return groups


def _with_callers(queue: Queue, calls: Sequence[WaitingCall]) -> Queue:
    entered = [call.entered_at for call in calls if call.entered_at]
    return replace(queue, waiting_count=len(calls), oldest_waiting_at=min(entered, default=None))


def _with_said_callers(queue: Queue, row: eq.QueueStatistics | None, old: Queue | None, taken: Taken) -> Queue:
    if row is None:
        return queue
    since = None
    if row.calls and row.wait_time is not None:
        waits_seconds = max(0, min(row.wait_time, LONGEST_SAID_SECONDS))
        since = steady(taken.at - timedelta(seconds=waits_seconds), old.oldest_waiting_at if old else None)
    return replace(queue, waiting_count=row.calls, oldest_waiting_at=since)


def _with_states(queue: Queue, states: Sequence[AgentState]) -> Queue:
    count: Callable[[AgentState], int] = list(states).count
    return replace(
        queue,
        present_count=len(states) - count(AgentState.SIGNED_OUT),
        available_count=count(AgentState.AVAILABLE),
        on_call_count=count(AgentState.ON_CALL),
        ringing_count=count(AgentState.RINGING),
        wrap_up_count=count(AgentState.WRAP_UP),
        paused_count=count(AgentState.PAUSED),
    )


def _with_said_states(queue: Queue, row: eq.QueueStatistics | None) -> Queue:
    if row is None:
        return queue
    return replace(
        queue,
        present_count=row.agents,
        available_count=row.agents_available,
        on_call_count=row.agents_on_call,
        ringing_count=row.agents_ringing,
        wrap_up_count=row.agents_wrap_up,
        paused_count=row.agents_paused,
    )

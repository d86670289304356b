"""Queue tiles, counted from the lists beside them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from eqboard.eq import models as eq
from eqboard.eq.wire import Rows
from eqboard.floor.assemble.answers import Answers, Names, Taken, heard, is_forgiven
from eqboard.floor.snapshot import Agent, AgentState, ExchangeCounts, Part, Queue, Snapshot, WaitingCall, oldest_of

T = TypeVar("T")


def queues_of(
    answers: Answers,
    agents: Mapping[int, Agent],
    waiting: Mapping[str, WaitingCall],
    names: Names,
    previous: Snapshot,
    taken: Taken,
) -> Mapping[str, Queue]:
    """A tile's numbers are counted from the lists beside it, so that they agree with what one sees there.

    EQ's statistics tell which queues there are; one that they do not tell of any more is there for a few rounds still.
    The numbers of a list that was never read are None.
    """
    statistics = heard(answers.statistics)
    known = {row.queue for row in statistics} if statistics is not None else set(previous.queues)
    known |= {call.queue for call in waiting.values()}
    known |= {each.queue for agent in agents.values() for each in agent.memberships}
    missing = _missing(known, previous, taken)
    callers = _by_queue((call.queue, call) for call in waiting.values())
    states = _by_queue((each.queue, each.state) for agent in agents.values() for each in agent.memberships)
    calls_read = _was_ever_read(answers.calls, previous, Part.CALLS)
    agents_read = _was_ever_read(answers.agents, previous, Part.AGENTS)
    counts = _exchange_counts(statistics, previous)
    queues = {}
    for extension in known | missing.keys():
        queue = replace(_queue(extension, names, counts.get(extension)), missing_since=missing.get(extension))
        if calls_read:
            queue = _with_callers(queue, callers.get(extension, ()))
        if agents_read:
            queue = _with_states(queue, states.get(extension, ()))
        queues[extension] = queue
    return queues


def _missing(known: Collection[str], previous: Snapshot, taken: Taken) -> Mapping[str, datetime]:
    """Queues of which nothing tells just now, and since when: one short answer closes no queue."""
    source = previous.sources.get(Part.STATISTICS)
    return {
        key: queue.missing_since or taken.at
        for key, queue in previous.queues.items()
        if key not in known and is_forgiven(source, queue.missing_since, taken)
    }


def _queue(extension: str, names: Names, counts: ExchangeCounts | None) -> Queue:
    """What does not depend on who is there."""
    low, high = names.usual.get(extension, (None, None))
    return Queue(
        extension,
        names.of_queue(extension),
        max_wait_seconds=names.max_waits.get(extension),
        usual_low=low,
        usual_high=high,
        pbx=counts,
    )


def _exchange_counts(
    statistics: Sequence[eq.QueueStatistics] | None, previous: Snapshot
) -> Mapping[str, ExchangeCounts | None]:
    """What EQ counts itself; None for a queue of which it counts nothing."""
    if statistics is None:
        return {key: queue.pbx for key, queue in previous.queues.items()}
    return {row.queue: _counts_of(row) for row in statistics}


def _counts_of(row: eq.QueueStatistics) -> ExchangeCounts | None:
    counts = ExchangeCounts(row.calls_answered, row.calls_abandoned, row.average_wait_time, row.average_talk_time)
    return None if counts == ExchangeCounts() else counts


def _was_ever_read(answer: object, previous: Snapshot, part: Part) -> bool:
    source = previous.sources.get(part)
    return isinstance(answer, Rows) or (source is not None and source.taken_at is not None)


def _by_queue(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for queue, each in pairs:
        groups.setdefault(queue, []).append(each)
    return groups


def _with_callers(queue: Queue, calls: Sequence[WaitingCall]) -> Queue:
    oldest_at, at_least = oldest_of(calls)
    return replace(queue, waiting_count=len(calls), oldest_waiting_at=oldest_at, oldest_at_least=at_least)


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

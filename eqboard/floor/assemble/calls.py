"""Callers in queues and in the parking lot, and conferences."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from eqboard.eq import models as eq
from eqboard.eq.wire import Rows
from eqboard.floor.assemble.answers import Names, Taken, caller_of, heard, steady
from eqboard.floor.snapshot import (
    Agent,
    AgentState,
    Conference,
    ParkedCall,
    Participant,
    Snapshot,
    Trouble,
    WaitingCall,
)


def call_key(unique_id: str | None, channel: str | None, other: str | None = None) -> str | None:
    """What tells one call from another; None when EQ says nothing that would."""
    return unique_id or channel or other


def waiting_of(
    answer: Rows[eq.QueuedCall] | Trouble | None,
    agents: Mapping[int, Agent],
    names: Names,
    previous: Snapshot,
    taken: Taken,
) -> Mapping[str, WaitingCall]:
    rows = heard(answer)
    if rows is None:
        return previous.waiting
    ringing = _ringing_names(agents.values())
    calls: dict[str, WaitingCall] = {}
    for row in rows:
        key = call_key(row.unique_id, row.channel, row.id)
        if key is None or key in calls:
            continue  # the same caller twice is counted once (contract §4)
        old = previous.waiting.get(key)
        first_seen = old.entered_at if old and old.queue == row.queue else None
        calls[key] = WaitingCall(
            key=key,
            queue=row.queue,
            queue_name=names.of_queue(row.queue),
            caller=caller_of(row),
            position=row.position,
            entered_at=first_seen or taken.ours(row.enter_time) or taken.at,
            ringing_at=tuple(ringing.get(row.unique_id or "", ()) or ringing.get(row.channel or "", ())),
        )
    return calls


def _ringing_names(agents: Iterable[Agent]) -> dict[str, list[str]]:
    """Names of the agents whose telephones ring, by the caller's unique id and by the channel (contract §4)."""
    names: dict[str, list[str]] = {}
    for agent in sorted(agents, key=lambda each: each.name):
        if agent.state is AgentState.RINGING and agent.caller:
            for handle in {agent.caller.unique_id, agent.caller.channel} - {None, ""}:
                names.setdefault(str(handle), []).append(agent.name)
    return names


def parked_of(
    answer: Rows[eq.ParkedCall] | Trouble | None, agents: Mapping[int, Agent], previous: Snapshot, taken: Taken
) -> Mapping[str, ParkedCall]:
    rows = heard(answer)
    if rows is None:
        return previous.parked
    at_extension = {agent.extension: agent.name for agent in agents.values() if agent.extension}
    calls: dict[str, ParkedCall] = {}
    for row in rows:
        key = call_key(row.unique_id, row.channel, row.space)
        if key is None or key in calls:
            continue
        old = previous.parked.get(key)
        parked_at = steady(taken.ours(row.park_time), old.parked_at if old else None)
        calls[key] = ParkedCall(
            key=key,
            caller=caller_of(row),
            space=row.space,
            parked_by=row.parked_by,
            parked_by_name=at_extension.get(row.parked_by or ""),
            parked_at=parked_at,
            returns_at=_later(parked_at, row.timeout),
        )
    return calls


def _later(moment: datetime | None, seconds: int | None) -> datetime | None:
    try:
        return moment + timedelta(seconds=seconds) if moment and seconds else None
    except OverflowError:
        return None


def conferences_of(
    answer: Rows[eq.Conference] | Trouble | None, previous: Snapshot, taken: Taken
) -> Mapping[str, Conference]:
    rows = heard(answer)
    if rows is None:
        return previous.conferences
    return {row.extension: _conference(row, previous.conferences.get(row.extension), taken) for row in rows}


def _conference(row: eq.Conference, old: Conference | None, taken: Taken) -> Conference:
    return Conference(
        extension=row.extension,
        name=row.name or row.extension,
        locked=bool(row.locked),
        started_at=steady(taken.ours(row.start_time), old.started_at if old else None),
        participants=tuple(
            Participant(
                caller_of(each), bool(each.admin), bool(each.muted), bool(each.talking), taken.ours(each.join_time)
            )
            for each in row.participants
        ),
    )

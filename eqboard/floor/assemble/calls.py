"""Callers in queues and in the parking lot, and conferences."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from eqboard.eq import models as eq
from eqboard.eq.wire import Rows
from eqboard.floor.assemble.answers import Names, Taken, caller_of, heard, steady
from eqboard.floor.moments import SAME_MOMENT
from eqboard.floor.snapshot import (
    AbandonedCall,
    Agent,
    AgentState,
    Caller,
    Conference,
    ParkedCall,
    Participant,
    Snapshot,
    Trouble,
    WaitingCall,
)

LONGEST_CALL = timedelta(days=1)
"""Nobody waits or is parked for longer: a time before that is no time. At the first sight, as after a restart, it may
be hours ago; when we were looking, `flow` knows better.
"""


class Keys:
    """What tells one call from another within one list, whose rows come in an order of ours.

    Two unique ids are two callers, also on one channel: a channel may be cut to the trunk that many share. `known`: of
    the earlier callers of whom EQ told neither unique id nor channel, when they came, by key.
    """

    def __init__(self, known: Mapping[str, datetime | None] | None = None) -> None:
        self._seen: set[str] = set()
        self._alike: Counter[str] = Counter()
        self._known = dict(known or {})

    def of(self, row: eq.QueuedCall | eq.ParkedCall, came_at: datetime | None, *facts: object) -> str | None:
        """The row's key; None for a caller who is in the list already, and is counted once (contract §4).

        Of some callers EQ tells neither unique id nor channel. Each of their rows is a caller all the same, with a key
        made of what is said and of when they came. Their `id` may be one within its queue only, or their place in it.
        """
        key = row.unique_id or row.channel
        if key is None:
            return self._of_unnamed(" ".join(str(fact) for fact in facts if fact is not None), came_at)
        if key in self._seen:
            return None
        self._seen |= {handle for handle in (key, row.channel) if handle}
        return key

    def _of_unnamed(self, said: str, came_at: datetime | None) -> str:
        """As before for who came at the same moment by what EQ tells, which may jump by a second."""
        for key, known_at in self._known.items():
            if key.startswith(f"{said} @") and known_at and came_at and abs(known_at - came_at) <= SAME_MOMENT:
                del self._known[key]
                self._seen.add(key)
                return key
        place = f"{said} @{came_at.timestamp():.0f}" if came_at else said
        while True:
            self._alike[place] += 1
            key = f"{place} {self._alike[place]}"
            if key not in self._seen and (came_at is None or key not in self._known):
                self._seen.add(key)
                return key


def waiting_of(
    answer: Rows[eq.QueuedCall] | Trouble | None,
    agents: Mapping[int, Agent],
    names: Names,
    previous: Snapshot,
    taken: Taken,
) -> Mapping[str, WaitingCall]:
    rows = heard(answer)
    if rows is None:
        return {key: replace(call, queue_name=names.of_queue(call.queue)) for key, call in previous.waiting.items()}
    ringing = _ringing_names(agents.values())
    calls: dict[str, WaitingCall] = {}
    keys = Keys({key: call.entered_at for key, call in previous.waiting.items() if not _is_named(call.caller)})
    for row in sorted(rows, key=lambda each: _by_handles(each, each.queue, each.enter_time)):
        came_at = taken.credible(row.enter_time, LONGEST_CALL)
        said = (row.id,) if row.id and came_at is None else (row.caller_id_number, row.caller_id_name)
        key = keys.of(row, came_at, row.queue, *said)
        if key is None:
            continue
        old = previous.waiting.get(key)
        entered_at, since_at_least = _entered(came_at, old if old and _is_same_wait(old, row, came_at) else None, taken)
        calls[key] = WaitingCall(
            key=key,
            queue=row.queue,
            queue_name=names.of_queue(row.queue),
            caller=caller_of(row),
            position=row.position,
            entered_at=entered_at,
            since_at_least=since_at_least,
            ringing_at=_ringing_at(row, ringing),
        )
    return calls


def _is_named(caller: Caller) -> bool:
    return bool(caller.unique_id or caller.channel)


def _by_handles(row: eq.QueuedCall | eq.ParkedCall, *places: object) -> tuple[object, ...]:
    """EQ keeps no order (contract §4): which of two rows counts must not change from round to round.

    The ones that tell more come first: a row with nothing but the channel of another is the same caller.
    """
    handles = not row.unique_id, row.unique_id or "", not row.channel, row.channel or ""
    return *handles, str(places), row.caller_id_number or "", row.caller_id_name or ""


def _is_same_wait(old: WaitingCall, row: eq.QueuedCall, came_at: datetime | None) -> bool:
    """In the same queue; and not somebody else who came later, to whom the exchange gave the unique id again."""
    if old.queue != row.queue:
        return False
    is_same_number = not (row.caller_id_number and old.caller.number) or row.caller_id_number == old.caller.number
    return is_same_number or not (came_at and old.entered_at) or abs(came_at - old.entered_at) <= SAME_MOMENT


def _entered(told: datetime | None, old: WaitingCall | None, taken: Taken) -> tuple[datetime, bool]:
    """When the caller came, and whether that is only when we first saw them, as EQ told nothing that can be.

    The first moment that EQ tells stands: it cuts times to the second, and its clock may be set meanwhile.
    """
    if old and old.entered_at and not old.since_at_least:
        return old.entered_at, False
    if told:
        return told, False
    return (old.entered_at if old and old.entered_at else taken.at), True


def _ringing_at(row: eq.QueuedCall, ringing: Mapping[str, list[str]]) -> tuple[str, ...]:
    names = {name for handle in (row.unique_id, row.channel) for name in ringing.get(handle or "", ())}
    return tuple(sorted(names))


def _ringing_names(agents: Iterable[Agent]) -> dict[str, list[str]]:
    """Names of the agents whose telephones ring, by the caller's unique id and by the channel (contract §4)."""
    names: dict[str, list[str]] = {}
    for agent in agents:
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
    # Two may have the same extension, one after the other: whoever is there comes last, and counts.
    by_presence = sorted(agents.values(), key=lambda each: each.state is not AgentState.SIGNED_OUT)
    at_extension = {agent.extension: agent.name for agent in by_presence if agent.extension}
    calls: dict[str, ParkedCall] = {}
    keys = Keys()
    for row in sorted(rows, key=lambda each: _by_handles(each, each.space, each.park_time)):
        said = (row.space,) if row.space else (row.park_time, row.caller_id_number, row.caller_id_name)
        key = keys.of(row, None, *said)
        if key is None:
            continue
        old = previous.parked.get(key)
        parked_at = steady(taken.credible(row.park_time, LONGEST_CALL), old.parked_at if old else None)
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


def abandoned_of(names: Names, previous: Snapshot) -> Mapping[str, AbandonedCall]:
    """EQ has no list of them: whoever counts them keeps it (floor/abandoned.py). Queues have their newest names."""
    return {
        key: call if call.queue_name == (name := names.of_queue(call.queue)) else replace(call, queue_name=name)
        for key, call in previous.abandoned.items()
    }


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
        participants=tuple(sorted((_participant(each, taken) for each in row.participants), key=_by_joining)),
    )


def _participant(row: eq.ConferenceParticipant, taken: Taken) -> Participant:
    return Participant(caller_of(row), bool(row.admin), bool(row.muted), bool(row.talking), taken.ours(row.join_time))


def _by_joining(participant: Participant) -> tuple[datetime, str, str, str]:
    caller = participant.caller
    joined_at = participant.joined_at or datetime.max.replace(tzinfo=UTC)
    return joined_at, caller.unique_id or "", caller.channel or "", caller.number or ""

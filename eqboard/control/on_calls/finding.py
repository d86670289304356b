"""The call that a handle names, as it is now: still where it was seen, or somewhere else. Pure.

Only what somebody sees is looked through: what has gone to another team is as if it were not there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eqboard.boards.fragments import dom_id
from eqboard.boards.handles import handle_of, is_of, who_in, who_of
from eqboard.boards.parts.rooms import handle_in_room, queues_in
from eqboard.control.catalogue.order import CallRef
from eqboard.control.doing.aims import name_of
from eqboard.control.doing.attempt import Target
from eqboard.feed import slots
from eqboard.feed.claims import Claim
from eqboard.floor.seated import seated
from eqboard.floor.snapshot import Agent, Caller, Conference, ParkedCall, Participant, Snapshot, WaitingCall

NOWHERE = ""  # no place that a call could be in


@dataclass(frozen=True, slots=True)
class Moved:
    """A call that is not where it was seen. `queues`: those that it touches where it is."""

    caller: Caller
    queues: tuple[str, ...]

    @property
    def ref(self) -> CallRef:
        """One that is nowhere on the floor, so that whoever asks for it is told where the call is (obstacles.py)."""
        return ref_to(self.key, self.caller, NOWHERE)

    @property
    def key(self) -> str:
        return self.caller.unique_id or self.caller.channel or ""

    @property
    def target(self) -> Target:
        slot = slots.call(self.key)
        return Target(dom_id("call", self.key), name_of(self.caller), self.queues, slot, slot)


def ref_to(key: str, caller: Caller, place: str) -> CallRef:
    return CallRef(key, caller.unique_id, caller.channel or "", place)


def waiting_of(handle: str, view: Snapshot) -> WaitingCall | None:
    """Where it was seen; None where it is not there any more."""
    calls = view.waiting.values()
    return next((each for each in calls if handle_of(each.key, each.caller, each.queue) == handle), None)


def parked_of(handle: str, view: Snapshot) -> ParkedCall | None:
    calls = view.parked.values()
    return next((each for each in calls if handle_of(each.key, each.caller, each.space or "") == handle), None)


def participant_of(handle: str, view: Snapshot) -> tuple[Conference, Participant] | None:
    everybody = ((room, each) for room in view.conferences.values() for each in room.participants)
    return next((pair for pair in everybody if handle_in_room(pair[1].caller, pair[0].extension) == handle), None)


def moved_of(handle: str, view: Snapshot) -> Moved | None:
    """Where it is instead: in a queue, a conference, parked, at a telephone; or among those who gave up. None: out of
    sight.
    """
    return next((each for each in _whereabouts(view) if is_of(handle, each.caller)), None)


def taken_by(handle: str, claims: Iterable[Claim]) -> str:
    """Who is moving the call just now; "" for nobody."""
    calls = ((slots.caller_of(each.subject), each.who) for each in claims)
    return next((who for key, who in calls if key is not None and who_of(key) == who_in(handle)), "")


def _whereabouts(view: Snapshot) -> Iterator[Moved]:
    for waiting in view.waiting.values():
        yield Moved(waiting.caller, (waiting.queue,))
    agents = seated(view)
    for parked in view.parked.values():
        yield Moved(parked.caller, _queues_of(agents.get(parked.parked_by or "")))
    for agent in view.agents.values():
        if agent.caller:
            yield Moved(agent.caller, (agent.call_queue,) if agent.call_queue else _queues_of(agent))
    for room in view.conferences.values():
        queues = tuple(queues_in(room, agents))
        yield from (Moved(each.caller, queues) for each in room.participants)
    for gone in view.abandoned.values():
        yield Moved(gone.caller, (gone.queue,))


def _queues_of(agent: Agent | None) -> tuple[str, ...]:
    return tuple(each.queue for each in agent.signed_in) if agent else ()

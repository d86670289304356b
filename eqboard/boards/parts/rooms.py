"""Conferences, with a button for each participant whom one may hang up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eqboard.accounts.access import REMOVE_PARTICIPANT, may_do, may_ever
from eqboard.boards.claimed import Doing
from eqboard.boards.handles import handle_of
from eqboard.boards.scene import Scene, claims_on
from eqboard.feed import slots
from eqboard.floor.seated import seated, telephone_of
from eqboard.floor.snapshot import Agent, Caller, Conference, Participant


@dataclass(frozen=True, slots=True)
class Seat:
    """A participant as they may be shown. `is_outside`: one might hang them up, were they at a telephone of EQ's."""

    participant: Participant
    handle: str = ""  # by which they are hung up; "": one may not, or EQ cannot
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class RoomRow:
    room: Conference
    seats: tuple[Seat, ...]
    claims: tuple[Doing, ...]


def conferences(scene: Scene) -> Iterator[tuple[str, RoomRow]]:
    rights, view, floor = scene.hands.rights, scene.view, scene.hands.floor
    agents = seated(floor) if view.conferences and may_ever(rights, REMOVE_PARTICIPANT) else {}
    for room in sorted(view.conferences.values(), key=lambda each: (each.name.casefold(), each.extension)):
        known = floor.conferences[room.extension]
        may = may_do(rights, REMOVE_PARTICIPANT, queues_in(known, agents))
        pairs = zip(room.participants, known.participants, strict=True)
        seats = tuple(_seat(shown, whole.caller, room.extension, may=may) for shown, whole in pairs)
        yield room.extension, RoomRow(room, seats, claims_on(scene, slots.conference(room.extension)))


def queues_in(room: Conference, agents: Mapping[str, Agent]) -> frozenset[str]:
    """The queues of all agents in the room: what is done to anybody there touches them. `agents` by extension."""
    inside = [agents.get(each.caller.number or "") for each in room.participants]
    return frozenset(membership.queue for agent in inside if agent for membership in agent.signed_in)


def _seat(shown: Participant, caller: Caller, room: str, *, may: bool) -> Seat:
    if not may:
        return Seat(shown)
    if telephone_of(caller) is None:
        return Seat(shown, is_outside=True)
    return Seat(shown, handle_in_room(caller, room))


def handle_in_room(caller: Caller, room: str) -> str:
    return handle_of(caller.unique_id or caller.channel or "", caller, room)

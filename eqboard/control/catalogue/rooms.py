"""Conferences: a participant is hung up at their telephone. EQ has no other way to remove somebody."""

from eqboard.accounts.access import REMOVE_PARTICIPANT
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.callers import call_of
from eqboard.control.catalogue.evidence import DONE, NO_NEWS, UNCHANGED, Evidence, Look, is_callers
from eqboard.control.catalogue.obstacles import of_participant
from eqboard.control.catalogue.order import Order
from eqboard.control.catalogue.questions import still_in_room
from eqboard.control.catalogue.telephones import END_CALL
from eqboard.floor.snapshot import Part


def _look(order: Order, evidence: Evidence) -> Look:
    """Nobody in the room has that channel; a room that is over has nobody."""
    if not evidence.knows(Part.CONFERENCES):
        return NO_NEWS
    call = call_of(order)
    room = evidence.floor.conferences.get(call.place)
    is_there = room is not None and any(is_callers(call, each.caller) for each in room.participants)
    return UNCHANGED if is_there else DONE


REMOVE = Action(
    REMOVE_PARTICIPANT,
    REMOVE_PARTICIPANT,
    END_CALL.ask,
    _look,
    of_participant,
    still_in_room,
    parts=(Part.CONFERENCES, Part.AGENTS),
    rests_on=(Part.CONFERENCES,),
)

ACTIONS = (REMOVE,)

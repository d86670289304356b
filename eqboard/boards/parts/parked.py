"""Parked calls, with the button for those who may press it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from eqboard.accounts.access import PICK_UP, may_do
from eqboard.boards.claimed import Doing
from eqboard.boards.handles import handle_of
from eqboard.boards.keys import shown_key
from eqboard.boards.scene import Scene, claims_on
from eqboard.feed import slots
from eqboard.floor.moments import FAR_OFF, LONG_AGO
from eqboard.floor.seated import seated
from eqboard.floor.snapshot import ParkedCall


@dataclass(frozen=True, slots=True)
class ParkedRow:
    call: ParkedCall
    handle: str  # by which it is picked up; "": one may not
    claims: tuple[Doing, ...]


def parked(scene: Scene) -> Iterator[tuple[str, ParkedRow]]:
    """Whoever goes back first stands first."""
    handles = _handles(scene)
    for call in sorted(scene.view.parked.values(), key=_by_return):
        yield call.key, ParkedRow(call, handles.get(call.key, ""), claims_on(scene, slots.parked(call.key)))


def _by_return(call: ParkedCall) -> tuple[datetime, datetime, str]:
    return call.returns_at or FAR_OFF, call.parked_at or LONG_AGO, call.key


def _handles(scene: Scene) -> dict[str, str]:
    """Of those that one may pick up, by the key as it is shown. A parked call is of the queues of whoever parked it."""
    floor = scene.hands.floor
    agents = seated(floor) if scene.view.parked else {}
    found: dict[str, str] = {}
    for key, call in floor.parked.items():
        agent = agents.get(call.parked_by or "")
        queues = [each.queue for each in agent.signed_in] if agent else []
        if may_do(scene.hands.rights, PICK_UP, queues):
            found[shown_key(key, scene.view.parked)] = handle_of(key, call.caller, call.space or "")
    return found

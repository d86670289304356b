"""The catalogue: all that can be done, by name. Each action says how EQ is asked and what shows its effect."""

from collections.abc import Mapping

from eqboard.control.catalogue import agents, callers, listening, restoring, rooms, telephones, transfer
from eqboard.control.catalogue.action import Action

CATALOGUE: Mapping[str, Action] = {
    each.name: each
    for each in (
        *agents.ACTIONS,
        *callers.ACTIONS,
        *listening.ACTIONS,
        *telephones.ACTIONS,
        transfer.TRANSFER_CALL,
        *rooms.ACTIONS,
        *restoring.ACTIONS,
    )
}

"""The telephones at the extensions, whoever sits there, and their parts in calls.

A telephone has one call at a time here: `callWaiting` of an extension has no effect, whoever is busy is busy.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.switch.parties import Leg, LegStatus, Line, Party


class Lines:
    """All telephones. Extensions belong to the directory, and what their telephones do is kept here."""

    def __init__(self, agenda: Agenda, directory: Directory, new_unique_id: Callable[[], str]) -> None:
        self.by_extension: dict[str, Line] = {}  # those that have been used
        self._agenda = agenda
        self._directory = directory
        self._new_unique_id = new_unique_id
        self._serials = count(1)

    def exists(self, extension: str) -> bool:
        """Whether there is such a user extension."""
        return extension in self._directory.extensions

    def is_registered(self, extension: str) -> bool:
        """Whether there is such an extension, and a telephone at it, of whatever type."""
        known = self._directory.extensions.get(extension)
        return known is not None and known.is_registered

    def name_of(self, extension: str) -> str:
        """The extension's name, "" for one that is gone."""
        known = self._directory.extensions.get(extension)
        return known.name if known is not None else ""

    def at(self, extension: str) -> Line:
        """The telephone at an extension."""
        return self.by_extension.setdefault(extension, Line(extension))

    def legs_at(self, extension: str) -> list[Leg]:
        """The extension's calls, in the order in which they came."""
        line = self.by_extension.get(extension)
        return line.legs if line is not None else []

    def is_free(self, extension: str) -> bool:
        """Whether a call would ring there: a telephone is registered, has no call, and may be disturbed."""
        if not self.is_registered(extension):
            return False
        line = self.by_extension.get(extension)
        return line is None or not (line.legs or line.is_on_dnd)

    def open(
        self,
        extension: str,
        status: LegStatus,
        *,
        call_id: int,
        name: str | None = None,
        peer: Party | None = None,
        is_origin: bool = False,
    ) -> Leg:
        """The telephone's part in a call begins. `name` is who sits there, the extension's name when not given."""
        leg = Leg(
            id=call_id,
            unique_id=self._new_unique_id(),
            channel=f"SIP/{extension}-{next(self._serials):08x}",
            number=extension,
            name=self.name_of(extension) if name is None else name,
            extension=extension,
            status=status,
            started_at=self._agenda.now,
            peer=peer,
            is_origin=is_origin,
        )
        self.at(extension).legs.append(leg)
        return leg

    def close(self, leg: Leg) -> None:
        """The telephone's part in a call ends; one that has ended already stays so."""
        leg.forget_plans()
        leg.peer = None
        line = self.at(leg.extension)
        if leg in line.legs:
            line.legs.remove(leg)

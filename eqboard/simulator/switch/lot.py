"""The parking lot: numbered spaces."""

from __future__ import annotations

from eqboard.simulator.switch.parties import Party


class ParkingLot:
    """Numbered spaces for parked callers, 71 to 78, and how long one may stay (FreePBX's usual lot)."""

    def __init__(self, first_space: int = 71, spaces: int = 8, timeout_seconds: float = 180.0) -> None:
        self.timeout_seconds = timeout_seconds
        self.calls: dict[int, Party] = {}  # by space
        self._spaces = range(first_space, first_space + spaces)

    @property
    def is_full(self) -> bool:
        """Whether no space is left."""
        return len(self.calls) == len(self._spaces)

    def take(self, party: Party) -> None:
        """Park somebody in the lowest free space; StopIteration when full."""
        party.space = next(space for space in self._spaces if space not in self.calls)
        self.calls[party.space] = party

    def free(self, party: Party) -> None:
        """Empty the party's space."""
        del self.calls[party.space]
        party.space = 0

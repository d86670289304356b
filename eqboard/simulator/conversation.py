"""How a conversation turns out, and the parking lot."""

from __future__ import annotations

from enum import Enum, auto
from random import Random

from eqboard.simulator.entities import Call
from eqboard.simulator.scenario import Scenario


class Turn(Enum):
    """What comes next in a conversation."""

    END = auto()
    PARK = auto()
    CONFER = auto()


def plan_turn(talk_left: float, scenario: Scenario, rng: Random) -> tuple[Turn, float]:
    """What happens next in a conversation with `talk_left` seconds to go, and after how many seconds."""
    chance, portion = rng.random(), rng.uniform(0.2, 0.8)
    if chance < scenario.park_share:
        return Turn.PARK, talk_left * portion
    if chance < scenario.park_share + scenario.conference_share:
        return Turn.CONFER, talk_left * portion
    return Turn.END, talk_left


class ParkingLot:
    """Numbered spaces for parked callers, 71 to 78, and how long one may stay (FreePBX's usual lot)."""

    def __init__(self, first_space: int = 71, spaces: int = 8, timeout_seconds: float = 180.0) -> None:
        self.timeout_seconds = timeout_seconds
        self.calls: dict[int, Call] = {}  # by space
        self._spaces = range(first_space, first_space + spaces)

    @property
    def is_full(self) -> bool:
        """Whether no space is left."""
        return len(self.calls) == len(self._spaces)

    def take(self, call: Call) -> None:
        """Park a caller in the lowest free space; StopIteration when full."""
        call.space = next(space for space in self._spaces if space not in self.calls)
        self.calls[call.space] = call

    def free(self, call: Call) -> None:
        """Empty the caller's space."""
        del self.calls[call.space]
        call.space = 0

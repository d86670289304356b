"""Faults that a scenario brings with it: when each begins, and how long it lasts, in the world's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eqboard.simulator.faults.kinds import Fault
from eqboard.simulator.faults.modes import Mode, faults_of


@dataclass(frozen=True, slots=True)
class Accident:
    """One fault, or a mode of the whole server; seconds since the server began to answer, or since the period did."""

    what: Fault | Mode
    begins_seconds: float
    lasts_seconds: float

    @property
    def faults(self) -> tuple[Fault, ...]:
        return faults_of(self.what) if isinstance(self.what, Mode) else (self.what,)


@dataclass(frozen=True, slots=True)
class Happening:
    """An accident that is happening: which of the schedule, for which time round, and the seconds it began and ends."""

    accident: Accident
    place: int
    round: int
    began_seconds: float

    @property
    def ends_seconds(self) -> float:
        return self.began_seconds + self.accident.lasts_seconds


def happening_at(
    elapsed_seconds: float, accidents: Sequence[Accident], period_seconds: float | None
) -> tuple[Happening, ...]:
    """What is happening so many seconds after the server began to answer; all begins again with each period."""
    round_number, moment = divmod(elapsed_seconds, period_seconds) if period_seconds else (0.0, elapsed_seconds)
    round_began = round_number * (period_seconds or 0.0)
    return tuple(
        Happening(accident, place, int(round_number), round_began + accident.begins_seconds)
        for place, accident in enumerate(accidents)
        if accident.begins_seconds <= moment < accident.begins_seconds + accident.lasts_seconds
    )

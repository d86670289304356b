"""Faults on demand: what a tired network and a broken server do to answers. Pure but for the seeded dice."""

from eqboard.simulator.faults.accidents import Accident
from eqboard.simulator.faults.in_force import Faults
from eqboard.simulator.faults.kinds import ConnectionDropped, Fault, FaultKind, clock_shift_seconds, delay_seconds
from eqboard.simulator.faults.modes import Mode
from eqboard.simulator.faults.refusing import refuse_by
from eqboard.simulator.faults.spoiling import spoil

__all__ = [
    "Accident",
    "ConnectionDropped",
    "Fault",
    "FaultKind",
    "Faults",
    "Mode",
    "clock_shift_seconds",
    "delay_seconds",
    "refuse_by",
    "spoil",
]

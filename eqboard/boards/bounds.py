"""How much there may be of each thing on a board, and between which values: said here once, for forms and for JSON.

The sentences that tell of them say the numbers again, as they are translated whole; a test holds them together.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from eqboard.floor.levels import HIGHEST_PROMISE, LARGEST, LONGEST_HOLD_SECONDS, MOST_LEAST_CALLS
from eqboard.floor.metrics import Unit

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Range(Generic[Number]):
    """Both ends are within."""

    least: Number
    most: Number

    @property
    def attributes(self) -> SafeString:
        """Of an input, whose numbers are written in no language."""
        return format_html('min="{}" max="{}"', str(self.least), str(self.most))


LONGEST_NAME = 60  # characters
LONGEST_EXTENSION = 20  # digits

MOST_QUEUES = 200
MOST_FIGURES = 16  # of the floor, and as many of each queue
MOST_LIMITS = 64
MOST_THRESHOLDS = 200

AMOUNT = Range(0.0, 1_000_000.0)  # of any unit; floor/levels.py knows the largest of each
HOLD_SECONDS = Range(0, LONGEST_HOLD_SECONDS)
LEAST_CALLS = Range(0, MOST_LEAST_CALLS)
LIMIT_SECONDS = Range(1, LARGEST[Unit.SECONDS])
PAUSE_CODE = Range(0, 2**53 - 1)  # JavaScript has no greater whole numbers
DIAGONAL_INCHES = Range(5, 200)
DISTANCE_METERS = Range(0.3, 50)

TARGET_PERCENT = Range(1, HIGHEST_PROMISE)
TARGET_SECONDS = Range(1, 3600)
SHORT_SECONDS = Range(0, 3600)

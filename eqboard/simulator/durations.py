"""How long things take: a mean, and the shape of the spread around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Shape(StrEnum):
    """The distribution a duration is drawn from."""

    FIXED = "fixed"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"


@dataclass(frozen=True, slots=True)
class Duration:
    """A random length of time. `spread` is the sigma of a lognormal one."""

    mean_seconds: float
    shape: Shape = Shape.EXPONENTIAL
    spread: float = 0.7

    def draw(self, rng: Random) -> float:
        """One length in seconds, 0 or more. Always takes from `rng` in the same way for the same shape."""
        if self.mean_seconds <= 0 or self.shape is Shape.FIXED:
            return self.mean_seconds
        if self.shape is Shape.EXPONENTIAL:
            return rng.expovariate(1 / self.mean_seconds)
        return rng.lognormvariate(math.log(self.mean_seconds) - self.spread**2 / 2, self.spread)

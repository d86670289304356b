"""When to ask EQ again: pure (design.md, law 6)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, counted from the start of the last round."""

    poll_seconds: float
    cooldown_seconds: float  # never sooner than this, not even for a nudge
    cap_seconds: float  # never later than this

    def delay_seconds(self, *, failure_count: int = 0, is_nudged: bool = False, chance: float = 0.5) -> float:
        """How long after the start of one round the next may start.

        `failure_count` rounds in a row heard nothing: the delay doubles with each, jittered by `chance` (0 to 1), so
        that several boards do not come back to a recovering exchange at the same moment.
        """
        if is_nudged:
            return self.cooldown_seconds
        if failure_count == 0:
            return self._bounded(self.poll_seconds)
        return self._bounded(self.poll_seconds * 2 ** min(failure_count - 1, 16) * (0.75 + 0.5 * chance))

    def _bounded(self, seconds: float) -> float:
        return max(self.cooldown_seconds, min(seconds, self.cap_seconds))


def pace_for(poll_seconds: float) -> Pace:
    """The pace of a board that is read every `poll_seconds`."""
    return Pace(poll_seconds, cooldown_seconds=min(0.3, poll_seconds), cap_seconds=max(5.0, poll_seconds))

"""When to ask EQ again: pure (design.md, law 6)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds, counted from the start of the last round."""

    poll_seconds: float
    cooldown_seconds: float  # never sooner than this, not even for a nudge
    cap_seconds: float  # never later than this, unless EQ may not be asked sooner

    def delay_seconds(
        self,
        *,
        failure_count: int = 0,
        is_nudged: bool = False,
        chance: float = 0.5,
        free_after_seconds: float = 0.0,
    ) -> float:
        """How long after the start of one round the next may start.

        `failure_count` rounds in a row heard nothing: the delay doubles with each, up to the cap. `chance` (0 to 1)
        takes up to half of it away, at the cap too, so that several boards do not come back to a recovering exchange at
        the same moment. Before `free_after_seconds` EQ is to be left alone, whatever else holds.
        """
        wanted = self.cooldown_seconds if is_nudged else self._between_rounds(failure_count, chance)
        return max(wanted, free_after_seconds)

    def _between_rounds(self, failure_count: int, chance: float) -> float:
        if failure_count == 0:
            return self._bounded(self.poll_seconds)
        longest = self._bounded(self.poll_seconds * 2 ** min(failure_count - 1, 16))
        shortest = self._bounded(max(self.poll_seconds, longest / 2))
        return shortest + (longest - shortest) * chance

    def _bounded(self, seconds: float) -> float:
        return max(self.cooldown_seconds, min(seconds, self.cap_seconds))


def pace_for(poll_seconds: float) -> Pace:
    """The pace of a board that is read every `poll_seconds`."""
    return Pace(poll_seconds, cooldown_seconds=min(0.3, poll_seconds), cap_seconds=max(5.0, 1.5 * poll_seconds))

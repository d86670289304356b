"""A staff that comes and goes by the clock. Pure; times are seconds since 0:00."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from eqboard.simulator.clock import seconds_of_day, seconds_until

HOUR = 3600.0
GOLDEN = 0.6180339887498949  # multiples of it, without the whole part, lie evenly however many there are


@dataclass(frozen=True, slots=True)
class Roster:
    """When the first agent and the last one come, go to lunch, and go home, all on one day; in between the others.

    Who comes early goes early. Neighbours, who have the same queues, keep different hours.
    """

    arrivals: tuple[float, float] = (7 * HOUR, 9.5 * HOUR)
    lunches: tuple[float, float] = (11.75 * HOUR, 13.75 * HOUR)
    departures: tuple[float, float] = (16 * HOUR, 20 * HOUR)

    def is_at_work(self, agent: int, moment: float, zone: tzinfo) -> bool:
        """Whether the agent with that id is on duty at a UNIX time."""
        return _of(self.arrivals, agent) <= seconds_of_day(moment, zone) < _of(self.departures, agent)

    def seconds_to_arrival(self, agent: int, moment: float, zone: tzinfo) -> float:
        """From a UNIX time on, more than 0; so the others."""
        return seconds_until(_of(self.arrivals, agent), moment, zone)

    def seconds_to_lunch(self, agent: int, moment: float, zone: tzinfo) -> float:
        return seconds_until(_of(self.lunches, agent), moment, zone)

    def seconds_to_departure(self, agent: int, moment: float, zone: tzinfo) -> float:
        return seconds_until(_of(self.departures, agent), moment, zone)


def _of(hours: tuple[float, float], agent: int) -> float:
    earliest, latest = hours
    return earliest + (latest - earliest) * (agent * GOLDEN % 1.0)

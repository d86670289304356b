"""What a scenario is: how many queues and agents, how callers behave, how the staff works. Data and draws, no state."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.faults import Accident
from eqboard.simulator.office.entities import RingStrategy
from eqboard.simulator.roster import Roster

NEVER = float("inf")

USUAL_TALK = Duration(240.0, Shape.LOGNORMAL)
USUAL_PATIENCE = Duration(150.0)
USUAL_PARKING = Duration(90.0)
USUAL_PICK_UP = Duration(5.0, Shape.LOGNORMAL)
USUAL_WORK_BETWEEN_BREAKS = Duration(2700.0)
USUAL_SHIFT = Duration(4 * 3600.0, Shape.LOGNORMAL, 0.4)
USUAL_TIME_AWAY = Duration(2400.0)

# Whom agents call into conferences: as many as there are rooms, at extensions where nobody signs in.
_GUEST_NAMES = ("Second line", "Accounts", "Interpreter", "Legal", "Logistics")
GUESTS = tuple((str(181 + place), f"{_GUEST_NAMES[place % 5]} {place // 5 + 1}") for place in range(20))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of day on the floor. Shares are 0 to 1, times are seconds."""

    name: str
    about: str
    queues: int = 6
    agents: int = 24
    supervisors: int = 3
    supervisors_at_work: int = 2  # whoever tries the API out signs in as another
    spare_agent_licences: int = 6  # how many more may be signed in than there are at the start
    spare_supervisor_licences: int = 2
    warm_seconds: float = 1800.0  # how long the world runs before it is shown

    # Callers. The arrival rate follows from busy_share: the share of their time that the agents at work would be busy.
    busy_share: float = 0.8
    curve: tuple[tuple[float, float], ...] = ((0.0, 1.0),)  # (seconds since the start, factor on the arrival rate)
    curve_period_seconds: float | None = None  # the curve begins again after so many seconds
    has_curve_by_clock: bool = False  # its seconds are since 0:00 in the exchange's time zone, not since the start
    talk: Duration = USUAL_TALK
    patience: Duration | None = USUAL_PATIENCE  # None: callers wait for ever
    park_share: float = 0.18
    conference_share: float = 0.1
    parked: Duration = USUAL_PARKING
    hostile_share: float = 0.0  # callers whose name is an attack: a demo shows none, a test may want them
    renamed_share: float = 0.3  # parked callers who get a new unique id

    # Telephones
    pick_up: Duration = USUAL_PICK_UP
    no_answer_share: float = 0.04
    strategies: tuple[RingStrategy, ...] = tuple(RingStrategy)
    wrap_ups: tuple[int | None, ...] = (20, 30, None, 15, 45, 30)
    weights: tuple[int, ...] = (0, 0, 0, 5, 0, 2)
    queues_have_habits: bool = True  # some pause, answer or turn away by themselves, or write before a caller's name
    max_skill: int = 5
    queues_per_agent: tuple[int, ...] = (2, 1, 3, 2)

    # Staff
    present_share: float = 0.85  # agents at work when the world begins
    break_every: Duration | None = USUAL_WORK_BETWEEN_BREAKS
    lunch_share: float = 0.0  # breaks that are lunch whatever the codes' own weights say
    shift: Duration | None = USUAL_SHIFT
    away: Duration = USUAL_TIME_AWAY
    roster: Roster | None = None  # who comes and goes when by the clock, in place of shift and away

    stuck_monitor_share: float = 0.05  # hang-ups at a monitor extension that are accepted and do not happen

    # Habits of real switches that not all of them have (contract §4)
    rows_in_any_order: bool = False
    bare_skill_share: float = 0.0  # rows of the agents' status that show a skill of 0, or none
    wrap_up_pause_code: int | None = None  # the code of the pause as which wrap-up shows
    pause_time_survives_share: float = 0.0  # agents whose row shows, after a resume, when the last pause began

    # What the server itself goes through, in seconds of the world since it began to answer
    accidents: tuple[Accident, ...] = ()
    accidents_period_seconds: float | None = None  # they come again after so many seconds

    rooms: tuple[str, ...] = tuple(str(room) for room in range(801, 821))
    guests: tuple[tuple[str, str], ...] = GUESTS

    def rate_at(self, seconds: float) -> float:
        """The factor on the arrival rate, linear between the points of the curve and level outside them."""
        moment = seconds % self.curve_period_seconds if self.curve_period_seconds else seconds
        before = self.curve[0]
        for point in self.curve:
            if moment < point[0]:
                portion = (moment - before[0]) / (point[0] - before[0]) if point[0] > before[0] else 1.0
                return before[1] + portion * (point[1] - before[1])
            before = point
        return before[1]

    @property
    def peak_rate(self) -> float:
        """The curve's highest factor."""
        return max(factor for _, factor in self.curve)

    def draw_pick_up(self, rng: Random) -> float:
        """Seconds until an agent answers their ringing telephone; inf when they do not."""
        seconds = self.pick_up.draw(rng)
        return NEVER if rng.random() < self.no_answer_share else seconds

    def draw_patience(self, rng: Random) -> float | None:
        """Seconds a caller is ready to wait; None for ever."""
        return self.patience.draw(rng) if self.patience else None

"""What a board counts, and what queues promise: the words of metrics.md. How each is computed is in formulas.py.

One rule says what "within T seconds" is, for answers, abandons and short abandons: a wait counts in whole seconds,
rounded down as every timer on the board shows it, and T itself is within. So 20.4 s is within 20 s, and 21.0 s is not.
Asterisk does the same: it asks whether the difference of two moments cut to the second is `<=` the limit (app_queue.c).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from eqboard.floor.snapshot import AgentState


class Variant(StrEnum):
    """The formulas of a service level, by the labels of metrics.md §1."""

    ALL = "all"  # A_T / (A + B): abandons count against us
    CREDIT = "credit"  # (A_T + B_T) / (A + B): early abandons count as met
    LATE = "late"  # A_T / (A + B - B_T): early abandons removed
    SHORT_CREDIT = "short_credit"  # (A_T + B_s) / (A + B)
    SHORT_REMOVED = "short_removed"  # A_T / (A + B - B_s)
    FLOW = "flow"  # A_T / (A + B + F)
    ANSWERED = "answered"  # A_T / A


@dataclass(frozen=True, slots=True)
class Target:
    """What a queue promises: `percent` of its calls within `seconds`, reckoned by `variant`."""

    percent: int = 80  # 1 to 99
    seconds: int = 20  # 1 to 3600
    variant: Variant = Variant.SHORT_REMOVED
    short_seconds: int = 5  # who gives up within so long is a short abandon; 0 to `seconds`, and 0: nobody is


class Metric(StrEnum):
    """Everything a board can count. Those of the first group are of this moment and have no window."""

    WAITING = "waiting"
    LONGEST_WAIT = "longest_wait"
    PRESENT = "present"
    AVAILABLE = "available"
    ON_CALL = "on_call"
    RINGING = "ringing"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"

    OFFERED = "offered"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    SHORT_ABANDONED = "short_abandoned"
    FLOWED_OUT = "flowed_out"
    SERVICE_LEVEL = "service_level"
    ASA = "asa"
    AVERAGE_WAIT = "average_wait"
    TIME_TO_ABANDON = "time_to_abandon"
    LONGEST_WAITED = "longest_waited"
    ABANDONMENT = "abandonment"
    ANSWER_RATE = "answer_rate"
    AHT = "aht"
    OCCUPANCY = "occupancy"


STATES = {
    Metric.AVAILABLE: AgentState.AVAILABLE,
    Metric.ON_CALL: AgentState.ON_CALL,
    Metric.RINGING: AgentState.RINGING,
    Metric.WRAP_UP: AgentState.WRAP_UP,
    Metric.PAUSED: AgentState.PAUSED,
}
"""The metrics that count people in one state, in the order in which boards show them."""

OF_CALLS = frozenset({Metric.WAITING, Metric.LONGEST_WAIT})
OF_AGENTS = frozenset({Metric.PRESENT, *STATES})
OF_THIS_MOMENT = OF_CALLS | OF_AGENTS


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"


UNITS = {
    Metric.LONGEST_WAIT: Unit.SECONDS,
    Metric.SERVICE_LEVEL: Unit.PERCENT,
    Metric.ASA: Unit.SECONDS,
    Metric.AVERAGE_WAIT: Unit.SECONDS,
    Metric.TIME_TO_ABANDON: Unit.SECONDS,
    Metric.LONGEST_WAITED: Unit.SECONDS,
    Metric.ABANDONMENT: Unit.PERCENT,
    Metric.ANSWER_RATE: Unit.PERCENT,
    Metric.AHT: Unit.SECONDS,
    Metric.OCCUPANCY: Unit.PERCENT,
}
"""Of those that are no plain count."""


def unit_of(metric: Metric) -> Unit:
    return UNITS.get(metric, Unit.COUNT)


def breaches_at(entered_at: datetime, target: Target) -> datetime:
    """From which moment on an answer to this caller is late: when their timer shows more than the target's seconds."""
    return entered_at + timedelta(seconds=target.seconds + 1)

"""How each number is computed, by the definitions of metrics.md: pure. Each comes with its working.

A ratio of nothing is None and shown as "–", never 0 or 100; a total over queues is the sum of numerators over the sum
of denominators, never a mean of percentages.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from eqboard.floor.buckets import Histogram, Tally
from eqboard.floor.metrics import Metric, Target, Unit, Variant, unit_of


@dataclass(frozen=True, slots=True)
class Working:
    """How a number came about. A plain count has no denominator."""

    numerator: float
    denominator: float | None = None

    @property
    def value(self) -> float | None:
        """The quotient (0 to 1 for a percentage), or the count; None when there was nothing to divide by."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


class Term(StrEnum):
    """What formulas are made of, by the symbols of metrics.md; and sums of seconds, which have none there."""

    OFFERED = "O"
    ANSWERED = "A"
    IN_TIME = "A_T"  # answered within T
    ABANDONED = "B"
    ABANDONED_IN_TIME = "B_T"  # those within s are among them
    SHORT = "B_s"
    FLOWED_OUT = "F"
    STOLEN = "stolen"  # taken out of the queue to where it did not ring
    UNRESOLVED = "unresolved"  # gone while nobody could see whereto
    TALKS = "talks"  # calls whose talk ended
    ANSWERED_SECONDS = "answered_seconds"  # waits of those who were answered
    ABANDONED_SECONDS = "abandoned_seconds"
    TALK_SECONDS = "talk_seconds"
    WRAP_UP_SECONDS = "wrap_up_seconds"
    HANDLE_SECONDS = "handle_seconds"
    IDLE_SECONDS = "idle_seconds"
    LONGEST_SECONDS = "longest_seconds"


@dataclass(frozen=True, slots=True)
class Formula:
    """The sum of `above`, divided by the sum of `below` without the sum of `less`. Without `below` it is a count."""

    above: tuple[Term, ...]
    below: tuple[Term, ...] = ()
    less: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """Each once, in the order in which one reads them."""
        return tuple(dict.fromkeys((*self.above, *self.below, *self.less)))


VARIANTS = {
    Variant.ALL: Formula((Term.IN_TIME,), (Term.ANSWERED, Term.ABANDONED)),
    Variant.CREDIT: Formula((Term.IN_TIME, Term.ABANDONED_IN_TIME), (Term.ANSWERED, Term.ABANDONED)),
    Variant.LATE: Formula((Term.IN_TIME,), (Term.ANSWERED, Term.ABANDONED), (Term.ABANDONED_IN_TIME,)),
    Variant.SHORT_CREDIT: Formula((Term.IN_TIME, Term.SHORT), (Term.ANSWERED, Term.ABANDONED)),
    Variant.SHORT_REMOVED: Formula((Term.IN_TIME,), (Term.ANSWERED, Term.ABANDONED), (Term.SHORT,)),
    Variant.FLOW: Formula((Term.IN_TIME,), (Term.ANSWERED, Term.ABANDONED, Term.FLOWED_OUT)),
    Variant.ANSWERED: Formula((Term.IN_TIME,), (Term.ANSWERED,)),
}
"""The service level. Calls that were stolen, or of which nobody saw what became, are in none of them."""

FORMULAS = {
    Metric.OFFERED: Formula((Term.OFFERED,)),
    Metric.ANSWERED: Formula((Term.ANSWERED,)),
    Metric.ABANDONED: Formula((Term.ABANDONED,)),
    Metric.SHORT_ABANDONED: Formula((Term.SHORT,)),
    Metric.FLOWED_OUT: Formula((Term.FLOWED_OUT,)),
    Metric.ASA: Formula((Term.ANSWERED_SECONDS,), (Term.ANSWERED,)),
    Metric.AVERAGE_WAIT: Formula((Term.ANSWERED_SECONDS, Term.ABANDONED_SECONDS), (Term.ANSWERED, Term.ABANDONED)),
    Metric.TIME_TO_ABANDON: Formula((Term.ABANDONED_SECONDS,), (Term.ABANDONED,)),
    Metric.LONGEST_WAITED: Formula((Term.LONGEST_SECONDS,)),
    # Of those offered in the window, though some may have entered before it: of a short one it may be more than all.
    Metric.ABANDONMENT: Formula((Term.ABANDONED,), (Term.OFFERED,)),
    Metric.ANSWER_RATE: Formula((Term.ANSWERED,), (Term.OFFERED,)),
    # Talk is known when it has ended, so it is divided by the calls that ended: answers of a minute ago, still talking,
    # would make it too short in the morning and in every short window.
    Metric.AHT: Formula((Term.TALK_SECONDS, Term.WRAP_UP_SECONDS), (Term.TALKS,)),
    Metric.OCCUPANCY: Formula((Term.HANDLE_SECONDS,), (Term.HANDLE_SECONDS, Term.IDLE_SECONDS)),
}
"""Of all but the service level, which has as many as there are variants."""

FATES = (Term.ANSWERED, Term.ABANDONED, Term.FLOWED_OUT, Term.STOLEN, Term.UNRESOLVED)
"""What becomes of calls offered, each counted once: together with those who wait still, they are all of them."""

AMOUNTS: Mapping[Term, Callable[[Tally, Target], float]] = {
    Term.OFFERED: lambda tally, target: tally.bucket.offered,
    Term.ANSWERED: lambda tally, target: tally.bucket.answered,
    Term.IN_TIME: lambda tally, target: _within(tally.bucket.answered_waits, target.seconds),
    Term.ABANDONED: lambda tally, target: tally.bucket.abandoned,
    Term.ABANDONED_IN_TIME: lambda tally, target: _within(tally.bucket.abandoned_waits, target.seconds),
    Term.SHORT: lambda tally, target: short_abandons(tally, target),
    Term.FLOWED_OUT: lambda tally, target: tally.bucket.flowed_out,
    Term.STOLEN: lambda tally, target: tally.bucket.stolen_count,
    Term.UNRESOLVED: lambda tally, target: tally.bucket.unresolved_count,
    Term.TALKS: lambda tally, target: tally.bucket.talk_count,
    Term.ANSWERED_SECONDS: lambda tally, target: tally.bucket.answered_seconds,
    Term.ABANDONED_SECONDS: lambda tally, target: tally.bucket.abandoned_seconds,
    Term.TALK_SECONDS: lambda tally, target: tally.bucket.talk_seconds,
    Term.WRAP_UP_SECONDS: lambda tally, target: tally.bucket.wrap_up_seconds,
    Term.HANDLE_SECONDS: lambda tally, target: tally.bucket.handle_seconds,
    Term.IDLE_SECONDS: lambda tally, target: tally.idle_seconds,
    Term.LONGEST_SECONDS: lambda tally, target: tally.bucket.longest_seconds,
}

UNKNOWN = Working(0, 0)
"""Of what nobody has watched: 0 would be a claim."""


def formula_of(metric: Metric, variant: Variant) -> Formula:
    """How a metric with a window is computed. Raises KeyError for one of this moment."""
    return VARIANTS[variant] if metric is Metric.SERVICE_LEVEL else FORMULAS[metric]


def reckon(metric: Metric, tally: Tally, target: Target) -> Working:
    """The working of a metric that has a window. Raises KeyError for one of this moment."""
    formula = formula_of(metric, target.variant)
    if _is_unknown(metric, tally):
        return UNKNOWN
    amounts = amounts_of(formula.terms, tally, target)
    above = sum(amounts[term] for term in formula.above)
    if not formula.below:
        return Working(above)
    below = sum(amounts[term] for term in formula.below) - sum(amounts[term] for term in formula.less)
    return Working(above, below)


def total(workings: Iterable[Working]) -> Working:
    """Several queues together, each reckoned by its own target; UNKNOWN where there are none.

    Not for what is no sum: a longest wait, or people's time, of which each counts once. Those come from one tally of
    all the queues.
    """
    all_of_them = tuple(workings)
    ratios = [each.denominator for each in all_of_them if each.denominator is not None]
    if len(ratios) < len(all_of_them):
        return Working(sum(each.numerator for each in all_of_them))
    return Working(sum(each.numerator for each in all_of_them), sum(ratios))


def amounts_of(terms: Iterable[Term], tally: Tally, target: Target) -> Mapping[Term, float]:
    """How much each term is; counts are whole numbers."""
    return {term: AMOUNTS[term](tally, target) for term in terms}


def short_abandons(tally: Tally, target: Target) -> int:
    """Those who gave up within the short limit. A limit of 0 switches them off (as RingCentral's does), rather than
    mean the first second.
    """
    return _within(tally.bucket.abandoned_waits, target.short_seconds) if target.short_seconds else 0


def value_of(metric: Metric, working: Working) -> float | None:
    """The value in the metric's own unit: percent 0 to 100, seconds, or a count. None when there is none.

    Of whole numbers a percentage is exact where it is whole: 29 of 100 are 29.0.
    """
    if unit_of(metric) is not Unit.PERCENT or working.denominator is None:
        return working.value
    return 100 * working.numerator / working.denominator if working.denominator else None


def _is_unknown(metric: Metric, tally: Tally) -> bool:
    bucket = tally.bucket
    if metric is Metric.LONGEST_WAITED:
        return not (
            bucket.longest_seconds or bucket.offered or bucket.answered or bucket.abandoned or bucket.flowed_out
        )
    return tally.since is None and not bucket


def _within(waits: Histogram, seconds: int) -> int:
    return sum(count for waited, count in waits.items() if waited <= seconds)

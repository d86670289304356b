"""Measuring: every way of doing a thing once in each round, and each round's ratios to its own reference.

A machine that is slow for a moment is slow for all of them, so ratios say more than milliseconds.
"""

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

LEAST_SECONDS = 1e-9  # ratios are made of it
NOISY = 1.5  # the reference, and a ratio to it, may swing by this factor between rounds; beyond, they mean nothing


class Skipped(Exception):
    """This machine cannot measure it; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What has to be known to judge the figures of a scenario: what was skipped and why, how it was measured. `variant`
    is whom it is about, "" for all of them.
    """

    scenario: str
    text: str
    variant: str = ""

    def as_dict(self) -> dict[str, str]:
        about = {"variant": self.variant} if self.variant else {}
        return {"scenario": self.scenario, **about, "remark": self.text}


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to be, in words, and whether it is; None where nothing can be concluded."""

    text: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "missed", None: "no conclusion"}[self.is_met]


def at_most(number: float, limit: float, unit: str) -> Target:
    return Target(f"at most {limit:g} {unit}", number <= limit)


def at_least(number: float, limit: float, unit: str) -> Target:
    return Target(f"at least {limit:g} {unit}", number >= limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """One way of doing it. Milliseconds, and how often the reference's; medians over the rounds. They are of processor
    time, or of the clock where somebody waits.

    `share_of_core`: of work that goes on all the time, the milliseconds of a second, 1 for all of them; it is to be
    below `target_share`. `viewer_kilobytes`: what a viewer gets of it in a minute. `amount`: of what takes no time but
    room, how much there is, and in what; then `ms` is None, and the ratio is to what there was at the start. `tail`: of
    what was waited for, which milliseconds 95 of 100 stay below, the most, and how often it was. `target`: what it is
    to be, of which a noisy one concludes nothing. `remark`: what else has to be known of it.
    """

    scenario: str
    variant: str
    ms: float | None
    ratio: float
    least_ratio: float
    most_ratio: float
    is_noisy: bool
    is_reference: bool = False  # the one to which the others of its scenario are compared
    is_alone: bool = False  # there is no reference: the ratios are the numbers of the rounds themselves
    share_of_core: float | None = None
    target_share: float | None = None
    viewer_kilobytes: float | None = None
    amount: tuple[float, str] | None = None
    tail: tuple[float, float, int] | None = None
    target: Target | None = None
    remark: str = ""
    rounds: int | None = None  # where those are what it is made of

    def as_dict(self) -> dict[str, str | float | bool | None]:
        beside = {
            "ms": self.ms,
            "amount": self.amount and self.amount[0],
            "share_of_core": self.share_of_core,
            "target_share_of_core_below": self.target_share,
            "kilobytes_per_viewer_minute": self.viewer_kilobytes,
            **(dict(zip(("p95_ms", "most_ms", "n"), self.tail, strict=True)) if self.tail else {}),
        }
        of = "number" if self.is_alone else "ratio"
        return {
            "scenario": self.scenario,
            "variant": self.variant,
            of: _short(self.ratio),
            f"least_{of}": _short(self.least_ratio),
            f"most_{of}": _short(self.most_ratio),
            "noisy": self.is_noisy,
            "reference": self.is_reference,
            **{
                name: _short(number) if 0 < number < 1 else round(number, 3)
                for name, number in beside.items()
                if number is not None
            },
            **({"unit": self.amount[1]} if self.amount else {}),
            **({"target": self.target.text, "met": self.target.is_met} if self.target else {}),
            **({"remark": self.remark} if self.remark else {}),
        }


def _short(ratio: float) -> float:
    """Three significant digits: a hundredth of the reference is no nothing."""
    return float(f"{ratio:.3g}")


Told = Figure | Remark
"""What a scenario tells."""


def measure(
    scenario: str,
    reference: str,
    variants: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> list[Figure]:
    """The figures of all variants, the reference's own among them. `clock` counts seconds; `rounds` is 1 or more.

    One round before them is not counted: what is made once, at the first use, is no part of the work.
    """
    for work in variants.values():
        work()
    gc.collect()
    gc.freeze()  # as the poller does: what is loaded stays
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, work in variants.items():
            seconds[name].append(seconds_of(work, clock))
    gc.unfreeze()
    return compare(scenario, reference, seconds)


def compare(
    scenario: str,
    reference: str,
    seconds: Mapping[str, Sequence[float]],
    *,
    going_on: Mapping[str, float] | None = None,
    unit: str = "",
) -> list[Figure]:
    """The figures from what each variant took in each round; with a unit it is no seconds but so much of that.

    Of those `going_on` a round is a second of the clock, and the share of a core that they take is to be below the
    number under their name. It is a mean: what only comes now and then, such as collecting garbage, is a part of it.
    """
    is_noisy = max(seconds[reference]) > NOISY * min(seconds[reference])
    figures = [
        replace(_figure(scenario, name, own, seconds[reference], is_noisy), is_reference=name == reference)
        for name, own in seconds.items()
    ]
    if unit:
        figures = [replace(each, ms=None, amount=(statistics.median(seconds[each.variant]), unit)) for each in figures]
    targets = going_on or {}
    return [
        replace(each, share_of_core=statistics.fmean(seconds[each.variant]), target_share=targets[each.variant])
        if each.variant in targets
        else each
        for each in figures
    ]


def alone(
    scenario: str, variant: str, numbers: Sequence[float], unit: str, target: Target | None = None, remark: str = ""
) -> Figure:
    """What there is to tell of each round where nothing is compared; in milliseconds if the unit is "ms"."""
    middle = statistics.median(numbers)
    return Figure(
        scenario,
        variant,
        ms=middle if unit == "ms" else None,
        ratio=middle,
        least_ratio=min(numbers),
        most_ratio=max(numbers),
        is_noisy=False,
        is_alone=True,
        amount=None if unit == "ms" else (middle, unit),
        target=target,
        remark=remark,
        rounds=len(numbers),
    )


def percentile(numbers: Sequence[float], share: float) -> float:
    """By nearest rank."""
    ordered = sorted(numbers)
    return ordered[math.ceil(share * len(ordered)) - 1]


def seconds_of(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """What the work takes by that clock, more than 0."""
    began_at = clock()
    work()
    return max(clock() - began_at, LEAST_SECONDS)


def _figure(scenario: str, name: str, own: Sequence[float], reference: Sequence[float], is_noisy: bool) -> Figure:
    ratios = [each / against for each, against in zip(own, reference, strict=True)]
    return Figure(
        scenario,
        name,
        ms=1000 * statistics.median(own),
        ratio=statistics.median(ratios),
        least_ratio=min(ratios),
        most_ratio=max(ratios),
        is_noisy=is_noisy or max(ratios) > NOISY * min(ratios),
        rounds=len(own),
    )

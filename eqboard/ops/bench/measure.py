"""Measuring: every way of doing a thing once in each round, and each round's ratios to its own reference.

A machine that is slow for a moment is slow for all of them, so ratios say more than milliseconds.
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

LEAST_SECONDS = 1e-9  # ratios are made of it
NOISY = 1.5  # the reference, and a ratio to it, may swing by this factor between rounds; beyond, they mean nothing


class Skipped(Exception):
    """This machine cannot measure it; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One way of doing it. Milliseconds, and how often the reference's; medians over the rounds. They are of processor
    time, or of the clock where somebody waits.

    `share_of_core`: of work that goes on all the time, the milliseconds of a second, 1 for all of them; it is to be
    below `target_share`. `viewer_kilobytes`: what a viewer gets of it in a minute. `amount`: of what takes no time but
    room, how much there is, and in what; then `ms` is None, and the ratio is to what there was at the start. `tail`: of
    what was waited for, which milliseconds 95 of 100 stay below, the most, and how often it was.
    """

    scenario: str
    variant: str
    ms: float | None
    ratio: float
    least_ratio: float
    most_ratio: float
    is_noisy: bool
    is_reference: bool = False  # the one to which the others of its scenario are compared
    share_of_core: float | None = None
    target_share: float | None = None
    viewer_kilobytes: float | None = None
    amount: tuple[float, str] | None = None
    tail: tuple[float, float, int] | None = None

    def as_dict(self) -> dict[str, str | float | bool]:
        beside = {
            "ms": self.ms,
            "amount": self.amount and self.amount[0],
            "share_of_core": self.share_of_core,
            "target_share_of_core_below": self.target_share,
            "kilobytes_per_viewer_minute": self.viewer_kilobytes,
            **(dict(zip(("p95_ms", "most_ms", "n"), self.tail, strict=True)) if self.tail else {}),
        }
        return {
            "scenario": self.scenario,
            "variant": self.variant,
            "ratio": _short(self.ratio),
            "least_ratio": _short(self.least_ratio),
            "most_ratio": _short(self.most_ratio),
            "noisy": self.is_noisy,
            "reference": self.is_reference,
            **{name: round(number, 3) for name, number in beside.items() if number is not None},
            **({"unit": self.amount[1]} if self.amount else {}),
        }


def _short(ratio: float) -> float:
    """Three significant digits: a hundredth of the reference is no nothing."""
    return float(f"{ratio:.3g}")


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
) -> list[Figure]:
    """The figures from what each variant took in each round. Of those `going_on` a round is a second of the clock, and
    the share of a core that they take is to be below the number under their name. It is a mean: what only comes now and
    then, such as collecting garbage, is a part of it.
    """
    is_noisy = max(seconds[reference]) > NOISY * min(seconds[reference])
    figures = [
        replace(_figure(scenario, name, own, seconds[reference], is_noisy), is_reference=name == reference)
        for name, own in seconds.items()
    ]
    targets = going_on or {}
    return [
        replace(each, share_of_core=statistics.fmean(seconds[each.variant]), target_share=targets[each.variant])
        if each.variant in targets
        else each
        for each in figures
    ]


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
    )

"""Measuring: every way of doing a thing once in each round, and each round's ratios to its own reference.

A machine that is slow for a moment is slow for all of them, so ratios say more than milliseconds.
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

NOISY = 1.5  # the reference itself may swing by this factor between rounds; beyond, the ratios mean nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """One way of doing it. Milliseconds of processor time, and how often the reference's; medians over the rounds."""

    scenario: str
    variant: str
    ms: float
    ratio: float
    least_ratio: float
    most_ratio: float
    is_noisy: bool

    def as_dict(self) -> dict[str, str | float | bool]:
        return {
            "scenario": self.scenario,
            "variant": self.variant,
            "ms": round(self.ms, 3),
            "ratio": round(self.ratio, 2),
            "least_ratio": round(self.least_ratio, 2),
            "most_ratio": round(self.most_ratio, 2),
            "noisy": self.is_noisy,
        }


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
            seconds[name].append(_seconds_of(work, clock))
    gc.unfreeze()
    is_noisy = max(seconds[reference]) > NOISY * min(seconds[reference])
    return [_figure(scenario, name, seconds[name], seconds[reference], is_noisy) for name in variants]


def _seconds_of(work: Callable[[], object], clock: Callable[[], float]) -> float:
    began_at = clock()
    work()
    return max(clock() - began_at, 1e-9)


def _figure(scenario: str, name: str, own: Sequence[float], reference: Sequence[float], is_noisy: bool) -> Figure:
    ratios = [each / against for each, against in zip(own, reference, strict=True)]
    return Figure(
        scenario,
        name,
        ms=1000 * statistics.median(own),
        ratio=statistics.median(ratios),
        least_ratio=min(ratios),
        most_ratio=max(ratios),
        is_noisy=is_noisy,
    )

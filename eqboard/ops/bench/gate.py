"""What continuous integration holds against the benchmark's quick part: ratios of one run, and memory, with wide
margins; no times.

A limit is two times and more what was measured, on quiet and on loaded machines. It is missed where every round is
beyond it, of a noisy run twice as far; where only some are, or where the figure is not there, nothing is decided.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eqboard.ops.bench.deliveries import COST, LAYER_TO_OURS, MEMORY, SLOPE
from eqboard.ops.bench.measure import Figure, Told
from eqboard.ops.bench.overlapping import JOINED, SAME
from eqboard.ops.bench.servers import OURS
from eqboard.ops.bench.stalled import LATE, WRONG
from eqboard.ops.bench.stalled import MEMORY as STALLED_MEMORY
from eqboard.ops.bench.targets import About

GATED = ("ticks", "fanout", "stalled")
NOISE = 2.0  # so many times beyond a limit may a noisy run be that is as it was


@dataclass(frozen=True, slots=True)
class Limit:
    """A ratio, or a number where the figure is one."""

    about: About
    limit: float
    is_least: bool = False

    def is_kept(self, number: float, allowance: float = 1.0) -> bool:
        """`allowance`: how many times beyond the limit still counts as kept."""
        return number >= self.limit / allowance if self.is_least else number <= self.limit * allowance


LIMITS = (
    Limit(About("fan-out, between", SLOPE, OURS), 4.5),  # 1.5 to 2; on Daphne as it is 6 to 8
    Limit(About("fan-out, ", COST, OURS), 8.0),  # 2.5 to 4, most of which is the tick itself
    Limit(About("fan-out, between", SLOPE, LAYER_TO_OURS), 5.0, is_least=True),  # 11 to 28; 3 to 4 on Daphne as it is
    Limit(About("fan-out, ", MEMORY, OURS), 0.06),  # 0.03 MB
    Limit(About(STALLED_MEMORY, "", OURS), 0.2),  # 0.02 to 0.06 MB
    Limit(About(WRONG, "", OURS), 0.0),
    Limit(About(LATE, "", OURS), 0.0),
    Limit(About("tick, ", "", "render what changed: floor"), 0.6),  # 0.2 to 0.3 of rendering everything
    Limit(About("boards of a tick, ", "", SAME), 3.0),  # 1.1
    Limit(About("boards of a tick, ", "", JOINED), 0.6),  # 0.2
)


def failures(told: Sequence[Told], limits: Iterable[Limit] = LIMITS) -> tuple[list[str], list[str]]:
    """What is far from what it was, in sentences, and what could not be decided."""
    failed: list[str] = []
    undecided: list[str] = []
    for limit in limits:
        figures = limit.about.among(told)
        if not figures:
            what = " … ".join(filter(None, (limit.about.begin, limit.about.end)))
            undecided.append(f"Undecided: {limit.about.variant}: there is no figure of {what}.")
        for figure in figures:
            judge(limit, figure, failed.append, undecided.append)
    return failed, undecided


def judge(limit: Limit, figure: Figure, fail: Callable[[str], None], wonder: Callable[[str], None]) -> None:
    best, worst = figure.least_ratio, figure.most_ratio
    if limit.is_least:
        best, worst = worst, best
    if limit.is_kept(worst):
        return
    word = "at least" if limit.is_least else "at most"
    sentence = (
        f"{figure.scenario}, {figure.variant}: {figure.least_ratio:.3g} to {figure.most_ratio:.3g}, "
        f"and it is to be {word} {limit.limit:g}."
    )
    if limit.is_kept(best, NOISE if figure.is_noisy else 1.0):
        wonder(f"Undecided: {sentence}")
    else:
        fail(sentence)

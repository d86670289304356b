"""What it is to be (issue 7), and whether it was in this run: met, missed, or no conclusion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eqboard.ops.bench.deliveries import COST, LAYER_TO_OURS, TAIL, TARGET_VIEWERS
from eqboard.ops.bench.journey import RECEIVED
from eqboard.ops.bench.measure import Figure, Told
from eqboard.ops.bench.polling import pushed_to
from eqboard.ops.bench.report import what_counts
from eqboard.ops.bench.servers import OURS
from eqboard.ops.bench.stalled import MEMORY


@dataclass(frozen=True, slots=True)
class About:
    """Which figures: whose scenario begins so and ends so."""

    begin: str
    end: str
    variant: str

    def __contains__(self, told: Told) -> bool:
        return (
            isinstance(told, Figure)
            and told.variant == self.variant
            and told.scenario.startswith(self.begin)
            and told.scenario.endswith(self.end)
        )

    def among(self, told: Iterable[Told]) -> list[Figure]:
        return [each for each in told if isinstance(each, Figure) and each in self]


@dataclass(frozen=True, slots=True)
class Aim:
    """`scenario`: by whose name it is measured."""

    scenario: str
    text: str
    about: About


MANY = f"fan-out, {TARGET_VIEWERS:,} viewers: "
AIMS = (
    Aim(
        "fanout",
        f"CPU for each delivery to {TARGET_VIEWERS:,} viewers: at most 1.5 × the raw TCP floor",
        About(MANY, COST, OURS),
    ),
    Aim("fanout", "Channels' layer, the same: at least 12 × ours", About(MANY, COST, LAYER_TO_OURS)),
    Aim("fanout", "until 99 of 100 of them have it: at most 2 × the floor", About(MANY, TAIL, OURS)),
    Aim("stalled", "memory for a viewer who does not read: at most 0.2 MB", About(MEMORY, "", OURS)),
    Aim(
        "polling",
        f"CPU for a viewer's minute, of {TARGET_VIEWERS:,}: at most 1/50 of what is polled every 2 s from cache",
        About("polling", "", pushed_to(TARGET_VIEWERS)),
    ),
    Aim(
        "journey",
        "change on the exchange → 95 of 100 of 200 viewers have it: at most the poll interval + 150 ms",
        About("journey, 200 viewers", "", RECEIVED),
    ),
)


def verdicts(told: Sequence[Told], names: Iterable[str]) -> str:
    """In Markdown, of the scenarios with these names; "" where none of them has an aim."""
    lines = [_verdict(each, each.about.among(told)) for each in AIMS if each.scenario in set(names)]
    return "\n".join(("| target | measured | |", "|---|---|---|", *lines)) if lines else ""


def _verdict(aim: Aim, figures: Sequence[Figure]) -> str:
    if not figures:
        return f"| {aim.text} | not in this run | no conclusion |"
    [figure] = figures
    verdict = figure.target.verdict if figure.target else "no conclusion"
    return f"| {aim.text} | {what_counts(figure)} | **{verdict}** |"

"""What it is to be (issue 7), and whether it was in this run: met, missed, or no conclusion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eqboard.ops.bench import deliveries, journey, polling, stalled
from eqboard.ops.bench.asking import EVERY_SECONDS
from eqboard.ops.bench.measure import Figure, Told
from eqboard.ops.bench.report import what_counts
from eqboard.ops.bench.servers import OURS


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


MANY = f"fan-out, {deliveries.TARGET_VIEWERS:,} viewers: "
JOURNEY = f"journey, {journey.TARGET_VIEWERS:,} viewers"
AIMS = (
    Aim(
        "fanout",
        f"CPU for each delivery to {deliveries.TARGET_VIEWERS:,} viewers: "
        f"at most {deliveries.TARGET_TIMES_FLOOR:g} × the raw TCP floor",
        About(MANY, deliveries.COST, OURS),
    ),
    Aim(
        "fanout",
        f"Channels' layer, the same: at least {deliveries.TARGET_LAYER:g} × ours",
        About(MANY, deliveries.COST, deliveries.LAYER_TO_OURS),
    ),
    Aim(
        "fanout",
        f"until 99 of 100 of them have it: at most {deliveries.TARGET_P99:g} × the floor",
        About(MANY, deliveries.TAIL, OURS),
    ),
    Aim(
        "stalled",
        f"memory for a viewer who does not read: at most {stalled.TARGET_MEGABYTES:g} MB",
        About(stalled.MEMORY, "", OURS),
    ),
    Aim(
        "polling",
        f"CPU for a viewer's minute, of {polling.TARGET_VIEWERS:,}: "
        f"{polling.TARGET_TEXT} of what is polled every {EVERY_SECONDS:g} s from cache",
        About("polling", "", polling.pushed_to(polling.TARGET_VIEWERS)),
    ),
    Aim(
        "journey",
        f"change on the exchange → 95 of 100 of {journey.TARGET_VIEWERS:,} viewers have it: "
        f"at most the poll interval + {1000 * journey.TARGET_BEYOND_SECONDS:g} ms",
        About(JOURNEY, "", journey.RECEIVED),
    ),
    Aim(
        "journey",
        "change on the exchange → drawn in a browser beside them, of 100 changes 95: at most the same",
        About(JOURNEY, "", journey.DRAWN),
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

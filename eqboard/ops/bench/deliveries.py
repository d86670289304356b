"""S1's figures: what a delivery takes and how long it lasts, beside the raw TCP floor of the same round.

What the product takes is told three times: all that it takes for a frame, while nobody acknowledges; the same with
everything that its viewers ask of it; and what one viewer more adds. The first holds what is done once for all of them,
such as reading the update and painting what changed (S4), and the floor does nothing of that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eqboard.ops.bench.judging import judged
from eqboard.ops.bench.measure import (
    LEAST_SECONDS,
    Figure,
    Remark,
    Target,
    Told,
    alone,
    at_least,
    at_most,
    compare,
)
from eqboard.ops.bench.sending import Sent
from eqboard.ops.bench.servers import FLOOR, LAYER, OURS

HONEST = "eqboard, with acknowledgements"
LAYER_TO_OURS = f"{LAYER}, to {OURS}"
COST = "CPU for each delivery"
SLOPE = "CPU for each delivery more"
TAIL = "until 99 of 100 have it"
MEMORY = "memory for each viewer"
TARGET_TIMES_FLOOR, TARGET_LAYER, TARGET_P99 = 1.5, 12.0, 2.0  # issue 7, with so many viewers:
TARGET_VIEWERS = 1000
P50, P99 = 0.5, 0.99
PLAUSIBLE = 12.0  # times what half of them wait, the floor's p99 is a burst's; beyond, it is a delay of the system's


@dataclass(frozen=True, slots=True)
class Run:
    """What one variant did in one round."""

    sent: Sent
    loop: Sent
    megabytes_per_viewer: float
    join_milliseconds: float | None  # of processor time, for each viewer; None: it was not waited for
    honest: Sent | None = None
    single: Sent | None = None


Runs = Mapping[str, Sequence[Run]]
"""By the variant's name, one of each round."""


def figures(count: int, runs: Runs) -> list[Told]:
    """Whoever was measured wrongly has none; whoever could not keep up has no latencies."""
    title = f"fan-out, {count:,} viewers"
    told, sound = _sound(title, runs)
    if FLOOR not in sound:
        return told
    prompt = {name: own for name, own in sound.items() if len(_percentiles(own, P99)) == len(own)}
    told += _costs(f"{title}: {COST}", sound, count)
    if FLOOR in prompt:
        told += _waits(f"{title}: until half have it", prompt, P50)
        told += _tails(title, prompt, count)
    told += _rates(f"{title}: the next when all have the last", sound)
    for name, own in sound.items():
        told.append(alone(f"{title}: {MEMORY}", name, [each.megabytes_per_viewer for each in own], "MB"))
    for name, own in sound.items():
        joins = [each.join_milliseconds for each in own if each.join_milliseconds is not None]
        if joins:
            told.append(alone(f"{title}: CPU for each who comes", name, joins, "ms"))
    return told


def _sound(scenario: str, runs: Runs) -> tuple[list[Told], Runs]:
    sents = {
        name: [sent for each in own for sent in (each.sent, each.honest) if sent is not None]
        for name, own in runs.items()
    }
    remarks, names = judged(scenario, sents, {name: [each.loop for each in own] for name, own in runs.items()})
    return list(remarks), {name: own for name, own in runs.items() if name in names}


def slopes(between: tuple[int, int], runs: Mapping[int, Runs]) -> list[Told]:
    """What one viewer more adds to a frame. With few frames it can be less than nothing; then it is next to nothing."""
    few, many = between
    taken = {
        name: [
            max(LEAST_SECONDS, (high.per_frame - low.per_frame) / (high.viewers - low.viewers))
            for low, high in zip(_at(few, name, runs), [each.sent for each in own], strict=False)
        ]
        for name, own in runs.get(many, {}).items()
    }
    taken = {name: numbers for name, numbers in taken.items() if numbers}
    if FLOOR not in taken:
        return []
    scenario = f"fan-out, between {few:,} and {many:,} viewers: {SLOPE}"
    return [*compare(scenario, FLOOR, taken), *_layer_to_ours(scenario, taken, many)]


def _at(count: int, name: str, runs: Mapping[int, Runs]) -> list[Sent]:
    if count == 1:
        return [each.single for own in runs.values() for each in own[name] if each.single is not None]
    return [each.sent for each in runs.get(count, {}).get(name, ())]


def _costs(scenario: str, runs: Runs, count: int) -> list[Figure]:
    taken = {name: [each.sent.per_delivery for each in own] for name, own in runs.items()}
    honest = [each.honest.per_delivery for each in runs.get(OURS, ()) if each.honest is not None]
    if honest:
        taken[HONEST] = honest
    made = compare(scenario, FLOOR, taken)
    if count == TARGET_VIEWERS:
        made = [_with_target(each, TARGET_TIMES_FLOOR) for each in made]
    return made + _layer_to_ours(scenario, taken, count)


def _layer_to_ours(scenario: str, taken: Mapping[str, Sequence[float]], count: int) -> list[Figure]:
    """What it takes of a delivery with so many viewers has the target, and not what one more adds."""
    if LAYER not in taken or OURS not in taken:
        return []
    both = {name: taken[name] for name in (OURS, LAYER)}
    [layer] = [each for each in compare(scenario, OURS, both) if each.variant == LAYER]
    target = _concluded(layer, at_least(layer.ratio, TARGET_LAYER, "×"))
    has_target = count == TARGET_VIEWERS and scenario.endswith(COST)
    return [replace(layer, variant=LAYER_TO_OURS, target=target if has_target else None)]


def _waits(scenario: str, runs: Runs, share: float) -> list[Figure]:
    return compare(scenario, FLOOR, {name: _percentiles(own, share) for name, own in runs.items()})


def _tails(title: str, runs: Runs, count: int) -> list[Told]:
    """Where the floor's own is out of all proportion something else held it up, and nothing is concluded from it."""
    made = _waits(f"{title}: {TAIL}", runs, P99)
    floor = runs[FLOOR]
    times = max(p99 / p50 for p99, p50 in zip(_percentiles(floor, P99), _percentiles(floor, P50), strict=True))
    told: list[Told] = []
    if times > PLAUSIBLE:
        told.append(Remark(f"{title}: {TAIL}", f"implausible: of the floor it is {times:.0f} × what half of them wait"))
        made = [replace(each, is_noisy=True) for each in made]
    if count == TARGET_VIEWERS:
        made = [_with_target(each, TARGET_P99) for each in made]
    return [*told, *made]


def _percentiles(runs: Sequence[Run], share: float) -> list[float]:
    """Of the rounds in which so much came in time."""
    return [waited for each in runs if (waited := each.sent.waited_by(share)) is not None]


def _rates(scenario: str, runs: Runs) -> list[Figure]:
    """Where the viewers' process has no time left, more would be possible: then it says so."""
    rates = {name: [each.loop.delivered / each.loop.seconds for each in own] for name, own in runs.items()}
    made = compare(scenario, FLOOR, rates, unit="deliveries/s")
    return [
        replace(each, remark="or more: the viewers' own process was the limit")
        if any(run.loop.is_invalid for run in runs[each.variant])
        else each
        for each in made
    ]


def _with_target(figure: Figure, limit: float) -> Figure:
    """The product's own."""
    if figure.variant != OURS:
        return figure
    return replace(figure, target=_concluded(figure, at_most(figure.ratio, limit, "×")))


def _concluded(figure: Figure, target: Target) -> Target:
    """A noisy figure is no conclusion."""
    return replace(target, is_met=None) if figure.is_noisy else target

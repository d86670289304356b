"""S2, frame size: the same viewers, small and large frames, as they are and compressed once for all.

A larger frame has more rows in it, and they are painted once for all; the floor paints nothing.
"""

import asyncio
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eqboard.ops.bench.floors import agents_for
from eqboard.ops.bench.judging import judged
from eqboard.ops.bench.measure import Figure, Remark, Told, compare
from eqboard.ops.bench.meter import apart, pinned
from eqboard.ops.bench.place import place
from eqboard.ops.bench.sending import EVERY_SECONDS, WARM_FRAMES, Sent, at_pace, staged
from eqboard.ops.bench.servers import FLOOR, OURS, Variant, variants

KILOBYTE = 1024
DEFLATED = "eqboard, compressed"
WAYS = {FLOOR: (FLOOR, False), OURS: (OURS, False), DEFLATED: (OURS, True)}
"""By its name in the table: the variant, and whether its viewers offer to read what is compressed."""


@dataclass(frozen=True, slots=True)
class Plan:
    kilobytes: Sequence[int] = (1, 8, 64)
    viewers: int = 200
    rounds: int = 3
    frames: int = 4
    every_seconds: float = EVERY_SECONDS
    in_seconds: float = math.inf  # how long one server's sizes take, where the look at who has come is not waited for


QUICK = Plan((1, 64), viewers=50, rounds=1, frames=2, every_seconds=0.15, in_seconds=2.0)

Sizes = Mapping[int, Mapping[str, Sequence[Sent]]]
"""By the kilobytes that are aimed at, and the way."""


def framesize(plan: Plan) -> list[Told]:
    """The figures. Raises Skipped, ServerFailed."""
    return asyncio.run(_figures(plan))


async def _figures(plan: Plan) -> list[Told]:
    sizes: dict[int, dict[str, list[Sent]]] = {size: {way: [] for way in WAYS} for size in plan.kilobytes}
    with apart() as cores:
        async with place() as stage:
            known = {each.name: each for each in variants(stage, (FLOOR, OURS))}
            for _ in range(plan.rounds):
                for way, (name, is_deflated) in WAYS.items():
                    for size, sent in (await _sent(known[name], is_deflated, cores, plan)).items():
                        sizes[size][way].append(sent)
    return [Remark("frame size", pinned(cores)), *figures(sizes)]


async def _sent(variant: Variant, is_deflated: bool, cores: Sequence[int], plan: Plan) -> dict[int, Sent]:
    """Each size by one server, one after the other."""
    first, *_ = plan.kilobytes
    sent: dict[int, Sent] = {}
    async with staged(
        variant, plan.viewers, agents_of(first), cores, deflate=is_deflated, in_seconds=plan.in_seconds
    ) as stage:
        for size in plan.kilobytes:
            stage.server.resize(agents_of(size))
            for _ in range(WARM_FRAMES):
                await stage.there.until(await stage.server.tell())
            await stage.there.acknowledge(False)
            sent[size] = await at_pace(stage, plan.frames, plan.every_seconds)
            await stage.there.acknowledge(True)
    return sent


def agents_of(kilobytes: int) -> int:
    return agents_for(kilobytes * KILOBYTE)


def figures(sizes: Sizes) -> list[Told]:
    """Whoever was measured wrongly has none."""
    told: list[Told] = []
    for size, ways in sizes.items():
        scenario = f"frame size, {size} KB"
        remarks, sound = judged(scenario, ways)
        told += remarks
        if FLOOR in sound:
            taken = {way: [each.per_delivery for each in own] for way, own in ways.items() if way in sound}
            told += compare(f"{scenario}: CPU for each delivery", FLOOR, taken)
        told += _wire(f"{scenario}: on the wire", {way: own for way, own in ways.items() if way in sound})
    return told


def _wire(scenario: str, ways: Mapping[str, Sequence[Sent]]) -> list[Figure]:
    """Bytes of a frame with its websocket headers, as a share of those of a frame that is not compressed."""
    bytes_each = {way: [each.tally.wire_bytes / max(1, each.tally.frames) for each in own] for way, own in ways.items()}
    if OURS not in bytes_each:
        return []
    made = compare(scenario, OURS, {way: bytes_each[way] for way in bytes_each if way != FLOOR}, unit="bytes")
    return [replace(each, amount=(round(statistics.median(bytes_each[each.variant])), "bytes")) for each in made]

"""S7, everybody comes at once: after a web server has restarted, or has lost them all.

Some are there already, on a board that changes every second: how long do they wait for a frame meanwhile? Whoever comes
is let in as on any day: session, rights and board are read, and the whole board is their first frame. An ordinary
application on uvicorn, where there is one, asks nobody who they are and sends no board: it is the least that coming
costs.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eqboard.ops.bench.centre import move_in, ticking
from eqboard.ops.bench.crowd import viewers
from eqboard.ops.bench.judging import too_busy
from eqboard.ops.bench.limits import too_many
from eqboard.ops.bench.measure import Remark, Target, Told, alone, at_most
from eqboard.ops.bench.meter import Meter, apart, pinned
from eqboard.ops.bench.onlooker import Onlooker, onlookers
from eqboard.ops.bench.place import Place, place, web
from eqboard.ops.bench.servers import OURS, UVICORN, Variant, variants

ARRIVAL_SECONDS = 120.0
QUIET_SECONDS = 2.5  # a page that hears nothing for so long says that its line is lost (static/eqboard/line.js)


@dataclass(frozen=True, slots=True)
class Plan:
    """`residents`: who is there already; `calm_seconds`: before the others come, and after."""

    counts: Sequence[int] = (500, 2000)
    rounds: int = 3
    residents: int = 10
    calm_seconds: float = 2.0
    has_reference: bool = True


QUICK = Plan((100,), rounds=1, residents=5, calm_seconds=1.2, has_reference=False)


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of so many who came at once. `gap_seconds`: the longest between two frames of somebody who was there
    already; 0.0 where nobody was. `client_busy`: the share of a core that those took who came.
    """

    cpu_seconds_each: float
    until_last_seconds: float
    gap_seconds: float
    client_busy: float
    faults: Sequence[str] = ()


Storms = Mapping[str, Sequence[Storm]]
"""By the variant's name, one of each round."""


def reconnect(plan: Plan) -> list[Told]:
    """The figures. Raises Skipped, ServerFailed."""
    return asyncio.run(_figures(plan))


async def _figures(plan: Plan) -> list[Told]:
    told: list[Told] = []
    with apart() as cores:
        async with place() as stage:
            [reference] = variants(stage, (UVICORN,))
            left_out = reference.missing if plan.has_reference else "only in a full run"
            if left_out:
                told.append(Remark("reconnect", f"skipped: {left_out}", reference.name))
            told.append(Remark("reconnect", pinned(cores)))
            told += [Remark("reconnect", f"skipped: {reason}") for reason in map(too_many, plan.counts) if reason]
            for count in plan.counts:
                if too_many(count):
                    continue
                storms: dict[str, list[Storm]] = {OURS: []}
                for _ in range(plan.rounds):
                    storms[OURS].append(await ours(stage, count, cores, plan))
                    if not left_out:
                        storms.setdefault(UVICORN, []).append(await theirs(reference, count, cores))
                told += figures(count, storms)
    return told


async def ours(stage: Place, count: int, cores: Sequence[int], plan: Plan) -> Storm:
    """With a floor that changes each second, and with compression as browsers ask for it."""
    async with web(stage, 0, cores=cores) as server:
        move_in(server.poller)
        await server.tell()
        async with (
            onlookers(server.address, plan.residents) as there,
            viewers(server.address) as crowd,
            ticking(server),
        ):
            since = time.monotonic()
            await asyncio.sleep(plan.calm_seconds)
            meter, busy = Meter(server.pid), crowd.busy()
            before = meter.read()
            arrived = await crowd.join(count, at_once=count, deflate=True, seconds=ARRIVAL_SECONDS)
            taken, share = meter.read().seconds - before.seconds, busy() if busy else 0.0
            await asyncio.sleep(plan.calm_seconds)
            gap = max((longest_gap(each, since) for each in there), default=0.0)
            return Storm(taken / count, max(arrived), gap, share, (await crowd.tally()).faults())


async def theirs(reference: Variant, count: int, cores: Sequence[int]) -> Storm:
    """Whose sockets are open, and that is all."""
    async with reference.open(0, cores) as server, viewers(server.address) as crowd:
        meter, busy = Meter(server.pid), crowd.busy()
        before = meter.read()
        arrived = await crowd.join(count, at_once=count, boards=False, seconds=ARRIVAL_SECONDS)
        taken, share = meter.read().seconds - before.seconds, busy() if busy else 0.0
        return Storm(taken / count, max(arrived), 0.0, share, (await crowd.tally()).faults())


def longest_gap(resident: Onlooker, since: float) -> float:
    """Between two frames, one after the other, that came after that moment, in seconds."""
    moments = [frame.at for frame in resident.since(since)]
    return max((later - earlier for earlier, later in pairwise(moments)), default=0.0)


def figures(count: int, storms: Storms) -> list[Told]:
    """Whoever was measured wrongly has none."""
    title = f"reconnect, {count:,} viewers at once"
    told: list[Told] = []
    for name, own in storms.items():
        faults = sorted({fault for each in own for fault in each.faults})
        if faults:
            told.append(Remark(title, f"wrong: {', '.join(faults)}", name))
        if reason := too_busy(title, max(each.client_busy for each in own), name):
            told.append(reason)
            continue
        each_took = [1000 * each.cpu_seconds_each for each in own]
        told.append(alone(f"{title}: CPU for each", name, each_took, "ms"))
        what = "until the last has its board" if name == OURS else "until the last socket is open"
        told.append(alone(f"{title}: {what}", name, [each.until_last_seconds for each in own], "s"))
        gaps = [each.gap_seconds for each in own if each.gap_seconds]
        if gaps:
            told.append(alone(f"{title}: longest gap for those there already", name, gaps, "s", _unbroken(gaps)))
    return told


def _unbroken(gaps: Sequence[float]) -> Target:
    return at_most(max(gaps), QUIET_SECONDS, "s")

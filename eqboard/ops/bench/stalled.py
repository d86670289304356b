"""S3, stalled viewers: ten of two hundred stop reading, in the midst of large and frequent frames, and read on later.

What each of them costs in memory meanwhile, whether the others notice, and when they have the whole board again. The
product on Daphne as it is stands beside: it keeps what nobody reads.
"""

import asyncio
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eqboard.ops.bench.counting import Tally
from eqboard.ops.bench.floors import agents_for
from eqboard.ops.bench.judging import judged
from eqboard.ops.bench.measure import Figure, Remark, Target, Told, alone, at_most, compare
from eqboard.ops.bench.meter import apart, pinned
from eqboard.ops.bench.place import place
from eqboard.ops.bench.sending import Sent, at_pace, staged
from eqboard.ops.bench.servers import FALLBACK, OURS, Variant, variants

FRAME_BYTES = 64 * 1024
EVERY_SECONDS = 0.05
BACK_SECONDS = 30.0
RECEIVE_BYTES = 512 * 1024  # of each viewer's system, in place of megabytes that it would fill first
P99 = 0.99
TARGET_MEGABYTES = 0.2  # issue 7: of each, whatever the time
NOBODY_STALLED, SOME_STALLED = "nobody has stopped", "some have stopped"
MEMORY = "stalled: memory for each who has stopped"
WRONG = "stalled: corrupt, lost or repeated"
LATE = f"stalled: not back after {BACK_SECONDS:g} s"


@dataclass(frozen=True, slots=True)
class Plan:
    """`calm_seconds`: before anybody stops; `seconds`: so long some have. `is_patient`: the look at who has come is
    waited for; else it falls into one of the two, and nothing is told of what the others wait.
    """

    viewers: int = 200
    stalled: int = 10
    rounds: int = 3
    calm_seconds: float = 5.0
    seconds: float = 20.0
    names: Sequence[str] = (OURS, FALLBACK)
    is_patient: bool = True


QUICK = Plan(rounds=1, calm_seconds=1.0, seconds=4.0, names=(OURS,), is_patient=False)
GATE = replace(QUICK, calm_seconds=2.0, seconds=8.0)


@dataclass(frozen=True, slots=True)
class Run:
    """What one variant did in one round. `grown_megabytes`: of the process while some had stopped, and before, in the
    seconds of `calm`, by itself. `after`: what came from when they stopped until they were back. `back`: the
    seconds until each of them was. `ended`: how many of them had to come back with a new socket.
    """

    calm: Sent
    sent: Sent
    after: Tally
    grown_megabytes: tuple[float, float]
    stalled: int
    back: Sequence[float]
    ended: int


Runs = Mapping[str, Sequence[Run]]
"""By the variant's name, one of each round."""


def stalled(plan: Plan) -> list[Told]:
    """The figures. Raises Skipped, ServerFailed."""
    return asyncio.run(_figures(plan))


async def _figures(plan: Plan) -> list[Told]:
    runs: dict[str, list[Run]] = {name: [] for name in plan.names}
    with apart() as cores:
        async with place() as stage:
            for _ in range(plan.rounds):
                for each in variants(stage, plan.names):
                    runs[each.name].append(await _run(each, cores, plan))
    about = (
        f"{plan.stalled} of {plan.viewers} have stopped for {plan.seconds:g} s, "
        f"with frames of {FRAME_BYTES // 1024} KB, {1 / EVERY_SECONDS:g} a second; {pinned(cores)}"
    )
    left_out = [Remark("stalled", "skipped: only in a full run", name) for name in Plan().names if name not in runs]
    return [*left_out, Remark("stalled", about), *figures(runs, with_waits=plan.is_patient)]


async def _run(variant: Variant, cores: Sequence[int], plan: Plan) -> Run:
    agents = agents_for(FRAME_BYTES)
    async with staged(
        variant,
        plan.viewers,
        agents,
        cores,
        in_seconds=math.inf if plan.is_patient else 0.0,
        checksums=True,
        receive_bytes=RECEIVE_BYTES,
    ) as stage:
        at_first = stage.meter.megabytes()
        calm = await at_pace(stage, round(plan.calm_seconds / EVERY_SECONDS), EVERY_SECONDS)
        before = stage.meter.megabytes()
        await stage.there.stall(plan.stalled)
        sent = await at_pace(stage, round(plan.seconds / EVERY_SECONDS), EVERY_SECONDS)
        grown = stage.meter.megabytes() - before, before - at_first
        told = await stage.there.resume(BACK_SECONDS)
        after = await stage.there.tally()
    return Run(calm, sent, after, grown, plan.stalled, told["seconds"], told["ended"])


def figures(runs: Runs, *, with_waits: bool = True) -> list[Told]:
    """Waits of those who read on are not compared where 99 of 100 of their frames did not come in time."""
    told: list[Told] = []
    remarks, sound = judged("stalled", {name: [each.sent for each in own] for name, own in runs.items()})
    told += remarks
    told += [_memory(name, own) for name, own in runs.items()]
    for name in runs:
        if with_waits and name in sound:
            told += _waits(name, runs[name])
    for name, own in runs.items():
        told += _coming_back(name, own)
    return told


def _memory(name: str, runs: Sequence[Run]) -> Figure:
    """All that the process has grown by, whatever for."""
    each_one = [max(0.0, each.grown_megabytes[0]) / each.stalled for each in runs]
    by_itself = statistics.median(1000 * each.grown_megabytes[1] / each.calm.seconds for each in runs)
    remark = f"the whole process; while everybody read it grew by {by_itself:.0f} KB a second"
    return alone(MEMORY, name, each_one, "MB", _ours(name, at_most(max(each_one), TARGET_MEGABYTES, "MB")), remark)


def _waits(name: str, runs: Sequence[Run]) -> list[Figure]:
    """Of the healthy, beside the same ones before anybody had stopped."""
    pairs = [(each.calm.waited_by(P99), each.sent.waited_by(P99)) for each in runs]
    known = [(calm, some) for calm, some in pairs if calm is not None and some is not None]
    if len(known) < len(pairs):
        return []
    taken = {NOBODY_STALLED: [calm for calm, _ in known], SOME_STALLED: [some for _, some in known]}
    return compare(f"stalled, {name}: until 99 of 100 of the others have a frame", NOBODY_STALLED, taken)


def _coming_back(name: str, runs: Sequence[Run]) -> list[Told]:
    told: list[Told] = []
    skipped = [each.after.skipped / each.stalled for each in runs]
    told.append(alone("stalled: frames skipped by each who had stopped", name, skipped, "frames"))
    late = [each.stalled - len(each.back) for each in runs]
    told.append(alone(LATE, name, late, "viewers", _ours(name, Target("at most 0", not any(late)))))
    slowest = [1000 * max(each.back) for each in runs if each.back]
    if slowest:
        ended = sum(each.ended for each in runs)
        remark = f"{ended} of them with a new socket" if ended else ""
        told.append(alone("stalled: until the last of them has the newest board", name, slowest, "ms", remark=remark))
    wrong = [each.after.wrong_frames for each in runs]
    right = Target("at most 0", not any(wrong))
    told.append(alone(WRONG, name, wrong, "frames", _ours(name, right)))
    return told


def _ours(name: str, target: Target) -> Target | None:
    return target if name == OURS else None

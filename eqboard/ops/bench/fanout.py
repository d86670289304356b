"""S1, fan-out: one frame of a board to many viewers, beside the least that any server could do.

Every round starts every variant once for each number of viewers, in a fresh process; the figures are in deliveries.py.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eqboard.ops.bench.deliveries import TARGET_VIEWERS, Run, figures, slopes
from eqboard.ops.bench.floors import agents_for
from eqboard.ops.bench.limits import too_many
from eqboard.ops.bench.measure import Remark, Told
from eqboard.ops.bench.meter import apart, pinned
from eqboard.ops.bench.place import place
from eqboard.ops.bench.sending import EVERY_SECONDS, at_pace, closed_loop, staged
from eqboard.ops.bench.servers import FALLBACK, FLOOR, IN_C, LAYER, OURS, UVICORN, WEBSOCKETS, Variant, variants

FRAME_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Plan:
    """`names`: whom each number of viewers looks at; `beside`: who else is looked at, by TARGET_VIEWERS only. `slope`:
    between which numbers of viewers it is told what one more adds; from 1, if `single_frames` are sent to the first
    before the others come. `honest_frames`: how many with acknowledgements, to TARGET_VIEWERS. `is_patient`: the look
    at who has come is waited for, and counted.
    """

    counts: Sequence[int] = (200, 500, TARGET_VIEWERS, 2000)
    names: Sequence[str] = (FLOOR, OURS, LAYER)
    beside: Sequence[str] = (FALLBACK, UVICORN, WEBSOCKETS, IN_C)
    slope: tuple[int, int] = (200, TARGET_VIEWERS)
    rounds: int = 3
    frames: int = 5
    every_seconds: float = EVERY_SECONDS
    single_frames: int = 0
    honest_frames: int = 20
    loop_seconds: float = 1.0
    is_patient: bool = True

    @property
    def in_seconds(self) -> float:
        """How long it takes to measure one of them, where nobody waits."""
        return math.inf if self.is_patient else self.frames * self.every_seconds + self.loop_seconds

    @property
    def all_names(self) -> tuple[str, ...]:
        return (*self.names, *self.beside)

    def names_at(self, count: int) -> Sequence[str]:
        return self.all_names if count == TARGET_VIEWERS else self.names


QUICK = Plan(
    (200,),
    names=(FLOOR, OURS),
    beside=(),
    slope=(1, 200),
    rounds=2,
    every_seconds=0.15,
    single_frames=4,
    loop_seconds=0.3,
    is_patient=False,
)
GATE = replace(QUICK, counts=(200, 500), names=(FLOOR, OURS, LAYER), slope=(200, 500), single_frames=0)


def fanout(plan: Plan) -> list[Told]:
    """The figures. Raises Skipped, ServerFailed."""
    return asyncio.run(_figures(plan))


async def _figures(plan: Plan) -> list[Told]:
    with apart() as cores:
        async with place() as stage:
            known = {each.name: each for each in variants(stage, plan.all_names)}
            told = [*left_out(plan, known), Remark("fan-out", pinned(cores))]
            there = {
                count: [known[name] for name in plan.names_at(count) if not known[name].missing]
                for count in plan.counts
                if not too_many(count)
            }
            runs: dict[int, dict[str, list[Run]]] = {
                count: {each.name: [] for each in own} for count, own in there.items()
            }
            for _ in range(plan.rounds):
                for count, own in there.items():
                    for each in own:
                        runs[count][each.name].append(await _run(each, count, cores, plan))
    for count, runs_of in runs.items():
        told += figures(count, runs_of)
    return told + slopes(plan.slope, runs)


def left_out(plan: Plan, known: Mapping[str, Variant]) -> list[Told]:
    """Who is not measured, and among how many nobody is, each with its reason."""
    told: list[Told] = []
    for name in Plan().all_names:
        if reason := known[name].missing if name in known else "only in a full run":
            told.append(Remark("fan-out", f"skipped: {reason}", name))
    return told + [Remark("fan-out", f"skipped: {reason}") for reason in map(too_many, plan.counts) if reason]


async def _run(variant: Variant, count: int, cores: Sequence[int], plan: Plan) -> Run:
    async with staged(
        variant,
        count,
        agents_for(FRAME_BYTES),
        cores,
        single_frames=plan.single_frames,
        every_seconds=plan.every_seconds,
        in_seconds=plan.in_seconds,
    ) as stage:
        await stage.there.acknowledge(False)
        sent = await at_pace(stage, plan.frames, plan.every_seconds)
        await stage.there.acknowledge(True)
        is_honest = variant.name == OURS and count == TARGET_VIEWERS
        join_seconds = stage.join_cpu_seconds
        return Run(
            sent,
            honest=await at_pace(stage, plan.honest_frames, plan.every_seconds) if is_honest else None,
            loop=await closed_loop(stage, plan.loop_seconds),
            megabytes_per_viewer=stage.megabytes_per_viewer,
            join_milliseconds=None if join_seconds is None else 1000 * join_seconds / max(1, count - 1),
            single=stage.single,
        )

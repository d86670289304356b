"""S5, a board that is pushed beside boards that ask anew every two seconds: what a viewer costs the web server.

All look at the same call centre, in which a little changes each second, by four ways: the product's page, rendered for
whoever asks; a page that is ready, behind the product's middleware and sign-in; the bare answer that nothing is new,
behind the same; and the product's push, to viewers who acknowledge as the page does. While boards are pushed the server
also looks every five seconds whether everybody may stay, so they are measured from after its first look on.

Who asks anew costs the same however many do, as long as the server answers in time: when it does not, each request
costs more. So no more ask than it can answer. Of what is pushed a tick is made once for all, so it is told for as many
viewers as ask anew, and for as many as a web server is meant for.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eqboard.ops.bench.asking import EVERY_SECONDS, askers
from eqboard.ops.bench.centre import move_in, ticking
from eqboard.ops.bench.crowd import viewers
from eqboard.ops.bench.judging import clocks_differ, too_busy
from eqboard.ops.bench.limits import make_room
from eqboard.ops.bench.measure import LEAST_SECONDS, Figure, Remark, Target, Told, compare
from eqboard.ops.bench.meter import Meter, Reading, apart, disagreement, pinned
from eqboard.ops.bench.place import Place, Web, place, web
from eqboard.ops.bench.sending import JOIN_AT_ONCE

RENDERED, CACHED, UNCHANGED = "polled, rendered", "polled, from cache", "polled, nothing new"
ASKED_FOR = {RENDERED: ("/", 200), CACHED: ("/cached/", 200), UNCHANGED: ("/unchanged/", 204)}
SETTINGS = "eqboard.ops.bench.references.polled_settings"
TARGET_SHARE, TARGET_VIEWERS = 1 / 50, 1000  # of what is polled from cache (issue 7)
TARGET_TEXT = f"at most 1/{1 / TARGET_SHARE:g}"
SCENARIO = "polling"
LONG_ENOUGH_SECONDS = 15.0  # three of the looks
ENOUGH = 0.95  # of what is asked for has to come, else the server has no time left
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`polling`: how many ask anew; `pushed`: to how many boards are pushed, in each of these measurements.
    `settle_seconds`: for the first look at who may stay, before what is pushed is measured. `ways`: of asking.
    """

    polling: int = 100
    pushed: Sequence[int] = (100, TARGET_VIEWERS)
    rounds: int = 3
    polled_seconds: float = 5.0
    pushed_seconds: float = LONG_ENOUGH_SECONDS
    settle_seconds: float = 6.0
    ways: Sequence[str] = tuple(ASKED_FOR)


QUICK = Plan(
    pushed=(200,), rounds=1, polled_seconds=2.0, pushed_seconds=2.5, settle_seconds=0.2, ways=(CACHED,)
)  # it is over before the first look


@dataclass(frozen=True, slots=True)
class Run:
    """What one way did in one round. `cpu_seconds` and `wire_bytes` are of a viewer's minute. `came`: the share of what
    was wanted. `client_busy`: the share of a core that those took who measure.
    """

    cpu_seconds: float
    wire_bytes: float
    came: float
    wrong: int
    client_busy: float
    clocks_differ: float

    @property
    def is_saturated(self) -> bool:
        return self.came < ENOUGH


Runs = Mapping[str, Sequence[Run]]
"""By the way's name, one of each round."""


def polling(plan: Plan) -> list[Told]:
    """The figures. Raises Skipped, ServerFailed."""
    return asyncio.run(_figures(plan))


async def _figures(plan: Plan) -> list[Told]:
    make_room(max(plan.pushed))
    runs: dict[str, list[Run]] = {}
    with apart() as cores:
        async with place() as stage:
            polled = replace(stage, environ={**stage.environ, "DJANGO_SETTINGS_MODULE": SETTINGS})
            for _ in range(plan.rounds):
                for name in plan.ways:
                    runs.setdefault(name, []).append(await asked(polled, name, cores, plan))
                for count in plan.pushed:
                    runs.setdefault(pushed_to(count), []).append(await pushed(stage, count, cores, plan))
    asking = f"{plan.polling:,} viewers ask anew every {EVERY_SECONDS:g} s"
    left_out = [Remark(SCENARIO, "skipped: only in a full run", name) for name in ASKED_FOR if name not in plan.ways]
    return [Remark(SCENARIO, pinned(cores)), Remark(SCENARIO, asking), *left_out, *figures(plan, runs)]


def pushed_to(count: int) -> str:
    """What it is called."""
    return f"pushed, {count:,} viewer{'' if count == 1 else 's'}"


async def asked(stage: Place, name: str, cores: Sequence[int], plan: Plan) -> Run:
    """A viewer's minute is thirty requests. Each has threads that end with it: only the process's own clock knows all
    that it takes.
    """
    path, status = ASKED_FOR[name]
    async with web(stage, 0, cores=cores) as server:
        move_in(server.poller)
        async with ticking(server), askers(server.address, path, status, plan.polling) as them:
            await asyncio.sleep(EVERY_SECONDS)
            them.begin()
            taking = Taking(server)
            await asyncio.sleep(plan.polled_seconds)
            seconds, taken, _ = taking.read()
            count, busy = them.count, taking.own_share()
    each_minute = MINUTE / EVERY_SECONDS / max(1, count.answered)
    wanted = plan.polling * seconds / EVERY_SECONDS
    came = min(1.0, count.answered / wanted)
    return Run(taken * each_minute, count.wire_bytes * each_minute, came, count.wrong, busy, clocks_differ=0.0)


async def pushed(stage: Place, viewer_count: int, cores: Sequence[int], plan: Plan) -> Run:
    async with web(stage, 0, cores=cores) as server:
        move_in(server.poller)
        async with ticking(server), viewers(server.address) as there:
            await there.join(viewer_count, at_once=JOIN_AT_ONCE, deflate=True)
            await asyncio.sleep(plan.settle_seconds)
            first = server.poller.floors.seq
            await there.until(first)
            await there.begin()
            busy, taking = there.busy(), Taking(server)
            await asyncio.sleep(plan.pushed_seconds)
            seconds, taken, differ = taking.read()
            share, last = busy() if busy else 0.0, server.poller.floors.seq
            await there.until(last)
            tally = await there.tally()
    came = sum(len(tally.arrivals.get(seq, ())) for seq in range(first + 1, last + 1))
    wanted = viewer_count * (last - first)
    each_minute = MINUTE / seconds / viewer_count
    wrong = tally.wrong_frames + tally.ended
    return Run(taken * each_minute, tally.wire_bytes * each_minute, came / max(1, wanted), wrong, share, differ)


class Taking:
    """What the server takes from now on, and what we do ourselves."""

    def __init__(self, server: Web) -> None:
        self._meter = Meter(server.pid)
        self._began_at, self._own_seconds = time.monotonic(), time.process_time()
        self._before: Reading = self._meter.read()

    def read(self) -> tuple[float, float, float]:
        """The seconds of the clock, those of its processor time, and by how much of these its two clocks differ."""
        after = self._meter.read()
        seconds = time.monotonic() - self._began_at
        return seconds, after.seconds - self._before.seconds, disagreement(self._before, after)

    def own_share(self) -> float:
        """Of a core."""
        return (time.process_time() - self._own_seconds) / (time.monotonic() - self._began_at)


def figures(plan: Plan, runs: Runs) -> list[Told]:
    """Whoever was measured wrongly has none."""
    told, sound = sound_of(runs)
    if plan.pushed_seconds < LONG_ENOUGH_SECONDS:
        short = f"pushed for {plan.pushed_seconds:g} s only, in which the looks at who may stay are few"
        told.append(Remark(SCENARIO, short))
    if CACHED not in sound:
        return told
    taken = {name: [max(each.cpu_seconds, LEAST_SECONDS) for each in own] for name, own in sound.items()}
    made = compare(f"{SCENARIO}: CPU for a viewer's minute", CACHED, taken)
    is_fair = not any(each.is_saturated for each in sound[CACHED])
    return [*told, *(_finished(each, sound[each.variant], is_fair=is_fair) for each in made)]


def sound_of(runs: Runs) -> tuple[list[Told], Runs]:
    """What is wrong with some, in remarks, and the runs of those that may be looked at."""
    told: list[Told] = []
    sound: dict[str, Sequence[Run]] = {}
    for name, own in runs.items():
        differ, came = max(each.clocks_differ for each in own), min(each.came for each in own)
        wrong = sum(each.wrong for each in own)
        if reason := too_busy(SCENARIO, max(each.client_busy for each in own), name):
            told.append(reason)
        elif differ:
            told.append(Remark(SCENARIO, clocks_differ(differ), name))
        elif wrong or not came:
            told.append(Remark(SCENARIO, f"invalid: {wrong} wrong answers, {came:.0%} came", name))
        else:
            sound[name] = own
            if any(each.is_saturated for each in own):
                text = f"saturated: {came:.0%} came in time, and each costs more than it would"
                told.append(Remark(SCENARIO, text, name))
    return told, sound


def _finished(figure: Figure, runs: Sequence[Run], *, is_fair: bool) -> Figure:
    """With what a viewer gets, and the product's target; of a noisy figure, or beside a saturated reference, nothing is
    concluded.
    """
    kilobytes = sum(each.wire_bytes for each in runs) / len(runs) / 1000
    is_sure = is_fair and not figure.is_noisy
    target = Target(f"{TARGET_TEXT} ×", figure.ratio <= TARGET_SHARE if is_sure else None)
    has_target = figure.variant == pushed_to(TARGET_VIEWERS)
    return replace(figure, viewer_kilobytes=kilobytes, target=target if has_target else None)

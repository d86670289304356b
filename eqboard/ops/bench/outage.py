"""S8, Redis or EQ is away for a while: how soon are viewers told, and how soon do all have a current board after it?

Told is whoever got the banner that says so, or a pulse by which their page greys the numbers out. While it is away an
agent is paused on the exchange: after its return everybody must have that, and the newest update of whoever publishes.
EQ is away as a network loses it: requests are taken and not answered, also those under way when it returns.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise

from eqboard.feed.subscriber import read_floor
from eqboard.ops.bench.beats import BANNER, Beat, beat_of
from eqboard.ops.bench.buttons import row
from eqboard.ops.bench.house import POLL_SECONDS, House, find_redis, house, running
from eqboard.ops.bench.journey import available
from eqboard.ops.bench.judging import too_busy
from eqboard.ops.bench.measure import Remark, Told, alone, at_most
from eqboard.ops.bench.onlooker import SEEN_SECONDS, Onlooker, Seen, onlookers
from eqboard.ops.bench.place import until
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.visitor import looker_at
from eqboard.ops.probes import answers_ping
from eqboard.ops.redis_server import SOCKET_NAME, redis_command, socket_url
from eqboard.ops.showroom import DemoError

REDIS, EQ = "Redis", "EQ"
SILENCE_SECONDS = 600  # what is asked while EQ is away gets no answer in any time that somebody waits
# Numbers are old after 2.5 rounds; the last reading may have been one round before, and silence is looked for at times.
TARGET_TOLD_SECONDS = 3.5 * POLL_SECONDS + 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    redis_seconds: float = 10.0
    eq_seconds: float = 10.0
    viewers: int = 100
    rounds: int = 3
    queues: int = 20
    agents: int = 200


QUICK = Plan(redis_seconds=1.5, eq_seconds=3.0, viewers=50, rounds=1)


@dataclass(frozen=True, slots=True)
class Outage:
    """Seconds of those viewers who were told, and who had a current board after the return. `lost`: how many viewers
    had not the change that was made meanwhile, or not the newest update. `disordered`: frames older than one before.
    """

    viewers: int
    told: Sequence[float]
    current: Sequence[float]
    lost: int
    disordered: int
    client_busy: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What is taken away, and given back."""

    name: str
    seconds: float
    take: Callable[[], object]
    give_back: Callable[[], object]


def outage(plan: Plan) -> list[Told]:
    """The figures. Raises Skipped, ServerFailed, OSError."""
    try:
        return asyncio.run(_figures(plan))
    except DemoError as error:
        raise ServerFailed(str(error)) from None


async def _figures(plan: Plan) -> list[Told]:
    outages: dict[str, list[Outage]] = {EQ: [], REDIS: []}
    async with (
        house(plan.queues, plan.agents, EQBOARD_STALE_AFTER_SECONDS="") as stage,
        _there(stage, plan) as there,
        _keeper(stage) as redis,
    ):
        agents = iter(available(stage.eq))
        for _ in range(plan.rounds):
            for trial in (Trial(EQ, plan.eq_seconds, *_silence(stage)), Trial(REDIS, plan.redis_seconds, *redis)):
                outages[trial.name].append(await _outage(stage, there, trial, next(agents)))
    told: list[Told] = []
    for name, seconds in ((EQ, plan.eq_seconds), (REDIS, plan.redis_seconds)):
        told += figures(f"outage, {name} away for {seconds:g} s, {plan.viewers:,} viewers", outages[name])
    return told


@asynccontextmanager
async def _there(stage: House, plan: Plan) -> AsyncIterator[list[Onlooker]]:
    async with onlookers(await looker_at(stage.web_port, stage.password), plan.viewers) as there:
        yield there


def _silence(stage: House) -> tuple[Callable[[], object], Callable[[], object]]:
    """EQ answers no request that comes between the two."""
    silences: list[int] = []

    def take() -> None:
        silences.append(stage.eq.order("POST", "faults", kind="latency", seconds=str(SILENCE_SECONDS)))

    def give_back() -> None:
        stage.eq.order("DELETE", f"faults/{silences.pop()}")

    return take, give_back


@asynccontextmanager
async def _keeper(stage: House) -> AsyncIterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Kills Redis, and starts another, empty one at the same place."""
    command = redis_command(find_redis(), stage.folder)
    with ExitStack() as started:
        newest = [stage.children["redis"]]

        def take() -> None:
            newest[-1].kill()
            newest[-1].wait()

        def give_back() -> None:
            newest.append(started.enter_context(running("redis", command, stage.environ)))

        yield take, give_back


async def _outage(stage: House, there: Sequence[Onlooker], trial: Trial, agent: int) -> Outage:
    """Raises ServerFailed when the board was not well before it."""
    if None in await _waited(there, lambda frame: not is_told(frame), time.monotonic()):
        raise ServerFailed(f"Before {trial.name} is taken away the board is not well.")
    busy_seconds, began_at = time.process_time(), time.monotonic()
    trial.take()
    taken_at = time.monotonic()
    told = await _waited(there, is_told, taken_at)
    stage.eq.order("POST", f"agents/{agent}", state="paused")
    await asyncio.sleep(max(0.0, taken_at + trial.seconds - time.monotonic()))
    back_at, back_moment = time.monotonic(), time.time()
    trial.give_back()
    if trial.name == REDIS:
        await until(lambda: answers_ping(stage.folder / SOCKET_NAME), REDIS)
    current = await _waited(there, lambda frame: is_current(frame, back_moment), back_at)
    lost = await _behind(stage, there, agent, taken_at)
    busy = (time.process_time() - busy_seconds) / (time.monotonic() - began_at)
    disordered = sum(out_of_order([beat_of(frame.text) for frame in each.since(taken_at)]) for each in there)
    return Outage(len(there), _known(told), _known(current), lost, disordered, busy)


async def _behind(stage: House, there: Sequence[Onlooker], agent: int, since: float) -> int:
    """How many do not get what changed meanwhile, or do not come as far as to the update that is the newest now."""
    held = (await read_floor(socket_url(stage.folder))).held
    if held is None:
        raise ServerFailed("After the outage nobody publishes a floor.")
    changed = await _waited(there, lambda frame: _shows(frame, agent), since)
    newest = await _waited(there, lambda frame: _is_at(beat_of(frame.text), held.epoch, held.seq), since)
    return sum(None in both for both in zip(changed, newest, strict=True))


async def _waited(there: Sequence[Onlooker], is_it: Callable[[Seen], bool], since: float) -> list[float | None]:
    """How long after that moment each had such a frame, in seconds; None for whom none came in time."""

    async def waited(each: Onlooker) -> float | None:
        with suppress(ServerFailed):
            return (await each.first(is_it, since)).at - since
        return None

    return list(await asyncio.gather(*map(waited, there)))


def _known(waited: Sequence[float | None]) -> list[float]:
    return [each for each in waited if each is not None]


def is_told(frame: Seen) -> bool:
    """Whether whoever has it knows that the numbers are not those of now."""
    beat = beat_of(frame.text)
    return BANNER in frame.text or beat.is_lost or beat.is_old


def is_current(frame: Seen, moment: float) -> bool:
    """Whether it shows what EQ was asked for at that moment of UNIX time, or later."""
    beat = beat_of(frame.text)
    return not beat.is_lost and not beat.is_old and beat.is_of(moment)


def _shows(frame: Seen, agent: int) -> bool:
    return re.search(row(agent, "paused"), frame.text) is not None


def _is_at(beat: Beat, epoch: str, seq: int) -> bool:
    return beat.epoch == epoch and beat.seq >= seq


def out_of_order(beats: Iterable[Beat]) -> int:
    """How many are older than the one before, of the same poller."""
    return sum(later.epoch == earlier.epoch and later.seq < earlier.seq for earlier, later in pairwise(beats))


def figures(scenario: str, outages: Sequence[Outage]) -> list[Told]:
    """Of each outage the last viewer's time counts. None of viewers who were too busy to tell when something came."""
    if reason := too_busy(scenario, max(each.client_busy for each in outages)):
        return [reason]
    viewers = sum(each.viewers for each in outages)
    told: list[Told] = []
    for what, limit, numbers in (
        ("until all are told", TARGET_TOLD_SECONDS, [each.told for each in outages]),
        ("after its return, until all have a current board", None, [each.current for each in outages]),
    ):
        missing = viewers - sum(map(len, numbers))
        if missing:
            told.append(Remark(scenario, f"{missing} of {viewers} waited for more than {SEEN_SECONDS:g} s", what))
            continue
        last = [max(each) for each in numbers]
        target = None if limit is None else at_most(max(last), limit, "s")
        told.append(alone(scenario, what, last, "s", target))
    for what, counts in (
        ("viewers without the change made meanwhile, or the newest update", [each.lost for each in outages]),
        ("frames older than the one before", [each.disordered for each in outages]),
    ):
        told.append(alone(scenario, what, counts, "", at_most(max(counts), 0, what.split()[0])))
    return told

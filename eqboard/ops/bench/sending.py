"""One server, many viewers, frames at a steady pace: what a delivery costs, how long it takes, and whether all came."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from eqboard.ops.bench.counting import Tally
from eqboard.ops.bench.crowd import MOST_BUSY, Crowd, viewers
from eqboard.ops.bench.meter import Meter, Reading, disagreement
from eqboard.ops.bench.servers import Server, Variant

EVERY_SECONDS = 0.5  # two frames a second
GRACE_SECONDS = 1.0  # after the last frame: what has not come by then has not come in time
WARM_FRAMES = 4
WARM_SECONDS = 0.3  # that they take, about
JOIN_AT_ONCE = 20
LOOK_SECONDS, MARGIN_SECONDS = 5.0, 0.4  # so often live/doorkeeper.py looks at who has come; by so much it may be off
QUIET_SECONDS, QUIET_SHARE, MOST_QUIET_SECONDS = 0.3, 0.2, 30.0


@dataclass(slots=True)
class Sent:
    """What came of so many frames to so many viewers who read.

    `cpu_seconds` are the server's. `latencies`: from the call that publishes to the last byte, in seconds, of every
    delivery in time. `client_busy`: the share of a core that the viewers' own process took.
    """

    viewers: int
    frames: int
    seconds: float
    cpu_seconds: float
    client_busy: float
    clocks_differ: float
    tally: Tally
    latencies: list[float] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        return self.viewers * self.frames

    @property
    def delivered(self) -> int:
        return len(self.latencies)

    @property
    def is_saturated(self) -> bool:
        return self.delivered < self.wanted

    @property
    def is_invalid(self) -> bool:
        """The viewers were measured, and not the server."""
        return self.client_busy > MOST_BUSY

    @property
    def per_delivery(self) -> float:
        """Seconds of processor time, what is done once for all of them included."""
        return self.cpu_seconds / max(1, self.delivered)

    @property
    def per_frame(self) -> float:
        """Seconds of processor time."""
        return self.cpu_seconds / max(1, self.frames)

    def waited_by(self, share: float) -> float | None:
        """How long that share of all that was wanted took, by nearest rank; None when so much did not come in time."""
        rank = math.ceil(share * self.wanted)
        return sorted(self.latencies)[rank - 1] if rank <= self.delivered else None

    def faults(self) -> list[str]:
        """What came wrongly, in words; nothing when all is well."""
        return self.tally.faults()


@dataclass(slots=True)
class Stage:
    """A server and its viewers, of whom all are there."""

    server: Server
    there: Crowd
    meter: Meter
    empty_megabytes: float = 0.0
    full_megabytes: float = 0.0
    join_cpu_seconds: float | None = None  # until their rights were looked at; None: that was not waited for
    single: Sent | None = None  # to one viewer

    @property
    def megabytes_per_viewer(self) -> float:
        return max(0.0, self.full_megabytes - self.empty_megabytes) / max(1, self.there.count)


@asynccontextmanager
async def staged(
    variant: Variant,
    count: int,
    agents: int,
    cores: Sequence[int],
    *,
    single_frames: int = 0,
    every_seconds: float = EVERY_SECONDS,
    in_seconds: float = math.inf,
    deflate: bool = False,
    checksums: bool = False,
    receive_bytes: int = 0,
) -> AsyncIterator[Stage]:
    """The variant with so many viewers, warm and at rest. `single_frames`: so many to the first of them, one each
    `every_seconds`, before the others come. `in_seconds`: how long what is to be measured takes; where it is over
    before those who have come are looked at again, that is not waited for. Raises ServerFailed.
    """
    async with variant.open(agents, cores) as server, viewers(server.address) as there:
        stage = Stage(server, there, Meter(server.pid))
        come = partial(
            there.join, boards=variant.boards, deflate=deflate, checksums=checksums, receive_bytes=receive_bytes
        )
        await come(1)
        look_at = time.monotonic() + LOOK_SECONDS
        await _tell_some(stage, 1)
        stage.single = await at_pace(stage, single_frames, every_seconds) if single_frames else None
        stage.empty_megabytes, before = stage.meter.megabytes(), stage.meter.read()
        await come(count - 1, at_once=JOIN_AT_ONCE)
        left = look_at - MARGIN_SECONDS - time.monotonic()
        if left < WARM_SECONDS + in_seconds:
            await _settle(stage, look_at if left > 0 else None, has_looks=variant.boards)
            stage.join_cpu_seconds = stage.meter.read().seconds - before.seconds
        await _tell_some(stage, WARM_FRAMES)
        stage.full_megabytes = stage.meter.megabytes()
        yield stage


async def _settle(stage: Stage, look_at: float | None, *, has_looks: bool) -> None:
    """Until those who have come were looked at again (live/doorkeeper.py), and nothing is left to do of it: about
    `look_at`; if they were not all there by then (None), once more after that.
    """
    await _rest(stage)
    if has_looks:
        seconds = LOOK_SECONDS if look_at is None else look_at - time.monotonic()
        await asyncio.sleep(max(0.0, seconds + MARGIN_SECONDS))
        await _rest(stage)


async def _rest(stage: Stage) -> None:
    """Until the server has nothing to do, at most MOST_QUIET_SECONDS."""
    give_up_at = time.monotonic() + MOST_QUIET_SECONDS
    while time.monotonic() < give_up_at:
        before = stage.meter.read().seconds
        await asyncio.sleep(QUIET_SECONDS)
        if stage.meter.read().seconds - before < QUIET_SHARE * QUIET_SECONDS:
            return


async def _tell_some(stage: Stage, frames: int) -> None:
    for _ in range(frames):
        await stage.there.until(await stage.server.tell())


async def at_pace(stage: Stage, frames: int, every_seconds: float = EVERY_SECONDS) -> Sent:
    """So many frames, one each `every_seconds`. What has not come GRACE_SECONDS after the last is late."""
    await stage.there.begin()
    busy = stage.there.busy()
    told_at: dict[int, float] = {}
    began_at, before = time.monotonic(), stage.meter.read()
    for place in range(frames):
        await asyncio.sleep(max(0.0, began_at + place * every_seconds - time.monotonic()))
        called_at = time.monotonic()
        told_at[await stage.server.tell()] = called_at
    await asyncio.sleep(max(0.0, began_at + frames * every_seconds - time.monotonic()))
    await stage.there.until(max(told_at), GRACE_SECONDS)
    return await _sent(stage, told_at, began_at, before, busy() if busy else 0.0)


async def closed_loop(stage: Stage, seconds: float) -> Sent:
    """The next frame as soon as everybody has the last, for so long: how many deliveries a second are possible."""
    await stage.there.begin()
    busy = stage.there.busy()
    told_at: dict[int, float] = {}
    began_at, before = time.monotonic(), stage.meter.read()
    while time.monotonic() - began_at < seconds:
        called_at = time.monotonic()
        seq = await stage.server.tell()
        told_at[seq] = called_at
        await stage.there.until(seq)
    return await _sent(stage, told_at, began_at, before, busy() if busy else 0.0)


async def _sent(stage: Stage, told_at: dict[int, float], began_at: float, before: Reading, busy: float) -> Sent:
    seconds, after = time.monotonic() - began_at, stage.meter.read()
    tally = await stage.there.tally()
    return Sent(
        viewers=stage.there.reading,
        frames=len(told_at),
        seconds=seconds,
        cpu_seconds=after.seconds - before.seconds,
        client_busy=busy,
        clocks_differ=disagreement(before, after),
        tally=tally,
        latencies=[at - told_at[seq] for seq, moments in tally.arrivals.items() if seq in told_at for at in moments],
    )

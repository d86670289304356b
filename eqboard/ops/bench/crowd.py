"""Many who look at a board, in a process of their own (viewers.py): each reads and acknowledges as the page does.

The process gets the address by its first line, in JSON, as `ps` shows command lines and the address holds cookies. It
ends with its input.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

from eqboard.config import ROOT
from eqboard.ops.bench.counting import Had, Tally
from eqboard.ops.bench.limits import make_room
from eqboard.ops.bench.processes import END_SECONDS, ServerFailed, before_exec, processor_clock
from eqboard.ops.bench.sockets import Address

AT_ONCE = 10  # who connect side by side
ARRIVAL_SECONDS = 180.0
FRAME_SECONDS = 15.0
ANSWER_SECONDS = 30.0  # beyond what a command is allowed to wait for
LOOK_SECONDS = 0.05
LONGEST_LINE_BYTES = 64 * 1024 * 1024
MOST_BUSY = 0.8  # of a core: beyond, what is measured is the crowd


class Crowd:
    def __init__(self, process: asyncio.subprocess.Process | None, count: int = 0) -> None:
        self.count = count
        self.stalled = 0
        self._process = process

    @property
    def reading(self) -> int:
        """How many of them read."""
        return self.count - self.stalled

    def busy(self) -> Callable[[], float] | None:
        """Tells the share of a core that their process has taken since; None where nobody is. Raises Skipped."""
        if self._process is None:
            return None
        taken, began_at = processor_clock(self._process.pid), time.monotonic()
        before = taken()
        return lambda: (taken() - before) / (time.monotonic() - began_at)

    async def join(
        self,
        count: int,
        *,
        at_once: int = AT_ONCE,
        boards: bool = True,
        deflate: bool = False,
        checksums: bool = False,
        receive_bytes: int = 0,
        seconds: float = ARRIVAL_SECONDS,
    ) -> list[float]:
        """So many more (`Viewers.join`): when each was there, in seconds, in order. Raises ServerFailed when somebody
        is not, Skipped when the system does not let so many in.
        """
        make_room(self.count + count)
        manner = {"deflate": deflate, "checksums": checksums, "receive_bytes": receive_bytes}
        told = await self._ask("join", seconds, count=count, at_once=at_once, boards=boards, **manner)
        arrived: list[float] = told["arrived_after"]
        if len(arrived) < count:
            raise ServerFailed(f"Only {len(arrived)} of {count} viewers got in within {seconds:g} s.")
        self.count += count
        return arrived

    async def begin(self) -> None:
        """Count anew."""
        await self._ask("begin")

    async def tally(self) -> Tally:
        """What has come since."""
        told = await self._ask("tally")
        arrivals = {int(seq): moments for seq, moments in told.pop("arrivals").items()}
        return Tally(**told, arrivals=arrivals)

    async def until(self, seq: int, seconds: float = FRAME_SECONDS) -> Had:
        """How many of those who read have had that update, and when the last had: at once when all have."""
        return Had(**await self._ask("until", seconds, seq=seq))

    async def had(self, number: int) -> float | None:
        """When the last of them had that frame; None where nobody is. Raises ServerFailed when somebody does not."""
        if self._process is None:
            return None
        give_up_at = time.monotonic() + FRAME_SECONDS
        while (had := Had(**await self._ask("had", number=number))).count < self.count:
            if time.monotonic() > give_up_at:
                raise ServerFailed(f"Only {had.count} of {self.count} viewers got a frame within {FRAME_SECONDS:g} s.")
            await asyncio.sleep(LOOK_SECONDS)
        return had.last_at

    async def acknowledge(self, on: bool) -> None:
        """Whether they do; for a while they may not, and the server thinks nothing of it."""
        await self._ask("acks", on=on)

    async def stall(self, count: int) -> None:
        """So many of them read no more."""
        await self._ask("stall", count=count)
        self.stalled = count

    async def resume(self, seconds: float) -> dict[str, Any]:
        """They read again (`Viewers.resume`)."""
        self.stalled = 0
        return await self._ask("resume", seconds)

    async def _ask(self, do: str, seconds: float | None = None, **options: object) -> dict[str, Any]:
        """What the process answers. Raises ServerFailed when it is gone."""
        assert self._process is not None  # noqa: S101 (who asks has seen to it)
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        waits = {} if seconds is None else {"seconds": seconds}
        with suppress(OSError):
            self._process.stdin.write(json.dumps({"do": do, **waits, **options}).encode() + b"\n")
            await self._process.stdin.drain()
        try:
            answer = await asyncio.wait_for(self._process.stdout.readline(), (seconds or 0.0) + ANSWER_SECONDS)
        except TimeoutError:
            raise ServerFailed("The viewers' process does not answer.") from None
        if not answer:
            raise ServerFailed("The viewers' process has ended.")
        told: dict[str, Any] = json.loads(answer)
        return told


@asynccontextmanager
async def crowd(address: Address, count: int, cores: Iterable[int] = ()) -> AsyncIterator[Crowd]:
    """So many viewers of a board, all of whom have it, until the block ends. Raises ServerFailed."""
    if not count:
        yield Crowd(None)
        return
    async with viewers(address, cores) as there:
        await there.join(count)
        yield there


@asynccontextmanager
async def viewers(address: Address, cores: Iterable[int] = ()) -> AsyncIterator[Crowd]:
    """Their process, in which nobody is yet, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "eqboard.ops.bench.viewers"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE_BYTES,
        process_group=0,  # Ctrl-C in the terminal reaches only us, and we end it
        preexec_fn=before_exec(cores),
    )
    assert process.stdin is not None  # noqa: S101
    try:
        process.stdin.write(json.dumps(asdict(address)).encode() + b"\n")
        yield Crowd(process)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()

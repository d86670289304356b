"""Many who look at a board, in a process of their own: each reads and acknowledges as a browser's page does.

The process gets the address and how many by its first line, in JSON, as `ps` shows command lines and the address holds
cookies. It says `ready` when everybody has the whole board. After that each line is the number of a frame, answered by
how many have had it so far, and when the last of them had. It ends with its input.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass

from eqboard.config import ROOT
from eqboard.ops.bench.processes import END_SECONDS, ServerFailed, processor_clock
from eqboard.ops.bench.sockets import Address, Socket, number_of
from eqboard.ops.children import die_with_parent

AT_ONCE = 10  # who connect side by side
ARRIVAL_SECONDS = 180.0
FRAME_SECONDS = 15.0
LOOK_SECONDS = 0.05
KEPT_FRAMES = 200
READY = "ready"
MOST_BUSY = 0.8  # of a core: beyond, what is measured is the crowd


@dataclass(slots=True)
class Had:
    """How many have had a frame, and when the last of them had, of the monotonic clock."""

    count: int = 0
    last_at: float = 0.0


# The parent's side


class Crowd:
    def __init__(self, count: int, process: asyncio.subprocess.Process | None) -> None:
        self.count = count
        self._process = process

    def busy(self) -> Callable[[], float] | None:
        """Tells the share of a core that their process has taken since; None where nobody is. Raises Skipped."""
        if self._process is None:
            return None
        taken, began_at = processor_clock(self._process.pid), time.monotonic()
        before = taken()
        return lambda: (taken() - before) / (time.monotonic() - began_at)

    async def had(self, number: int) -> float | None:
        """When the last of them had that frame; None where nobody is. Raises ServerFailed when somebody does not."""
        if self._process is None:
            return None
        give_up_at = time.monotonic() + FRAME_SECONDS
        while (had := await self._asked(number)).count < self.count:
            if time.monotonic() > give_up_at:
                raise ServerFailed(f"Only {had.count} of {self.count} viewers got a frame within {FRAME_SECONDS:g} s.")
            await asyncio.sleep(LOOK_SECONDS)
        return had.last_at

    async def _asked(self, number: int) -> Had:
        return Had(**json.loads(await self.say(str(number))))

    async def say(self, line: str) -> bytes:
        """What the process answers to it. Raises ServerFailed when it is gone."""
        assert self._process is not None  # noqa: S101 (who asks has seen to it)
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        with suppress(OSError):
            self._process.stdin.write(line.encode() + b"\n")
            await self._process.stdin.drain()
        answer = await self._process.stdout.readline()
        if not answer:
            raise ServerFailed("The viewers' process has ended.")
        return answer


@asynccontextmanager
async def crowd(address: Address, count: int) -> AsyncIterator[Crowd]:
    """So many viewers of a board, all of whom have it, until the block ends. Raises ServerFailed."""
    if not count:
        yield Crowd(0, None)
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        process_group=0,  # Ctrl-C in the terminal reaches only us, and we end it
        preexec_fn=die_with_parent(),
    )
    try:
        there = Crowd(count, process)
        said = await asyncio.wait_for(there.say(json.dumps({**asdict(address), "count": count})), ARRIVAL_SECONDS)
        if said.decode().strip() != READY:
            raise ServerFailed(f"The viewers did not get their boards: {said.decode().strip()}.")
        yield there
    except TimeoutError:
        raise ServerFailed(f"{count} viewers did not get their boards within {ARRIVAL_SECONDS:g} s.") from None
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


# The process itself


class Watch:
    """What the viewers have had, by the numbers of the newest frames."""

    def __init__(self) -> None:
        self.had: dict[int, Had] = {}

    def note(self, before: int, number: int, at: float) -> None:
        """One of them has a frame, and had `before` until now. What it skipped it has too: who is late gets the whole
        board instead.
        """
        for each in range(before + 1, number + 1):
            had = self.had.setdefault(each, Had())
            had.count += 1
            had.last_at = max(had.last_at, at)
        while len(self.had) > KEPT_FRAMES:
            del self.had[min(self.had)]


async def look(address: Address, watch: Watch, turn: asyncio.Semaphore, has_board: asyncio.Event) -> None:
    """One viewer, until the server ends it."""
    async with turn:
        socket = await Socket.open(address)
        shown = await frame(socket)
    has_board.set()
    while True:
        number = await frame(socket)
        watch.note(shown, number, time.monotonic())
        shown = number


async def frame(socket: Socket) -> int:
    """The number of the next one, when the last of its messages has come."""
    while (number := number_of(await socket.read())) is None:
        pass
    return number


async def everybody(boards: Iterable[asyncio.Event]) -> None:
    for board in boards:
        await board.wait()


async def gather(first_line: str) -> None:
    told = json.loads(first_line)
    count, watch, turn = told.pop("count"), Watch(), asyncio.Semaphore(AT_ONCE)
    boards = [asyncio.Event() for _ in range(count)]
    viewers = [asyncio.create_task(look(Address(**told), watch, turn, board)) for board in boards]
    arriving = asyncio.create_task(everybody(boards))
    await asyncio.wait({arriving, *viewers}, return_when=asyncio.FIRST_COMPLETED)
    if not arriving.done():
        print("one was sent away", flush=True)
        return
    print(READY, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(asdict(watch.had.get(int(line), Had()))), flush=True)


if __name__ == "__main__":
    asyncio.run(gather(sys.stdin.readline()))

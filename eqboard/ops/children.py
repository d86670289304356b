"""Child processes, kept alive until the parent is told to stop.

They start in order, each when the one before it is ready, and stop in reverse order. A child that dies is reported and
brought back, more slowly each time; one that keeps dying brings the whole down.

Every child leads a process group of its own, so Ctrl-C in the terminal reaches only the parent, which then stops the
children in its own time. A parent that is killed outright can stop nothing: on Linux the kernel then kills the children
(PR_SET_PDEATHSIG); elsewhere they stay, and the next start finds the port in use and says so.
"""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TextIO

PROBE_EVERY_SECONDS = 0.1
LAST_WORDS_LINES = 8
LONGEST_LINE_BYTES = 1024 * 1024
PR_SET_PDEATHSIG = 1  # from Linux's sys/prctl.h

Probe = Callable[[], Awaitable[bool]]


class ChildrenError(Exception):
    """The children cannot be kept alive; the message says which one failed and how."""


# The pure part: what to do about a death


@dataclass(frozen=True)
class Patience:
    """How a dying child is treated."""

    first_delay_seconds: float = 1.0
    longest_delay_seconds: float = 10.0
    most_deaths: int = 5  # so many of them …
    within_seconds: float = 60.0  # … in so short a time, and it is not brought back


def delay_seconds(deaths_at: Sequence[float], patience: Patience) -> float | None:
    """How long to wait before the child is brought back, or None to give up.

    `deaths_at` are the moments of its deaths in seconds, in order; the last is the one at hand.
    """
    recent = sum(deaths_at[-1] - at < patience.within_seconds for at in deaths_at)
    if recent >= patience.most_deaths:
        return None
    return min(patience.first_delay_seconds * 2.0 ** (recent - 1), patience.longest_delay_seconds)


def describe_exit(code: int) -> str:
    """A process's return code in words; a negative one is the signal that ended it."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def describe_death(name: str, code: int, last_words: Sequence[str], patience: Patience, delay: float | None) -> str:
    """What the operator is told: who died, of what, what happens now, and the last that was heard of it."""
    if delay is None:
        now = f"That was {patience.most_deaths} times within {patience.within_seconds:g} s: everything stops."
    else:
        now = f"Starting it again in {delay:g} s."
    return "\n".join((f"{name} died ({describe_exit(code)}). {now}", *(f"    {line}" for line in last_words)))


# The processes


@dataclass(frozen=True)
class Program:
    """What to run, and how to know that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]  # all of it; secrets go here and never into the command, which `ps` shows
    is_ready: Probe | None = None  # None: as soon as it runs
    ready_seconds: float = 60.0
    is_quiet: bool = False  # what it says is only shown when it dies
    files: tuple[int, ...] = ()  # open ones that it gets from us, by their numbers


@dataclass
class Terminal:
    """Where the children's lines and the parent's go. The values in `hidden` are never shown in a child's line."""

    hidden: Sequence[str] = ()
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    def say(self, text: str) -> None:
        self._write(self.out, text)

    def complain(self, text: str) -> None:
        self._write(self.err, text)

    def clean(self, line: str) -> str:
        for secret in self.hidden:
            line = line.replace(secret, "[hidden]")
        return line

    def _write(self, stream: TextIO, text: str) -> None:
        # A terminal that was closed, or a `| head` that has gone, must not end the children's keeper.
        with suppress(OSError, ValueError):
            print(text, file=stream, flush=True)


class Child:
    """One program, kept alive."""

    def __init__(self, program: Program, terminal: Terminal, patience: Patience) -> None:
        self.program = program
        self.is_ready = asyncio.Event()
        self._terminal = terminal
        self._patience = patience
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS_LINES)

    def start(self) -> asyncio.Task[None]:
        """Its life from now on: ends when it is stopped, with ChildrenError when it is given up."""
        self._life = asyncio.create_task(self._live())
        return self._life

    async def stop(self, grace_seconds: float, hurry: asyncio.Event) -> None:
        """Ask it to end; kill it when it takes longer than the grace, or at once in a hurry."""
        if self._life is None:
            return
        self._stop.set()
        self._signal(signal.SIGTERM)
        impatience = asyncio.create_task(hurry.wait())
        done, _ = await asyncio.wait(
            (self._life, impatience), timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        impatience.cancel()
        if self._life not in done:
            self._signal(signal.SIGKILL)
            await asyncio.wait((self._life,), timeout=grace_seconds)

    async def _live(self) -> None:
        deaths_at: list[float] = []
        while not self._stop.is_set():
            code = await self._run_once()
            if self._stop.is_set():
                return
            deaths_at.append(time.monotonic())
            delay = delay_seconds(deaths_at, self._patience)
            said = describe_death(self.program.name, code, self._last_words, self._patience, delay)
            if delay is None:
                raise ChildrenError(said)
            self._terminal.complain(said)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), delay)

    async def _run_once(self) -> int:
        """Start it, listen to it, and return its code when it has ended."""
        self._last_words.clear()
        process = self._process = await self._spawn()
        if self._stop.is_set():  # told to stop while it was being started
            self._signal(signal.SIGTERM)
        listening = asyncio.gather(
            self._listen(process.stdout, self._terminal.say), self._listen(process.stderr, self._terminal.complain)
        )
        probing = asyncio.create_task(self._probe())
        code = await process.wait()
        probing.cancel()
        self._signal(signal.SIGKILL)  # whatever it started itself
        await listening
        return code

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self.program.command,
                env=dict(self.program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE_BYTES,
                process_group=0,
                pass_fds=self.program.files,
                preexec_fn=die_with_parent(),
            )
        except OSError as error:
            raise ChildrenError(f"{self.program.name} cannot be started: {error.strerror}.") from None

    async def _probe(self) -> None:
        if self.program.is_ready is not None:
            while not await self.program.is_ready():  # noqa: ASYNC110 (another process: it can set no event here)
                await asyncio.sleep(PROBE_EVERY_SECONDS)
        if self.is_ready.is_set():
            self._terminal.say(f"{self.program.name} is back.")
        self.is_ready.set()

    async def _listen(self, stream: asyncio.StreamReader | None, show: Callable[[str], None]) -> None:
        while stream:
            try:
                raw = await stream.readline()
            except ValueError:  # longer than LONGEST_LINE_BYTES; asyncio has thrown it away
                continue
            if not raw:
                return
            line = self._terminal.clean(raw.decode(errors="replace").rstrip())
            self._last_words.append(line)
            if not self.program.is_quiet:
                show(f"{self.program.name:<9} | {line}")

    def _signal(self, number: signal.Signals) -> None:
        """To its whole group: it may have children of its own."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


class Family:
    """All the children together."""

    def __init__(
        self,
        programs: Sequence[Program],
        terminal: Terminal,
        patience: Patience | None = None,
        grace_seconds: float = 10.0,  # the web server takes nine at most (serving.py)
    ) -> None:
        self._terminal = terminal
        self._children = [Child(program, terminal, patience or Patience()) for program in programs]
        self._grace_seconds = grace_seconds
        self._hurry = asyncio.Event()

    async def run(self, when_up: Callable[[], Awaitable[None]]) -> None:
        """Start everything, await `when_up`, and keep it all alive until SIGINT, SIGTERM or SIGHUP.

        Raises ChildrenError when a child does not become ready or keeps dying, and whatever `when_up` raises; the
        children are stopped first. A second signal cuts the grace short.
        """
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with stop_signals(partial(self._stop_asked, ending)):
            starting = asyncio.create_task(self._start_all(ending, when_up))
            starting.add_done_callback(partial(_pass_failure, ending))
            try:
                await ending
            finally:
                starting.cancel()
                await self._stop_all()

    def _stop_asked(self, ending: asyncio.Future[None]) -> None:
        if ending.done():
            self._hurry.set()
            return
        self._terminal.say("Stopping …")
        ending.set_result(None)

    async def _start_all(self, ending: asyncio.Future[None], when_up: Callable[[], Awaitable[None]]) -> None:
        for child in self._children:
            child.start().add_done_callback(partial(_pass_failure, ending))
            seconds = child.program.ready_seconds
            try:
                await asyncio.wait_for(child.is_ready.wait(), seconds)
            except TimeoutError:
                raise ChildrenError(f"{child.program.name} is not ready after {seconds:g} s.") from None
        await when_up()

    async def _stop_all(self) -> None:
        for child in reversed(self._children):
            await child.stop(self._grace_seconds, self._hurry)


def _pass_failure(ending: asyncio.Future[None], task: asyncio.Task[None]) -> None:
    """The first failure of any task is everybody's end."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not ending.done():
        ending.set_exception(error)


def stop_numbers() -> list[signal.Signals]:
    """The signals that ask to stop. SIGHUP stays ignored under nohup."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    return numbers if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [*numbers, signal.SIGHUP]


@contextmanager
def stop_signals(handle: Callable[[], None]) -> Iterator[None]:
    """Call `handle` for each signal that asks to stop."""
    loop = asyncio.get_running_loop()
    numbers = stop_numbers()
    for number in numbers:
        loop.add_signal_handler(number, handle)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def die_with_parent() -> Callable[[], None] | None:
    """What a child does between fork and exec, so that it dies when this process is killed; None where there is no way.

    Everything is looked up here, before the fork: after it only the call itself is safe.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask_kernel

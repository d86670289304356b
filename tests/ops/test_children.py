"""Children are brought back when they die, and go when they are told to."""

import asyncio
import io
import os
import select
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.ops.children import (
    ChildrenError,
    Family,
    Patience,
    Program,
    Terminal,
    delay_seconds,
    describe_death,
    describe_exit,
)

LIVE = "import signal; print('alive', flush=True); signal.pause()"
BRISK = Patience(first_delay_seconds=0.01, longest_delay_seconds=0.02)
DEADLINE_SECONDS = 20


# The pure part


def test_the_first_death_is_forgiven_after_a_second() -> None:
    assert delay_seconds([100.0], Patience()) == 1.0


def test_each_further_death_waits_twice_as_long() -> None:
    assert [delay_seconds([float(at) for at in range(count)], Patience()) for count in (1, 2, 3, 4)] == [1, 2, 4, 8]


def test_no_wait_is_longer_than_the_longest() -> None:
    assert delay_seconds([0.0, 1.0, 2.0, 3.0, 4.0], Patience(most_deaths=9)) == 10.0


def test_the_fifth_death_within_a_minute_is_the_end() -> None:
    assert delay_seconds([0.0, 10.0, 20.0, 40.0, 59.9], Patience()) is None


def test_a_death_a_minute_ago_is_forgotten() -> None:
    assert delay_seconds([0.0, 10.0, 20.0, 40.0, 60.0], Patience()) == 8.0


@given(st.lists(st.floats(0, 1000), min_size=1).map(sorted))
def test_the_wait_is_always_within_its_bounds(deaths_at: list[float]) -> None:
    delay = delay_seconds(deaths_at, Patience())
    assert delay is None or 1.0 <= delay <= 10.0


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "ended by SIGKILL"), (-99, "ended by signal 99")]
)
def test_an_exit_is_told_in_words(code: int, words: str) -> None:
    assert describe_exit(code) == words


def test_a_death_is_told_with_the_last_words() -> None:
    said = describe_death("web", 1, ["no such table"], Patience(), 2.0)
    assert said == "web died (exit code 1). Starting it again in 2 s.\n    no such table"


def test_giving_up_is_told_with_its_reason() -> None:
    said = describe_death("web", 1, [], Patience(), None)
    assert said == "web died (exit code 1). That was 5 times within 60 s: everything stops."


# With real processes


def python(name: str, code: str, **options: object) -> Program:
    return Program(name, (sys.executable, "-c", code), os.environ, **options)  # type: ignore[arg-type]


class Screen(Terminal):
    """A terminal that remembers, and lets a test wait for a line."""

    def __init__(self, **options: tuple[str, ...]) -> None:
        super().__init__(out=io.StringIO(), err=io.StringIO(), **options)
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def say(self, text: str) -> None:
        self.lines += text.splitlines()
        self._more.set()

    complain = say

    async def until(self, text: str, times: int = 1) -> None:
        while sum(text in line for line in self.lines) < times:
            self._more.clear()
            await self._more.wait()


async def run(programs: list[Program], screen: Screen, then: Callable[[], Awaitable[None]] | None = None) -> None:
    """Run the family, do `then` when all is up, and send the signal that ends it."""

    async def when_up() -> None:
        if then is not None:
            await then()
        os.kill(os.getpid(), signal.SIGTERM)

    family = Family(programs, screen, BRISK, grace_seconds=DEADLINE_SECONDS)
    await asyncio.wait_for(family.run(when_up), DEADLINE_SECONDS)


async def test_lines_are_passed_on_with_the_childs_name() -> None:
    screen = Screen()
    await run([python("web", LIVE)], screen, lambda: screen.until("alive"))
    assert "web       | alive" in screen.lines


async def test_secrets_are_not_passed_on() -> None:
    screen = Screen(hidden=("tell-nobody",))
    await run([python("web", f"print('key=tell-nobody');{LIVE}")], screen, lambda: screen.until("alive"))
    assert "web       | key=[hidden]" in screen.lines


async def test_a_quiet_child_is_not_heard() -> None:
    screen = Screen()
    await run([python("redis", LIVE, is_quiet=True)], screen)
    assert screen.lines == ["Stopping …"]


async def test_a_line_without_end_does_not_stop_the_listening() -> None:
    screen = Screen()
    await run([python("web", f"print('x' * 3_000_000);{LIVE}")], screen, lambda: screen.until("alive"))
    assert all(len(line) < 3_000_000 for line in screen.lines)


async def test_the_next_child_waits_until_the_one_before_is_ready(tmp_path: Path) -> None:
    mark = tmp_path / "ready"

    async def is_ready() -> bool:
        return mark.exists()

    first = python("first", f"import pathlib; pathlib.Path({str(mark)!r}).touch();{LIVE}", is_ready=is_ready)
    second = python("second", f"import pathlib; print('saw', pathlib.Path({str(mark)!r}).exists());{LIVE}")
    screen = Screen()
    await run([first, second], screen, lambda: screen.until("alive", times=2))
    assert "second    | saw True" in screen.lines


async def test_a_dead_child_comes_back(tmp_path: Path) -> None:
    once = tmp_path / "once"
    code = f"""
import pathlib, sys
mark = pathlib.Path({str(once)!r})
if not mark.exists():
    mark.touch()
    sys.exit('lost my way')
{LIVE}"""
    screen = Screen()
    await run([python("web", code)], screen, lambda: screen.until("alive"))
    assert "web died (exit code 1). Starting it again in 0.01 s." in screen.lines
    assert "    lost my way" in screen.lines


async def test_a_child_that_keeps_dying_brings_all_down() -> None:
    screen = Screen()
    hopeless = python("poller", "import sys; sys.exit('no key')")

    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ChildrenError, match=r"poller died \(exit code 1\)\. That was 5 times") as raised:
        await run([python("redis", LIVE), hopeless], screen, wait)
    assert "no key" in str(raised.value)
    assert sum("Starting it again" in line for line in screen.lines) == 4


async def test_a_child_that_is_never_ready_brings_all_down() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(ChildrenError, match=r"^web is not ready after 0\.2 s\.$"):
        await run([python("web", LIVE, is_ready=never, ready_seconds=0.2)], Screen())


async def test_a_program_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(ChildrenError, match=r"^redis cannot be started: No such file or directory\.$"):
        await run([Program("redis", ("/nowhere/redis-server",), os.environ)], Screen())


async def test_a_failure_when_all_is_up_stops_the_children_and_is_raised() -> None:
    screen = Screen()

    async def fail() -> None:
        await screen.until("alive")
        raise RuntimeError("the board does not move")

    bye = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye', flush=True)));"
    with pytest.raises(RuntimeError, match="does not move"):
        await run([python("web", bye + LIVE)], screen, fail)
    assert "web       | bye" in screen.lines


async def test_children_stop_in_reverse_order() -> None:
    bye = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye', flush=True)));"
    screen = Screen()
    programs = [python(name, bye + LIVE) for name in ("redis", "poller", "web")]
    await run(programs, screen, lambda: screen.until("alive", times=3))
    assert [line.split()[0] for line in screen.lines if "bye" in line] == ["web", "poller", "redis"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_each_stop_signal_is_an_ordinary_end(number: signal.Signals) -> None:
    async def when_up() -> None:
        os.kill(os.getpid(), number)

    await asyncio.wait_for(Family([python("web", LIVE)], Screen()).run(when_up), DEADLINE_SECONDS)


async def test_a_child_that_does_not_listen_is_killed() -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);{LIVE}"
    screen = Screen()

    async def when_up() -> None:
        await screen.until("alive")
        os.kill(os.getpid(), signal.SIGTERM)

    family = Family([python("web", deaf)], screen, grace_seconds=0.1)
    await asyncio.wait_for(family.run(when_up), DEADLINE_SECONDS)


async def test_a_second_signal_cuts_the_grace_short() -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, lambda *_: print('not yet', flush=True));"
    screen = Screen()

    async def insist() -> None:
        await screen.until("not yet")
        os.kill(os.getpid(), signal.SIGTERM)

    insisting = asyncio.create_task(insist())
    # The grace is as long as the deadline: only the second signal can end this in time.
    patient = f"{deaf} print('alive', flush=True)\nwhile True: signal.pause()"
    await run([python("web", patient)], screen, lambda: screen.until("alive"))
    await insisting


async def test_what_a_child_has_started_goes_with_it(tmp_path: Path) -> None:
    fifo = make_fifo(tmp_path)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    grandchild = f"f = open({str(fifo)!r}, 'w'); f.write('x'); f.flush(); {LIVE}"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {grandchild!r}]); {LIVE}"
    screen = Screen()
    await run([python("web", code)], screen, lambda: screen.until("alive", times=2))
    assert read_to_the_end(reader) == b"x"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed parent")
def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    fifo = make_fifo(tmp_path)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    child = f"f = open({str(fifo)!r}, 'w'); f.write('x'); f.flush(); {LIVE}"
    parent = f"""
import asyncio, os, sys
from eqboard.ops.children import Family, Program, Terminal
program = Program('web', (sys.executable, '-c', {child!r}), os.environ)
asyncio.run(Family([program], Terminal()).run(asyncio.Event().wait))
"""
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "web       | alive\n"
        process.kill()
        assert read_to_the_end(reader) == b"x"


def make_fifo(folder: Path) -> Path:
    """A pipe with a name: its end is seen when the last process that writes to it has gone."""
    fifo = folder / "life"
    os.mkfifo(fifo)
    return fifo


def read_to_the_end(reader: int) -> bytes:
    said = b""
    while select.select([reader], [], [], DEADLINE_SECONDS)[0]:
        more = os.read(reader, 100)
        if not more:
            os.close(reader)
            return said
        said += more
    raise AssertionError("The process is still there.")

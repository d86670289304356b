"""The benchmark's browser: that its page does the work which is measured, and that nothing is left of it.

No figure of it is asserted. The browser is the session's own, but where its end is the question.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
import pytest_asyncio
from django.core.management import CommandError, call_command
from playwright.async_api import Browser, Error

from eqboard.boards.fragments import Screen
from eqboard.config import ROOT
from eqboard.ops.bench import browser as browser_module
from eqboard.ops.bench import viewer as viewer_module
from eqboard.ops.bench.browser import ADDED, HELD, IDLE, REFERENCE, browser, hour, seconds
from eqboard.ops.bench.frames import framed, welcome
from eqboard.ops.bench.line import Line, head_of
from eqboard.ops.bench.measure import Skipped
from eqboard.ops.bench.page import static_file
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.report import table
from eqboard.ops.bench.ticks import audience_of
from eqboard.ops.bench.viewer import Viewer, painted, stormy, viewer
from eqboard.ops.management.commands.bench import SCENARIOS, Scenario

SMALL = "small"
START_SECONDS, END_SECONDS = 60.0, 30.0
in_a_browser = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(autouse=True)
def _small_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_module, "SITES", {SMALL: (2, 6)})
    monkeypatch.setattr(browser_module, "HOUR_SITE", SMALL)


@pytest_asyncio.fixture(loop_scope="session")
async def watched(chromium: Browser) -> AsyncIterator[Viewer]:
    async with viewer(chromium, stormy(4, 12), "floor") as page:
        yield page


# The page


async def rows_of(page: Viewer) -> dict[str, str]:
    """The states of the agents that are on the page, by the ids of their rows."""
    rows = await page.page.evaluate(
        "[...document.querySelectorAll('#agents > li')].map(li => [li.id, li.dataset.state])"
    )
    return dict(rows)


def rows_of_floor(page: Viewer) -> dict[str, str]:
    """The same as one finds it who paints the site's floor anew."""
    fresh = painted(page.site, Screen(audience_of("floor")))
    states = (re.search(r'data-state="(\w+)"', each.html) for each in fresh.strips["agents"])
    return {each.id: state[1] for each, state in zip(fresh.strips["agents"], states, strict=True) if state}


@in_a_browser
async def test_the_page_shows_the_floor_that_it_was_sent_last(watched: Viewer) -> None:
    at_first = await rows_of(watched)
    for _ in range(90):
        await watched.show_changes()
    await watched.wait_until_shown()
    assert await rows_of(watched) == rows_of_floor(watched) != at_first
    assert await watched.page.get_attribute("#pulse", "data-frame") == "90"
    assert await watched.page.get_attribute("html", "data-stale") == "parked conferences sessions"  # nobody read these
    await watched.show_whole()
    await watched.wait_until_shown()
    assert await rows_of(watched) == rows_of_floor(watched)


@in_a_browser
async def test_a_second_in_which_nothing_changes_leaves_the_page_as_it_is(watched: Viewer) -> None:
    before = await watched.page.inner_html("#agents")
    seq = await watched.page.get_attribute("#pulse", "data-seq")
    await watched.show_nothing()
    await watched.wait_until_shown()
    assert re.sub(r"\d:\d\d", "", await watched.page.inner_html("#agents")) == re.sub(r"\d:\d\d", "", before)
    assert await watched.page.get_attribute("#pulse", "data-seq") != seq


@in_a_browser
async def test_what_is_measured_has_its_target_and_says_how_much_was_in_sight(chromium: Browser, monkeypatch) -> None:
    monkeypatch.setattr(browser_module, "SECOND", 0.01)
    figures = await seconds(chromium, SMALL, "supervisor", rounds=1)
    busy, idle, added, whole = figures
    assert re.fullmatch(r"a busy second, \d of 6 agents in sight", busy.variant)
    assert (idle.variant, added.variant, whole.variant, whole.ratio) == (IDLE, ADDED, REFERENCE, 1.0)
    assert busy.target_share == pytest.approx(0.016 * 6 / 200)
    assert min(each.ms or 0 for each in (busy, idle, whole)) > 0
    assert added.ms == pytest.approx((busy.ms or 0) - (idle.ms or 0))


@in_a_browser
async def test_an_hour_tells_what_the_page_holds_at_its_start_and_later(chromium: Browser, monkeypatch) -> None:
    monkeypatch.setattr(browser_module, "WARM_TICKS", 2)
    figures = await hour(chromium, ticks=8)
    assert len(figures) == 4 * len(HELD)
    heap = figures[:4]
    assert [each.variant for each in heap] == [
        "JS heap at the start",
        "JS heap at a quarter, 2 s",
        "JS heap at half, 4 s",
        "JS heap at the end, 8 s",
    ]
    assert [each.is_reference for each in heap] == [True, False, False, False]
    start, *later = (each.amount[0] for each in heap if each.amount)
    assert [each.ratio for each in heap] == pytest.approx([1.0, *(each / start for each in later)])
    assert re.search(r"\| JS heap at the end, 8 s: [\d.]+ MB \| – \| \d\.\d+ \(", table(figures))
    assert (heap[0].as_dict()["unit"], "ms" in heap[0].as_dict()) == ("MB", False)


@in_a_browser
async def test_an_hour_that_takes_too_long_is_cut_short_and_says_where(chromium: Browser, monkeypatch) -> None:
    monkeypatch.setattr(browser_module, "WARM_TICKS", 0)
    *_, listeners = await hour(chromium, ticks=3600, most_seconds=0.0)
    assert listeners.variant == "listeners at the end, 0 s"


@in_a_browser
async def test_a_page_that_does_not_show_what_it_is_sent_is_a_failure(watched: Viewer, monkeypatch) -> None:
    monkeypatch.setattr(viewer_module, "SHOWN_SECONDS", 0.2)
    await watched.page.evaluate("document.addEventListener('htmx:wsBeforeMessage', e => e.preventDefault(), true)")
    await watched.show_changes()
    with pytest.raises(ServerFailed, match=r"did not show what it was sent within 0\.2 s"):
        await watched.wait_until_shown()


# The line


async def asked(line: Line, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(line.url.rstrip("/").rpartition(":")[2]))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_the_line_answers_with_the_page_and_its_files_and_with_nothing_else():
    async with Line(lambda: "<p>é", lambda: "hello").open() as line:
        page = await asked(line, b"GET / HTTP/1.1\r\n\r\n")
        assert page.startswith(b"HTTP/1.1 200 OK\r\n")
        assert page.endswith("\r\n\r\n<p>é".encode())
        assert b"Content-Security-Policy: default-src 'self'" in page
        assert b"text/css" in await asked(line, b"GET /static/eqboard/tokens.css?v=1 HTTP/1.1\r\n\r\n")
        for path in ("/static/../manage.py", "/static/eqboard", "/static/nothing.css", "/admin/", "static/x", ""):
            assert (await asked(line, f"GET {path} HTTP/1.1\r\n\r\n".encode())).startswith(b"HTTP/1.1 404 "), path


async def test_a_connection_without_a_request_harms_nobody():
    async with Line(lambda: "page", lambda: "hello").open() as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(line.url.rstrip("/").rpartition(":")[2]))
        writer.write(b"GET")
        writer.close()
        assert await reader.read() == b""
        assert (await asked(line, b"GET / HTTP/1.1\r\n\r\n")).endswith(b"page")


async def test_nothing_can_be_said_to_nobody():
    async with Line(lambda: "page", lambda: "hello").open() as line:
        with pytest.raises(ConnectionError, match="no socket"):
            await line.say(["hello"])


def test_the_handshake_is_that_of_the_standard():
    """RFC 6455, section 1.3."""
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in welcome("dGhlIHNhbXBsZSBub25jZQ==")


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_texts_of_every_length_are_framed(length: int, head: bytes) -> None:
    """RFC 6455, section 5.2."""
    assert framed("x" * length) == head + b"x" * length


def test_a_request_is_read_whatever_it_says():
    assert head_of(b"GET /live/desk/?a=b HTTP/1.1\r\nSec-WebSocket-KEY:  k \r\nodd\r\n\r\n") == (
        "/live/desk/",
        {"sec-websocket-key": "k", "odd": ""},
    )
    assert head_of(b"\r\n\r\n") == ("", {})


def test_only_files_of_the_page_are_found():
    assert static_file("eqboard/fonts/heebo-latin.woff2") is not None
    assert [static_file(path) for path in ("../manage.py", "/etc/passwd", "eqboard", "")] == [None] * 4


# Machines without a browser, and ends


def test_a_machine_without_a_browser_is_told_so_in_a_line(monkeypatch):
    monkeypatch.setattr(viewer_module, "find_installed", lambda: None)
    out = StringIO()
    call_command("bench", "browser", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {
        "scenario": "browser",
        "remark": "skipped: There is no Chromium or Chrome here (Debian: apt-get install chromium).",
    }


def test_so_is_one_without_the_development_packages(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(Skipped, match=r"run \.ci/setup dev"):
        browser(1)


@pytest.mark.parametrize(("module", "raised"), [("playwright", ServerFailed), ("elsewhere", Error)])
def test_what_the_browser_says_when_it_fails_is_one_sentence(monkeypatch, module, raised):
    class Failed(Error):
        __module__ = f"{module}.async_api"

    def fail(rounds, is_quick):
        raise Failed("Target closed\nBrowser logs:\n…")

    monkeypatch.setattr(browser_module, "_figures", fail)
    with pytest.raises(raised, match="Target closed") as caught:
        browser(1)
    assert raised is Error or str(caught.value) == "The browser failed: Target closed"


def test_it_is_one_of_the_scenarios(monkeypatch):
    def gone():
        raise ServerFailed("Gone.")

    monkeypatch.setitem(SCENARIOS, "browser", Scenario(gone, gone))
    with pytest.raises(CommandError, match=r"^browser cannot be measured: Gone\.$"):
        call_command("bench", "browser")


def group_members(group: int) -> set[int]:
    """The processes of a group, and all below them (Linux)."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            _, parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            parents[int(stat.parent.name)] = (int(parent), int(its_group))
    found = {pid for pid, (_, its_group) in parents.items() if its_group == group}
    while more := {pid for pid, (parent, _) in parents.items() if parent in found} - found:
        found |= more
    return found


def until(seconds: float) -> Iterator[None]:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        yield
        time.sleep(0.05)
    pytest.fail(f"not within {seconds:g} s")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_ctrl_c_ends_the_browser_too(chromium: Browser) -> None:
    """As a terminal sends it: to the whole group, the browser's driver among them."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "bench", "browser", "--quick"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        for _ in until(START_SECONDS):
            started = group_members(process.pid)
            if any(b"--type=renderer" in _command(pid) for pid in started):
                break
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=END_SECONDS)
        assert (process.returncode, said.strip()) == (130, "CommandError: Interrupted.")
        for _ in until(END_SECONDS):
            if not any(_command(pid) for pid in started):
                break
    finally:
        process.kill()


def _command(pid: int) -> bytes:
    """Empty for one that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""

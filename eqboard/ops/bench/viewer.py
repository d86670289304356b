"""A browser with a real page of a board in it, which shows a site's seconds, one after the other."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from eqboard.boards.day import day_of
from eqboard.boards.fragments import Screen, packed, paint, strokes, whole_strokes
from eqboard.boards.health import Health
from eqboard.boards.pulse import pulse
from eqboard.ops.bench.line import Line
from eqboard.ops.bench.measure import Skipped
from eqboard.ops.bench.page import BUILD, page_of
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.ticks import Site, audience_of
from eqboard.ops.browsers import FLAGS, find_installed
from eqboard.simulator.scenarios import build_world

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page

STALE_ROUNDS = 600.0  # a machine that is busy is late, and its pages are not to be measured with old numbers
SHOWN_SECONDS = 30.0

# The frame is on the page; else it looks again whenever the page is about to be drawn.
SHOWN = """number => new Promise(done => {
  const look = () => document.getElementById("pulse").dataset.frame === number ? done() : requestAnimationFrame(look);
  look();
})"""
TO_AGENTS = """() => document.getElementById("agents").scrollIntoView()"""
AGENTS_IN_SIGHT = """() => [...document.querySelectorAll("#agents > [id]")].filter(each => {
  const { top, bottom, height } = each.getBoundingClientRect();
  return height && bottom > 0 && top < innerHeight;
}).length"""
NODES_ON_PAGE = """() => document.evaluate("count(//node())", document).numberValue"""


@contextmanager
def browser_failures() -> Iterator[None]:
    """Raises ServerFailed for what a browser's driver raises."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "playwright":  # it may not be there to be imported
            raise
        raise ServerFailed(f"The browser failed: {str(error).partition(chr(10))[0]}") from None


@asynccontextmanager
async def chromium() -> AsyncIterator["Browser"]:
    """A browser, until the block ends, however it does. Raises Skipped where there is none, or nothing to drive it."""
    try:
        from playwright.async_api import Error, async_playwright
    except ModuleNotFoundError:
        raise Skipped("To drive a browser needs the development packages: run .ci/setup dev first.") from None
    executable = find_installed()
    if executable is None:
        raise Skipped("There is no Chromium or Chrome here (Debian: apt-get install chromium).")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield started
        finally:
            with suppress(Error):  # after Ctrl-C its driver may be gone, and it with the driver
                await started.close()


@dataclass(slots=True)
class Viewer:
    """Somebody who looks at a board of a site, each of whose seconds is shown or passes by unseen."""

    site: Site
    line: Line
    page: "Page"
    devtools: "CDPSession"
    screen: Screen
    frame_number: int = 0

    async def show_changes(self) -> None:
        """The next second, as the hub tells of it."""
        self.site.follow()
        before, self.screen = self.screen, painted(self.site, self.screen)
        await self._send(strokes(before, self.screen))

    async def show_whole(self) -> None:
        """The next second as the whole board, as after a break of the line."""
        self.site.follow()
        self.screen = painted(self.site, self.screen)
        await self._send(whole_strokes(self.screen))

    async def show_nothing(self) -> None:
        """A second of which nothing is seen but that the line is there."""
        self.site.follow()
        await self._send([])

    async def wait_until_shown(self) -> None:
        """Raises ServerFailed when the page does not get so far."""
        try:
            await asyncio.wait_for(self.page.evaluate(SHOWN, str(self.frame_number)), SHOWN_SECONDS)
        except TimeoutError:
            raise ServerFailed(f"The page did not show what it was sent within {SHOWN_SECONDS:g} s.") from None

    async def agents_in_sight(self) -> int:
        return int(await self.page.evaluate(AGENTS_IN_SIGHT))

    async def nodes_on_page(self) -> int:
        return int(await self.page.evaluate(NODES_ON_PAGE))

    async def metrics(self) -> Mapping[str, float]:
        """Seconds, bytes and numbers of things, as the page's renderer counts them (the DevTools protocol's
        Performance.getMetrics).
        """
        told = await self.devtools.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in told["metrics"]}

    async def collect_garbage(self) -> None:
        await self.devtools.send("HeapProfiler.collectGarbage")

    async def _send(self, pieces: Sequence[str]) -> None:
        self.frame_number += 1
        await self.line.say(packed([*pieces, pulse_of(self.site, self.frame_number)]))


@asynccontextmanager
async def viewer(
    browser: "Browser", site: Site, ref: str, *, width: int = 1920, height: int = 1080
) -> AsyncIterator[Viewer]:
    """A page that shows a ready board of the site, its agents first, and hears its line."""
    screen = painted(site, Screen(audience_of(ref)))
    line = Line(lambda: page_of(screen, pulse_of(site, 0)), lambda: pulse_of(site, 0))
    async with line.open():
        context = await browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        await page.goto(line.url)
        await page.wait_for_selector("html[data-link=open]")
        await page.evaluate(TO_AGENTS)
        devtools = await context.new_cdp_session(page)
        await devtools.send("Performance.enable")
        yield Viewer(site, line, page, devtools, screen)
        await context.close()


def stormy(queues: int, agents: int) -> Site:
    site = Site(build_world("monday_storm", seed=1, started_at=time.time(), queues=queues, agents=agents))
    site.follow()
    return site


def painted(site: Site, before: Screen) -> Screen:
    return paint(site.floor, Health(), before.audience, day_of(site.floor), before)


def pulse_of(site: Site, frame_number: int) -> SafeString:
    held = site.floor.held
    return pulse(held, site.now(), STALE_ROUNDS, BUILD, frame_number=frame_number)

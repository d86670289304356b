"""A board in Chromium: what a second of a storm takes of the page's main thread, and what an hour of it leaves there.

The page, its scripts and its frames are the real ones. What is counted is the processor time of the main thread with
all that it does: scripts, parsing, style, layout and painting; the browser tells it by itself. The reference is a
second in which the same page gets its whole board anew, which is work of the same kind. A busy second has in it that
the clocks in sight tick, and that the line is heard; what the changes add to that is told apart.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from eqboard.ops.bench.measure import LEAST_SECONDS, Figure, Skipped, compare
from eqboard.ops.bench.viewer import Viewer, browser_failures, chromium, stormy, viewer

if TYPE_CHECKING:
    from playwright.async_api import Browser

SITES = {"20 queues, 200 agents": (20, 200), "100 queues, 1,000 agents": (100, 1000)}
BOARDS = ("floor", "supervisor")
REFERENCE = "a second in which the whole board comes"
BUSY = "a busy second"
IDLE = "a second in which nothing changes"
ADDED = "what the changes add: a busy second less one in which nothing changes"
SECOND = 1.0
MOST_ROUNDS = 10  # four pages, and five seconds of each in a round
TARGET_AGENTS, TARGET_SHARE = 200, 0.016  # issue 5: below 16 ms of a second for so many agents

HOUR_TICKS, HOUR_ROUNDS = 3600, 30  # with fewer rounds, so much less of the hour
HOUR_SECONDS = 300.0  # of the clock: an hour that does not fit into it is cut short, and the figures say where
HOUR_SITE, HOUR_BOARD = "20 queues, 200 agents", "floor"
WARM_TICKS = 60  # before its start: what is compiled, cached or made once, at the first use, is no growth
START = "the start"
PARTS = {"a quarter": 0.25, "half": 0.5, "the end": 1.0}
ON_PAGE = "nodes on the page"  # a storm has more of them; what grows without them is a leak
HELD = {
    "JSHeapUsedSize": ("JS heap", 1e-6, "MB"),
    "Nodes": ("DOM nodes", 1, ""),
    ON_PAGE: ("DOM nodes that are on the page", 1, ""),
    "JSEventListeners": ("listeners", 1, ""),
}

Held = Mapping[str, float]  # by the names of HELD, after collecting garbage


def browser(rounds: int, *, is_quick: bool = False) -> list[Figure]:
    """The figures; when it is to be quick, of the seconds of one board. Raises Skipped where there is no browser to
    drive, ServerFailed when it does not do its part.
    """
    with browser_failures():
        return asyncio.run(_figures(rounds, is_quick))


async def _figures(rounds: int, is_quick: bool) -> list[Figure]:
    try:
        async with chromium() as started:
            if is_quick:
                return await seconds(started, next(iter(SITES)), BOARDS[0], rounds)
            figures = []
            for name in SITES:
                for ref in BOARDS:
                    figures += await seconds(started, name, ref, min(rounds, MOST_ROUNDS))
            return figures + await hour(started, min(HOUR_TICKS, HOUR_TICKS * rounds // HOUR_ROUNDS))
    except asyncio.CancelledError:  # Ctrl-C, which ended the browser's driver too: nobody waits for its last answers
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        raise


# Seconds


async def seconds(started: "Browser", name: str, ref: str, rounds: int) -> list[Figure]:
    """What the seconds of one page take; the round before those that are measured counts for nothing."""
    queues, agents = SITES[name]
    async with viewer(started, stormy(queues, agents), ref) as page:
        measured = [await _round(page) for _ in range(1 + rounds)][1:]
        busy = f"{BUSY}, {await page.agents_in_sight()} of {agents} agents in sight"
    labels = {busy: BUSY, IDLE: IDLE, ADDED: ADDED, REFERENCE: REFERENCE}
    taken = {label: [each[what] for each in measured] for label, what in labels.items()}
    target = TARGET_SHARE * agents / TARGET_AGENTS
    return compare(f"browser, {name}, {ref}", REFERENCE, taken, going_on={busy: target})


async def _round(page: Viewer) -> Mapping[str, float]:
    """A second of each kind. What the whole board leaves behind is cleared away, and each that is measured has another
    of its kind before it, which is not: so nothing of one kind is left to the other. On a noisy machine what the
    changes add can be less than nothing.
    """
    whole = await _second(page, page.show_whole)
    await page.collect_garbage()
    busy = await _second_of_two(page, page.show_changes)
    idle = await _second_of_two(page, page.show_nothing)
    return {IDLE: idle, REFERENCE: whole, BUSY: busy, ADDED: busy - idle}


async def _second_of_two(page: Viewer, show: Callable[[], Awaitable[None]]) -> float:
    await _second(page, show)
    return await _second(page, show)


async def _second(page: Viewer, show: Callable[[], Awaitable[None]]) -> float:
    """What the main thread takes of a second that begins with that, in seconds. The page's own ticking is in it."""
    before, ends_at = await page.metrics(), time.monotonic() + SECOND
    await show()
    await asyncio.sleep(max(0.0, ends_at - time.monotonic()))
    after = await page.metrics()
    await page.wait_until_shown()
    if "ThreadTime" not in after:
        raise Skipped("This browser does not tell what its main thread takes.")
    return max(after["ThreadTime"] - before["ThreadTime"], LEAST_SECONDS)


# An hour


async def hour(started: "Browser", ticks: int, most_seconds: float = HOUR_SECONDS) -> list[Figure]:
    """What the page holds after so many seconds of a storm, shown as fast as they are made and taken."""
    queues, agents = SITES[HOUR_SITE]
    async with viewer(started, stormy(queues, agents), HOUR_BOARD) as page:
        await _replay(page, WARM_TICKS, time.monotonic() + most_seconds)
        give_up_at = time.monotonic() + most_seconds
        held = {START: await _held(page)}
        done = 0
        for part, share in PARTS.items():
            done += await _replay(page, round(ticks * share) - done, give_up_at)
            held[f"{part}, {done:,} s"] = await _held(page)
    return [_figure(when, name, each[name], held[START][name]) for name in HELD for when, each in held.items()]


async def _replay(page: Viewer, ticks: int, give_up_at: float) -> int:
    """How many it was. The next second is made while the page shows the one before."""
    for done in range(ticks):
        if time.monotonic() > give_up_at:
            return done
        await page.wait_until_shown()
        await page.show_changes()
    await page.wait_until_shown()
    return ticks


async def _held(page: Viewer) -> Held:
    await page.collect_garbage()
    told = {**await page.metrics(), ON_PAGE: await page.nodes_on_page()}
    return {name: told[name] for name in HELD}


def _figure(when: str, name: str, number: float, at_start: float) -> Figure:
    what, factor, unit = HELD[name]
    ratio = number / at_start
    scenario = f"an hour of it, {HOUR_SITE}, {HOUR_BOARD}"
    return Figure(
        scenario,
        f"{what} at {when}",
        None,
        ratio,
        ratio,
        ratio,
        is_noisy=False,
        is_reference=when == START,
        amount=(number * factor, unit),
    )

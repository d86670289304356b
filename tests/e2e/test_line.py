"""What a page makes of its line: a late one, a very large board, and how the server closes it."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from eqboard.floor.snapshot import Part
from tests.builders import (
    agent,
    caller,
    conference,
    membership,
    parked_call,
    participant,
    queue,
    snapshot,
    source,
    waiting_call,
)
from tests.cast import publish
from tests.e2e.conftest import sign_in
from tests.e2e.stack import PATIENCE_SECONDS, Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

LATE_SECONDS = 6.0
FORGETFUL_FRAMES = 20  # the page remembers its clock's last 15 samples
MANY = 2_000
MANY_MS = 120_000  # they come in several messages, which a busy machine takes in one by one
CLOSING_CODE = """(path) => new Promise((resolve) => {
    new WebSocket(location.origin.replace("http", "ws") + path).onclose = ({ code }) => resolve(code);
})"""


async def frame_number(page: Page) -> int:
    return int(await page.locator("#pulse").get_attribute("data-frame") or 0)


@pytest.mark.parametrize("path", ["/", "/tv/"])
async def test_numbers_that_come_late_never_look_young(stack: Stack, page: Page, path: str) -> None:
    def delay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: asyncio.get_running_loop().call_later(LATE_SECONDS, socket.send, text))

    await page.route_web_socket("**/live/**", delay)
    await sign_in(stack, page, "supervisor", path)
    await page.wait_for_selector("html[data-link=open]")
    first = await frame_number(page)
    await page.wait_for_function(
        "(wanted) => Number(document.getElementById('pulse').dataset.frame) > wanted", arg=first + FORGETFUL_FRAMES
    )

    await expect(page.locator("html[data-stale~=agents][data-stale~=calls]")).to_have_count(1)
    await expect(page.locator("#link .age[data-old]")).to_be_visible()


async def test_when_nothing_follows_what_came_last_is_acknowledged(stack: Stack, page: Page) -> None:
    """Of many frames at once only the first is, and the server waits for the last before it goes on."""
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    is_heard = True

    def tap(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: socket.send(text) if is_heard else None)
        socket.on_message(lambda text: said.put_nowait(json.loads(text)))

    await page.route_web_socket("**/live/**", tap)
    await sign_in(stack, page, "supervisor")
    first = (await said.get())["ack"]
    await page.wait_for_function("(first) => Number(document.getElementById('pulse').dataset.frame) > first", arg=first)
    is_heard = False
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await said.get()).get("ack") != await frame_number(page):
            pass


async def test_numbers_that_come_in_time_are_seconds_old(stack: Stack, board: Page) -> None:
    await board.wait_for_function("() => Number(document.getElementById('pulse').dataset.frame) > 3")
    await expect(board.locator("html")).to_have_attribute("data-stale", "")
    await expect(board.locator("#link .age")).to_have_text("0 s ago")


async def test_a_board_too_large_for_one_message_comes_whole(stack: Stack, board: Page) -> None:
    stack.stop("poller")
    crowd = [agent(key, name=f"Agent {key}") for key in range(MANY)]
    now = datetime.now(UTC)
    floor = snapshot(queues=[queue("500")], agents=crowd, sources=[source(taken_at=now)])
    await publish(stack.redis.url, floor, sent_at=now)

    rows = board.locator("#agents > li")
    await expect(rows).to_have_count(MANY, timeout=MANY_MS)
    await board.evaluate("document.getElementById('agents').replaceChildren()")  # what the socket brings is seen alone
    stack.stop("web")
    stack.start("web")
    await expect(rows).to_have_count(MANY, timeout=MANY_MS)
    assert await board.evaluate("window.wasNeverReloaded")


async def test_names_that_never_end_do_not_widen_the_page(stack: Stack, board: Page) -> None:
    stack.stop("poller")
    now, long = datetime.now(UTC), "Anna" * 750
    who = caller(long, name=long)
    serving = (membership("500", queue_name=long), membership("501", queue_name="אבגד" * 750))
    floor = snapshot(
        queues=[queue("500", name=long)],
        agents=[agent(1, name=long, extension="2" * 99, memberships=serving), agent(2, name="שלום" * 750, caller=who)],
        waiting=[waiting_call(caller=who, queue_name=long, ringing_at=(long,), entered_at=now)],
        parked=[parked_call(caller=who, parked_by_name=long, space="7" * 99)],
        conferences=[conference(name=long, participants=(participant(caller=who),))],
        sources=[source(part, taken_at=now) for part in Part],
    )
    await publish(stack.redis.url, floor, sent_at=now)
    await expect(board.locator("#waiting > li")).to_have_count(1)

    for width in (390, 800, 1024, 1366, 1920):
        await board.set_viewport_size({"width": width, "height": 800})
        assert await board.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


async def closing_code(page: Page, path: str) -> Any:
    async with asyncio.timeout(30):
        return await page.evaluate(CLOSING_CODE, path)


async def test_who_may_see_nothing_is_told_so_by_the_closing_code(stack: Stack, page: Page) -> None:
    await page.goto(f"{stack.url}/sign-in/")
    assert await closing_code(page, "/live/desk/") == 4401


async def test_a_page_that_takes_nothing_in_is_closed_and_may_come_back(stack: Stack, page: Page) -> None:
    stack.start("web-impatient")
    try:
        await sign_in(stack, page, "viewer")
        await page.goto(stack.impatient_url)
        assert await closing_code(page, "/live/desk/") == 4408
        await expect(page.locator("html[data-link=open]")).to_have_count(1)  # the page itself, which does
    finally:
        stack.stop("web-impatient")

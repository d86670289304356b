"""Walls for tests in a browser: a page of a floor that is made up, with a socket, and no server."""

import mimetypes
from datetime import datetime

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from playwright.async_api import Page, Route, WebSocketRoute

from eqboard.boards import fragments
from eqboard.boards.audience import Audience
from eqboard.boards.fragments import Screen, strokes, whole
from eqboard.boards.health import Health
from eqboard.boards.policy import POLICY
from eqboard.boards.pulse import pulse
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Snapshot
from tests.boards.painting import MIDNIGHT, floor_of
from tests.builders import NOON

ADDRESS = "http://wall.test/"
FOR_EVER = 1e9  # rounds, after which numbers are stale


def wall_page(screen: Screen, floor: Floor, stale_rounds: float = FOR_EVER) -> str:
    """What `views.tv` answers."""
    audience = screen.audience
    context = {
        "board": audience.board,
        "screen": whole(screen),
        "pulse": pulse(floor.held, NOON, stale_rounds, "build"),
        "live_url": "/live/tv/",
        "build": "build",
    }
    with translation.override(audience.language):
        return render_to_string("boards/tv.html", context)


class Hung:
    """A wall that hangs somewhere, and what it has been told."""

    def __init__(self, page: Page, screen: Screen) -> None:
        self.page = page
        self.screen = screen
        self.errors: list[str] = []  # of its scripts
        self._socket: WebSocketRoute | None = None
        self._frame_number = 0

    def take(self, socket: WebSocketRoute) -> None:
        """The page's socket."""
        self._socket = socket
        socket.on_message(lambda message: None)

    async def tell(
        self, snapshot: Snapshot, health: Health | None = None, now: datetime = NOON, stale_rounds: float = FOR_EVER
    ) -> None:
        """A frame, as the hub sends it; then wait until the page has taken it."""
        floor = floor_of(snapshot, now)
        screen = fragments.paint(floor, health or Health(), self.screen.audience, MIDNIGHT, self.screen)
        self._frame_number += 1
        beat = pulse(floor.held, now, stale_rounds, "build", frame_number=self._frame_number)
        assert self._socket is not None, "the page has no socket yet"
        self._socket.send("".join(strokes(self.screen, screen)) + beat)
        self.screen = screen
        await self.page.wait_for_selector(f'#pulse[data-frame="{self._frame_number}"]', state="attached")
        assert self.errors == []


# What observers of sizes do is done: they are called after a layout, in the frame that draws it.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def hang(page: Page, snapshot: Snapshot, audience: Audience, health: Health | None = None) -> Hung:
    """Show the floor on a wall, and wait until it has been arranged and its socket is open."""
    hung = await serve(page, snapshot, audience, health)
    await page.wait_for_selector("html[data-fitted][data-link=open]")
    await page.evaluate("document.fonts.ready")  # they are asked for when a page is laid out for the first time
    await page.evaluate(DRAWN)
    assert hung.errors == []
    return hung


async def serve(page: Page, snapshot: Snapshot, audience: Audience, health: Health | None = None) -> Hung:
    """Show the floor on a wall."""
    floor = floor_of(snapshot)
    hung = Hung(page, fragments.paint(floor, health or Health(), audience, MIDNIGHT))
    html = wall_page(hung.screen, floor)
    page.on("pageerror", lambda error: hung.errors.append(str(error)))
    await page.route_web_socket("ws://wall.test/live/tv/", hung.take)
    await page.route(f"{ADDRESS}**", lambda route: _answer(route, html))
    await page.goto(ADDRESS)
    return hung


async def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if not path:
        await route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})
        return
    found = finders.find(path.removeprefix("static/"))
    if not isinstance(found, str):
        await route.fulfill(status=404)
        return
    await route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0] or "application/octet-stream")

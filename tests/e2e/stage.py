"""A page in a real browser, played by the test: it shows the floors that the test hands it, one after the other.

The page, its scripts and its socket are the real ones; what a poller, Redis and a web server would have brought comes
from here. So a test decides what happens at which moment, down to the message.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from playwright.async_api import Page, Route, WebSocketRoute

from eqboard.boards.audience import Audience
from eqboard.boards.choosing import Listed
from eqboard.boards.fragments import Screen, packed, paint, strokes, whole_strokes
from eqboard.boards.health import Health
from eqboard.boards.policy import POLICY
from eqboard.boards.pulse import pulse
from eqboard.feed.claims import Claim
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Part, Snapshot
from eqboard.ops.bench.page import BUILD, page_of, static_file
from tests.boards.painting import MIDNIGHT, audience, floor_of
from tests.boards.walls import DRAWN
from tests.builders import NOON, source

URL = "http://board.test/"
AN_HOUR = 3600.0


class Stage:
    def __init__(self, page: Page, boards: list[Listed] | None = None, **chosen: Any) -> None:
        """`chosen`: what `painting.audience` takes."""
        self.page = page
        self.audience: Audience = audience(**chosen)
        self.asked: list[str] = []  # the addresses of what the page has sent for, or posted
        self._boards = boards
        self._screen = Screen(self.audience)
        self._socket: WebSocketRoute | None = None
        self._frame_number = 0

    async def open(self, floor: Snapshot, health: Health | None = None) -> None:
        """The page with that floor, live. The mark in `window` is gone if anything loads the page again."""
        await self.page.route(f"{URL}**", self._answer)
        await self.page.route_web_socket("**/live/**", self._connect)
        self._paint(floor, health)
        await self.page.goto(URL)
        await self.page.wait_for_selector("html[data-link=open]")
        await self.page.evaluate(DRAWN)
        await self.page.evaluate("window.wasNeverReloaded = true")

    async def show(
        self,
        floor: Snapshot,
        health: Health | None = None,
        *,
        now: datetime = NOON,
        read_at: datetime = NOON,
        claims: Iterable[Claim] = (),
    ) -> None:
        """The next round: what changed, as the hub would send it. It is on the page when this returns. `claims`: who is
        at what by then; an hour after `read_at`, when EQ was asked, the floor is old.
        """
        before = self._screen
        self._paint(floor, health, read_at, claims)
        await self._send(strokes(before, self._screen), now)

    async def show_whole(self, floor: Snapshot) -> None:
        """The whole board, as after a break of the line."""
        self._paint(floor, None)
        await self._send(whole_strokes(self._screen), NOON)

    async def echo(self, now: datetime) -> None:
        """As the server answers an acknowledgement that was sent when the page began."""
        assert self._socket is not None
        self._socket.send(json.dumps({"at": 0, "now": now.timestamp()}))

    async def refresh(self) -> None:
        """Load the page again, with the floor that is shown now."""
        await self.page.goto(URL)
        await self.page.wait_for_selector("html[data-link=open]")

    def _paint(
        self, floor: Snapshot, health: Health | None, read_at: datetime = NOON, claims: Iterable[Claim] = ()
    ) -> None:
        """Its numbers are of this moment, and stay fresh for as long as a test takes."""
        fresh = floor_of(_with_sources(floor, read_at), claims={each.slot: each for each in claims})
        self._floor = fresh
        self._screen = paint(fresh, health or Health(), self.audience, MIDNIGHT, self._screen)

    async def _send(self, pieces: list[str], now: datetime) -> None:
        assert self._socket is not None
        self._frame_number += 1
        for message in packed([*pieces, self._pulse(now)]):
            self._socket.send(message)
        await self.page.wait_for_selector(f"#pulse[data-frame='{self._frame_number}']", state="attached")
        await self.page.evaluate(DRAWN)

    def _pulse(self, now: datetime) -> SafeString:
        held = self._floor.held
        assert held is None or isinstance(held, Stored)
        return pulse(held, now, 2.5, BUILD, frame_number=self._frame_number)

    def _connect(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(lambda _: None)  # nobody is asked for an echo
        socket.send(self._pulse(NOON))

    async def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(URL)
        if path.startswith("static/"):
            file = static_file(path.removeprefix("static/"))
            assert file is not None, path
            await route.fulfill(path=file[0], content_type=file[1])
            return
        if path.startswith("monitoring/"):  # as every page asks by itself: nobody listens
            await route.fulfill(json={"now": NOON.timestamp(), "attempts": [], "ears": "", "news": ""})
            return
        if path:
            self.asked.append(f"{route.request.method} /{path}")
            await route.fulfill(status=204)
            return
        html = page_of(self._screen, self._pulse(NOON), self._boards)
        await route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})


def _with_sources(floor: Snapshot, read_at: datetime) -> Snapshot:
    fresh = {part: source(part, every_seconds=AN_HOUR, taken_at=read_at) for part in Part}
    return Snapshot(**{**{name: getattr(floor, name) for name in Snapshot.__dataclass_fields__}, "sources": fresh})

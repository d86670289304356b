"""A board in a real browser, beside those who look: when has a change been drawn?"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from eqboard.ops.bench.onlooker import SEEN_SECONDS
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address
from eqboard.ops.bench.viewer import browser_failures, chromium
from eqboard.ops.showroom import HOST

if TYPE_CHECKING:
    from playwright.async_api import Page

BRING_INTO_SIGHT = """id => document.getElementById(id).scrollIntoView({ block: "center" })"""
# It looks whenever the page is about to be drawn; when it is about to be drawn again, what was found has been.
DRAWN = """selector => new Promise(done => {
  const look = () => requestAnimationFrame(document.querySelector(selector) ? () => done(Date.now()) : look);
  look();
})"""


class DrawnPage:
    def __init__(self, page: "Page") -> None:
        self._page = page

    async def bring_into_sight(self, element: str) -> None:
        """That of that id."""
        await self._page.evaluate(BRING_INTO_SIGHT, element)

    async def shows(self, selector: str) -> float:
        """The moment, of the monotonic clock, by which it had been drawn with what the selector finds; to one of the
        browser's frames, of which there are sixty a second. Raises ServerFailed when that does not come in time.
        """
        try:
            drawn_at = await asyncio.wait_for(self._page.evaluate(DRAWN, selector), SEEN_SECONDS)
        except TimeoutError:
            raise ServerFailed(f"What was waited for was not drawn within {SEEN_SECONDS:g} s.") from None
        return float(drawn_at) / 1000 - (time.time() - time.monotonic())


@asynccontextmanager
async def drawn_page(address: Address) -> AsyncIterator[DrawnPage]:
    """The usual board of whoever has these cookies, until the block ends. Raises Skipped where there is no browser to
    drive, ServerFailed when it does not do its part.
    """
    with browser_failures():
        async with chromium() as started:
            context = await started.new_context(viewport={"width": 1920, "height": 1080})
            url = f"http://{HOST}:{address.port}"
            cookies = [each.partition("=") for each in address.cookie.split("; ")]
            await context.add_cookies([{"name": name, "value": value, "url": url} for name, _, value in cookies])
            page = await context.new_page()
            await page.goto(url)
            await page.wait_for_selector("html[data-link=open]")
            yield DrawnPage(page)

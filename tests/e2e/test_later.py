"""A screen whose board cannot be had just now: nobody stands before it to load the page again."""

import pytest
from django.template.loader import render_to_string
from playwright.async_api import Page, Route, expect

from tests.e2e.stack import ROOT

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

URL = "http://wall.test/tv/"
SCRIPT = (ROOT / "static/eqboard/again.js").read_text()


async def test_it_asks_every_ten_seconds_and_loads_itself_again_once_there_is_an_answer(page: Page) -> None:
    answers = [
        (503, render_to_string("boards/later.html")),
        (503, "still away"),
        (200, "the board"),
        (200, "the board"),
    ]
    asked: list[str] = []

    async def answer(route: Route) -> None:
        if not route.request.url.endswith("/tv/"):
            await route.fulfill(body=SCRIPT if "again" in route.request.url else "", content_type="text/javascript")
            return
        status, body = answers[len(asked)]
        asked.append(route.request.resource_type)
        await route.fulfill(status=status, body=body, content_type="text/html")

    await page.clock.install()
    await page.route("http://wall.test/**", answer)
    await page.goto(URL)
    await page.clock.run_for(9_000)
    assert asked == ["document"]
    async with page.expect_response(URL):
        await page.clock.run_for(1_000)
    await expect(page.locator("h1")).to_be_visible()
    async with page.expect_navigation():
        await page.clock.run_for(10_000)
    await expect(page.locator("body")).to_have_text("the board")
    assert asked == ["document", "fetch", "fetch", "document"]

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from eqboard.ops.redis_server import make_private_folder
from tests.e2e.stack import AGENTS, PASSWORD, Stack


@pytest.fixture(scope="session")
def running_stack() -> Iterator[Stack]:
    folder = make_private_folder()
    stack = Stack(folder)
    try:
        stack.manage("migrate", "-v0")
        stack.manage("shell", "-v0", "-c", f"from eqboard.accounts.demo import *; create_demo_users('{PASSWORD}')")
        yield stack
    finally:
        stack.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stack(running_stack: Stack) -> Stack:
    """Every part runs, whatever the test before did to it, and the floor is calm."""
    running_stack.start_missing()
    running_stack.calm()
    running_stack.wait_until_well()
    return running_stack


@pytest_asyncio.fixture(loop_scope="session")
async def board(stack: Stack, page: Page) -> AsyncIterator[Page]:
    """A supervisor's page, live and calm: nothing of the test before moves a row under the pointer any more, by which a
    click would be refused. The mark in `window` is gone if anything loads the page again.

    They come back to the session of the test before, unless that has ended it.
    """
    await page.context.add_cookies(stack.supervisors_cookies)
    await page.goto(stack.url)
    if page.url != f"{stack.url}/":
        await sign_in(stack, page, "supervisor")
        stack.supervisors_cookies = await page.context.cookies()
    await page.wait_for_selector("html[data-link=open]")
    await expect(page.locator("#agents > [data-state='available']")).to_have_count(len(AGENTS))
    await page.evaluate("window.wasNeverReloaded = true")
    yield page


async def sign_in(stack: Stack, page: Page, username: str, to: str = "/", at: str = "") -> None:
    """`at`: another web server of the stack, by its URL."""
    url = at or stack.url
    await page.goto(f"{url}/sign-in/?next={to}")
    await page.fill("input[name=username]", username)
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(url + to)


@pytest_asyncio.fixture(loop_scope="session")
async def second_page(stack: Stack, chromium: Browser) -> AsyncIterator[Page]:
    """Somebody else's browser."""
    context = await chromium.new_context(viewport={"width": 1920, "height": 1080})
    yield await context.new_page()
    await context.close()

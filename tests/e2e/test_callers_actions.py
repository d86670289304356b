"""A lead steals a waiting caller: with the pointer, by keyboard alone, from the palette, on a phone."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.passing import expect_shown, keep_what_went_well, record
from tests.e2e.stack import AGENTS, Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

NAME = "Grace Hopper"
FREE = "301"  # a supervisor's telephone: nobody else is sent there


@pytest_asyncio.fixture(loop_scope="session")
async def caller(stack: Stack, board: Page) -> AsyncIterator[Locator]:
    """The row of somebody who waits, with nobody there to answer."""
    for agent in AGENTS:
        stack.move_agent(agent, "signed_out")
    stack.place_call("500", NAME, "5550103")
    row = board.locator("li.call", has_text=NAME)
    await expect(row).to_be_visible()
    yield row


async def seen_by_a_viewer(stack: Stack, page: Page) -> Locator:
    """The caller's row on a page whose reader only looks, and which remembers who was at it."""
    await sign_in(stack, page, "viewer")
    row = page.locator("li.call", has_text=NAME)
    await expect(row).to_be_visible()
    await expect(row.locator("button")).to_have_count(0)
    await record(page)
    return row


async def steal(board: Page, caller: Locator) -> None:
    await caller.hover()
    await caller.get_by_role("button", name="Steal").click()
    await expect(board.locator("#dialog h2")).to_contain_text(NAME)
    await board.locator("#destination").fill(FREE)
    await board.locator("#dialog button.primary").click()


async def test_while_eq_has_not_answered_others_see_who_is_stealing(
    stack: Stack, board: Page, caller: Locator, second_page: Page
) -> None:
    """EQ does not do it, and does not say so for longer than anybody waits."""
    await seen_by_a_viewer(stack, second_page)
    await record(board)
    row = await caller.get_attribute("id")
    stack.fault("latency", "/steal_queued_call", seconds=20)
    stack.fault("server_error", "/steal_queued_call")

    await steal(board, caller)

    await expect(board.locator("#dialog")).to_be_hidden()
    await expect_shown(board, f"mark-{row}", "asked")
    await expect_shown(second_page, "claim", "Dana Weiss is stealing this call")
    await expect(board.locator("#notices .outcome")).to_have_attribute("data-state", "unknown")
    await expect(second_page.locator(".claim")).to_have_count(0)


async def test_others_see_a_stolen_caller_leave(stack: Stack, board: Page, caller: Locator, second_page: Page) -> None:
    await keep_what_went_well(board)
    theirs = await seen_by_a_viewer(stack, second_page)

    await steal(board, caller)

    await expect(theirs).to_have_count(0)
    await expect(board.locator("#notices .outcome")).to_contain_text(f"{NAME} has arrived.", timeout=30_000)


async def test_a_caller_is_stolen_by_keyboard_alone(stack: Stack, board: Page, caller: Locator) -> None:
    await keep_what_went_well(board)
    await caller.focus()
    await board.keyboard.press("s")
    await expect(board.locator("#destination")).to_be_focused()
    await board.keyboard.press("Escape")
    await expect(board.locator("#dialog")).to_be_hidden()

    await board.keyboard.press("s")
    await expect(board.locator("#destination")).to_be_focused()
    await board.keyboard.type(FREE)
    await board.keyboard.press("Enter")

    await expect(board.locator("#notices .outcome")).to_contain_text(f"{NAME} has arrived.", timeout=30_000)
    await expect(caller).to_have_count(0)
    await expect(board.locator("#waiting")).to_be_focused()


async def test_a_key_without_a_caller_in_focus_says_what_to_do(stack: Stack, board: Page) -> None:
    await board.locator("#agent-1 [data-grip], #agent-1[data-grip]").first.focus()
    await board.keyboard.press("s")
    await expect(board.locator("#notices")).to_contain_text("Focus a waiting caller first")
    await board.keyboard.press("k")
    await expect(board.locator("#notices")).to_contain_text("Focus a parked call first")


async def test_the_palette_steals_the_caller_in_focus(stack: Stack, board: Page, caller: Locator) -> None:
    await caller.focus()
    await board.keyboard.press("Control+k")
    await board.locator("#palette-input").fill("steal")
    await board.keyboard.press("Enter")
    await expect(board.locator("#dialog h2")).to_contain_text(NAME)
    await board.keyboard.press("Escape")


async def test_what_is_wrong_with_the_destination_is_told_in_the_dialog(
    stack: Stack, board: Page, caller: Locator
) -> None:
    await caller.focus()
    await board.keyboard.press("s")
    await board.locator("#destination").fill("Ana")
    await board.locator("#dialog form").evaluate("form => form.noValidate = true")
    await board.keyboard.press("Enter")

    await expect(board.locator("#dialog-notices")).to_contain_text("nothing else but * and #")
    await expect(board.locator("#dialog")).to_be_visible()
    await expect(board.locator("#destination")).to_have_value("Ana")
    await board.keyboard.press("Escape")


async def test_a_caller_who_leaves_while_the_dialog_is_open_is_told_in_it_to_be_gone(
    stack: Stack, board: Page, caller: Locator
) -> None:
    await caller.focus()
    await board.keyboard.press("s")
    await board.locator("#destination").fill(FREE)
    stack.calm()
    await expect(caller).to_have_count(0)
    await expect(board.locator("#dialog")).to_contain_text("This caller is not waiting any more")
    await board.keyboard.press("Enter")

    await expect(board.locator("#dialog button.primary")).to_be_focused()
    await expect(board.locator("#destination")).to_have_value(FREE)
    await board.keyboard.press("Escape")


async def test_the_dialog_says_who_sits_at_the_telephone(stack: Stack, board: Page, caller: Locator) -> None:
    name = await board.locator("#away-2 .who").text_content()
    stack.move_agent(2, "paused")
    await expect(board.locator("#agent-2")).to_be_visible()
    await caller.focus()
    await board.keyboard.press("s")
    await board.locator("#destination").fill("202")
    await expect(board.locator("#destination-who")).to_contain_text(f"{name} · Paused")
    await board.locator("#destination").fill("2021")
    await expect(board.locator("#destination-who")).not_to_contain_text(name or "")
    await board.keyboard.press("Escape")


async def test_on_a_phone_the_hand_is_as_large_as_a_thumb(stack: Stack, chromium: Browser) -> None:
    for agent in AGENTS:
        stack.move_agent(agent, "signed_out")
    stack.place_call("500", NAME, "5550103")
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = await context.new_page()
    try:
        await sign_in(stack, page, "supervisor")
        row = page.locator("li.call", has_text=NAME)
        box = await row.get_by_role("button", name="Steal").bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 44
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await row.get_by_role("button", name="Steal").tap()
        primary = await page.locator("#dialog button.primary").bounding_box()
        assert primary is not None
        await expect(page.locator("#destination")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        await context.close()

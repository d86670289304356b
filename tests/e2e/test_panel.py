"""The panel for an agent and their telephone, in a real browser: by keyboard, on a phone, while it renews itself."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.passing import keep_what_went_well
from tests.e2e.stack import AGENTS, Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

PANEL = "#panel"
COUNT_PULSES = """() => {
    let pulses = 0;
    document.addEventListener("eqboard:shown", () => (document.body.dataset.pulses = pulses += 1));
}"""

AT_LEAST_FOUR = re.compile(r"^([4-9]|\d\d+)$")


async def leave_only_agent_1(stack: Stack) -> None:
    for agent in AGENTS:
        if agent != 1:
            stack.move_agent(agent, "signed_out")


async def open_panel(page: Page) -> None:
    """By keyboard: the button is on the row in focus."""
    await page.locator("#agent-1-more").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel-title")).to_be_focused()


async def test_it_opens_and_closes_by_keyboard_and_what_is_typed_outlives_its_renewal(
    stack: Stack, board: Page
) -> None:
    await leave_only_agent_1(stack)
    await open_panel(board)
    number = board.locator(f"{PANEL} .side-dial input")
    await number.fill("30")
    await number.press("1")
    await board.locator(f"{PANEL} .side-queues button").first.evaluate("each => (each.wasNeverReplaced = true)")
    stack.place_call("500", "Grace Hopper", "5550103")

    await expect(board.locator(".talk")).to_contain_text("Grace Hopper")  # it has renewed itself
    await expect(board.locator(".talk")).to_contain_text("talking")
    await expect(number).to_be_focused()
    await expect(number).to_have_value("301")
    assert await board.locator(f"{PANEL} .side-queues button").first.evaluate("each => each.wasNeverReplaced")

    await board.keyboard.press("Escape")
    await expect(board.locator(PANEL)).to_be_hidden()
    await expect(board.locator("#agent-1-more")).to_be_focused()


async def test_a_call_is_hung_up_by_a_dialog_that_names_whom(stack: Stack, board: Page) -> None:
    await keep_what_went_well(board)
    await leave_only_agent_1(stack)
    stack.place_call("500", "Grace Hopper", "5550103")
    await expect(board.locator("#agent-1")).to_have_attribute("data-state", "on_call")
    await open_panel(board)
    await board.locator(".talk").get_by_role("button", name="Hang up…").focus()
    await board.keyboard.press("Enter")
    await expect(board.locator("#dialog")).to_contain_text("Grace Hopper 5550103")
    await board.keyboard.press("Escape")
    await expect(board.locator("#dialog")).to_be_hidden()
    await expect(board.locator(PANEL)).to_be_visible()  # one step back, not two
    await board.keyboard.press("Enter")
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#panel-mark .outcome")).to_have_attribute("data-state", "confirmed")
    await expect(board.locator(".side-telephone")).to_contain_text("No call.")


async def test_what_a_form_of_the_panel_does_is_told_in_the_panel(stack: Stack, board: Page) -> None:
    await keep_what_went_well(board)
    await open_panel(board)
    await board.locator(f"{PANEL} .side-hands").first.get_by_role("button", name="Pause…").click()
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#panel-mark .outcome")).to_have_attribute("data-state", "confirmed")
    await expect(board.locator(f"{PANEL} .side-of")).to_contain_text("Paused")


async def test_closed_before_the_answer_comes_it_is_told_beside_the_board(stack: Stack, board: Page) -> None:
    """Nor does EQ answer before the test has closed it."""
    held: asyncio.Queue[Route] = asyncio.Queue()
    await board.route("**/actions/*/**", held.put)
    stack.fault("latency", "/extension_action", seconds=20)
    stack.fault("server_error", "/extension_action")
    await open_panel(board)
    await board.locator(f"{PANEL} .side-dial input").fill("301")
    await board.keyboard.press("Enter")
    await expect(board.locator("#panel-mark .outcome[hx-get]")).to_have_attribute("data-state", "asked")
    await board.keyboard.press("Escape")
    await board.unroute("**/actions/*/**")
    while not held.empty():
        await held.get_nowait().continue_()

    await expect(board.locator("#notices .outcome")).to_have_attribute("data-state", "unknown")
    await expect(board.locator("#panel-mark .outcome")).to_have_count(0)


async def test_closed_it_asks_nothing(stack: Stack, board: Page) -> None:
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    await open_panel(board)
    await board.keyboard.press("Escape")
    await board.evaluate(COUNT_PULSES)
    before = [url for url in asked if url.endswith("/agents/1/")]
    await expect(board.locator("body")).to_have_attribute("data-pulses", AT_LEAST_FOUR)  # its next turn would have come

    assert [url for url in asked if url.endswith("/agents/1/")] == before


async def test_keys_pressed_quickly_go_out_in_their_order_and_once_each(stack: Stack, page: Page) -> None:
    stack.manage("shell", "-v0", "-c", ADMINISTRATOR)
    await sign_in(stack, page, "panel-admin")
    await page.wait_for_selector("html[data-link=open]")
    sent: list[str] = []
    page.on("request", lambda request: sent.extend(re.findall(r"/keys/(\w+)/$", request.url)))
    await open_panel(page)
    await page.locator(".side-keys summary").press("Enter")
    await expect(page.locator(".phone")).to_be_visible()
    await keep_what_went_well(page)
    five = page.locator("[data-key='5']")
    for _ in range(3):
        await five.click(no_wait_after=True)
    await five.focus()
    await page.keyboard.type("07#")

    await expect(page.locator(".phone-pressed")).to_have_text("5 5 5 0 7 #")
    assert sent == ["5", "5", "5", "0", "7", "pound"]
    await expect(page.locator("#panel-mark .outcome")).to_have_attribute("data-state", "done")
    await expect(page.locator(".side-keys")).to_have_attribute("open", "")


async def test_after_a_key_that_was_not_pressed_no_other_is_sent(stack: Stack, page: Page) -> None:
    stack.manage("shell", "-v0", "-c", ADMINISTRATOR)
    await sign_in(stack, page, "panel-admin")
    await page.wait_for_selector("html[data-link=open]")
    await open_panel(page)
    await page.locator(".side-keys summary").click()
    await expect(page.locator(".phone")).to_be_visible()
    stack.fault("latency", "/phone_command", seconds=20)  # longer than anybody waits
    stack.fault("server_error", "/phone_command")
    await page.locator("[data-key='1']").focus()
    await page.keyboard.type("123")

    await expect(page.locator("#notices")).to_contain_text("so those after it were not sent: 2, 3")
    await expect(page.locator(".phone-pressed")).to_have_text("")


async def test_any_telephone_is_found_by_its_digits_in_the_palette(stack: Stack, board: Page) -> None:
    await board.keyboard.press("Control+k")
    await board.locator("#palette-input").fill("301")
    await board.locator("#palette-list [role=option]", has_text="Extension 301").click()
    await expect(board.locator("#panel-title")).to_have_text("Extension 301")
    await expect(board.locator(".side-telephone")).to_contain_text("No call.")


async def test_on_a_phone_it_is_a_sheet_as_wide_as_the_screen(stack: Stack, page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await leave_only_agent_1(stack)
    stack.place_call("500", "Grace Hopper", "5550103")
    await sign_in(stack, page, "supervisor")
    await page.wait_for_selector("html[data-link=open]")
    await open_panel(page)
    await expect(page.locator(".talk")).to_be_visible()

    assert await page.locator(PANEL).evaluate("each => each.getBoundingClientRect().width") == 390
    assert await page.locator(PANEL).evaluate("each => each.scrollWidth <= each.clientWidth")
    for button in await page.locator(f"{PANEL} button:visible").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 43  # a thumb's, less what is rounded
    await page.locator("#panel-close").click()
    await expect(page.locator(PANEL)).to_be_hidden()


ADMINISTRATOR = """
from django.contrib.auth.models import User
from tests.e2e.stack import PASSWORD
if not User.objects.filter(username='panel-admin').exists():
    User.objects.create_superuser('panel-admin', password=PASSWORD)
"""

"""A team lead presses Pause and sees it happen; so does everybody else."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.passing import expect_shown, keep_what_went_well, record
from tests.e2e.stack import AGENTS, Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


async def test_pause_is_pressed_confirmed_and_seen_by_others(stack: Stack, board: Page, second_page: Page) -> None:
    await sign_in(stack, second_page, "viewer")
    await keep_what_went_well(board)
    row = board.locator("#agent-1")
    await row.hover()
    await row.get_by_role("button", name="Pause").click()
    await board.locator("#dialog label", has_text="Lunch").click()
    await board.locator("#dialog button.primary").click()

    mark = board.locator("#mark-agent-1 .outcome")
    await expect(mark).to_have_attribute("data-state", "confirmed")
    await expect(row).to_have_attribute("data-state", "paused")
    await expect(row).to_contain_text("Lunch")
    await expect(second_page.locator("#agent-1")).to_have_attribute("data-state", "paused")
    await expect(second_page.locator("#agent-1 button")).to_have_count(0)  # a viewer only looks

    await row.hover()
    await row.get_by_role("button", name="Resume").click()

    await expect(row).to_have_attribute("data-state", "available")
    await expect(second_page.locator("#agent-1")).to_have_attribute("data-state", "available")


async def test_an_agent_is_paused_by_keyboard_alone(stack: Stack, board: Page) -> None:
    await board.locator("#agent-2-pause").focus()
    await board.keyboard.press("Enter")
    await expect(board.locator("#dialog")).to_be_visible()
    await board.keyboard.press("Escape")
    await expect(board.locator("#dialog")).to_be_hidden()
    await expect(board.locator("#agent-2-pause")).to_be_focused()

    await board.keyboard.press("Enter")
    await expect(board.locator("#dialog input:checked")).to_be_focused()
    await board.keyboard.press("Enter")

    await expect(board.locator("#agent-2")).to_have_attribute("data-state", "paused")


async def test_resuming_by_keyboard_leaves_the_focus_on_the_row(stack: Stack, board: Page) -> None:
    stack.move_agent(2, "paused")
    resume = board.locator("#agent-2-resume")
    await resume.focus()
    await board.keyboard.press("Enter")

    await expect(board.locator("#agent-2")).to_have_attribute("data-state", "available")
    await expect(board.locator("#agent-2-pause")).to_be_focused()


async def test_a_pause_during_a_call_says_that_it_begins_after_it(stack: Stack, board: Page) -> None:
    for agent in AGENTS:
        if agent != 1:
            stack.move_agent(agent, "signed_out")
    stack.place_call("500", "Grace Hopper", "5550103")
    await expect(board.locator("#agent-1")).to_have_attribute("data-state", "on_call")
    await board.locator("#agent-1-pause").click()
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#mark-agent-1")).to_contain_text("will be paused as soon as the call is over")
    await expect(board.locator("#agent-1")).to_contain_text("then paused")


async def test_a_press_on_somebody_who_left_while_the_dialog_was_open_is_answered(stack: Stack, board: Page) -> None:
    await board.locator("#agent-5-pause").click()
    await expect(board.locator("#dialog form")).to_be_visible()
    stack.move_agent(5, "signed_out")
    await expect(board.locator("#agent-5")).to_have_count(0)

    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#notices")).to_contain_text("has signed out meanwhile, so nothing was sent")
    await expect(board.locator("#dialog")).to_be_hidden()


async def test_with_a_slow_eq_the_press_is_pending_at_once(stack: Stack, board: Page) -> None:
    await record(board)
    stack.fault("latency", "/call_queue_agent_action", seconds=3)
    await board.locator("#agent-4-pause").click()
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#dialog")).to_be_hidden()
    await expect_shown(board, "mark-agent-4", "asked", "confirmed")


async def test_a_web_server_lost_meanwhile_is_no_call_to_press_again(stack: Stack, board: Page) -> None:
    """EQ was asked; only the page does not know yet what became of it."""
    await board.route("**/actions/*/**", lambda route: route.abort())  # from the first time the page asks on
    stack.fault("latency", "/call_queue_agent_action", seconds=20)
    await board.locator("#agent-5-pause").click()
    async with board.expect_event("requestfailed", lambda request: "/actions/" in request.url):
        await board.locator("#dialog button.primary").click()
    stack.stop("web")
    await expect(board.locator("#link-lost")).to_be_visible(timeout=15_000)

    await expect(board.locator("#notices > *")).to_have_count(0)
    await expect(board.locator("#mark-agent-5 .outcome")).to_have_attribute("data-state", "asked")


async def test_a_press_that_reaches_nobody_says_so_in_the_dialog(stack: Stack, board: Page) -> None:
    await board.locator("#agent-2-pause").click()
    await expect(board.locator("#dialog form")).to_be_visible()
    stack.stop("web")
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#dialog-notices")).to_contain_text("eqboard did not answer in time")
    await board.keyboard.press("Escape")
    await expect(board.locator("#dialog")).to_be_hidden()


async def test_what_is_told_of_an_action_covers_no_other_row(stack: Stack, board: Page) -> None:
    await keep_what_went_well(board)
    await board.locator("#agent-1-pause").click()
    await board.locator("#dialog button.primary").click()
    mark = board.locator("#mark-agent-1 .outcome")
    await expect(mark).to_have_attribute("data-state", "confirmed")

    told, row = await mark.bounding_box(), await board.locator("#agent-1").bounding_box()
    assert told is not None
    assert row is not None
    assert told["y"] + told["height"] <= row["y"] + row["height"] + 1


async def test_what_became_of_it_is_told_even_if_the_agent_has_left(stack: Stack, board: Page) -> None:
    await record(board)
    stack.fault("latency", "/call_queue_agent_action", seconds=20)
    stack.fault("server_error", "/call_queue_agent_action")
    await board.locator("#agent-5-pause").click()
    await board.locator("#dialog button.primary").click()
    await expect_shown(board, "mark-agent-5", "asked")

    stack.move_agent(5, "signed_out")

    await expect(board.locator("#agent-5")).to_have_count(0)
    await expect(board.locator("#notices .outcome")).to_have_attribute("data-state", "unknown")


async def test_when_it_went_wrong_the_reason_stands_until_it_is_dismissed(stack: Stack, board: Page) -> None:
    name = await board.locator("#agent-3 .who").inner_text()
    stack.fault("server_error", "/call_queue_agent_action")
    await board.locator("#agent-3-pause").click()
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#notices")).to_contain_text(f"{name}: EQ's answer was lost")
    await expect(board.locator("#mark-agent-3 .outcome")).to_have_count(0)
    await expect(board.locator("#agent-3")).to_have_attribute("data-state", "available")


async def test_after_the_session_ended_a_button_leads_to_the_sign_in(stack: Stack, board: Page) -> None:
    await board.context.clear_cookies(name="sessionid")
    await board.locator("#agent-1-pause").click()

    await board.wait_for_url(f"{stack.url}/sign-in/*")

"""A supervisor listens in: from the row, on every page, in all three ways, until they stop."""

import re

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.stack import AGENTS, Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

LEAVES = ("/boards/", "/audit/", "/seat/")
REASON_FORM = """<form hx-post="/agents/1/whisper/"><h2 id="dialog-title">Why?</h2>
  <input type="hidden" name="extension" value="301"><input name="reason" required><button>Do it</button></form>"""


async def talking(stack: Stack, page: Page) -> Locator:
    """The row of the one agent who is at work, and on a call."""
    for agent in AGENTS:
        if agent != 1:
            stack.move_agent(agent, "signed_out")
    stack.place_call("500", "Grace Hopper", "5550103")
    row = page.locator("#agent-1")
    await expect(row).to_have_attribute("data-state", "on_call")
    return row


def strip(page: Page) -> Locator:
    return page.locator("#monitoring")


async def until_listening(page: Page) -> None:
    await expect(strip(page).locator(".ear[data-hearing=listening]")).to_be_visible()


async def choose_telephone(page: Page) -> None:
    """The first time one is asked for it."""
    await expect(page.locator("#monitoring .ear, #dialog[open]").first).to_be_visible()
    if await page.locator("#dialog[open]").count():
        await page.locator("#dialog input[name=extension]").fill("301")
        await page.keyboard.press("Enter")


async def test_listening_goes_on_over_a_change_of_the_page_until_one_stops(stack: Stack, board: Page) -> None:
    row = await talking(stack, board)
    name = await row.locator(".who").inner_text()
    await row.hover()
    await row.get_by_role("button", name="Listen").click()
    await choose_telephone(board)
    await until_listening(board)
    await expect(strip(board)).to_contain_text(f"Listening to {name} from 301")
    await expect(strip(board).locator("time")).to_have_text(re.compile(r"^0:\d\d$"))

    for address in LEAVES:
        await board.goto(stack.url + address)
        await until_listening(board)
        await expect(strip(board).locator("time")).to_have_text(re.compile(r"^\d:\d\d$"))

    whisper = strip(board).get_by_role("button", name=f"Whisper to {name} from 301")
    await whisper.click()
    await expect(whisper).to_have_attribute("aria-pressed", "true")
    await expect(strip(board)).to_contain_text(f"Whispering to {name}")

    await strip(board).get_by_role("button", name="Stop listening").click()
    await expect(strip(board)).to_contain_text(f"The listening to {name} is over; it lasted")
    await expect(strip(board).locator(".ear")).to_have_count(0)


async def test_a_second_tab_tells_of_it_and_of_its_end(stack: Stack, board: Page) -> None:
    row = await talking(stack, board)
    other = await board.context.new_page()
    await other.goto(stack.url + "/seat/")
    await row.hover()
    await row.get_by_role("button", name="Listen").click()
    await choose_telephone(board)
    await other.bring_to_front()
    await until_listening(other)

    await strip(other).get_by_role("button", name="Stop listening").click()

    await expect(strip(other)).to_contain_text("is over; it lasted")
    await board.bring_to_front()
    await expect(strip(board).locator(".ear")).to_have_count(0)
    await other.close()


async def test_by_keyboard_alone(stack: Stack, board: Page) -> None:
    row = await talking(stack, board)
    await row.focus()
    await board.keyboard.press("l")
    await choose_telephone(board)
    await until_listening(board)

    barge = strip(board).get_by_role("button", name="Barge in")
    await barge.focus()
    await board.keyboard.press("Enter")
    await expect(barge).to_have_attribute("aria-pressed", "true")
    await expect(barge).to_be_focused()
    await expect(strip(board).locator(".ear-stop")).not_to_have_attribute("aria-disabled", "true")  # the press is over
    await board.keyboard.press("Tab")
    await board.keyboard.press("Space")

    await expect(strip(board)).to_contain_text("is over; it lasted")


async def test_the_key_says_why_there_is_nothing_to_listen_to(stack: Stack, board: Page) -> None:
    await board.locator("#agent-2").focus()
    await board.keyboard.press("l")

    await expect(board.locator("#notices")).to_contain_text("Not on a call")
    await expect(strip(board)).to_be_hidden()


async def test_on_a_phone_a_thumb_reaches_everything_and_nothing_is_covered(stack: Stack, board: Page) -> None:
    await board.set_viewport_size({"width": 390, "height": 844})
    row = await talking(stack, board)
    await row.get_by_role("button", name="Listen").click()
    await choose_telephone(board)
    await until_listening(board)

    for each in await strip(board).locator("button").all():
        box = await each.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    await board.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = await board.locator("#screen .part").last.bounding_box()
    bar = await strip(board).bounding_box()
    assert last is not None
    assert bar is not None
    assert last["y"] + last["height"] <= bar["y"] + 1
    await strip(board).get_by_role("button", name="Stop listening").click()
    await expect(strip(board).locator(".ear")).to_have_count(0)


async def test_others_see_on_the_row_who_listens(stack: Stack, board: Page, second_page: Page) -> None:
    await sign_in(stack, second_page, "viewer")
    row = await talking(stack, board)
    await row.hover()
    await row.get_by_role("button", name="Listen").click()
    await choose_telephone(board)

    await expect(second_page.locator("#agent-1 .claim")).to_have_text(re.compile("is listening$"))

    await until_listening(board)
    await strip(board).get_by_role("button", name="Stop listening").click()
    await expect(second_page.locator("#agent-1 .claim")).to_have_count(0)


async def test_a_reason_that_a_policy_demands_is_asked_for_on_any_page(stack: Stack, board: Page) -> None:
    row = await talking(stack, board)
    await row.hover()
    await row.get_by_role("button", name="Listen").click()
    await choose_telephone(board)
    await until_listening(board)
    await board.goto(f"{stack.url}/seat/")
    await until_listening(board)
    sent = []

    async def demand(route: Route) -> None:
        sent.append(route.request.post_data or "")
        headers = {"HX-Retarget": "#dialog-body", "Content-Type": "text/html"}
        await (route.continue_() if "reason=" in sent[-1] else route.fulfill(body=REASON_FORM, headers=headers))

    await board.route("**/agents/1/whisper/", demand)
    await strip(board).get_by_role("button", name="Whisper").click()
    await board.get_by_role("dialog", name="Why?").locator("input[name=reason]").fill("She asked for it")
    await board.keyboard.press("Enter")

    await expect(strip(board)).to_contain_text("Whispering to")
    assert "reason=She+asked+for+it" in sent[1]
    assert "extension=301" in sent[1]
    await strip(board).get_by_role("button", name="Stop listening").click()
    await expect(strip(board).locator(".ear")).to_have_count(0)


async def test_signing_in_from_the_row_of_somebody_signed_out_is_answered_beside_the_board(
    stack: Stack, board: Page
) -> None:
    """The simulator lets nobody into a queue who has not signed in at their telephone."""
    stack.move_agent(2, "signed_out")
    await board.locator("#away-box > summary").click()
    row = board.locator("#away-2")
    name = await row.locator(".who").inner_text()
    await row.get_by_role("button", name="Sign in").press("Enter")  # a click that soon may slip, and is refused then
    await board.locator("#dialog button.primary").click()

    await expect(board.locator("#notices")).to_contain_text(f"EQ refused: {name} is not signed in to EQ itself.")
    await expect(board.locator("#dialog")).to_be_hidden()

"""A board is made in a real browser: by pointer, by touch and by keyboard, while the floor goes on beside it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
PARTS = "[...document.querySelectorAll('#e-parts > li:not([hidden])')].map((each) => each.dataset.kind)"
FLOOR = ["totals", "tiles", "agents", "waiting", "parked", "conferences", "away"]
STICKS_OUT = """(row) => [...row.querySelectorAll("select, input, button")].filter((each) => {
  const [inner, outer] = [each.getBoundingClientRect(), row.getBoundingClientRect()];
  return inner.width && (inner.left < outer.left || inner.right > outer.right || outer.right > innerWidth);
}).map((each) => each.outerHTML)"""
CHAPTERS = "for (const each of document.querySelectorAll('details.chapter')) each.open = true"


@asynccontextmanager
async def visit(
    stack: Stack, chromium: Browser, to: str, user: str = "supervisor", **wishes: Any
) -> AsyncIterator[Page]:
    context = await chromium.new_context(**({"viewport": {"width": 1366, "height": 900}} | wishes))
    page = await context.new_page()
    await sign_in(stack, page, user, to)
    yield page
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def editor(stack: Stack, chromium: Browser) -> AsyncIterator[Page]:
    """A new board, with its preview there."""
    async with visit(stack, chromium, "/boards/new/") as page:
        await previewed(page)
        yield page


async def previewed(page: Page) -> None:
    """Wait for the next preview: the floor has been drawn anew beside the draft."""
    async with page.expect_response("**/boards/preview/", timeout=15_000) as response:
        pass
    assert (await response.value).ok
    await expect(page.frame_locator(".stage iframe").locator("#screen")).to_be_attached()


def grip(page: Page, kind: str) -> Locator:
    return page.locator(f"#e-parts > li[data-kind={kind}] .grip")


async def middle(part: Locator) -> tuple[float, float]:
    box = await part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def saved(page: Page, stack: Stack, name: str) -> None:
    await page.fill("#e-name", name)
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.wait_for_url(re.compile(rf"{stack.url}/boards/\d+/$"))


# Order and size


async def test_a_part_is_dragged_to_its_place_and_stays_there(stack: Stack, editor: Page) -> None:
    await editor.mouse.move(*await middle(grip(editor, "agents")))
    await editor.mouse.down()
    x, y = await middle(grip(editor, "totals"))
    await editor.mouse.move(x, y - 10, steps=8)
    await editor.mouse.up()
    assert await editor.evaluate(PARTS) == ["agents", "totals", "tiles", "waiting", "parked", "conferences", "away"]
    await expect(editor.locator("[data-held]")).to_have_count(0)

    await saved(editor, stack, "Dragged")
    await editor.goto(editor.url + "edit/")
    assert (await editor.evaluate(PARTS))[:2] == ["agents", "totals"]
    await expect(editor.locator("#e-name")).to_have_value("Dragged")


async def test_a_part_is_dragged_by_touch(stack: Stack, chromium: Browser) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with visit(stack, chromium, "/boards/new/", **phone) as page:
        await previewed(page)
        await grip(page, "totals").scroll_into_view_if_needed()
        touch = await page.context.new_cdp_session(page)

        async def send(kind: str, *points: tuple[float, float]) -> None:
            touched = [{"x": x, "y": y} for x, y in points]
            await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

        (x, y), (_, end) = await middle(grip(page, "totals")), await middle(grip(page, "tiles"))
        await send("touchStart", (x, y))
        for step in range(1, 9):
            await send("touchMove", (x, y + (end + 8 - y) * step / 8))
        await send("touchEnd")
        assert (await page.evaluate(PARTS))[:2] == ["tiles", "totals"]


async def test_a_part_is_moved_by_keyboard_and_spoken(editor: Page) -> None:
    await grip(editor, "totals").focus()
    await editor.keyboard.press("Enter")
    await expect(editor.locator("#e-say")).to_contain_text("The floor in numbers picked up, place 1 of 7")
    await editor.keyboard.press("ArrowDown")
    await expect(editor.locator("#e-say")).to_have_text("The floor in numbers: place 2 of 7")
    await editor.keyboard.press("End")
    await expect(grip(editor, "totals")).to_be_focused()
    await editor.keyboard.press("Space")
    await expect(editor.locator("#e-say")).to_have_text("The floor in numbers put down, place 7 of 7")
    assert await editor.evaluate(PARTS) == [*FLOOR[1:], "totals"]
    await expect(grip(editor, "totals")).to_have_attribute("aria-pressed", "false")


async def test_escape_puts_it_back(editor: Page) -> None:
    await grip(editor, "tiles").focus()
    await editor.keyboard.press("Space")
    for _ in range(3):
        await editor.keyboard.press("ArrowDown")
    await editor.keyboard.press("Escape")
    assert await editor.evaluate(PARTS) == FLOOR
    await expect(editor.locator("#e-say")).to_contain_text("put back, place 2 of 7")

    await editor.mouse.move(*await middle(grip(editor, "away")))
    await editor.mouse.down()
    await editor.mouse.move(*await middle(grip(editor, "totals")), steps=5)
    assert await editor.evaluate(PARTS) != FLOOR
    await editor.keyboard.press("Escape")
    await editor.mouse.up()
    assert await editor.evaluate(PARTS) == FLOOR


async def test_whoever_cannot_drag_presses_a_handle_and_then_another(editor: Page) -> None:
    await grip(editor, "away").click()
    await grip(editor, "totals").click()
    assert await editor.evaluate(PARTS) == ["away", *FLOOR[:-1]]
    await expect(editor.locator("[data-held]")).to_have_count(0)


async def test_in_hebrew_left_is_later(stack: Stack, chromium: Browser) -> None:
    async with visit(stack, chromium, "/boards/new/", locale="he") as page:
        await grip(page, "totals").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowLeft")
        assert (await page.evaluate(PARTS))[:2] == ["tiles", "totals"]


async def test_a_part_becomes_narrower_and_wider(stack: Stack, editor: Page) -> None:
    card = editor.locator("#e-parts > li[data-kind=waiting]")
    await expect(card.locator("[data-width]")).to_have_text("4/12")
    await card.locator("[data-wider]").click()
    await expect(card.locator("[data-width]")).to_have_text("6/12")
    await expect(editor.locator("#e-say")).to_have_text("Callers waiting: 6 of 12 columns")
    await card.locator("[data-narrower]").press("Enter")
    await card.locator("[data-narrower]").press("Enter")
    await expect(card.locator("[data-narrower]")).to_be_disabled()
    await expect(card.locator("[data-wider]")).to_be_focused()  # the one that was pressed can be pressed no more


async def test_a_part_is_taken_away_and_another_added(editor: Page) -> None:
    await editor.locator("#e-parts > li[data-kind=tiles] [data-remove]").click()
    await expect(editor.locator("#e-parts > li[data-kind=agents] [data-remove]")).to_be_focused()
    await editor.select_option("#e-add-part", "table")
    await editor.locator("[data-add=parts]").click()
    assert await editor.evaluate(PARTS) == ["totals", *FLOOR[2:], "table"]
    await expect(grip(editor, "table")).to_be_focused()


# The floor goes on beside it


async def test_no_update_drops_a_drag_a_focus_or_a_selection(stack: Stack, editor: Page) -> None:
    await editor.fill("#e-name", "Name that is long")
    await editor.evaluate("document.getElementById('e-name').setSelectionRange(2, 9)")
    stack.place_call("500", "Grace Hopper", "5550103")
    await previewed(editor)
    await previewed(editor)
    field = "document.getElementById('e-name')"
    assert await editor.evaluate(f"[{field}.selectionStart, {field}.selectionEnd, document.activeElement.id]") == [
        2,
        9,
        "e-name",
    ]

    await editor.mouse.move(*await middle(grip(editor, "away")))
    await editor.mouse.down()
    await editor.mouse.move(*await middle(grip(editor, "totals")), steps=5)
    order = await editor.evaluate(PARTS)
    place = await grip(editor, "away").bounding_box()
    await previewed(editor)
    await previewed(editor)
    assert await grip(editor, "away").bounding_box() == place
    assert await editor.evaluate(PARTS) == order
    await expect(editor.locator("li[data-kind=away][data-held]")).to_have_count(1)
    await editor.mouse.up()
    await expect(editor.locator("[data-held]")).to_have_count(0)


async def test_the_preview_follows_the_draft_and_the_floor(stack: Stack, editor: Page) -> None:
    preview = editor.frame_locator(".stage iframe")
    await expect(preview.locator("#waiting")).to_be_attached()
    stack.place_call("500", "Grace Hopper", "5550103")
    await expect(preview.locator("#waiting")).to_contain_text("Grace Hopper", timeout=15_000)
    await expect(preview.locator("#waiting time[data-breach]").first).not_to_be_empty()
    await editor.locator("#e-parts > li[data-kind=waiting] [data-remove]").click()
    await expect(preview.locator("#waiting")).to_have_count(0)
    await editor.evaluate(CHAPTERS)
    await editor.select_option("#e-language", "he")
    await expect(preview.locator("html")).to_have_attribute("dir", "rtl")
    await expect(editor.locator("html")).to_have_attribute("dir", "ltr")


async def test_nothing_in_the_preview_can_be_pressed(editor: Page) -> None:
    assert await editor.evaluate("document.querySelector('.stage iframe').inert")
    box = await editor.locator(".stage").bounding_box()
    assert box is not None
    await editor.mouse.click(box["x"] + 60, box["y"] + 60)
    await editor.keyboard.press("Tab")
    assert await editor.evaluate("document.activeElement.tagName") != "IFRAME"


async def test_a_wall_is_previewed_as_a_wall(editor: Page) -> None:
    await editor.select_option("#e-surface", "tv")
    preview = editor.frame_locator(".stage iframe")
    await expect(preview.locator("body.tv")).to_be_attached()


async def test_a_board_that_goes_to_the_wall_begins_with_a_walls_own_parts_and_numbers(editor: Page) -> None:
    await expect(editor.locator("#e-wall")).to_be_hidden()
    await editor.select_option("#e-surface", "tv")
    assert await editor.evaluate(PARTS) == ["totals", "tiles", "waiting"]
    await expect(editor.locator("#e-totals > li")).to_have_count(6)
    await expect(editor.locator("#e-wall")).to_contain_text("a wall's own parts and numbers")
    await expect(editor.locator("#e-say")).to_contain_text("a wall's own parts and numbers")
    await editor.select_option("#e-surface", "desk")
    assert await editor.evaluate(PARTS) == FLOOR
    await expect(editor.locator("#e-totals > li")).to_have_count(9)
    await expect(editor.locator("#e-wall")).to_be_hidden()
    await expect(editor.locator("#e-state")).to_have_text("Nothing changed")


async def test_what_of_the_desk_a_wall_cannot_show_is_named_and_comes_back(editor: Page) -> None:
    await editor.select_option("#e-surface", "tv")
    await editor.get_by_role("button", name="Use the desk's instead").click()
    await expect(editor.get_by_role("button", name="Use the wall's own")).to_be_focused()
    assert await editor.evaluate(PARTS) == ["totals", "tiles", "agents", "waiting"]
    await expect(editor.locator("#e-wall")).to_contain_text("left out: Parked calls, Conferences, Agents signed out.")
    await editor.locator("#e-parts > li[data-kind=tiles] [data-remove]").click()
    await editor.keyboard.press("Shift+Tab")
    await editor.get_by_role("button", name="Use the wall's own").click()
    assert await editor.evaluate(PARTS) == ["totals", "tiles", "waiting"]
    await editor.select_option("#e-surface", "desk")
    assert await editor.evaluate(PARTS) == ["totals", *FLOOR[2:]]  # without what was removed on the way


async def test_a_draft_with_faults_leaves_the_preview_as_it_was_and_says_why(editor: Page) -> None:
    await editor.evaluate(CHAPTERS)
    warning = editor.locator("#e-thresholds > li:first-child [data-key=warning]")
    await warning.fill("999999")
    await expect(editor.locator("#e-preview-state")).to_contain_text("Threshold 1")
    await expect(editor.frame_locator(".stage iframe").locator("#screen")).to_be_attached()
    await warning.fill("60")
    await expect(editor.locator("#e-preview-state")).not_to_contain_text("Threshold 1")


# Rows


async def test_a_threshold_and_a_limit_are_added_and_saved(stack: Stack, editor: Page) -> None:
    await editor.evaluate(CHAPTERS)
    await editor.locator("[data-add=thresholds]").click()
    row = editor.locator("#e-thresholds > li:last-child")
    await expect(row.locator("[data-key=metric]")).to_be_focused()
    await row.locator("[data-key=metric]").select_option("available")
    await row.locator("[data-key=direction]").select_option("low")
    await row.locator("[data-key=warning]").fill("2")
    await row.locator("[data-key=queue]").select_option("500")
    await expect(row.locator("[data-key=window]")).to_be_disabled()
    await editor.locator("[data-add=limits]").click()
    limit = editor.locator("#e-limits > li:last-child")
    await limit.locator("[data-key=pause_code]").select_option(index=1)
    await limit.locator("[data-key=critical_seconds]").fill("90")
    await expect(limit.locator("[data-minutes]").last).to_have_text("1:30")
    await saved(editor, stack, "Thresholds")

    await editor.goto(editor.url + "edit/")
    assert await row.locator("[data-key=queue]").input_value() == "500"
    assert await row.locator("[data-key=warning]").input_value() == "2"
    assert await limit.locator("[data-key=critical_seconds]").input_value() == "90"
    await expect(editor.locator("#e-state")).to_have_text("Nothing changed")


async def test_limits_are_percentages_or_points_below_the_promise_and_their_row_holds_any_name(
    stack: Stack, editor: Page
) -> None:
    await editor.evaluate(CHAPTERS)
    row = editor.locator("#e-thresholds > li:nth-child(2)")  # the first is the site's own, of waits
    choice, warning, critical, direction = (
        row.locator(f"[data-key={key}]") for key in ("below_promise", "warning", "critical", "direction")
    )
    await expect(row.locator("[data-key=metric]")).to_have_value("service_level")
    assert [await each.input_value() for each in (choice, warning, critical)] == ["true", "1", "20"]
    await expect(direction).to_be_hidden()
    await expect(warning.locator("~ .unit:visible")).to_have_text("points")

    await choice.select_option(label="whatever is promised")
    assert [await each.input_value() for each in (warning, critical, direction)] == ["", "", "low"]
    await expect(direction).to_be_visible()
    await warning.fill("75")
    await choice.select_option(label="below the promise")
    assert [await each.input_value() for each in (warning, critical)] == ["1", "20"]
    await row.locator("[data-key=metric]").select_option("answer_rate")
    await expect(choice).to_be_hidden()
    assert [await each.input_value() for each in (choice, warning)] == ["false", "75"]
    await row.locator("[data-key=metric]").select_option("waiting")
    await direction.select_option("high")
    await row.locator("[data-key=metric]").select_option("service_level")
    await choice.select_option("true")
    await expect(direction).to_be_hidden()
    assert await direction.input_value() == "low"
    await row.locator("[data-key=metric]").select_option("waiting")
    await expect(direction).to_be_visible()
    assert [await each.input_value() for each in (choice, warning, direction)] == ["false", "75", "high"]
    await row.locator("[data-key=metric]").select_option("service_level")
    await choice.select_option("true")
    await critical.fill("15")
    await saved(editor, stack, "Below the promise")
    await editor.goto(editor.url + "edit/")
    assert [await each.input_value() for each in (choice, warning, critical)] == ["true", "1", "15"]
    await expect(editor.locator("#e-state")).to_have_text("Nothing changed")

    await editor.evaluate(CHAPTERS)
    await row.locator("[data-key=queue]").evaluate("(each) => (each.options[0].textContent = 'W'.repeat(50))")
    for width in (320, 390, 1366):
        await editor.set_viewport_size({"width": width, "height": 900})
        assert await row.evaluate(STICKS_OUT) == []


async def test_queues_are_chosen_and_put_in_order(stack: Stack, editor: Page) -> None:
    await editor.get_by_text("These, in this order").click()
    await editor.locator("#e-queues > li[data-value='501'] input").uncheck()
    await editor.locator("#e-queues > li[data-value='502'] .grip").focus()
    await editor.keyboard.press("Enter")
    await editor.keyboard.press("Home")
    await editor.keyboard.press("Enter")
    await saved(editor, stack, "Chosen queues")
    await editor.goto(editor.url + "edit/")
    checked = "[...document.querySelectorAll('#e-queues > li:has(:checked)')].map((each) => each.dataset.value)"
    assert await editor.evaluate(checked) == ["502", "500"]


async def test_what_is_wrong_is_said_beside_the_field_and_the_page_is_as_it_was(editor: Page) -> None:
    await editor.evaluate(CHAPTERS)
    await editor.locator("#e-thresholds > li:first-child [data-key=critical]").fill("5")
    await editor.select_option("#e-theme", "dark")
    await editor.get_by_role("button", name="Save", exact=True).click()
    await expect(editor.locator("#e-faults")).to_be_focused()
    beside = editor.locator("#e-thresholds > li:first-child .fault")
    await expect(beside).to_have_text("Threshold 1: the warning would come after the critical value.")
    await expect(editor.locator("[data-place=name] .fault")).to_be_visible()
    await expect(editor.locator("#e-theme")).to_have_value("dark")
    await expect(editor.locator("#e-thresholds > li:first-child [data-key=critical]")).to_have_value("5")
    await editor.locator("#e-faults a").first.click()
    await expect(editor.locator("#e-name")).to_be_focused()


async def test_a_fault_goes_when_its_field_is_changed(editor: Page) -> None:
    await editor.evaluate(CHAPTERS)
    await editor.locator("#e-thresholds > li:first-child [data-key=critical]").fill("5")
    await editor.get_by_role("button", name="Save", exact=True).click()
    name = editor.locator("#e-name")
    await expect(name).to_have_attribute("aria-invalid", "true")
    await name.press_sequentially("M")
    await expect(name).not_to_have_attribute("aria-invalid", "true")
    await expect(name).not_to_have_attribute("aria-describedby", re.compile("."))
    await expect(editor.locator("[data-place=name] .fault")).to_have_count(0)
    await expect(editor.locator("#e-faults [data-mended]")).to_have_count(1)
    await editor.locator("#e-thresholds > li:first-child [data-key=warning]").fill("2")  # its row is what was wrong
    await expect(editor.locator("#e-thresholds .fault")).to_have_count(0)
    await expect(editor.locator("#e-faults")).to_have_count(0)


# By keyboard


async def test_saving_is_near_the_beginning(stack: Stack, editor: Page) -> None:
    for _ in range(4):
        await editor.keyboard.press("Tab")
    await expect(editor.get_by_role("button", name="Save", exact=True)).to_be_focused()


@pytest.mark.parametrize("keys", ["Enter", "Control+s", "Meta+s"])
async def test_keys_save(stack: Stack, editor: Page, keys: str) -> None:
    await editor.locator("#e-name").fill(f"By {keys}")
    await editor.locator("#e-name").press(keys)
    await editor.wait_for_url(re.compile(rf"{stack.url}/boards/\d+/$"))


async def test_enter_where_one_searches_saves_nothing(editor: Page) -> None:
    await editor.get_by_text("These, in this order").click()
    await editor.locator("#e-name").fill("Not yet")
    await editor.locator("#e-find-queue").press("Enter")
    await previewed(editor)
    await expect(editor.locator("#e-state")).to_have_text("Not saved yet")


async def test_buttons_are_named_by_what_is_chosen(editor: Page) -> None:
    await editor.evaluate(CHAPTERS)
    limits = editor.locator("#e-limits [data-remove]")
    await expect(limits.nth(0)).to_have_accessible_name("Remove: Wrap-up")
    await expect(limits.nth(1)).to_have_accessible_name("Remove: Paused, any reason")
    threshold = editor.locator("#e-thresholds > li").nth(1)
    await expect(threshold.locator("[data-remove]")).to_have_accessible_name("Remove: Service level, today, each queue")
    await threshold.locator("[data-key=queue]").select_option("500")
    await expect(threshold.locator("[data-remove]")).to_have_accessible_name(re.compile("today, .*500"))
    await expect(threshold.locator("[data-key=hold_seconds]")).to_have_accessible_description(re.compile("how long"))


async def test_the_form_of_a_promise_is_put_away_as_it_was(stack: Stack, chromium: Browser) -> None:
    async with visit(stack, chromium, "/targets/") as page:
        change = page.get_by_label("Change All other queues")
        place = await change.bounding_box()
        await change.click()
        assert await change.bounding_box() == place  # it does not jump from under the pointer
        await page.locator("#percent-").fill("55")
        await page.keyboard.press("Escape")
        await expect(change).to_be_focused()
        await expect(page.locator("#percent-")).to_be_hidden()
        await expect(page.locator("#percent-")).to_have_value("80")


# Nothing is lost


async def test_leaving_with_unsaved_changes_asks_first(editor: Page) -> None:
    asked = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    editor.on("dialog", stay)
    await editor.locator("#e-name").press_sequentially("X")
    await expect(editor.locator("#e-state")).to_have_text("Not saved yet")
    await editor.close(run_before_unload=True)
    await expect(editor.locator("#e-name")).to_have_value("X")
    assert asked == ["beforeunload"]


async def test_whoever_is_slower_is_told_and_chooses(stack: Stack, editor: Page, chromium: Browser) -> None:
    await saved(editor, stack, "Ours")
    edit = editor.url.removeprefix(stack.url) + "edit/"
    await editor.goto(stack.url + edit)
    async with visit(stack, chromium, edit) as other:
        await saved(other, stack, "Theirs")
    await editor.fill("#e-name", "Mine")
    await editor.get_by_role("button", name="Save", exact=True).click()
    await expect(editor.locator(".news[role=alert]")).to_contain_text("supervisor saved this board")
    await expect(editor.locator("#e-name")).to_have_value("Mine")
    await expect(editor.locator("#e-state")).to_have_text("Not saved yet")
    await editor.get_by_role("button", name="Save yours over theirs").click()
    await editor.wait_for_url(re.compile(r"/boards/\d+/$"))
    await editor.goto(stack.url + edit)
    await expect(editor.locator("#e-name")).to_have_value("Mine")


async def test_when_the_session_ends_nothing_is_sent_until_one_signed_in_again(stack: Stack, editor: Page) -> None:
    await editor.fill("#e-name", "Kept")
    cookies = await editor.context.cookies()
    await editor.context.clear_cookies()
    await expect(editor.locator("#e-preview-state")).to_contain_text("Your session has ended", timeout=15_000)
    await editor.get_by_role("button", name="Save", exact=True).click()
    await expect(editor.locator("#e-name")).to_have_value("Kept")
    await editor.context.add_cookies(cookies)  # type: ignore[arg-type]
    await expect(editor.locator("#e-preview-state")).not_to_contain_text("Your session", timeout=15_000)
    await saved(editor, stack, "Kept")


# For everyone


async def violations(page: Page) -> list[Any]:
    await page.evaluate(AXE + "; null")
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("en", 1366, "light"), ("he", 1366, "dark"), ("es", 390, "dark"), ("he", 390, "light")],
)
async def test_axe_finds_nothing(stack: Stack, chromium: Browser, theme: Any, language: str, width: int) -> None:
    wishes = {"color_scheme": theme, "locale": language, "viewport": {"width": width, "height": 900}}
    async with visit(stack, chromium, "/boards/", **wishes) as page:
        assert await violations(page) == []
        for path in ("/boards/import/", "/targets/", "/boards/new/"):
            await page.goto(stack.url + path)
            await page.evaluate("for (const each of document.querySelectorAll('details:not(.menu)')) each.open = true")
            assert await violations(page) == [], path
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, path
        await previewed(page)
        await page.locator("[name=e-which][value=these]").check()
        await page.locator(".save-bar button.primary").click()
        await expect(page.locator("#e-faults")).to_be_visible()
        assert await violations(page) == []
        await page.select_option("#e-surface", "tv")
        assert await violations(page) == []

"""A supervisor opens a page and sees a living call centre: in a real browser, over the real road."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.stack import AGENTS, KEY, Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<script>alert(1)</script>\u202egnp"


def send_everybody_on_a_break(stack: Stack) -> None:
    for agent in AGENTS:
        stack.move_agent(agent, "paused")


async def test_a_call_arrives_and_the_tile_changes_without_a_reload(stack: Stack, board: Page) -> None:
    send_everybody_on_a_break(stack)
    count = board.locator("#queue-500 .tile-waiting .n").first
    await expect(count).to_have_text("0")

    call = stack.place_call("500", "Ada Lovelace", "5550100")

    await expect(count).to_have_text("1")
    row = board.locator("#waiting li", has_text="Ada Lovelace")
    await expect(row.locator(".waited time")).to_have_text(re.compile("0:0[3-9]"))  # it ticks by itself

    stack.hang_up(call)

    await expect(row).to_have_count(0)
    await expect(count).to_have_text("0")
    assert await board.evaluate("window.wasNeverReloaded")


async def test_a_caller_with_a_hostile_name_is_shown_as_text(stack: Stack, board: Page) -> None:
    send_everybody_on_a_break(stack)
    stack.place_call("500", HOSTILE, "5550101")

    who = board.locator("#waiting li bdi", has_text="<script>")

    await expect(who).to_have_text("<script>alert(1)</script>\ufffdgnp")
    assert await board.locator("#waiting script").count() == 0


async def test_callers_stand_in_the_order_they_came(stack: Stack, board: Page) -> None:
    send_everybody_on_a_break(stack)
    rows = board.locator("#waiting li")
    calls = []
    for number in range(4):  # one by one, as EQ tells waits in whole seconds
        calls.append(stack.place_call("501", f"Caller {number}", f"555020{number}"))
        await expect(rows).to_have_count(number + 1)

    stack.hang_up(calls[1])
    stack.place_call("500", "Caller 9", "5550209")

    names = [f"Caller {number}" for number in (0, 2, 3, 9)]
    await expect(rows.locator(".who")).to_have_text(names)


async def test_an_answered_call_moves_from_the_queue_to_the_agent(stack: Stack, board: Page) -> None:
    for agent in AGENTS:
        if agent != 1:
            stack.move_agent(agent, "signed_out")
    stack.place_call("500", "Grace Hopper", "5550103")

    await expect(board.locator("li.person", has_text="Grace Hopper")).to_have_attribute("data-state", "on_call")
    await expect(board.locator("#waiting li", has_text="Grace Hopper")).to_have_count(0)


async def test_the_page_kept_up_by_pushes_equals_a_fresh_one(stack: Stack, board: Page, second_page: Page) -> None:
    send_everybody_on_a_break(stack)
    calls = [stack.place_call("502", f"Caller {number}", f"555030{number}") for number in range(5)]
    stack.hang_up(calls[2])
    stack.move_agent(3, "signed_out")
    await expect(board.locator("#waiting li")).to_have_count(4)
    await expect(board.locator("#away-3")).to_have_count(1)

    await sign_in(stack, second_page, "supervisor")

    await expect(second_page.locator("html")).to_have_attribute("data-link", "open")
    pages = await bones_of_one_moment(board, second_page)
    assert pages[0] == pages[1]


async def bones_of_one_moment(*pages: Page) -> list[object]:
    """The pages as of the same update: each gets it at its own instant."""
    for _ in range(100):
        seen = [await bones(page) for page in pages]
        if len({update for update, _ in seen}) == 1:
            return [elements for _, elements in seen]
    raise AssertionError("The pages never showed the same update.")


async def bones(page: Page) -> tuple[str, object]:
    """Every element of the screen with its id and own text, but for what the browser itself keeps up."""
    update, elements = await page.evaluate(
        """() => [document.getElementById("pulse").dataset.seq, [...document.querySelectorAll("#screen *")]
            .filter(each => !each.closest("time, .age, .mark"))
            .map(each => [each.tagName, each.id, [...each.childNodes].filter(n => n.nodeType === 3)
                .map(n => n.data.trim()).join("|")])]"""
    )
    return update, elements


async def test_agents_are_found_by_their_queues_also_while_they_talk(stack: Stack, board: Page) -> None:
    for agent in AGENTS:
        if agent != 1:
            stack.move_agent(agent, "signed_out")
    queues = await board.locator("#agent-1 .queues bdi").all_inner_texts()
    assert len(queues) > 1
    stack.place_call("500", "Grace Hopper", "5550104")
    await expect(board.locator("#agent-1")).to_have_attribute("data-state", "on_call")

    for name in queues:
        await board.fill("#find", name)
        await expect(board.locator("#agent-1")).to_be_visible()
    await board.fill("#find", "no such queue")
    await expect(board.locator("#agent-1")).to_be_hidden()
    await expect(board.get_by_text("Nothing matches")).to_be_visible()


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)])
async def test_what_is_found_comes_into_sight_alone(stack: Stack, board: Page, size: tuple[int, int]) -> None:
    width, height = size
    await board.set_viewport_size({"width": width, "height": height})
    name = await board.locator("#agent-5 .who").inner_text()
    await board.fill("#find", name)

    await expect(board.locator("#agent-5")).to_be_in_viewport(ratio=1)
    await expect(board.locator("#agents > li:visible")).to_have_count(1)
    for hidden in ("#totals", "#queues", "#waiting", "#parked"):
        await expect(board.locator(hidden)).to_be_hidden()


async def test_a_queue_is_found_by_its_name_and_not_by_its_numbers(stack: Stack, board: Page) -> None:
    await expect(board.locator("#queue-502")).to_contain_text("Billing")
    await board.fill("#find", "billing")
    await expect(board.locator("#queues > li:visible")).to_have_count(1)
    await board.fill("#find", "waiting")
    await expect(board.locator("#queues > li:visible")).to_have_count(0)


async def test_find_is_used_and_left_by_keyboard(stack: Stack, board: Page) -> None:
    await board.keyboard.press("/")
    await board.keyboard.type(await board.locator("#agent-3 .who").inner_text())
    await board.keyboard.press("Enter")
    await expect(board.locator("#agent-3-pause")).to_be_focused()
    await board.keyboard.press("Escape")
    await expect(board.locator("#agents > li:visible")).to_have_count(len(AGENTS))
    await expect(board.locator("#find")).to_have_value("")


async def test_a_signed_out_agent_who_is_found_comes_into_sight(stack: Stack, board: Page) -> None:
    stack.move_agent(3, "signed_out")
    row = board.locator("#away-3")
    await expect(row).to_have_count(1)
    await expect(row).to_be_hidden()

    await board.fill(
        "#find", await row.locator(".who").inner_text() or (await row.locator(".who").text_content() or "")
    )

    await expect(row).to_be_visible()
    await board.keyboard.press("Escape")
    await expect(row).to_be_hidden()


async def test_the_words_on_buttons_are_not_searched(stack: Stack, board: Page) -> None:
    await board.fill("#find", "Pause")
    await expect(board.locator("#agents > li:not([hidden])")).to_have_count(0)
    stack.move_agent(2, "paused")
    await expect(board.locator("#agents > li:not([hidden])")).to_have_count(1)


async def test_a_lead_reads_why_somebody_has_no_button(stack: Stack, second_page: Page) -> None:
    await sign_in(stack, second_page, "lead")
    without = second_page.locator("#agents > li:not(:has([hx-get], [hx-post]))")
    assert await without.count(), "somebody also serves a queue of another team"
    await expect(without.first.locator(".others-too")).to_have_text("other teams too")
    await expect(second_page.locator("#agents > li:has([hx-get], [hx-post]) .others-too")).to_have_count(0)


async def test_the_wall_shows_the_same_and_does_not_scroll(stack: Stack, second_page: Page) -> None:
    send_everybody_on_a_break(stack)
    for number in range(7):
        stack.place_call("500", f"Caller {number}", f"555040{number}")
    await sign_in(stack, second_page, "viewer", to="/tv/")

    await expect(second_page.locator("#totals .wall-number").first).to_have_text("7")
    shown = await second_page.locator("#waiting > li:visible").count()
    await expect(second_page.locator("#more")).to_contain_text(f"+ {7 - shown} callers")  # what does not fit
    overflow = await second_page.evaluate(
        "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
    )
    assert overflow == [0, 0]


async def test_a_screen_on_the_wall_is_paired_by_its_code(stack: Stack, board: Page, second_page: Page) -> None:
    await second_page.goto(f"{stack.url}/tv/")
    code = await second_page.locator(".pairing-code").inner_text()

    await board.goto(f"{stack.url}/displays/")
    await board.fill("input[name=code]", code.lower())
    await board.fill("input[name=name]", "Canteen")
    await board.get_by_role("button", name="Pair the screen").click()

    await expect(second_page.locator("#screen")).to_be_visible(timeout=10_000)
    await expect(second_page.locator("html")).to_have_attribute("data-link", "open")

    await board.get_by_role("link", name="Back to the screens").click()
    await board.locator("li", has_text="Canteen").get_by_role("link", name="Take away").click()
    await expect(board.locator("h1")).to_contain_text("Canteen")
    await board.get_by_role("button", name="Take away").click()
    await expect(board.locator("li", has_text="Canteen")).to_have_count(0)
    await second_page.reload()

    await expect(second_page.locator(".pairing-code")).to_be_visible()


async def test_no_page_and_no_log_holds_the_key(stack: Stack, board: Page) -> None:
    assert KEY not in await board.content()
    assert KEY not in stack.logs()


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("width", [390, 1366])
async def test_the_page_fits_the_screen_in_every_language(stack: Stack, board: Page, language: str, width: int) -> None:
    await board.set_viewport_size({"width": width, "height": 800})
    await board.context.add_cookies([{"name": "django_language", "value": language, "url": stack.url}])
    await board.reload()

    direction = await board.locator("html").get_attribute("dir")
    assert direction == ("rtl" if language == "he" else "ltr")
    for opened in ("", "#boards-menu", "#menu"):
        if opened:
            await board.click(f"{opened} > summary")
            await expect(board.locator(f"{opened} .menu-panel")).to_be_visible()
        assert await board.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, opened

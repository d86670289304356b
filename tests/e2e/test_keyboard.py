"""Everything by keyboard: the command palette, keys of one letter, arrows within lists."""

import dataclasses

import pytest
from playwright.async_api import Page, expect

from eqboard.accounts.access import SEE_NUMBERS, Grant, Rights
from eqboard.boards.choosing import Listed
from eqboard.boards.spec import AgentsAs, BoardPart, Kind, Surface, Theme
from eqboard.floor.snapshot import AgentState, Snapshot
from tests.builders import (
    agent,
    caller,
    conference,
    membership,
    parked_call,
    participant,
    queue,
    snapshot,
    waiting_call,
)
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

BOARDS = [
    Listed("floor", "The floor", Surface.DESK, is_ready=True),
    Listed("tv", "Wall", Surface.TV, is_ready=True),
    Listed("7", "<b>Nights</b>", Surface.DESK, team="Front desk", may_change=True),
]


def floor() -> Snapshot:
    names = ("Ana", "Bo", "Cy", "Dee", "Eve", "Flo")
    agents = [agent(place, name=name) for place, name in enumerate(names, start=1)]
    paused = agent(7, name="Gus", state=AgentState.PAUSED)
    away = agent(8, name="Hal", state=AgentState.SIGNED_OUT)
    talks = agent(9, name="Ida", state=AgentState.ON_CALL, caller=caller(), call_queue="501", call_queue_name="Support")
    return snapshot(
        queues=[queue("500", name="Sales"), queue("501", name="Support")],
        agents=[*agents, paused, away, talks],
        waiting=[waiting_call(caller=caller("5550100", name="Grace"))],
        parked=[parked_call(caller=caller("5550101", name="Linus"))],
        conferences=[conference(name="Morning round", participants=(participant("5550102", "Edsger"),))],
    )


async def opened(page: Page, **chosen: object) -> Stage:
    stage = Stage(page, BOARDS, **chosen)
    await stage.open(floor())
    return stage


async def open_palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette-input")).to_be_focused()


# Arrows


async def test_a_list_is_one_stop_of_the_tab_key_and_arrows_go_on_within_it(page: Page) -> None:
    await page.set_viewport_size({"width": 1366, "height": 900})
    await opened(page)
    await page.locator("#agent-1").focus()
    for button in ("pause", "listen", "more"):
        await page.keyboard.press("Tab")
        await expect(page.locator(f"#agent-1-{button}")).to_be_focused()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('#agents')") is None
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#agent-2")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#agent-1")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.locator("#agent-9")).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.locator("#agent-1")).to_be_focused()


async def test_arrows_up_and_down_go_by_rows_of_the_grid(page: Page) -> None:
    await page.set_viewport_size({"width": 1366, "height": 900})
    await opened(page)
    first = await page.locator("#agent-1").bounding_box()
    await page.locator("#agent-1").focus()
    await page.keyboard.press("ArrowDown")
    below = await page.locator(":focus").bounding_box()
    assert first is not None
    assert below is not None
    assert below["x"] == first["x"]
    assert below["y"] > first["y"]
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#agent-1")).to_be_focused()


async def test_from_right_to_left_the_left_arrow_goes_on(page: Page) -> None:
    await page.set_viewport_size({"width": 1366, "height": 900})
    await opened(page, language="he")
    await page.locator("#agent-1").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#agent-2")).to_be_focused()


async def test_cells_are_gone_through_by_arrows_too(page: Page) -> None:
    await opened(page, agents_as=AgentsAs.GRID)
    await page.locator("#agent-1 .face").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#agent-2 .face")).to_be_focused()


# Keys of one letter


async def test_p_pauses_and_resumes_who_is_in_focus(page: Page) -> None:
    stage = await opened(page)
    await page.locator("#agent-7").focus()
    async with page.expect_response("**/agents/7/resume/"):
        await page.keyboard.press("p")
    await page.locator("#agent-2").focus()
    async with page.expect_response("**/agents/2/pause/"):
        await page.keyboard.press("p")
    assert stage.asked == ["POST /agents/7/resume/", "GET /agents/2/pause/"]


async def test_p_and_the_palette_bring_back_first_who_is_paused_in_a_part_of_their_queues(page: Page) -> None:
    """As the row does, which puts that button first."""
    places = (membership("500"), membership("501", state=AgentState.PAUSED, paused=True))
    stage = Stage(page, BOARDS)
    await stage.open(
        snapshot(queues=[queue("500"), queue("501")], agents=[agent(7, partly_paused=True, memberships=places)])
    )
    await page.locator("#agent-7").focus()
    async with page.expect_response("**/agents/7/resume/"):
        await page.keyboard.press("p")
    await open_palette(page)
    await expect(page.locator("#palette [role=option]").first).to_contain_text("Resume")
    assert stage.asked == ["POST /agents/7/resume/"]


async def test_p_with_nobody_in_focus_says_whom_it_needs(page: Page) -> None:
    stage = await opened(page)
    await page.keyboard.press("p")
    await expect(page.locator("#notices")).to_have_text("Focus an agent first.")
    await page.locator("#waiting > li").focus()
    await page.keyboard.press("p")
    await expect(page.locator("#notices > .hint")).to_have_count(1)
    assert stage.asked == []


async def test_b_opens_the_boards_and_escape_goes_back(page: Page) -> None:
    await opened(page)
    await page.keyboard.press("b")
    await expect(page.locator("#boards-menu a[aria-current]")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#boards-menu a", has_text="Wall")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#boards-menu > summary")).to_be_focused()
    await expect(page.locator("#boards-menu nav")).to_be_hidden()


async def test_letters_are_letters_while_one_types(page: Page) -> None:
    stage = await opened(page)
    await page.keyboard.press("/")
    await page.keyboard.type("p?b/")
    await expect(page.locator("#find")).to_have_value("p?b/")
    await expect(page.locator("#keys")).to_be_hidden()
    assert stage.asked == []


async def test_letters_can_be_switched_off_and_this_is_remembered(page: Page) -> None:
    stage = await opened(page)
    await page.keyboard.press("?")
    await page.locator("#keys-on").uncheck()
    await page.keyboard.press("Escape")
    for _ in range(2):
        await page.locator("#agent-7").focus()
        for letter in "p?b/":
            await page.keyboard.press(letter)
        await expect(page.locator("#agent-7")).to_be_focused()
        assert stage.asked == []
        await stage.refresh()
    await open_palette(page)  # which is no letter alone


# Finding


@pytest.mark.parametrize(
    ("words", "row"),
    [
        ("support", "#agent-9"),  # of a call that is going on
        ("hal", "#away-8"),
        ("linus", "#parked > li"),
        ("5550101", "#parked > li"),
        ("edsger", "#conferences > li"),
        ("grace", "#waiting > li"),
        ("paused", "#agent-7"),
    ],
)
async def test_whatever_is_on_the_board_is_found(page: Page, words: str, row: str) -> None:
    await opened(page)
    await page.keyboard.press("/")
    await page.keyboard.type(words)
    await expect(page.locator(row)).to_be_visible()
    await expect(page.locator("#agent-1")).to_be_hidden()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.closest('#screen li') !== null")
    await page.keyboard.press("Escape")
    await expect(page.locator("#agent-1")).to_be_visible()


async def test_queues_are_found_by_name_wherever_they_stand(page: Page) -> None:
    await opened(page, parts=(BoardPart(Kind.TABLE), BoardPart(Kind.BUDGET), BoardPart(Kind.STAFFING)))
    await page.fill("#find", "supp")
    for rows in ("#table > .line", "#budget > li", "#staffing > li"):
        await expect(page.locator(f"{rows}:visible")).to_have_count(1)
        await expect(page.locator(f"{rows}:visible")).to_contain_text("Support")
    await expect(page.locator(".line-sum")).to_be_hidden()
    await expect(page.locator(".nothing")).to_be_hidden()
    await page.fill("#find", "nobody")
    await expect(page.locator(".nothing")).to_be_visible()
    await expect(page.locator("#screen section:visible")).to_have_count(0)


async def test_what_is_found_comes_into_sight_however_far_down_one_looked(page: Page) -> None:
    await page.set_viewport_size({"width": 800, "height": 400})
    await opened(page)
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await expect(page.locator("#queue-501")).not_to_be_in_viewport()
    await page.fill("#find", "supp")
    await expect(page.locator("#queue-501 .tile-name")).to_be_in_viewport()


async def test_the_stop_of_a_list_is_at_a_row_that_is_found(page: Page) -> None:
    await opened(page)
    await page.fill("#find", "Bo")
    await page.locator("#agent-2").locator("xpath=self::*[@tabindex='0']").wait_for()
    assert await page.locator("#agents > li[tabindex='0']").count() == 1


async def test_a_list_says_how_many_it_has_and_how_many_of_them_were_found(page: Page) -> None:
    await opened(page, parts=(BoardPart(Kind.BUDGET),))
    said = """getComputedStyle(document.querySelector(".part-budget"), "::after").content
      .replaceAll(/[\\s"]+/g, " ").trim()"""
    assert await page.evaluate(said) == str(len(floor().queues))
    await page.fill("#find", "supp")
    await page.wait_for_function(f"() => {said} === '1 found'")


async def test_who_was_found_and_leaves_is_not_counted_any_more(page: Page) -> None:
    stage = await opened(page, parts=(BoardPart(Kind.WAITING),))
    await page.fill("#find", "grace")
    await expect(page.locator(".part-waiting")).to_have_attribute("data-found", "1")
    await stage.show(dataclasses.replace(floor(), waiting={}))
    await expect(page.locator(".part-waiting")).to_have_attribute("data-found", "0")


async def test_the_words_on_the_buttons_of_cells_are_not_searched(page: Page) -> None:
    await opened(page, agents_as=AgentsAs.GRID)
    await page.fill("#find", "resume")
    await expect(page.locator("#agents > li:not([hidden])")).to_have_count(0)


# The palette


async def test_an_agent_is_gone_to_by_name(page: Page) -> None:
    await opened(page)
    await open_palette(page)
    await page.keyboard.type("dee")
    option = page.locator("#palette [role=option]").first
    await expect(option).to_have_attribute("aria-selected", "true")
    await expect(page.locator("#palette-input")).to_have_attribute("aria-activedescendant", "palette-0")
    await page.keyboard.press("Enter")
    await expect(page.locator("#palette")).to_be_hidden()
    await expect(page.locator("#agent-4")).to_be_focused()


async def test_who_is_signed_out_is_folded_open(page: Page) -> None:
    await opened(page)
    await open_palette(page)
    await page.keyboard.type("hal")
    await page.keyboard.press("Enter")
    await expect(page.locator("#away-8")).to_be_focused()
    await expect(page.locator("#away-8")).to_be_visible()


async def test_a_board_is_gone_to(page: Page) -> None:
    await opened(page)
    await open_palette(page)
    await page.keyboard.type("nights")
    await expect(page.locator("#palette [role=option]").first).to_contain_text("<b>Nights</b>")
    async with page.expect_request("**/boards/7/"):
        await page.keyboard.press("Enter")


async def test_what_can_be_done_to_the_agent_in_focus_stands_first(page: Page) -> None:
    await opened(page)
    await page.locator("#agent-7").focus()
    await open_palette(page)
    first = page.locator("#palette [role=option]").first
    await expect(first).to_contain_text("Resume")
    await expect(first).to_contain_text("Gus")
    async with page.expect_request("**/agents/7/resume/"):
        await page.keyboard.press("Enter")


async def test_a_board_has_its_theme_until_its_reader_chooses_another(page: Page) -> None:
    await opened(page, theme=Theme.DARK)
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert await page.evaluate(scheme) == "dark"
    await open_palette(page)
    await page.keyboard.type("light")
    await page.keyboard.press("Enter")
    assert await page.evaluate(scheme) == "light"


async def test_theme_and_colours_are_chosen_and_remembered(page: Page) -> None:
    stage = await opened(page)
    for words, attribute in (("dark", "data-theme"), ("red", "data-palette")):
        await open_palette(page)
        await page.keyboard.type(words)
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute(attribute, {"dark": "dark", "red": "red-green"}[words])
    await stage.refresh()
    await expect(page.locator("html[data-theme=dark][data-palette=red-green]")).to_have_count(1)


async def test_arrows_choose_and_go_round(page: Page) -> None:
    await opened(page)
    await open_palette(page)
    await page.keyboard.type("a")
    options = page.locator("#palette [role=option]")
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    await expect(page.locator("#palette [aria-selected=true]")).to_have_count(1)


async def test_nothing_is_called_that_is_said_and_enter_does_nothing(page: Page) -> None:
    await opened(page)
    await open_palette(page)
    await page.keyboard.type("zzzz")
    await expect(page.locator("#palette-none")).to_be_visible()
    await expect(page.locator("#palette-count")).to_have_text("0 found")
    await page.keyboard.press("Enter")
    await expect(page.locator("#palette")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#palette")).to_be_hidden()


async def test_the_focus_is_where_it_was_after_the_palette_is_left(page: Page) -> None:
    await opened(page)
    await page.locator("#agent-3").focus()
    await open_palette(page)
    await page.keyboard.press("Escape")
    await expect(page.locator("#agent-3")).to_be_focused()


LOOKS_ONLY = Rights(frozenset({Grant(None, frozenset({SEE_NUMBERS}))}))
ALIKE = (
    waiting_call("1", queue_name="Sales", position=1, caller=caller("5550100", name="Grace")),
    waiting_call("2", queue="501", queue_name="Support", position=4, caller=caller("5550100", name="Grace")),
)


async def test_two_callers_of_one_name_are_told_apart_by_place_and_queue(page: Page) -> None:
    stage = await opened(page)
    await stage.show(dataclasses.replace(floor(), waiting={call.key: call for call in ALIKE}))
    await open_palette(page)
    await page.keyboard.type("steal grace")
    options = page.locator("#palette [role=option]")
    await expect(options).to_have_count(2)
    await expect(options.nth(0)).to_contain_text("Place in the queue 1 · Sales")
    await expect(options.nth(1)).to_contain_text("Place in the queue 4 · Support")
    await page.keyboard.type(" support")
    await expect(options).to_have_count(1)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("spy ida", "Listen Ida"),
        ("whisper ida", "Listen Ida"),
        ("barge ida", "Listen Ida"),
        ("break ana", "Pause Ana"),
        ("ready gus", "Resume Gus"),
        ("grab", "Steal Grace"),
        ("unpark", "Pick up Linus"),
        ("transfer ida", "More Ida"),
        ("park my", "Calls at my telephone"),
    ],
)
async def test_what_the_trade_calls_an_action_finds_it(page: Page, words: str, command: str) -> None:
    await opened(page)
    await open_palette(page)
    await page.keyboard.type(words)
    await expect(page.locator("#palette [role=option]").filter(has_text=command)).to_have_count(1)


async def test_what_makes_no_sense_now_comes_last_and_says_why(page: Page) -> None:
    stage = await opened(page)
    await open_palette(page)
    await page.keyboard.type("listen")
    options = page.locator("#palette [role=option]")
    await expect(options.first).to_contain_text("Listen Ida")
    await page.keyboard.type(" ana")
    await expect(options).to_have_count(1)
    await expect(options).to_have_attribute("aria-disabled", "true")
    await expect(options).to_contain_text("Not on a call: there is nothing to listen to")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notices")).to_contain_text("Not on a call: there is nothing to listen to")
    assert stage.asked == []


async def test_what_one_may_not_do_is_not_offered(page: Page) -> None:
    await opened(page, rights=LOOKS_ONLY)
    await open_palette(page)
    for words in ("pause", "listen", "whisper", "steal", "pick up"):
        await page.locator("#palette-input").fill(words)
        await expect(page.locator("#palette-actions")).to_have_count(0)


async def test_what_stands_in_the_strip_of_who_listens_is_offered_too(page: Page) -> None:
    await opened(page)
    await page.evaluate(
        """() => {
          const strip = document.getElementById("monitoring");
          strip.insertAdjacentHTML("beforeend", `<button id="ear-1-whisper" type="button" data-ear-post="/w/"
            aria-label="Whisper to Ida from 301" aria-disabled="true" title="Wait a moment">Whisper</button>
            <button id="ear-1-stop" type="button" data-ear-post="/s/"
            aria-label="Stop listening to Ida">Stop</button>`);
          strip.querySelector("#ear-1-stop").addEventListener("click", () => (window.isStopped = true));
        }"""
    )
    await open_palette(page)
    options = page.locator("#palette [role=option]")
    await page.keyboard.type("whisper from")
    await expect(options).to_have_text("Whisper to Ida from 301Wait a moment")
    await page.locator("#palette-input").fill("stop")
    await expect(options).to_have_text("Stop listening to Ida")
    await page.locator("#palette-input").fill("hang up ida stop")
    await expect(options).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.wait_for_function("window.isStopped")

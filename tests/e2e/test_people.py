"""What a hand on the page can rely on, in a real browser: nothing moves under it, and nothing it holds is dropped."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from eqboard.boards.spec import AgentsAs, StateLimit
from eqboard.floor.snapshot import Agent, AgentState, Snapshot
from tests.builders import NOON, agent, ago, caller, queue, snapshot, waiting_call
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

NAMES = {1: "Ana", 2: "Bo", 3: "Cy", 4: "Dee"}
PAUSES = (StateLimit("paused", warning_seconds=900, critical_seconds=1800),)
ORDER = """list => [...list.children].filter(each => each.offsetParent)
    .map(each => [each.getBoundingClientRect().top, each.getBoundingClientRect().left, each.id || "gone"])
    .sort((one, other) => one[0] - other[0] || one[1] - other[1]).map(each => each[2])"""
BONES = """() => [...document.querySelectorAll("#screen *")].filter(each => !each.closest("time, .age, .mark"))
    .map(each => [each.tagName, each.id, [...each.childNodes].map(n => n.data?.trim() ?? "").join("|")])"""
MINUTES_ON_SCREEN = """() => [...new Set([...document.querySelectorAll("#agents time")].filter(each => {
    const { top, bottom } = each.getBoundingClientRect();
    return bottom > 60 && top < innerHeight;
}).map(each => each.textContent.split(":")[0]))]"""
PRESS_PAUSE = """() => document.querySelector("#agent-1-pause").dispatchEvent(
    new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }))"""


def people(*keys: int, **changes: Agent) -> list[Agent]:
    return [changes.get(f"a{key}") or agent(key, name=NAMES[key]) for key in keys]


def floor(agents: Iterable[Agent] = (), **others: object) -> Snapshot:
    return snapshot(queues=[queue()], agents=agents, **others)  # type: ignore[arg-type]


async def order(page: Page, name: str = "agents") -> list[str]:
    """The rows of a list as one reads them."""
    found: list[str] = await page.locator(f"#{name}").evaluate(ORDER)
    return [each.removeprefix("agent-").removeprefix("call-") for each in found]


async def move_away(page: Page) -> None:
    await page.mouse.move(700, 3)


def held(page: Page) -> Locator:
    return page.locator(".part-agents > .held")


# The pointer


async def test_who_comes_while_the_pointer_is_on_the_list_stands_last_until_it_leaves(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(2, 3)))
    await page.locator("#agent-2").hover()

    await stage.show(floor(people(1, 2, 3)))

    assert await order(page) == ["2", "3", "1"]
    await expect(held(page)).to_be_visible()
    await move_away(page)
    assert await order(page) == ["1", "2", "3"]
    await expect(held(page)).to_be_hidden()


async def test_who_leaves_keeps_the_place_marked_as_gone_until_the_pointer_leaves(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(1, 2, 3)))
    await page.locator("#agent-3").hover()

    await stage.show(floor(people(2, 3)))

    assert await order(page) == ["gone", "2", "3"]
    gone = page.locator("#agents > [data-gone]")
    await expect(gone).to_contain_text("no longer there")
    await expect(gone.locator("button")).to_have_count(0)
    await move_away(page)
    assert await order(page) == ["2", "3"]
    await expect(page.locator(".part-agents")).to_have_attribute("data-count", "2")  # beside the title


async def test_who_comes_back_meanwhile_is_there_once(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(1, 2)))
    await page.locator("#agent-2").hover()
    await stage.show(floor(people(2)))
    await stage.show(floor(people(1, 2)))
    await move_away(page)

    assert await order(page) == ["1", "2"]


async def test_rows_that_change_places_wait_for_the_pointer_to_leave(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(1, 2, 3)))
    await page.locator("#agent-2").hover()

    await stage.show(floor(people(2, 3, 1, a1=agent(1, name="Zoe"))))

    assert await order(page) == ["1", "2", "3"]
    await expect(page.locator("#agent-1 .who")).to_have_text("Zoe")
    await move_away(page)
    assert await order(page) == ["2", "3", "1"]


async def test_after_the_hand_has_left_the_page_equals_a_fresh_one(page: Page) -> None:
    stage = Stage(page)
    calls = [waiting_call(f"1.{place}", entered_at=ago(place)) for place in range(5)]
    await stage.open(floor(people(1, 2, 3), waiting=calls))
    await page.locator("#agent-2").hover()
    await stage.show(floor(people(2, 4, a2=agent(2, name="Zoe")), waiting=calls[2:]))
    await page.locator("#waiting > li").first.hover()
    await stage.show(floor(people(4, 1, 3), waiting=calls[1:4]))
    await stage.show(floor(people(4, 1, 3, 2), waiting=[calls[0], calls[3]]))
    await move_away(page)
    updated = await page.evaluate(BONES)

    await stage.refresh()

    assert updated == await page.evaluate(BONES)


async def test_what_grows_above_the_row_under_the_pointer_does_not_push_it_away(page: Page) -> None:
    """On the team lead's board callers stand above the agents."""
    stage = Stage(page, ref="lead")
    await page.set_viewport_size({"width": 1366, "height": 600})
    everybody = [agent(key, name=f"Agent {key:02}") for key in range(1, 31)]
    await stage.open(floor(everybody))
    row = page.locator("#agent-5")
    await row.hover()
    before = await top_of(row)

    await stage.show(floor(everybody, waiting=[waiting_call(f"1.{n}", entered_at=ago(n)) for n in range(20)]))
    assert await top_of(row) == pytest.approx(before, abs=1)
    await stage.show(floor(everybody))
    assert await top_of(row) == pytest.approx(before, abs=1)


async def top_of(row: Locator) -> float:
    box = await row.bounding_box()
    assert box is not None
    return box["y"]


async def test_a_hand_that_rests_holds_nothing(page: Page) -> None:
    """Nor is it let press what comes under it then."""
    await page.clock.install()
    stage = Stage(page)
    await stage.open(floor(people(2, 3)))
    hand = page.locator("#agent-2-pause")
    await hand.hover()
    await page.clock.fast_forward(31_000)

    await stage.show(floor(people(1, 2, 3)))
    assert await order(page) == ["1", "2", "3"]
    await page.evaluate(PRESS_PAUSE)

    await expect(page.locator("#notices")).to_contain_text("moved under your pointer")
    assert stage.asked == []


# Focus, selection, what is folded open


async def test_a_row_in_focus_keeps_it_however_it_changes(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(1, 2)))
    await page.locator("#agent-2").focus()

    await stage.show(floor(people(1, 2, a2=agent(2, name="Bo", state=AgentState.ON_CALL, caller=caller()))))

    await expect(page.locator("#agent-2")).to_be_focused()
    await stage.show_whole(floor(people(1, 2)))
    await expect(page.locator("#agent-2")).to_be_focused()


async def test_a_button_that_has_done_its_work_passes_the_focus_on(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor([agent(2, state=AgentState.PAUSED)]))
    await page.locator("#agent-2-resume").focus()

    await stage.show(floor([agent(2)]))

    await expect(page.locator("#agent-2-pause")).to_be_focused()


async def test_the_focus_stays_where_it_was_when_its_row_leaves(page: Page) -> None:
    """And with it nobody else is acted upon: the row has no button any more."""
    stage = Stage(page)
    await stage.open(floor(people(1, 2, 3)))
    await page.locator("#agent-2-pause").focus()

    await stage.show(floor(people(1, 3)))

    await expect(page.locator("#agents > [data-gone]")).to_be_focused()
    await page.keyboard.press("p")
    assert stage.asked == []
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#agent-3")).to_be_focused()


async def test_no_key_acts_on_a_neighbour_of_who_left_long_ago(page: Page) -> None:
    await page.clock.install()
    stage = Stage(page)
    await stage.open(floor(people(1, 2, 3)))
    await page.locator("#agent-2-pause").focus()
    await stage.show(floor(people(1, 3)))

    await page.clock.fast_forward(31_000)

    await expect(page.locator("#agents > [data-gone]")).to_have_count(0)
    await expect(page.locator("#agents")).to_be_focused()
    await page.keyboard.press("p")
    await page.keyboard.press("Enter")
    assert stage.asked == []


async def test_a_selected_text_stays_selected_and_changes_once_it_is_not(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(1, 2)))
    await page.locator("#agent-1 .who bdi").dblclick(position={"x": 8, "y": 8})

    await stage.show(floor([agent(1, name="Anna", state=AgentState.PAUSED), *people(2)]))

    assert await page.evaluate("String(getSelection())") == "Ana"
    await expect(page.locator("#agent-1")).to_have_attribute("data-state", "paused")  # all else is true
    await page.evaluate("getSelection().removeAllRanges()")
    await expect(page.locator("#agent-1 .who")).to_have_text("Anna")


async def test_what_is_folded_open_stays_so_when_the_whole_board_comes(page: Page) -> None:
    stage = Stage(page)
    away = agent(4, state=AgentState.SIGNED_OUT)
    await stage.open(floor([*people(1), away]))
    await page.locator("#away-box summary").click()

    await stage.show_whole(floor([*people(2), away]))

    await expect(page.locator("#away-4")).to_be_visible()
    assert await page.evaluate("window.wasNeverReloaded")


async def test_what_an_action_says_stays_on_its_row(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(people(1, 2)))
    await page.evaluate("document.getElementById('mark-agent-1').textContent = 'asked'")

    await stage.show(floor(people(2, 1, a1=agent(1, name="Zoe", state=AgentState.PAUSED))))

    await expect(page.locator("#mark-agent-1")).to_have_text("asked")


# Queues


async def test_queues_in_trouble_stand_first_and_keep_still_under_the_hand(page: Page) -> None:
    stage = Stage(page)
    calm = [queue("500", name="Billing"), queue("501", name="Sales")]
    trouble = [calm[0], queue("501", name="Sales", waiting_count=1, oldest_waiting_at=ago(90))]
    await stage.open(snapshot(queues=calm))
    await page.locator("#queue-500").hover()

    await stage.show(snapshot(queues=trouble))

    await expect(page.locator("#queue-501")).to_have_attribute("data-level", "warning")
    assert await order(page, "queues") == ["queue-500", "queue-501"]
    await expect(page.locator(".part-tiles > .held")).to_be_visible()
    await expect(page.locator("#say")).to_have_text("Warning: Sales")
    await move_away(page)
    assert await order(page, "queues") == ["queue-501", "queue-500"]
    await stage.show(snapshot(queues=calm))
    assert await order(page, "queues") == ["queue-500", "queue-501"]


# Limits


def paused_for(seconds: float, key: int = 3, name: str = "Cy") -> Agent:
    return agent(key, name=name, state=AgentState.PAUSED, state_since=ago(seconds))


@pytest.mark.parametrize("form", AgentsAs)
async def test_whoever_is_over_a_limit_is_marked_by_word_and_shape_and_stands_first(page: Page, form: AgentsAs) -> None:
    stage = Stage(page, agents_as=form, limits=PAUSES)
    everybody = [*people(1, 2), paused_for(899)]
    await stage.open(floor(everybody))
    assert await order(page) == ["1", "2", "3"]

    await stage.show(floor(everybody), now=NOON + timedelta(seconds=2))

    await expect(page.locator("#agent-3")).to_have_attribute("data-level", "warning")
    await expect(page.locator("#agent-3 .level-warning").first).to_be_visible()
    await expect(page.locator("#agent-3 .alarm:visible")).to_have_count(1)
    assert await order(page) == ["3", "1", "2"]
    await expect(page.locator("#say")).to_have_text("Warning: Cy")

    await stage.show(floor(everybody), now=NOON + timedelta(seconds=902))
    await expect(page.locator("#say")).to_have_text("Critical: Cy")


async def test_whoever_goes_over_a_limit_under_the_hand_is_marked_and_stays(page: Page) -> None:
    stage = Stage(page, limits=PAUSES)
    everybody = [*people(1, 2), paused_for(899)]
    await stage.open(floor(everybody))
    await page.locator("#agent-1").hover()

    await stage.show(floor(everybody), now=NOON + timedelta(seconds=2))

    await expect(page.locator("#agent-3")).to_have_attribute("data-level", "warning")
    assert await order(page) == ["1", "2", "3"]
    await expect(held(page)).to_be_visible()
    await move_away(page)
    assert await order(page) == ["3", "1", "2"]


async def test_many_at_once_are_said_in_one_breath(page: Page) -> None:
    stage = Stage(page, limits=PAUSES)
    everybody = [paused_for(899, key, f"Agent {key}") for key in range(1, 6)]
    await stage.open(floor(everybody))
    await stage.show(floor(everybody), now=NOON + timedelta(seconds=2))

    await expect(page.locator("#say")).to_have_text("Warning: Agent 1. Warning: Agent 2. Warning: Agent 3. 2 more")


async def test_levels_that_were_there_when_the_page_came_are_not_announced(page: Page) -> None:
    stage = Stage(page, limits=PAUSES)
    await stage.open(floor([paused_for(5000)]))
    await stage.show(floor([paused_for(5000)]))

    await expect(page.locator("#agent-3")).to_have_attribute("data-level", "critical")
    await expect(page.locator("#say")).to_be_empty()


# Cells


CUT = "each => each.scrollWidth > each.clientWidth"
LONG = "Inés Fernández de la Vega"


@pytest.mark.parametrize(("width", "language"), [(1366, "en"), (1440, "en"), (1440, "he"), (1920, "en")])
async def test_a_row_tells_whole_with_whom_and_why_however_many_stand_side_by_side(
    page: Page, width: int, language: str
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    paused = agent(1, name=LONG, state=AgentState.PAUSED, pause_reason="Back office", state_since=ago(1000))
    talks = agent(2, name=LONG, state=AgentState.ON_CALL, caller=caller(name="Björn Bennett"), pause_follows=True)
    others = [agent(key, name=f"No. {key}") for key in range(3, 12)]
    await Stage(page, agents_as=AgentsAs.ROWS, limits=PAUSES, language=language).open(floor([paused, talks, *others]))
    await expect(page.locator("#agent-1 .level")).to_be_visible()

    for told in (
        "#agent-1 .subject .outside",
        "#agent-2 .subject .outside",
        "#agent-1 .who .outside",
        "#agent-1 .extension",
    ):
        assert not await page.locator(told).evaluate(CUT), told
    heights = await page.locator("#agents > li").evaluate_all("all => [...new Set(all.map(each => each.offsetHeight))]")
    assert len(heights) == 1  # whatever there is to tell
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_on_a_phone_a_long_name_takes_the_place_of_the_extension(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    talks = agent(1, name=LONG, state=AgentState.ON_CALL, caller=caller(name="Björn Bennett"))
    await Stage(page, agents_as=AgentsAs.ROWS).open(floor([talks, agent(2, name="Bo")]))
    assert await page.locator("#agent-2 .extension .outside").evaluate(IS_SEEN)
    assert not await page.locator("#agent-1 .extension .outside").evaluate(IS_SEEN)
    assert not await page.locator("#agent-1 .subject .outside").evaluate(CUT)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


IS_SEEN = """each => {
    const [own, place] = [each.getBoundingClientRect(), each.parentElement.getBoundingClientRect()];
    return own.top < place.bottom - 1 && own.right <= place.right + 1;
}"""


async def test_sixty_agents_fit_on_a_laptops_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 1366, "height": 768})
    stage = Stage(page, agents_as=AgentsAs.GRID)
    await stage.open(floor([agent(key, name=f"Agent {key}") for key in range(1, 61)]))

    box = await page.locator("#agents").bounding_box()
    assert box is not None
    assert box["height"] < 600
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_a_cell_shows_the_rest_on_hover_and_on_focus_and_escape_closes_it(page: Page) -> None:
    stage = Stage(page, agents_as=AgentsAs.GRID)
    busy = agent(1, state=AgentState.ON_CALL, caller=caller("5550100", name="Grace"), call_queue_name="Sales")
    await stage.open(floor([busy, *people(2)]))
    more = page.locator("#agent-1 .more")
    await expect(more).to_be_hidden()

    await page.locator("#agent-1").hover()
    await expect(more).to_contain_text("Grace 5550100 · Sales")
    await expect(more).to_be_visible()
    await more.hover()
    await expect(more).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(more).to_be_hidden()

    await move_away(page)
    await page.locator("#agent-1 .face").focus()
    await expect(more).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.locator("#agent-1-pause")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "he"])
async def test_what_a_cell_shows_never_widens_the_page(page: Page, language: str) -> None:
    await page.set_viewport_size({"width": 1024, "height": 600})
    stage = Stage(page, agents_as=AgentsAs.GRID, language=language)
    await stage.open(floor([agent(key, name=f"Agent {key}", caller=caller(name="Anna " * 40)) for key in range(1, 41)]))
    for key in (5, 6, 35, 36, 40):
        await page.locator(f"#agent-{key}").hover()
        await expect(page.locator(f"#agent-{key} .more")).to_be_visible()
        box = await page.locator(f"#agent-{key} .more").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1024
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


# Callers


async def test_a_caller_is_counted_down_then_late_and_makes_room_for_those_who_can_be_in_time(page: Page) -> None:
    stage = Stage(page)
    calls = [waiting_call("1", entered_at=ago(19)), waiting_call("2", entered_at=ago(5))]  # 20 s are promised
    await stage.open(floor(waiting=calls))
    first = page.locator("#waiting > li").first
    await expect(first.locator(".due")).to_contain_text("late in")
    assert await order(page, "waiting") == ["1", "2"]

    await stage.show(floor(waiting=calls), now=NOON + timedelta(seconds=5))

    await expect(first.locator(".due-late")).to_be_visible()
    await expect(first.locator(".due time")).to_have_text("0:04")
    await expect(first.locator(".due-in")).to_be_hidden()
    assert await order(page, "waiting") == ["2", "1"]
    await expect(first).not_to_have_attribute("data-level", "warning")


async def test_the_last_second_in_time_is_zero_and_the_first_late_one_is_one(page: Page) -> None:
    stage = Stage(page)
    calls = [waiting_call("1", entered_at=ago(0))]
    await stage.open(floor(waiting=calls))
    due = page.locator("#waiting .due time")
    for seconds, text in ((1.0, "0:19"), (20.5, "0:00"), (21.0, "0:01"), (100.5, "1:20")):
        await stage.show(floor(waiting=calls), now=NOON + timedelta(seconds=seconds))
        await expect(due).to_have_text(text)


async def test_a_long_wait_is_marked_by_the_limit_of_its_queue(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(waiting=[waiting_call("1", entered_at=ago(70)), waiting_call("2", entered_at=ago(30))]))

    rows = page.locator("#waiting > li")
    await expect(rows.nth(0)).to_have_attribute("data-level", "warning")
    await expect(rows.nth(0).locator(".level-warning")).to_be_visible()
    await expect(rows.nth(1).locator(".level")).to_be_hidden()


# Out of sight


async def test_whoever_comes_into_sight_shows_the_time_of_all(page: Page) -> None:
    crowd = floor(agent(key, name=f"Agent {key:04}") for key in range(1, 1001))
    stage, last = Stage(page), page.locator("#agent-1000 time")
    await stage.open(crowd)
    for minutes in range(1, 60):  # until the browser has told the page who is in sight
        await stage.show(crowd, now=NOON + timedelta(minutes=minutes))
        if not await has_minutes(last, minutes + 1):
            break
    assert await has_minutes(page.locator("#agent-1 time"), minutes + 1)
    assert not await has_minutes(last, minutes + 1), "a thousand are too many to count all of them"

    await last.scroll_into_view_if_needed()

    await expect(last).to_have_text(re.compile(rf"{minutes + 1}:\d\d"))


async def has_minutes(time: Locator, minutes: int) -> bool:
    return (await time.inner_text()).startswith(f"{minutes}:")


async def test_whoever_comes_up_into_sight_by_a_limit_shows_the_time_of_all(page: Page) -> None:
    crowd = [agent(key, name=f"Agent {key:04}") for key in range(1, 1001)]
    crowd[-1] = agent(1000, name="Zoe", state=AgentState.PAUSED, state_since=ago(899))
    stage = Stage(page, limits=PAUSES)
    await stage.open(floor(crowd))
    await stage.show(floor(crowd), now=NOON + timedelta(minutes=5))
    assert (await order(page))[0] == "1000"
    await expect(page.locator("#agent-1000 time")).to_have_text(re.compile(r"19:5\d|20:\d\d"))


async def test_a_row_that_has_only_come_near_shows_the_time_of_all_once_somebody_scrolls_on_to_it(page: Page) -> None:
    crowd = floor(agent(key, name=f"Agent {key:04}") for key in range(1, 1001))
    stage = Stage(page)
    await stage.open(crowd)
    await stage.show(crowd, now=NOON + timedelta(minutes=5))
    await page.mouse.move(400, 400)
    for _ in range(40):
        await page.mouse.wheel(0, 90)
    assert await page.evaluate(MINUTES_ON_SCREEN) == ["6"]


# The whole board comes


async def test_a_number_that_is_selected_becomes_true_once_it_is_not(page: Page) -> None:
    stage, number = Stage(page), page.locator("#totals [data-figure^='available'] b.n")
    await stage.open(floor(people(1, 2)))
    await page.mouse.move(500, 3)
    await number.evaluate("({ firstChild }) => getSelection().setBaseAndExtent(firstChild, 0, firstChild, 1)")
    await stage.show_whole(floor(people(1, 2, 3)))
    assert await number.inner_text() == "2"

    await page.evaluate("getSelection().removeAllRanges()")

    await expect(number).to_have_text("3")


async def test_a_part_is_as_high_as_its_rows_once_the_hand_has_gone(page: Page) -> None:
    crowd = [agent(key, name=f"Agent {key:02}") for key in range(1, 61)]
    stage, part = Stage(page), page.locator(".part-agents")
    await stage.open(floor(crowd))
    await page.locator("#agent-2").hover()
    await stage.show(floor(crowd))
    await stage.show_whole(floor(crowd[:3]))
    await move_away(page)
    await stage.show(floor(crowd[:3]))
    assert await part.evaluate("each => each.style.minBlockSize") == ""

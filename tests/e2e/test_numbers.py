"""Numbers in a real browser: each opens its working, by hand and by keyboard, and says when it is bad."""

import dataclasses
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from playwright.async_api import Page, Route, expect

from eqboard.boards.spec import BoardPart, Figure, Kind
from eqboard.boards.working import figure_of, opened, queue_of
from eqboard.floor.metrics import Metric
from eqboard.floor.windows import Window
from tests.boards.past import scene
from tests.builders import NOON, agent, ago, queue, snapshot
from tests.e2e.stage import URL, Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

CALM = snapshot(queues=[queue("500", name="Sales"), queue("501", name="Support")])
BUSY = snapshot(
    queues=[queue("500", name="Sales"), queue("501", name="Support", waiting_count=3, oldest_waiting_at=ago(200))]
)


CALM_AGENTS = dataclasses.replace(BUSY, agents={7: agent(7)})
COUNT_SAYINGS = """() => {
    window.sayings = 0;
    const observer = new MutationObserver((changes) => (window.sayings += changes.length));
    observer.observe(document.getElementById("say"), { childList: true, characterData: true, subtree: true });
}"""
COUNT_EMPHASES = """() => {
    window.emphases = [];
    Element.prototype.animate = function () { window.emphases.push(this.dataset.figure); };
}"""


async def staged(page: Page, floor: Any = CALM, **chosen: Any) -> Stage:
    """A stage whose panel is answered as the server would, of the floor it began with."""
    stage = Stage(page, **chosen)
    await stage.open(floor)

    async def tell(route: Route) -> None:
        asked = dict(part.split("=") for part in route.request.url.partition("?")[2].split("&"))
        stage.asked.append(route.request.url.removeprefix(URL))
        shown = scene(floor, stage.audience)
        figure, key = figure_of(asked["metric"], asked["window"]), queue_of(asked["queue"], shown.queues)
        assert figure is not None
        assert key is not None
        context = {"it": opened(shown, key, figure), "zone": "UTC", "query": route.request.url.partition("?")[2]}
        with translation.override(stage.audience.language):
            body = render_to_string("boards/working.html", context)
        await route.fulfill(body=body, content_type="text/html")

    await page.route(f"{URL}working/**", tell)
    return stage


def number(page: Page, row: str, figure: str) -> Any:
    return page.locator(f"#{row} .number[data-figure='{figure}']")


async def test_a_number_opens_its_working_and_escape_goes_back_to_it(page: Page) -> None:
    await staged(page)
    waiting = number(page, "queue-500", "waiting now")
    await waiting.click()
    await expect(page.locator("#panel-title")).to_have_text("Callers waiting")
    await expect(page.locator("#panel-title")).to_be_focused()
    await expect(waiting).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator("#panel")).to_be_hidden()
    await expect(waiting).to_be_focused()
    await expect(waiting).not_to_have_attribute("aria-expanded", "true")


async def test_the_button_closes_it_too(page: Page) -> None:
    await staged(page)
    await number(page, "totals", "waiting now").click()
    await expect(page.locator(".working-of")).to_have_text("All queues of this board")
    await page.get_by_role("button", name="Close").click()
    await expect(page.locator("#panel")).to_be_hidden()
    await expect(number(page, "totals", "waiting now")).to_be_focused()


async def test_by_keyboard_a_tile_is_one_stop_and_arrows_go_from_number_to_number(page: Page) -> None:
    await staged(page)
    await number(page, "queue-500", "waiting now").focus()
    await page.keyboard.press("ArrowRight")
    await expect(number(page, "queue-500", "available now")).to_be_focused()  # nobody waits: no longest wait is shown
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Tab")
    await expect(number(page, "queue-501", "waiting now")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel-title")).to_have_text("Callers waiting")


async def test_from_right_to_left_the_arrows_are_mirrored(page: Page) -> None:
    await staged(page, language="he")
    await number(page, "queue-500", "waiting now").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(number(page, "queue-500", "available now")).to_be_focused()


async def test_a_number_keeps_the_focus_while_it_changes(page: Page) -> None:
    stage = await staged(page)
    await number(page, "queue-501", "waiting now").focus()
    await stage.show(BUSY)
    await expect(number(page, "queue-501", "waiting now").locator(".n")).to_have_text("3")
    await expect(number(page, "queue-501", "waiting now")).to_be_focused()


async def test_another_number_takes_the_place_of_the_first(page: Page) -> None:
    await staged(page)
    await number(page, "queue-500", "waiting now").click()
    await expect(page.locator(".working-of")).to_contain_text("Sales")
    await number(page, "queue-501", "on_call now").click()
    await expect(page.locator(".working-of")).to_contain_text("Support")
    await expect(page.locator("#panel-title")).to_have_text("Agents on a call")
    await expect(page.locator("[aria-expanded='true'][data-figure]")).to_have_count(1)


async def test_a_number_that_is_gone_is_told_in_the_panel(page: Page) -> None:
    stage = await staged(page)

    async def refuse(route: Route) -> None:
        await route.fulfill(status=404, body="<!doctype html><h1>Not Found</h1>", content_type="text/html")

    await page.route(f"{URL}working/**", refuse)
    await number(page, "queue-500", "waiting now").click()
    await expect(page.locator("#panel-trouble")).to_contain_text("This number is not there any more")
    await expect(page.locator("#notices")).to_be_empty()
    assert await page.evaluate("window.wasNeverReloaded")
    assert stage.asked == []


async def test_an_eqboard_that_does_not_answer_is_told_in_the_panel(page: Page) -> None:
    await staged(page)
    await page.route(f"{URL}working/**", lambda route: route.abort())
    await number(page, "queue-500", "waiting now").click()
    await expect(page.locator("#panel-trouble")).to_contain_text("does not answer")
    await expect(page.locator("#notices")).to_be_empty()


async def test_trouble_stands_first_with_a_shape_and_a_word(page: Page) -> None:
    stage = await staged(page)
    await stage.show(BUSY)
    tile = page.locator("#queue-501")
    await expect(tile).to_have_attribute("data-level", "critical")
    await expect(number(page, "queue-501", "longest_wait now").locator(".grade")).to_have_text("critical")
    places = await page.locator("#queues > li").evaluate_all("all => all.map((each) => each.getBoundingClientRect().x)")
    assert places[1] < places[0]
    await expect(page.locator("#say")).to_contain_text("Support")


async def test_a_number_of_the_floor_is_announced_and_emphasised_once(page: Page) -> None:
    stage = await staged(page, parts=(BoardPart(Kind.TOTALS),))
    await page.evaluate(COUNT_EMPHASES)
    await stage.show(BUSY)
    await expect(page.locator("#say")).to_have_text("Critical: Longest wait")
    await page.evaluate("document.getElementById('say').textContent = ''")
    await stage.show(CALM_AGENTS)
    await expect(page.locator("#say")).to_be_empty()
    assert await page.evaluate("window.emphases") == ["longest_wait now"]


async def test_nothing_is_announced_while_only_time_goes_by(page: Page) -> None:
    stage = await staged(page, BUSY, parts=(BoardPart(Kind.TOTALS), BoardPart(Kind.TILES)))
    await page.evaluate(COUNT_SAYINGS)
    for seconds in range(1, 4):
        await stage.show(BUSY, now=NOON + timedelta(seconds=seconds))
    assert await page.evaluate("window.sayings") == 0


async def test_one_trouble_is_announced_once_by_its_queue(page: Page) -> None:
    parts = (BoardPart(Kind.TOTALS), BoardPart(Kind.TILES), BoardPart(Kind.TABLE))
    stage = await staged(page, parts=parts, figures=(Figure(Metric.LONGEST_WAIT),))
    await stage.show(BUSY)
    await expect(page.locator("#say")).to_have_text("Critical: Support")


async def test_six_tiles_stand_in_even_rows(page: Page) -> None:
    floor = snapshot(queues=[queue(str(500 + place), name=f"Queue {place}") for place in range(6)])
    await page.set_viewport_size({"width": 1200, "height": 768})
    await staged(page, floor, parts=(BoardPart(Kind.TILES),))
    tops = await page.locator("#queues > li").evaluate_all("all => all.map((each) => each.getBoundingClientRect().top)")
    assert sorted(tops.count(top) for top in set(tops)) == [3, 3]


async def test_a_trouble_that_is_no_column_of_a_narrow_table_is_named(page: Page) -> None:
    await page.set_viewport_size({"width": 1000, "height": 768})
    chosen = (Figure(Metric.LONGEST_WAIT), Figure(Metric.AVAILABLE))
    for figures, is_named in ((chosen, False), (chosen[1:], True)):
        await staged(page, BUSY, parts=(BoardPart(Kind.TABLE),), figures=figures)
        box = await page.locator("#line-501 .trouble-name").bounding_box()
        assert box is not None
        assert (box["width"] > 1) is is_named


async def test_a_tile_keeps_its_size_whatever_its_numbers(page: Page) -> None:
    stage = await staged(page)
    before = await page.locator("#queue-501").bounding_box()
    await stage.show(BUSY)
    after = await page.locator("#queue-501").bounding_box()
    assert before is not None
    assert after is not None
    assert (before["width"], before["height"]) == (after["width"], after["height"])


@pytest.mark.parametrize(("width", "is_stacked"), [(1366, False), (390, True)])
async def test_a_table_becomes_cards_where_it_is_narrow(page: Page, width: int, is_stacked: bool) -> None:
    await page.set_viewport_size({"width": width, "height": 768})
    figures = tuple(
        Figure(metric, Window.TODAY) for metric in (Metric.OFFERED, Metric.ANSWERED, Metric.ASA, Metric.AHT)
    )
    await staged(page, parts=(BoardPart(Kind.TABLE),), figures=figures)
    label = page.locator("#line-500 .label").first
    box = await label.bounding_box()
    assert box is not None
    assert (box["width"] > 1) is is_stacked
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


EDGES = """() => {
    const ends = (line) => [...line.children].map((each) => Math.round(each.getBoundingClientRect().right));
    return [...document.querySelectorAll(".table .line")].map(ends);
}"""


async def test_every_line_of_a_table_has_the_columns_of_its_head(page: Page) -> None:
    figures = (Figure(Metric.WAITING), Figure(Metric.LONGEST_WAIT), Figure(Metric.OFFERED, Window.TODAY))
    stage = await staged(page, BUSY, parts=(BoardPart(Kind.TABLE),), figures=figures)
    for width in (1920, 1024):
        await page.set_viewport_size({"width": width, "height": 768})
        await stage.show(CALM if width > 1024 else BUSY)
        head, *lines = await page.evaluate(EDGES)
        assert lines == [head] * (len(CALM.queues) + 1)  # and the sum


async def test_a_long_table_scrolls_within_the_page_under_its_head(page: Page) -> None:
    await page.set_viewport_size({"width": 1366, "height": 768})
    many = snapshot(queues=[queue(str(500 + place), name=f"Queue {place:03}") for place in range(120)])
    await staged(page, many, parts=(BoardPart(Kind.TABLE),), figures=(Figure(Metric.WAITING),))
    table = page.locator(".table")
    await table.evaluate("each => each.scrollTo(0, 2000)")
    head, frame = await page.locator(".table-head").bounding_box(), await table.bounding_box()
    assert head is not None
    assert frame is not None
    assert abs(head["y"] - frame["y"]) < 2
    assert frame["height"] < 768


WIDE = (
    *map(
        Figure, (Metric.WAITING, Metric.LONGEST_WAIT, Metric.AVAILABLE, Metric.ON_CALL, Metric.PAUSED, Metric.WRAP_UP)
    ),
    *(
        Figure(each, Window.TODAY)
        for each in (Metric.OFFERED, Metric.ANSWERED, Metric.ABANDONED, Metric.ABANDONMENT, Metric.ASA, Metric.AHT)
    ),
)
SHADOWS = """() => ["::before", "::after"]
    .map((side) => getComputedStyle(document.querySelector(".table"), side))
    .map(({ content, opacity }) => (content === "none" ? 0 : Number(opacity)))"""


@pytest.mark.parametrize("language", ["en", "he"])
async def test_a_table_that_is_too_wide_says_on_which_side_there_is_more_and_keeps_its_names(
    page: Page, language: str
) -> None:
    await page.set_viewport_size({"width": 700, "height": 768})
    await staged(page, parts=(BoardPart(Kind.TABLE),), figures=WIDE, language=language)
    table, name = page.locator(".table"), page.locator("#line-500 .line-name")
    before = await name.bounding_box()
    assert await table.evaluate("each => each.scrollWidth > each.clientWidth")
    for side, shadows in ((0, [0, 1]), (0.5, [1, 1]), (1, [1, 0])):
        await table.evaluate(
            "(each, side) => (each.scrollLeft = side * (each.scrollWidth - each.clientWidth)"
            " * (document.dir === 'rtl' ? -1 : 1))",
            side,
        )
        await page.wait_for_function(
            f"() => JSON.stringify(({SHADOWS})()) === '{json.dumps(shadows, separators=(',', ':'))}'"
        )
        assert await name.bounding_box() == before


async def test_in_a_window_made_narrower_a_table_is_as_wide_as_in_one_that_was_narrow_at_first(page: Page) -> None:
    width = "document.querySelector('.table').scrollWidth"
    await page.set_viewport_size({"width": 700, "height": 768})
    await staged(page, parts=(BoardPart(Kind.TABLE),), figures=WIDE)
    narrow = await page.evaluate(width)
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.wait_for_function(f"() => {width} !== {narrow}")
    await page.set_viewport_size({"width": 700, "height": 768})
    await page.wait_for_function(f"() => {width} === {narrow}")


async def test_a_table_that_fits_has_no_shadow(page: Page) -> None:
    await staged(page, parts=(BoardPart(Kind.TABLE),), figures=(Figure(Metric.WAITING),))
    assert await page.evaluate(SHADOWS) == [0, 0]


async def test_in_a_tile_a_number_and_its_window_read_as_one(page: Page) -> None:
    await page.set_viewport_size({"width": 1366, "height": 768})
    six = snapshot(queues=[queue(str(500 + place)) for place in range(6)])
    await staged(page, six, figures=(Figure(Metric.SERVICE_LEVEL, Window.TODAY),))
    number = page.locator("#queue-500 .tile-figures .number")
    label, window = [await number.locator(each).bounding_box() for each in (".label", ".window")]
    assert label is not None
    assert window is not None
    assert abs(label["y"] - window["y"]) < 2


async def test_how_old_each_link_is_opens_from_the_bar(page: Page) -> None:
    stage = await staged(page)
    await page.locator("#link").click()
    box = page.locator("#freshness")
    await expect(box).to_be_visible()
    await expect(box.locator("#delay")).to_be_empty()
    await stage.echo(NOON)
    await stage.show(BUSY, now=NOON + timedelta(milliseconds=1))
    await expect(box.locator("[data-hop=heard] .hop-told")).to_contain_text(re.compile(r"last heard \d+:\d\d"))
    await expect(box.locator("[data-hop=lost] .hop-not")).to_be_visible()
    await expect(box.locator("#delay")).to_contain_text("ms on the way")
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()

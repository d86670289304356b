"""Callers who wait, in a real browser: who comes first, where the late ones stand, and that they push nothing away."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from playwright.async_api import Locator, Page, expect

from eqboard.boards.spec import AgentsAs, BoardPart, Kind
from eqboard.floor.snapshot import Snapshot
from tests.builders import abandoned_call, agent, ago, caller, membership, queue, snapshot, waiting_call
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


def floor(waits: Iterable[int]) -> Snapshot:
    """A caller for each wait in seconds, called by it. The queue promises an answer within 20."""
    calls = [waiting_call(f"1.{wait}", caller=caller(name=f"W{wait}"), entered_at=ago(wait)) for wait in waits]
    return snapshot(queues=[queue("500", waiting_count=len(calls))], waiting=calls)


async def opened(page: Page, waits: Iterable[int], ref: str = "supervisor", width: int = 1920) -> Stage:
    await page.set_viewport_size({"width": width, "height": 1080})
    stage = Stage(page, ref=ref)
    await stage.open(floor(waits))
    return stage


async def box_of(element: Locator) -> dict[str, float]:
    box = await element.bounding_box()
    assert box is not None
    return dict(box)


@pytest.mark.parametrize("ref", ["supervisor", "lead"])
async def test_forty_callers_scroll_in_their_part_and_push_nothing_away(page: Page, ref: str) -> None:
    stage = await opened(page, range(3), ref)
    after = page.locator(".part-budget, .part-agents").first
    await stage.show(floor(range(40)))
    part, rows = await box_of(page.locator(".part-waiting")), await box_of(page.locator("#waiting"))
    assert (await box_of(after))["y"] < 700
    assert rows["y"] + rows["height"] <= part["y"] + part["height"] + 1
    assert await page.locator("#waiting").evaluate("each => each.scrollHeight > each.clientHeight")


async def test_the_scrolled_callers_are_reached_by_keyboard(page: Page) -> None:
    await opened(page, range(19))
    await page.locator("#waiting > li[tabindex='0']").focus()
    await page.keyboard.press("End")
    last = page.locator("#waiting > li:focus")
    await expect(last).to_contain_text("W0")
    await expect(last).to_be_in_viewport()


async def test_the_late_stand_under_a_heading_and_whoever_waits_longest_is_in_sight(page: Page) -> None:
    await opened(page, [*range(19), 300, 200, 100])
    first = page.locator("#waiting > [data-head]")
    await expect(first).to_have_count(1)
    await expect(first).to_contain_text("W300")
    assert await first.get_attribute("data-head") == "Late 3"
    shown, rows = await box_of(first), await box_of(page.locator("#waiting"))
    assert shown["y"] + shown["height"] <= rows["y"] + rows["height"] + 1


async def test_by_arrows_one_comes_to_the_late_ones_last(page: Page) -> None:
    await opened(page, [*range(19), 300])
    for wait in (18, 17):
        await page.locator("#waiting > li", has_text=f"W{wait}").focus()
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#waiting > li:focus")).to_contain_text(f"W{wait - 1}")
    await page.keyboard.press("End")
    await expect(page.locator("#waiting > li:focus")).to_contain_text("W300")


async def test_what_comes_first_is_said_while_somebody_waits(page: Page) -> None:
    stage = await opened(page, [1])
    await expect(page.locator(".part-waiting > .by")).to_have_text("Next to be late first")
    await stage.show(floor([]))
    await expect(page.locator(".part-waiting > .by")).to_be_hidden()


async def test_each_time_of_a_caller_says_what_it_is(page: Page) -> None:
    gone = abandoned_call(wait_seconds=42)
    shown = replace(floor([5, 300]), abandoned={gone.key: gone})
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await Stage(page, ref="supervisor").open(shown)
    in_time, late = page.locator("#waiting > li:not([data-late])"), page.locator("#waiting > li[data-late]")
    await expect(in_time).to_contain_text("late in")
    await expect(in_time.locator(".waited")).to_have_text(re.compile(r"waits\s+0:05"))
    await expect(late).to_contain_text("late by")
    await expect(late.locator(".waited")).to_contain_text(re.compile(r"waits\s+5:00"))
    await expect(page.locator("#abandoned .ticking")).to_have_text("waited 0:42")


CUT_AT = """() => {
    const list = document.querySelector("#agents .names");
    const [box, first] = [list, list.firstElementChild].map((each) => each.getBoundingClientRect());
    const isFirstWhole = first.left >= box.left - 1 && first.right <= box.right + 1;
    return { isCut: list.scrollWidth > list.clientWidth, isFirstWhole };
}"""


@pytest.mark.parametrize("form", [AgentsAs.ROWS, AgentsAs.CARDS])
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize(
    "names",
    [
        ("Sales", "Technical support", "Complaints and returns", "Billing"),
        ("מכירות", "תמיכה טכנית", "שירות לקוחות והחזרות", "הנהלת חשבונות"),
    ],
)
async def test_a_list_of_queues_is_cut_at_its_end_whichever_way_the_page_runs(
    page: Page, names: tuple[str, ...], language: str, form: AgentsAs
) -> None:
    queues = tuple(membership(str(500 + place), queue_name=name) for place, name in enumerate(names))
    await page.set_viewport_size({"width": 700, "height": 800})
    stage = Stage(page, language=language, agents_as=form, parts=(BoardPart(Kind.AGENTS),))
    await stage.open(snapshot(agents=[agent(memberships=queues)]))
    assert await page.evaluate(CUT_AT) == {"isCut": True, "isFirstWhole": True}

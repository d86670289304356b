"""Callers who wait, in a real browser: who comes first, where the late ones stand, and that they push nothing away."""

from collections.abc import Iterable

import pytest
from playwright.async_api import Locator, Page, expect

from eqboard.floor.snapshot import Snapshot
from tests.builders import ago, caller, queue, snapshot, waiting_call
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

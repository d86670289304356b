"""Where there is little room, in a real browser: a word is there whole, or not at all."""

from datetime import timedelta

import pytest
from playwright.async_api import Page

from eqboard.boards.spec import BoardPart, Figure, Kind
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.windows import Window
from tests.builders import NOON, ago, queue, snapshot
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

LAPTOP = {"width": 1366, "height": 768}
NAMES = ("Sales", "Technical support", "Second line support", "Reclamaciones", "שירות לקוחות", "n" * 50)
FIGURES = tuple(Figure(each, Window.NOW if each in OF_THIS_MOMENT else Window.TODAY) for each in Metric)


def floor(count: int) -> Snapshot:
    """So many queues; in every second somebody waits for too long."""
    trouble = {"waiting_count": 2, "oldest_waiting_at": ago(400)}
    queues = [
        queue(str(500 + place), name=NAMES[place % len(NAMES)], **(trouble if place % 2 else {}))
        for place in range(count)
    ]
    return snapshot(queues=queues)


async def opened(page: Page, count: int, **chosen: object) -> Stage:
    await page.set_viewport_size(LAPTOP)
    stage = Stage(page, **chosen)
    await stage.open(floor(count))
    await page.evaluate("document.fonts.ready")
    return stage


BEYOND_ITS_CELL = """() => {
  const box = (each) => each.getBoundingClientRect();
  const words = (cell) => [...cell.querySelectorAll(".label, .window, .grade")];
  const wide = (word) => { const all = new Range(); all.selectNodeContents(word); return box(all).width; };
  const isBad = (cell, word) => wide(word) < 3 || wide(word) > box(cell).width + 4;
  const cells = [...document.querySelectorAll(".lines [role=cell]")];
  return cells.flatMap((cell) => words(cell).filter((word) => isBad(cell, word)).map((word) => word.textContent));
}"""


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("span", [3, 4])
@pytest.mark.parametrize("figures", [FIGURES[:12], FIGURES[-12:]], ids=["first", "last"])
async def test_a_narrow_table_names_its_numbers(
    page: Page, figures: tuple[Figure, ...], span: int, language: str
) -> None:
    parts = (BoardPart(Kind.TABLE, span), BoardPart(Kind.AGENTS, 12 - span))
    await opened(page, 2, parts=parts, figures=figures, language=language)
    assert await page.locator("#table .label").first.is_visible()
    assert await page.evaluate(BEYOND_ITS_CELL) == []


PARTLY_THERE = """() => {
  const box = (each) => each.getBoundingClientRect();
  const isBelow = (each) => box(each).top >= box(each.parentElement).bottom;
  const all = [...document.querySelectorAll(".lines .extension")];
  return all.filter((each) => each.scrollWidth > each.clientWidth && !isBelow(each)).map((each) => each.textContent);
}"""
CUT_NAMES = """() => [...document.querySelectorAll(".lines .outside")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent.length)"""


@pytest.mark.parametrize("language", ["en", "es", "he"])
async def test_beside_twelve_numbers_a_queue_has_its_name_and_no_part_of_an_extension(
    page: Page, language: str
) -> None:
    await opened(page, 12, ref="supervisor", language=language)
    assert await page.evaluate(PARTLY_THERE) == []
    assert set(await page.evaluate(CUT_NAMES)) <= {len(max(NAMES, key=len))}
    assert await page.evaluate(
        "(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)(document.querySelector('.table'))"
    )


CUT_TIMES = """() => [...document.querySelectorAll(".tile .age")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => each.scrollWidth > each.clientWidth)"""


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("count", [6, 24, 30])
async def test_on_a_tile_the_time_of_old_numbers_is_whole_or_left_to_the_title(
    page: Page, count: int, language: str
) -> None:
    stage = await opened(page, count, language=language)
    await stage.show(floor(count), now=NOON + timedelta(days=1))
    await page.wait_for_selector(".part-tiles > .age[data-old]")
    assert await page.evaluate(CUT_TIMES) == [False] * (count // 2)  # beside a trouble there is no room for it


async def test_few_queues_have_roomier_lines_than_many(page: Page) -> None:
    stage = await opened(page, 7, ref="supervisor")
    heights = "[...document.querySelectorAll('.lines > .line')].map((each) => each.getBoundingClientRect().height)"
    roomy = await page.evaluate(heights)
    await stage.show(floor(8))
    assert min(roomy) > max(await page.evaluate(heights))

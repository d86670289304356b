"""A wall in a real browser: whatever the screen, what it shows can be read from afar, nothing scrolls, nothing is cut,
and what does not fit is summed up. And the life of a screen: its board changes, its pairing ends, its data stop.
"""

import dataclasses
import math
import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from eqboard.boards.health import Health
from eqboard.boards.spec import WALL_KINDS, BoardPart, Figure, Surface, Theme, Wall
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric
from eqboard.floor.snapshot import AgentState, Snapshot
from eqboard.floor.windows import Window
from tests.boards.painting import audience
from tests.boards.walls import Hung, hang, serve
from tests.builders import NOON, agent, ago, caller, queue, snapshot, waiting_call
from tests.e2e.stack import Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCREENS = {
    "720p": (1280, 720, Wall(55, 5)),
    "1080p": (1920, 1080, Wall(55, 5)),
    "4K": (3840, 2160, Wall(55, 5)),
    "portrait": (1080, 1920, Wall(55, 5)),
    "tablet": (1280, 800, Wall(10, 1)),
    "hall": (3840, 2160, Wall(85, 8)),
    "desk": (1920, 1080, Wall(24, 0.8)),
}
EVERY_PART = tuple(BoardPart(kind) for kind in WALL_KINDS)
NAMES = (
    *("A", "n" * 50, "Sales", "Technical support for everybody who has bought one"),
    *("ש", "שירות לקוחות", "מחלקת השירות הטכני לכל מי שקנה פעם אחת משהו אצלנו כ"),
    *("Ñ", "Reclamaciones", "Atención al cliente de Ultramar y de las islas: Ñu", "ש" * 50),
)  # of 1 and of 50 letters, with and without a place to break them
SHORT = ("Sales", "Support", "Billing", "Orders")


def smallest(width: int, height: int, wall: Wall) -> float:
    """The type in pixels whose capitals are as high as ui.md asks for."""
    capital_mm = wall.distance_meters * 1000 * 0.0058
    return capital_mm / 0.71 * math.hypot(width, height) / (wall.diagonal_inches * 25.4)


def floor_with(count: int, names=NAMES, waiting: int = 12) -> Snapshot:
    """So many queues; callers in some of them, and agents."""
    calls = [
        waiting_call(
            f"1.{place}",
            queue=str(500 + place * 7 % count),
            queue_name=names[place % len(names)],
            caller=caller(name=names[place % len(names)]),
            entered_at=ago((3, 15, 19, 25, 90, 400)[place % 6]),
        )
        for place in range(waiting if count else 0)
    ]
    entered = {key: [call.entered_at for call in calls if call.queue == key] for key in {call.queue for call in calls}}
    queues = [
        queue(
            str(500 + place),
            name=names[place % len(names)],
            waiting_count=len(entered.get(str(500 + place), ())),
            oldest_waiting_at=min(entered.get(str(500 + place), ()), default=None),
        )
        for place in range(count)
    ]
    states = list(AgentState)
    agents = [agent(place, name=names[place % len(names)], state=states[place % len(states)]) for place in range(20)]
    return snapshot(queues=queues, waiting=calls, agents=agents if count else [])


LOOK = """(least) => {
  const isSeen = (each) => each.checkVisibility() && each.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const hasText = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const describe = (each) => `${each.className || each.tagName}: ${each.textContent.trim().slice(0, 40)}`;
  const box = (each) => each.getBoundingClientRect();
  const size = (each) => parseFloat(getComputedStyle(each).fontSize);
  const facts = (each) => [Number(each.dataset.rank), Number(each.dataset.waiting)];
  const isOutside = (each) => {
    const { left, right, top, bottom } = box(each);
    return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
  };
  const seen = all("main *").filter(isSeen);
  const texts = seen.filter(hasText);
  const end = box(document.querySelector(".wall-grid")).bottom;
  const page = document.documentElement;
  return {
    scrolls: page.scrollWidth > innerWidth || page.scrollHeight > innerHeight,
    cut: seen.filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1).map(describe),
    outside: texts.filter(isOutside).map(describe),
    below: texts.filter((each) => each.closest(".wall-grid") && box(each).top >= end).map(describe),
    small: texts.filter((each) => !each.closest(".unit") && size(each) < least - 0.5).map(describe),
    numbers: all(".wall-number").filter(isSeen).map(size),
    tiles: all(".wall-tile").filter(isSeen).map(facts),
    hiddenTiles: all(".wall-tile").filter((each) => !isSeen(each)).map(facts),
    figures: all("#totals > li").filter(isSeen).length,
    callers: all(".wall-caller").filter(isSeen).length,
    more: document.querySelector("#more").innerText.split("\\n").join(" "),
  };
}"""
"""What a page shows, and what is wrong with that for type of at least so many pixels."""


def number_before(words: str, text: str) -> int:
    found = re.search(rf"(\d+) {words}", text)
    return int(found[1]) if found else 0


def check(look: dict, floor: Snapshot, least: float) -> None:
    """What holds for every wall."""
    assert not look["scrolls"]
    assert look["cut"] == []
    assert look["outside"] == []
    assert look["below"] == []
    assert look["small"] == []
    assert all(size >= 3 * least - 1 for size in look["numbers"])
    shown = look["tiles"]
    assert len(shown) + number_before("queue", look["more"]) == len(floor.queues)
    everywhere = sum(each.waiting_count or 0 for each in floor.queues.values())
    callers_out = number_before("caller", look["more"])
    assert look["callers"] + callers_out == len(floor.waiting)
    waiting_out = 0 if callers_out else everywhere - sum(count for _, count in shown)  # nobody is told of twice
    assert number_before("waiting", look["more"]) == waiting_out
    if shown and look["hiddenTiles"]:
        assert max(rank for rank, _ in shown) <= min(rank for rank, _ in look["hiddenTiles"])


async def hung_on(page: Page, name: str, floor: Snapshot, language: str = "en", **chosen) -> Hung:
    """On one of the screens."""
    width, height, wall = SCREENS[name]
    await page.set_viewport_size({"width": width, "height": height})
    return await hang(page, floor, audience(Surface.TV, language, **{"wall": wall} | chosen))


async def type_size(page: Page) -> float:
    size = await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return float(size)


# Whatever the screen


@pytest.mark.parametrize("count", [0, 1, 20, 200])
@pytest.mark.parametrize("name", SCREENS)
async def test_everything_can_be_read_nothing_is_cut_and_the_rest_is_summed_up(page, name, count):
    floor = floor_with(count)
    await hung_on(page, name, floor, **({} if count == 20 else {"parts": EVERY_PART}))
    least = smallest(*SCREENS[name])
    check(await page.evaluate(LOOK, least), floor, least)


@pytest.mark.parametrize("language", ["es", "he"])
@pytest.mark.parametrize("name", ["720p", "portrait"])
async def test_so_it_is_in_every_language(page, name, language):
    await hung_on(page, name, floor_with(20), language, parts=EVERY_PART)
    look = await page.evaluate(LOOK, smallest(*SCREENS[name]))
    assert not look["scrolls"]
    assert look["cut"] == look["outside"] == look["below"] == look["small"] == []


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("name", ["1080p", "portrait"])
async def test_the_name_of_every_number_fits(page, name, language):
    windows = (Window.NOW, Window.LAST_30, Window.TODAY)
    figures = tuple(
        Figure(metric, window) for metric in Metric for window in (windows[:1] if metric in OF_THIS_MOMENT else windows)
    )
    calls = [waiting_call("1", entered_at=ago(50 * 60 - 1))]
    floor = snapshot(queues=[queue(waiting_count=44, oldest_waiting_at=ago(4000))], waiting=calls, agents=[agent()])
    near = Wall(55, 1.5)
    await hung_on(page, name, floor, language, wall=near, totals=figures, figures=figures[:6])
    width, height, _ = SCREENS[name]
    look = await page.evaluate(LOOK, smallest(width, height, near))
    assert look["figures"] == len(figures)
    assert look["cut"] == look["outside"] == look["below"] == look["small"] == []


async def test_the_example_of_the_brief():
    """55 inches, 1080p, 5 m: about 65 px."""
    assert smallest(*SCREENS["1080p"]) == pytest.approx(64.5, abs=0.1)


async def test_capitals_are_as_high_as_the_page_takes_them_to_be(page):
    await hung_on(page, "1080p", floor_with(1, SHORT))
    height = await page.evaluate("""() => {
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = `1000px Heebo`;
      return pen.measureText("H").actualBoundingBoxAscent;
    }""")
    assert 710 <= height <= 725


async def test_six_big_numbers_fit_where_the_brief_says_so(page):
    await hung_on(page, "1080p", floor_with(20, SHORT))
    assert (await page.evaluate(LOOK, 0))["figures"] == 6


async def test_where_everything_fits_the_type_is_larger_than_it_has_to_be(page):
    await hung_on(page, "1080p", floor_with(2, SHORT), wall=Wall(55, 1.5))
    size = await type_size(page)
    assert size > 1.5 * smallest(1920, 1080, Wall(55, 1.5))
    check(await page.evaluate(LOOK, size), floor_with(2, SHORT), size)


@pytest.mark.parametrize("name", ["1080p", "portrait", "tablet"])
async def test_a_distance_that_no_type_bridges_is_said_and_breaks_nothing(page, name):
    width, height, _ = SCREENS[name]
    await hung_on(page, name, floor_with(20), wall=Wall(5, 50))
    look = await page.evaluate(LOOK, 0)
    assert "Too far away for this screen" in look["more"]
    assert not look["scrolls"]
    assert look["cut"] == look["outside"] == []
    assert await type_size(page) < min(width, height) / 8


# Two sizes may ask for the same type, so the type does not tell. The page hears of its new size before it is drawn.
IS_LAID_OUT = """([width, height]) => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
  () => done(innerWidth === width && innerHeight === height))))"""


async def test_another_size_of_the_window_is_another_arrangement(page):
    await hung_on(page, "1080p", floor_with(20, SHORT))
    before = await page.evaluate(LOOK, 0)
    for name in ("720p", "4K", "portrait", "1080p"):
        width, height, wall = SCREENS[name]
        await page.set_viewport_size({"width": width, "height": height})
        least = smallest(width, height, wall)
        await page.wait_for_function(IS_LAID_OUT, arg=[width, height])
        assert await type_size(page) == pytest.approx(least, abs=0.2)
        check(await page.evaluate(LOOK, least), floor_with(20, SHORT), least)
    assert (await page.evaluate(LOOK, 0))["more"] == before["more"]


async def test_hebrew_is_mirrored(page):
    await hung_on(page, "1080p", floor_with(1, SHORT), "he")
    assert await page.evaluate("document.documentElement.dir") == "rtl"
    edges = (
        "[...document.querySelectorAll('#totals > li')].slice(0, 2).map((each) => each.getBoundingClientRect().left)"
    )
    first, second = await page.evaluate(edges)
    assert first > second


@pytest.mark.parametrize(
    ("language", "number", "category"),
    [
        *(("en", 1, "one"), ("en", 2, "other"), ("es", 1, "one"), ("es", 4, "other"), ("es", 1_000_000, "many")),
        *(("he", 1, "one"), ("he", 2, "two"), ("he", 20, "other")),
    ],
)
async def test_the_browser_and_the_page_mean_the_same_plural_forms(page, language, number, category):
    await hung_on(page, "1080p", floor_with(1, SHORT), language)
    assert await page.evaluate(f"new Intl.PluralRules('{language}').select({number})") == category
    phrases = await page.evaluate("JSON.parse(document.getElementById('wall').dataset.phrases)")
    assert category in phrases["queues"]


# While it hangs there


async def test_queues_in_trouble_come_into_sight_and_stay_where_they_are(page):
    calm = [queue(str(500 + place), name=f"Queue {place:02}") for place in range(30)]
    hung = await hung_on(page, "1080p", snapshot(queues=calm))
    worse = [*calm]
    worse[25] = dataclasses.replace(calm[25], waiting_count=2, oldest_waiting_at=ago(400))
    await hung.tell(snapshot(queues=worse))
    assert await page.locator("#queue-525").is_visible()
    place = await page.locator("#queue-525").bounding_box()
    worse[27] = dataclasses.replace(calm[27], waiting_count=1, oldest_waiting_at=ago(9))
    await hung.tell(snapshot(queues=worse))
    assert await page.locator("#queue-525").bounding_box() == place
    look = await page.evaluate(LOOK, 0)
    check(look, snapshot(queues=worse), 0)


async def test_callers_who_come_and_go_move_nothing_else(page):
    queues = [queue(str(500 + place), name=SHORT[place % 4]) for place in range(4)]
    hung = await hung_on(page, "1080p", snapshot(queues=queues), wall=Wall(55, 2.5))
    places = """[...document.querySelectorAll('#totals > li, .wall-tile, .clock')].map((each) => {
      const box = each.getBoundingClientRect(); return [each.id, box.left, box.top, box.width, box.height]; })"""
    before = await page.evaluate(places)
    for number in (1, 3, 8, 30, 60, 0):
        calls = [waiting_call(f"1.{place}", entered_at=ago(place)) for place in range(number)]
        floor = snapshot(queues=queues, waiting=calls)
        await hung.tell(floor)
        assert await page.evaluate(places) == before
        look = await page.evaluate(LOOK, 0)
        assert look["callers"] + number_before("caller", look["more"]) == number


async def test_among_equals_whoever_is_in_sight_stays(page):
    def waits(seconds):
        return [
            queue(str(500 + place), name=f"Queue {place:02}", waiting_count=1, oldest_waiting_at=ago(wait))
            for place, wait in enumerate(seconds)
        ]

    hung = await hung_on(page, "1080p", snapshot(queues=waits(range(1, 31))), thresholds=())
    shown = "[...document.querySelectorAll('.wall-tile')].filter((each) => !each.hidden).map((each) => each.id)"
    before = await page.evaluate(shown)
    assert 0 < len(before) < 30
    await hung.tell(snapshot(queues=waits(range(31, 1, -1))))
    assert await page.evaluate(shown) == before


async def test_more_queues_than_before_are_arranged_anew(page):
    hung = await hung_on(page, "1080p", floor_with(2, SHORT))
    for count in (40, 0, 5):
        await hung.tell(floor_with(count, SHORT))
        check(
            await page.evaluate(LOOK, smallest(*SCREENS["1080p"])),
            floor_with(count, SHORT),
            smallest(*SCREENS["1080p"]),
        )


async def test_what_is_wrong_covers_no_number(page):
    floor = floor_with(20, SHORT)
    hung = await hung_on(page, "1080p", floor)
    before = (await page.evaluate(LOOK, 0))["more"]
    await hung.tell(floor, Health(poller_silent_since=NOON, truth_at=NOON))
    banner = await page.locator("#health").bounding_box()
    grid = await page.locator(".wall-grid").bounding_box()
    assert banner
    assert grid
    assert grid["y"] + grid["height"] <= banner["y"] + 1
    least = smallest(*SCREENS["1080p"])
    check(await page.evaluate(LOOK, least), floor, least)
    await hung.tell(floor)
    assert (await page.evaluate(LOOK, 0))["more"] == before


async def test_the_sign_of_life_stops_when_no_reading_comes(page):
    floor = floor_with(1, SHORT)
    hung = await hung_on(page, "1080p", floor)
    beats = []
    for seconds in (0, 1, 2, 2, 2):  # the socket speaks on, the poller does not
        read_at = NOON + timedelta(seconds=seconds)
        sources = {part: dataclasses.replace(each, taken_at=read_at) for part, each in floor.sources.items()}
        await hung.tell(dataclasses.replace(floor, sources=sources), now=read_at)
        beats.append(await page.evaluate("document.documentElement.dataset.beat"))
    assert beats[0] != beats[1] != beats[2]
    assert beats[2] == beats[3] == beats[4]


async def test_old_numbers_are_hatched_and_tell_their_time(page):
    hung = await hung_on(page, "1080p", floor_with(20, SHORT))
    old = NOON + timedelta(seconds=60)
    await hung.tell(floor_with(20, SHORT), now=old, stale_rounds=3)
    assert "as of 12:00:00" in await page.locator(".link").inner_text()
    hatch = "[...document.querySelectorAll('#totals > li')].map((each) => getComputedStyle(each).backgroundImage)"
    assert all("repeating-linear-gradient" in each for each in await page.evaluate(hatch))
    colours = (
        "[...document.querySelectorAll('.wall-tile')].map((each) => getComputedStyle(each).borderInlineStartColor)"
    )
    trouble = {"rgb(245, 165, 74)", "rgb(255, 125, 135)"}  # --warning and --critical: of then, not of now
    assert not trouble & set(await page.evaluate(colours))
    least = smallest(*SCREENS["1080p"])
    check(await page.evaluate(LOOK, least), floor_with(20, SHORT), least)


async def test_a_month_leaves_nothing_behind(page):
    """Callers, queues and agents who come and go by the hundred: the page holds as much as before."""
    hung = await hung_on(page, "1080p", floor_with(20, SHORT), parts=EVERY_PART)
    devtools = await page.context.new_cdp_session(page)

    async def nodes() -> float:
        await devtools.send("HeapProfiler.collectGarbage")
        metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
        return sum(each["value"] for each in metrics if each["name"] in ("Nodes", "JSEventListeners"))

    await devtools.send("Performance.enable")

    async def live(first: int, rounds: int) -> None:
        for number in range(first, first + rounds):
            calls = [waiting_call(f"{number}.{place}", entered_at=ago(place)) for place in range(number % 9)]
            busy = [queue(str(500 + (number + place) % 90), name="Q") for place in range(20)]
            await hung.tell(snapshot(queues=busy, waiting=calls, agents=[agent(1000 + number)]))

    await live(0, 90)
    before = await nodes()
    await live(90, 180)  # the same once more, twice
    assert await nodes() <= 1.02 * before


async def test_nothing_on_it_is_pure_white_and_the_pointer_is_not_seen(page):
    await hung_on(page, "1080p", floor_with(20, SHORT), theme=Theme.LIGHT)
    colours = "[...document.querySelectorAll('*')].map((each) => getComputedStyle(each).backgroundColor)"
    assert "rgb(255, 255, 255)" not in await page.evaluate(colours)
    assert await page.evaluate("getComputedStyle(document.body).cursor") == "none"


async def test_it_moves_two_pixels_to_and_fro(page):
    await hung_on(page, "1080p", floor_with(1, SHORT))
    [shift] = await page.evaluate("""document.querySelector('main').getAnimations().map((each) =>
      each.effect.getKeyframes().map((frame) => frame.translate))""")
    assert set(shift) == {"none", "2px", "2px 2px", "0px 2px"}


async def test_without_its_script_it_does_not_scroll(chromium):
    context = await chromium.new_context(java_script_enabled=False, viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await serve(page, floor_with(20, SHORT), audience(Surface.TV))
    assert await page.locator(".wall-number").first.is_visible()
    clips = await page.locator("body").evaluate("(each) => getComputedStyle(each).overflow")
    assert clips == "clip"
    await context.close()


# A screen that was paired

BOARD = """
from datetime import UTC, datetime
from eqboard.boards.models import SavedBoard
spec = {"surface": "tv", "parts": [{"kind": "tiles"}]}
SavedBoard.objects.create(name="Canteen board", spec=spec, updated_at=datetime.now(UTC))
"""
SECONDS = 30  # what is promised is about ten; two cores that do other things too take their time


async def paired(stack: Stack, board: Page, screen: Page, name: str) -> None:
    """From the code on the screen to a board on it; `board` stands at the question what it shows."""
    await screen.goto(f"{stack.url}/tv/")
    code = await screen.locator(".pairing-code").inner_text()
    await board.goto(f"{stack.url}/displays/")
    await board.fill("input[name=code]", code)
    await board.fill("input[name=name]", name)
    await board.get_by_role("button", name="Pair the screen").click()
    await expect(screen.locator("#screen")).to_be_visible(timeout=SECONDS * 1000)


async def test_a_screen_gets_another_board_without_being_paired_again(stack, board, second_page):
    stack.manage("shell", "-v0", "-c", BOARD)
    await paired(stack, board, second_page, "Gallery")
    await expect(second_page.locator(".board-name")).to_have_text("Wall")

    await board.get_by_label("Canteen board").check()
    await board.get_by_role("button", name="Show it").click()
    await expect(board.locator("li", has_text="Gallery")).to_contain_text("shows Canteen board")
    await expect(second_page.locator(".board-name")).to_have_text("Canteen board", timeout=SECONDS * 1000)
    await expect(second_page.locator("#totals")).to_have_count(0)

    stack.manage(
        "shell", "-v0", "-c", "from eqboard.boards.models import SavedBoard; SavedBoard.objects.all().delete()"
    )
    await expect(second_page.locator(".board-name")).to_have_text("Wall", timeout=SECONDS * 1000)


async def test_a_screen_that_is_taken_away_shows_a_code_again_by_itself(stack, board, second_page):
    await paired(stack, board, second_page, "Lobby")
    await board.goto(f"{stack.url}/displays/")
    await board.locator("li", has_text="Lobby").get_by_role("link", name="Take away").click()
    await board.get_by_role("button", name="Take away").click()
    await expect(second_page.locator(".pairing-code")).to_be_visible(timeout=SECONDS * 1000)

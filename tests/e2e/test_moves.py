"""Rows that change their places, in a real browser: they stay what they are, and stand where a fresh page has them."""

import asyncio
import random
from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from playwright.async_api import Page, Route, expect

from eqboard.boards import fragments
from eqboard.boards.spec import AgentsAs, Surface
from eqboard.floor.snapshot import AgentState, Snapshot
from tests.builders import agent, ago, caller, queue, snapshot, waiting_call
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

NAMES = ("Ana", "Bo", "Cy", "Dee", "Eva", "Fay")
FIRST, LAST = "Aaron", "Zoe"
READ = """list => { const isMirrored = getComputedStyle(list).direction === "rtl";
    return [...list.children].filter(each => each.offsetParent).map(each => [each.getBoundingClientRect(), each.id])
        .sort(([one], [other]) => one.top - other.top || (isMirrored ? other.right - one.right : one.left - other.left))
        .map(([, id]) => Number(id.split("-").at(-1))); }"""
# Each row is marked, so that one which was replaced would be found out.
MARK = "(rows) => rows.forEach((each) => { each.wasThere = true; })"
WERE_THERE = "(rows) => rows.every((each) => each.wasThere)"
BONES = """() => [...document.querySelectorAll("#screen *")].filter(each => !each.closest("time, .age, .mark"))
    .map(each => [each.tagName, each.id, [...each.childNodes].map(n => n.data?.trim() ?? "").join("|")])"""
# What of the list a frame could have painted: it is looked at after each message, and whenever something is drawn.
WATCH = """() => { window.seen = [];
    const look = () => window.seen.push([...document.querySelectorAll("#agents > li")].map(each => each.id));
    document.addEventListener("eqboard:shown", look);
    const draw = () => { look(); requestAnimationFrame(draw); };
    draw(); }"""
FOCUS = "[document.activeElement.id, document.activeElement.closest('li')?.id]"
OLD_BROWSER = "delete Element.prototype.moveBefore"
HEARD = """() => { window.moves = 0;
    new MutationObserver(all => { window.moves += all.filter(({ addedNodes }) => addedNodes.length).length; })
        .observe(document.getElementById("agents"), { childList: true }); }"""


def floor(state: AgentState = AgentState.AVAILABLE, **renamed: str) -> Snapshot:
    """Six agents by their numbers from 1, and by name; `a2="Zoe"` is another name of the second."""
    names = {key: renamed.get(f"a{key}", name) for key, name in enumerate(NAMES, start=1)}
    return snapshot(queues=[queue()], agents=[agent(key, name=name, state=state) for key, name in names.items()])


async def opened(page: Page, **chosen: object) -> Stage:
    stage = Stage(page, **chosen)
    await stage.open(floor())
    await page.locator("#agents > li").evaluate_all(MARK)
    return stage


async def read(page: Page) -> list[int]:
    """The agents as one reads them."""
    found: list[int] = await page.locator("#agents").evaluate(READ)
    return found


async def let_go(page: Page) -> None:
    """No pointer, no focus is on any list."""
    await page.evaluate("document.activeElement.blur()")
    await page.mouse.move(700, 3)


@pytest.mark.parametrize("form", AgentsAs)
@pytest.mark.parametrize("language", ["en", "he"])
async def test_who_moves_is_the_same_row_at_another_place(page: Page, language: str, form: AgentsAs) -> None:
    stage = await opened(page, language=language, agents_as=form)
    await page.evaluate("document.getElementById('mark-agent-2').textContent = 'asked'")
    await page.evaluate(HEARD)

    await stage.show(floor(a2=LAST))
    assert await read(page) == [1, 3, 4, 5, 6, 2]
    assert await page.evaluate("window.moves") == 1, "nobody else has moved"
    await stage.show(floor(a2=LAST, a5=FIRST))
    assert await read(page) == [5, 1, 3, 4, 6, 2]
    await stage.show(floor(a2=FIRST, a6=LAST))
    assert await read(page) == [2, 1, 3, 4, 5, 6]

    assert await page.locator("#agents > li").evaluate_all(WERE_THERE)
    await expect(page.locator("#mark-agent-2")).to_have_text("asked")


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("language", ["en", "he"])
async def test_who_moves_keeps_the_focus_in_any_browser(page: Page, language: str, is_old: bool) -> None:
    if is_old:
        await page.add_init_script(OLD_BROWSER)
    stage = await opened(page, language=language)
    await page.locator("#agent-2-pause").focus()

    for name in (LAST, FIRST, "Bo"):
        await stage.show(floor(a2=name))
        assert await page.evaluate(FOCUS) == ["agent-2-pause", "agent-2"]

    await let_go(page)
    assert await read(page) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("is_old", [False, True])
async def test_a_text_stays_selected_in_a_row_that_moves(page: Page, is_old: bool) -> None:
    if is_old:
        await page.add_init_script(OLD_BROWSER)
    stage = await opened(page)
    await page.locator("#agent-3 .who bdi").dblclick(position={"x": 8, "y": 8})

    await stage.show(floor(a3=LAST))

    assert await page.evaluate("String(getSelection())") == "Cy"
    await page.evaluate("getSelection().removeAllRanges()")
    await expect(page.locator("#agent-3 .who")).to_have_text(LAST)
    await let_go(page)
    assert await read(page) == [1, 2, 4, 5, 6, 3]


async def test_who_moves_under_the_hand_stands_still_until_it_leaves(page: Page) -> None:
    stage = await opened(page)
    await page.locator("#agent-4").hover()

    await stage.show(floor(a2=LAST, a4=FIRST))

    assert await read(page) == [1, 2, 3, 4, 5, 6]
    await let_go(page)
    assert await read(page) == [4, 1, 3, 5, 6, 2]


async def test_who_is_picked_among_others_is_so_at_another_place(page: Page) -> None:
    stage = await opened(page)
    await page.locator("#agent-2").focus()
    await page.keyboard.press("x")
    await expect(page.locator("#agent-2")).to_have_attribute("data-picked", "")

    await stage.show(floor(a2=LAST))

    await expect(page.locator("#agent-2")).to_have_attribute("data-picked", "")
    await expect(page.locator("#agents > [data-picked]")).to_have_count(1)


async def test_what_becomes_of_a_press_is_told_in_the_row_wherever_it_stands_by_then(page: Page) -> None:
    """The answer comes after the first move, and what it asks for by itself after the second."""
    stage = Stage(page)
    await stage.open(floor(state=AgentState.PAUSED))
    answer, later = asyncio.Event(), asyncio.Event()

    async def told(route: Route, after: asyncio.Event, sentence: str, **facts: object) -> None:
        await after.wait()
        outcome = {"state": "asked", "url": "/actions/1/", "sentence": sentence} | facts
        html = render_to_string("control/outcome.html", {"outcome": outcome})
        await route.fulfill(body=html, content_type="text/html")

    await page.route("**/resume/", lambda route: told(route, answer, "Asked.", asks_every="100ms"))
    await page.route("**/actions/1/*", lambda route: told(route, later, "Ana is back.", state="confirmed"))
    await page.locator("#agent-1-resume").press("Enter")
    await stage.show(floor(state=AgentState.PAUSED, a1=LAST))
    answer.set()
    await expect(page.locator("#agents > li:last-child .mark")).to_have_text("Asked.")
    await stage.show(floor(state=AgentState.PAUSED, a1=FIRST))
    later.set()

    await expect(page.locator("#agents > li:first-child .mark")).to_contain_text("Ana is back.")
    await expect(page.locator(".mark > .outcome")).to_have_count(1)


@pytest.fixture
def small_messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So small that a frame of some rows comes in many."""
    monkeypatch.setattr(fragments, "MESSAGE_CHARACTERS", 4_000)
    monkeypatch.setattr(fragments, "PIECE_CHARACTERS", 1_500)
    fragments._shared_strokes.cache_clear()
    yield
    fragments._shared_strokes.cache_clear()


@pytest.mark.usefixtures("small_messages")
async def test_nobody_is_missing_or_there_twice_while_a_frame_comes_in_many_messages(page: Page) -> None:
    stage = await opened(page)
    await page.evaluate(WATCH)

    for names in ({"a1": LAST, "a4": FIRST}, {f"a{key}": f"Agent {9 - key}" for key in range(1, 7)}, {}):
        await stage.show(floor(**names))

    seen = await page.evaluate("window.seen")
    assert len(seen) > 9
    assert all(sorted(each) == [f"agent-{key}" for key in range(1, 7)] for each in seen)


def some_floor(chance: random.Random) -> Snapshot:
    """Of twenty agents and callers each time some others, in another order, a part of them changed."""
    keys = chance.sample(range(1, 21), chance.randint(8, 20))
    agents = [agent(key, name=name_of(key, chance), state=chance.choice(STATES)) for key in keys]
    waiting = [waiting_call(f"1.{key}", entered_at=ago(chance.randint(1, 90)), caller=caller()) for key in keys[:9]]
    queues = [queue(str(500 + key), name=name_of(key, chance)) for key in keys]
    return snapshot(queues=queues, agents=agents, waiting=waiting)


STATES = (AgentState.AVAILABLE, AgentState.PAUSED, AgentState.ON_CALL, AgentState.SIGNED_OUT)


def name_of(key: int, chance: random.Random) -> str:
    return f"Name {key if chance.random() < 0.8 else chance.randint(1, 20):02}"


@pytest.mark.parametrize("is_small", [False, True])
@pytest.mark.parametrize(("surface", "language"), [(Surface.DESK, "en"), (Surface.DESK, "he"), (Surface.TV, "en")])
async def test_after_any_moves_the_page_equals_a_fresh_one(
    page: Page, request: pytest.FixtureRequest, surface: Surface, language: str, is_small: bool
) -> None:
    if is_small:
        request.getfixturevalue("small_messages")
    chance = random.Random(f"{surface} {language} {is_small}")
    stage = Stage(page, surface=surface, language=language)
    await stage.open(some_floor(chance))
    for _round in range(6):
        await stage.show(some_floor(chance))
    updated = await page.evaluate(BONES)

    await stage.refresh()

    assert updated == await page.evaluate(BONES)

"""For everyone: axe-core finds nothing on any page, in both themes and all languages; and what axe cannot see.

Most pages come from the stack, as a reader gets them. Floors on which everything happens at once (somebody late,
parked, gone, overdue, a source that failed) are staged, so that they are there at once and the same each time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.async_api import Browser, Page, Route, expect

from eqboard.boards.health import Health
from eqboard.boards.spec import WALL_KINDS, BoardPart, Surface, Theme
from eqboard.floor.snapshot import AgentState, CameBack, Part, Snapshot, Trouble
from tests.boards.painting import audience
from tests.boards.walls import hang
from tests.builders import (
    abandoned_call,
    agent,
    ago,
    caller,
    conference,
    parked_call,
    participant,
    pause_code,
    queue,
    snapshot,
    waiting_call,
)
from tests.e2e.conftest import sign_in
from tests.e2e.stack import PASSWORD, Stack
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
LANGUAGES = ("en", "he")  # to axe Spanish is English with other words
THEMES: tuple[Any, ...] = ("light", "dark")
SIZE: Any = {"width": 1366, "height": 900}
PHONE: Any = {"width": 390, "height": 844}
OPENERS = {"#menu": "#menu > summary", "#boards-menu": "#boards-menu > summary", "#freshness": "button.link"}
DESKS = ("floor", "supervisor", "lead")

PEOPLE = ("Ana Ruiz", "Bo", "דנה כהן", "Maximiliana Fernández-Echeverría de la Torre", "Eve", "Flo", "Gus")
MISHAPS = ("400.html", "403_csrf.html", "500.html", "503.html", "accounts/locked.html", "boards/later.html")

A_WORLD = f"""
from datetime import UTC, datetime
from django.contrib.auth.models import User
from eqboard.accounts.models import Display, Team
from eqboard.boards.models import SavedBoard
from eqboard.boards.ready import SPECS
from eqboard.boards.reading import write_spec
User.objects.create_user("teamless", password="{PASSWORD}")
lead, team = User.objects.get(username="supervisor"), Team.objects.get(name="Floor")
now = datetime.now(UTC)
Display.objects.create(pk=4711, name="Hall", team=team, code="X", approved_by=lead, approved_at=now)
SavedBoard.objects.create(pk=4711, name="Nights", spec=write_spec(SPECS["tv"]), updated_by=lead, updated_at=now)
"""


# The floors


def calm() -> Snapshot:
    """Everybody is there, nobody calls."""
    return snapshot(
        queues=[queue("500", name="Sales"), queue("501", name="שירות לקוחות")],
        agents=[agent(place, name=name) for place, name in enumerate(PEOPLE, start=1)],
        pause_codes=[pause_code()],
    )


def storm() -> Snapshot:
    """Everything at once: each state in time and too long, callers in time and late, and so on."""
    states = list(AgentState)
    agents = [
        agent(place, name=PEOPLE[place % 7], state=states[place % 7], state_since=ago(30 if place < 7 else 4000))
        for place in range(14)
    ]
    waiting = [
        waiting_call(f"1.{place}", position=place + 1, caller=caller(name=PEOPLE[place % 7]), entered_at=ago(seconds))
        for place, seconds in enumerate((400, 70, 25, 19, 3))
    ]
    waiting[0] = replace(waiting[0], ringing_at=("Ana Ruiz", "Bo"))
    voices = (participant(talking=True), participant("5550102", "Edsger", muted=True), participant("5550103", "Bo"))
    return snapshot(
        queues=[
            queue("500", name="Sales", waiting_count=5, oldest_waiting_at=ago(400), available_count=0),
            queue("501", name="שירות לקוחות", waiting_count=1, oldest_waiting_at=ago(70)),
            queue("502", name="Complaints", present_count=0, available_count=0),
        ],
        agents=agents,
        waiting=waiting,
        parked=[parked_call("2.1"), parked_call("2.2", space="72", returns_at=ago(5), caller=caller(None, name=None))],
        abandoned=[
            abandoned_call(f"3.{place}", attempts=place + 1, came_back=fate) for place, fate in enumerate(CameBack)
        ],
        conferences=[conference(participants=voices)],
        pause_codes=[pause_code(), pause_code(2, "Training")],
    )


TROUBLE = Health(trouble=Trouble.UNREACHABLE, troubled_parts=(Part.CALLS,), truth_at=ago(30))


async def break_out(stage: Stage) -> None:
    """The storm, an action that waits for its outcome, and another that was refused."""
    await stage.show(storm(), TROUBLE)
    await stage.page.evaluate(OPEN_CHAPTERS)
    for number, state in ((4, "asked"), (11, "refused")):
        outcome = {"state": state, "sentence": "EQ refused: Dana is not signed in to Support.", "url": "/actions/1/"}
        html = render_to_string("control/outcome.html", {"outcome": outcome})
        mark = stage.page.locator(f"#mark-agent-{number}")
        await mark.evaluate("(mark, html) => { mark.innerHTML = html; }", html)


# What axe finds


async def violations(page: Page, within: str) -> list[str]:
    """Of WCAG 2.0 to 2.2, A and AA, and of axe's best practices; the size of targets is asked for by name."""
    await page.evaluate(AXE + "; null")
    found = await page.evaluate(
        """(within) => axe.run(within, {
            resultTypes: ["violations"], iframes: false, rules: { "target-size": { enabled: true } },
        })""",
        within,
    )
    return [f"{each['id']}: {node['html'][:300]}" for each in found["violations"] for node in each["nodes"]]


class Findings:
    """Of several pages, so that one run tells of all of them."""

    def __init__(self) -> None:
        self._found: list[str] = []

    async def look(self, page: Page, what: str, themes: tuple[Any, ...] = THEMES, within: str = "html") -> None:
        """`within`: of what opens over a page, only that; targets half under it are nobody's fault."""
        for theme in themes:
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            self._found += [f"{what}, {theme}: {found}" for found in await violations(page, within)]

    def report(self) -> None:
        if self._found:
            pytest.fail("\n".join(self._found), pytrace=False)


@asynccontextmanager
async def browser_of(chromium: Browser, language: str, **wishes: Any) -> AsyncIterator[Page]:
    context = await chromium.new_context(**({"viewport": SIZE, "locale": language} | wishes))
    yield await context.new_page()
    await context.close()


async def serve(page: Page, url: str, template: str, language: str) -> None:
    """A page that only a mishap shows."""
    with translation.override(language):
        html = render_to_string(template, {}, RequestFactory().get("/"))

    async def answer(route: Route) -> None:
        await route.fulfill(body=html, content_type="text/html")

    await page.route(url, answer)
    await page.goto(url)


@pytest.fixture(scope="module")
def furnished(running_stack: Stack) -> None:
    """Somebody in no team, a screen on the wall, a board that can be changed."""
    running_stack.manage("shell", "-v0", "-c", A_WORLD)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_before_the_door(
    furnished: None, stack: Stack, chromium: Browser, language: str
) -> None:
    findings = Findings()
    async with browser_of(chromium, language) as page:
        for path in ("/sign-in/", "/tv/"):
            await page.goto(stack.url + path)
            await findings.look(page, path)
        await page.goto(stack.url + "/sign-in/")
        await page.fill("input[name=username]", "nobody")
        await page.fill("input[name=password]", "wrong")
        await page.keyboard.press("Enter")
        await expect(page.locator(".error")).to_be_visible()
        await findings.look(page, "a wrong password")
        await sign_in(stack, page, "teamless")
        await findings.look(page, "in no team")
        await page.goto(stack.url + "/displays/")
        await findings.look(page, "not allowed")
        await page.goto(stack.url + "/nowhere/")
        await findings.look(page, "nothing there")
        for template in MISHAPS:
            await serve(page, f"{stack.url}/{template}", template, language)
            await findings.look(page, template)
    findings.report()


OPEN_CHAPTERS = "for (const each of document.querySelectorAll('details:not(.menu)')) each.open = true"
LEAVES = (
    *("/boards/", "/boards/new/", "/boards/import/", "/boards/4711/edit/", "/boards/4711/delete/", "/targets/"),
    *("/audit/", "/displays/", "/displays/4711/board/", "/displays/4711/revoke/", "/password/"),
    "/seat/",
)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_on_the_pages_around_the_boards(
    furnished: None, stack: Stack, chromium: Browser, language: str
) -> None:
    findings = Findings()
    async with browser_of(chromium, language) as page:
        await sign_in(stack, page, "supervisor", "/boards/")
        for path in LEAVES:
            await page.goto(stack.url + path)
            await page.evaluate(OPEN_CHAPTERS)
            await findings.look(page, path)
        await page.locator("#menu > summary").click()
        await findings.look(page, "the menu", within="#menu")
    findings.report()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_on_a_board_and_what_opens_over_it(
    stack: Stack, chromium: Browser, language: str
) -> None:
    findings = Findings()
    for number in ("5550100", "5550101"):
        stack.place_call("500", "Grace", number)
    async with browser_of(chromium, language) as page:
        await sign_in(stack, page, "supervisor", "/boards/supervisor/")
        await page.wait_for_selector("html[data-link=open]")
        await expect(page.locator("#waiting > li")).to_have_count(2)
        await findings.look(page, "the board")
        await page.locator("#totals .number").first.click()
        await expect(page.locator("#panel .working")).to_be_visible()
        await findings.look(page, "the working of a number", within="#panel")
        await page.keyboard.press("Escape")
        for opened, opener in OPENERS.items():
            await page.locator(opener).click()
            await findings.look(page, opened, within=opened)
            await page.keyboard.press("Escape")
        for keys, dialog in (("?", "#keys"), ("Control+k", "#palette"), ("p", "#dialog")):
            await page.locator("#agents [tabindex='0']").first.focus()
            await page.keyboard.press(keys)
            await expect(page.locator(dialog)).to_be_visible()
            await findings.look(page, dialog)
            await page.keyboard.press("Escape")
        await page.goto(stack.url + "/tv/tv/")
        await page.wait_for_selector("html[data-fitted][data-link=open]")
        await findings.look(page, "the wall")
    findings.report()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_whatever_happens_on_the_floor(chromium: Browser, language: str) -> None:
    findings = Findings()
    for ref in DESKS:
        async with browser_of(chromium, language) as page:
            stage = Stage(page, ref=ref, language=language)
            await stage.open(calm())
            await findings.look(page, f"{ref}, calm")
            await break_out(stage)
            await findings.look(page, f"{ref}, storm")
            await page.evaluate("document.documentElement.dataset.stale = 'calls agents statistics parked conferences'")
            await findings.look(page, f"{ref}, old", THEMES[:1])
            await page.set_viewport_size(PHONE)
            await findings.look(page, f"{ref}, on a telephone", THEMES[:1])
    for theme in (Theme.LIGHT, Theme.DARK):
        async with browser_of(chromium, language) as page:
            parts = tuple(BoardPart(kind) for kind in WALL_KINDS)
            await hang(page, storm(), audience(Surface.TV, language, theme=theme, parts=parts), TROUBLE)
            await findings.look(page, f"wall, {theme}", THEMES[:1])
    findings.report()


# What axe cannot see


async def test_other_colours_are_chosen_in_the_menu_and_remembered(page: Page) -> None:
    stage = Stage(page)
    await stage.open(storm())
    colour = "getComputedStyle(document.documentElement).getPropertyValue('--available')"
    usual = await page.evaluate(colour)
    await page.locator("#menu > summary").click()
    await page.get_by_role("button", name="Red–green").click()
    chosen = await page.evaluate(colour)
    assert chosen != usual
    await stage.refresh()
    assert await page.evaluate(colour) == chosen
    await page.locator("#menu > summary").click()
    await expect(page.get_by_role("button", name="Red–green")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Usual").click()
    assert await page.evaluate(colour) == usual


UNSEEN_FOCUS = """() => {
  const isSeen = (each) => each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length > 0;
  const isOutlined = (each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const around = (each) => [each, each.parentElement, each.nextElementSibling].filter(Boolean);
  const controls = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]";
  const seen = [...document.querySelectorAll(controls)].filter((each) => isSeen(each) && !each.closest("[inert]"));
  return seen.filter((each) => {
    document.activeElement.blur();
    const before = around(each).filter(isOutlined);
    each.focus();
    return document.activeElement !== each || !around(each).some((one) => isOutlined(one) && !before.includes(one));
  }).map((each) => each.outerHTML.slice(0, 200));
}"""
"""Whatever takes the focus and shows no outline of 2 px for it, on itself, around it or (a drawn box) beside it."""

CUT = """() => {
  const hasText = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const isCut = (each) => {
    const { overflowX, overflowY, textOverflow, clipPath } = getComputedStyle(each);
    if (clipPath !== "none") return false; // only for who listens
    const wide = overflowX !== "visible" && textOverflow !== "ellipsis" && each.scrollWidth > each.clientWidth + 1;
    return wide || (overflowY !== "visible" && each.scrollHeight > each.clientHeight + 3);
  };
  return [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility() && hasText(each))
    .filter(isCut).map((each) => each.outerHTML.slice(0, 200));
}"""
"""Texts that are cut without a sign of it; a name that is too long ends in one."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def staged(page: Page, ref: str = "floor", **chosen: Any) -> None:
    stage = Stage(page, ref=ref, **chosen)
    await stage.open(calm())
    await break_out(stage)


@pytest.mark.parametrize("ref", DESKS)
async def test_the_focus_is_seen_on_every_control_of_a_board(page: Page, ref: str) -> None:
    await page.set_viewport_size(SIZE)
    await staged(page, ref)
    await page.keyboard.press("Tab")
    assert await page.evaluate(UNSEEN_FOCUS) == []
    for opener in OPENERS.values():
        await page.locator(opener).click()
        await page.keyboard.press("Tab")
        assert await page.evaluate(UNSEEN_FOCUS) == [], opener
        await page.keyboard.press("Escape")
    for keys, dialog in (("?", "#keys"), ("Control+k", "#palette")):
        await page.keyboard.press(keys)
        await expect(page.locator(dialog)).to_be_visible()
        inside = UNSEEN_FOCUS.replace(
            "document.querySelectorAll", f"document.querySelector('{dialog}').querySelectorAll"
        )
        assert await page.evaluate(inside) == [], dialog
        await page.keyboard.press("Escape")


async def test_the_focus_is_seen_on_every_control_of_the_pages_around(
    furnished: None, stack: Stack, chromium: Browser
) -> None:
    async with browser_of(chromium, "en") as page:
        await page.goto(stack.url + "/sign-in/")
        await page.keyboard.press("Tab")
        assert await page.evaluate(UNSEEN_FOCUS) == []
        await sign_in(stack, page, "supervisor", "/boards/")
        for path in LEAVES:
            await page.goto(stack.url + path)
            await page.evaluate(OPEN_CHAPTERS)
            await page.keyboard.press("Tab")
            assert await page.evaluate(UNSEEN_FOCUS) == [], path


@pytest.mark.parametrize("language", ["es", "he"])
@pytest.mark.parametrize("ref", DESKS)
async def test_at_320_pixels_nothing_scrolls_sideways(page: Page, ref: str, language: str) -> None:
    """WCAG 1.4.10: as at 1280 pixels, four times as large."""
    await page.set_viewport_size({"width": 320, "height": 640})
    await staged(page, ref, language=language)
    assert await page.evaluate(SIDEWAYS) == 0
    assert await page.evaluate(CUT) == []


async def test_the_pages_around_do_not_scroll_sideways_at_320_pixels_either(
    furnished: None, stack: Stack, chromium: Browser
) -> None:
    async with browser_of(chromium, "es", viewport={"width": 320, "height": 640}) as page:
        await sign_in(stack, page, "supervisor", "/boards/")
        wide = {}
        for path in LEAVES:
            await page.goto(stack.url + path)
            await page.evaluate(OPEN_CHAPTERS)
            wide[path] = await page.evaluate(SIDEWAYS)
        assert {path: by for path, by in wide.items() if by} == {}


@pytest.mark.parametrize("ref", DESKS)
async def test_text_twice_as_large_is_neither_cut_nor_wider_than_the_page(page: Page, ref: str) -> None:
    """WCAG 1.4.4."""
    await page.set_viewport_size({"width": 1280, "height": 900})
    await staged(page, ref, language="es")
    chromium = await page.context.new_cdp_session(page)
    await chromium.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})  # as in the browser's settings
    assert await page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert await page.evaluate(SIDEWAYS) == 0
    assert await page.evaluate(CUT) == []


RUNNING = """() => document.getAnimations().filter((each) => each.playState === "running")
  .map((each) => each.animationName || each.transitionProperty)"""


async def test_with_reduced_motion_nothing_moves_by_itself(page: Page) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await staged(page)
    await expect(page.locator(".outcome[data-state=asked]")).to_be_visible()
    assert await page.evaluate(RUNNING) == []
    await hang(page, storm(), audience(Surface.TV), TROUBLE)
    assert await page.evaluate(RUNNING) == []


SHAPES = """(marks) => {
  const strip = document.createElement("div");
  strip.id = "strip";
  Object.assign(strip.style, { position: "fixed", inset: "0", zIndex: 99, background: "Canvas", font: "40px Heebo" });
  strip.append(...marks.map(([kind, name, value]) => {
    const mark = Object.assign(document.createElement("i"), { className: kind });
    Object.assign(mark.style, { inlineSize: "32px", blockSize: "32px", margin: "8px" });
    if (name) mark.dataset[name] = value;
    return mark;
  }));
  document.body.append(strip);
}"""
MARKS = [
    *(("shape", "state", state.value) for state in AgentState),
    *(("alarm", "level", level) for level in ("warning", "critical")),
    ("shape", "", ""),  # nothing at all, which none of the others may look like
]


@pytest.mark.parametrize("scheme", THEMES)
async def test_where_the_readers_own_colours_are_forced_shapes_still_tell_everything_apart(
    page: Page, scheme: Any
) -> None:
    await page.emulate_media(forced_colors="active", color_scheme=scheme)
    await staged(page)
    await page.evaluate(SHAPES, MARKS)
    pictures = [await mark.screenshot() for mark in await page.locator("#strip > i").all()]
    assert len(set(pictures)) == len(MARKS)

"""A press is seen at once and never left open; several agents are selected, acted on together, and put back."""

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from eqboard.boards.spec import AgentsAs
from eqboard.floor.snapshot import AgentState, Snapshot
from tests.builders import agent, queue, snapshot
from tests.e2e.conftest import sign_in
from tests.e2e.passing import keep_what_went_well
from tests.e2e.stack import PATIENCE_SECONDS, Stack
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

NAMES = {1: "Ana", 2: "Bo", 3: "Cy", 4: "Dee", 5: "Eve"}
MARK = '<span class="outcome" data-state="{}"><i class="outcome-sign"></i><span class="sentence">{}</span></span>'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def floor(*present: int, paused: int = 3) -> Snapshot:
    """Ana to Dee are here, Cy paused; Eve is signed out."""
    here = [
        agent(key, name=NAMES[key], state=AgentState.PAUSED if key == paused else AgentState.AVAILABLE)
        for key in present or (1, 2, 3, 4)
    ]
    return snapshot(queues=[queue()], agents=[*here, agent(5, name="Eve", state=AgentState.SIGNED_OUT)])


class Answers:
    """What comes to each press, in their order, once the test lets it go."""

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []  # of what was answered
        self._asked: asyncio.Queue[Route] = asyncio.Queue()

    async def __call__(self, route: Route) -> None:
        self._asked.put_nowait(route)

    @property
    def is_nothing_asked(self) -> bool:
        return self._asked.empty() and not self.forms

    async def give(self, body: str, status: int = 200) -> None:
        """The page has sent a request by then, or does so within `PATIENCE_SECONDS`."""
        route = await self._next()
        await route.fulfill(body=body, status=status, content_type="text/html")

    async def lose(self) -> None:
        """The network does."""
        await (await self._next()).abort()

    async def _next(self) -> Route:
        async with asyncio.timeout(PATIENCE_SECONDS):
            route = await self._asked.get()
        self.forms.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
        return route


async def opened(page: Page, **chosen: object) -> tuple[Stage, Answers]:
    stage, answers = Stage(page, **chosen), Answers()
    await stage.open(floor())
    await page.route("**/agents/**", answers)
    return stage, answers


async def resume(page: Page) -> None:
    await page.locator("#agent-3-resume").press("Enter")


# A press


async def test_it_is_seen_before_anybody_has_answered(page: Page) -> None:
    _, answers = await opened(page)
    await resume(page)
    mark = page.locator("#mark-agent-3 .outcome")
    await expect(mark).to_have_attribute("data-state", "asked")
    await expect(mark).to_contain_text("Asking…")
    await answers.give(MARK.format("accepted", "EQ accepted; not seen yet…"))
    await expect(mark).to_have_attribute("data-state", "accepted")
    await expect(mark).to_have_count(1)


async def test_each_has_a_number_of_its_own(page: Page) -> None:
    _, answers = await opened(page)
    for _again in range(2):
        await resume(page)
        await answers.give(MARK.format("accepted", "x"))
        await expect(page.locator("#mark-agent-3 .outcome")).to_have_attribute("data-state", "accepted")
    numbers = [form["press"][0] for form in answers.forms]
    assert len(numbers) == 2
    assert all(UUID.fullmatch(each) for each in numbers)
    assert len(set(numbers)) == 2


async def test_the_number_of_a_form_is_its_own(page: Page) -> None:
    _, answers = await opened(page)
    await page.locator("#agent-1-pause").press("Enter")
    await answers.give(
        '<form hx-post="/agents/1/pause/" hx-target="#mark-agent-1"><input type="hidden" name="press" value="77">'
        '<h2 id="dialog-title">x</h2><button class="primary">Pause</button></form>'
    )
    await keep_what_went_well(page)
    await page.locator("#dialog button.primary").click()
    await expect(page.locator("#dialog-notices .outcome")).to_have_attribute("data-state", "asked")
    await answers.give(MARK.format("confirmed", "Ana is paused."))
    assert answers.forms[-1]["press"] == ["77"]
    await expect(page.locator("#dialog")).to_be_hidden()
    await expect(page.locator("#mark-agent-1 .outcome")).to_have_attribute("data-state", "confirmed")


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        (None, "eqboard did not answer in time", "unknown"),
        (500, "because of a fault of its own", "unknown"),
        (403, "nothing was changed", "refused"),
    ],
)
async def test_an_answer_that_is_lost_never_looks_like_success(
    page: Page, status: int | None, words: str, state: str
) -> None:
    _, answers = await opened(page)
    await resume(page)
    await (answers.lose() if status is None else answers.give("<h1>no</h1>", status))
    notice = page.locator("#notices .outcome")
    await expect(notice).to_have_attribute("data-state", state)
    await expect(notice).to_contain_text(words)
    await expect(notice).to_contain_text("Cy")
    await expect(page.locator("#notices > *")).to_have_count(1)
    await expect(page.locator("#mark-agent-3 .outcome")).to_have_count(0)


async def test_an_answer_finds_its_place_when_the_row_has_left(page: Page) -> None:
    stage, answers = await opened(page)
    await resume(page)
    await stage.show(floor(1, 2, 4))
    await expect(page.locator("#notices .outcome")).to_have_attribute("data-state", "asked")
    await answers.give(MARK.format("refused", "Cy has signed out meanwhile, so nothing was sent."))
    await expect(page.locator("#notices .outcome")).to_have_count(1)
    await expect(page.locator("#notices .outcome")).to_contain_text("has signed out meanwhile")


async def test_an_offer_to_undo_goes_by_itself(page: Page) -> None:
    await page.clock.install()
    _, answers = await opened(page)
    await resume(page)
    button = (
        '<button type="button" class="button undo" data-left-ms="4800">Undo<span class="undo-left"></span></button>'
    )
    await answers.give(MARK.format("accepted", "x").removesuffix("</span>") + button + "</span>")
    await expect(page.locator("#mark-agent-3 .undo:not([data-left-ms])")).to_have_count(1)  # it counts
    await page.clock.fast_forward(4_800)
    await expect(page.locator("#mark-agent-3 .undo")).to_have_count(0)


async def test_with_reduced_motion_the_seconds_are_told_in_words(page: Page) -> None:
    await page.emulate_media(reduced_motion="reduce")
    _, answers = await opened(page)
    await resume(page)
    button = (
        '<button type="button" class="button undo" data-left-ms="600000">Undo<span class="undo-left"></span></button>'
    )
    await answers.give(MARK.format("accepted", "x").removesuffix("</span>") + button + "</span>")
    await expect(page.locator("#mark-agent-3 .undo-left")).to_have_text(re.compile(r"^ [1-6]\d\d s$"))


# Selecting


async def picked(page: Page) -> list[str]:
    found: list[str] = await page.locator("[data-picked]").evaluate_all("rows => rows.map(row => row.id).sort()")
    return found


@pytest.mark.parametrize("agents_as", list(AgentsAs))
async def test_rows_are_picked_one_by_one_and_stay_so_through_messages(page: Page, agents_as: AgentsAs) -> None:
    stage, _ = await opened(page, agents_as=agents_as)
    await page.locator(".part-agents [data-select]").click()
    await page.locator("#agent-1 .who").first.click()
    await page.locator("#agent-3 .who").first.click()
    assert await picked(page) == ["agent-1", "agent-3"]
    await expect(page.locator("#together-count")).to_have_text("2 selected")
    await stage.show(floor(paused=1))
    await stage.show_whole(floor(paused=2))
    assert await picked(page) == ["agent-1", "agent-3"]
    await expect(page.locator(".part-agents [data-select]")).to_have_attribute("aria-pressed", "true")
    await page.locator("#agent-1 .who").first.click()
    assert await picked(page) == ["agent-3"]


async def test_who_leaves_is_selected_no_more_and_that_is_said(page: Page) -> None:
    stage, _ = await opened(page)
    await page.locator(".part-agents [data-select]").click()
    await page.locator("[data-pick=all]").click()
    await stage.show(floor(1, 2, 4))
    await expect(page.locator("#together-count")).to_have_text("3 selected")
    await expect(page.locator("#together-news")).to_have_text("1 have left the list")
    await stage.show(floor())
    assert await picked(page) == ["agent-1", "agent-2", "agent-4"]


async def test_by_keyboard_alone(page: Page) -> None:
    _, answers = await opened(page)
    await page.locator("#agent-1").focus()
    await page.keyboard.press("x")
    await expect(page.locator("#together")).to_be_visible()
    await page.locator("#agent-3").focus()
    await page.keyboard.press("Shift+X")
    assert await picked(page) == ["agent-1", "agent-2", "agent-3"]
    await expect(page.locator("#agent-2")).to_have_attribute("aria-description", "selected")
    await page.keyboard.press(" ")
    assert await picked(page) == ["agent-1", "agent-2"]
    async with page.expect_request("**/agents/together/pause/**") as request:
        await page.locator("#together-pause").press("Enter")
    assert parse_qs(urlsplit((await request.value).url).query)["agent"] == ["1", "2"]
    await answers.give(
        '<form><h2 id="dialog-title">Pause 2 agents</h2><button type="button" data-close>x</button></form>'
    )
    await expect(page.locator("#dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#together-pause")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#together")).to_be_hidden()
    assert await picked(page) == []


async def test_what_is_hidden_by_finding_is_not_picked_and_is_told(page: Page) -> None:
    await opened(page)
    await page.locator("#agent-1").focus()
    await page.keyboard.press("x")
    await page.fill("#find", "bo")
    await page.locator("[data-pick=all]").click()
    assert await picked(page) == ["agent-1", "agent-2"]
    await expect(page.locator("#together-count")).to_have_text("2 selected, 1 of them not shown")
    await page.locator("[data-pick=none]").click()
    assert await picked(page) == []


async def test_with_nobody_selected_nothing_is_asked_for(page: Page) -> None:
    _, answers = await opened(page)
    await page.locator(".part-agents [data-select]").click()
    await page.locator("#together-pause").press("Enter")
    await expect(page.locator("#together-news")).to_contain_text("Select agents")
    assert answers.is_nothing_asked


async def test_buttons_of_a_row_work_while_one_selects(page: Page) -> None:
    _, answers = await opened(page)
    await page.locator(".part-agents [data-select]").click()
    await resume(page)
    assert await picked(page) == []
    await answers.give(MARK.format("accepted", "x"))
    await expect(page.locator("#mark-agent-3 .outcome")).to_have_attribute("data-state", "accepted")


# What became of each

FORM = """<form hx-post="/agents/together/sign-out/" hx-target="#dialog-body">
    <h2 id="dialog-title">Sign 2 agents out</h2><button class="button primary">Sign out</button></form>"""
RESULT = """<section class="together"><h2 id="dialog-title">{title}</h2><ul class="results">
    <li><span class="outcome" data-state="confirmed"><span class="sentence">Ana is signed out.</span></span></li>
    <li><span class="outcome" data-state="{state}"><span class="sentence">Cy is told of.</span></span></li></ul>{undo}
    <button type="button" class="button" data-close>Close</button></section>"""
UNDO = """<button type="button" class="button undo" data-left-ms="4800" hx-post="/agents/together/undo/"
    hx-target="closest .together" hx-swap="outerHTML">Undo</button>"""


async def signed_out(page: Page, state: str = "confirmed", undo: str = UNDO) -> Answers:
    """Two are signed out together, and have left; the dialog tells what became of each."""
    stage, answers = await opened(page)
    await page.locator("#agent-1").focus()
    await page.keyboard.press("x")
    await page.locator("#agent-3").focus()
    await page.keyboard.press("x")
    await page.locator("#together-out").press("Enter")
    await answers.give(FORM)
    await page.locator("#dialog button.primary").click()
    await answers.give(RESULT.format(title="What became of it", state=state, undo=undo))
    await stage.show(floor(2, 4))
    return answers


async def test_what_became_of_each_stays_when_those_who_were_selected_have_left(page: Page) -> None:
    await page.clock.install()
    await signed_out(page)
    await page.clock.fast_forward(60_000)
    await expect(page.locator("#together-count")).to_contain_text("Select agents")
    await expect(page.locator("#dialog .results")).to_contain_text("Ana is signed out.")
    await page.locator("#dialog [data-close]").click()
    await expect(page.locator("#dialog")).to_be_hidden()
    await expect(page.locator("#notices .together")).to_have_count(0)  # all went well, and it is too late to undo it


async def test_what_can_be_undone_is_undone_after_the_dialog_was_closed_too(page: Page) -> None:
    await page.clock.install()
    answers = await signed_out(page)
    await page.keyboard.press("Escape")
    await page.locator("#notices .undo").click()
    await answers.give(RESULT.format(title="Undone", state="confirmed", undo=""))
    told = page.locator("#notices .together")
    await expect(told).to_contain_text("Undone")
    await page.clock.fast_forward(60_000)
    await told.locator("[data-close]").click()
    await expect(told).to_have_count(0)


@pytest.mark.parametrize(("state", "count"), [("confirmed", 0), ("refused", 1)])
async def test_once_it_is_too_late_to_undo_it_only_what_went_wrong_stays_beside_the_board(
    page: Page, state: str, count: int
) -> None:
    await page.clock.install()
    await signed_out(page, state)
    await page.keyboard.press("Escape")
    await expect(page.locator("#notices .undo")).to_be_visible()
    await page.clock.fast_forward(4_800)
    await expect(page.locator("#notices .undo")).to_have_count(0)
    await expect(page.locator("#notices .together")).to_have_count(count)


# The palette


@pytest.mark.parametrize(
    ("language", "typed", "name", "path"),
    [
        ("en", "pause dee", "Pause Dee", "/agents/4/pause/"),
        ("en", "dee pau", "Pause Dee", "/agents/4/pause/"),
        ("en", "sign out bo", "Sign out Bo", "/agents/2/sign-out/"),
        ("en", "resume", "Resume Cy", "/agents/3/resume/"),
        ("es", "pausar dee", "Pausar Dee", "/agents/4/pause/"),
        ("he", "dee הפסקה", "Dee", "/agents/4/pause/"),
    ],
)
async def test_the_palette_knows_what_can_be_done_with_whom(
    page: Page, language: str, typed: str, name: str, path: str
) -> None:
    await opened(page, language=language)
    await page.keyboard.press("Control+k")
    await page.keyboard.type(typed)
    await expect(page.locator("#palette [aria-selected=true]")).to_contain_text(name)
    async with page.expect_request(f"**{path}"):
        await page.keyboard.press("Enter")


# The real thing


@pytest_asyncio.fixture(loop_scope="session")
async def patient_board(stack: Stack, page: Page) -> AsyncIterator[Page]:
    """As `board`, where one may undo for longer; and what went well stays."""
    stack.start("web-patient")
    try:
        await sign_in(stack, page, "supervisor", at=stack.patient_url)
        await page.wait_for_selector("html[data-link=open]")
        await keep_what_went_well(page)
        yield page
    finally:
        stack.stop("web-patient")


async def test_two_agents_are_paused_together_and_put_back(patient_board: Page) -> None:
    board = patient_board
    await board.locator(".part-agents [data-select]").click()
    await board.locator("#agent-1 .who").click()
    await board.locator("#agent-2 .who").click()
    await board.locator("#together-pause").click()
    await expect(board.locator("#dialog-title")).to_have_text("Pause 2 agents")
    await expect(board.locator("#prospects")).to_contain_text("2 requests to EQ")
    await board.locator("#dialog label", has_text="Lunch").click()
    await board.locator("#dialog button.primary").click()
    results = board.locator("#dialog .results .outcome[data-state=confirmed]")
    await expect(results).to_have_count(2)
    for number in (1, 2):
        await expect(board.locator(f"#agent-{number}")).to_contain_text("Lunch")
    await board.locator("#dialog .undo").click()
    await expect(board.locator("#dialog .results")).to_contain_text("is as before.")
    await expect(results).to_have_count(2)
    for number in (1, 2):
        await expect(board.locator(f"#agent-{number}")).to_have_attribute("data-state", "available")


async def test_a_sign_out_is_undone_from_its_mark(patient_board: Page) -> None:
    board = patient_board
    await keep_what_went_well(board)
    await board.keyboard.press("Control+k")
    name = await board.locator("#agent-3 .who").inner_text()
    await board.keyboard.type(f"sign out {name}")
    await board.keyboard.press("Enter")
    await board.locator("#dialog button.primary").click()
    undo = board.locator(".outcome .undo")
    await undo.click()
    await expect(board.locator("#agent-3")).to_have_attribute("data-state", "available")
    await expect(
        board.locator("#notices .outcome, #mark-agent-3 .outcome").filter(has_text="is as before")
    ).to_be_visible()

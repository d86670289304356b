"""Rows and dialogs tell the truth about what is there: who has left, who is at it, and that nothing can be done now."""

import itertools
import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from playwright.async_api import Locator, Page, Route, expect

from eqboard.accounts.access import MONITORING
from eqboard.control.monitors.ears import Ear, Hearing
from eqboard.feed.claims import Claim
from eqboard.floor.snapshot import AgentState, Snapshot, WaitingCall
from tests.builders import NOON, agent, ago, caller, claim, line_call, parked_call, queue, snapshot, waiting_call
from tests.e2e.stage import URL, Stage
from tests.every_panel import agent_context

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

NAMES = ("Ada", "Grace", "Edsger", "Linus")
LATER = NOON + timedelta(hours=12)
FRESH = LATER + timedelta(seconds=1)
BLIND = "eqboard cannot see the floor now"
ASKED = '<span class="outcome" data-state="asked"><span class="sentence">Asking…</span></span>'


def calls(*names: str) -> list[WaitingCall]:
    """In the order of `NAMES` they have come, and are late."""
    return [
        waiting_call(f"1.{place}", caller=caller(name=name), entered_at=ago(100 - place), position=place)
        for place, name in enumerate(NAMES)
        if name in names
    ]


def floor(*names: str, **others: object) -> Snapshot:
    people = [agent(1, name="Ana"), agent(2, name="Bo", state=AgentState.ON_CALL, caller=caller())]
    return snapshot(queues=[queue()], **({"agents": people, "waiting": calls(*names)} | others))  # type: ignore[arg-type]


def row_of(page: Page, name: str) -> Locator:
    return page.locator("#waiting > li", has_text=name)


async def opened(page: Page, *names: str) -> Stage:
    await page.set_viewport_size({"width": 1600, "height": 900})
    stage = Stage(page, ref="supervisor")
    await stage.open(floor(*(names or NAMES)))
    return stage


async def act_on(page: Page, name: str) -> None:
    """As if the reader had pressed its button just now: its mark tells of it."""
    await row_of(page, name).locator(".mark").evaluate("(mark, html) => { mark.innerHTML = html; }", ASKED)


# Rows that leave


async def test_who_has_left_is_not_counted_and_their_time_stands_still(page: Page) -> None:
    stage = await opened(page)
    await row_of(page, "Ada").hover()
    await stage.show(floor("Ada", "Edsger", "Linus"))
    gone = page.locator("#waiting > [data-gone]")
    stood = await gone.locator(".waited time").inner_text()
    head = page.locator("#waiting > [data-head]")

    await stage.show(floor("Ada", "Edsger", "Linus"), now=NOON + timedelta(seconds=30))

    await expect(row_of(page, "Ada").locator(".waited time")).to_have_text("2:10")
    await expect(gone.locator(".waited time")).to_have_text(stood)
    await expect(page.locator(".part-waiting")).to_have_attribute("data-count", "3")
    await expect(head).to_have_attribute("data-head", "Late 3")


async def test_a_caller_who_leaves_by_ones_own_press_lets_the_list_go_and_the_next_has_the_focus(page: Page) -> None:
    stage = await opened(page)
    await row_of(page, "Grace").focus()
    await stage.show(floor("Ada", "Grace", "Edsger"))
    await expect(page.locator("#waiting > [data-gone]")).to_have_count(1)
    await act_on(page, "Grace")

    await stage.show(floor("Ada", "Edsger"))

    await expect(page.locator("#waiting > li")).to_have_count(2)
    await expect(row_of(page, "Edsger")).to_be_focused()
    await expect(page.locator("#notices .outcome")).to_have_attribute("data-state", "asked")


async def test_the_last_caller_who_leaves_so_gives_the_focus_to_the_list(page: Page) -> None:
    stage = await opened(page, "Grace")
    await row_of(page, "Grace").locator("button").focus()
    await act_on(page, "Grace")

    await stage.show(floor())

    await expect(page.locator("#waiting")).to_be_focused()
    await stage.show(floor("Ada"))
    await page.keyboard.press("ArrowDown")
    await expect(row_of(page, "Ada")).to_be_focused()


async def test_an_agent_who_leaves_so_gives_the_focus_to_nobody_else(page: Page) -> None:
    """A key would act on them at once."""
    stage = await opened(page)
    await page.locator("#agent-1 .face").focus()
    await page.locator("#mark-agent-1").evaluate("(mark, html) => { mark.innerHTML = html; }", ASKED)

    await stage.show(floor(*NAMES, agents=[agent(2, name="Bo")]))

    await expect(page.locator("#agents > li")).to_have_count(1)
    await expect(page.locator("#agents")).to_be_focused()
    await page.keyboard.press("p")
    assert stage.asked == []


async def test_under_the_pointer_too_and_nothing_is_pressed_by_what_comes_there(page: Page) -> None:
    stage = await opened(page)
    await row_of(page, "Grace").hover()
    await act_on(page, "Grace")

    await stage.show(floor("Ada", "Edsger", "Linus"))

    await expect(page.locator("#waiting > li")).to_have_count(3)
    await expect(page.locator("#waiting")).not_to_have_attribute("data-held", "")


async def test_while_the_hand_is_on_another_caller_it_keeps_its_place(page: Page) -> None:
    stage = await opened(page)
    await act_on(page, "Grace")
    await row_of(page, "Edsger").hover()
    before = await row_of(page, "Edsger").bounding_box()

    await stage.show(floor("Ada", "Edsger", "Linus"))

    await expect(page.locator("#waiting > [data-gone]")).to_have_count(1)
    assert await row_of(page, "Edsger").bounding_box() == before


# The dialog that asks where a caller is sent


async def dialog_for(page: Page, name: str) -> Locator:
    """Opened from the caller's row, with a telephone typed into it."""
    row = row_of(page, name)
    mark = await row.locator(".mark").get_attribute("id")
    context = {"handle": "1", "caller": caller(name=name), "call": calls(name)[0], "mark": f"#{mark}", "telephones": {}}

    async def answer(route: Route) -> None:
        await route.fulfill(body=render_to_string("control/steal.html", context), content_type="text/html")

    await page.route("**/steal/", answer)
    await row.focus()
    await page.keyboard.press("s")
    await expect(page.locator("#destination")).to_be_focused()
    await page.keyboard.type("301")
    await page.unroute("**/steal/")
    return page.locator("#dialog")


async def expect_nothing_is_sent(stage: Stage, dialog: Locator, why: str) -> None:
    primary = dialog.locator(".primary")
    await expect(dialog.get_by_role("status").filter(has_text=why)).to_be_visible()
    await expect(primary).to_have_attribute("aria-disabled", "true")
    await expect(primary).to_have_accessible_description(why)
    await dialog.page.keyboard.press("Enter")
    await expect(primary).to_be_focused()
    await dialog.page.keyboard.press("Enter")
    await expect(dialog).to_be_visible()
    await expect(dialog.locator("#destination")).to_have_value("301")
    assert not [each for each in stage.asked if each.startswith("POST")]


async def test_a_caller_who_leaves_meanwhile_is_told_in_the_open_dialog(page: Page) -> None:
    stage = await opened(page)
    dialog = await dialog_for(page, "Grace")
    await stage.show(floor("Ada", "Linus"))
    await expect_nothing_is_sent(stage, dialog, "This caller is not waiting any more, so nothing can be sent.")
    await page.keyboard.press("Escape")
    await expect(page.locator("#waiting")).to_be_focused()


async def test_whoever_is_at_the_caller_is_named_in_the_open_dialog_until_they_let_go(page: Page) -> None:
    stage = await opened(page)
    dialog = await dialog_for(page, "Grace")
    await stage.show(floor(*NAMES), claims=[claim("call:1.1", who="Dana Weiss")])
    await expect_nothing_is_sent(stage, dialog, "Dana Weiss is stealing this call, so nothing can be sent now.")
    await stage.show(floor(*NAMES))
    await expect(dialog.locator(".primary")).not_to_have_attribute("aria-disabled", "true")
    async with page.expect_response("**/steal/"):
        await page.keyboard.press("Enter")
    assert [each for each in stage.asked if each.startswith("POST")] == ["POST /calls/1/steal/"]


async def test_the_claim_on_another_caller_is_nothing_to_the_dialog(page: Page) -> None:
    stage = await opened(page)
    dialog = await dialog_for(page, "Grace")
    await stage.show(floor("Grace", "Linus"), claims=[claim("call:1.3", who="Dana Weiss")])
    await expect(dialog.locator(".primary")).not_to_have_attribute("aria-disabled", "true")


async def test_ones_own_steal_is_no_reason_to_refuse_it(page: Page) -> None:
    """The row leaves before the answer has come."""
    stage = await opened(page)
    dialog = await dialog_for(page, "Grace")
    async with page.expect_request("**/steal/"):
        await page.route("**/steal/", lambda _: None)  # nobody answers
        await page.keyboard.press("Enter")
    await stage.show(floor("Ada"))
    await expect(dialog.locator(".why-not")).to_be_empty()
    await expect(page.locator("#dialog-notices .outcome")).to_have_attribute("data-state", "asked")


# While eqboard cannot see the floor


async def go_blind(stage: Stage) -> None:
    await stage.show(whole_floor(), now=LATER)


def whole_floor() -> Snapshot:
    return floor(*NAMES, parked=[parked_call()])


HANDS = "#screen [data-hand]:not(.opens)"


async def test_no_button_looks_alive_while_nobody_sees_the_floor_and_all_are_with_the_first_fresh_numbers(
    page: Page,
) -> None:
    stage = await opened(page)
    await stage.show(whole_floor())
    hands = page.locator(HANDS)
    alive = await hands.evaluate_all(FACTS)
    assert len(alive) > len(NAMES)

    await go_blind(stage)

    for hand in await hands.all():
        await expect(hand).to_have_attribute("aria-disabled", "true")
        await expect(hand).to_have_attribute("title", f"{BLIND}, so nothing can be done. {AGAIN}")
    await expect(page.locator("#agent-1-more")).not_to_have_attribute("aria-disabled", "true")

    await stage.show(whole_floor(), now=FRESH, read_at=FRESH)

    await expect(page.locator(f"{HANDS}[data-blind]")).to_have_count(0)
    assert await hands.evaluate_all(FACTS) == alive


AGAIN = "It works again as soon as the board is live."
FACTS = "all => all.map(({ id, title, ariaDisabled }) => [id, title, ariaDisabled])"


async def test_what_a_message_changes_meanwhile_stays_without_a_hand(page: Page) -> None:
    stage = await opened(page)
    await go_blind(stage)
    await stage.show(floor(*NAMES, agents=[agent(1, name="Ana", state=AgentState.PAUSED)]), now=LATER)
    await expect(page.locator("#agent-1-resume")).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize(
    ("place", "key"), [("#agent-1 .face", "p"), ("#agent-2 .face", "l"), ("li.call", "s"), ("li.parked", "k")]
)
async def test_keys_say_why_nothing_can_be_done(page: Page, place: str, key: str) -> None:
    stage = await opened(page)
    await stage.show(whole_floor())
    await go_blind(stage)
    await page.locator(place).first.focus()
    await page.keyboard.press(key)
    await expect(page.locator("#notices")).to_contain_text(BLIND)
    assert stage.asked == []


@pytest.mark.parametrize("typed", ["pause ana", "sign out ana"])
async def test_the_palette_says_it_too(page: Page, typed: str) -> None:
    stage = await opened(page)
    await go_blind(stage)
    await page.keyboard.press("Control+k")
    await page.keyboard.type(typed)
    await expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Ana")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notices")).to_contain_text(BLIND)
    assert stage.asked == []


async def test_the_bar_for_several_says_it_too(page: Page) -> None:
    stage = await opened(page)
    await page.locator("#agent-1 .face").focus()
    await page.keyboard.press("x")
    await go_blind(stage)
    await page.locator("#together-pause").press("Enter")
    await expect(page.locator("#together-news")).to_contain_text(BLIND)
    await stage.show(whole_floor(), now=FRESH, read_at=FRESH)
    await expect(page.locator("#together-pause")).not_to_have_attribute("aria-disabled", "true")
    assert stage.asked == []


async def test_an_open_dialog_says_it_too(page: Page) -> None:
    stage = await opened(page)
    dialog = await dialog_for(page, "Grace")
    await go_blind(stage)
    await expect_nothing_is_sent(stage, dialog, f"{BLIND}, so nothing can be done. {AGAIN}")


PANEL_HANDS = "#panel-body :is(.side-hands, .side-dial) .button"
KEYPAD = '<div class="phone"><button class="phone-key" data-key="5" data-press="/keys/5/" title="Five">5</button></div>'


async def panel_opened(page: Page) -> Stage:
    """Of an agent who talks at 207, with the keys of that telephone unfolded. Each time it is renewed it says so."""
    stage = await opened(page)
    renewed = itertools.count(1)

    async def answer(route: Route) -> None:
        context = agent_context(agent(7, name=f"Panel {next(renewed)}", state=AgentState.ON_CALL))
        await route.fulfill(body=render_to_string("control/panel_agent.html", context), content_type="text/html")

    await page.route(f"{URL}agents/1/", answer)
    await page.route("**/keys/", lambda route: route.fulfill(body=KEYPAD, content_type="text/html"))
    await page.locator("#agent-1 .face").focus()
    await page.locator("#agent-1-more").press("Enter")
    await page.locator("#panel .side-keys > summary").click()
    await expect(page.locator("#panel [data-key]")).to_be_visible()
    return stage


async def renewal(page: Page) -> None:
    told = await page.locator("#panel-title").inner_text()
    await expect(page.locator("#panel-title")).not_to_have_text(told)


async def test_no_button_in_the_panel_looks_alive_either_also_once_it_is_renewed(page: Page) -> None:
    stage = await panel_opened(page)
    hands = page.locator(f"{PANEL_HANDS}, #panel [data-press]")
    alive = await hands.evaluate_all(FACTS)
    assert {None, "true"} == {is_dull for _, _, is_dull in alive}  # some made no sense before
    await go_blind(stage)

    for _again in range(2):
        shown = await hands.evaluate_all(FACTS)
        assert {tuple(each[1:]) for each in shown} == {(f"{BLIND}, so nothing can be done. {AGAIN}", "true")}
        assert len(shown) == len(alive)
        await renewal(page)
    await expect(page.locator("#panel-close")).not_to_have_attribute("aria-disabled", "true")

    await stage.show(whole_floor(), now=FRESH, read_at=FRESH)

    await expect(page.locator("#panel [data-blind]")).to_have_count(0)
    assert await hands.evaluate_all(FACTS) == alive


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (".side-hands > [hx-get]", "Enter"),
        (".side-hands > [hx-post]", "Enter"),
        (".side-dial input", "Enter"),
        ("[data-key]", "Enter"),
        ("[data-key]", "5"),
    ],
)
async def test_what_is_pressed_in_the_panel_then_is_not_sent_and_says_why(page: Page, place: str, key: str) -> None:
    stage = await panel_opened(page)
    await go_blind(stage)
    asked = list(stage.asked)
    await page.locator(f"#panel {place}").first.focus()
    await page.keyboard.press(key)
    await expect(page.locator("#notices")).to_contain_text(BLIND)
    await expect(page.locator("#panel-mark .outcome")).to_have_count(0)
    assert stage.asked == asked


async def test_what_makes_no_sense_in_the_panel_says_why_when_it_is_pressed(page: Page) -> None:
    await panel_opened(page)
    button = page.locator(f"{PANEL_HANDS}[aria-disabled]").first
    await button.press("Enter")
    await expect(page.locator("#notices")).to_contain_text(await button.get_attribute("title") or "?")


# Refusals


def refusal(state: str = "refused") -> str:
    outcome = {"state": state, "sentence": "Nothing was sent.", "url": "/actions/1/", "is_settled": True}
    return render_to_string("control/outcome.html", {"outcome": outcome})


async def refused(page: Page, state: str = "refused") -> Stage:
    """A press on Ana's row, and the answer beside the board."""
    stage = Stage(page)
    people = [agent(1, name="Ana", state=AgentState.PAUSED), agent(2, name="Bo", state=AgentState.PAUSED)]
    await stage.open(floor(agents=people))

    async def refuse(route: Route) -> None:
        await route.fulfill(body=refusal(state), content_type="text/html")

    await page.route("**/resume/", refuse)
    await page.locator("#agent-1-resume").press("Enter")
    await expect(page.locator("#notices .outcome")).to_have_attribute("data-state", state)
    await page.unroute("**/resume/")
    await page.route("**/resume/", lambda _: None)  # nobody answers
    return stage


@pytest.mark.parametrize("state", ["refused", "not_seen"])
async def test_a_refusal_goes_when_the_next_press_on_its_row_begins(page: Page, state: str) -> None:
    await refused(page, state)
    await page.locator("#agent-2-resume").press("Enter")
    await expect(page.locator("#mark-agent-2 .outcome")).to_have_attribute("data-state", "asked")
    await expect(page.locator("#notices .outcome")).to_have_count(1)
    await page.locator("#agent-1-resume").press("Enter")
    await expect(page.locator("#mark-agent-1 .outcome")).to_have_attribute("data-state", "asked")
    await expect(page.locator("#notices .outcome")).to_have_count(0)


async def test_what_may_have_happened_stays_until_it_is_dismissed(page: Page) -> None:
    await refused(page, "unknown")
    await page.locator("#agent-1-resume").press("Enter")
    await expect(page.locator("#mark-agent-1 .outcome")).to_have_attribute("data-state", "asked")
    await expect(page.locator("#notices .outcome")).to_have_count(1)


async def test_a_refusal_goes_when_its_row_shows_another_state_and_there_was_time_to_read_it(page: Page) -> None:
    await page.clock.install()
    stage = await refused(page)
    await stage.show(floor(agents=[agent(1, name="Ana")]))
    await expect(page.locator("#agent-1")).to_have_attribute("data-state", "available")
    await expect(page.locator("#notices .outcome")).to_have_count(1)
    await page.clock.fast_forward(9_000)
    await stage.show(floor(agents=[agent(1, name="Ana")]))
    await expect(page.locator("#notices .outcome")).to_have_count(0)


# Who is at it, and what became of it, where there is little room

CUT = """() => [...document.querySelectorAll("#screen .claim")].filter((each) => {
    const [inner, outer] = [each.getBoundingClientRect(), each.closest(".what, .with").getBoundingClientRect()];
    const isWithin = inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.bottom <= outer.bottom + 1;
    return !isWithin || each.scrollWidth > each.clientWidth + 1 || !inner.width;
}).map((each) => each.textContent)"""
UNDER_A_HAND = """() => [...document.querySelectorAll("#screen .mark > .outcome > .sentence")].filter((each) => {
    const box = each.getBoundingClientRect();
    const buttons = [...each.closest("li").querySelectorAll(".hand > .button")];
    const seen = buttons.filter((one) => one.checkVisibility({ opacityProperty: true }));
    const hands = seen.map((one) => one.getBoundingClientRect());
    return hands.some((hand) => hand.width > 1 && hand.left < box.right - 1 && hand.right > box.left + 1
        && hand.top < box.bottom - 1 && hand.bottom > box.top + 1);
}).map((each) => each.closest("li").id)"""


def at_everything() -> Iterable[Claim]:
    yield claim("call:1.1", who="Dana Weiss")
    yield claim("parked:1366390218.43", who="Dana Weiss", action="call.pick_up")
    yield claim("agent:1", who="Dana Weiss", action="agent.sign_out")
    yield claim("agent:2", who="Dana Weiss", action="monitor.spy")


@pytest.mark.parametrize("ref", ["lead", "floor"])
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize(("width", "letters_px"), [(1300, 16), (390, 16), (1280, 32)])
async def test_what_others_do_is_never_cut_and_no_outcome_lies_under_a_button(
    page: Page, width: int, letters_px: int, language: str, ref: str
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    stage = Stage(page, ref=ref, language=language)
    await stage.open(whole_floor())
    chromium = await page.context.new_cdp_session(page)
    await chromium.send("Page.setFontSizes", {"fontSizes": {"standard": letters_px}})
    await stage.show(whole_floor(), claims=at_everything())
    await expect(page.locator("#screen .claim")).to_have_count(4)
    assert await page.evaluate(CUT) == []
    for mark in await page.locator("#screen .mark").all():
        await mark.evaluate("(mark, html) => { mark.innerHTML = html; }", ASKED.replace("Asking…", "Asking… " * 5))
    assert await page.evaluate(UNDER_A_HAND) == []


async def touch(page: Page) -> None:
    """A screen without a pointer: each row's button has a place of its own, as large as a thumb."""
    chromium = await page.context.new_cdp_session(page)
    await chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    await page.goto("about:blank")
    assert await page.evaluate("matchMedia('(hover: none)').matches")


HEIGHTS = "all => all.map((each) => each.getBoundingClientRect().height)"


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize(("width", "has_pointer"), [(1440, True), (1440, False), (390, False)])
async def test_whoever_is_at_an_agent_is_named_whole_and_the_row_stays_as_high(
    page: Page, width: int, has_pointer: bool, language: str
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    if not has_pointer:
        await touch(page)
    stage = Stage(page, ref="floor", language=language)
    await stage.open(whole_floor())
    rows = page.locator("#agents > .person")
    before = await rows.evaluate_all(HEIGHTS)

    await stage.show(whole_floor(), claims=[claim("agent:2", who="Dana Weiss", action="monitor.spy")])

    told = page.locator("#agent-2 .claim")
    await expect(told).to_contain_text("Dana")
    await expect(told).to_have_attribute("title", re.compile("Dana Weiss"))
    assert await page.evaluate(CUT) == []
    assert await rows.evaluate_all(HEIGHTS) == before


# What lies over what


COVERED = """([over, under]) => {
    const { left, top, right, bottom } = document.querySelector(over).getBoundingClientRect();
    const found = [];
    for (let x = left + 3; x < right - 2; x += 6) for (let y = top + 3; y < Math.min(bottom - 2, innerHeight); y += 6) {
        const seen = document.elementFromPoint(x, y)?.closest(under);
        if (seen && !seen.closest(over)) found.push(seen.id);
    }
    return [...new Set(found)];
}"""


def many() -> Snapshot:
    waiting = [
        waiting_call(f"1.{place}", caller=caller(name=f"No. {place}"), entered_at=ago(60 - 5 * place), position=place)
        for place in range(1, 13)
    ]
    return floor(waiting=waiting)


@pytest.mark.parametrize("width", [1440, 390])
async def test_no_button_of_a_row_lies_over_the_open_menu_nor_over_the_first_who_is_late(
    page: Page, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    await touch(page)
    stage = Stage(page, ref="floor")
    await stage.open(many())
    await expect(page.locator("#waiting > [data-head]")).to_be_visible()
    assert await page.evaluate(COVERED, ["#waiting > [data-head]", "[data-hand]"]) == []

    await page.locator("#menu > summary").click()
    for down_px in (0, 150, 300):
        await page.evaluate("down => scrollTo(0, down)", down_px)
        assert await page.evaluate(COVERED, ["#menu > .menu-panel", "[data-hand]"]) == []


# Notices


async def test_a_dialog_says_nothing_before_there_is_something_to_say(page: Page) -> None:
    await opened(page)
    dialog = await dialog_for(page, "Grace")
    assert await dialog.locator(".why-not").evaluate("each => each.offsetHeight") == 0


@pytest.mark.parametrize("place", ["#agent-2-listen", "#agent-1-pause", "li.call [data-hand]"])
async def test_a_pointer_is_told_why_nothing_can_be_done(page: Page, place: str) -> None:
    await page.set_viewport_size({"width": 1600, "height": 900})
    stage = Stage(page, ref="floor")
    await stage.open(whole_floor())
    await go_blind(stage)
    button = page.locator(place).first
    await button.locator("xpath=ancestor::li").hover()
    await button.click(force=True)
    await expect(page.locator("#notices")).to_contain_text(BLIND)
    assert stage.asked == []


async def test_what_lies_under_a_notice_can_be_scrolled_free_of_it(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    stage = await refused(page)
    await stage.show(floor(agents=[agent(number, name=f"No. {number}") for number in range(1, 30)]))
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    told, screen = await page.locator("#notices").bounding_box(), await page.locator("#screen").bounding_box()
    assert told is not None
    assert screen is not None
    assert screen["y"] + screen["height"] <= told["y"] + 1


PANEL = """() => {
    const body = document.getElementById("panel-body");
    body.innerHTML = `<div class="side" id="panel-agent-1">
        <button hx-post="/agents/1/resume/" hx-target="#panel-mark">Resume from the panel</button></div>`;
    document.getElementById("panel").hidden = false;
    htmx.process(body);
}"""


async def test_a_refusal_goes_with_the_next_press_in_the_panel_of_the_same_agent(page: Page) -> None:
    await refused(page)
    await page.evaluate(PANEL)
    await page.get_by_role("button", name="Resume from the panel").press("Enter")
    await expect(page.locator("#panel-mark .outcome")).to_have_attribute("data-state", "asked")
    await expect(page.locator("#notices .outcome")).to_have_count(0)


async def test_a_refusal_goes_with_the_next_press_in_the_strip_of_whoever_listens(page: Page) -> None:
    await listening(page)
    await page.locator("#notices").evaluate(
        """(notices, html) => { notices.innerHTML = html; notices.firstElementChild.dataset.of = "agent-2"; }""",
        refusal("not_seen"),
    )
    await page.route("**/monitoring/stop/", lambda _: None)  # nobody answers
    await page.get_by_role("button", name="Stop listening to Bo").click()
    await expect(page.locator("#notices .outcome")).to_have_count(0)


async def test_what_became_of_a_lost_answer_is_told_in_its_place_and_of_whom(page: Page) -> None:
    stage = Stage(page)
    await stage.open(floor(agents=[agent(1, name="Ana", state=AgentState.PAUSED)]))
    found = {"state": "unknown", "sentence": "Nobody knows.", "url": "/actions/1/", "is_settled": True}
    told = render_to_string("control/outcome.html", {"outcome": found | {"asks_every": "100ms"}})
    answers = iter([told])

    async def answer(route: Route) -> None:
        await route.fulfill(body=next(answers, refusal("not_seen")), content_type="text/html")

    await page.route("**/resume/", answer)
    await page.route("**/actions/1/*", answer)
    await page.locator("#agent-1-resume").press("Enter")

    await expect(page.locator("#notices .outcome")).to_have_attribute("data-state", "not_seen")
    await expect(page.locator("#notices .sentence")).to_have_text("Ana: Nothing was sent.")
    await expect(page.locator("#notices .outcome")).to_have_attribute("data-of", "agent-1")


async def test_the_focus_comes_back_from_a_dialog_whose_button_has_no_room_in_its_row(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    stage = Stage(page, ref="floor")
    await stage.open(floor())
    body = render_to_string("control/pause_form.html", {"agent": agent(2, name="Bo"), "codes": [], "queues": []})

    async def answer(route: Route) -> None:
        await route.fulfill(body=body, content_type="text/html")

    await page.route("**/pause/", answer)
    await expect(page.locator("#agent-2-pause")).to_be_hidden()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("pause bo")
    await page.keyboard.press("Enter")
    await expect(page.locator("#dialog form")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#agent-2 :focus")).to_have_count(1)


async def test_nothing_is_wrong_for_the_console_when_a_row_left_while_its_dialog_was_open(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    stage = await opened(page)
    dialog = await dialog_for(page, "Grace")
    await dialog.locator("form").evaluate("each => { delete each.dataset.sayGone; }")  # it does not look at the row
    await stage.show(floor("Ada", "Linus"))
    async with page.expect_response("**/steal/"):
        await dialog.locator(".primary").click()
    assert [each for each in stage.asked if each.startswith("POST")] == ["POST /calls/1/steal/"]
    assert said == []


# The strip of somebody who listens


class Strip:
    """What the page is told of a listening, as the server would."""

    def __init__(self) -> None:
        one = Ear("301", agent(2, name="Bo"), "monitor.spy", "8", Hearing.LISTENING, NOON, line_call(), (), MONITORING)
        self.ears: list[Ear] = [one]

    async def __call__(self, route: Route) -> None:
        ears = render_to_string("control/listening_ears.html", {"ears": self.ears}).strip()
        attempts = [each.attempt for each in self.ears]
        await route.fulfill(json={"now": NOON.timestamp(), "attempts": attempts, "ears": ears, "news": ""})


SAYS = "#monitoring .ear-says > span"


async def listening(page: Page) -> Strip:
    strip, stage = Strip(), Stage(page)
    await stage.open(floor())
    await page.route(f"{URL}monitoring/?*", strip)
    await page.route(f"{URL}monitoring/", strip)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it asks at once
    await expect(page.locator(SAYS)).to_have_text("Listening to Bo from 301")
    return strip


def without_call(ear: Ear) -> Ear:
    """The claim outlives the call by a moment."""
    return Ear(ear.extension, ear.agent, ear.action, ear.attempt, Hearing.CALLING, None, None, (), ear.ways)


async def test_after_stop_the_strip_says_so_at_once_and_never_that_somebody_is_called(page: Page) -> None:
    strip = await listening(page)
    await page.route("**/monitoring/stop/", lambda _: None)
    stop = page.get_by_role("button", name="Stop listening to Bo")
    await stop.click()
    await expect(page.locator(SAYS)).to_have_text("Stopping…")
    await expect(stop).to_have_attribute("aria-disabled", "true")

    strip.ears = [without_call(strip.ears[0])]
    async with page.expect_response("**/monitoring/*"):
        pass
    await expect(page.locator(SAYS)).to_have_text("Stopping…")

    strip.ears = []
    await expect(page.locator("#monitoring .ear")).to_have_count(0)


async def test_a_call_that_ended_by_itself_is_not_called_again(page: Page) -> None:
    strip = await listening(page)
    strip.ears = [without_call(strip.ears[0])]
    await expect(page.locator(SAYS)).to_have_text("No call at 301 any more…")
    await expect(page.locator("#monitoring .ear")).to_have_attribute("data-hearing", "ending")

"""The dialog that asks where a caller is sent says whose telephone rings, and never two things of one telephone."""

import pytest
from django.template.loader import render_to_string
from playwright.async_api import Locator, Page, Route, expect

from eqboard.floor.snapshot import AgentState
from tests.builders import agent, caller, queue, snapshot, waiting_call
from tests.e2e.stage import Stage
from tests.every_panel import agent_context

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

CALL = waiting_call(caller=caller("5550100", name="Grace"))
OWN = "Your own telephone rings."
OTHER = "Another telephone than your own rings."


async def dialog(page: Page, own: str) -> Locator:
    """Of the caller who waits, for somebody whose telephone is `own`; Ana sits at 201."""
    await page.set_viewport_size({"width": 1366, "height": 900})
    await Stage(page).open(snapshot(queues=[queue("500")], agents=[agent(1, name="Ana")], waiting=[CALL]))
    known = {"telephones": {"201": agent(1, name="Ana")}, "own": own, "mark": "#notices"}
    context = {"handle": "1", "caller": CALL.caller, "call": CALL, **known}

    async def answer(route: Route) -> None:
        await route.fulfill(body=render_to_string("control/steal.html", context), content_type="text/html")

    await page.route("**/steal/", answer)
    await page.locator("#waiting > li").focus()
    await page.keyboard.press("s")
    await expect(page.locator("#destination")).to_be_focused()
    return page.locator("#dialog")


async def expect_told(box: Locator, *said: str) -> None:
    """Those lines of whose telephone it is, and no other."""
    lines = box.locator("#destination-who > :not([hidden])")
    await expect(lines).to_have_count(len(said))
    for line, words in zip(await lines.all(), said, strict=True):
        await expect(line).to_contain_text(words)


async def test_ones_own_telephone_is_told_as_such_and_another_ones_as_theirs(page: Page) -> None:
    box = await dialog(page, own="210")
    await expect_told(box, OWN)
    await box.locator("#destination").fill("201")
    await expect_told(box, "Somebody else's telephone rings: Ana · Available")
    await box.locator("#destination").fill("299")
    await expect_told(box, OTHER)
    await box.locator("#destination").fill("")
    await expect_told(box)
    await box.locator("#destination").fill(" 210 ")
    await expect_told(box, OWN)


async def test_where_an_agent_sits_is_not_taken_for_ones_own_telephone(page: Page) -> None:
    box = await dialog(page, own="")
    remember = box.locator("[name=remember]")
    await expect(remember).to_be_checked()
    await box.locator("#destination").fill("201")
    await expect_told(box, "The telephone of this agent rings: Ana · Available")
    await expect(remember).not_to_be_checked()
    await box.locator("#destination").fill("2019")
    await expect_told(box)
    await expect(remember).to_be_checked()


async def test_what_one_has_ticked_oneself_stays(page: Page) -> None:
    box = await dialog(page, own="")
    await box.locator("#destination").fill("201")
    await box.locator("[name=remember]").check()
    await box.locator("#destination").fill("20")
    await box.locator("#destination").fill("201")
    await expect(box.locator("[name=remember]")).to_be_checked()
    await box.locator("[name=remember]").uncheck()
    await box.locator("#destination").fill("299")
    await expect(box.locator("[name=remember]")).not_to_be_checked()


# A transfer asks the same way


async def transfer_dialog(page: Page, **context: object) -> Locator:
    """Of the call at 207, from the panel; Ana sits at 201."""
    await page.set_viewport_size({"width": 1366, "height": 900})
    await Stage(page).open(snapshot(queues=[queue("500")], agents=[agent(1, name="Ana")]))
    known = agent_context(agent(7, name="Dina", state=AgentState.ON_CALL))
    asked = {"talk": known["talks"][0], "telephones": {"201": agent(1, name="Ana")}} | context

    async def panel(route: Route) -> None:
        await route.fulfill(body=render_to_string("control/panel_agent.html", known), content_type="text/html")

    async def answer(route: Route) -> None:
        await route.fulfill(
            body=render_to_string("control/transfer_form.html", known | asked), content_type="text/html"
        )

    await page.route("**/agents/1/", panel)
    await page.route("**/transfer/", answer)
    await page.locator("#agent-1-more").press("Enter")
    await page.get_by_role("button", name="Transfer…").first.press("Enter")
    await expect(page.locator("#destination")).to_be_focused()
    return page.locator("#dialog")


async def test_a_transfer_says_whose_telephone_it_is(page: Page) -> None:
    box = await transfer_dialog(page)
    await expect_told(box)
    await box.locator("#destination").fill("201")
    await expect_told(box, "The telephone of this agent rings: Ana · Available")
    await box.locator("#destination").fill("+34 600 111 222")
    await expect_told(box)


async def test_what_was_typed_wrongly_is_mended_and_not_typed_over(page: Page) -> None:
    box = await transfer_dialog(page, typed="20l", error="Use digits.")
    await page.keyboard.press("End")
    await page.keyboard.press("Backspace")
    await page.keyboard.type("1")
    await expect(box.locator("#destination")).to_have_value("201")
    await expect_told(box, "The telephone of this agent rings: Ana · Available")

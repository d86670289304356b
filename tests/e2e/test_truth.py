"""Web, poller, simulator and Redis are each stopped and started, and the page tells the truth throughout."""

import signal

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.stack import AGENTS, Stack
from tests.waiting import wait_until

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

BANNER = {
    "simulator": "EQ does not answer.",
    "poller": "The poller, which reads EQ for this board, is silent",
    "redis": "eqboard has no connection to Redis",
}
RECOVERY_MS = 20_000
WATCH = """() => {
    window.banners = [];
    window.fewestRows = document.querySelectorAll("#agents > li").length;
    new MutationObserver(() => {
        const banner = document.querySelector("#health strong");
        if (banner) window.banners.push(banner.textContent.trim());
        window.fewestRows = Math.min(window.fewestRows, document.querySelectorAll("#agents > li").length);
    }).observe(document.querySelector("main"), { childList: true, subtree: true });
}"""


LONG = "EQ takes long to answer."


async def expect_banner(page: Page, sentence: str, *before: str) -> None:
    """It says so, and has blamed nothing but that before. `WATCH` must be on."""
    await expect(page.locator("#health")).to_contain_text(sentence, timeout=15_000)
    banners = await page.evaluate("window.banners")
    assert [said for said in banners if not any(each in said for each in (sentence, *before))] == []


async def expect_stale(page: Page) -> None:
    await expect(page.locator("html[data-stale~=agents][data-stale~=calls]")).to_have_count(1, timeout=15_000)


async def expect_fresh(page: Page) -> None:
    await expect(page.locator("html")).to_have_attribute("data-stale", "", timeout=RECOVERY_MS)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize("part", ["simulator", "poller", "redis"])
async def test_a_lost_part_is_named_numbers_grey_out_and_all_recovers(
    stack: Stack, board: Page, part: str, number: signal.Signals
) -> None:
    await board.evaluate(WATCH)
    stack.stop(part, number)

    await expect_stale(board)
    await expect_banner(board, BANNER[part])
    await expect(board.locator("#agent-1")).to_be_visible()  # the last truth stays, marked

    stack.start(part)

    await expect_fresh(board)
    await expect(board.locator("#health")).to_be_hidden()
    assert await board.evaluate("window.wasNeverReloaded")
    assert await board.evaluate("window.fewestRows") == len(AGENTS)


@pytest.mark.parametrize("part", ["simulator", "poller", "redis"])
async def test_a_part_that_hangs_is_named_like_one_that_is_gone(stack: Stack, board: Page, part: str) -> None:
    await board.evaluate(WATCH)
    stack.freeze(part)
    try:
        await expect_stale(board)
        await expect_banner(board, BANNER[part], *([LONG] if part == "simulator" else []))
    finally:
        stack.thaw(part)

    await expect_fresh(board)
    await expect(board.locator("#health")).to_be_hidden()


async def test_an_eq_that_takes_three_seconds_is_called_slow_and_never_silent(stack: Stack, board: Page) -> None:
    await board.evaluate(WATCH)
    stack.fault("latency", seconds=3)

    await expect_banner(board, LONG)
    await expect_fresh(board)  # from its first answer on its numbers are as young as such an EQ lets them be
    await expect_banner(board, LONG)

    stack.calm()

    await expect(board.locator("#health")).to_be_hidden(timeout=RECOVERY_MS)


async def test_a_web_server_that_hangs_is_noticed_by_the_page(stack: Stack, board: Page) -> None:
    stack.freeze("web")
    try:
        await expect(board.locator("#link-lost")).to_be_visible(timeout=15_000)
        await expect_stale(board)
    finally:
        stack.thaw("web")

    await expect(board.locator("#link-lost")).to_be_hidden(timeout=RECOVERY_MS)
    await expect_fresh(board)


async def test_one_part_that_hangs_greys_only_what_depends_on_it(stack: Stack, board: Page) -> None:
    stack.fault("latency", "/parked_calls", seconds=20)

    await expect(board.locator("html[data-stale~=parked]")).to_have_count(1, timeout=20_000)
    await expect(board.locator("html[data-stale~=agents], html[data-stale~=calls]")).to_have_count(0)


async def test_a_page_whose_script_did_not_run_is_grey(stack: Stack, second_page: Page) -> None:
    await sign_in(stack, second_page, "viewer")
    await second_page.route("**/board.js", lambda route: route.abort())
    await second_page.reload()

    await expect(second_page.locator("html[data-stale~=agents][data-stale~=calls]")).to_have_count(1)


async def test_without_the_web_server_the_page_says_so_by_itself(stack: Stack, board: Page) -> None:
    await board.evaluate(WATCH)
    await board.locator("#agent-1-pause").focus()
    stack.stop("web")

    await expect(board.locator("#link-lost")).to_be_visible(timeout=15_000)
    await expect_stale(board)

    stack.start("web")

    await expect(board.locator("#link-lost")).to_be_hidden(timeout=RECOVERY_MS)
    await expect_fresh(board)
    assert await board.evaluate("window.wasNeverReloaded")
    assert await board.evaluate("window.fewestRows") == len(AGENTS), "no page was blanked on the way"
    assert await board.evaluate("window.banners") == []
    await expect(board.locator("#agent-1-pause")).to_be_focused()


async def test_the_stand_by_poller_takes_over_and_the_board_stays(stack: Stack, board: Page) -> None:
    stack.start("poller-2")
    try:
        wait_until(lambda: "standing by" in stack.log_of("poller-2"), "the second poller stands by")
        epoch = await board.locator("#pulse").get_attribute("data-epoch")
        stack.stop("poller", signal.SIGKILL)

        await expect(board.locator("#pulse")).not_to_have_attribute("data-epoch", epoch or "", timeout=15_000)
        await expect_fresh(board)
    finally:
        stack.stop("poller-2")


@pytest.mark.parametrize("kind", ["server_error", "html", "truncated", "wrong_shape"])
async def test_an_eq_that_talks_nonsense_is_named_and_survived(stack: Stack, board: Page, kind: str) -> None:
    await board.evaluate(WATCH)
    stack.fault(kind)

    await expect_stale(board)
    await expect_banner(board, "EQ answers with errors.")

    stack.calm()

    await expect_fresh(board)


async def test_an_unknown_state_makes_one_thing_unknown_and_not_the_board(stack: Stack, board: Page) -> None:
    stack.fault("unknown_state")

    await expect(board.locator("#agents li[data-state=unknown]").first).to_be_visible()
    await expect_fresh(board)

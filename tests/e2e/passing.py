"""What a page shows for a moment only, for a test that looks late: the machine may be busy with other tests."""

import re

from playwright.async_api import Page, expect

KEEP = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".outcome { animation: none !important; }");
    document.adoptedStyleSheets.push(sheet);
}"""
RECORD = """() => {
    const last = {};
    const note = (place, what) => {
        if (last[place] === what) return;
        last[place] = what;
        document.body.dataset.shown = `${document.body.dataset.shown ?? ""} ${place}:${what}`;
    };
    const look = () => {
        const outcomes = document.querySelectorAll(".mark .outcome");
        for (const each of outcomes) note(each.closest(".mark").id, each.dataset.state);
        for (const each of document.querySelectorAll("#waiting .claim")) note("claim", each.textContent);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributeFilter: ["data-state"] });
}"""


async def keep_what_went_well(page: Page) -> None:
    """It would leave by itself after some seconds. Until the page is loaded again."""
    await page.evaluate(KEEP)


async def record(page: Page) -> None:
    """From now on the page remembers which state each mark has had, and who was at a caller who waits. Until the page
    is loaded again.
    """
    await page.evaluate(RECORD)


async def expect_shown(page: Page, place: str, *what: str) -> None:
    """That it was shown there, one after the other, since `record`. `place`: the id of a mark, or "claim"."""
    shown = ".* ".join(re.escape(f"{place}:{each}") for each in what)
    await expect(page.locator("body")).to_have_attribute("data-shown", re.compile(shown))

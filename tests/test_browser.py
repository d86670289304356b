"""Which browser the browser tests take, and that one starts."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from eqboard.ops import browsers
from tests import browser


def executable(file: Path) -> Path:
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browsers, "PLACES", ())


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("name", browsers.NAMES)
def test_an_installed_browser_comes_first(name: str, tmp_path: Path) -> None:
    installed = executable(tmp_path / name)
    own = executable(tmp_path / "playwrights-own")
    assert browser.choose(str(own)) == str(installed)


@pytest.mark.usefixtures("nothing_installed")
def test_the_one_without_windows_is_taken_before_any_other(tmp_path: Path) -> None:
    for name in browsers.NAMES:
        executable(tmp_path / name)
    assert browser.choose("") == str(tmp_path / browser.SHELL)


@pytest.mark.usefixtures("nothing_installed")
def test_playwrights_own_is_taken_where_none_is_installed(tmp_path: Path) -> None:
    own = executable(tmp_path / "playwrights-own")
    assert browser.choose(str(own)) == str(own)


@pytest.mark.usefixtures("nothing_installed")
def test_a_path_that_playwright_only_promises_is_no_browser(tmp_path: Path) -> None:
    assert browser.choose(str(tmp_path / "never-downloaded")) is None


@pytest.mark.asyncio(loop_scope="session")
async def test_the_browser_opens_a_page(page: Page) -> None:
    await page.goto("data:text/html,<title>Good morning</title>")
    assert await page.title() == "Good morning"

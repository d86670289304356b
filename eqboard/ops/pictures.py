"""Screenshots of the real pages over the demo, with a fixed seed: looked at before a page is called done."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from eqboard.config import ROOT
from eqboard.ops.browsers import FLAGS, find_installed
from eqboard.ops.showroom import HOST, free_port

SEED = "81"  # a steady floor with somebody waiting and somebody parked; a storm that is one
PASSWORD = "for-pictures-only"  # noqa: S105 (of a demo that lives for a minute)
READY_SECONDS = 120.0
STALE_SECONDS = 5.0
SETTLE_MS = 2500
COUNT_SECONDS = 180.0  # until there is something to count in the numbers of today

DESK, LAPTOP, PHONE = (1920, 1080), (1366, 768), (390, 844)


class PicturesError(Exception):
    """No pictures can be made; the message says what to do."""


@dataclass(frozen=True)
class Shot:
    """One picture."""

    path: str
    size: tuple[int, int]
    theme: str = "light"
    language: str = "en"

    def file_name(self, scenario: str, state: str) -> str:
        page = self.path.strip("/").replace("/", "-") or "board"
        width, height = self.size
        return f"{page}-{scenario}-{state}-{width}x{height}-{self.theme}-{self.language}.png"


ALL = (
    *(Shot("/", size, theme, language) for size in (DESK, LAPTOP, PHONE) for theme in ("light", "dark")
      for language in ("en", "he")),
    *(Shot("/tv/", DESK, "dark", language) for language in ("en", "es", "he")),
    *(Shot(f"/boards/{ref}/", size, theme, language) for ref in ("supervisor", "lead")
      for size, theme, language in ((DESK, "light", "en"), (LAPTOP, "dark", "he"), (PHONE, "light", "es"))),
    Shot("/boards/", LAPTOP), Shot("/targets/", LAPTOP),
    Shot("/", LAPTOP, "light", "es"),
)  # fmt: skip
FOR_README = {
    "board.png": Shot("/", LAPTOP),
    "supervisor.png": Shot("/boards/supervisor/", LAPTOP, "dark"),
    "wall.png": Shot("/tv/", DESK, "dark"),
}


def take_all(folder: Path, scenarios: Iterable[str]) -> Iterator[Path]:
    """Every picture, fresh and stale, for each scenario. Raises PicturesError."""
    for scenario in scenarios:
        with demo(scenario) as (url, poller), browser() as chromium:
            yield from take(chromium, url, ALL, folder, scenario, "fresh")
            os.kill(poller, signal.SIGSTOP)  # the poller falls silent, and nobody brings it back
            time.sleep(STALE_SECONDS)
            yield from take(chromium, url, ALL[:2] + ALL[-2:], folder, scenario, "stale")


def take_for_readme(folder: Path) -> Iterator[Path]:
    """Those that README shows. Raises PicturesError."""
    with demo("monday_storm") as (url, _), browser() as chromium:
        time.sleep(COUNT_SECONDS)
        for name, shot in FOR_README.items():
            yield picture(chromium, url, shot, folder / name)


def take(chromium: Browser, url: str, shots: Sequence[Shot], folder: Path, scenario: str, state: str) -> Iterator[Path]:
    for shot in shots:
        yield picture(chromium, url, shot, folder / shot.file_name(scenario, state))


def picture(chromium: Browser, url: str, shot: Shot, file: Path) -> Path:
    width, height = shot.size
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.theme == "dark" else "light",
        locale=shot.language,
    )
    page = context.new_page()
    page.goto(f"{url}sign-in/")
    page.fill("input[name=username]", "supervisor")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(url)
    page.goto(url.rstrip("/") + shot.path)
    page.wait_for_selector("html[data-link=open]")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=file)
    context.close()
    return file


@contextmanager
def browser() -> Iterator[Browser]:
    executable = find_installed()
    if executable is None:
        raise PicturesError("There is no Chromium or Chrome here (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def demo(scenario: str) -> Iterator[tuple[str, int]]:
    """A demo of its own: its address, and the poller's process id. Raises PicturesError."""
    folder = ROOT / ".demo" / "pictures"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = os.environ | {"PORT": str(free_port()), "DEMO_PASSWORD": PASSWORD, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--folder", str(folder)]
    command += ["--scenario", scenario, "--seed", SEED]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        yield address(process), child(process.pid, "poll")
    finally:
        process.terminate()
        process.communicate(timeout=30)


def address(process: "subprocess.Popen[bytes]") -> str:
    """Where the demo is ready. Raises PicturesError with its last words when it never is."""
    said = ""
    give_up_at = time.monotonic() + READY_SECONDS
    assert process.stdout is not None  # noqa: S101 (it was asked for)
    while time.monotonic() < give_up_at and process.poll() is None:
        if select.select([process.stdout], [], [], 1)[0]:
            said += os.read(process.stdout.fileno(), 4096).decode(errors="replace")
        if ready := re.search(rf"Ready: (http://{HOST}:\d+/)", said):
            return ready[1]
    raise PicturesError(f"The demo did not come up:\n{said[-2000:]}")


def child(parent: int, word: str) -> int:
    """The process below the demo whose command line ends with `word` (Linux)."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            is_child = int(status.read_text().rpartition(")")[2].split()[1]) == parent
            words = status.with_name("cmdline").read_bytes().decode().split("\0")
        except (OSError, ValueError):
            continue
        if is_child and word in words:
            return int(status.parent.name)
    raise PicturesError(f"The demo has no process {word}.")

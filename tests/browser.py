"""Finding a browser for the browser tests: the installed one, else Playwright's own, else Debian's package.

Best is Chromium without its windows: the same engine, and two thirds of the work.

`python -m tests.browser` is the part of `make test` that may install the package; pytest alone installs nothing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from eqboard.ops import browsers

APT_UPDATE_SECONDS = 60
APT_INSTALL_SECONDS = 300
SHELL = "chromium-headless-shell"
PACKAGES = (SHELL, "chromium")  # the first one that there is
FLAGS = [
    *browsers.FLAGS,
    "--font-render-hinting=none",  # letters as wide as they are: each build fits them to pixels in its own way
]
MISSING = "There is no Chromium or Chrome here: browser tests are skipped (Debian: apt-get install chromium)."


def is_needed() -> bool:
    """In CI a missing browser is a failure, not a skip."""
    return os.environ.get("EQBOARD_TESTS_NEED_BROWSER") == "1"


def choose(playwrights_own: str) -> str | None:
    """The browser to test with; Playwright knows a path of its own whether or not anything was downloaded to it."""
    return (
        shutil.which(SHELL)
        or browsers.find_installed()
        or (playwrights_own if os.access(playwrights_own, os.X_OK) else None)
    )


def is_there() -> bool:
    """Whether there is any browser. Playwright's driver, which takes a second to start, is asked last."""
    if browsers.find_installed():
        return True
    with sync_playwright() as playwright:
        return choose(playwright.chromium.executable_path) is not None


def may_install() -> bool:
    """Only root on Debian: Ubuntu's `chromium-browser` is a snap, which containers cannot run."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install() -> None:
    """Try Debian's package, in bounded time. Without the network nothing happens, and the tests say what is missing."""
    print("Installing Debian's chromium for the browser tests …", flush=True)
    if _apt_get(APT_UPDATE_SECONDS, "update", "-qq"):
        any(_apt_get(APT_INSTALL_SECONDS, "install", "-y", "-qq", "--no-install-recommends", name) for name in PACKAGES)


def _apt_get(seconds: int, *words: str) -> bool:
    """Whether it did."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            ["apt-get", *words], env=environment, timeout=seconds, stdout=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"apt-get {words[0]} took more than {seconds} s and was given up.", file=sys.stderr)
        return False
    return done.returncode == 0


def main() -> None:
    """Make sure of a browser where that is possible; never a failure, pytest decides what a missing one means."""
    if not is_there() and may_install():
        install()


if __name__ == "__main__":
    main()

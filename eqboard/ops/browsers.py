"""Finding an installed browser, for pictures and for the browser tests."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
FLAGS = [
    "--headless",
    "--no-sandbox",  # containers run as root, where Chromium's sandbox refuses to start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_installed() -> str | None:
    """An installed browser's executable."""
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in PLACES if os.access(place, os.X_OK))
    return next((found for found in (*on_path, *in_place) if found), None)

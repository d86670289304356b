"""A board's page as viewers load it, without a web server around it: for the benchmark, and for tests that play it."""

from collections.abc import Sequence
from mimetypes import guess_type
from pathlib import Path

from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from eqboard.accounts.access import done_to_several
from eqboard.boards.choosing import Listed, ready_ones
from eqboard.boards.fragments import Screen, whole

BUILD = "build"  # what page and pulse both say, so that no page thinks that it is outdated
LIVE_PATH = "/live/desk/"
FONT = "font/woff2"  # of which not every system knows the name


def page_of(screen: Screen, pulse: SafeString, boards: Sequence[Listed] | None = None) -> str:
    """The page of a board for a desk, with that screen. `boards` are those to choose from; the ready ones if None."""
    request = RequestFactory().get("/")
    request.user = User(username="supervisor")
    audience = screen.audience
    with translation.override(audience.language), timezone.override(audience.zone):
        context = {
            "board": audience.board,
            "boards": boards or ready_ones(audience.language),
            "screen": mark_safe(whole(screen)),  # noqa: S308 (made of fragments)
            "pulse": pulse,
            "live_url": LIVE_PATH,
            "build": BUILD,
            "together": done_to_several(audience.rights),
        }
        return render_to_string("boards/board.html", context, request)


def static_file(path: str) -> tuple[Path, str] | None:
    """The file of a path below /static/, and its media type; None when there is none."""
    try:
        found = finders.find(path)
    except SuspiciousFileOperation:
        return None
    return (Path(found), guess_type(path)[0] or FONT) if found and Path(found).is_file() else None

"""A screen on the wall, in tests: a client without a person."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from eqboard.accounts.displays import read_code
from eqboard.accounts.models import Team


def code_on(answer: Any) -> str | None:
    """The code a page shows; None when it shows none."""
    shown = BeautifulSoup(answer.text, "html.parser").select_one(".pairing-code")
    return read_code(shown.text) if shown else None


def pair(screen: Client, approver: Client, team: Team, name: str = "Wall") -> Any:
    """The whole way, from the code to the token."""
    code = code_on(screen.get("/tv/"))
    assert approver.post("/displays/", {"code": code, "name": name, "team": team.pk}).status_code == 302
    return screen.get("/tv/paired/")

"""Whom a preview of several leaves out, and why: told again beside what became of the others, so that all are told of.

Between the two only the page knows it. Pure.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eqboard.control.on_agents.several import MOST
from eqboard.control.saying import say


class Skip(StrEnum):
    """Why nothing is sent for somebody. It stands in addresses."""

    UNSEEN = "unseen"
    SIGNED_OUT = "signed_out"
    NOT_THERE = "not_there"  # signed in, and not to the queue that was chosen
    DENIED = "denied"
    PAUSED = "paused"
    NOT_PAUSED = "not_paused"
    NOT_WRAPPING_UP = "no_wrap_up"
    SIGNED_IN = "signed_in"
    NO_QUEUE = "no_queue"  # that they have served before


def why_skipped(skip: Skip) -> SafeString:
    return say(_sentences()[skip])


def _sentences() -> Mapping[Skip, str]:
    """Made when asked, in the reader's language."""
    return {
        Skip.UNSEEN: _("Not on your board any more."),
        Skip.SIGNED_OUT: _("Signed out."),
        Skip.NOT_THERE: _("Not signed in there."),
        Skip.DENIED: _("Not allowed: your role does not allow it, or they also serve queues of other teams."),
        Skip.PAUSED: _("Paused already."),
        Skip.NOT_PAUSED: _("Not paused."),
        Skip.NOT_WRAPPING_UP: _("Not in wrap-up."),
        Skip.SIGNED_IN: _("Signed in already."),
        Skip.NO_QUEUE: _("There is no queue to sign in to. Choose one."),
    }


def as_text(agent: int, skip: Skip) -> str:
    """As a page sends it."""
    return f"{agent}-{skip.value}"


def read_skipped(texts: Iterable[str]) -> dict[int, Skip]:
    """By agent, at most MOST of them; what makes no sense is left out."""
    pairs = (each.partition("-") for each in list(texts)[:MOST])
    return {int(agent): Skip(skip) for agent, _dash, skip in pairs if is_agent(agent) and skip in list(Skip)}


def is_agent(text: str) -> bool:
    """Whether it can be an agent's id."""
    return text.isascii() and text.isdecimal() and len(text) < 10

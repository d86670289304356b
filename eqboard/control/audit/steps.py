"""A step of an attempt as the audit log's page tells it: what it means, and whatever else was written down of it.

Pure, but for the reader's language. What was written down is read as from outside: another version may have written it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from eqboard.boards.templatetags.board import duration
from eqboard.control import seat_words
from eqboard.control.audit.discretion import SEEN_THROUGH
from eqboard.control.audit.story import complaints
from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import sentence
from eqboard.floor.masking import GAP

LABELS: Mapping[str, Promise] = {
    "agent": gettext_lazy("Agent"),
    "queue": gettext_lazy("Queue"),
    "sign_in_to": gettext_lazy("In which queues"),
    "is_paused": gettext_lazy("Begin with a pause"),
    "pause_code": gettext_lazy("Pause code"),
    "extension": gettext_lazy("Extension"),
    "destination": gettext_lazy("Destination"),
    "monitor_extension": pgettext_lazy("an extension", "Listens from"),
    "call": pgettext_lazy("a telephone call", "Call"),
    "party": pgettext_lazy("at the other end of a call", "With"),
    "number": pgettext_lazy("a caller's", "Number"),
    "complaints": gettext_lazy("EQ's words"),
    "seconds": gettext_lazy("Lasted"),
    "old": pgettext_lazy("a change", "Before"),
    "new": pgettext_lazy("a change", "After"),
    "before": pgettext_lazy("a change", "Before"),
    "stood": pgettext_lazy("a change", "Before"),
    "eq_user": gettext_lazy("EQ user"),
}
"""What the fields are called that people read, in the order in which they read them; others go by their own names."""
SECRET = re.compile("password|passphrase|secret|token|cookie|credential|authorization|api_?key", re.IGNORECASE)
"""Fields of which nobody reads more than that they are there. None is written down; a later version may err."""
AS_USUAL: Mapping[str, Any] = {"skill": None, "paused": False}
NOTHING: tuple[Any, ...] = ("", [], {})


@dataclass(frozen=True, slots=True)
class Told:
    """`means` is HTML, "" where the name of the step says it all. `facts` are names and values, both from outside."""

    at: datetime
    step: str
    means: SafeString
    facts: list[tuple[str, str]]


def tell_step(entry: AuditEntry) -> Told:
    """`entry`: as its reader may see it (discretion.py)."""
    return Told(entry.at, name_of_step(entry), _meaning(entry), list(dict.fromkeys(_facts(entry))))


def name_of_step(entry: AuditEntry) -> str:
    return _("done in part") if entry.is_partly_done else str(Step(entry.step).label)


def _meaning(entry: AuditEntry) -> SafeString:
    is_seats = entry.action in seat_words.STEPS
    says_it_all = (Step.ASKED, Step.ACCEPTED) if is_seats else (Step.ASKED, Step.ACCEPTED, Step.DONE)
    return SafeString() if entry.step in says_it_all else sentence(entry)


def _facts(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    places = {name: place for place, name in enumerate(LABELS)}
    for name, value in sorted(_written(entry), key=lambda each: (places.get(each[0], len(places)), each[0])):
        if value not in NOTHING:
            yield str(LABELS.get(name, name)), _value(name, value)


def _written(entry: AuditEntry) -> Iterator[tuple[str, Any]]:
    """What was asked for stands beside the rest, without the action, which its line names; and without what decides
    only who reads of it.
    """
    for name, value in entry.details.items():
        if name == "order" and isinstance(value, dict):
            yield from (each for each in value.items() if each != ("action", entry.action))
        elif name != SEEN_THROUGH:
            yield name, value


def _value(name: str, value: Any) -> str:
    if SECRET.search(name):
        return GAP
    match name, value:
        case "complaints", list() if told := complaints({name: value}):
            return "; ".join(told)
        case "seconds", int() | float() if value >= 0 and not isinstance(value, bool):
            return str(duration(value))
        case "before", {"queues": list(stood), **rest}:
            return ", ".join(filter(None, [*map(_place, stood), _plain(rest)]))
        case "sign_in_to" | "stood", list():
            return ", ".join(map(_place, value))
    return _plain(value)


def _place(value: Any) -> str:
    """A queue, with how an agent stands in it, or is to. What is as usual an order does not say."""
    match {**AS_USUAL, **value} if isinstance(value, dict) else value:
        case {"queue": str(queue), "skill": int() | None as skill, "paused": bool(paused)}:
            how = [_skill(skill)] if skill else []
            how += [pgettext("an agent in a queue", "paused")] if paused else []
            return f"{queue} ({', '.join(how)})" if how else queue
        case [str(queue), int(skill)]:
            return f"{queue} ({_skill(skill)})"
    return _plain(value)


def _skill(skill: int) -> str:
    return _("skill %(skill)s") % {"skill": skill}


def _plain(value: Any) -> str:
    """Any of JSON's values, as one reads them."""
    match value:
        case None:
            return "–"
        case bool():
            return pgettext("a fact", "yes") if value else pgettext("a fact", "no")
        case dict():
            return ", ".join(_pair(name, each) for name, each in value.items() if each is not None)
        case list():
            is_flat = not any(isinstance(each, dict | list) for each in value)
            return (", " if is_flat else "; ").join(map(_plain, value))
    return str(value)


def _pair(name: str, value: Any) -> str:
    return f"{name}: {GAP if SECRET.search(name) else _plain(value)}"

"""What of an attempt is told to whom: as on the boards, no queue and no agent that they do not see; and to whoever may
not see who calls, no number, and no name that tells one.

Pure. A caller may stand in the target's name, in the order, and in EQ's words. A queue that the attempt did not touch
may stand where it was written down how an agent had stood; a queue or an agent, where a caller was instead.
"""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from eqboard.accounts.access import SEE_NUMBERS, Rights, may_do, seen_queues
from eqboard.control.audit.story import Story
from eqboard.control.catalogue.obstacles import Why
from eqboard.control.models import AuditEntry
from eqboard.floor.masking import GAP, Mask, MaskedNumbers
from eqboard.floor.snapshot import Caller

OUR_OWN = "^(agent|board|display|extension|queue|queues|user)(-|$)"
"""Kinds of targets, as a regular expression, whose names are no caller's."""

PLACES = ("queues", "sign_in_to", "stood")
"""Fields that list queues, each with how an agent stands there, or is to."""

SEEN_THROUGH = "seen_through"
"""The field that says through which queues the agent or place is seen that an entry names (obstacles.py, vigil.py)."""

MASK = Mask(MaskedNumbers.HIDDEN, hides_names=False, own=frozenset(), secret=b"")


def discreet(story: Story, rights: Rights, *, is_own: bool = False) -> Story:
    """The story as somebody with these rights may read it. `is_own`: what they did themselves."""
    known = seen_queues(rights)
    if known is not None:
        story = Story(tuple(_within(each, known, is_own=is_own) for each in story.entries))
    return _without_numbers(story, rights)


def is_of_caller(target: str) -> bool:
    """Whether the target's name may be that of somebody who calls. `target` is as it is written down."""
    return not re.match(OUR_OWN, target)


def newest_for(entry: AuditEntry, rights: Rights) -> AuditEntry:
    """The newest entry of one's own story as one may read it, who has these rights. Of places and people it tells what
    one was to be told when it was written down (doing/strangers.py).
    """
    return _without_numbers(Story((entry,)), rights).last


def caller_for(rights: Rights, caller: Caller, queues: Iterable[str]) -> Caller:
    """The caller as somebody with these rights may see them. `queues` are those of the call."""
    return caller if may_do(rights, SEE_NUMBERS, queues) else MASK.caller(caller)


def _within(entry: AuditEntry, known: frozenset[str], *, is_own: bool) -> AuditEntry:
    details = {name: _hide_places(name, each, known) for name, each in entry.details.items()}
    if _tells_where(details) and not _may_be_named(details.get(SEEN_THROUGH), known, is_own=is_own):
        details = {name: each for name, each in details.items() if name not in ("who", "where")}
    if details == entry.details:
        return entry
    shown = copy(entry)
    shown.details = details
    return shown


def _hide_places(field: str, value: Any, known: frozenset[str]) -> Any:
    """Any of JSON's values, with one gap for all places in queues that are not known."""
    match value:
        case dict():
            return {name: _hide_places(name, each, known) for name, each in value.items()}
        case list() if field in PLACES:
            shown = [each for each in value if _queue_of(each) is None or _queue_of(each) in known]
            return shown if len(shown) == len(value) else [*shown, GAP]
    return value


def _tells_where(details: Mapping[str, Any]) -> bool:
    """Whether they may name an agent or a place where a caller was instead."""
    return "seen" in details or details.get("error") in (Why.WITH_AGENT, Why.ELSEWHERE)


def _may_be_named(seen_through: Any, known: frozenset[str], *, is_own: bool) -> bool:
    """Where it was not written down through which queues, as by an earlier version, whoever pressed reads what they
    were told then, and nobody else does who does not see every queue.
    """
    if isinstance(seen_through, list) and seen_through and all(isinstance(each, str) for each in seen_through):
        return not known.isdisjoint(seen_through)
    return is_own


def _queue_of(place: Any) -> str | None:
    match place:
        case {"queue": str(queue)} | [str(queue), int()]:
            return queue
    return None


def _without_numbers(story: Story, rights: Rights) -> Story:
    return story if may_do(rights, SEE_NUMBERS, story.queues) else Story(tuple(map(_hidden, story.entries)))


def _hidden(entry: AuditEntry) -> AuditEntry:
    hidden = copy(entry)
    hidden.details = hide_numbers({name: each for name, each in entry.details.items() if name != "number"})
    if is_of_caller(entry.target):
        hidden.target = entry.target.partition("-")[0]  # the rest is the call's key, which may hold the number
        hidden.target_name = hide_numbers(entry.target_name)
    return hidden


def hide_numbers(value: Any) -> Any:
    """JSON's values with no telling number in any text. Names of fields are ours."""
    match value:
        case str():
            shown = MASK.name(value)
            return GAP if shown is None else shown
        case dict():
            return {key: hide_numbers(each) for key, each in value.items()}
        case list():
            return [hide_numbers(each) for each in value]
    return value

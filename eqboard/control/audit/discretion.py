"""What of an attempt is told to whom: as on the boards, no queue that they do not see; and to whoever may not see who
calls, no number, and no name that tells one.

Pure. A caller may stand in the target's name, in the order, and in EQ's words. A queue that the attempt did not touch
may stand where it was written down how an agent had stood.
"""

import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from eqboard.accounts.access import SEE_NUMBERS, Rights, may_do, seen_queues
from eqboard.control.audit.story import Story
from eqboard.control.models import AuditEntry
from eqboard.floor.masking import GAP, Mask, MaskedNumbers
from eqboard.floor.snapshot import Caller

OUR_OWN = "^(agent|board|display|extension|queue|queues|user)(-|$)"
"""Kinds of targets, as a regular expression, whose names are no caller's."""

PLACES = ("queues", "sign_in_to", "stood")
"""Fields that list queues, each with how an agent stands there, or is to."""

MASK = Mask(MaskedNumbers.HIDDEN, hides_names=False, own=frozenset(), secret=b"")


def discreet(story: Story, rights: Rights) -> Story:
    """The story as somebody with these rights may read it."""
    known = seen_queues(rights)
    entries = story.entries if known is None else tuple(_within(each, known) for each in story.entries)
    return Story(entries if may_do(rights, SEE_NUMBERS, story.queues) else tuple(map(_hidden, entries)))


def is_of_caller(target: str) -> bool:
    """Whether the target's name may be that of somebody who calls. `target` is as it is written down."""
    return not re.match(OUR_OWN, target)


def newest_for(entry: AuditEntry, rights: Rights) -> AuditEntry:
    """The newest entry of a story as somebody with these rights may read it."""
    return discreet(Story((entry,)), rights).last


def caller_for(rights: Rights, caller: Caller, queues: Iterable[str]) -> Caller:
    """The caller as somebody with these rights may see them. `queues` are those of the call."""
    return caller if may_do(rights, SEE_NUMBERS, queues) else MASK.caller(caller)


def _within(entry: AuditEntry, known: frozenset[str]) -> AuditEntry:
    details = {name: _hide_places(name, each, known) for name, each in entry.details.items()}
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


def _queue_of(place: Any) -> str | None:
    match place:
        case {"queue": str(queue)} | [str(queue), int()]:
            return queue
    return None


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

"""What of an attempt is told to whoever may not see who calls: as on the boards, no number, and no name that tells one.

Pure. A caller may stand in the target's name, in the order, and in EQ's words.
"""

import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from eqboard.accounts.access import SEE_NUMBERS, Rights, may_do
from eqboard.control.audit.story import Story
from eqboard.control.models import AuditEntry
from eqboard.floor.masking import GAP, Mask, MaskedNumbers
from eqboard.floor.snapshot import Caller

OUR_OWN = "^(agent|board|display|extension|queue|queues|user)(-|$)"
"""Kinds of targets, as a regular expression, whose names are no caller's."""

MASK = Mask(MaskedNumbers.HIDDEN, hides_names=False, own=frozenset(), secret=b"")


def discreet(story: Story, rights: Rights) -> Story:
    """The story as somebody with these rights may read it."""
    if may_do(rights, SEE_NUMBERS, story.queues):
        return story
    return Story(tuple(map(_hidden, story.entries)))


def is_of_caller(target: str) -> bool:
    """Whether the target's name may be that of somebody who calls. `target` is as it is written down."""
    return not re.match(OUR_OWN, target)


def newest_for(entry: AuditEntry, rights: Rights) -> AuditEntry:
    """The newest entry of a story as somebody with these rights may read it."""
    return discreet(Story((entry,)), rights).last


def caller_for(rights: Rights, caller: Caller, queues: Iterable[str]) -> Caller:
    """The caller as somebody with these rights may see them. `queues` are those of the call."""
    return caller if may_do(rights, SEE_NUMBERS, queues) else MASK.caller(caller)


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

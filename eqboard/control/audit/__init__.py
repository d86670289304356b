"""The one door to the audit log: whatever is done is written down here, in one form."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from eqboard.accounts.address import address_of
from eqboard.accounts.asking import user_of
from eqboard.control.models import LONGEST_NAME, LONGEST_REASON, LONGEST_TARGET, AuditEntry, Step

UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class AlreadyDone(Exception):
    """The attempt has taken this step before: a press that came twice, or two who settle the same attempt."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it, and from where: the browser's address, if there is one."""

    user: User
    address: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """To what it is done: `id` is kind and key, as `agent-7`; `name` is as people knew it then."""

    id: str
    name: str


def doer_of(request: HttpRequest) -> Doer:
    """Raises PermissionDenied for a stranger."""
    return Doer(user_of(request), address_of(request))


def write_down(
    doer: Doer,
    action: str,
    thing: Thing,
    step: Step,
    details: dict[str, Any],
    attempt: uuid.UUID | None = None,
    *,
    queues: Iterable[str] = (),
    reason: str = "",
) -> None:
    """One step, of an attempt that goes on or of one that is over with it.

    `queues`: the extensions of those that the attempt touches; of its first step they decide who may read of it, so
    each step gets the same. Raises AlreadyDone when this attempt has taken this step before, also in another process.
    """
    entry = AuditEntry(
        attempt=attempt or uuid.uuid4(),
        actor=doer.user,
        actor_name=doer.user.get_username(),
        address=doer.address,
        action=action,
        target=storable(thing.id)[:LONGEST_TARGET],
        target_name=storable(thing.name)[:LONGEST_NAME],
        queues=joined(queues),
        reason=storable(reason)[:LONGEST_REASON],
        step=step,
        details=storable_details(details),
    )
    try:
        with transaction.atomic():  # around this alone: whoever wrote more may go on after AlreadyDone
            entry.save()
    except IntegrityError as error:
        if AuditEntry.objects.filter(attempt=entry.attempt, step=step).exists():
            raise AlreadyDone(f"The attempt {entry.attempt} is {step} already.") from error
        raise


def joined(queues: Iterable[str]) -> str:
    """Extensions as they are stored: in order, each once and between commas, so that each can be looked for."""
    extensions = sorted(filter(None, {storable(each).replace(",", "") for each in queues}))
    return f",{','.join(extensions)}," if extensions else ""


def split(queues: str) -> frozenset[str]:
    """The extensions in what was stored."""
    return frozenset(filter(None, queues.split(",")))


def storable_details(details: Any) -> Any:
    """JSON's values with every text in them storable: keys of calls and EQ's words come from outside."""
    match details:
        case str():
            return storable(details)
        case dict():
            return {storable(str(key)): storable_details(each) for key, each in details.items()}
        case list() | tuple():
            return [storable_details(each) for each in details]
    return details


def storable(text: str) -> str:
    """Outside text as every database takes it: PostgreSQL refuses NUL, and none can encode half a surrogate pair."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

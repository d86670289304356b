"""The one door to the audit log: whatever is done is written down here, in one form."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest

from eqboard.accounts.address import address_of
from eqboard.accounts.asking import user_of
from eqboard.control.models import LONGEST_NAME, AuditEntry, Step

UNSTORABLE = re.compile("[\0\ud800-\udfff]")


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
    doer: Doer, action: str, thing: Thing, step: Step, details: dict[str, Any], attempt: uuid.UUID | None = None
) -> None:
    """One step, of an attempt that goes on or of one that is over with it."""
    AuditEntry.objects.create(
        attempt=attempt or uuid.uuid4(),
        actor=doer.user,
        actor_name=doer.user.get_username(),
        address=doer.address,
        action=action,
        target=thing.id,
        target_name=storable(thing.name)[:LONGEST_NAME],
        step=step,
        details=details,
    )


def storable(text: str) -> str:
    """Outside text as every database takes it: PostgreSQL refuses NUL, and none can encode half a surrogate pair."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

"""What tests write into the audit log, of whatever moment: entries are dated when they are made, and never changed."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from eqboard.control.audit import Doer, Thing, write_down
from eqboard.control.models import Step

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DINA = Thing("agent-7", "Dina Sol")


@contextmanager
def dated(at: datetime) -> Iterator[None]:
    """What is written down meanwhile is of that moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: at)
        yield


def write(
    user: User,
    *steps: Step | tuple[Step, dict[str, Any]],
    at: datetime = NOON,
    action: str = "agent.pause",
    thing: Thing = DINA,
    queues: tuple[str, ...] = ("500",),
    reason: str = "",
    address: str | None = "203.0.113.9",
    attempt: uuid.UUID | None = None,
) -> uuid.UUID:
    """An attempt with these steps, a second apart, perhaps with details. Returns the attempt."""
    attempt = attempt or uuid.uuid4()
    for place, each in enumerate(steps):
        step, details = each if isinstance(each, tuple) else (each, {})
        with dated(at + timedelta(seconds=place)):
            write_down(Doer(user, address), action, thing, step, details, attempt, queues=queues, reason=reason)
    return attempt

"""Attempts with which nobody goes on, because the process that made them is gone: found, and written to.

Such a process is known by its time alone: past it there is nobody any more who would write the next step.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from eqboard.control.audit import AlreadyDone, Doer, Thing, split, write_down
from eqboard.control.audit.story import UNWATCHED, WATCHED, answered_within
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.order import Order, from_data
from eqboard.control.models import AuditEntry, Step

INTERRUPTED = "Interrupted"  # kept in the audit log in the place of EQ's error, and so never renamed
LASTING = tuple(name for name, action in CATALOGUE.items() if action.lasts)
OF_EVERY_STEP = ("party", "number")  # details by which each step's sentence names somebody (attempt.py)
MOST = 500  # at once; the rest waits for the next round


def find(
    now: datetime,
    patience_seconds: float,
    since: datetime | None,
    known: Iterable[uuid.UUID] = (),
    attended: Iterable[str] = (),
) -> list[AuditEntry]:
    """The newest entries of attempts that are not over, the oldest first; of those after `since` and of the attempts
    that are `known`. Since None: of all.

    `patience_seconds`: for so long, at most, the floor is watched after EQ accepted. `attended`: attempts, by id, that
    go on as somebody says so in Redis.
    """
    asked_by = now - answered_within()
    watched_by = asked_by - timedelta(seconds=patience_seconds)
    is_interrupted = Q(step=Step.ASKED, at__lt=asked_by) | Q(step=Step.UNKNOWN, details__is_open=True)
    is_watched = Q(step__in=WATCHED, at__lt=watched_by) & ~Q(action__in=UNWATCHED)
    goes_on = Q(step=Step.CONFIRMED, action__in=LASTING, at__lt=asked_by)
    entries = _newest(is_interrupted | is_watched | goes_on, attended)
    if since is not None:
        entries = entries.filter(Q(at__gte=since) | Q(attempt__in=list(known)))
    return list(entries.order_by("id")[:MOST])


def find_lasting(attended: Iterable[str] = ()) -> list[AuditEntry]:
    """The newest entries of what was seen to last, however short a time ago, and whose end nobody has written down.

    The newest first: of one who went over from one to the next, the first is over.
    """
    return list(_newest(Q(step=Step.CONFIRMED, action__in=LASTING), attended).order_by("-id")[:MOST])


def _newest(condition: Q, attended: Iterable[str]) -> models.QuerySet[AuditEntry]:
    """Entries after which there is none of their attempt."""
    later = AuditEntry.objects.filter(attempt=OuterRef("attempt"), id__gt=OuterRef("id"))
    entries = AuditEntry.objects.filter(condition).filter(~Exists(later))
    return entries.exclude(attempt__in=list(_ids(attended))).select_related("actor")


def _ids(texts: Iterable[str]) -> Iterator[uuid.UUID]:
    for text in texts:
        with suppress(ValueError):
            yield uuid.UUID(text)


def order_of(entry: AuditEntry) -> Order | None:
    """What was asked; None for what an older version wrote, or a newer one."""
    asked = AuditEntry.objects.filter(attempt=entry.attempt, step=Step.ASKED).first()
    order = from_data(asked.details.get("order")) if asked else None
    return order if order is not None and order.action == entry.action and entry.action in CATALOGUE else None


def add(entry: AuditEntry, step: Step, details: dict[str, Any]) -> None:
    """The next step of the attempt, in the name of whoever made it. Nothing, if another process was faster."""
    thing = Thing(entry.target, entry.target_name)
    with suppress(AlreadyDone):
        write_down(
            Doer(entry.actor, entry.address),
            entry.action,
            thing,
            step,
            details | {name: entry.details[name] for name in OF_EVERY_STEP if name in entry.details},
            entry.attempt,
            queues=split(entry.queues),
            reason=entry.reason,
        )

"""Undo, as it is offered beside what was done: by the one who did it, for a few seconds, if they may."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from eqboard.accounts.access import Rights, may_do
from eqboard.accounts.rights import arights_of
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.order import Order, from_data
from eqboard.control.doing.before import UNDONE_BY, offered_until, queues_of_undo, undo_id, undo_of
from eqboard.control.models import AuditEntry, Step

DONE = (Step.ACCEPTED, Step.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Offer:
    """`left_ms`: for so long from now on, in ms."""

    left_ms: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done and can be undone: the steps of one attempt, by name."""

    attempt: uuid.UUID
    steps: Mapping[str, AuditEntry]

    @property
    def asked_at(self) -> datetime:
        return self.steps[Step.ASKED].at

    @property
    def reason(self) -> str:
        return self.steps[Step.ASKED].reason

    @property
    def undo(self) -> Order | None:
        details = self.steps[Step.ASKED].details
        was_seen = Step.CONFIRMED in self.steps
        return undo_of(self.attempt, from_data(details.get("order")), details.get("before"), was_seen=was_seen)

    @property
    def offered_until(self) -> datetime:
        return offered_until(self.asked_at, self.steps[Step.ACCEPTED].at)


async def deeds_of(attempts: Iterable[uuid.UUID], user_id: int) -> dict[uuid.UUID, Deed]:
    """Those of the attempts, made by this user, that EQ accepted and that nothing went wrong with since."""
    steps: dict[uuid.UUID, dict[str, AuditEntry]] = {}
    async for entry in AuditEntry.objects.filter(attempt__in=list(attempts), actor_id=user_id):
        steps.setdefault(entry.attempt, {})[entry.step] = entry
    deeds = {attempt: Deed(attempt, each) for attempt, each in steps.items()}
    return {attempt: deed for attempt, deed in deeds.items() if _is_done(deed)}


def _is_done(deed: Deed) -> bool:
    return {Step.ASKED, Step.ACCEPTED} <= set(deed.steps) <= {Step.ASKED, *DONE}


async def was_undone(attempts: Iterable[uuid.UUID]) -> bool:
    """Whether somebody has begun with it for any of them."""
    return await AuditEntry.objects.filter(attempt__in=[undo_id(each) for each in attempts]).aexists()


async def offer_for(entry: AuditEntry, now: datetime) -> Offer | None:
    """For the newest entry of an attempt, to its actor."""
    if entry.action not in UNDONE_BY or entry.step not in DONE:
        return None
    deed = (await deeds_of([entry.attempt], entry.actor_id)).get(entry.attempt)
    if deed is None or deed.undo is None or deed.offered_until <= now or await was_undone([entry.attempt]):
        return None
    user = await User.objects.aget(pk=entry.actor_id)
    return offered([deed], await arights_of(user), now)


def offered(deeds: Iterable[Deed], rights: Rights, now: datetime) -> Offer | None:
    """One offer for all that may be undone; None when none may, or time is up for the last one."""
    until = [deed.offered_until for deed in deeds if _may_undo(rights, deed.undo)]
    left_ms = round((max(until) - now).total_seconds() * 1000) if until else 0
    return Offer(left_ms) if left_ms > 0 else None


def _may_undo(rights: Rights, undo: Order | None) -> bool:
    """By what was so then; it is asked anew when it is done."""
    return undo is not None and may_do(rights, CATALOGUE[undo.action].right, queues_of_undo(undo), undo.agent)

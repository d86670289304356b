"""Undo, as it is offered beside what was done: by the one who did it, for a few seconds, if they may."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User

from eqboard.accounts.access import Rights, may_do
from eqboard.accounts.rights import arights_of
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.order import Order, from_data
from eqboard.control.doing.before import UNDONE_BY, offered_until, queues_of_undo, undo_ids, undo_of
from eqboard.control.models import AuditEntry, Step

DONE = (Step.ACCEPTED, Step.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Offer:
    """To undo `attempt`, where it is of one. `left_ms`: for so long from now on, in ms."""

    left_ms: int
    attempt: uuid.UUID | None = None


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


@dataclass(frozen=True, slots=True)
class Tries:
    """How often it was tried to undo one attempt. `newest` is of what was tried last, `next_one` of who presses now:
    the same, once EQ was asked.
    """

    newest: uuid.UUID
    next_one: uuid.UUID
    was_asked: bool


async def tries_of(attempts: Iterable[uuid.UUID]) -> dict[uuid.UUID, Tries]:
    """By the attempt that is undone. What was refused before EQ was asked takes nobody's turn."""
    ids = {attempt: undo_ids(attempt) for attempt in attempts}
    found: dict[uuid.UUID, set[str]] = {}
    entries = AuditEntry.objects.filter(attempt__in=[each for tries in ids.values() for each in tries])
    async for attempt, step in entries.values_list("attempt", "step"):
        found.setdefault(attempt, set()).add(step)
    return {attempt: _tries(tries, found) for attempt, tries in ids.items()}


def _tries(ids: Sequence[uuid.UUID], found: Mapping[uuid.UUID, Collection[str]]) -> Tries:
    asked = next((each for each in ids if Step.ASKED in found.get(each, ())), None)
    if asked is not None:
        return Tries(asked, asked, was_asked=True)
    made = [each for each in ids if each in found]
    free = [each for each in ids if each not in found]
    return Tries(made[-1] if made else ids[0], free[0] if free else ids[-1], was_asked=False)


async def was_undone(attempts: Iterable[uuid.UUID]) -> bool:
    """Whether EQ was asked to, for any of them."""
    return any(each.was_asked for each in (await tries_of(attempts)).values())


async def offer_for(entry: AuditEntry, now: datetime) -> Offer | None:
    """For the newest entry of an attempt, to its actor: to undo it; or to try again, where that was refused."""
    attempt = _undoable(entry)
    deed = (await deeds_of([attempt], entry.actor_id)).get(attempt) if attempt else None
    if deed is None or deed.undo is None or deed.offered_until <= now or await was_undone([deed.attempt]):
        return None
    user = await User.objects.aget(pk=entry.actor_id)
    offer = offered([deed], await arights_of(user), now)
    return offer and replace(offer, attempt=deed.attempt)


def _undoable(entry: AuditEntry) -> uuid.UUID | None:
    if entry.action in UNDONE_BY and entry.step in DONE:
        return entry.attempt
    if entry.action not in UNDONE_BY.values() or entry.step != Step.REFUSED:
        return None
    try:
        return uuid.UUID(str(entry.details.get("undoes")))
    except ValueError:
        return None


def offered(deeds: Iterable[Deed], rights: Rights, now: datetime) -> Offer | None:
    """One offer for all that may be undone; None when none may, or time is up for the last one."""
    until = [deed.offered_until for deed in deeds if _may_undo(rights, deed.undo)]
    left_ms = round((max(until) - now).total_seconds() * 1000) if until else 0
    return Offer(left_ms) if left_ms > 0 else None


def _may_undo(rights: Rights, undo: Order | None) -> bool:
    """By what was so then; it is asked anew when it is done."""
    return undo is not None and may_do(rights, CATALOGUE[undo.action].right, queues_of_undo(undo), undo.agent)

"""What the audit log is asked for, and by whom: from rights and a form to the attempts that may be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.access import SEE_AUDIT, SEE_NUMBERS, Grant, Rights
from eqboard.control.audit.discretion import OUR_OWN
from eqboard.control.audit.story import UNWATCHED, WATCHED, Story, answered_within, fold
from eqboard.control.audit.titles import TITLES
from eqboard.control.models import AuditEntry, Step

LONGEST_TEXT = 100
MOST_WORDS = 8
HIGHEST_ID = 2**63 - 1
DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1)))


class Search(forms.Form):
    """All in the query string, so that a search can be kept and passed on. `before` and `after` are ids of entries."""

    q = forms.CharField(label=_("Search"), max_length=LONGEST_TEXT, required=False)
    who = forms.CharField(label=_("Person"), max_length=LONGEST_TEXT, required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    begin = forms.DateField(label=_("From day"), required=False, validators=DAYS)
    end = forms.DateField(label=_("To day"), required=False, validators=DAYS)
    before = forms.IntegerField(required=False, min_value=1, max_value=HIGHEST_ID, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=HIGHEST_ID, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="search-%s")
        self._choose("action", [*TITLES.items()])
        self._choose("outcome", [*Step.choices])
        for name in ("begin", "end"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            self.fields[name].input_formats = ["%Y-%m-%d"]  # type: ignore[attr-defined]

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("begin"), cleaned.get("end")
        if begin and end and end < begin:
            self.add_error("end", _("The last day comes before the first one. Swap the two."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. Whoever has the right reads what is within their queues, and what they did themselves."""

    user_id: int
    rights: Rights

    def visible(self) -> Q:
        return Q(actor_id=self.user_id) | self._over(SEE_AUDIT)

    def numbers(self) -> Q:
        """Attempts whose callers' numbers one sees."""
        return self._over(SEE_NUMBERS)

    def _over(self, right: str) -> Q:
        """As `may_do` over what the attempt touches: one team must give it on all of that."""
        found = Q(pk__in=())  # none
        for grant in self.rights.grants:
            if right in grant.actions:
                found |= _covered(grant)
        return found


def _covered(grant: Grant) -> Q:
    agents = Q() if grant.agents is None else ~Q(target__startswith="agent-") | Q(target__in=_targets(grant.agents))
    if grant.queues is None:
        return agents or Q(pk__isnull=False)
    if not grant.queues:
        return Q(pk__in=())
    return Q(queues__regex=rf"^,(({'|'.join(map(re.escape, sorted(grant.queues)))}),)+$") & agents


def _targets(agents: frozenset[int]) -> list[str]:
    return [f"agent-{each}" for each in sorted(agents)]


@dataclass(frozen=True, slots=True)
class Selection:
    """The attempts that somebody may read and has asked for. `firsts` are their first entries."""

    firsts: QuerySet[AuditEntry]

    def older(self, than: int | None, count: int) -> list[Story]:
        """The newest ones, or those that began before the entry with that id; the newest first."""
        found = self.firsts if than is None else self.firsts.filter(id__lt=than)
        return _stories(found.order_by("-id")[:count])

    def newer(self, than: int, count: int) -> list[Story]:
        """Those next to it that began after the entry with that id; the newest first."""
        return _stories(self.firsts.filter(id__gt=than).order_by("id")[:count])


def _stories(firsts: QuerySet[AuditEntry]) -> list[Story]:
    attempts = [each.attempt for each in firsts]
    return fold(AuditEntry.objects.filter(attempt__in=attempts).order_by("id"))[::-1]


def select(reader: Reader, wanted: Mapping[str, Any], now: datetime, patience_seconds: float) -> Selection:
    """`wanted`: what a valid Search says. `patience_seconds`: as in `story.standing`."""
    same = AuditEntry.objects.filter(attempt=OuterRef("attempt"))
    firsts = AuditEntry.objects.filter(~Exists(same.filter(id__lt=OuterRef("id"))), reader.visible())
    if wanted.get("who"):
        firsts = firsts.filter(actor_name__icontains=wanted["who"])
    if wanted.get("action"):
        firsts = firsts.filter(action=wanted["action"])
    if wanted.get("begin"):
        firsts = firsts.filter(at__gte=_begins(wanted["begin"]))
    if wanted.get("end"):
        firsts = firsts.filter(at__lt=_begins(wanted["end"] + timedelta(days=1)))
    for word in wanted.get("q", "").split()[:MOST_WORDS]:
        firsts = firsts.filter(_says(word, reader))
    if wanted.get("outcome"):
        newest = same.order_by("-id")
        firsts = firsts.annotate(
            last_step=Subquery(newest.values("step")[:1]), last_at=Subquery(newest.values("at")[:1])
        )
        firsts = firsts.filter(_stands(Step(wanted["outcome"]), now, patience_seconds))
    return Selection(firsts)


def _begins(day: date) -> datetime:
    """In the site's zone."""
    return make_aware(datetime.combine(day, time()))


def _says(word: str, reader: Reader) -> Q:
    """What one may not read one cannot look for either: a search that finds something tells it."""
    readable = reader.numbers() | Q(target__regex=OUR_OWN)
    told = Q(actor_name__icontains=word) | Q(address__icontains=word) | Q(reason__icontains=word)
    return told | (Q(target_name__icontains=word) & readable)


def _stands(step: Step, now: datetime, patience_seconds: float) -> Q:
    """As `story.standing` tells it."""
    asked_by = now - answered_within()
    watched_by = asked_by - timedelta(seconds=patience_seconds)
    given_up = Q(last_step__in=WATCHED, last_at__lt=watched_by) & ~Q(action__in=UNWATCHED)
    lost = Q(last_step=Step.ASKED, last_at__lt=asked_by)
    match step:
        case Step.UNKNOWN:
            return Q(last_step=step) | lost
        case Step.NOT_SEEN:
            return Q(last_step=step) | given_up
    return Q(last_step=step) & ~lost & ~given_up

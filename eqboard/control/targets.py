"""What queues promise: everybody can read it, leads and administrators change it, and each change is written down.

A changed target holds for what was counted already, too (metrics.md §1), so the audit log must tell when it changed.
"""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eqboard.accounts.access import Rights, seen_queues
from eqboard.accounts.address import address_of
from eqboard.accounts.displays import teams_to_show
from eqboard.accounts.rights import arights_of
from eqboard.boards.following import followers
from eqboard.boards.models import ServiceTarget, stored_targets
from eqboard.boards.spec import Targets
from eqboard.boards.terms import FORMULAS, VARIANTS
from eqboard.control.models import AuditEntry, Step
from eqboard.control.perform import storable
from eqboard.floor.metrics import Target, Variant
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.visible import visible

CHANGE_TARGET = "target.change"
ALL_OTHERS = ""  # in the place of a queue's extension


class TargetForm(forms.Form):
    """A target; `queue` says whose. Its field names are those of `Target`."""

    queue = forms.RegexField("^[0-9]{0,20}$", required=False, widget=forms.HiddenInput)
    percent = forms.IntegerField(label=_("Percent"), min_value=1, max_value=99)
    seconds = forms.IntegerField(label=_("Seconds"), min_value=1, max_value=3600)
    variant = forms.ChoiceField(label=_("Formula"), choices=[(each.value, VARIANTS[each]) for each in Variant])
    short_seconds = forms.IntegerField(label=_("Short abandon, seconds"), min_value=0, max_value=3600)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("short_seconds", 0) > cleaned.get("seconds", 3600):
            self.add_error(
                "short_seconds", _("A short abandon is no longer than the time in which calls are answered.")
            )
        return cleaned

    def target(self) -> Target:
        held = self.cleaned_data
        return Target(held["percent"], held["seconds"], Variant(held["variant"]), held["short_seconds"])


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page. `has_own` is False for a queue that promises what all others do."""

    queue: str
    name: str | Promise
    target: Target
    has_own: bool
    is_there: bool
    may_change: bool
    form: TargetForm

    @property
    def formula(self) -> str:
        return FORMULAS[self.target.variant]

    @property
    def meaning(self) -> Promise:
        return VARIANTS[self.target.variant]


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose targets somebody may change: those of every queue and of all others (None), or of these extensions."""

    queues: frozenset[str] | None

    def may_change(self, queue: str) -> bool:
        return self.queues is None or queue in self.queues


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
async def targets(request: HttpRequest) -> HttpResponse:
    """GET: what each queue promises. POST: change that; `forget`: this queue promises what all others do."""
    rights = await arights_of(await request.auser())
    if not rights.grants:
        return await sync_to_async(render)(request, "accounts/no_team.html", status=403)
    floor = await followers.get().newest()
    view = visible(floor.snapshot, seen_queues(rights))
    return await sync_to_async(_show if request.method == "GET" else _change)(request, view, rights)


def _show(request: HttpRequest, view: Snapshot, rights: Rights, sent: TargetForm | None = None) -> HttpResponse:
    hand = hand_of(_user(request))
    rows = list(rows_of(view, rights, stored_targets(), hand, sent))
    context = {"rows": rows, "formulas": [(each, FORMULAS[each], VARIANTS[each]) for each in Variant]}
    return render(request, "control/targets.html", context, status=422 if sent else 200)


def _change(request: HttpRequest, view: Snapshot, rights: Rights) -> HttpResponse:
    user, form = _user(request), TargetForm(request.POST)
    queue = _queue(request.POST)
    if queue is None or not hand_of(user).may_change(queue):
        raise PermissionDenied
    if "forget" in request.POST:
        change(request, user, queue, _name(view, queue), None)
    elif form.is_valid():
        change(request, user, queue, _name(view, queue), form.target())
    else:
        return _show(request, view, rights, form)
    return redirect("targets")


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _queue(form: QueryDict) -> str | None:
    """The extension that is meant; None for what is none."""
    queue = form.get("queue", "")
    return queue if len(queue) <= 20 and (not queue or (queue.isascii() and queue.isdigit())) else None


def _name(view: Snapshot, queue: str) -> str:
    return view.queues[queue].name if queue in view.queues else queue


def hand_of(user: User) -> Hand:
    """An administrator, and whoever leads a team of every queue, may change all; another lead their teams' queues."""
    if user.is_superuser:
        return Hand(None)
    led = [team.queues for team in teams_to_show(user.pk, is_administrator=False)]
    if None in led:
        return Hand(None)
    return Hand(frozenset(queue for queues in led for queue in queues or ()))


def rows_of(view: Snapshot, rights: Rights, stored: Targets, hand: Hand, sent: TargetForm | None) -> list[Row]:
    """All others first; then the queues that are there and those that promise something of their own, by name."""
    seen = seen_queues(rights)
    own = {queue: target for queue, target in stored.own if seen is None or queue in seen}
    names = {queue: queue for queue in own} | {queue.extension: queue.name for queue in view.queues.values()}
    ordered = sorted(names, key=lambda queue: (names[queue].casefold(), queue))

    def row(queue: str, name: str | Promise) -> Row:
        target = stored.usual if queue == ALL_OTHERS else stored.of(queue)
        form = sent if sent and sent.data.get("queue", "") == queue else TargetForm(initial=form_values(queue, target))
        is_there = queue == ALL_OTHERS or queue in view.queues
        return Row(queue, name, target, queue in own, is_there, hand.may_change(queue), form)

    return [row(ALL_OTHERS, _("All other queues")), *(row(queue, names[queue]) for queue in ordered)]


def form_values(queue: str, target: Target) -> dict[str, Any]:
    return {"queue": queue, **asdict(target)}


def change(request: HttpRequest, user: User, queue: str, name: str, target: Target | None) -> None:
    """Store it and write it down, both or neither. None: the queue promises what all others do."""
    with transaction.atomic():
        held = stored_targets()
        old = held.usual if queue == ALL_OTHERS else dict(held.own).get(queue)
        if old == target:
            return
        if target is None:
            ServiceTarget.objects.filter(queue=queue).delete()
        else:
            ServiceTarget.objects.update_or_create(queue=queue, defaults=asdict(target))
        AuditEntry.objects.create(
            attempt=uuid.uuid4(),
            actor=user,
            actor_name=user.get_username(),
            address=address_of(request),
            action=CHANGE_TARGET,
            target=f"queue-{queue}" if queue else "queues",
            target_name=storable(name)[:200],
            step=Step.DONE,
            details={"old": old and asdict(old), "new": target and asdict(target)},
        )

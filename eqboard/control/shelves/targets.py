"""What queues promise: everybody can read it, leads and administrators change it, and each change is written down.

A changed target holds for what was counted already, too (metrics.md §1), so the audit log must tell when it changed.
"""

from dataclasses import asdict, dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.access import CHANGE_TARGET, Rights, may_do, seen_queues
from eqboard.accounts.asking import form_page, no_team
from eqboard.accounts.rights import arights_of
from eqboard.boards.bounds import LONGEST_EXTENSION, SHORT_SECONDS, TARGET_PERCENT, TARGET_SECONDS
from eqboard.boards.following import followers
from eqboard.boards.models import ServiceTarget, stored_targets
from eqboard.boards.spec import Targets
from eqboard.boards.terms import VARIANTS
from eqboard.control.audit import Doer, Thing, doer_of, write_down
from eqboard.control.models import Step
from eqboard.floor import formulas
from eqboard.floor.formulas import Formula
from eqboard.floor.metrics import Target, Variant
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.visible import visible

ALL_OTHERS = ""  # in the place of a queue's extension


class TargetForm(forms.Form):
    """A target; `queue` says whose. Its field names are those of `Target`."""

    queue = forms.RegexField(f"^[0-9]{{0,{LONGEST_EXTENSION}}}$", required=False, widget=forms.HiddenInput)
    percent = forms.IntegerField(label=_("Percent"), min_value=TARGET_PERCENT.least, max_value=TARGET_PERCENT.most)
    seconds = forms.IntegerField(label=_("Seconds"), min_value=TARGET_SECONDS.least, max_value=TARGET_SECONDS.most)
    variant = forms.ChoiceField(label=_("Formula"), choices=[(each.value, VARIANTS[each]) for each in Variant])
    short_seconds = forms.IntegerField(
        label=_("Short abandon, seconds"), min_value=SHORT_SECONDS.least, max_value=SHORT_SECONDS.most
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("short_seconds", 0) > cleaned.get("seconds", TARGET_SECONDS.most):
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
    def formula(self) -> Formula:
        return formulas.VARIANTS[self.target.variant]

    @property
    def meaning(self) -> Promise:
        return VARIANTS[self.target.variant]


@form_page
@login_required
async def targets(request: HttpRequest) -> HttpResponse:
    """GET: what each queue promises. POST: change that; `forget`: this queue promises what all others do."""
    rights = await arights_of(await request.auser())
    if not rights.grants:
        return await sync_to_async(no_team)(request)
    floor = await followers.get().newest()
    view = visible(floor.snapshot, seen_queues(rights))
    return await sync_to_async(_change if request.method == "POST" else _show)(request, view, rights)


def _show(request: HttpRequest, view: Snapshot, rights: Rights, sent: TargetForm | None = None) -> HttpResponse:
    rows = rows_of(view, rights, stored_targets(), sent)
    context = {"rows": rows, "formulas": [(formulas.VARIANTS[each], VARIANTS[each]) for each in Variant]}
    return render(request, "control/targets.html", context, status=422 if sent else 200)


def _change(request: HttpRequest, view: Snapshot, rights: Rights) -> HttpResponse:
    doer, form = doer_of(request), TargetForm(request.POST)
    queue = _queue(request.POST)
    if queue is None or not may_change(rights, queue):
        raise PermissionDenied
    if "forget" in request.POST:
        change(doer, queue, _name(view, queue), None)
    elif form.is_valid():
        change(doer, queue, _name(view, queue), form.target())
    else:
        return _show(request, view, rights, form)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('targets')}#queue-{queue}")


def _queue(form: QueryDict) -> str | None:
    """The extension that is meant; None for what is none."""
    queue = form.get("queue", "")
    return queue if len(queue) <= LONGEST_EXTENSION and (not queue or (queue.isascii() and queue.isdigit())) else None


def _name(view: Snapshot, queue: str) -> str:
    return view.queues[queue].name if queue in view.queues else queue


def may_change(rights: Rights, queue: str) -> bool:
    """Of ALL_OTHERS and of every queue: whoever may do so over every queue. Of one queue: its team's leads, too."""
    return may_do(rights, CHANGE_TARGET, () if queue == ALL_OTHERS else (queue,))


def rows_of(view: Snapshot, rights: Rights, stored: Targets, sent: TargetForm | None) -> list[Row]:
    """All others first; then the queues that are there and those that promise something of their own, by name."""
    seen = seen_queues(rights)
    own = {queue: target for queue, target in stored.own if seen is None or queue in seen}
    names = {queue: queue for queue in own} | {queue.extension: queue.name for queue in view.queues.values()}
    ordered = sorted(names, key=lambda queue: (names[queue].casefold(), queue))

    def row(queue: str, name: str | Promise) -> Row:
        target = stored.usual if queue == ALL_OTHERS else stored.of(queue)
        form = sent if sent and sent.data.get("queue", "") == queue else TargetForm(initial=form_values(queue, target))
        is_there = queue == ALL_OTHERS or queue in view.queues
        return Row(queue, name, target, queue in own, is_there, may_change(rights, queue), form)

    return [row(ALL_OTHERS, _("All other queues")), *(row(queue, names[queue]) for queue in ordered)]


def form_values(queue: str, target: Target) -> dict[str, Any]:
    return {"queue": queue, **asdict(target)}


def change(doer: Doer, queue: str, name: str, target: Target | None) -> None:
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
        thing = Thing("queues" if queue == ALL_OTHERS else f"queue-{queue}", name)
        details = {"old": old and asdict(old), "new": target and asdict(target)}
        write_down(doer, CHANGE_TARGET, thing, Step.DONE, details, queues=(queue,))

"""The hands' HTTP side: forms in, a small answer out; the board itself changes by the feed."""

import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eqboard.accounts.access import Rights, seen_queues
from eqboard.accounts.rights import arights_of
from eqboard.config import get_config
from eqboard.control.actions import PAUSE, RESUME, Action
from eqboard.control.models import AuditEntry, Step
from eqboard.control.perform import Actor, perform
from eqboard.control.words import sentence
from eqboard.feed.subscriber import read_floor
from eqboard.floor.snapshot import Agent, PauseCode, Snapshot
from eqboard.floor.visible import visible

LOST_AFTER = timedelta(seconds=30)  # an attempt that was asked and never answered: the process died in between

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mark beside the button shows."""

    state: str
    sentence: str
    url: str = ""


def signed_in(view: View) -> View:
    """Like login_required; but a button pressed after the session ended sends the whole page to the sign-in."""

    @wraps(view)
    async def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = await request.auser()
        if user.is_authenticated:
            return await view(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("sign_in")})
        return redirect("sign_in")

    return check


class PauseForm(forms.Form):
    """A pause code of those that EQ has, or none."""

    pause_code = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)

    def __init__(self, codes: list[PauseCode], data: Any = None) -> None:
        super().__init__(data)
        self.fields["pause_code"].choices = [("", ""), *((code.id, code.name) for code in codes)]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@signed_in
async def pause(request: HttpRequest, agent_id: int) -> HttpResponse:
    """GET: the form for the dialog. POST: pause the agent, with a pause code or without."""
    rights, view = await _floor_seen(request)
    agent = view.agents.get(agent_id)
    if agent is None:
        return await _mark(request, _not_on_floor(), status=404)
    codes = sorted(view.pause_codes.values(), key=lambda code: code.name.casefold())
    if request.method == "GET":
        return await sync_to_async(render)(request, "control/pause_form.html", {"agent": agent, "codes": codes})
    form = PauseForm(codes, request.POST)
    if not form.is_valid():
        return await _mark(request, Outcome("refused", _("This pause reason no longer exists. Choose another.")), 422)
    return await _perform(request, rights, PAUSE, agent, form.cleaned_data["pause_code"])


@require_POST
@signed_in
async def resume(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Put the agent back to work."""
    rights, view = await _floor_seen(request)
    agent = view.agents.get(agent_id)
    if agent is None:
        return await _mark(request, _not_on_floor(), status=404)
    return await _perform(request, rights, RESUME, agent, None)


@require_safe
@signed_in
async def outcome(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """How far the attempt is; only for the one who made it."""
    entry = await AuditEntry.objects.filter(attempt=attempt, actor_id=(await request.auser()).pk).alast()
    if entry is None:
        return await _mark(request, Outcome("refused", _("This action is not known here.")), status=404)
    return await _mark(request, _outcome_of(entry))


async def _floor_seen(request: HttpRequest) -> tuple[Rights, Snapshot]:
    """The user's rights, and the floor as far as they may see it: another team's agent is not there at all."""
    rights = await arights_of(await request.auser())
    floor = await read_floor(get_config().redis_url)
    return rights, visible(floor.snapshot, seen_queues(rights))


async def _perform(
    request: HttpRequest, rights: Rights, action: Action, agent: Agent, pause_code: int | None
) -> HttpResponse:
    user = await request.auser()
    assert isinstance(user, User)  # noqa: S101 (signed_in has seen to it)
    actor = Actor(user, rights, request.META.get("REMOTE_ADDR") or None)
    attempt = await perform(actor, action, agent, pause_code)
    entry = await AuditEntry.objects.filter(attempt=attempt).alast()
    assert entry is not None  # noqa: S101 (perform has written it)
    return await _mark(request, _outcome_of(entry), status=403 if entry.step == Step.DENIED else 200)


def _outcome_of(entry: AuditEntry) -> Outcome:
    if entry.step == Step.ASKED and datetime.now(UTC) - entry.at > LOST_AFTER:
        entry.step = Step.UNKNOWN
    return Outcome(entry.step, sentence(entry), reverse("control:outcome", args=[entry.attempt]))


def _not_on_floor() -> Outcome:
    return Outcome("refused", _("This agent is not on your board any more. Nothing was done."))


async def _mark(request: HttpRequest, outcome: Outcome, status: int = 200) -> HttpResponse:
    return await sync_to_async(render)(request, "control/outcome.html", {"outcome": outcome}, status=status)

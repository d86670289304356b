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
from django.views.decorators.http import require_POST, require_safe

from eqboard.accounts.access import Rights, may_do, seen_queues
from eqboard.accounts.address import address_of
from eqboard.accounts.asking import form_page
from eqboard.accounts.rights import arights_of
from eqboard.boards.following import followers
from eqboard.config import get_config
from eqboard.control.actions import PAUSE, RESUME, Action
from eqboard.control.models import AuditEntry, Step
from eqboard.control.perform import Actor, perform
from eqboard.control.words import denied, sentence, signed_out_meanwhile
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Agent, Part, PauseCode, Snapshot
from eqboard.floor.visible import visible

LOST_AFTER = timedelta(seconds=30)  # past its time by so much, an attempt has nobody any more who would settle it

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mark beside the button shows."""

    state: str
    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the user sees of the floor (`view`), and the agent they ask for.

    Another team's agent is not there at all. One who is there comes with all their queues, the unseen ones too: those
    decide what may be done, and so the floor must be a current one.
    """

    rights: Rights
    view: Snapshot
    agent: Agent | None
    is_current: bool


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


@form_page
@signed_in
async def pause(request: HttpRequest, agent_id: int) -> HttpResponse:
    """GET: the form for the dialog. POST: pause the agent, with a pause code or without."""
    sight = await _look(request, agent_id)
    if sight.agent is None or not sight.is_current:
        return await _unseen(request, sight)
    codes = sorted(sight.view.pause_codes.values(), key=lambda code: code.name.casefold())
    if request.method != "POST":
        return await _pause_form(request, sight.rights, sight.agent, codes)
    form = PauseForm(codes, request.POST)
    if not form.is_valid():
        return await _mark(request, Outcome("refused", _("This pause reason no longer exists. Choose another.")), 422)
    return await _perform(request, sight.rights, PAUSE, sight.agent, form.cleaned_data["pause_code"])


async def _pause_form(request: HttpRequest, rights: Rights, agent: Agent, codes: list[PauseCode]) -> HttpResponse:
    """The form, or at once why there is nothing to fill in."""
    queues = [each.queue for each in agent.signed_in]
    if not queues:
        return await _mark(request, Outcome("refused", signed_out_meanwhile(agent.name)), status=422)
    if not may_do(rights, PAUSE.name, queues):
        return await _mark(request, Outcome("denied", denied(agent.name)), status=403)
    return await sync_to_async(render)(request, "control/pause_form.html", {"agent": agent, "codes": codes})


@require_POST
@signed_in
async def resume(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Put the agent back to work."""
    sight = await _look(request, agent_id)
    if sight.agent is None or not sight.is_current:
        return await _unseen(request, sight)
    return await _perform(request, sight.rights, RESUME, sight.agent, None)


@require_safe
@signed_in
async def outcome(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """How far the attempt is; only for the one who made it."""
    entry = await AuditEntry.objects.filter(attempt=attempt, actor_id=(await request.auser()).pk).alast()
    if entry is None:
        return await _mark(request, Outcome("refused", _("This action is not known here.")), status=404)
    return await _mark(request, _outcome_of(entry))


async def _look(request: HttpRequest, agent_id: int) -> Sight:
    rights = await arights_of(await request.auser())
    floor = await followers.get().newest()
    view = visible(floor.snapshot, seen_queues(rights))
    agent = floor.snapshot.agents[agent_id] if agent_id in view.agents else None
    return Sight(rights, view, agent, knows_agents(floor, datetime.now(UTC), get_config().stale_rounds))


def knows_agents(floor: Floor, now: datetime, stale_rounds: float) -> bool:
    """Whether the agents on it are those of this moment: an old floor does not know whose queues they serve by now."""
    source = floor.snapshot.sources.get(Part.AGENTS)
    return floor.is_connected and source is not None and not source.is_stale(floor.theirs(now), stale_rounds)


async def _unseen(request: HttpRequest, sight: Sight) -> HttpResponse:
    """The answer where the floor cannot be seen, or the agent is not on it."""
    if not sight.is_current:
        blind = _("eqboard cannot see the floor now, so nothing was done. Try again when the board is live.")
        return await _mark(request, Outcome("refused", blind), status=422)
    gone = _("This agent is not on your board any more. Nothing was done.")
    return await _mark(request, Outcome("refused", gone), status=404)


async def _perform(
    request: HttpRequest, rights: Rights, action: Action, agent: Agent, pause_code: int | None
) -> HttpResponse:
    user = await request.auser()
    assert isinstance(user, User)  # noqa: S101 (signed_in has seen to it)
    actor = Actor(user, rights, address_of(request))
    attempt = await perform(actor, action, agent, pause_code)
    entry = await AuditEntry.objects.filter(attempt=attempt).alast()
    assert entry is not None  # noqa: S101 (perform has written it)
    return await _mark(request, _outcome_of(entry), status=403 if entry.step == Step.DENIED else 200)


def _outcome_of(entry: AuditEntry) -> Outcome:
    """What the newest entry says; one that waits for the next step says what is known once nobody will write it."""
    age = datetime.now(UTC) - entry.at
    if entry.step == Step.ASKED and age > LOST_AFTER:
        entry.step = Step.UNKNOWN
    if entry.step == Step.ACCEPTED and age > LOST_AFTER + timedelta(seconds=get_config().watch_seconds):
        entry.step, entry.details = Step.NOT_SEEN, {"seen": "no_news"}
    return Outcome(entry.step, sentence(entry), reverse("control:outcome", args=[entry.attempt]))


async def _mark(request: HttpRequest, outcome: Outcome, status: int = 200) -> HttpResponse:
    return await sync_to_async(render)(request, "control/outcome.html", {"outcome": outcome}, status=status)

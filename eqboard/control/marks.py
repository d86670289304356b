"""The small answer to a press: a mark that says how far it has come, and asks again until that is settled."""

import uuid
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from eqboard.accounts.access import SEE_NUMBERS, may_do
from eqboard.accounts.rights import arights_of
from eqboard.config import get_config
from eqboard.control.audit.discretion import hide_numbers, is_of_caller, newest_for
from eqboard.control.audit.story import standing
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.action import LONGEST_RINGING_SECONDS
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.attempt import Actor, Attempt, Target, attempt_id
from eqboard.control.doing.offers import Offer, offer_for
from eqboard.control.doing.perform import perform
from eqboard.control.models import AuditEntry, Step
from eqboard.control.sight import Sight, View, look
from eqboard.control.words import asking, sentence
from eqboard.floor.snapshot import Agent, Part

NOT_AGAIN = ("press", "reason", "csrfmiddlewaretoken")
UNSETTLED = (Step.ASKED, Step.ACCEPTED, Step.LEFT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mark beside the button shows."""

    state: str
    sentence: str
    url: str = ""
    undo: Offer | None = None

    @property
    def is_settled(self) -> bool:
        return not self.url or self.state not in UNSETTLED


async def act(request: HttpRequest, actor: Actor, order: Order, target: Target) -> HttpResponse:
    """Perform it, and answer with its mark; or ask for the reason that a policy demands."""
    press = press_of(request)
    attempt = Attempt(attempt_id(press, actor.user.pk), actor, order, target, reason_of(request))
    if attempt.needs_reason and attempt.is_allowed():
        return await ask_reason(request, attempt, press)
    done = await perform(attempt)
    entry = await newest_entry(done, actor.user.pk)
    if entry is None:  # one's own press of a moment ago, which is just being written down
        return await mark(request, Outcome(Step.ASKED.value, asking(), reverse("control:outcome", args=[done])))
    return await tell(request, entry, 403 if entry.step == Step.DENIED else 200)


async def tell(request: HttpRequest, entry: AuditEntry, status: int = 200) -> HttpResponse:
    """The mark of the newest entry of an attempt, to its actor; with an offer to undo it, while there is one."""
    offer = await offer_for(entry, datetime.now(UTC))
    told = await _discreet(request, entry)
    return await mark(request, replace(outcome_of(told), undo=offer), status)


async def _discreet(request: HttpRequest, entry: AuditEntry) -> AuditEntry:
    """A caller is named as the board names them to its reader."""
    tells = is_of_caller(entry.target) or "party" in entry.details
    return newest_for(entry, await arights_of(await request.auser())) if tells else entry


async def ask_reason(request: HttpRequest, attempt: Attempt, press: uuid.UUID) -> HttpResponse:
    """A form that sends the same again, with a reason, to the mark that it was for."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in NOT_AGAIN]
    context = {
        "press": press,
        "name": _name(attempt),
        "fields": fields,
        "path": request.path,
        "target": request.headers.get("HX-Target", ""),
    }
    form = await sync_to_async(render)(request, "control/reason_form.html", context)
    form["HX-Retarget"], form["HX-Reswap"] = "#dialog-body", "innerHTML"
    return form


def _name(attempt: Attempt) -> str:
    target, rights = attempt.target, attempt.actor.rights
    tells = is_of_caller(target.id) and not may_do(rights, SEE_NUMBERS, target.queues)
    return str(hide_numbers(target.name)) if tells else target.name


def reason_of(request: HttpRequest) -> str:
    """What was written; what nobody can see is no reason."""
    return "".join(each for each in request.POST.get("reason", "") if each.isprintable()).strip()


def press_of(request: HttpRequest) -> uuid.UUID:
    """The number that the page gave to this press, so that it is done once however often it comes; else a new one."""
    try:
        return uuid.UUID(request.POST.get("press", ""))
    except ValueError:
        return uuid.uuid4()


async def newest_entry(attempt: uuid.UUID, user_id: int | None) -> AuditEntry | None:
    """Only for the one who made the attempt."""
    return await AuditEntry.objects.filter(attempt=attempt, actor_id=user_id).alast()


def outcome_of(entry: AuditEntry) -> Outcome:
    """What the newest entry says; one that waits for the next step says what is known once nobody will write it."""
    step = standing(entry, datetime.now(UTC), _patience_seconds(entry))
    told = entry
    if step != entry.step:
        told = copy(entry)
        told.step, told.details = step, {"seen": "no_news"} if step is Step.NOT_SEEN else entry.details
    return Outcome(_state(told), sentence(told), reverse("control:outcome", args=[entry.attempt]))


def _state(entry: AuditEntry) -> str:
    """What EQ shows nothing of is over once it is accepted."""
    action = CATALOGUE.get(entry.action)
    is_all = entry.step == Step.ACCEPTED and action is not None and action.look is None
    return Step.DONE.value if is_all else str(entry.step)


def _patience_seconds(entry: AuditEntry) -> float:
    """As long as somebody may still be watching: a telephone may ring meanwhile."""
    action = CATALOGUE.get(entry.action)
    may_ring = action is not None and (action.has_journey or action.lasts)
    return get_config().watch_seconds + (LONGEST_RINGING_SECONDS if may_ring else 0)


async def unseen(request: HttpRequest, sight: Sight) -> HttpResponse:
    """The answer where the floor cannot be seen, or the agent is not on it."""
    if not sight.is_current(Part.AGENTS):
        return await refuse(request, blind())
    return await refuse(request, _("This agent is not on your board any more. Nothing was done."), 404)


def on_agent(view: Callable[[HttpRequest, Sight, Agent], Awaitable[HttpResponse]]) -> View:
    """For a view about one agent who is seen: a form is shown only as of now, and of a press perform() is the judge."""

    @wraps(view)
    async def find(request: HttpRequest, agent_id: int) -> HttpResponse:
        sight = await look(request)
        agent = sight.agent(agent_id)
        if agent is None or (request.method != "POST" and not sight.is_current(Part.AGENTS)):
            return await unseen(request, sight)
        return await view(request, sight, agent)

    return find


def blind() -> str:
    return _("eqboard cannot see the floor now, so nothing was done. Try again when the board is live.")


async def refuse(request: HttpRequest, text: str, status: int = 422, state: str = "refused") -> HttpResponse:
    """Nothing was done, and nothing is written down: the sentence says why."""
    return await mark(request, Outcome(state, text), status)


async def mark(request: HttpRequest, outcome: Outcome, status: int = 200) -> HttpResponse:
    return await sync_to_async(render)(request, "control/outcome.html", {"outcome": outcome}, status=status)


async def show_form(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """A form for the dialog. It numbers the press that it is for: sent twice it acts once."""
    return await sync_to_async(render)(request, template, {"press": uuid.uuid4(), **context})

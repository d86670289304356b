"""The small answer to a press: a mark that says how far it has come, and asks again until that is settled."""

import uuid
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from eqboard.accounts.access import SEE_NUMBERS, may_do
from eqboard.accounts.rights import arights_of
from eqboard.boards.letters import UNSEEN
from eqboard.config import get_config
from eqboard.control.audit.discretion import hide_numbers, is_of_caller, newest_for
from eqboard.control.audit.story import WATCHED, standing
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.action import LONGEST_RINGING_SECONDS
from eqboard.control.catalogue.evidence import Stage
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.attempt import Actor, Attempt, Target, attempt_id
from eqboard.control.doing.offers import Offer, offer_for
from eqboard.control.doing.perform import perform
from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import asking, sentence

NOT_AGAIN = ("press", "reason", "csrfmiddlewaretoken")
UNSETTLED = (Step.ASKED, *WATCHED)
SETTLES_WITHIN = timedelta(minutes=2)  # what nobody knows of the floor tells in that time (doing/settling.py), or never


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mark beside the button shows."""

    state: str
    sentence: str
    url: str = ""
    undo: Offer | None = None
    may_settle: bool = False  # nobody knows, but the floor may still tell

    @property
    def is_settled(self) -> bool:
        return not self.url or self.state not in UNSETTLED

    @property
    def asks_every(self) -> str:
        """How often it asks what became of it, as htmx writes it; "" when it does not."""
        if not self.is_settled:
            return "500ms"
        return "2s" if self.may_settle else ""


async def act(request: HttpRequest, actor: Actor, order: Order, target: Target) -> HttpResponse:
    """Perform it, and answer with its mark; or ask for the reason that a policy demands."""
    return await press(request, attempt_of(request, actor, order, target))


def attempt_of(request: HttpRequest, actor: Actor, order: Order, target: Target) -> Attempt:
    """What a request asks for, by the number of its press."""
    return Attempt(attempt_id(press_of(request), actor.user.pk), actor, order, target, reason_of(request))


async def press(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """As `act`."""
    if attempt.needs_reason and attempt.is_allowed():
        return await ask_reason(request, attempt)
    user_id = attempt.actor.user.pk
    done = await perform(attempt)
    entry = await newest_entry(done, user_id)
    if entry is None:  # one's own press of a moment ago, which is just being written down
        return await mark(request, Outcome(Step.ASKED.value, asking(), reverse("control:outcome", args=[done])))
    return await tell(request, entry, 403 if entry.step == Step.DENIED else 200)


async def is_sent(attempt: Attempt) -> bool:
    """Whether EQ was asked for it, and has not refused."""
    entry = await newest_entry(attempt.id, attempt.actor.user.pk)
    return entry is not None and entry.step not in (Step.DENIED, Step.REFUSED)


async def tell(request: HttpRequest, entry: AuditEntry, status: int = 200) -> HttpResponse:
    """The mark of the newest entry of an attempt, to its actor; with an offer to undo it, while there is one."""
    offer = await offer_for(entry, datetime.now(UTC))
    told = await _discreet(request, entry)
    return await mark(request, replace(outcome_of(told), undo=offer), status)


async def _discreet(request: HttpRequest, entry: AuditEntry) -> AuditEntry:
    """A caller is named as the board names them to its reader."""
    tells = is_of_caller(entry.target) or "party" in entry.details
    return newest_for(entry, await arights_of(await request.auser())) if tells else entry


async def ask_reason(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """A form that sends the same again, with a reason, to the mark that it was for."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in NOT_AGAIN]
    context = {
        "press": press_of(request),
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
    """What was written; what nobody can see is no reason, nor is what has neither a letter nor a digit."""
    written = "".join(each for each in request.POST.get("reason", "") if each.isprintable()).strip()
    return written if any(each.isalnum() and each not in UNSEEN for each in written) else ""


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
    now = datetime.now(UTC)
    step = standing(entry, now, _patience_seconds(entry))
    told = entry
    if step != entry.step:
        told = copy(entry)
        told.step, told.details = step, {"seen": Stage.NO_NEWS.value} if step is Step.NOT_SEEN else entry.details
    url = reverse("control:outcome", args=[entry.attempt])
    return Outcome(_state(told), sentence(told), url, may_settle=step is Step.UNKNOWN and _may_settle(entry, now))


def _may_settle(entry: AuditEntry, now: datetime) -> bool:
    """Of an attempt of which nobody knows: whether somebody looks for what became of it."""
    is_open = entry.step == Step.ASKED or bool(entry.details.get("is_open"))
    return is_open and now - entry.at < SETTLES_WITHIN


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

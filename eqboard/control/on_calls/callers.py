"""The hands on callers: one who waits is stolen out of the queue, one who is parked is picked up."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from eqboard.accounts.access import PICK_UP, STEAL, may_do
from eqboard.accounts.asking import form_page
from eqboard.control.audit.discretion import caller_for
from eqboard.control.background import outlive_the_request
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.doing.aims import at_parked, at_waiting, name_of
from eqboard.control.doing.attempt import Target
from eqboard.control.doing.strangers import without_strangers
from eqboard.control.marks import act, attempt_of, blind, is_sent, press, refuse, show_form
from eqboard.control.on_calls.destinations import DestinationForm, at_telephones, own_extension, remember
from eqboard.control.on_calls.finding import moved_of, parked_of, ref_to, taken_by, waiting_of
from eqboard.control.refusals import of_obstacle
from eqboard.control.saying import say
from eqboard.control.seats.voices import in_whose_name
from eqboard.control.sight import Sight, look, signed_in
from eqboard.control.words import denied
from eqboard.floor.snapshot import ParkedCall, WaitingCall

ROW_BUTTON = re.compile(r"((?:call|parked)-[A-Za-z0-9_-]{1,60})-(?:steal|pick)")


@dataclass(frozen=True, slots=True)
class Found:
    """A call where it was seen. `call` is as one may see it, `target` as the whole floor knows it."""

    call: WaitingCall | ParkedCall
    ref: CallRef
    target: Target


@dataclass(frozen=True, slots=True)
class Way:
    action: str
    template: str
    find: Callable[[str, Sight], Found | None]


def _find_waiting(handle: str, sight: Sight) -> Found | None:
    call = waiting_of(handle, sight.view)
    return None if call is None else Found(call, ref_to(call.key, call.caller, call.queue), at_waiting(call))


def _find_parked(handle: str, sight: Sight) -> Found | None:
    call = parked_of(handle, sight.view)
    if call is None:
        return None
    return Found(call, ref_to(call.key, call.caller, call.space or ""), at_parked(call, sight.whole))


STEALING = Way(STEAL, "control/steal.html", _find_waiting)
PICKING_UP = Way(PICK_UP, "control/pick_up.html", _find_parked)


@form_page
@signed_in
async def steal(request: HttpRequest, handle: str) -> HttpResponse:
    """GET: the form for the dialog. POST: send the waiting caller to a telephone."""
    return await _send(request, handle, STEALING)


@form_page
@signed_in
async def pick_up(request: HttpRequest, handle: str) -> HttpResponse:
    """GET: the form for the dialog. POST: send the parked caller to a telephone."""
    return await _send(request, handle, PICKING_UP)


async def _send(request: HttpRequest, handle: str, way: Way) -> HttpResponse:
    sight = await look(request)
    found = way.find(handle, sight)
    if (found is None or request.method != "POST") and not sight.is_current(*CATALOGUE[way.action].parts):
        return await refuse(request, blind())
    if found is None:
        return await _elsewhere(request, handle, way, sight)
    if not found.ref.channel:
        return await refuse(request, _("EQ does not tell this call's channel, so it cannot be sent anywhere."))
    if request.method != "POST":
        return await _form(request, handle, way, found, sight)
    form = DestinationForm(request.POST)
    if not form.is_valid():
        return await _correct(request, form.sentence())
    destination = form.cleaned_data["destination"]
    order = Order(way.action, call=found.ref, destination=destination)
    attempt = attempt_of(request, sight.actor, order, found.target)
    answer = await press(request, attempt)
    if form.cleaned_data["remember"] and await is_sent(attempt):
        outlive_the_request(remember(sight.actor, destination))
    return answer


async def _form(request: HttpRequest, handle: str, way: Way, found: Found, sight: Sight) -> HttpResponse:
    """The form, or at once why there is nothing to fill in."""
    caller = caller_for(sight.rights, found.call.caller, found.target.queues)
    if not may_do(sight.rights, way.action, found.target.queues):
        return await refuse(request, denied(name_of(caller)), 403, "denied")
    obstacle = _obstacle(Order(way.action, call=found.ref), sight)
    if obstacle is not None:
        return await refuse(request, of_obstacle(obstacle, name_of(caller)))
    context: dict[str, object] = {
        "handle": handle,
        "call": found.call,
        "caller": caller,
        "own": await own_extension(sight.actor.user),
        "is_named": await in_whose_name(sight.actor.user) is not None,
        "telephones": at_telephones(sight.view),
        "mark": _mark_of(request),
    }
    return await show_form(request, way.template, context)


async def _elsewhere(request: HttpRequest, handle: str, way: Way, sight: Sight) -> HttpResponse:
    """It is not where it was seen: nothing is sent, and whoever pressed is told where it is now."""
    moved = moved_of(handle, sight.view)
    if moved is None:
        return await _out_of_sight(request, taken_by(handle, sight.floor.claims.values()))
    order = Order(way.action, call=moved.ref)
    if request.method == "POST":
        return await act(request, sight.actor, order, moved.target)
    obstacle = _obstacle(order, sight) or Obstacle(Why.GONE)
    caller = caller_for(sight.rights, moved.caller, moved.queues)
    return await refuse(request, of_obstacle(obstacle, name_of(caller)))


async def _out_of_sight(request: HttpRequest, who: str) -> HttpResponse:
    """Whoever had seen the call is told who has taken it; where it is else, only who may see it."""
    if who:
        return await refuse(request, say(_("%(who)s has just taken this call, so nothing was sent."), who=who))
    return await refuse(request, _("This call is not on your board any more. Nothing was sent."), 404)


def _obstacle(order: Order, sight: Sight) -> Obstacle | None:
    obstacle = CATALOGUE[order.action].obstacle(order, sight.whole)
    return obstacle and without_strangers(obstacle, sight.rights, sight.whole)


async def _correct(request: HttpRequest, text: str) -> HttpResponse:
    """What was filled in is wrong: the dialog stays open, and says so in itself."""
    answer = await refuse(request, text)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#dialog-notices", "innerHTML"
    return answer


def _mark_of(request: HttpRequest) -> str:
    """Where the page shows what becomes of it: in the row whose button was pressed. The page alone knows the row's id,
    as on a masked board that hides the call's key.
    """
    pressed = ROW_BUTTON.fullmatch(request.headers.get("HX-Trigger", ""))
    return f"#mark-{pressed[1]}" if pressed else ""

"""The hand on conferences: a participant is hung up at their telephone."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from eqboard.accounts.access import REMOVE_PARTICIPANT, may_do
from eqboard.accounts.asking import form_page
from eqboard.control.audit.discretion import caller_for
from eqboard.control.catalogue.order import Order
from eqboard.control.catalogue.rooms import REMOVE
from eqboard.control.doing.aims import at_participant, name_of
from eqboard.control.doing.attempt import Target
from eqboard.control.marks import act, blind, refuse, show_form
from eqboard.control.on_calls.finding import moved_of, participant_of, ref_to
from eqboard.control.sight import Sight, look, signed_in
from eqboard.control.words import denied
from eqboard.floor.seated import telephone_of
from eqboard.floor.snapshot import Caller, Conference

BUTTON = re.compile(r"conference-[A-Za-z0-9_-]{1,80}")


@form_page
@signed_in
async def remove_participant(request: HttpRequest, handle: str) -> HttpResponse:
    """GET: the form for the dialog, which names whom. POST: hang them up."""
    sight = await look(request)
    found = participant_of(handle, sight.view)
    if (found is None or request.method != "POST") and not sight.is_current(*REMOVE.parts):
        return await refuse(request, blind())
    if found is None:
        return await _elsewhere(request, handle, sight)
    room, caller = found[0], found[1].caller
    extension = telephone_of(caller)
    if extension is None or not caller.channel:
        return await refuse(request, _("EQ can hang up only telephones of the exchange."))
    call = ref_to(caller.unique_id or caller.channel, caller, room.extension)
    target = at_participant(room, call, name_of(caller), sight.whole)
    if request.method == "POST":
        order = Order(REMOVE_PARTICIPANT, extension=extension, call=call)
        return await act(request, sight.actor, order, target)
    return await _form(request, handle, sight, target, room, caller)


async def _elsewhere(request: HttpRequest, handle: str, sight: Sight) -> HttpResponse:
    """They are not there as they were seen: nothing is sent. Whoever is elsewhere on the board can be named, and so the
    press is written down, as with callers.
    """
    moved = moved_of(handle, sight.view)
    if moved is None or request.method != "POST":
        return await refuse(request, _("They are not in this conference any more. Nothing was sent."), 404)
    return await act(request, sight.actor, Order(REMOVE_PARTICIPANT, call=moved.ref), moved.target)


async def _form(
    request: HttpRequest, handle: str, sight: Sight, target: Target, room: Conference, caller: Caller
) -> HttpResponse:
    shown = caller_for(sight.rights, caller, target.queues)
    if not may_do(sight.rights, REMOVE_PARTICIPANT, target.queues):
        return await refuse(request, denied(name_of(shown)), 403, "denied")
    pressed = BUTTON.fullmatch(request.headers.get("HX-Trigger", ""))
    context = {"handle": handle, "room": room, "caller": shown, "mark": f"#mark-{pressed[0]}" if pressed else ""}
    return await show_form(request, "control/remove_participant.html", context)

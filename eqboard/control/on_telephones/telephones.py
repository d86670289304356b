"""The hands on a telephone: dial from it; transfer, park and hang up one of its calls."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from eqboard.accounts.access import DIAL, HANG_UP, PARK, TRANSFER
from eqboard.accounts.asking import form_page
from eqboard.control.catalogue.evidence import other_end, ref_at_telephone
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.doing.aims import at_telephone
from eqboard.control.doing.attempt import Target
from eqboard.control.marks import act, blind, refuse, show_form
from eqboard.control.on_calls.destinations import at_telephones, confirmed_extension, own_extension
from eqboard.control.on_telephones.handset import Handset, Talk, handset_of, moved
from eqboard.control.on_telephones.telephone_forms import DialForm, may_be_extension
from eqboard.control.saying import say
from eqboard.control.sight import Sight, look, signed_in
from eqboard.control.words import denied
from eqboard.floor.snapshot import Agent, Caller, Part


@dataclass(frozen=True, slots=True)
class Held:
    """A telephone that one may look at, and one of its calls, as of now. `talk` is None when it has that call no more;
    then `ref` may tell who has. `caller` is with whom it is, as the whole floor knows them.
    """

    sight: Sight
    handset: Handset
    talk: Talk | None = None
    ref: CallRef | None = None
    caller: Caller | None = None

    @property
    def target(self) -> Target:
        handset = self.handset
        target = at_telephone(handset.extension, self.sight.whole, is_own=handset.is_own, call=self.ref)
        if self.caller is None:
            return target
        name, number = self.caller.name or "", self.caller.number or ""
        return replace(target, party=name or number, number=number)

    @property
    def others(self) -> Mapping[str, Agent]:
        """Whom one sees at other telephones than this, by the extension where they sit."""
        seen = at_telephones(self.sight.view)
        return {extension: agent for extension, agent in seen.items() if extension != self.handset.extension}

    def order(self, action: str, destination: str | None = None) -> Order:
        agent = self.handset.agent
        return Order(
            action,
            agent=agent.id if agent else None,
            extension=self.handset.extension,
            call=self.ref,
            destination=destination,
        )


@require_POST
@signed_in
async def dial(request: HttpRequest, extension: str) -> HttpResponse:
    """Call a number from the telephone."""
    held = await held_by(request, extension)
    if isinstance(held, HttpResponse):
        return held
    form = DialForm(request.POST)
    if not form.is_valid():
        return await refuse(request, form.sentence())
    destination = form.cleaned_data["destination"]
    if destination == extension:
        return await refuse(request, _("A telephone cannot call itself. Type another number."))
    line = held.handset.line
    had = tuple(each.channel for each in line.calls if each.channel) if line else ()
    return await act(request, held.sight.actor, replace(held.order(DIAL, destination), had=had), held.target)


@form_page
@signed_in
async def transfer(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """GET: the form for the dialog. POST: send whom the telephone talks with to somebody else, without asking there."""
    held = await held_by(request, extension, handle)
    if isinstance(held, HttpResponse):
        return held
    if request.method != "POST":
        return await show_call_form(request, held, TRANSFER, "control/transfer_form.html", telephones=held.others)
    form = DialForm(request.POST)
    if not form.is_valid():
        return await again(request, held, "control/transfer_form.html", form.sentence())
    return await act(request, held.sight.actor, held.order(TRANSFER, form.cleaned_data["destination"]), held.target)


@require_POST
@signed_in
async def park(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """Put whom the telephone talks with into the parking lot."""
    held = await held_by(request, extension, handle)
    if isinstance(held, HttpResponse):
        return held
    return await act(request, held.sight.actor, held.order(PARK), held.target)


@form_page
@signed_in
async def hang_up(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """GET: a dialog that names whom. POST: end that call."""
    held = await held_by(request, extension, handle)
    if isinstance(held, HttpResponse):
        return held
    if request.method != "POST":
        return await show_call_form(request, held, HANG_UP, "control/hang_up_form.html")
    return await act(request, held.sight.actor, held.order(HANG_UP), held.target)


async def held_by(request: HttpRequest, extension: str, handle: str = "") -> Held | HttpResponse:
    """The telephone and its call; or the answer to somebody who may not know of it, or while nobody sees the floor.

    Of a press on a telephone that is known perform() is the judge.
    """
    sight = await look(request)
    handset = await handset_for(extension, sight)
    if (handset is None or request.method != "POST") and not sight.is_current(Part.AGENTS):
        return await refuse(request, blind())
    if handset is None:
        return await no_telephone(request, extension, sight)
    talk = handset.talk(handle) if handle else None
    if talk is not None:
        return Held(sight, handset, talk, ref_at_telephone(talk.call, extension), other_end(talk.call, extension))
    if handle and handset.shows_calls and handset.line is None:
        return await refuse(request, _("These calls have not been read just now, so nothing was sent. Try again."))
    return Held(sight, handset, None, *moved(handle, extension, sight.view))


async def handset_for(extension: str, sight: Sight) -> Handset | None:
    if not may_be_extension(extension):
        return None
    return handset_of(extension, sight, await confirmed_extension(sight.actor.user))


async def no_telephone(request: HttpRequest, extension: str, sight: Sight) -> HttpResponse:
    """Another team's is as if it were not there; of the one where they say they sit they are told what is missing."""
    user = sight.actor.user
    is_only_said = extension == await own_extension(user) != await confirmed_extension(user)
    return await refuse(request, unconfirmed(extension) if is_only_said else unknown(), 404)


async def show_call_form(request: HttpRequest, held: Held, right: str, template: str, **more: object) -> HttpResponse:
    """The form about one call, or at once why there is nothing to fill in."""
    if not held.handset.may(right):
        return await refuse(request, denied(held.handset.target.name), 403, "denied")
    if held.talk is None:
        return await refuse(request, _("This call is over, or has changed. Look at the calls again."))
    if held.ref is None:
        return await refuse(request, no_channel())
    return await show_form(request, template, {"phone": held.handset, "talk": held.talk, **more})


async def again(request: HttpRequest, held: Held, template: str, error: str) -> HttpResponse:
    """The form once more, with what was typed and what is wrong with it."""
    if held.talk is None or not held.handset.may(TRANSFER):
        return await act(request, held.sight.actor, held.order(TRANSFER), held.target)
    typed = request.POST.get("destination", "")
    context = {"phone": held.handset, "talk": held.talk, "press": request.POST.get("press"), "error": error}
    answer = await sync_to_async(render)(request, template, context | {"typed": typed, "telephones": held.others})
    answer["HX-Retarget"], answer["HX-Reswap"] = "#dialog-body", "innerHTML"
    return answer


def unconfirmed(extension: str) -> str:
    text = _(
        "Only you say that %(extension)s is your telephone, so you may do no more there than your teams allow. Nothing "
        "was done. Ask an administrator to confirm it."
    )
    return say(text, extension=extension)


def unknown() -> str:
    return _("There is no telephone with this extension that you may use. Nothing was done.")


def no_channel() -> str:
    return _("EQ does not tell this call's channel, so nothing can be done with it here.")

"""Listening in: spy, whisper, barge in, from one's own extension, and stop."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from eqboard.accounts.access import BARGE_IN, DIAL, SPY, WHISPER, may_do
from eqboard.accounts.seats import confirmed_extension, is_somebody_elses, seat_of
from eqboard.control import exchange
from eqboard.control.audit import Doer
from eqboard.control.catalogue.evidence import ref_at_telephone
from eqboard.control.catalogue.listening import STOP_LISTENING
from eqboard.control.catalogue.obstacles import of_listening
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.aims import agent_at, at_ear, at_own_ear
from eqboard.control.doing.attempt import Target
from eqboard.control.marks import act, blind, refuse, show_form
from eqboard.control.monitors.ears import call_from, ears_of
from eqboard.control.on_agents.seen import on_agent
from eqboard.control.saying import say
from eqboard.control.seat_words import sentence_of
from eqboard.control.seats import seating
from eqboard.control.seats.seat import ExtensionForm
from eqboard.control.sight import Sight, look, signed_in
from eqboard.floor.snapshot import Agent


@require_POST
@signed_in
@on_agent(SPY)
async def spy(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """Listen, unheard."""
    return await _listen(request, sight, agent, SPY)


@require_POST
@signed_in
@on_agent(WHISPER)
async def whisper(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """Listen, and be heard by the agent alone."""
    return await _listen(request, sight, agent, WHISPER)


@require_POST
@signed_in
@on_agent(BARGE_IN)
async def barge_in(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """Listen, and be heard by both."""
    return await _listen(request, sight, agent, BARGE_IN)


async def _listen(request: HttpRequest, sight: Sight, agent: Agent, action: str) -> HttpResponse:
    """From the extension in the form, else from one's own; when there is none, ask for it first."""
    if not agent.extension:
        text = _("EQ does not tell at which extension %(name)s is, so nobody can listen there. Nothing was sent.")
        return await refuse(request, say(text, name=agent.name))
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return await _ask_for_extension(request, agent, form, 422)
    seat = await sync_to_async(seat_of)(sight.actor.user.pk)
    own, given = seat.extension, form.cleaned_data["extension"]
    is_heard_there = _is_at_agents(sight, agent, given or own, confirmed_extension(seat))
    if is_heard_there and _can_be(sight, agent, action):
        return await refuse(request, _somebody_may_hear(given or own))
    if not own and _can_be(sight, agent, action):
        if not given:
            return await _ask_for_extension(request, agent, ExtensionForm())
        if not await _is_remembered(sight, form):
            return await _ask_for_extension(request, agent, form, 422)
    elif given not in ("", own) and await sync_to_async(is_somebody_elses)(sight.actor.user.pk, given):
        text = _("%(name)s is somebody else's telephone, so nothing was sent. Listen from your own.")
        return await refuse(request, say(text, name=given))
    return await act(request, sight.actor, *_aimed(sight, agent, action, given or own))


def _is_at_agents(sight: Sight, agent: Agent, extension: str, confirmed: str) -> bool:
    """Whether it would ring at an agent's telephone, which is not known to be one's own, and where one may not dial.

    To listen to an agent from their own telephone is refused elsewhere (obstacles.py).
    """
    there = agent_at(extension, sight.whole)
    if there is None or there.id == agent.id or not there.signed_in or extension == confirmed:
        return False
    return not may_do(sight.rights, DIAL, (each.queue for each in there.signed_in), there.id)


def _somebody_may_hear(extension: str) -> str:
    text = _(
        "An agent is signed in at %(extension)s, and whoever picks up there would hear the call, so nothing was sent. "
        "Listen from your own telephone; if it is this one, ask an administrator to confirm it."
    )
    return say(text, extension=extension)


def _can_be(sight: Sight, agent: Agent, action: str) -> bool:
    """Whether nothing stands in the way but an extension that is not known."""
    queues = (each.queue for each in agent.signed_in)
    order = Order(action, agent.id, extension=agent.extension)
    return may_do(sight.rights, action, queues, agent.id) and of_listening(order, sight.whole) is None


def _aimed(sight: Sight, agent: Agent, action: str, extension: str) -> tuple[Order, Target]:
    call = call_from(sight.floor, sight.actor.user.pk, extension)
    order = Order(action, agent.id, extension=agent.extension, call=call, monitor_extension=extension)
    return order, at_ear(agent, extension)


async def _is_remembered(sight: Sight, form: ExtensionForm) -> bool:
    """Unless EQ says that there is no such extension; then that stands in the form."""
    doer = Doer(sight.actor.user, sight.actor.address)
    told = await seating.choose_extension(doer, exchange.telephones.get(), form.cleaned_data["extension"])
    if not told.is_done:
        form.add_error("extension", sentence_of(told.action, told.step, told.details, told.name))
    return told.is_done


async def _ask_for_extension(
    request: HttpRequest, agent: Agent, form: ExtensionForm, status: int = 200
) -> HttpResponse:
    """Wherever it was pressed, the dialog is what opens."""
    answer = await show_form(request, "control/listening_form.html", {"agent": agent, "form": form})
    answer.status_code = status
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dialog-body", "innerHTML"
    return answer


@require_POST
@signed_in
async def stop(request: HttpRequest) -> HttpResponse:
    """Hang up one's own listening call, and no other."""
    sight = await look(request)
    ears = ears_of(sight.floor, sight.actor.user.pk, sight.rights)
    ear = next((each for each in ears if each.extension == request.POST.get("extension")), None)
    if not sight.floor.is_connected:
        return await refuse(request, blind())
    if ear is None:
        return await refuse(request, _("You are not listening from this telephone now, so nothing was sent."), 404)
    call = ref_at_telephone(ear.call, ear.extension) if ear.call else None
    if call is None:
        return await refuse(request, _("Your telephone does not ring yet, so there is nothing to hang up."))
    target, agent = at_own_ear(ear.agent, ear.extension), ear.agent
    order = Order(STOP_LISTENING, agent.id, extension=agent.extension, call=call, monitor_extension=ear.extension)
    return await act(request, sight.actor, order, target)

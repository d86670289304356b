"""The hands on agents: pause, resume, sign in, sign out, exit wrap-up, in one queue or in all."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from eqboard.accounts.access import (
    EXIT_WRAP_UP,
    PAUSE_AGENT,
    RESUME_AGENT,
    SIGN_IN_AGENT,
    SIGN_OUT_AGENT,
    may_do,
)
from eqboard.accounts.asking import form_page
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.aims import at_agent
from eqboard.control.marks import act, refuse, show_form
from eqboard.control.on_agents.agent_forms import PauseForm, QueueForm, SignInForm
from eqboard.control.on_agents.seen import on_agent
from eqboard.control.refusals import signed_out_meanwhile
from eqboard.control.sight import Sight, signed_in
from eqboard.control.words import denied
from eqboard.floor.snapshot import Agent, PauseCode, Queue


@form_page
@signed_in
@on_agent(PAUSE_AGENT)
async def pause(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """GET: the form for the dialog. POST: pause the agent, with a pause code or without."""
    codes = pause_codes(sight)
    form = PauseForm(codes, queues_of(agent, sight), sent(request))
    if request.method != "POST":
        return await _form(
            request, sight, agent, PAUSE_AGENT, "control/pause_form.html", {"codes": codes, "form": form}
        )
    if not form.is_valid():
        return await refuse(request, form.sentence())
    order = Order(PAUSE_AGENT, agent.id, form.cleaned_data["queue"], form.cleaned_data["pause_code"])
    return await _act(request, sight, agent, order)


@require_POST
@signed_in
@on_agent(RESUME_AGENT)
async def resume(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """Put the agent back to work."""
    return await _at_once(request, sight, agent, RESUME_AGENT)


@require_POST
@signed_in
@on_agent(EXIT_WRAP_UP)
async def exit_wrap_up(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """End what is left of their wrap-up."""
    return await _at_once(request, sight, agent, EXIT_WRAP_UP)


@form_page
@signed_in
@on_agent(SIGN_OUT_AGENT)
async def sign_out(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """GET: the form for the dialog. POST: sign the agent out of one queue, or of all."""
    form = QueueForm(queues_of(agent, sight), sent(request))
    if request.method != "POST":
        return await _form(request, sight, agent, SIGN_OUT_AGENT, "control/sign_out_form.html", {"form": form})
    if not form.is_valid():
        return await refuse(request, form.sentence())
    return await _act(request, sight, agent, Order(SIGN_OUT_AGENT, agent.id, form.cleaned_data["queue"]))


@form_page
@signed_in
@on_agent(SIGN_IN_AGENT)
async def sign_in(request: HttpRequest, sight: Sight, agent: Agent) -> HttpResponse:
    """GET: the form for the dialog. POST: sign the agent in to the chosen queues, each with a skill, or paused."""
    if request.method != "POST":
        queues = open_queues(agent, sight)
        if not queues:
            return await refuse(request, _("There is no queue left that you may sign this agent in to."))
        form = SignInForm(queues, agent)
        return await show_form(request, "control/sign_in_form.html", {"agent": agent, "form": form})
    form = SignInForm(queues_without(agent, sight), agent, request.POST)
    if not form.is_valid():
        return await refuse(request, form.sentence())
    chosen = form.chosen()
    order = Order(SIGN_IN_AGENT, agent.id, sign_in_to=chosen, is_paused=form.cleaned_data["paused"])
    return await act(request, sight.actor, order, at_agent(agent, tuple(queue for queue, _skill in chosen)))


async def _at_once(request: HttpRequest, sight: Sight, agent: Agent, action: str) -> HttpResponse:
    """What needs no form: in one queue, or in all."""
    form = QueueForm(queues_of(agent, sight), request.POST)
    if not form.is_valid():
        return await refuse(request, form.sentence())
    return await _act(request, sight, agent, Order(action, agent.id, form.cleaned_data["queue"]))


async def _act(request: HttpRequest, sight: Sight, agent: Agent, order: Order) -> HttpResponse:
    return await act(request, sight.actor, order, at_agent(agent, (order.queue,) if order.queue else ()))


async def _form(
    request: HttpRequest, sight: Sight, agent: Agent, action: str, template: str, context: dict[str, object]
) -> HttpResponse:
    """The form, or at once why there is nothing to fill in."""
    if not agent.signed_in:
        return await refuse(request, signed_out_meanwhile(agent.name))
    allowed = allowed_queues(sight, action, agent)
    is_everywhere = may_do(sight.rights, action, [each.queue for each in agent.signed_in], agent.id)
    if not allowed and not is_everywhere:
        return await refuse(request, denied(agent.name), 403, "denied")
    asked_for = request.GET.get("queue", "")
    chosen = asked_for if any(each.extension == asked_for for each in allowed) else ""
    known = {"agent": agent, "queues": allowed, "is_everywhere": is_everywhere, "chosen": chosen}
    return await show_form(request, template, known | context)


def queues_of(agent: Agent, sight: Sight) -> list[str]:
    """Those that the agent is signed in to, of those one sees: of another team's it is not told whether they exist."""
    return [each.queue for each in agent.signed_in if each.queue in sight.view.queues]


def allowed_queues(sight: Sight, action: str, agent: Agent) -> list[Queue]:
    """In which of them one may do it, one by one."""
    queues = (sight.view.queues[queue] for queue in queues_of(agent, sight))
    return by_name(each for each in queues if may_do(sight.rights, action, [each.extension], agent.id))


def open_queues(agent: Agent, sight: Sight) -> list[Queue]:
    """The queues that one may sign the agent in to, and in which they are not yet."""
    queues = queues_without(agent, sight)
    return [each for each in queues if may_do(sight.rights, SIGN_IN_AGENT, [each.extension], agent.id)]


def queues_without(agent: Agent, sight: Sight) -> list[Queue]:
    """The queues that one sees, and in which the agent is not."""
    present = {each.queue for each in agent.signed_in}
    return by_name(queue for queue in sight.view.queues.values() if queue.extension not in present)


def pause_codes(sight: Sight) -> list[PauseCode]:
    return sorted(sight.view.pause_codes.values(), key=lambda code: code.name.casefold())


def by_name(queues: Iterable[Queue]) -> list[Queue]:
    return sorted(queues, key=lambda each: (each.name.casefold(), each.extension))


def sent(request: HttpRequest) -> QueryDict | None:
    """What was filled in; an empty form was sent, too."""
    return request.POST if request.method == "POST" else None

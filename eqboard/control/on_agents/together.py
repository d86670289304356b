"""The hands on several agents at once: a preview with what will happen to each, then a result for each."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eqboard.accounts.access import EXIT_WRAP_UP, PAUSE_AGENT, SIGN_IN_AGENT, may_do
from eqboard.accounts.asking import form_page
from eqboard.config import get_config
from eqboard.control.background import outlive_the_request
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import Order
from eqboard.control.doing import perform
from eqboard.control.doing.aims import at_unseen
from eqboard.control.doing.attempt import Actor, Attempt, attempt_id
from eqboard.control.marks import blind, press_of, reason_of, refuse, show_form
from eqboard.control.on_agents.agents import by_name, pause_codes, sent
from eqboard.control.on_agents.prospects import DEEDS, Choice, Prospect, foretell
from eqboard.control.on_agents.results import Batch, result_of
from eqboard.control.on_agents.seen import why_unseen
from eqboard.control.on_agents.several import MOST, Plan, Planner, attempt_of, take_turns
from eqboard.control.on_agents.skipped import is_agent, read_skipped
from eqboard.control.on_agents.together_forms import TogetherForm
from eqboard.control.sight import Sight, look, see, see_anew, signed_in
from eqboard.floor.snapshot import Queue


class Unreadable(Exception):
    """The selection makes no sense; the sentence says why."""


@form_page
@signed_in
async def together(request: HttpRequest, deed: str) -> HttpResponse:
    """GET: what will happen to each of `agent`. POST: do it, for each on their own."""
    if deed not in DEEDS:
        raise Http404
    sight, action = await look(request), DEEDS[deed]
    try:
        agents = selected(request.POST if request.method == "POST" else request.GET)
    except Unreadable as fault:
        return await beside(request, await refuse(request, str(fault)))
    if request.method == "POST":
        return await _do(request, sight, action, agents)
    if not sight.is_current(*CATALOGUE[action].parts):
        return await refuse(request, blind())
    return await _preview(request, sight, deed, agents)


def selected(query: QueryDict) -> tuple[int, ...]:
    """The agents' ids, each once. Raises Unreadable."""
    texts = list(dict.fromkeys(query.getlist("agent")))
    if not texts:
        raise Unreadable(_("Nobody is selected. Select agents first."))
    if len(texts) > MOST:
        raise Unreadable(
            _("%(count)s agents are selected; at most %(most)s go at once. Select fewer.")
            % {"count": len(texts), "most": MOST}
        )
    if not all(map(is_agent, texts)):
        raise Unreadable(_("This selection cannot be read, so nothing was sent. Select the agents again."))
    return tuple(dict.fromkeys(map(int, texts)))


async def _preview(request: HttpRequest, sight: Sight, deed: str, agents: Sequence[int]) -> HttpResponse:
    action = DEEDS[deed]
    form = form_for(action, sight, agents, request.GET)
    choice = form.choice() if form.is_valid() else Choice()
    prospects = [foretell(action, each, choice, sight) for each in agents]
    context = {
        "action": action,
        "deed": deed,
        "agents": agents,
        "form": form,
        "choice": choice,
        "prospects": sorted(prospects, key=_by_name),
        "sent_count": sum(each.will_be_sent for each in prospects),
        "needs_reason": _needs_reason(action),
    }
    return await show_form(request, "control/together_form.html", context)


def _by_name(prospect: Prospect) -> tuple[bool, str, int]:
    """First those who are acted on."""
    return not prospect.will_be_sent, prospect.name.casefold(), prospect.agent


def form_for(action: str, sight: Sight, agents: Sequence[int], data: QueryDict | None) -> TogetherForm:
    codes = pause_codes(sight) if action == PAUSE_AGENT else []
    return TogetherForm(codes, _queues(action, sight, agents), data)


def _queues(action: str, sight: Sight, agents: Sequence[int]) -> list[Queue]:
    """Those in which it can be done for at least one of them."""
    if action == EXIT_WRAP_UP:
        return []
    found: dict[str, Queue] = {}
    for agent in filter(None, map(sight.agent, agents)):
        present = {each.queue for each in agent.signed_in}
        candidates = set(sight.view.queues) - present if action == SIGN_IN_AGENT else present & set(sight.view.queues)
        for each in candidates - set(found):
            if may_do(sight.rights, action, [each], agent.id):
                found[each] = sight.view.queues[each]
    return by_name(found.values())


def _needs_reason(action: str) -> bool:
    return CATALOGUE[action].right in get_config().actions_with_reason


async def _do(request: HttpRequest, sight: Sight, action: str, agents: Sequence[int]) -> HttpResponse:
    form = form_for(action, sight, agents, sent(request))
    if not form.is_valid():
        return await beside(request, await refuse(request, form.sentence()))
    reason = reason_of(request)
    if _needs_reason(action) and not reason:
        return await beside(request, await refuse(request, _("Here this needs a reason. Write one, then send it.")))
    batch = Batch.begun(attempt_id(press_of(request), sight.actor.user.pk), agents)
    batch = replace(batch, skipped=read_skipped(request.POST.getlist("skip")))
    await begin(agents, planner_of(sight.actor, action, form.choice(), batch.id, reason))
    return await show_result(request, await see(sight.actor), batch)


def planner_of(actor: Actor, action: str, choice: Choice, batch: uuid.UUID, reason: str) -> Planner:
    """Each is looked at anew when it is their turn, by the rights of then: they may have gone elsewhere meanwhile."""

    async def plan(agent: int) -> Plan | None:
        sight = await see_anew(actor)
        prospect = foretell(action, agent, choice, sight)
        order, target = prospect.order or Order(action, agent), prospect.target or at_unseen(agent)
        attempt = Attempt(attempt_of(batch, agent), sight.actor, order, target, reason, batch)
        if prospect.order is None:
            step, obstacle = why_unseen(sight)
            return Plan(attempt, obstacle, step)
        if not attempt.is_allowed() or not sight.is_current(*attempt.action.parts):
            return Plan(attempt)  # that it was tried is written down where everything is
        return Plan(attempt, Obstacle(Why.ALREADY) if prospect.is_idle else None)

    return plan


async def begin(agents: Sequence[int], planner: Planner) -> None:
    """It goes on by itself; a quick one is over when this returns."""
    work = outlive_the_request(take_turns(agents, planner), asks_eq=True)
    await asyncio.wait({work}, timeout=perform.PENDING_AFTER_SECONDS)


@require_safe
@signed_in
async def progress(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """How far each of `agent` is; only for the one who pressed."""
    try:
        agents = selected(request.GET)
    except Unreadable as fault:
        return await refuse(request, str(fault))
    return await show_result(request, await look(request), Batch.read(batch, agents, request.GET))


async def show_result(request: HttpRequest, sight: Sight, batch: Batch) -> HttpResponse:
    result = await result_of(batch, sight)
    return await sync_to_async(render)(request, "control/together.html", {"it": result})


async def beside(request: HttpRequest, refusal: HttpResponse) -> HttpResponse:
    """What was filled in stays: the refusal stands below it."""
    if request.method == "POST":
        refusal["HX-Retarget"], refusal["HX-Reswap"] = "#dialog-notices", "innerHTML"
    return refusal

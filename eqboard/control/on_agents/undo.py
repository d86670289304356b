"""Taking back what was just done: a pause, a sign-out. Once, in time, and only by the one who did it."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from eqboard.accounts.asking import form_page
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.aims import at_agent, at_unseen
from eqboard.control.doing.attempt import Actor, Attempt
from eqboard.control.doing.before import NO_OTHER_REASON, is_in_time, queues_of_undo
from eqboard.control.doing.offers import Deed, deeds_of, tries_of
from eqboard.control.doing.perform import perform
from eqboard.control.marks import newest_entry, refuse, tell
from eqboard.control.models import Step
from eqboard.control.on_agents.results import Batch
from eqboard.control.on_agents.seen import unseen, why_unseen
from eqboard.control.on_agents.several import Plan, Planner, attempt_of
from eqboard.control.on_agents.together import Unreadable, begin, beside, selected, show_result
from eqboard.control.sight import Sight, look, see, see_anew, signed_in


@require_POST
@signed_in
async def undo(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """Put the agent back to where they stood. It is an attempt of its own, with a mark in the place of the other."""
    sight = await look(request)
    deed = (await deeds_of([attempt], sight.actor.user.pk)).get(attempt)
    order = deed.undo if deed else None
    if deed is None or order is None:
        return await refuse(request, nothing_to_undo(), 404)
    if not is_in_time(deed.asked_at, datetime.now(UTC)):
        return await refuse(request, too_late())
    plan = plan_of(deed, order, sight, (await tries_of([attempt]))[attempt].next_one)
    if plan.obstacle is not None:
        await plan.attempt.turn_away(plan.step, plan.obstacle)
        return await unseen(request, sight)
    entry = await newest_entry(await perform(plan.attempt), sight.actor.user.pk)
    if entry is None:
        return await refuse(request, nothing_to_undo(), 404)
    return await tell(request, entry, 403 if entry.step == Step.DENIED else 200)


@form_page
@signed_in
async def undo_together(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """POST: undo what was done with each of `agent` by one press. GET: how far that is."""
    sight = await look(request)
    try:
        agents = selected(request.POST if request.method == "POST" else request.GET)
    except Unreadable as fault:
        return await beside(request, await refuse(request, str(fault)))
    if request.method != "POST":
        told = Batch.read(batch, agents, request.GET)
        tries = await tries_of(told.pressed.values())
        newest = {agent: tries[each].newest for agent, each in told.pressed.items()}
        return await show_result(request, sight, replace(told, undone_by=newest))
    deeds = await deeds_of([attempt_of(batch, each) for each in agents], sight.actor.user.pk)
    undoable = {each: deed for each in agents if (deed := deeds.get(attempt_of(batch, each))) and deed.undo}
    refusal = _refusal(undoable.values())
    if refusal is not None:
        return await beside(request, await refuse(request, refusal))
    tries = await tries_of(each.attempt for each in undoable.values())
    turns = {each: tries[deed.attempt].next_one for each, deed in undoable.items()}
    undoing = Batch.begun(batch, list(undoable), undone_by=turns)
    await begin(undoing.agents, _planner(sight.actor, undoable, undoing))
    return await show_result(request, await see(sight.actor), undoing)


def _refusal(deeds: Collection[Deed]) -> str | None:
    """All are in time when the one who was asked for last is."""
    if not deeds:
        return nothing_to_undo()
    if not is_in_time(max(deed.asked_at for deed in deeds), datetime.now(UTC)):
        return too_late()
    return None


def _planner(actor: Actor, deeds: Mapping[int, Deed], batch: Batch) -> Planner:
    async def plan(agent: int) -> Plan | None:
        deed, sight = deeds[agent], await see_anew(actor)
        order = deed.undo
        return plan_of(deed, order, sight, batch.attempts[agent], undo_batch(batch.id)) if order else None

    return plan


def plan_of(deed: Deed, order: Order, sight: Sight, attempt: uuid.UUID, batch: uuid.UUID | None = None) -> Plan:
    """With the reason of what is undone, to which it belongs. Nothing is sent where the agent is not to be seen any
    more.

    `attempt` is the one that this is, and `order` undoes what `deed` did.
    """
    agent_id = order.agent or 0
    agent = sight.agent(agent_id)
    target = at_agent(agent, queues_of_undo(order, agent)) if agent else at_unseen(agent_id)
    undoing = Attempt(attempt, sight.actor, order, target, deed.reason, batch)
    undoing = replace(undoing, reason=NO_OTHER_REASON) if undoing.needs_reason else undoing
    if agent is not None:
        return Plan(undoing)
    step, obstacle = why_unseen(sight)
    return Plan(undoing, obstacle, step)


def undo_batch(batch: uuid.UUID) -> uuid.UUID:
    """Of the presses that undo a batch, for the audit."""
    return uuid.uuid5(batch, "undo")


def nothing_to_undo() -> str:
    return _("There is nothing to undo: EQ has not accepted it, or this action is not known here.")


def too_late() -> str:
    return _("It is too late to undo this. Look at the row, and do the opposite there.")

"""Taking back what was just done: a pause, a sign-out. Once, in time, and only by the one who did it."""

import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from eqboard.accounts.asking import form_page
from eqboard.control.doing.aims import at_agent
from eqboard.control.doing.attempt import Actor, Attempt
from eqboard.control.doing.before import is_in_time, queues_of_undo, undo_id
from eqboard.control.doing.offers import Deed, deeds_of
from eqboard.control.doing.perform import perform
from eqboard.control.marks import blind, newest_entry, refuse, tell, unseen
from eqboard.control.models import Step
from eqboard.control.on_agents.results import Batch
from eqboard.control.on_agents.several import Plan, Planner, attempt_of
from eqboard.control.on_agents.together import Unreadable, begin, beside, selected, show_result
from eqboard.control.sight import Sight, look, see, see_anew, signed_in
from eqboard.floor.snapshot import Part


@require_POST
@signed_in
async def undo(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """Put the agent back to where they stood. It is an attempt of its own, with a mark in the place of the other."""
    sight = await look(request)
    deed = (await deeds_of([attempt], sight.actor.user.pk)).get(attempt)
    if deed is None or deed.undo is None:
        return await refuse(request, nothing_to_undo(), 404)
    if not is_in_time(deed.asked_at, datetime.now(UTC)):
        return await refuse(request, too_late())
    undoing = undo_attempt(deed, sight)
    if undoing is None:
        return await unseen(request, sight)
    entry = await newest_entry(await perform(undoing), sight.actor.user.pk)
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
        return await show_result(request, sight, Batch.read(batch, agents, request.GET, is_undo=True))
    deeds = await deeds_of([attempt_of(batch, each) for each in agents], sight.actor.user.pk)
    undoable = {each: deed for each in agents if (deed := deeds.get(attempt_of(batch, each))) and deed.undo}
    refusal = _refusal(undoable.values(), sight)
    if refusal is not None:
        return await beside(request, await refuse(request, refusal))
    undoing = Batch.begun(batch, list(undoable), is_undo=True)
    await begin(undoing.agents, _planner(sight.actor, undoable, undo_id(batch)))
    return await show_result(request, await see(sight.actor), undoing)


def _refusal(deeds: Collection[Deed], sight: Sight) -> str | None:
    """All are in time when the one who was asked for last is."""
    if not deeds:
        return nothing_to_undo()
    if not is_in_time(max(deed.asked_at for deed in deeds), datetime.now(UTC)):
        return too_late()
    return None if sight.is_current(Part.AGENTS) else blind()


def _planner(actor: Actor, deeds: Mapping[int, Deed], batch: uuid.UUID) -> Planner:
    async def plan(agent: int) -> Plan | None:
        attempt = undo_attempt(deeds[agent], await see_anew(actor), batch)
        return None if attempt is None else Plan(attempt)

    return plan


def undo_attempt(deed: Deed, sight: Sight, batch: uuid.UUID | None = None) -> Attempt | None:
    """None: there is nothing to undo, or the agent is not to be seen any more."""
    order = deed.undo
    agent = sight.agent(order.agent or 0) if order else None
    if order is None or agent is None:
        return None
    target = at_agent(agent, queues_of_undo(order, agent))
    return Attempt(undo_id(deed.attempt), sight.actor, order, target, deed.reason, batch)


def nothing_to_undo() -> str:
    return _("There is nothing to undo: EQ has not accepted it, or this action is not known here.")


def too_late() -> str:
    return _("It is too late to undo this. Look at the row, and do the opposite there.")

"""The panel beside the board: one agent, or one telephone, and everything that can be done there."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eqboard.accounts.access import DIAL, HANG_UP, PARK, PRESS_KEY, RECORD, SEE_RECORDINGS, TRANSFER
from eqboard.boards.claimed import Doing
from eqboard.boards.fragments import dom_id
from eqboard.config import get_config
from eqboard.control.marks import refuse
from eqboard.control.on_agents.seen import unseen
from eqboard.control.on_calls.destinations import own_extension
from eqboard.control.on_telephones import hands
from eqboard.control.on_telephones.handset import Handset
from eqboard.control.on_telephones.telephones import handset_for, no_telephone
from eqboard.control.sight import Sight, look, signed_in
from eqboard.feed import slots
from eqboard.feed.connection import FeedLost
from eqboard.feed.looking import look_at
from eqboard.floor.snapshot import Line, Part, Trouble

LOOKING_LASTS = timedelta(seconds=10)  # the panel renews itself more often: closed, it is soon read no more
OLD_AFTER = timedelta(seconds=10)


class Told(StrEnum):
    """What the panel can say of the calls at a telephone."""

    HIDDEN = "hidden"  # they may be of queues that one may not see
    NOT_YET = "not_yet"  # read since the panel was opened
    MISSING = "missing"  # EQ knows no such extension
    OLD = "old"  # EQ, or the poller, does not tell any more
    NEW = "new"


@require_safe
@signed_in
async def agent_panel(request: HttpRequest, agent_id: int) -> HttpResponse:
    """One agent: their queues, and what goes on at their telephone."""
    sight = await look(request)
    whole = sight.agent(agent_id)
    if whole is None:
        return await unseen(request, sight)
    own = await own_extension(sight.actor.user)
    handset = await handset_for(whole.extension or "", sight)
    at_once, listening = hands.for_all(whole, sight), hands.listening(whole, sight)
    context = {
        "agent": sight.view.agents[agent_id],
        "places": hands.places(whole, sight),
        "hands": at_once,
        "reasons": hands.reasons(at_once),
        "listening": listening,
        "listening_reasons": hands.reasons(listening),
        "is_others_too": hands.is_others_too(whole, sight),
        "claims": _claims(sight, slots.agent(agent_id)),
        "own": own,
        **await _telephone(sight, handset),
    }
    return await _show(request, sight, "control/panel_agent.html", dom_id("panel-agent", agent_id), context)


@require_safe
@signed_in
async def telephone_panel(request: HttpRequest, extension: str) -> HttpResponse:
    """One telephone, whoever sits there."""
    sight = await look(request)
    handset = await handset_for(extension, sight)
    if handset is None:
        return await no_telephone(request, extension, sight)
    return await _show_extension(request, sight, handset)


@require_safe
@signed_in
async def my_telephone(request: HttpRequest) -> HttpResponse:
    """The telephone where one sits oneself."""
    sight = await look(request)
    own = await own_extension(sight.actor.user)
    if not own:
        return await refuse(request, _("eqboard does not know where you sit. Say so at “My telephone” in the menu."))
    handset = await handset_for(own, sight)
    if handset is None:
        return await no_telephone(request, own, sight)
    return await _show_extension(request, sight, handset)


async def _show_extension(request: HttpRequest, sight: Sight, handset: Handset) -> HttpResponse:
    """Who sits there is told to those who see them."""
    there = sight.view.agents.get(handset.agent.id) if handset.agent else None
    context = {
        "agent": there if there and there.signed_in else None,
        "claims": _claims(sight, handset.target.subject),
        **await _telephone(sight, handset),
    }
    name = dom_id("panel-extension", handset.extension)
    return await _show(request, sight, "control/panel_extension.html", name, context)


async def _telephone(sight: Sight, handset: Handset | None) -> dict[str, object]:
    """What is said of a telephone; the poller is told that somebody looks at it."""
    if handset is None:
        return {"phone": None}
    now = sight.floor.theirs(datetime.now(UTC))
    if handset.shows_calls:
        with suppress(*FeedLost):  # then the panel says that nobody sees the floor
            await look_at(get_config().redis_url, [handset.extension], now + LOOKING_LASTS)
    rights = (DIAL, TRANSFER, PARK, HANG_UP, RECORD, SEE_RECORDINGS, PRESS_KEY)
    return {
        "phone": handset,
        "told": _told(handset, now).value,
        "talks": handset.talks(),
        "may": {right.replace(".", "_"): handset.may(right) for right in rights},
    }


def _told(handset: Handset, now: datetime) -> Told:
    line = handset.line
    if not handset.shows_calls:
        return Told.HIDDEN
    if line is not None and line.trouble is Trouble.MISSING:
        return Told.MISSING
    if line is None or (line.asked_at is None and line.trouble is None):
        return Told.NOT_YET
    return Told.OLD if _is_old(line, now) else Told.NEW


def _is_old(line: Line, now: datetime) -> bool:
    return line.trouble is not None or line.asked_at is None or now - line.asked_at > OLD_AFTER


def _claims(sight: Sight, subject: str) -> Sequence[Doing]:
    """Who else is at it."""
    others = [
        each for each in sight.floor.claims.values() if each.subject == subject and each.user_id != sight.actor.user.pk
    ]
    others.sort(key=lambda each: (each.since, each.slot))
    return [Doing(each.action, each.who) for each in others]


async def _show(
    request: HttpRequest, sight: Sight, template: str, name: str, context: dict[str, object]
) -> HttpResponse:
    known = {"name": name, "is_blind": not sight.is_current(Part.AGENTS), "path": request.path}
    return await sync_to_async(render)(request, template, known | context)

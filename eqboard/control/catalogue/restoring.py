"""Undo: an agent is put back to where they stood before a pause or a sign-out.

EQ has no such action. It may take several requests: one queue was paused before, another was not; and who is signed in
paused gets the reason of it by a pause of its own, as soon as EQ has signed them in.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from functools import partial

from eqboard.accounts.access import RESUME_AGENT, SIGN_IN_AGENT
from eqboard.control.catalogue.action import Action, PartlyDone
from eqboard.control.catalogue.agents import agent_of, look_of_agent
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import Order
from eqboard.eq import EQError, EQInvalid
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import Agent, Membership, Snapshot

UNDO_PAUSE = "agent.undo_pause"
UNDO_SIGN_OUT = "agent.undo_sign_out"
TRIES, AGAIN_AFTER_SECONDS = 12, 0.25  # EQ signs somebody in within a second or so
NORMAL_SKILL = 3  # EQ API text, Execute Call Queue Agent Action: what a skill is that nobody has set


def freed(order: Order) -> list[str]:
    """The queues that were not paused before."""
    return [each.queue for each in order.stood if not each.paused]


def is_at_once(order: Order) -> bool:
    """Whether all queues are resumed by one request, whichever they are by now: none was paused before."""
    return order.queue is None and len(freed(order)) == len(order.stood)


def _resumptions(eq: Resources, order: Order) -> Iterator[Awaitable[None]]:
    for queue in [None] if is_at_once(order) else freed(order):
        yield eq.call_queue_agents.resume(agent=agent_of(order), queue=queue)


def _sign_ins(eq: Resources, order: Order) -> Iterator[Awaitable[None]]:
    for paused in (False, True):
        stood = [each for each in order.stood if each.paused is paused]
        if stood:
            queues, skills = [each.queue for each in stood], [each.skill or NORMAL_SKILL for each in stood]
            yield eq.call_queue_agents.sign_in(agent=agent_of(order), queues=queues, skills=skills, paused=paused)
    if order.pause_code is not None:
        yield from _reasons(eq, order)


def _reasons(eq: Resources, order: Order) -> Iterator[Awaitable[None]]:
    queues = [each.queue for each in order.stood if each.paused]
    for queue in queues:
        yield _pause(eq, order, queue)


async def _pause(eq: Resources, order: Order, queue: str) -> None:
    """EQ has accepted the sign-in, and may not have carried it out yet (contract §4): until then it refuses a pause, so
    nothing is done twice by asking again. Raises EQError.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return await eq.call_queue_agents.pause(agent=agent_of(order), queue=queue, pause_code=order.pause_code)
        except EQInvalid as error:
            if not tries_left or not _is_not_signed_in(error):
                raise
        await asyncio.sleep(AGAIN_AFTER_SECONDS)
    return None


def _is_not_signed_in(error: EQInvalid) -> bool:
    return any(each.type == "not_signed_in" for each in error.complaints)


async def _in_turn(requests: Iterable[Awaitable[None]]) -> None:
    """Each once the one before was accepted. Raises PartlyDone, or EQError when nothing was done."""
    for accepted_count, request in enumerate(requests):
        try:
            await request
        except EQError as error:
            if accepted_count:
                raise PartlyDone(error) from error
            raise


async def _undo_pause(eq: Resources, order: Order) -> None:
    await _in_turn(_resumptions(eq, order))


async def _undo_sign_out(eq: Resources, order: Order) -> None:
    await _in_turn(_sign_ins(eq, order))


# What stands in the way: somebody has changed it meanwhile


def _obstacle_to_resuming(order: Order, floor: Snapshot) -> Obstacle | None:
    """Whose pause was seen is still in it, with the reason that was given."""
    agent = floor.agents.get(order.agent or 0)
    if agent is None:
        return Obstacle(Why.GONE)
    present = _present(agent)
    is_there = all(queue in present for queue in freed(order))
    is_paused = all(present[queue].paused for queue in freed(order)) if is_there else False
    has_reason = order.pause_code in (None, agent.pause_code)
    is_other = not is_there or (order.was_seen and not (is_paused and has_reason))
    return Obstacle(Why.CHANGED) if is_other else None


def _obstacle_to_signing_in(order: Order, floor: Snapshot) -> Obstacle | None:
    """Who was seen to have signed out is in none of the queues."""
    agent = floor.agents.get(order.agent or 0)
    if agent is None:
        return Obstacle(Why.GONE)
    present = _present(agent)
    has_returned = order.was_seen and any(each.queue in present for each in order.stood)
    return Obstacle(Why.CHANGED) if has_returned else None


# What shows that it happened


def is_resumed(order: Order, agent: Agent) -> bool:
    present = _present(agent)
    return all(queue in present and not present[queue].paused for queue in freed(order))


def is_back(order: Order, agent: Agent) -> bool:
    present = _present(agent)
    is_as_before = all(each.queue in present and present[each.queue].paused is each.paused for each in order.stood)
    return is_as_before and order.pause_code in (None, agent.pause_code)


def _present(agent: Agent) -> dict[str, Membership]:
    return {each.queue: each for each in agent.signed_in}


UNPAUSE = Action(UNDO_PAUSE, RESUME_AGENT, _undo_pause, partial(look_of_agent, is_resumed), _obstacle_to_resuming)
RESTORE = Action(UNDO_SIGN_OUT, SIGN_IN_AGENT, _undo_sign_out, partial(look_of_agent, is_back), _obstacle_to_signing_in)

ACTIONS = (UNPAUSE, RESTORE)

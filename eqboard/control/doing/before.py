"""How an agent stood before they were paused or signed out: written down with what was asked, so that it can be undone.

Pure. What was written down is read as from outside: another version may have written it.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eqboard.accounts.access import PAUSE_AGENT, SIGN_OUT_AGENT
from eqboard.control.catalogue.order import Order, Stand
from eqboard.control.catalogue.restoring import UNDO_PAUSE, UNDO_SIGN_OUT, freed, is_at_once
from eqboard.control.catalogue.standing import touched
from eqboard.floor.snapshot import Agent, Snapshot

OFFERED = timedelta(seconds=5)  # from EQ's answer on, for so long the page offers it
IN_TIME = timedelta(seconds=8)  # after the press; then somebody else may rely on it
MOST_TRIES = 4  # of an undo, within that time
ON_THE_WAY = timedelta(seconds=1)  # from the page to us

NO_OTHER_REASON = "undo"
"""Of an undo of what was pressed without a reason, where the policy demands one; it is kept in the audit log."""
UNDONE_BY: Mapping[str, str] = {PAUSE_AGENT: UNDO_PAUSE, SIGN_OUT_AGENT: UNDO_SIGN_OUT}
"""By the action that is undone."""

stands = TypeAdapter(tuple[Stand, ...])


def before_of(order: Order, floor: Snapshot) -> dict[str, Any]:
    """For the audit: `before`, of an action that can be undone."""
    agent = floor.agents.get(order.agent or 0)
    if order.action not in UNDONE_BY or agent is None:
        return {}
    queues = tuple(Stand(each.queue, each.skill, each.paused) for each in touched(order, agent))
    return {"before": {"queues": stands.dump_python(queues, mode="json"), "pause_code": agent.pause_code}}


def undo_of(attempt: uuid.UUID, order: Order | None, before: Any, *, was_seen: bool) -> Order | None:
    """What undoes an order. None: it cannot be undone, or it has changed nothing that can be put back.

    A pause is known by the reason that it was given; a sign-in gets the reason of the pause that there was before.
    """
    if order is None or order.action not in UNDONE_BY or not isinstance(before, dict):
        return None
    try:
        stood = stands.validate_python(before.get("queues"))
    except ValidationError:
        return None
    is_pause = order.action == PAUSE_AGENT
    code = order.pause_code if is_pause else _code(before)
    undo = Order(
        UNDONE_BY[order.action],
        order.agent,
        order.queue,
        code,
        undoes=str(attempt),
        was_seen=was_seen,
        stood=stood,
    )
    return undo if stood and (freed(undo) or not is_pause) else None


def queues_of_undo(undo: Order, agent: Agent | None = None) -> tuple[str, ...]:
    """Those that it touches: with the agent as they are now, if all are resumed at once."""
    if undo.action == UNDO_PAUSE and not is_at_once(undo):
        return tuple(freed(undo))
    now = [each.queue for each in agent.signed_in] if agent and undo.action == UNDO_PAUSE else []
    return tuple(dict.fromkeys([*(each.queue for each in undo.stood), *now]))


def undo_ids(attempt: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The attempts that may undo another: one after the other, as long as nothing was sent. So it is undone once."""
    return tuple(uuid.uuid5(attempt, f"undo {each}") for each in range(MOST_TRIES))


def offered_until(asked_at: datetime, accepted_at: datetime) -> datetime:
    """By the server's clock; whoever presses at the last moment is heard in time."""
    return min(accepted_at + OFFERED, asked_at + IN_TIME - ON_THE_WAY)


def is_in_time(asked_at: datetime, now: datetime) -> bool:
    return now - asked_at <= IN_TIME


def _code(before: Mapping[str, Any]) -> int | None:
    """Of those who were not paused there is none."""
    code = before.get("pause_code")
    queues = before.get("queues")
    was_paused = isinstance(queues, list) and any(isinstance(each, dict) and each.get("paused") for each in queues)
    return code if was_paused and isinstance(code, int) else None

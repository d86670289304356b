"""Callers of whom EQ's list of them tells neither unique id nor channel, though it does of agents' calls."""

from dataclasses import replace
from datetime import datetime, timedelta

from eqboard.floor.flow.observation import Observation, Wait
from eqboard.floor.flow.watch import Departed, Known, handles
from eqboard.floor.moments import FAR_OFF, SETTLING
from eqboard.floor.numbers import may_be_one, number_of
from eqboard.floor.snapshot import Agent, Caller, Part, WaitingCall


def nameless_wait(
    seen: Observation, agent: Agent, caller: Caller, began_at: datetime, known: Known | None
) -> Wait | None:
    """The wait of whom the agent talks with, by number, queue and time; it is that caller's from now on.

    Whom one knows already must have entered since they were seen elsewhere, as after parking.

    Of several it is rather one of the same number, one who waits no more, and who came first. To take another one costs
    the right wait, and no count: `exchange_fates` mends it.
    """
    fitting = [wait for wait in seen.nameless if seen.is_open(wait) and _may_be(seen, wait, agent, caller, began_at)]
    if known is not None:
        fitting = [wait for wait in fitting if _is_since(seen, wait, known) and _is_same_number(wait.caller, caller)]
    found = min(fitting, key=lambda wait: _unlikeliness(wait, caller), default=None)
    return found and replace(found, caller=caller)


def _unlikeliness(wait: Wait, caller: Caller) -> tuple[bool, bool, datetime, str]:
    is_waiting = not isinstance(wait, Departed)
    return not _is_same_number(wait.caller, caller), is_waiting, wait.entered_at or FAR_OFF, wait.key


def _may_be(seen: Observation, wait: Wait, agent: Agent, caller: Caller, began_at: datetime) -> bool:
    if not _was_time(seen, wait, began_at) or not may_be_one(wait.caller, caller):
        return False
    if agent.call_queue is not None:
        return wait.queue == agent.call_queue and (not seen.is_blind or _is_same_number(wait.caller, caller))
    may_have_left = isinstance(wait, Departed) or any(each.queue == wait.queue for each in agent.signed_in)
    return may_have_left and _is_same_number(wait.caller, caller)


def _was_time(seen: Observation, wait: Wait, began_at: datetime) -> bool:
    """Whether they can have left the queue when the call began, as far as lists of different instants tell."""
    if isinstance(wait, Departed):
        return wait.seen_at - SETTLING <= began_at <= wait.gone_by + SETTLING
    seen_at = seen.calls.after_at or began_at
    return max(seen_at, wait.entered_at or seen_at) - SETTLING <= began_at


def _is_since(seen: Observation, wait: Wait, known: Known) -> bool:
    """The parking lot is not read every round, and who is gone from it is seen there meanwhile."""
    lot = seen.after.sources.get(Part.PARKED)
    late = timedelta(seconds=lot.stale_after_seconds(1) if lot else 0)
    return wait.entered_at is not None and wait.entered_at >= known.seen_at - max(SETTLING, late)


def _is_same_number(one: Caller, other: Caller) -> bool:
    return number_of(one) is not None and number_of(one) == number_of(other)


def exchange_fates(seen: Observation, gone: WaitingCall) -> bool:
    """Whether there is somebody in the list still of whom it was decided, and who may have been taken for who is gone.

    Then it was decided of the latter.
    """
    if handles(gone.caller):
        return False
    waiting = (call for key in seen.decided if (call := seen.after.waiting.get(key)))
    alike = (call.key for call in waiting if call.queue == gone.queue and not handles(call.caller))
    taken = min((key for key in alike if may_be_one(seen.after.waiting[key].caller, gone.caller)), default=None)
    if taken is not None:
        seen.decided.remove(taken)
    return taken is not None

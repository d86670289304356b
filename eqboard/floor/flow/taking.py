"""Agents who take up a call: whose it was, and whether the queue gave it to them."""

from datetime import datetime

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.flow.nameless import nameless_wait
from eqboard.floor.flow.observation import Observation, Wait
from eqboard.floor.flow.watch import Departed, Talk, handles, is_same
from eqboard.floor.snapshot import Agent, AgentState, Caller


def take_up(seen: Observation, agent: Agent, old: Agent | None) -> str | None:
    """An agent is on a call of which nothing is known. Returns the queue if it was answered just now."""
    caller, began_at = agent.caller, seen.began_at(agent)
    if caller is None or not handles(caller) or began_at is None:
        return None
    wait = seen.open_wait(caller)
    if wait is not None:
        return _take_from_queue(seen, agent, old, wait, began_at)
    known = seen.recall(caller)
    if seen.nameless and not _is_taken_over(seen, caller):
        wait = nameless_wait(seen, agent, caller, began_at, known)
        if wait is not None:
            return _take_from_queue(seen, agent, old, wait, began_at)
    if agent.call_queue is None or (known is not None and not known.was_answered):
        return None  # a call of another kind
    if known is not None or _is_taken_over(seen, caller):
        seen.talks[agent.id] = Talk(agent.call_queue, handles(caller), began_at)  # as after parking: counted already
        return None
    if seen.is_blind or (old is not None and is_same(old.caller, caller) and old.state is agent.state):
        seen.talks[agent.id] = Talk(
            agent.call_queue, handles(caller), None if agent.since_at_least else agent.state_since
        )
        return None
    return _take_unseen(seen, agent, old, agent.call_queue, caller, began_at)


def _take_from_queue(seen: Observation, agent: Agent, old: Agent | None, wait: Wait, at: datetime) -> str | None:
    left_at = wait.left_at if isinstance(wait, Departed) else at
    if _came_through_another(seen, agent, old, wait):
        seen.decide(wait, EventKind.FLOWED_OUT, left_at)
        return _take_unseen(seen, agent, old, str(agent.call_queue), wait.caller, at)
    if _is_stolen(seen, agent, old, wait):
        seen.decide(wait, EventKind.STOLEN, left_at)
        return None
    _learn_when_calls_count(seen, agent, old, wait)
    seen.decide(wait, EventKind.ANSWERED, at, agent.id)
    seen.talks[agent.id] = Talk(wait.queue, handles(wait.caller), at)
    return wait.queue


def _learn_when_calls_count(seen: Observation, agent: Agent, old: Agent | None, wait: Wait) -> None:
    """Whoever rang a moment ago had no other call that could have been counted when it ended."""
    rise = rise_of(agent, old, wait.queue) if _rang_for(old, wait.caller) else None
    if rise is not None and not seen.is_blind:
        seen.counts_at_answer = rise > 0 or bool(seen.counts_at_answer)


def _came_through_another(seen: Observation, agent: Agent, old: Agent | None, wait: Wait) -> bool:
    """Whether another queue gave the agent the call, in whose list the caller was too shortly to be seen."""
    if agent.call_queue in (None, wait.queue) or seen.is_blind:
        return False
    return rise_of(agent, old, str(agent.call_queue)) != 0 or not seen.counts_at_answer


def _take_unseen(
    seen: Observation, agent: Agent, old: Agent | None, queue: str, caller: Caller, at: datetime
) -> str | None:
    """Somebody who came and was answered between two readings: both at once, with a wait of no more than that.

    Where EQ counts calls as taken when they are answered and did not count this one, no queue gave it.
    """
    if seen.counts_at_answer and rise_of(agent, old, queue) == 0:
        seen.remember(handles(caller), was_answered=False)
        return None
    seen.events += came_and_went(queue, _came_at(seen, old, caller, at), at, caller, agent.id)
    seen.talks[agent.id] = Talk(queue, handles(caller), at)
    return queue


def _came_at(seen: Observation, old: Agent | None, caller: Caller, at: datetime) -> datetime:
    """At the latest when it rang; else the middle of the time in which nobody looked."""
    if old is not None and _rang_for(old, caller) and old.state_since is not None and old.state_since <= at:
        return old.state_since
    looked_at = seen.calls.before_at if seen.calls.is_new else seen.calls.after_at
    return at - (at - looked_at) / 2 if looked_at is not None and looked_at < at else at


def came_and_went(
    queue: str, came_at: datetime, at: datetime, caller: Caller | None, agent: int
) -> tuple[Event, Event]:
    """The events of somebody whom nobody saw waiting."""
    key = (caller.unique_id or caller.channel or "") if caller else ""
    return (
        Event(EventKind.OFFERED, queue, came_at, key=key, caller=caller),
        Event(EventKind.ANSWERED, queue, at, (at - came_at).total_seconds(), key, caller, agent),
    )


def _is_taken_over(seen: Observation, caller: Caller) -> bool:
    """A colleague talked with that caller before, or does in the rows that came first."""
    told = set(handles(caller))
    return any(not told.isdisjoint(talk.handles) for talk in seen.talks.values())


def _is_stolen(seen: Observation, agent: Agent, old: Agent | None, wait: Wait) -> bool:
    """Whether somebody sent the caller there, and not the queue (contract §4).

    EQ's count of calls taken tells it best, where it counts them when they are answered. Else a queue rings while the
    caller is in its list. Where nobody saw it ring, there is the queue from which the call is said to be.
    """
    rise = rise_of(agent, old, wait.queue)
    if seen.counts_at_answer and rise is not None:
        return rise == 0
    if old is not None and _rang_for(old, wait.caller):
        return isinstance(wait, Departed) and old.state_since is not None and old.state_since > wait.gone_at
    if agent.call_queue is not None:
        return False
    return seen.names_queues or all(each.queue != wait.queue for each in agent.signed_in)


def _rang_for(old: Agent | None, caller: Caller) -> bool:
    return old is not None and old.state is AgentState.RINGING and is_same(old.caller, caller)


# EQ's count of calls taken

MOST_TAKEN = 3  # by one agent of one queue between two readings


def rise_of(agent: Agent, old: Agent | None, queue: str) -> int | None:
    """How many calls of the queue the agent took meanwhile, by EQ's count; None where it does not tell.

    A count that falls was set anew, and one that leaps was corrected: neither tells of calls.
    """
    was, now = _taken(old, queue), _taken(agent, queue)
    return None if was is None or now is None or not 0 <= now - was <= MOST_TAKEN else now - was


def _taken(agent: Agent | None, queue: str) -> int | None:
    return next((each.calls_taken for each in agent.memberships if each.queue == queue), None) if agent else None

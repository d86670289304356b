"""Agents against the reading before: who took up a call, whose talk or wrap-up is over."""

from datetime import datetime

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.flow.observation import Observation, Wait
from eqboard.floor.flow.watch import Departed, PickUp, Talk, WrapUp, handles, is_same
from eqboard.floor.snapshot import Agent, AgentState, Caller


def follow_agents(seen: Observation) -> None:
    """Nothing is concluded from agents who were not read anew."""
    if not seen.agents.is_new:
        return
    seen.pass_time()
    for agent in seen.after.agents.values():
        _follow(seen, agent, seen.before.agents.get(agent.id))
    for gone in [key for key in seen.talks if key not in seen.after.agents]:
        _end_talk(seen, gone, seen.agents.after_at)
    for gone in [key for key in seen.wrap_ups if key not in seen.after.agents]:
        _end_wrap_up(seen, gone, seen.agents.after_at)


def _follow(seen: Observation, agent: Agent, old: Agent | None) -> None:
    ended = begun = None
    talk = seen.talks.get(agent.id)
    if talk is not None and not _goes_on(talk, agent):
        ended = _end_talk(seen, agent.id, _began_at(seen, agent))
    if agent.state is AgentState.WRAP_UP:
        _wrap_up(seen, agent, ended)
    elif agent.id in seen.wrap_ups:
        _end_wrap_up(seen, agent.id, _began_at(seen, agent))
    if agent.state is AgentState.ON_CALL and agent.id not in seen.talks:
        begun = _take_up(seen, agent, old)
    if old is not None and not seen.is_blind:
        _note_pick_ups(seen, agent, old, begun, ended)


def _began_at(seen: Observation, agent: Agent) -> datetime | None:
    """When the state began in which the agent is for the first time."""
    return seen.agents.moment_of(None if agent.since_at_least else agent.state_since)


# Talks and wrap-ups


def _goes_on(talk: Talk, agent: Agent) -> bool:
    """EQ need not tell the caller of a call all the time; but who is told to be another is another."""
    if agent.state is not AgentState.ON_CALL:
        return False
    told = handles(agent.caller)
    return not told or not talk.handles or not set(told).isdisjoint(talk.handles)


def _end_talk(seen: Observation, agent: int, at: datetime | None) -> Talk:
    """How long it was is told only if both ends were seen."""
    talk = seen.talks.pop(agent)
    seen.remember(talk.handles, was_answered=True)
    if at is not None and talk.began_at is not None and not seen.agents.is_blind:
        seconds = max(0.0, (at - talk.began_at).total_seconds())
        seen.events.append(Event(EventKind.TALKED, talk.queue, at, seconds, agent=agent))
    return talk


def _wrap_up(seen: Observation, agent: Agent, ended: Talk | None) -> None:
    if agent.id in seen.wrap_ups:
        return
    queue = _queue_wrapped_up(agent, ended)
    if queue is not None:
        seen.wrap_ups[agent.id] = WrapUp(queue, None if seen.agents.is_blind else _began_at(seen, agent))


def _queue_wrapped_up(agent: Agent, ended: Talk | None) -> str | None:
    """A wrap-up may hold in all of an agent's queues; it belongs to the one whose call it follows."""
    queues = [each.queue for each in agent.memberships if each.state is AgentState.WRAP_UP]
    if ended is not None and (ended.queue in queues or not queues):
        return ended.queue
    return queues[0] if len(queues) == 1 else None


def _end_wrap_up(seen: Observation, agent: int, at: datetime | None) -> None:
    wrap_up = seen.wrap_ups.pop(agent)
    if at is not None and wrap_up.began_at is not None and not seen.agents.is_blind:
        seconds = max(0.0, (at - wrap_up.began_at).total_seconds())
        seen.events.append(Event(EventKind.WRAPPED_UP, wrap_up.queue, at, seconds, agent=agent))


# Calls that are taken up


def _take_up(seen: Observation, agent: Agent, old: Agent | None) -> str | None:
    """An agent is on a call of which nothing is known. Returns the queue if it was answered just now."""
    caller, began_at = agent.caller, _began_at(seen, agent)
    if caller is None or not handles(caller) or began_at is None:
        return None
    wait = seen.open_wait(caller)
    if wait is not None:
        return _take_from_queue(seen, agent, old, wait, began_at)
    known = seen.recall(caller)
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
    rise = _rise(agent, old, wait.queue) if _rang_for(old, wait.caller) else None
    if rise is not None and not seen.is_blind:
        seen.counts_at_answer = rise > 0 or bool(seen.counts_at_answer)


def _came_through_another(seen: Observation, agent: Agent, old: Agent | None, wait: Wait) -> bool:
    """Whether another queue gave the agent the call, in whose list the caller was too shortly to be seen."""
    if agent.call_queue in (None, wait.queue) or seen.is_blind:
        return False
    return _rise(agent, old, str(agent.call_queue)) != 0 or not seen.counts_at_answer


def _take_unseen(
    seen: Observation, agent: Agent, old: Agent | None, queue: str, caller: Caller, at: datetime
) -> str | None:
    """Somebody who came and was answered between two readings: both at once, with a wait of no more than that.

    Where EQ counts calls as taken when they are answered and did not count this one, no queue gave it.
    """
    if seen.counts_at_answer and _rise(agent, old, queue) == 0:
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
    key = next(iter(handles(caller)), "")
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
    rise = _rise(agent, old, wait.queue)
    if seen.counts_at_answer and rise is not None:
        return rise == 0
    if old is not None and _rang_for(old, wait.caller):
        return isinstance(wait, Departed) and old.state_since is not None and old.state_since > wait.gone_at
    if agent.call_queue is not None:
        return False
    return seen.names_queues or all(each.queue != wait.queue for each in agent.signed_in)


def _rang_for(old: Agent | None, caller: Caller) -> bool:
    return old is not None and old.state is AgentState.RINGING and is_same(old.caller, caller)


# Calls that nobody is shown with


def _rise(agent: Agent, old: Agent | None, queue: str) -> int | None:
    """How many calls of the queue the agent took meanwhile, by EQ's count; None where it does not tell."""
    was, now = _taken(old, queue), _taken(agent, queue)
    return None if was is None or now is None else max(0, now - was)


def _taken(agent: Agent | None, queue: str) -> int | None:
    return next((each.calls_taken for each in agent.memberships if each.queue == queue), None) if agent else None


def _note_pick_ups(seen: Observation, agent: Agent, old: Agent, begun: str | None, ended: Talk | None) -> None:
    queues = _queues_that_count(seen, agent, old, begun, ended)
    rang_for = old.caller if old.state is AgentState.RINGING else None
    for queue in queues:
        _note(seen, agent, (queue,), rang_for, is_certain=True)
    if queues or agent.state is not AgentState.ON_CALL or handles(agent.caller):
        return
    if old.state is AgentState.ON_CALL or agent.id in seen.talks or seen.tells_callers:
        return
    if agent.call_queue is not None:
        _note(seen, agent, (agent.call_queue,), rang_for, is_certain=True)
    else:
        _note(seen, agent, tuple(each.queue for each in agent.signed_in), rang_for, is_certain=False)


def _note(seen: Observation, agent: Agent, queues: tuple[str, ...], caller: Caller | None, *, is_certain: bool) -> None:
    since, until = seen.agents.before_at, seen.agents.after_at
    if since is not None and until is not None:
        seen.pick_ups.append(PickUp(agent.id, queues, since, until, caller, is_certain))


def _queues_that_count(seen: Observation, agent: Agent, old: Agent, begun: str | None, ended: Talk | None) -> list[str]:
    """Queues of which the agent took a call, by EQ's count, beyond those that were seen to begin or to end.

    One for each is the most that can be between two readings: a jump of a counter is no storm of calls.
    """
    if all(new.calls_taken == was.calls_taken for new, was in zip(agent.memberships, old.memberships, strict=False)):
        return []
    risen = {each.queue: _rise(agent, old, each.queue) or 0 for each in agent.memberships}
    return [queue for queue, rise in risen.items() if rise > _explained(seen, queue, begun, ended)]


def _explained(seen: Observation, queue: str, begun: str | None, ended: Talk | None) -> int:
    """EQ counts a call either when it is answered or when it ends; until that is known, as few as can be are unseen."""
    has_begun, has_ended = queue == begun, ended is not None and queue == ended.queue
    if seen.counts_at_answer is None:
        return int(has_begun or has_ended)
    return int(has_begun if seen.counts_at_answer else has_ended)

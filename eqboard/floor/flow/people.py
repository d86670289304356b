"""Agents against the reading before: who took up a call, whose talk or wrap-up is over."""

from datetime import datetime

from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.flow.observation import Observation
from eqboard.floor.flow.pick_ups import note_pick_ups
from eqboard.floor.flow.taking import take_up
from eqboard.floor.flow.watch import Talk, WrapUp, handles
from eqboard.floor.snapshot import Agent, AgentState


def follow_agents(seen: Observation) -> None:
    """Nothing is concluded from agents who were not read anew."""
    if not seen.agents.is_new:
        return
    seen.pass_time()
    for agent in seen.after.agents.values():
        _follow(seen, agent, seen.before.agents.get(agent.id))
    for gone in [key for key in seen.talks if key not in seen.after.agents]:
        _end_talk(seen, gone, _gone_at(seen, gone))
    for gone in [key for key in seen.wrap_ups if key not in seen.after.agents]:
        _end_wrap_up(seen, gone, _gone_at(seen, gone))


def _gone_at(seen: Observation, agent: int) -> datetime | None:
    """Whoever is not told of is taken to be there for a few rounds, in vain."""
    old = seen.before.agents.get(agent)
    return old.missing_since if old and old.missing_since else seen.agents.after_at


def _follow(seen: Observation, agent: Agent, old: Agent | None) -> None:
    ended = begun = None
    talk = seen.talks.get(agent.id)
    if talk is not None and not _goes_on(talk, agent):
        ended = _end_talk(seen, agent.id, seen.began_at(agent))
    if agent.state is AgentState.WRAP_UP:
        _wrap_up(seen, agent, ended)
    elif agent.id in seen.wrap_ups:
        _end_wrap_up(seen, agent.id, seen.began_at(agent))
    if agent.state is AgentState.ON_CALL and agent.id not in seen.talks:
        begun = take_up(seen, agent, old)
    if old is not None and not seen.is_blind:
        note_pick_ups(seen, agent, old, begun, ended)


# Talks and wrap-ups


def _goes_on(talk: Talk, agent: Agent) -> bool:
    """EQ need not tell the caller of a call all the time; but who is told to be another is another."""
    if agent.state is not AgentState.ON_CALL:
        return False
    told = handles(agent.caller)
    return not told or not talk.handles or not set(told).isdisjoint(talk.handles)


def _end_talk(seen: Observation, agent: int, at: datetime | None) -> Talk:
    """How long it was is told only if both ends were seen. Whoever talked with several people is one call."""
    talk = seen.talks.pop(agent)
    talked_in = seen.talked_in(talk.handles)
    if at is not None and talk.began_at is not None and not seen.agents.is_blind:
        seconds = max(0.0, (at - talk.began_at).total_seconds())
        kind = EventKind.TALKED_ON if talked_in == talk.queue else EventKind.TALKED
        seen.events.append(Event(kind, talk.queue, at, seconds, agent=agent))
        talked_in = talk.queue
    seen.remember(talk.handles, was_answered=True, talked_in=talked_in)
    return talk


def _wrap_up(seen: Observation, agent: Agent, ended: Talk | None) -> None:
    if agent.id in seen.wrap_ups:
        return
    queue = _queue_wrapped_up(agent, ended)
    if queue is not None:
        seen.wrap_ups[agent.id] = WrapUp(queue, None if seen.agents.is_blind else seen.began_at(agent))


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

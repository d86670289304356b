"""Calls that somebody took, and EQ does not show whose they were."""

from eqboard.floor.flow.observation import Observation
from eqboard.floor.flow.taking import rise_of
from eqboard.floor.flow.watch import PickUp, Talk, fallen_key, handles
from eqboard.floor.snapshot import Agent, AgentState, Caller, Membership


def note_pick_ups(seen: Observation, agent: Agent, old: Agent, begun: str | None, ended: Talk | None) -> None:
    """`begun` and `ended`: the queue of the call that was just seen to begin, and the talk that was seen to end."""
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
    counts = {each.queue: each.calls_taken for each in old.memberships}
    changed = [each for each in agent.memberships if not _is_set_anew(seen, agent.id, counts.get(each.queue), each)]
    risen = {each.queue: rise_of(agent, old, each.queue) or 0 for each in changed}
    return [queue for queue, rise in risen.items() if rise > _explained(seen, queue, begun, ended)]


def _is_set_anew(seen: Observation, agent: int, was: int | None, membership: Membership) -> bool:
    """Whether EQ's count fell, or is back at once where it was before it fell: one wrong answer takes no calls."""
    now, key = membership.calls_taken, fallen_key(agent, membership.queue)
    if was is None or now is None or now == was:
        return False
    if now < was:
        seen.fallen[key] = was
        return True
    return seen.fallen.pop(key, None) == now


def _explained(seen: Observation, queue: str, begun: str | None, ended: Talk | None) -> int:
    """EQ counts a call either when it is answered or when it ends; until that is known, as few as can be are unseen."""
    has_begun, has_ended = queue == begun, ended is not None and queue == ended.queue
    if seen.counts_at_answer is None:
        return int(has_begun or has_ended)
    return int(has_begun if seen.counts_at_answer else has_ended)

"""What part of the floor somebody may see: the same kind of snapshot with the rest left out.

The stream is made from it, so a forbidden queue, its agents and its callers never leave the server.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from eqboard.floor.abandoned import seen_returns
from eqboard.floor.snapshot import (
    Agent,
    AgentState,
    Caller,
    Conference,
    ParkedCall,
    Snapshot,
    WaitingCall,
    combined_state,
)

BUSY = frozenset({AgentState.ON_CALL, AgentState.RINGING, AgentState.WRAP_UP})


def visible(snapshot: Snapshot, queues: frozenset[str] | None) -> Snapshot:
    """The floor as seen with the right to `queues` (extensions); None means every queue.

    A caller, also one who gave up, is seen through their queue; that they came back, through the queue in which they
    did. An agent is seen through a queue they serve, and their caller through the queue the call came from. Where EQ
    does not tell that queue, it may be any the agent serves: the caller is seen by who may see them all. A parked call
    or a conference has no queue: it is seen when an agent one may see parked it or takes part. What goes on at an
    extension may be a call of whichever queue: it is seen by who may see every queue.
    """
    if queues is None:
        return snapshot
    hidden = _handles(snapshot.waiting, queues)
    agents = {key: _as_seen(agent, queues, hidden) for key, agent in snapshot.agents.items() if _serves(agent, queues)}
    names = {agent.name for agent in agents.values()}
    extensions = _extensions(snapshot, agents)
    return replace(
        snapshot,
        queues={key: queue for key, queue in snapshot.queues.items() if key in queues},
        agents=agents,
        waiting={key: _with_known(call, names) for key, call in snapshot.waiting.items() if call.queue in queues},
        parked={
            key: _without_stranger(call, names)
            for key, call in snapshot.parked.items()
            if _is_parked_by(call, extensions)
        },
        abandoned={key: seen_returns(call, queues) for key, call in snapshot.abandoned.items() if call.queue in queues},
        conferences={key: room for key, room in snapshot.conferences.items() if _has_one_of(room, extensions)},
        lines={},
    )


def _serves(agent: Agent, queues: frozenset[str]) -> bool:
    return any(membership.queue in queues for membership in agent.memberships)


def _as_seen(agent: Agent, queues: frozenset[str], hidden: Collection[str]) -> Agent:
    """The agent without the queues, and without the caller of a queue, that one may not see.

    That they are on a call, that it rings or that they wrap up is a fact of the person, wherever it comes from: they
    can take no other call. Whether they are free, paused or signed out is a fact of the queues that one sees, so that a
    tile, the totals and the person agree; so are a pause and its reason. Whoever is signed out of all of these is
    signed out, whatever they do elsewhere.
    """
    if not _has_open_call(agent, queues, hidden):
        agent = replace(agent, caller=None, call_queue=None, call_queue_name=None)
    memberships = tuple(each for each in agent.memberships if each.queue in queues)
    if len(memberships) == len(agent.memberships):
        return agent
    agent = _in_state(replace(agent, memberships=memberships))
    if any(each.paused for each in memberships):
        return agent
    return replace(agent, partly_paused=False, pause_follows=False, pause_code=None, pause_reason=None)


def _in_state(agent: Agent) -> Agent:
    """In the state of the memberships that are left. Since when, if it is another, one does not see."""
    state = combined_state(each.state for each in agent.memberships)
    if agent.state in BUSY and (state is not AgentState.SIGNED_OUT or agent.call_queue is not None):
        return agent  # who signed out during a call of a queue that one sees is on it still
    if state is AgentState.SIGNED_OUT:
        agent = replace(agent, caller=None, call_queue=None, call_queue_name=None, wrap_up_ends_at=None)
    is_same = state is agent.state
    return agent if is_same else replace(agent, state=state, state_since=None, since_at_least=False)


def _has_open_call(agent: Agent, queues: frozenset[str], hidden: Collection[str]) -> bool:
    """False for what may be the call of a forbidden queue, also where only the list of its callers tells that it is."""
    if agent.call_queue is not None:
        return agent.call_queue in queues
    if any(each.queue not in queues for each in agent.memberships):
        return False
    return agent.caller is None or _handles_of(agent.caller).isdisjoint(hidden)


def _handles_of(caller: Caller) -> set[str]:
    return {handle for handle in (caller.unique_id, caller.channel) if handle}


def _handles(waiting: Mapping[str, WaitingCall], queues: frozenset[str]) -> set[str]:
    """Unique ids and channels of the callers that one may not see."""
    return {handle for call in waiting.values() if call.queue not in queues for handle in _handles_of(call.caller)}


def _with_known(call: WaitingCall, names: Collection[str]) -> WaitingCall:
    """The call without the names of agents that one may not see."""
    ringing_at = tuple(name for name in call.ringing_at if name in names)
    return call if ringing_at == call.ringing_at else replace(call, ringing_at=ringing_at)


def _without_stranger(call: ParkedCall, names: Collection[str]) -> ParkedCall:
    """The call without the name of somebody who had the extension before."""
    return call if call.parked_by_name in names or not call.parked_by_name else replace(call, parked_by_name=None)


def _extensions(snapshot: Snapshot, agents: Mapping[int, Agent]) -> set[str]:
    """Where the agents are whom one may see; not an extension at which somebody else is now."""
    others = {
        agent.extension
        for key, agent in snapshot.agents.items()
        if key not in agents and agent.state is not AgentState.SIGNED_OUT
    }
    return {agent.extension for agent in agents.values() if agent.extension} - others


def _is_parked_by(call: ParkedCall, extensions: set[str]) -> bool:
    return call.parked_by in extensions


def _has_one_of(room: Conference, extensions: set[str]) -> bool:
    return any(each.caller.number in extensions for each in room.participants)

"""What part of the floor somebody may see: the same kind of snapshot with the rest left out.

The stream is made from it, so a forbidden queue, its agents and its callers never leave the server.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from eqboard.floor.snapshot import Agent, AgentState, Caller, Conference, ParkedCall, Snapshot, WaitingCall


def visible(snapshot: Snapshot, queues: frozenset[str] | None) -> Snapshot:
    """The floor as seen with the right to `queues` (extensions); None means every queue.

    An agent is seen through a queue they serve, and their caller through the queue the call came from. Where EQ does
    not tell that queue, it may be any the agent serves: the caller is seen by who may see them all. A parked call or a
    conference has no queue: it is seen when an agent one may see parked it or takes part.
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
        conferences={key: room for key, room in snapshot.conferences.items() if _has_one_of(room, extensions)},
    )


def _serves(agent: Agent, queues: frozenset[str]) -> bool:
    return any(membership.queue in queues for membership in agent.memberships)


def _as_seen(agent: Agent, queues: frozenset[str], hidden: Collection[str]) -> Agent:
    """The agent without the queues, and without the caller of a queue, that one may not see.

    Their state is a fact of the person and stays; a pause of a forbidden queue, and its reason, do not.
    """
    if not _has_open_call(agent, queues, hidden):
        agent = replace(agent, caller=None, call_queue=None, call_queue_name=None)
    memberships = tuple(each for each in agent.memberships if each.queue in queues)
    if len(memberships) == len(agent.memberships):
        return agent
    agent = replace(agent, memberships=memberships)
    if any(each.paused for each in memberships):
        return agent
    return replace(agent, partly_paused=False, pause_follows=False, pause_code=None, pause_reason=None)


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

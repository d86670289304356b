"""What part of the floor somebody may see: the same kind of snapshot with the rest left out.

The stream is made from it, so a forbidden queue, its agents and its callers never leave the server.
"""

import dataclasses

from eqboard.floor.snapshot import Agent, Conference, ParkedCall, Snapshot


def visible(snapshot: Snapshot, queues: frozenset[str] | None) -> Snapshot:
    """The floor as seen with the right to `queues` (extensions); None means every queue.

    An agent is seen through a queue they serve. A parked call or a conference has no queue: it is seen when an agent
    one may see parked it or takes part.
    """
    if queues is None:
        return snapshot
    agents = {key: _as_seen(agent, queues) for key, agent in snapshot.agents.items() if _serves(agent, queues)}
    extensions = {agent.extension for agent in agents.values() if agent.extension}
    return dataclasses.replace(
        snapshot,
        queues={key: queue for key, queue in snapshot.queues.items() if key in queues},
        agents=agents,
        waiting={key: call for key, call in snapshot.waiting.items() if call.queue in queues},
        parked={key: call for key, call in snapshot.parked.items() if _is_parked_by(call, extensions)},
        conferences={key: room for key, room in snapshot.conferences.items() if _has_one_of(room, extensions)},
    )


def _serves(agent: Agent, queues: frozenset[str]) -> bool:
    return any(membership.queue in queues for membership in agent.memberships)


def _as_seen(agent: Agent, queues: frozenset[str]) -> Agent:
    """The agent without the queues, and without the caller of a queue, that one may not see."""
    if all(membership.queue in queues for membership in agent.memberships) and (
        agent.call_queue is None or agent.call_queue in queues
    ):
        return agent
    memberships = tuple(each for each in agent.memberships if each.queue in queues)
    if agent.call_queue is None or agent.call_queue in queues:
        return dataclasses.replace(agent, memberships=memberships)
    return dataclasses.replace(agent, memberships=memberships, caller=None, call_queue=None, call_queue_name=None)


def _is_parked_by(call: ParkedCall, extensions: set[str]) -> bool:
    return call.parked_by in extensions


def _has_one_of(room: Conference, extensions: set[str]) -> bool:
    return any(each.caller.number in extensions for each in room.participants)

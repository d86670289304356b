"""Of which calls on a floor somebody may not see who calls. Pure.

Whoever lacks the right to see numbers in a queue gets its callers masked (masking.py). A call whose queue nobody tells
may be of any queue that its agents serve, so it stays veiled as long as one of these is veiled.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from eqboard.floor.snapshot import Agent, Caller, Conference, Snapshot

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Veil:
    """By the keys of the floor: the agents whose caller is veiled, the calls, and the rooms."""

    agents: frozenset[int] = frozenset()
    waiting: frozenset[str] = frozenset()
    abandoned: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()
    conferences: frozenset[str] = frozenset()


def veil_over(view: Snapshot, whole: Snapshot, seen: frozenset[str] | None, told: frozenset[str] | None) -> Veil | None:
    """The veil over `view`, a part of the `whole` floor. None: whoever looks may see who calls wherever they look.

    `seen`: the queues that one may see, also where a board shows fewer; `told`: those in which one may see numbers; of
    both, None means every queue.
    """
    if told is None or (seen is not None and seen <= told):
        return None
    veiled = _Veiled(whole, seen, told)
    return Veil(
        agents=_keys(
            view.agents, lambda agent: agent.caller is not None and veiled.has_call_of(whole.agents[agent.id])
        ),
        waiting=_keys(view.waiting, lambda call: veiled.is_queue(call.queue)),
        abandoned=_keys(view.abandoned, lambda call: veiled.is_queue(call.queue)),
        parked=_keys(view.parked, lambda call: veiled.is_seen_at([call.parked_by]) or veiled.is_known(call.caller)),
        conferences=_keys(view.conferences, veiled.is_room),
    )


def _keys(entities: Mapping[K, V], is_veiled: Callable[[V], bool]) -> frozenset[K]:
    return frozenset(key for key, each in entities.items() if is_veiled(each))


class _Veiled:
    """What is veiled on a floor to somebody: queues, callers by their handles, and extensions."""

    def __init__(self, floor: Snapshot, seen: frozenset[str] | None, told: frozenset[str]) -> None:
        self._seen, self._told = seen, told
        callers = [call.caller for call in floor.waiting.values() if self.is_queue(call.queue)]
        self._handles = frozenset(handle for caller in callers for handle in _handles_of(caller))
        self._serving: dict[str | None, bool] = {}  # by extension: whether somebody there serves a veiled queue
        for agent in floor.agents.values():
            if agent.extension and agent.memberships:
                before = self._serving.get(agent.extension, False)
                self._serving[agent.extension] = before or self._serves(agent)

    def is_queue(self, queue: str) -> bool:
        """False for one that is not seen at all: what comes from there is left out, not masked (visible.py)."""
        return (self._seen is None or queue in self._seen) and queue not in self._told

    def has_call_of(self, agent: Agent) -> bool:
        """Whether the agent's call is of a veiled queue, or may be."""
        if agent.call_queue is not None:
            return self.is_queue(agent.call_queue)
        return not agent.memberships or self._serves(agent) or self.is_known(agent.caller)

    def is_known(self, caller: Caller | None) -> bool:
        """Whether they wait in a veiled queue as well."""
        return caller is not None and not self._handles.isdisjoint(_handles_of(caller))

    def is_seen_at(self, extensions: Iterable[str | None]) -> bool:
        """Whether any agent at these extensions serves a veiled queue, or none is an agent's at all."""
        serving = [self._serving[each] for each in extensions if each in self._serving]
        return any(serving) or not serving

    def is_room(self, room: Conference) -> bool:
        callers = [each.caller for each in room.participants]
        return self.is_seen_at(each.number for each in callers) or any(map(self.is_known, callers))

    def _serves(self, agent: Agent) -> bool:
        return any(self.is_queue(each.queue) for each in agent.memberships)


def _handles_of(caller: Caller) -> list[str]:
    return [handle for handle in (caller.unique_id, caller.channel) if handle]

"""Who may see and do what: pure questions about rights.

A right is given by a team: queues × actions. Whoever is in several teams has the rights of each, never their mixture.
"""

from collections.abc import Iterable
from dataclasses import dataclass

PAUSE_AGENT = "agent.pause"  # the names of actions: dotted, stable, never reused
RESUME_AGENT = "agent.resume"
CHANGE_TARGET = "target.change"  # what a queue promises; of no queue: what all others do


@dataclass(frozen=True, slots=True)
class Grant:
    """What one team gives: `queues` by extension (None: every queue), `actions` by name."""

    queues: frozenset[str] | None
    actions: frozenset[str]

    def covers(self, queues: frozenset[str]) -> bool:
        return self.queues is None or (bool(queues) and queues <= self.queues)


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything somebody may see and do; hashable, so that equals share one rendering."""

    grants: frozenset[Grant] = frozenset()


NOTHING = Rights()


def seen_queues(rights: Rights) -> frozenset[str] | None:
    """The extensions of the queues one may see; None means every queue."""
    if any(grant.queues is None for grant in rights.grants):
        return None
    return frozenset(queue for grant in rights.grants for queue in grant.queues or ())


def may_see(rights: Rights, queue: str) -> bool:
    queues = seen_queues(rights)
    return queues is None or queue in queues


def may_ever(rights: Rights, action: str) -> bool:
    """Whether there may be anybody to whom one may do it."""
    return any(action in grant.actions for grant in rights.grants)


def may_do(rights: Rights, action: str, queues: Iterable[str]) -> bool:
    """Whether one team gives the action on all of `queues`, those that the action would touch.

    What is of no queue, as an agent who serves none, belongs to no team: only a grant over every queue reaches it.
    """
    touched = frozenset(queues)
    return any(action in grant.actions and grant.covers(touched) for grant in rights.grants)

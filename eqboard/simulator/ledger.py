"""The ledger: the world's own exact books, which no EQ answer shows and every test may trust."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class QueueLedger:
    """Counts and sums of seconds for one queue since the world began.

    offered = answered + abandoned + timed_out + still waiting;
    answered + returned_to_agent = completed + parked + still talking or in conference;
    parked = picked_up + parked_abandoned + returned_to_agent + rejoined + still parked.
    """

    offered: int = 0  # entries into the queue, those who rejoin after parking included
    turned_away: int = 0  # the queue was full; never offered
    answered: int = 0
    abandoned: int = 0
    timed_out: int = 0  # reached maxWaitTime, or a ring no answer in a queue without retry
    completed: int = 0
    parked: int = 0
    picked_up: int = 0
    parked_abandoned: int = 0
    returned_to_agent: int = 0
    rejoined: int = 0
    conferences: int = 0
    rings_no_answer: int = 0  # telephones that rang out, each agent of a ringall by itself
    waited: int = 0  # answered callers whose wait was longer than zero
    wait_answered_seconds: float = 0.0
    wait_abandoned_seconds: float = 0.0
    talk_seconds: float = 0.0
    wrap_up_seconds: float = 0.0

    def as_dict(self) -> dict[str, int | float]:
        """The books as JSON would show them."""
        return asdict(self)

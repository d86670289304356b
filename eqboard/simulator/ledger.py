"""The ledger: the world's own exact books, which no EQ answer shows and every test may trust."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class QueueLedger:
    """Counts and sums of seconds for one queue since the world began.

    offered = answered + abandoned + timed_out + stolen + still waiting;
    answered + returned_to_agent = completed + parked + cut_off + transferred + still talking or in conference;
    parked + parked_again = picked_up + retrieved + parked_abandoned + returned_to_agent + rejoined + still parked;
    stolen + cut_off + transferred + retrieved + sent_on = arrived + lost + sent_abandoned + requeued + on the way now;
    arrived = finished + sent_on + parked_again + still there.
    """

    offered: int = 0  # entries into the queue, those included who rejoin after parking or are sent here
    turned_away: int = 0  # the queue was full; never offered
    answered: int = 0
    abandoned: int = 0
    timed_out: int = 0  # reached maxWaitTime, or a ring no answer in a queue without retry
    stolen: int = 0  # taken out of the queue by a steal
    completed: int = 0
    cut_off: int = 0  # taken from the agent they talked with by a steal
    transferred: int = 0  # sent on by their agent, or left by them in a conference
    parked: int = 0  # by their agent
    parked_again: int = 0  # by whom they were sent to
    picked_up: int = 0  # by a colleague outside the queues
    retrieved: int = 0  # taken out of the lot by a pick-up through the API
    parked_abandoned: int = 0
    returned_to_agent: int = 0
    rejoined: int = 0
    sent_on: int = 0  # by whom they were sent to
    arrived: int = 0  # the destination answered
    lost: int = 0  # the destination was wrong, busy, or did not answer: hung up (contract §4)
    sent_abandoned: int = 0  # hung up on the way
    requeued: int = 0  # the destination was a queue, in whose books they are from then on
    finished: int = 0  # talked to the end with whom they were sent to
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

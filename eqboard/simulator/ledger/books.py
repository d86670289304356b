"""The books of one queue: what happened to all of its callers, counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from enum import Enum

from eqboard.simulator.switch.parties import Place


@dataclass(slots=True)
class QueueLedger:
    """Counts and sums of seconds for one queue since the world began.

    offered = answered + abandoned + timed_out + left_empty + closed + stolen + still waiting;
    answered + returned_to_agent = completed + parked + cut_off + transferred + still talking or in conference;
    parked + parked_again = picked_up + retrieved + parked_abandoned + returned_to_agent + rejoined + still parked;
    stolen + cut_off + transferred + retrieved + sent_on = arrived + lost + sent_abandoned + requeued + on the way now;
    arrived = finished + sent_on + parked_again + still there.
    """

    offered: int = 0  # entries into the queue, those included who rejoin after parking or are sent here
    turned_away: int = 0  # the queue was full, nobody was there (joinEmpty), or it is deleted; never offered
    answered: int = 0
    abandoned: int = 0
    timed_out: int = 0  # reached maxWaitTime, or a ring no answer in a queue without retry
    left_empty: int = 0  # sent away because nobody was there any more (leaveEmpty)
    closed: int = 0  # waited when the queue was deleted
    stolen: int = 0  # taken out of the queue by a steal
    completed: int = 0
    cut_off: int = 0  # taken from the agent they talked with by a steal
    transferred: int = 0  # sent on by their agent, or left by them in a conference
    parked: int = 0  # by their agent
    parked_again: int = 0  # by whom they were sent to
    picked_up: int = 0  # by a colleague outside the queues
    retrieved: int = 0  # taken out of the lot by a pick-up through the API
    parked_abandoned: int = 0
    returned_to_agent: int = 0  # who parked them, and answered when they came back
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
    wrap_up_for_others_seconds: float = 0.0  # of these, after calls of the agents' other queues (wrapUpAllQueues)

    def add(self, count: str) -> None:
        """Write into a count. AttributeError for one that there is not."""
        setattr(self, count, getattr(self, count) + 1)

    def as_dict(self) -> dict[str, int | float]:
        """The books as JSON would show them."""
        return {name: getattr(self, name) for name in NAMES}


NAMES = tuple(each.name for each in fields(QueueLedger))


def total(books: Collection[Mapping[str, int | float]]) -> dict[str, int | float]:
    """Those of several queues together, from what `as_dict` says of each and what the caller adds to it."""
    names = next(iter(books), QueueLedger().as_dict())
    return {name: sum(each[name] for each in books) for name in names}


class Fact(Enum):
    """What may become of a caller who is in a queue or came from one: the count it goes under, and where it leads."""

    TURNED_AWAY = "turned_away", Place.GONE
    ANSWERED = "answered", Place.TALKING
    ABANDONED = "abandoned", Place.GONE
    TIMED_OUT = "timed_out", Place.GONE
    LEFT_EMPTY = "left_empty", Place.GONE
    CLOSED = "closed", Place.GONE
    STOLEN = "stolen", Place.SENT
    COMPLETED = "completed", Place.GONE
    CUT_OFF = "cut_off", Place.SENT
    TRANSFERRED = "transferred", Place.SENT
    PARKED = "parked", Place.PARKED
    PARKED_AGAIN = "parked_again", Place.PARKED
    PICKED_UP = "picked_up", Place.GONE
    RETRIEVED = "retrieved", Place.SENT
    PARKED_ABANDONED = "parked_abandoned", Place.GONE
    RETURNED_TO_AGENT = "returned_to_agent", Place.TALKING
    REJOINED = "rejoined", Place.GONE  # the same queue's books go on with another visit
    SENT_ON = "sent_on", Place.SENT
    ARRIVED = "arrived", Place.REACHED
    LOST = "lost", Place.GONE
    SENT_ABANDONED = "sent_abandoned", Place.GONE
    REQUEUED = "requeued", Place.GONE
    FINISHED = "finished", Place.GONE

    def __init__(self, count: str, place: Place) -> None:
        self.count = count
        self.place = place

"""What an action is: when it is possible, how EQ is asked for it, and what on the floor shows that it happened."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from eqboard.control.catalogue.evidence import Evidence, Look
from eqboard.control.catalogue.obstacles import Obstacle
from eqboard.control.catalogue.order import Order
from eqboard.eq import EQError
from eqboard.eq.operations import Resources
from eqboard.floor.snapshot import Part, Snapshot

LONGEST_RINGING_SECONDS = 75.0  # a telephone that rings longer is not waited for


class PartlyDone(Exception):
    """Of several requests EQ accepted the first ones, and not this one."""

    def __init__(self, error: EQError) -> None:
        super().__init__(str(error))
        self.error = error


def nowhere(_: Order) -> tuple[str, ...]:
    return ()


def no_telephone(_: Order, __: Snapshot) -> str | None:
    return None


def nothing(_: Order, __: Snapshot) -> Obstacle | None:
    return None


async def no_question(_: Resources, __: Order) -> Obstacle | None:
    return None


@dataclass(frozen=True, slots=True)
class Action:
    """`name` is dotted, stable and never reused; `right` is the one that allows it (accounts/access.py), "" where only
    who has begun something may end it.

    `obstacle` is known from the floor, `question` is what EQ is asked right before, a read. `look` is None where EQ
    shows nothing of the effect: then being accepted is all there is to know. `parts` of the floor have to be known as
    of now, or nothing is sent (doing/perform.py): what stands in the way is read there, and who serves which queues
    decides who may do it. What `lasts` is held by the telephone that it rings, and marks the agent whom it is about.
    """

    name: str
    right: str
    ask: Callable[[Resources, Order], Awaitable[None]]
    look: Callable[[Order, Evidence], Look] | None
    obstacle: Callable[[Order, Snapshot], Obstacle | None] = nothing
    question: Callable[[Resources, Order], Awaitable[Obstacle | None]] = no_question
    parts: tuple[Part, ...] = (Part.AGENTS,)
    looks_at: Callable[[Order], tuple[str, ...]] = nowhere  # the extensions whose calls tell …
    rests_on: tuple[Part, ...] = ()  # … and the parts of the floor
    rings: Callable[[Order, Snapshot], str | None] = no_telephone  # the extension whose telephone it makes ring
    has_journey: bool = False  # a caller leaves, and arrives later or is lost (contract §4)
    lasts: bool = False  # once confirmed it goes on until it is seen no more; who does it may go over to the next

    def read_at(self, order: Order, evidence: Evidence) -> datetime:
        """The oldest of the readings on which a look rests, by the poller's clock: told again they are the same."""
        return evidence.read_at(self.rests_on, self.looks_at(order))

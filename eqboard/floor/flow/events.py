"""What happened in queues, one thing at a time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from eqboard.floor.snapshot import Caller


class EventKind(StrEnum):
    """The fates of a wait, each once: offered = answered + abandoned + flowed out + stolen + unresolved + still open.

    The last four are about what people do with the calls that queues gave them.
    """

    OFFERED = "offered"  # entered the queue
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOWED_OUT = "flowed_out"  # left unserved by rule: waited as long as the queue allows, is in another queue, …
    STOLEN = "stolen"  # taken out of the queue to where it did not ring
    UNRESOLVED = "unresolved"  # gone while nobody could see whereto

    TALKED = "talked"  # a call's talk ended, or the first of several
    TALKED_ON = "talked_on"  # a further talk of the same call ended: after a transfer, or out of the parking lot
    WRAPPED_UP = "wrapped_up"  # a wrap-up ended
    HANDLED = "handled"  # as it passed: person-seconds on calls of the queue and wrapping them up


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is when it happened, as far as EQ or the readings tell; a wait counts from when the caller entered."""

    kind: EventKind
    queue: str
    at: datetime  # aware UTC
    seconds: float = 0.0  # the wait, the talk or the wrap-up; 0 for OFFERED; person-seconds for HANDLED
    key: str = ""  # of the wait, as in `Snapshot.waiting`
    caller: Caller | None = None
    agent: int | None = None  # who answered, talked or wrapped up

"""What became of a step at one's own seat, as it is written down."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async

from eqboard.control.audit import AlreadyDone, Doer, Thing, write_down
from eqboard.control.audit.answers import answer_of, step_of
from eqboard.control.models import Step
from eqboard.control.seat_words import SeatFault
from eqboard.eq import EQError


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a step: as it is written down. `name` is the extension, or the EQ user's."""

    action: str
    step: Step
    name: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return self.step is Step.DONE


def note(doer: Doer, told: Told, whose: int | None = None, attempt: uuid.UUID | None = None) -> Told:
    """`whose` seat it is, by the user's id; None: the doer's own. `attempt`: of a step that others come before or after
    (None: it is over with this one); what settling.py has written down of it meanwhile stands.
    """
    thing = Thing(f"user-{whose or doer.user.pk}", told.name)
    with suppress(AlreadyDone):
        write_down(doer, told.action, thing, told.step, told.details, attempt)
    return told


anote = sync_to_async(note)


def refusal(action: str, name: str, fault: SeatFault) -> Told:
    return Told(action, Step.REFUSED, name, {"error": fault.value})


def failure(action: str, name: str, error: EQError | TimeoutError, asked: dict[str, Any] | None = None) -> Told:
    """What EQ said instead of doing it."""
    if isinstance(error, TimeoutError):
        return Told(action, Step.UNKNOWN, name, {**(asked or {}), "error": "EQUnreachable"})
    return Told(action, step_of(error), name, {**(asked or {}), **answer_of(error)})

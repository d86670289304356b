"""An attempt as one story: its entries, folded. Pure: nothing is asked of the database or of the clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from eqboard.config import get_config
from eqboard.control.audit import split
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.listening import UNATTENDED
from eqboard.control.catalogue.obstacles import from_data
from eqboard.control.models import AuditEntry, Step

ANSWERS = (Step.ACCEPTED, Step.REFUSED, Step.UNKNOWN)
WATCHED = (Step.ACCEPTED, Step.LEFT)
UNWATCHED = tuple(name for name, action in CATALOGUE.items() if action.look is None)  # to be accepted is their end


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one attempt. `entries` are its steps, the first one first; there is at least one."""

    entries: tuple[AuditEntry, ...]

    @property
    def first(self) -> AuditEntry:
        return self.entries[0]

    @property
    def last(self) -> AuditEntry:
        return self.entries[-1]

    @property
    def queues(self) -> frozenset[str]:
        """The extensions of what it touched."""
        return split(self.first.queues)

    @property
    def reason(self) -> str:
        return next((each.reason for each in self.entries if each.reason), "")

    @property
    def confirmed_at(self) -> datetime | None:
        entry = self._step(Step.CONFIRMED)
        return entry.at if entry else None

    @property
    def lasted_seconds(self) -> float | None:
        """How long a listening lasted: as it was measured, else from one entry to the other. None: it is not over, it
        is no listening, or nobody knows.
        """
        ended, confirmed = self._step(Step.ENDED), self._step(Step.CONFIRMED)
        if ended is None or ended.details.get("how") == UNATTENDED:
            return None
        seconds = ended.details.get("seconds")
        if isinstance(seconds, int | float) and seconds >= 0:
            return float(seconds)
        return (ended.at - confirmed.at).total_seconds() if confirmed else None

    @property
    def was_asked(self) -> bool:
        """Whether EQ may have heard of it."""
        return self._step(Step.ASKED) is not None

    def _step(self, step: Step) -> AuditEntry | None:
        return next((each for each in self.entries if each.step == step), None)


def fold(entries: Iterable[AuditEntry]) -> list[Story]:
    """The stories of entries in the order in which they were written; the story that began first comes first."""
    attempts: dict[UUID, list[AuditEntry]] = {}
    for entry in entries:
        attempts.setdefault(entry.attempt, []).append(entry)
    return [Story(tuple(steps)) for steps in attempts.values()]


def eq_answer(story: Story) -> AuditEntry | None:
    """The step that tells what EQ answered to what was sent, or that its answer was lost. None: there is no answer, as
    nothing was sent.
    """
    found = (each for each in story.entries if each.step in ANSWERS)
    entry = next(found, None) if story.was_asked else None
    return None if entry is None or from_data(entry.details) else entry


def complaints(details: Mapping[str, Any]) -> list[str]:
    """EQ's words in what was written down of its answer, one a line: parameter, type, description."""
    found = details.get("complaints")
    rows = [each for each in found if isinstance(each, list)] if isinstance(found, list) else []
    return list(filter(None, (" ".join(str(part) for part in row if part) for row in rows)))


def answered_within() -> timedelta:
    """Past this there is nobody any more who would write down what EQ answered."""
    return timedelta(seconds=get_config().answer_seconds)


def standing(entry: AuditEntry, now: datetime, patience_seconds: float) -> Step:
    """The newest step of an attempt as it counts at this moment: one that nobody goes on with any more is over.

    `patience_seconds`: for so long, at most, the floor is watched after EQ accepted.
    """
    step = Step(entry.step)
    age = now - entry.at
    if step is Step.ASKED and age > answered_within():
        return Step.UNKNOWN
    is_given_up = age > answered_within() + timedelta(seconds=patience_seconds)
    return Step.NOT_SEEN if step in WATCHED and is_given_up and entry.action not in UNWATCHED else step

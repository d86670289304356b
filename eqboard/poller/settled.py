"""Whether EQ's answers are those that made nothing new of the floor before, so that they need not be put together anew.

The telephone gives the very same rows again when EQ says the same (`eqboard/eq/client.py`): comparing them is free.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eqboard.eq.wire import Rows
from eqboard.floor.assemble import Answers, Names
from eqboard.floor.snapshot import Part, Snapshot

HOLDS_FOR = timedelta(seconds=10)  # what is put together may depend on the time, as of a moment that is yet to come


@dataclass(frozen=True, slots=True)
class _Known:
    rows: tuple[Rows[Any], ...]
    names: Names
    skew_seconds: float
    until: datetime


class Settled:
    """What is known of the newest floor; of each kind of round, as not every round reads every part."""

    def __init__(self) -> None:
        self._known: dict[tuple[Part, ...], _Known] = {}

    def holds(self, answers: Answers, names: Names, skew_seconds: float, now: datetime) -> bool:
        """Whether these answers would change nothing of the floor but its age."""
        known = self._known.get(tuple(sorted(answers.asked_at)))
        rows = _rows_of(answers)
        if known is None or rows is None or now >= known.until:
            return False
        is_same = all(one is other for one, other in zip(rows, known.rows, strict=True))
        return is_same and known.skew_seconds == skew_seconds and known.names == names

    def note(
        self, answers: Answers, names: Names, skew_seconds: float, now: datetime, before: Snapshot, after: Snapshot
    ) -> None:
        """These answers have made `after` of `before`."""
        if any(getattr(before, kind) != getattr(after, kind) for kind in KINDS) or _has_missing(after):
            self._known.clear()  # what else was known was of another floor
        elif (rows := _rows_of(answers)) is not None:
            self._known[tuple(sorted(answers.asked_at))] = _Known(rows, names, skew_seconds, now + HOLDS_FOR)

    def forget(self) -> None:
        """The floor was changed in another way."""
        self._known.clear()


KINDS = tuple(kind for kind in Snapshot.__dataclass_fields__ if kind != "sources")


def _rows_of(answers: Answers) -> tuple[Rows[Any], ...] | None:
    """Of the parts that were asked; None when one of them failed."""
    found = [getattr(answers, part.value) for part in sorted(answers.asked_at)]
    rows = tuple(each for each in found if isinstance(each, Rows))
    return rows if len(rows) == len(found) else None


def _has_missing(floor: Snapshot) -> bool:
    """Who is not told of any more is forgotten as time passes, though EQ says the same."""
    return any(each.missing_since for each in floor.agents.values()) or any(
        each.missing_since for each in floor.queues.values()
    )

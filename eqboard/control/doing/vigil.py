"""What becomes of an order that EQ accepted, look by look: pure. Time comes with the looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eqboard.control.catalogue.evidence import Look, Stage
from eqboard.control.models import Step

NOWHERE_FOR = timedelta(seconds=3)
"""A caller who has left, and by readings so far apart is neither at the destination nor anywhere else, is lost: between
two tellings of EQ they may be in neither list."""

LEFT = frozenset({Stage.UNDER_WAY, Stage.LEFT, Stage.GONE, Stage.UNTOLD})
NOWHERE = frozenset({Stage.GONE, Stage.UNTOLD})
ON_THEIR_WAY = frozenset({Stage.UNDER_WAY, Stage.LEFT})


@dataclass(slots=True)
class Vigil:
    """One order that is watched. `has_journey`: a caller leaves, and then arrives or is lost (contract §4)."""

    has_journey: bool
    last: Look | None = None
    has_left: bool = False
    has_rung: bool = False
    gone_since: datetime | None = None
    is_sure: bool = False  # two different readings say that they are nowhere

    @property
    def is_on_its_way(self) -> bool:
        """A telephone rings for it, or a caller is between two places: worth waiting longer for."""
        return self.last is not None and (self.last.stage in ON_THEIR_WAY or self.gone_since is not None)

    def see(self, look: Look, at: datetime) -> Step | None:
        """The step by which it ends, if it does now. `at` is when that was read (Action.read_at), by the clock of the
        poller: the same reading, told again, is no news.
        """
        if look.stage is Stage.NO_NEWS:
            return None
        self.last = look
        self.has_left = self.has_left or (self.has_journey and look.stage in LEFT)
        self.has_rung = self.has_rung or look.stage is Stage.UNDER_WAY
        if look.stage is Stage.DONE:
            return Step.CONFIRMED
        return self._miss(look, at)

    def _miss(self, look: Look, at: datetime) -> Step | None:
        """Over for good: who has left is nowhere, as far as EQ tells, or came back; or a telephone that rang was not
        answered.
        """
        is_back = look.stage is Stage.UNCHANGED and (self.has_rung or self.has_left)
        if look.stage not in NOWHERE and not is_back:
            self.gone_since, self.is_sure = None, False
            return None
        self.gone_since = self.gone_since or at
        self.is_sure = at > self.gone_since
        return self.at_last() if at - self.gone_since >= NOWHERE_FOR else None

    def at_last(self) -> Step:
        """How it ends when no more is waited for."""
        is_lost = self.last is not None and self.last.stage is Stage.GONE and self.is_sure
        return Step.LOST if self.has_journey and is_lost else Step.NOT_SEEN

    @property
    def seen(self) -> dict[str, Any]:
        """What was seen at last, for the audit: NO_NEWS when nothing was read since."""
        if self.last is None:
            return {"seen": Stage.NO_NEWS.value}
        seen = "unanswered" if self.has_rung and self.last.stage is Stage.UNCHANGED and not self.last.seen else ""
        found = {
            "seen": seen or self.last.seen or self.last.stage.value,
            "who": self.last.who,
            "seen_through": self.last.seen_through,
        }
        return {name: each for name, each in found.items() if each}

"""A visit: what the ledger knows of one caller's stay in one queue, and of what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.switch.parties import Place

KEPT_UNIQUE_IDS = 20  # of one visit: the first, and the newest
IN_HAND = (Place.WAITING, Place.TALKING)  # of the queue, or of the agent to whom it gave them


@dataclass(slots=True, eq=False, kw_only=True)
class Visit:
    """From entering the queue until the caller is gone, wherever they were sent from there. Who enters again, out of
    the parking lot or sent by somebody, begins another visit.

    Moments are UNIX seconds, exact; all seconds are those of what is over, and what goes on now began at `place_since`
    or `wrap_up_since`. `outcome` says what became of the caller in the hands of the queue and its agent, in the words
    of the books (or waiting, talking); `end` by what they are gone, None as long as they are not.
    """

    id: int  # in order of entering
    call_id: str  # as EQ's lists of calls show it
    unique_ids: list[str]
    channel: str
    queue: str
    entered_at: float
    answered_at: float | None = None
    left_at: float | None = None  # the queue, whether or not answered
    ended_at: float | None = None
    changed_at: float  # when anything was written here last
    place: Place = Place.WAITING  # TALKING also in a conference
    place_since: float
    outcome: str = "waiting"
    end: str | None = None
    agent: int | None = None  # who answered
    wait_seconds: float = 0.0
    talk_seconds: float = 0.0  # with the agent
    parked_seconds: float = 0.0
    wrap_up_seconds: float = 0.0  # of that agent in this queue
    wrap_up_since: float | None = None
    rang_out: dict[int, int] = field(default_factory=dict)  # how often, by agent
    counts: dict[str, int] = field(default_factory=dict)  # this visit's part in the books

    @property
    def is_over(self) -> bool:
        """Whether nothing will be written here any more."""
        return self.place is Place.GONE and self.wrap_up_since is None

    def count(self, name: str, now: float) -> None:
        """Take part in a count of the books."""
        self.counts[name] = self.counts.get(name, 0) + 1
        self.changed_at = now

    def move(self, fact: Fact, now: float) -> float:
        """The caller goes where the fact leads. Returns the seconds that they were where they leave."""
        seconds = now - self.place_since
        match self.place:
            case Place.WAITING:
                self.wait_seconds, self.left_at = seconds, now
            case Place.TALKING:
                self.talk_seconds += seconds
            case Place.PARKED:
                self.parked_seconds += seconds
        if fact.place in IN_HAND:
            self.outcome = str(fact.place)
        elif self.place in IN_HAND:
            self.outcome = fact.count
        if fact.place is Place.GONE:
            self.end, self.ended_at = fact.count, now
        self.place, self.place_since = fact.place, now
        self.count(fact.count, now)
        return seconds

    def rename(self, unique_id: str, now: float) -> None:
        """The caller has another unique id now (contract §4)."""
        self.unique_ids.append(unique_id)
        del self.unique_ids[1 : -KEPT_UNIQUE_IDS + 1]
        self.changed_at = now

    def as_dict(self) -> dict[str, object]:
        """The visit as JSON would show it, and a copy."""
        copies = {"unique_ids": list(self.unique_ids), "rang_out": dict(self.rang_out), "counts": dict(self.counts)}
        return {name: getattr(self, name) for name in NAMES} | copies


NAMES = tuple(each.name for each in fields(Visit))

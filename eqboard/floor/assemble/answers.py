"""What a round brings with it: EQ's rows, the names known so far, and the clock."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from eqboard.eq import models as eq
from eqboard.eq.wire import Rows
from eqboard.floor.moments import BLIND_ROUNDS, SAME_MOMENT
from eqboard.floor.snapshot import Caller, Part, Source, Trouble

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answers:
    """What one round heard, part by part: rows, or why there are none, or None where it was not asked."""

    statistics: Rows[eq.QueueStatistics] | Trouble | None = None
    agents: Rows[eq.QueueAgentStatus] | Trouble | None = None
    calls: Rows[eq.QueuedCall] | Trouble | None = None
    parked: Rows[eq.ParkedCall] | Trouble | None = None
    conferences: Rows[eq.Conference] | Trouble | None = None
    sessions: Rows[eq.UserSession] | Trouble | None = None
    asked_at: Mapping[Part, datetime] = field(default_factory=dict)
    """When each part was asked, on our clock: its rows may be as old as that, and are never called younger."""
    took_seconds: Mapping[Part, float] = field(default_factory=dict)
    """How long EQ took for each; where it is not told, until the answers were taken."""


@dataclass(frozen=True, slots=True)
class AgentName:
    name: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id, as far as they are known yet, and what else of queues is not read in rounds."""

    agents: Mapping[int, AgentName] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)
    pause_codes: Mapping[int, str] = field(default_factory=dict)
    max_waits: Mapping[str, int] = field(default_factory=dict)  # seconds after which EQ sends a caller away, by queue
    usual: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How many wait in a queue as a rule at this hour of this weekday: from, to."""

    def of_agent(self, agent: int) -> AgentName:
        return self.agents.get(agent) or AgentName(f"#{agent}")

    def of_queue(self, queue: str) -> str:
        return self.queues.get(queue) or queue


@dataclass(frozen=True, slots=True)
class Taken:
    """When the answers were taken, on our clock, and how far EQ's clock is ahead of ours, in seconds."""

    at: datetime
    skew_seconds: float = 0.0

    def ours(self, theirs: datetime | None) -> datetime | None:
        """A moment of EQ's clock on ours; None where it lies outside what a clock can show."""
        try:
            return theirs and theirs - timedelta(seconds=self.skew_seconds)
        except OverflowError:
            return None

    def credible(self, theirs: datetime | None, longest: timedelta) -> datetime | None:
        """A moment of EQ's clock on ours; None where it is yet to come, or further back than such a thing lasts."""
        told = self.ours(theirs)
        return told if told and self.at - longest <= told <= self.at + SAME_MOMENT else None


def is_forgiven(source: Source | None, missing_since: datetime | None, taken: Taken) -> bool:
    """Whether what an answer does not hold may be there all the same: for as long as a part that is not read at all
    is taken to be as it was (BLIND_ROUNDS). `missing_since`: of the first such answer; None: this is it.
    """
    if source is None or source.taken_at is None or source.is_stale(taken.at, 2 * BLIND_ROUNDS):
        return False
    return missing_since is None or (taken.at - missing_since).total_seconds() <= source.stale_after_seconds(
        BLIND_ROUNDS
    )


def heard(answer: Rows[T] | Trouble | None) -> Sequence[T] | None:
    """The rows of a part, or None when the last truth has to stand."""
    return answer.items if isinstance(answer, Rows) else None


def steady(new: datetime | None, old: datetime | None) -> datetime | None:
    """The old moment as long as the new one says the same within what EQ's clock can tell."""
    if new and old and abs(new - old) <= SAME_MOMENT:
        return old
    return new or old


def caller_of(call: eq.AgentCall | eq.QueuedCall | eq.ParkedCall | eq.ConferenceParticipant) -> Caller:
    """Names come escaped for HTML in one list and plain in another (contract §4); here they are always plain."""
    name = call.caller_id_name
    return Caller(call.unique_id, call.channel, call.caller_id_number, html.unescape(name) if name else name)

"""The faults in force: from when until when, and how often each has struck."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from random import Random

from eqboard.simulator.faults.accidents import Accident, Happening, happening_at
from eqboard.simulator.faults.kinds import Fault
from eqboard.simulator.faults.modes import USUALLY_FAIL, Mode, faults_of
from eqboard.simulator.faults.prevailing import prevailing
from eqboard.simulator.faults.spoiling import ONLY_IN_THE_VALUE, spoil
from eqboard.simulator.refusals import Refusal

MAX_FAULTS = 100
FOREVER = math.inf


class Author(StrEnum):
    """Who put a fault in force."""

    HAND = "hand"  # somebody, that one fault
    MODE = "mode"  # somebody, by ordering how the server is
    SCENARIO = "scenario"


@dataclass(slots=True, eq=False)
class InForce:
    """A fault in force, or soon. Moments are UNIX seconds: of the clock, of a scenario's accidents of the world."""

    id: int
    fault: Fault
    author: Author
    dice: Random = field(repr=False)
    begins_at: float
    ends_at: float
    has_begun: bool = True
    happening: Happening | None = None  # the accident that it is of, if it is of any
    struck_count: int = 0  # requests whose answer it has made another, or later

    def is_due(self, now: float) -> bool:
        """Whether somebody has put it in force for a moment of the clock; an accident's are its scenario's matter."""
        return self.happening is None and (self.has_begun or self.begins_at <= now) and now < self.ends_at

    def spoil(self, value: object) -> object:
        """The JSON value as the fault leaves it. Whether it has struck may show only here."""
        spoilt = spoil(value, (self.fault,))
        if self.fault.kind in ONLY_IN_THE_VALUE and spoilt != value:
            self.struck_count += 1
        return spoilt


@dataclass(frozen=True, slots=True)
class OrderedMode:
    """How somebody wants the server to be, until when."""

    mode: Mode
    ends_at: float


class Faults:
    """What is in force now, as `turn_to` was told it is. Dice are seeded, each fault's by itself: the same requests
    meet the same accidents, whatever other faults come and go.

    How long a fault or a mode lasts that somebody orders is counted on the server's clock: a trainer watches what a
    wallboard makes of it, whose patience runs on that clock too, however fast the world goes. The accidents of a
    scenario are part of its story, and come in the world's time; they rest while a mode is ordered.
    """

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 0) -> None:
        self._seed = seed
        self._now = 0.0
        self._ids = count(1)
        self._order: OrderedMode | None = None
        self._accidents: Sequence[Accident] = ()
        self._period_seconds: float | None = None
        self._world_began_at = 0.0
        self._elapsed_seconds = 0.0  # of the world's time
        self._happening: tuple[Happening, ...] = ()
        self._standing: list[InForce] = []
        for fault in faults:
            self.add(fault)

    # Time

    def expect(self, accidents: Sequence[Accident], period_seconds: float | None, *, world_began_at: float) -> None:
        """A scenario's accidents, counted from a moment of the world; again each period."""
        self._accidents, self._period_seconds, self._world_began_at = accidents, period_seconds, world_began_at

    def turn_to(self, now: float, world_now: float) -> None:
        """It is that late now, on the clock and in the world, in UNIX seconds. What is over is forgotten."""
        if math.isfinite(now):
            self._now = now
        if self._order and self._order.ends_at <= self._now:
            self._order = None
        self._standing = [each for each in self._standing if each.author is Author.SCENARIO or each.ends_at > self._now]
        for each in self._standing:
            each.has_begun = each.has_begun or each.begins_at <= self._now
        self._elapsed_seconds = world_now - self._world_began_at
        self._meet_accidents()

    def _meet_accidents(self) -> None:
        due = happening_at(self._elapsed_seconds, self._accidents, self._period_seconds)
        happening = () if self._order else due
        over = set(self._happening).difference(happening)
        new = [each for each in happening if each not in self._happening]
        self._happening = happening
        self._standing = [each for each in self._standing if each.happening not in over]
        for each in new:
            self._begin(each)

    def _begin(self, happening: Happening) -> None:
        for place, fault in enumerate(happening.accident.faults):
            self._standing.append(
                InForce(
                    next(self._ids),
                    fault,
                    Author.SCENARIO,
                    Random(f"{self._seed} accident {happening.place} {happening.round} {place}"),
                    self._world_began_at + happening.began_seconds,
                    self._world_began_at + happening.ends_seconds,
                    happening=happening,
                )
            )

    # Faults

    def add(self, fault: Fault, *, in_seconds: float = 0.0, for_seconds: float = FOREVER) -> int:
        """Put a fault in force, now or later, for good or for a while; returns its id. Refusal beyond a hundred of
        them.
        """
        if sum(each.author is Author.HAND for each in self._standing) >= MAX_FAULTS:
            raise Refusal("kind", "invalid", f"There are {MAX_FAULTS} faults in force already; take some away first")
        return self._put(fault, Author.HAND, in_seconds, for_seconds)

    def _put(self, fault: Fault, author: Author, in_seconds: float, for_seconds: float) -> int:
        new, begins_at = next(self._ids), self._now + in_seconds
        dice = Random(f"{self._seed} fault {new}")
        self._standing.append(
            InForce(new, fault, author, dice, begins_at, begins_at + for_seconds, has_begun=in_seconds <= 0)
        )
        return new

    def remove(self, fault_id: int) -> bool:
        """Take one away that somebody put in; False when there is no such. Those of a mode end with it."""
        kept = [each for each in self._standing if each.id != fault_id or each.author is not Author.HAND]
        is_there = len(kept) < len(self._standing)
        self._standing = kept
        return is_there

    def clear(self) -> None:
        """Nobody wants anything of the server: each fault put in and the mode ordered are over."""
        self._standing = [each for each in self._standing if each.author is not Author.HAND]
        self.withdraw()

    def strike(self, method: str, path: str, operation: str = "") -> list[InForce]:
        """The faults that hit this request and can be seen in its answer, in the order they were put in force; see
        `Fault.is_about`. Their count goes up here, or when they have spoilt the value.
        """
        hits = [each for each in self._standing if self._strikes(each, method, path, operation)]
        seen = prevailing(hits, path)
        for each in seen:
            each.struck_count += each.fault.kind not in ONLY_IN_THE_VALUE
        return seen

    def drops_all(self, now: float, world_now: float) -> bool:
        """Whether every request is dropped at a moment, on the clock and in the world. Nothing begins or ends by this:
        who asks may have no key.
        """
        is_ordered = self._order is not None and self._order.ends_at > now
        elapsed_seconds = world_now - self._world_began_at
        due = () if is_ordered else happening_at(elapsed_seconds, self._accidents, self._period_seconds)
        standing = [each.fault for each in self._standing if each.is_due(now)]
        happening = [fault for each in due for fault in each.accident.faults]
        return any(fault.is_drop_of_all for fault in standing + happening)

    def _strikes(self, standing: InForce, method: str, path: str, operation: str) -> bool:
        is_about = standing.has_begun and standing.fault.is_about(method, path, operation)
        return is_about and standing.dice.random() < standing.fault.probability

    def __iter__(self) -> Iterator[InForce]:
        """All that are in force, or soon will be."""
        return iter(self._standing)

    # The server as a whole

    def order(self, mode: Mode, *, operations: Iterable[str] = USUALLY_FAIL, for_seconds: float = FOREVER) -> None:
        """Let the server be so, in place of what was ordered before and of what its scenario has in store."""
        self._order = OrderedMode(mode, self._now + for_seconds)
        self._standing = [each for each in self._standing if each.author is Author.HAND]
        self._happening = ()
        for fault in faults_of(mode, operations):
            self._put(fault, Author.MODE, 0.0, for_seconds)

    def withdraw(self) -> None:
        """Nobody orders any more how the server is: it is as its scenario has it at this moment."""
        self._order = None
        self._standing = [each for each in self._standing if each.author is not Author.MODE]
        self._meet_accidents()

    @property
    def has_accidents(self) -> bool:
        """Whether the scenario has any in store."""
        return bool(self._accidents)

    @property
    def ordered(self) -> OrderedMode | None:
        """How somebody wants the server to be."""
        return self._order

    @property
    def mode(self) -> Mode:
        """How the server is, but for single faults."""
        if self._order:
            return self._order.mode
        modes = (each.accident.what for each in self._happening)
        return next((what for what in modes if isinstance(what, Mode)), Mode.FINE)

    @property
    def failing(self) -> list[str]:
        """The operations that fail while the server is half broken, by name; none while it is not."""
        if self.mode is not Mode.HALF_BROKEN:
            return []
        return [each.fault.operation for each in self._standing if _is_of_a_half(each)]


def _is_of_a_half(standing: InForce) -> bool:
    """Whether somebody or the scenario broke that by halves; only one of them is in force at a time."""
    happening = standing.happening
    return standing.author is Author.MODE or (happening is not None and happening.accident.what is Mode.HALF_BROKEN)

"""What the leader does: round after round, read EQ, assemble, publish; and tell in between that it is still there."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from eqboard.config import Config
from eqboard.eq import EQ, EQError
from eqboard.feed.messages import Stored, Update
from eqboard.feed.publisher import Publisher
from eqboard.feed.reader import Whole
from eqboard.floor.assemble import Taken, aged, assemble
from eqboard.floor.changes import Delta, diff
from eqboard.floor.history import History
from eqboard.floor.snapshot import Part, Snapshot, Source, Trouble
from eqboard.loops import end_if_cancelled
from eqboard.poller.allowance import Allowance
from eqboard.poller.count import Counter
from eqboard.poller.lamp import Lamp
from eqboard.poller.lines import LineReader, line_count
from eqboard.poller.names import NameBook
from eqboard.poller.outcomes import Outcomes
from eqboard.poller.pace import pace_for
from eqboard.poller.rounds import Heard, Reader, due_parts, every_seconds, settled_skew_seconds
from eqboard.poller.settled import Settled

logger = logging.getLogger(__name__)

PROMPT_SECONDS = 1.0  # what EQ answers within this is published together; what comes later, when it comes
NAMES_PAUSE_SECONDS = 2.0  # between two looks for names that are due
FIRST_NAMES_SECONDS = 0.1  # as long as there is nothing that could have a name
T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Lead:
    """One lead, under one epoch. `before` is what the last leader left, `in_redis` the counts that are stored there.
    `allowance`: of all that is asked of EQ here. `clock` tells the time of day, `seconds` how long something takes, as
    the event loop does.
    """

    def __init__(
        self,
        epoch: str,
        config: Config,
        eq: EQ,
        publisher: Publisher,
        before: Whole,
        in_redis: History,
        allowance: Allowance,
        *,
        clock: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        self._config = config
        self._eq = eq
        self._publisher = publisher
        self._clock = clock
        self._seconds = seconds
        self._chance = chance or random.Random()
        self._allowance = allowance
        self._pace = pace_for(config.kept_poll_seconds)
        self._every_seconds = every_seconds(config.kept_poll_seconds, config.slow_every_rounds)
        self._floor = Stored(epoch, 0, clock(), before.stored.snapshot if before.stored else Snapshot())
        self._counter = Counter(before, in_redis, config.day_begins_at)
        self._settled = Settled()
        self._book = NameBook(config.names_refresh_seconds, allowance.turn)
        self._book.recall(self._floor.snapshot)
        self._reader = Reader(eq, clock, allowance, seconds)
        self._lines = LineReader(eq, publisher.looked_at, clock, line_count(config.eq_concurrent_requests), allowance)
        self._outcomes = Outcomes(config.eq_url)
        self._assembly_lamp = Lamp("The sense of EQ's answers", logger)
        self._names_lamp = Lamp("The reading of names", logger)
        self._skew_seconds = 0.0
        self._failure_count = 0
        self.nudged = asyncio.Event()

    @property
    def floor(self) -> Stored:
        """As it was last published."""
        return self._floor

    @property
    def left(self) -> Whole:
        """What was last published, for the next lead."""
        return self._counter.left(self._floor)

    @property
    def history(self) -> History:
        return self._counter.history

    async def go_round(self) -> None:
        """Read and publish for ever. Raises LeadershipLost, FeedLost."""
        within_seconds = min(self._config.poll_seconds, PROMPT_SECONDS)
        round_number = 0
        await self._beating_while(asyncio.sleep(self._allowance.free_at - self._seconds()))  # after an earlier lead
        while True:
            started = self._seconds()
            self.nudged.clear()
            self._lines.is_due.set()
            parts = due_parts(round_number, self._config.slow_every_rounds)
            await self._take(await self._reader.read(parts, within_seconds))
            await self._hear_the_rest(started)
            round_number += 1

    async def read_lines(self) -> None:
        """Once a round, beside the parts, read what goes on at the extensions at which somebody looks."""
        await self._lines.go_round()

    async def close(self) -> None:
        await self._reader.close()
        await self._lines.close()

    async def learn_names(self) -> None:
        """Keep the names fresh, gently; what EQ does not tell now is asked later."""
        while True:
            floor = self._floor.snapshot
            try:
                await self._book.refresh(self._eq, floor, self._seconds())
                self._names_lamp.back()
            except EQError as error:
                logger.debug("Names have to wait: %s", error)
            except Exception as error:  # the floor is worth more than its names
                self._names_lamp.lost(f"unexpected {type(error).__name__}", error)
            await asyncio.sleep(NAMES_PAUSE_SECONDS if floor.agents or floor.queues else FIRST_NAMES_SECONDS)

    def learn_usual(self, usual: Mapping[str, tuple[int, int]]) -> None:
        """How many wait in each queue as a rule, from now on."""
        self._book.usual = usual

    async def _take(self, heard: Heard) -> None:
        self._outcomes.note(heard)
        floor = self._with_lines(self._assembled(heard))  # by which is told, too, where callers went
        await self._publish(self._counter.count(self._floor.snapshot, floor, self._clock()))

    async def _take_late(self) -> None:
        """What has come since: of the parts, or of the lines alone, by which nothing is counted."""
        heard = self._reader.take()
        await (self._take(heard) if heard.parts else self._publish(self._with_lines(self._floor.snapshot)))

    def _with_lines(self, floor: Snapshot) -> Snapshot:
        return replace(floor, lines=self._lines.take(floor.lines, Taken(self._clock(), self._skew_seconds)))

    def _assembled(self, heard: Heard) -> Snapshot:
        self._skew_seconds = settled_skew_seconds(self._skew_seconds, self._eq.skew_seconds)
        taken = Taken(self._clock(), self._skew_seconds)
        before, names = self._floor.snapshot, self._book.names()
        said = (heard.answers, names, self._skew_seconds, taken.at)
        if self._settled.holds(*said):
            return aged(heard.answers, before, taken, self._every_seconds)
        try:
            floor = assemble(heard.answers, names, before, taken, self._every_seconds)
        except Exception as error:  # whatever EQ sent, the board goes on with its last truth, marked
            self._assembly_lamp.lost(f"unexpected {type(error).__name__}", error)
            self._settled.forget()
            return self._marked(before, heard.parts)
        self._assembly_lamp.back()
        self._settled.note(*said, before, floor)
        return floor

    def _marked(self, floor: Snapshot, parts: tuple[Part, ...]) -> Snapshot:
        never_read = {part: Source(part, self._every_seconds[part]) for part in Part}
        sources = {**never_read, **floor.sources}
        broken = {part: replace(sources[part], trouble=Trouble.BROKEN) for part in parts}
        return replace(floor, sources=sources | broken)

    async def _hear_the_rest(self, started: float) -> None:
        """Publish what EQ tells late, until the next round is due."""
        chance, failed_before = self._chance.random(), self._failure_count
        while True:
            self._failure_count = failed_before + 1 if self._outcomes.are_all_bad else 0
            if not await self._beating_while(self._rest(started, chance)):
                break
            await self._take_late()

    def _due_at(self, started: float, *, is_nudged: bool = False, chance: float = 0.5) -> float:
        """When the next round is due, as things stand. A part that has its rest delays nudges, and no other round."""
        rested_at = min(self._reader.rested_at, started + self._pace.poll_seconds)
        return started + self._pace.delay_seconds(
            failure_count=self._failure_count,
            is_nudged=is_nudged,
            chance=chance,
            free_after_seconds=max(self._allowance.free_at, rested_at) - started,
        )

    async def _rest(self, started: float, chance: float) -> bool:
        """Until the next round is due, or somebody nudges. True, and before that, when EQ has told more meanwhile."""
        nudged = asyncio.create_task(self.nudged.wait())
        more = {asyncio.create_task(each.wait_for_more()) for each in (self._reader, self._lines)}
        try:
            time_left = max(0.0, self._due_at(started, chance=chance) - self._seconds())
            await asyncio.wait({nudged, *more}, timeout=time_left, return_when=asyncio.FIRST_COMPLETED)
            if nudged.done():
                await asyncio.sleep(self._due_at(started, is_nudged=True) - self._seconds())
            return not nudged.done() and any(each.done() for each in more)
        finally:
            for task in (nudged, *more):
                task.cancel()
            await asyncio.gather(nudged, *more, return_exceptions=True)

    async def _beating_while(self, work: Coroutine[Any, Any, T]) -> T:
        """The work's result; while it takes longer than a round, each round is told all the same."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=self._config.poll_seconds))[0]:
                await self._publish(self._floor.snapshot)
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)  # nothing of this round is left behind

    async def _publish(self, snapshot: Snapshot) -> None:
        old = self._floor
        now = self._clock()
        asking_since = self._reader.asking_since
        floor = Stored(old.epoch, old.seq + 1, now, snapshot, asking_since)
        counted = self._counter.to_store(floor)
        told = counted.spans if floor.seq > 1 else Delta()  # everybody reads a new leader's floor whole
        update = Update(old.epoch, floor.seq, now, diff(old.snapshot, snapshot), asking_since, told)
        self._floor = floor
        self._counter.note_stored(await self._publisher.publish(update, floor, counted))
        end_if_cancelled()

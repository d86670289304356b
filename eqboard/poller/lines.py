"""Reading what goes on at extensions, beside the rounds, and only where somebody looks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from eqboard.config import in_settings
from eqboard.eq import EQ, EQError
from eqboard.feed.connection import FeedLost
from eqboard.feed.leader import ATTEMPT_SECONDS
from eqboard.floor.assemble import LineAnswer, Taken, lines_of
from eqboard.floor.snapshot import Line, Trouble
from eqboard.loops import end_if_cancelled
from eqboard.poller.allowance import Allowance
from eqboard.poller.lamp import Lamp
from eqboard.poller.rounds import trouble_of

logger = logging.getLogger(__name__)

TOGETHER_SECONDS = 0.2  # lines that are read within this are told together, however many are still on their way


def line_count(concurrent_requests: int) -> int:
    """How many lines are read at once: extensions that hang leave room for the parts."""
    return max(1, concurrent_requests // 2)


class LineReader:
    """Reads once for each time that `is_due` is set. A line that hangs holds up no other, and is not asked again while
    it does. Whatever fails here is no trouble of the board: it is marked on the line, and logged once.
    """

    def __init__(
        self,
        eq: EQ,
        look: Callable[[datetime], Awaitable[tuple[str, ...]]],
        clock: Callable[[], datetime],
        at_once: int,
        allowance: Allowance,
    ) -> None:
        """`look` tells at which extensions somebody looks; it raises FeedLost."""
        self._eq = eq
        self._look = look
        self._clock = clock
        self._turns = asyncio.Semaphore(at_once)
        self._allowance = allowance
        self._looked_at: tuple[str, ...] | None = None  # None: not known yet
        self._running: dict[str, asyncio.Task[LineAnswer]] = {}
        self._answers: dict[str, LineAnswer] = {}  # not taken yet
        self._news = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None  # when what has come is told, though more is on its way
        self._look_lamp = Lamp("The knowledge of who looks at which extension", logger)
        self._lamp = Lamp("The reading of what goes on at extensions", logger)
        self.is_due = asyncio.Event()

    async def go_round(self) -> None:
        """Ask whenever it is due, for ever."""
        while True:
            await self.is_due.wait()
            self.is_due.clear()
            self._looked_at = await self._see_who_looks()
            end_if_cancelled()
            for extension in self._looked_at:
                if extension not in self._running:
                    self._ask(extension)

    async def wait_for_more(self) -> None:
        """Until answers have come that are not taken yet: all of them, or those of a while."""
        await self._news.wait()

    def take(self, lines: Mapping[str, Line], taken: Taken) -> Mapping[str, Line]:
        """The lines with what has come since the last time, without those at which nobody looks."""
        if self._looked_at is None:
            return lines
        self._news.clear()
        self._silence()
        answers, self._answers = self._answers, {}
        return lines_of(answers, self._looked_at, lines, taken)

    async def close(self) -> None:
        """Leave no request behind."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._silence()

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None

    async def _see_who_looks(self) -> tuple[str, ...]:
        """Nobody, as long as Redis does not tell."""
        try:
            looked_at = await self._look(self._clock())
        except FeedLost as error:
            end_if_cancelled()
            await asyncio.sleep(ATTEMPT_SECONDS)  # if Redis itself is gone, the lead ends meanwhile
            self._look_lamp.lost(f"Redis does not tell ({type(error).__name__})")
            return ()
        self._look_lamp.back()
        return looked_at

    def _ask(self, extension: str) -> None:
        task = self._running[extension] = asyncio.create_task(self._answer(extension))
        task.add_done_callback(partial(self._keep, extension))

    def _keep(self, extension: str, task: asyncio.Task[LineAnswer]) -> None:
        del self._running[extension]
        if task.cancelled():
            return
        self._answers[extension] = task.result()
        if not self._running:
            self._news.set()
        elif self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._news.set)

    async def _answer(self, extension: str) -> LineAnswer:
        async with self._turns, self._allowance.turn():
            asked_at = self._clock()
            try:
                calls = await self._eq.active_calls.all(extension=extension)
            except EQError as error:
                trouble = trouble_of(error)
                if trouble is not Trouble.MISSING:  # somebody may look at whatever they type
                    self._lamp.lost(in_settings(str(error)))
                return LineAnswer(asked_at, trouble)
            except Exception as error:  # a line that nobody can read costs no other
                self._lamp.lost(f"unexpected {type(error).__name__}", error)
                return LineAnswer(asked_at, Trouble.BROKEN)
        self._lamp.back()
        return LineAnswer(asked_at, calls)

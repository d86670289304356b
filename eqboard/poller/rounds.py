"""Reading in rounds: which parts are due, and what EQ answers to each."""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eqboard.eq import EQ, EQBroken, EQComplained, EQError, EQNotFound, EQUnreachable
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows
from eqboard.floor.assemble import Answers
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND
from eqboard.floor.snapshot import REST_SHARE, Part, Trouble
from eqboard.poller.allowance import Allowance

QUICK, SLOW = tuple(EVERY_ROUND), tuple(EVERY_FEW_ROUNDS)
OPERATION_OF = {part: OPERATIONS[read.operation] for part, read in {**EVERY_ROUND, **EVERY_FEW_ROUNDS}.items()}


def due_parts(round_number: int, slow_every_rounds: int) -> tuple[Part, ...]:
    """What round 0, 1, 2 … reads; the first reads everything."""
    return (*QUICK, *SLOW) if round_number % slow_every_rounds == 0 else QUICK


def every_seconds(poll_seconds: float, slow_every_rounds: int) -> Mapping[Part, float]:
    """How often each part is meant to be read."""
    return {part: poll_seconds * (slow_every_rounds if part in SLOW else 1) for part in Part}


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in during one round: answers, and for the parts that failed the errors beside them."""

    answers: Answers
    errors: Mapping[Part, EQError]

    @property
    def faults(self) -> dict[Part, str]:
        """The first thing wrong with the rows of a part."""
        answers = ((part, getattr(self.answers, part.value)) for part in self.parts)
        return {part: answer.faults[0] for part, answer in answers if isinstance(answer, Rows) and answer.faults}

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(self.answers.asked_at)


class Reader:
    """Reads parts side by side. One that hangs holds up no other, and is not asked again while it does, nor while EQ
    rests from it (REST_SHARE).
    """

    def __init__(
        self,
        eq: EQ,
        clock: Callable[[], datetime],
        allowance: Allowance,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` tells the time of day, `seconds` how long something took."""
        self._eq = eq
        self._clock = clock
        self._seconds = seconds
        self._allowance = allowance
        self._running: dict[Part, asyncio.Task[Rows[Any] | EQError]] = {}
        self._asked_at: dict[Part, datetime] = {}
        self._took_seconds: dict[Part, float] = {}
        self._rested_at: dict[Part, float] = {}

    @property
    def asking_since(self) -> datetime | None:
        """When the part that has been waited for longest was asked; None when nothing is under way."""
        return min((self._asked_at[part] for part in self._running), default=None)

    @property
    def rested_at(self) -> float:
        """When each part may be asked again that is read in every round, and of which no answer is out."""
        at_rest = (at for part, at in self._rested_at.items() if part in QUICK and part not in self._running)
        return max(at_rest, default=-math.inf)

    async def read(self, parts: tuple[Part, ...], within_seconds: float) -> Heard:
        """Ask for the parts, and take what has come within the time, from earlier rounds too."""
        started = [self._start(part) for part in parts if part not in self._running and self._is_rested(part)]
        if started:
            await asyncio.wait(started, timeout=within_seconds)
        return self.take()

    async def wait_for_more(self) -> None:
        """Until an answer comes that is still out; for ever when none is."""
        if not self._running:
            await asyncio.Event().wait()
        await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)

    def take(self) -> Heard:
        """What has come since the last time."""
        outcomes = {part: task.result() for part, task in self._running.items() if task.done()}
        for part in outcomes:
            del self._running[part]
        return self._heard(outcomes)

    def _start(self, part: Part) -> "asyncio.Task[Rows[Any] | EQError]":
        self._allowance.take()
        self._asked_at[part] = self._clock()
        self._running[part] = asyncio.create_task(self._answer(part))
        return self._running[part]

    def _is_rested(self, part: Part) -> bool:
        return part not in self._rested_at or self._seconds() >= self._rested_at[part]

    async def _answer(self, part: Part) -> Rows[Any] | EQError:
        asked_at = self._seconds()
        outcome = await _outcome(self._eq, part)
        answered_at = self._seconds()
        self._took_seconds[part] = answered_at - asked_at
        self._rested_at[part] = answered_at + REST_SHARE * self._took_seconds[part]
        return outcome

    def _heard(self, outcomes: Mapping[Part, Rows[Any] | EQError]) -> Heard:
        errors = {part: outcome for part, outcome in outcomes.items() if isinstance(outcome, EQError)}
        heard = {
            part.value: trouble_of(outcome) if isinstance(outcome, EQError) else outcome
            for part, outcome in outcomes.items()
        }
        asked_at = {part: self._asked_at[part] for part in outcomes}
        took_seconds = {part: self._took_seconds[part] for part in outcomes}
        return Heard(Answers(**heard, asked_at=asked_at, took_seconds=took_seconds), errors)

    async def close(self) -> None:
        """Leave no request behind."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)


async def _outcome(eq: EQ, part: Part) -> Rows[Any] | EQError:
    try:
        rows: Rows[Any] = await eq.call(OPERATION_OF[part], {})
        return rows
    except EQError as error:
        return error
    except Exception as error:  # one part that nobody can read does not cost the others
        broken = EQBroken(part.value, f"unexpected {type(error).__name__}")
        broken.__cause__ = error
        return broken


def trouble_of(error: EQError) -> Trouble:
    if isinstance(error, EQUnreachable):
        return Trouble.UNREACHABLE
    if isinstance(error, EQNotFound):
        return Trouble.MISSING
    return Trouble.REFUSED if isinstance(error, EQComplained) else Trouble.BROKEN


def settled_skew_seconds(held: float, seen: float | None) -> float:
    """EQ's clock against ours. A Date header is exact to a second, so small differences are no news and no skew."""
    if seen is None or abs(seen - held) <= 2.0:
        return held
    return 0.0 if abs(seen) <= 2.0 else round(seen)

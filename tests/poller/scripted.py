"""A lead whose time never passes by itself: minutes of it take a moment, and are the same each time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

from eqboard.config import Config
from eqboard.eq import EQ
from eqboard.feed.messages import Stored, Update
from eqboard.feed.publisher import Counted
from eqboard.feed.reader import Whole
from eqboard.floor.history import History
from eqboard.poller.allowance import Allowance
from eqboard.poller.lead import Lead
from eqboard.poller.poller import until_one_ends
from tests.builders import NOON

T = TypeVar("T")


class _Skipping(selectors.DefaultSelector):
    """Whoever would wait is there at once, and the time is over."""

    def __init__(self, skip: Callable[[float], None]) -> None:
        super().__init__()
        self._skip = skip

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if not events:
            assert timeout is not None, "nothing will ever happen"
            self._skip(max(0.0, timeout))
        return events


class ScriptedLoop(asyncio.SelectorEventLoop):
    """For what waits for nothing but time."""

    def __init__(self) -> None:
        self._now = 1000.0
        super().__init__(_Skipping(self._pass))

    def time(self) -> float:
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += seconds


def scripted(story: Coroutine[Any, Any, T]) -> T:
    """What becomes of the story, in a loop whose time is its own."""
    with asyncio.Runner(loop_factory=ScriptedLoop) as runner:
        return runner.run(story)


def seconds() -> float:
    return asyncio.get_running_loop().time()


def clock() -> datetime:
    return NOON + timedelta(seconds=seconds())


@dataclass
class Listener:
    """Stands for Redis: hears what is published, and says who looks at which extension."""

    looks: tuple[str, ...] = ()
    floors: list[Stored] = field(default_factory=list)

    async def publish(self, update: Update, floor: Stored, counted: Counted) -> int:
        self.floors.append(floor)
        return 0

    async def looked_at(self, now: datetime) -> tuple[str, ...]:
        return self.looks


def a_config(**changes: Any) -> Config:
    return Config(_env_file=None).model_copy(update=changes)


def an_allowance(config: Config) -> Allowance:
    return Allowance(config.eq_requests_per_minute, config.requests_at_once, clock=seconds)


def a_lead(
    config: Config, eq: EQ, listener: Listener, *, allowance: Allowance | None = None, chance: float = 0.5
) -> Lead:
    """Whose luck is always the same."""
    allowance = allowance or an_allowance(config)
    eq.at_repeat = allowance.take
    luck: Any = SimpleNamespace(random=lambda: chance)
    publisher: Any = listener
    nothing = Whole(), History()
    return Lead("e", config, eq, publisher, *nothing, allowance, clock=clock, seconds=seconds, chance=luck)


async def lead_for(duration: float, lead: Lead, *others: Coroutine[Any, Any, None]) -> None:
    """Let it lead for so many seconds, and others do what they do meanwhile."""
    works = (lead.learn_names(), lead.read_lines(), lead.go_round(), asyncio.sleep(duration), *others)
    try:
        await until_one_ends(*works)
    finally:
        await lead.close()

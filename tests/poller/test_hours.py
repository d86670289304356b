"""Once an hour the leader speaks to the database, and whatever that says, the board goes on."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError

from eqboard.floor.history import History
from eqboard.history.hours import same_hours
from eqboard.history.models import QueueHour
from eqboard.poller import hours
from eqboard.poller.hours import Hours
from eqboard.poller.poller import Poller
from tests.builders import NOON, queue, snapshot
from tests.feed.following import following, until
from tests.poller.pretend import Exchange, config_for
from tests.spans import history, minutes_after, span

pytestmark = pytest.mark.django_db(transaction=True)

ZONE = ZoneInfo("UTC")


@dataclass
class Leading:
    """As much of a lead as the hours look at."""

    history: History = field(default_factory=History)
    floor: Any = field(default_factory=lambda: SimpleNamespace(snapshot=snapshot(queues=[queue("500")])))
    usual: list[Mapping[str, tuple[int, int]]] = field(default_factory=list)

    def learn_usual(self, usual: Mapping[str, tuple[int, int]]) -> None:
        self.usual.append(usual)


@asynccontextmanager
async def keeping(lead: Any, now: list[datetime]) -> AsyncIterator[list[datetime]]:
    """Hours at work, on a clock whose newest moment is the last of `now`. Yields the moments at which they looked."""
    looks: list[datetime] = []

    def clock() -> datetime:
        looks.append(now[-1])
        return now[-1]

    task = asyncio.create_task(Hours(ZONE, clock=clock).keep(lead))
    try:
        yield looks
        assert not task.done(), "keeping hours never ends by itself"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(hours, "RETRY_SECONDS", 0.01)


def remember(low: int, high: int) -> None:
    for begin in same_hours(NOON, ZONE)[:3]:
        peaks = {"waiting_peaks": {str(low): 30, str(high): 30}}
        QueueHour.objects.create(queue="500", begins_at=begin, bucket=peaks, seen_seconds=3600)


async def test_a_new_leader_learns_what_is_usual_and_catches_up() -> None:
    await asyncio.to_thread(remember, 1, 4)
    lead = Leading(history(span(-60), span(0)))
    async with keeping(lead, [NOON]):
        await until(lambda: lead.usual)
    assert lead.usual == [{"500": (1, 4)}]
    assert await QueueHour.objects.acount() == 4


async def test_each_hour_is_kept_when_it_is_over() -> None:
    lead, now = Leading(history(span(0))), [NOON]
    async with keeping(lead, now) as looks:
        await until(lambda: lead.usual)
        assert not await QueueHour.objects.aexists()
        now.append(minutes_after(59.9))
        await until(lambda: looks.count(now[-1]) > 1)  # at the second look, all is done that came of the first
        assert len(lead.usual) == 1
        now.append(minutes_after(60))
        await until(lambda: len(lead.usual) == 2)
    assert [row.begins_at async for row in QueueHour.objects.all()] == [NOON]


async def test_a_database_that_fails_is_told_once_and_asked_again(monkeypatch, caplog) -> None:
    caplog.set_level(logging.INFO, "eqboard.poller")
    honest, asked = hours.keep_hours, []

    def failing(*args: object) -> None:
        asked.append(1)
        if len(asked) < 4:
            raise OperationalError("database is locked\nwith more to say")
        honest(*args)

    monkeypatch.setattr(hours, "keep_hours", failing)
    lead = Leading(history(span(-60)))
    async with keeping(lead, [NOON]):
        await until(lambda: lead.usual)
    messages = [record.getMessage() for record in caplog.records]
    assert [message.partition(":")[0] for message in messages] == [
        "The memory of past hours is lost",
        "The memory of past hours is back",
    ]
    assert "database is locked" in messages[0]
    assert "more to say" not in messages[0]
    assert await QueueHour.objects.acount() == 1


async def test_a_failure_of_ours_ends_nothing(monkeypatch, caplog) -> None:
    monkeypatch.setattr(hours, "usual_ranges", lambda now, zone: 1 / 0)
    async with keeping(Leading(), [NOON]):
        await until(lambda: "unexpected ZeroDivisionError" in caplog.text)


async def test_the_usual_range_reaches_the_board(redis_url) -> None:
    await asyncio.to_thread(remember, 2, 5)
    exchange = Exchange()
    kept = Hours(ZONE, clock=lambda: NOON + timedelta(minutes=7))
    async with exchange.telephone() as eq, following(redis_url) as follower:
        task = asyncio.create_task(Poller(config_for(redis_url), eq, kept).run())
        floor = await follower.sees(
            lambda floor: floor.snapshot.queues and floor.snapshot.queues["500"].usual_high is not None
        )
        assert (floor.snapshot.queues["500"].usual_low, floor.snapshot.queues["500"].usual_high) == (2, 5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

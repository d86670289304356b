"""So many requests in any minute, and no more."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.snapshot import REST_SHARE
from eqboard.poller.allowance import Allowance
from tests.poller.scripted import scripted, seconds


def most_in_a_minute(moments) -> int:
    return max(sum(begin <= at < begin + 60 for at in moments) for begin in moments)


async def asking(allowance: Allowance, sent: list[float], took_seconds: float = 0.0) -> None:
    """For ever, one after the other."""
    while True:
        async with allowance.turn():
            sent.append(seconds())
            await asyncio.sleep(took_seconds)


async def asked_for(duration: float, *, per_minute: int, at_once: int, askers: int = 1, took: float = 0) -> list[float]:
    sent: list[float] = []
    allowance = Allowance(per_minute, at_once, clock=seconds)
    tasks = [asyncio.create_task(asking(allowance, sent, took)) for _ in range(askers)]
    await asyncio.sleep(duration)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return sent


@settings(max_examples=25)
@given(st.integers(1, 20), st.integers(1, 300), st.integers(1, 5))
def test_whoever_waits_for_a_turn_keeps_to_the_bound_and_uses_it(at_once, more, askers) -> None:
    per_minute = 2 * at_once + more
    sent = scripted(asked_for(200, per_minute=per_minute, at_once=at_once, askers=askers))
    assert more <= most_in_a_minute(sent) <= per_minute


def test_after_a_quiet_time_some_go_out_together() -> None:
    sent = scripted(asked_for(0.5, per_minute=60, at_once=14))
    assert len(sent) == 15


def test_a_quiet_time_is_not_saved_up() -> None:
    async def story() -> list[float]:
        allowance, sent = Allowance(60, 14, clock=seconds), []
        await asyncio.sleep(3600)
        task = asyncio.create_task(asking(allowance, sent))
        await asyncio.sleep(60)
        task.cancel()
        return sent

    assert len(scripted(story())) <= 60


def test_what_is_not_held_back_holds_back_the_others() -> None:
    async def story() -> float:
        allowance = Allowance(70, 5, clock=seconds)
        for _ in range(20):
            allowance.take()
        began = seconds()
        async with allowance.turn():
            return seconds() - began

    assert scripted(story()) == pytest.approx(15)


def test_after_an_answer_eq_has_a_rest_in_proportion() -> None:
    sent = scripted(asked_for(60, per_minute=1000, at_once=10, took=4.0))
    assert {after - before for before, after in pairwise(sent)} == {4.0 * (1 + REST_SHARE)}


def test_after_an_error_too_and_nobody_rests_who_is_sent_away() -> None:
    async def ask(allowance: Allowance) -> None:
        async with allowance.turn():
            await asyncio.sleep(4.0)
            raise ZeroDivisionError

    async def story() -> tuple[float, float]:
        allowance, began = Allowance(1000, 10, clock=seconds), seconds()
        with pytest.raises(ZeroDivisionError):
            await ask(allowance)
        rested_at = seconds()
        asking = asyncio.create_task(ask(allowance))
        await asyncio.sleep(2.0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return rested_at - began, seconds() - rested_at

    assert scripted(story()) == pytest.approx((4.0 * (1 + REST_SHARE), 2.0))


def test_whoever_fails_or_is_sent_away_keeps_nobody_waiting() -> None:
    async def story() -> float:
        allowance, began = Allowance(1000, 10, clock=seconds), seconds()
        with pytest.raises(ZeroDivisionError):
            async with allowance.turn():
                raise ZeroDivisionError
        for _ in range(30):
            allowance.take()
        waiting = asyncio.create_task(asking(allowance, []))
        await asyncio.sleep(0)
        waiting.cancel()
        async with allowance.turn():
            return seconds() - began

    assert scripted(story()) < 2


def test_an_allowance_that_allows_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="more than a minute allows"):
        Allowance(28, 14)

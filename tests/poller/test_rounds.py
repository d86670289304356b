"""What a round reads, and what becomes of a part that could not be read."""

import asyncio
import itertools
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from eqboard.eq import EQ, EQBroken, EQInvalid, EQNotFound, EQRefused, EQSignedOut, EQUnreachable, Server
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND
from eqboard.floor.snapshot import Part, Trouble
from eqboard.poller.rounds import (
    QUICK,
    SLOW,
    Reader,
    due_parts,
    every_seconds,
    settled_skew_seconds,
    trouble_of,
)
from tests.poller.pretend import Exchange, fails_with, plenty, says

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def all_of(eq, parts):
    """One round that has all the time it needs."""
    reader = Reader(eq, lambda: NOON, plenty())
    heard = await reader.read(parts, within_seconds=30)
    return heard.answers, heard.errors


class Hanging:
    """A transport on which one path does not answer until it is told to."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.go_on = asyncio.Event()
        self.asked = Counter()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path.rpartition("/")[2]] += 1
        if request.url.path.endswith(self.path):
            await self.go_on.wait()
        return httpx.Response(200, json=[])


@pytest.fixture
def clock():
    """Counts its own seconds: each look is one later."""
    seconds = itertools.count()
    return lambda: NOON + timedelta(seconds=next(seconds))


async def test_a_part_that_hangs_neither_holds_up_nor_rejuvenates_the_others(clock) -> None:
    hanging = Hanging("call_queue_statistics")
    async with EQ(Server("http://eq", SecretStr("a-key-of-theirs")), transport=httpx.MockTransport(hanging)) as eq:
        reader = Reader(eq, clock, plenty())
        first = await reader.read(QUICK, within_seconds=0.05)
        assert set(first.parts) == {Part.AGENTS, Part.CALLS}
        assert reader.asking_since == NOON

        second = await reader.read(QUICK, within_seconds=5)
        assert set(second.parts) == {Part.AGENTS, Part.CALLS}
        assert second.answers.asked_at[Part.AGENTS] > first.answers.asked_at[Part.AGENTS]
        assert hanging.asked["call_queue_statistics"] == 1, "it was asked again while it hung"

        hanging.go_on.set()
        while Part.STATISTICS not in (third := await reader.read((), within_seconds=0)).parts:
            await asyncio.sleep(0)
        assert third.answers.asked_at[Part.STATISTICS] == NOON, "an old answer is as old as its question"
        assert reader.asking_since is None


async def test_a_round_in_which_everything_hangs_ends_all_the_same(clock) -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with EQ(Server("http://eq", SecretStr("a-key-of-theirs")), transport=httpx.MockTransport(never)) as eq:
        reader = Reader(eq, clock, plenty())
        heard = await reader.read(QUICK, within_seconds=0.01)
        assert heard.parts == ()
        await reader.close()


def test_the_first_round_reads_everything() -> None:
    assert set(due_parts(0, 3)) == set(Part)


def test_slow_parts_are_read_every_so_many_rounds() -> None:
    assert [due_parts(number, 3) == QUICK for number in range(7)] == [False, True, True, False, True, True, False]


@given(st.integers(0, 10**6), st.integers(1, 600))
def test_queues_agents_and_calls_are_read_in_every_round(number, slow_every_rounds) -> None:
    assert set(QUICK) <= set(due_parts(number, slow_every_rounds))


def test_each_part_says_how_often_it_is_meant_to_be_read() -> None:
    expected = every_seconds(2.0, 3)
    assert all(expected[part] == 2.0 for part in QUICK)
    assert all(expected[part] == 6.0 for part in SLOW)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (EQUnreachable("x", "no"), Trouble.UNREACHABLE),
        (EQBroken("x", "no"), Trouble.BROKEN),
        (EQSignedOut("x", "no"), Trouble.REFUSED),
        (EQRefused("x", "no"), Trouble.REFUSED),
        (EQNotFound("x", "no"), Trouble.MISSING),
        (EQInvalid("x", "no"), Trouble.REFUSED),
    ],
)
def test_every_error_is_a_trouble_that_the_board_can_name(error, trouble) -> None:
    assert trouble_of(error) is trouble


@pytest.mark.parametrize(
    ("held", "seen", "settled"),
    [
        (0.0, None, 0.0),
        (7.0, None, 7.0),
        (0.0, 1.9, 0.0),
        (0.0, 30.4, 30.0),
        (0.0, -3600.0, -3600.0),
        (30.0, 31.5, 30.0),
        (30.0, 33.0, 33.0),
        (30.0, 0.5, 0.0),
    ],
)
def test_the_skew_follows_real_changes_and_no_noise(held, seen, settled) -> None:
    assert settled_skew_seconds(held, seen) == settled


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_skew_is_settled_after_one_step(held, seen) -> None:
    once = settled_skew_seconds(held, seen)
    assert settled_skew_seconds(once, seen) == once
    assert abs(once - seen) <= 2.0


async def test_each_part_is_read_by_the_operation_that_a_board_is_said_to_need() -> None:
    exchange = Exchange()
    async with exchange.telephone() as eq:
        for part, read in (EVERY_ROUND | EVERY_FEW_ROUNDS).items():
            await all_of(eq, (part,))
            assert exchange.asked[-1] == OPERATIONS[read.operation].path.lstrip("/")
    assert len(exchange.asked) == len(Part)


async def test_parts_fail_one_by_one() -> None:
    exchange = Exchange(faults={"queued_calls": says(500), "parked_calls": fails_with(httpx.ConnectError("no"))})
    async with exchange.telephone() as eq:
        answers, errors = await all_of(eq, tuple(Part))
    assert set(errors) == {Part.CALLS, Part.PARKED}
    assert answers.calls is Trouble.BROKEN
    assert answers.parked is Trouble.UNREACHABLE
    assert isinstance(answers.agents, Rows)


async def test_what_was_not_asked_has_no_answer() -> None:
    async with Exchange().telephone() as eq:
        answers, errors = await all_of(eq, QUICK)
    assert not errors
    assert answers.sessions is None


async def test_an_error_nobody_expected_is_that_part_s_alone() -> None:
    exchange = Exchange(faults={"queued_calls": fails_with(RuntimeError("a bug"))})
    async with exchange.telephone() as eq:
        answers, errors = await all_of(eq, QUICK)
    assert answers.calls is Trouble.BROKEN
    assert isinstance(answers.statistics, Rows)
    assert isinstance(errors[Part.CALLS].__cause__, RuntimeError)
    assert "a bug" not in str(errors[Part.CALLS])


ROWS_WRONG = json.dumps([[{"agent": 7}], "status", 17, None])


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (says(503), Trouble.BROKEN),
        (says(204), Trouble.BROKEN),
        (says(302), Trouble.BROKEN),
        (says(200, ROWS_WRONG), Trouble.BROKEN),
        (says(200, "[" * 100_000), Trouble.BROKEN),
        (says(200, b"\xff\xfe\xfa"), Trouble.BROKEN),
        (says(200, "[" + "9" * 10_000 + "]"), Trouble.BROKEN),
        (fails_with(httpx.RemoteProtocolError("what?")), Trouble.BROKEN),
        (fails_with(RuntimeError("a bug in a library")), Trouble.BROKEN),
        (says(403), Trouble.REFUSED),
        (says(404), Trouble.MISSING),
        (fails_with(httpx.ReadTimeout("silence")), Trouble.UNREACHABLE),
        (fails_with(httpx.ReadError("cut")), Trouble.UNREACHABLE),
    ],
)
async def test_whatever_eq_says_is_rows_or_a_trouble(fault, trouble) -> None:
    async with Exchange(fault=fault).telephone() as eq:
        answers, errors = await all_of(eq, tuple(Part))
    assert set(errors) == set(Part)
    assert {getattr(answers, part.value) for part in Part} == {trouble}
    assert not any("canary" in str(error) for error in errors.values())

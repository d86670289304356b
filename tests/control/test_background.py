"""What the process waits for before it ends: for what EQ owes it, and for nothing else."""

import asyncio
import inspect

import pytest

from eqboard.control.background import all_answered, outlive_the_request

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_asks_nothing_of_eq_is_not_awaited() -> None:
    has_begun = asyncio.Event()

    async def go_on() -> None:
        has_begun.set()
        await asyncio.Event().wait()

    endless = outlive_the_request(go_on())
    await has_begun.wait()
    await all_answered()
    assert not endless.done()
    endless.cancel()
    await asyncio.gather(endless, return_exceptions=True)


async def test_an_answer_is_awaited_and_what_is_asked_because_of_it() -> None:
    first, second, told = asyncio.Event(), asyncio.Event(), []

    async def ask_again() -> None:
        await second.wait()
        told.append("second")

    async def ask() -> None:
        await first.wait()
        told.append("first")
        outlive_the_request(ask_again(), asks_eq=True)

    outlive_the_request(ask(), asks_eq=True)
    end = asyncio.create_task(all_answered())
    for answer in (first, second):
        await asyncio.sleep(0)
        assert not end.done()
        answer.set()
    await end
    assert told == ["first", "second"]


async def fail() -> None:
    raise RuntimeError("EQ is on fire")


async def test_an_error_that_nobody_awaits_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    work = outlive_the_request(fail())
    await asyncio.wait({work})
    assert "Work in the background failed in a way that nobody expected" in caplog.text
    assert "EQ is on fire" in caplog.text


async def test_one_that_is_awaited_is_told_to_whoever_awaits_it_alone(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuntimeError, match="on fire"):
        await outlive_the_request(fail(), is_heard=True)
    assert caplog.text == ""


async def test_what_is_cut_off_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    work = outlive_the_request(asyncio.Event().wait())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait({work})
    assert caplog.text == ""


async def test_what_is_cut_off_before_it_began_is_no_error() -> None:
    work = asyncio.Event().wait()
    task = outlive_the_request(work)  # type: ignore[arg-type]
    task.cancel()
    await asyncio.wait({task})
    assert inspect.getcoroutinestate(work) == inspect.CORO_CLOSED  # else "was never awaited", wherever it is collected


async def test_one_that_fails_holds_up_nobody() -> None:
    failing = outlive_the_request(fail(), asks_eq=True)
    await all_answered()
    with pytest.raises(RuntimeError, match="on fire"):
        await failing

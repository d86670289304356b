"""The application is told when the server begins and before it ends; and one that does not listen harms nobody."""

import asyncio
from typing import Any

from eqboard.ops.lifespan import SCOPE, Lifespan


async def test_it_is_told_of_the_beginning_and_of_the_end_which_waits_for_it() -> None:
    told, may_end = [], asyncio.Event()

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope == SCOPE
        for word in ("startup", "shutdown"):
            told.append((await receive())["type"])
            await send({"type": f"lifespan.{word}.complete"})
        await may_end.wait()
        told.append("over")

    lifespan = Lifespan(application)
    lifespan.start()
    stopping = asyncio.create_task(lifespan.stop())
    while "lifespan.shutdown" not in told:
        await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping
    assert told == ["lifespan.startup", "lifespan.shutdown", "over"]


async def test_one_that_knows_nothing_of_it_is_logged_and_does_not_hold_the_end(caplog: Any) -> None:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        raise ValueError(f"What is a {scope['type']}?")

    lifespan = Lifespan(application)
    lifespan.start()
    await lifespan.stop()
    assert "What is a lifespan?" in caplog.text


async def test_one_that_is_content_with_the_beginning_does_not_hold_the_end() -> None:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()

    lifespan = Lifespan(application)
    lifespan.start()
    await lifespan.stop()


async def test_before_the_beginning_there_is_no_end_to_wait_for() -> None:
    await Lifespan(lambda *_: asyncio.sleep(0)).stop()

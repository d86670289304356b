"""Work that goes on when the request that began it is over.

Most of it may be cut off when the process ends: another one looks at the floor and goes on (doing/settling.py). What EQ
answers is known to nobody else: the process waits for that, and for what is written down of it.
"""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import close_old_connections

works: set[asyncio.Task[None]] = set()  # asyncio itself keeps only a weak hold of its tasks
unanswered: set[asyncio.Task[None]] = set()  # those of them with which EQ owes us an answer


def outlive_the_request(work: Coroutine[Any, Any, None], *, asks_eq: bool = False) -> "asyncio.Task[None]":
    """Do it in a context of its own: the request's threads end with the request. `asks_eq`: to do something."""
    task = asyncio.create_task(_apart(work), context=contextvars.Context())
    for each in (works, unanswered) if asks_eq else (works,):
        each.add(task)
        task.add_done_callback(each.discard)
    return task


async def all_answered() -> None:
    """Returns when EQ owes us nothing more, and it is written down."""
    while unanswered:
        await asyncio.wait(unanswered)


async def _apart(work: Coroutine[Any, Any, None]) -> None:
    """With a thread of its own for the database, and tidied up after as Django does after a request."""
    async with ThreadSensitiveContext():
        try:
            await work
        finally:
            await sync_to_async(close_old_connections)()

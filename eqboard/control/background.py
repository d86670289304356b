"""Work that goes on when the request that began it is over.

Most of it may be cut off when the process ends: another one looks at the floor and goes on (doing/settling.py). What EQ
answers is known to nobody else: the process waits for that, and for what is written down of it.
"""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import close_old_connections

logger = logging.getLogger(__name__)

works: set[asyncio.Task[None]] = set()  # asyncio itself keeps only a weak hold of its tasks
unanswered: set[asyncio.Task[None]] = set()  # those of them with which EQ owes us an answer


def outlive_the_request(
    work: Coroutine[Any, Any, None], *, asks_eq: bool = False, is_heard: bool = False
) -> "asyncio.Task[None]":
    """Do it in a context of its own: the request's threads end with the request. `asks_eq`: to do something. An error
    is logged; not where `is_heard`: whoever began it awaits it, and hears of that.
    """
    task = asyncio.create_task(_apart(work), context=contextvars.Context())
    task.add_done_callback(lambda _: work.close())  # or Python complains of work that was cut off before it began
    for each in (works, unanswered) if asks_eq else (works,):
        each.add(task)
        task.add_done_callback(each.discard)
    if not is_heard:
        task.add_done_callback(_log_error)
    return task


def _log_error(task: "asyncio.Task[None]") -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        logger.error("Work in the background failed in a way that nobody expected", exc_info=error)


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

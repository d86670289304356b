"""Work that goes on when the request that began it is over."""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import close_old_connections

works: set[asyncio.Task[None]] = set()  # asyncio itself keeps only a weak hold of its tasks


def outlive_the_request(work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """Do it in a context of its own: the request's threads end with the request."""
    task = asyncio.create_task(_apart(work), context=contextvars.Context())
    works.add(task)
    task.add_done_callback(works.discard)
    return task


async def _apart(work: Coroutine[Any, Any, None]) -> None:
    """With a thread of its own for the database, and tidied up after as Django does after a request."""
    async with ThreadSensitiveContext():
        try:
            await work
        finally:
            await sync_to_async(close_old_connections)()

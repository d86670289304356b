"""The one place where something is done: check, write down, ask EQ once, write down, watch the floor.

An action is never repeated by the machine. Whoever clicked gets no shortcut: what happened is read from the floor.
"""

import asyncio
import contextvars
import logging
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.contrib.auth.models import User
from django.db import close_old_connections

from eqboard.accounts.access import Rights, may_do
from eqboard.boards.following import followers
from eqboard.config import eq_from, get_config
from eqboard.control.actions import Action
from eqboard.control.audit import Doer, Thing, storable, write_down
from eqboard.control.models import Step
from eqboard.control.words import SIGNED_OUT
from eqboard.eq import EQ, EQBroken, EQComplained, EQError, EQNotFound, EQUnreachable
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.feed.publisher import send_nudge
from eqboard.floor.snapshot import Agent, Part
from eqboard.loops import PerLoop

logger = logging.getLogger(__name__)

telephones = PerLoop(lambda: eq_from(get_config()))
NUDGE_SECONDS = 1.0  # while an effect is awaited EQ is read so often, however rarely otherwise
PENDING_AFTER_SECONDS = 0.1  # the one who pressed sees that something is under way within this

watches: set[asyncio.Task[None]] = set()  # asyncio itself keeps only a weak hold of its tasks


@dataclass(frozen=True, slots=True)
class Actor:
    user: User
    rights: Rights
    address: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One press of a button: who, what, on whom, with which pause code. `agent` is as the whole floor knows them."""

    id: uuid.UUID
    actor: Actor
    action: Action
    agent: Agent
    pause_code: int | None

    async def note(self, step: Step, **details: Any) -> None:
        if self.pause_code is not None:
            details["pause_code"] = self.pause_code
        doer, thing = Doer(self.actor.user, self.actor.address), Thing(f"agent-{self.agent.id}", self.agent.name)
        await sync_to_async(write_down)(doer, self.action.name, thing, step, details, self.id)


async def perform(actor: Actor, action: Action, agent: Agent, pause_code: int | None = None) -> uuid.UUID:
    """Do it, if the actor may. Returns the attempt, whose entries tell what became of it."""
    attempt = Attempt(uuid.uuid4(), actor, action, agent, pause_code)
    queues = [each.queue for each in agent.signed_in]
    if not queues:
        await attempt.note(Step.REFUSED, error=SIGNED_OUT)
        return attempt.id
    if not may_do(actor.rights, action.name, queues):
        await attempt.note(Step.DENIED, queues=queues)
        return attempt.id
    telephone = telephones.get()
    await attempt.note(Step.ASKED, queues=queues)
    # A quick answer is told at once; a slow one is pending meanwhile, and written down even if the browser goes away.
    await asyncio.wait({outlive_the_request(carry_out(attempt, telephone))}, timeout=PENDING_AFTER_SECONDS)
    return attempt.id


async def carry_out(attempt: Attempt, telephone: EQ) -> None:
    """Ask EQ once, write down what it said; then watch, without anybody waiting for it."""
    try:
        await attempt.action.ask(telephone, attempt.agent.id, attempt.pause_code)
    except EQError as error:
        if isinstance(error, EQNotFound):
            logger.warning("EQ knows no path for %s; name the one that it has in EQBOARD_EQ_DIALECT", error.operation)
        await attempt.note(step_of(error), **answer_of(error))
        return
    except Exception as error:  # a fault of ours: EQ may have heard us all the same
        logger.exception("An action failed in a way that nobody expected")
        await attempt.note(Step.UNKNOWN, error=type(error).__name__)
        return
    accepted_at = datetime.now(UTC)
    await attempt.note(Step.ACCEPTED)
    outlive_the_request(watch(attempt, accepted_at))


def outlive_the_request(work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """Do it in a context of its own: the request's threads end with the request."""
    task = asyncio.create_task(_apart(work), context=contextvars.Context())
    watches.add(task)
    task.add_done_callback(watches.discard)
    return task


async def _apart(work: Coroutine[Any, Any, None]) -> None:
    """With a thread of its own for the database, and tidied up after as Django does after a request."""
    async with ThreadSensitiveContext():
        try:
            await work
        finally:
            await sync_to_async(close_old_connections)()


def step_of(error: EQError) -> Step:
    """Refused when it certainly did not happen, unknown when nobody can tell."""
    if isinstance(error, EQUnreachable | EQBroken) and error.outcome_unknown:
        return Step.UNKNOWN
    return Step.REFUSED


def answer_of(error: EQError) -> dict[str, Any]:
    """EQ's answer as data, for the audit and for a sentence in the reader's language."""
    complaints = error.complaints if isinstance(error, EQComplained) else ()
    return {
        "error": type(error).__name__,
        "reason": storable(error.reason),
        "complaints": [[storable(text or "") for text in (c.parameter, c.type, c.description)] for c in complaints],
    }


async def watch(attempt: Attempt, accepted_at: datetime) -> None:
    """Follow the floor until it shows the effect, or until time is up."""
    newest: Floor | None = None
    try:
        async with (
            nudgers.get().at_work(),
            asyncio.timeout(get_config().watch_seconds),
            aclosing(followers.get().floors()) as floors,
        ):
            async for floor in floors:
                newest = floor
                if shows(floor, attempt, accepted_at):
                    break
    except TimeoutError:
        await attempt.note(Step.NOT_SEEN, **last_seen(newest, attempt, accepted_at))
    else:
        await attempt.note(Step.CONFIRMED, **last_seen(newest, attempt, accepted_at))


class Nudger:
    """Has EQ read at once when an effect is awaited, and every second while any is, however many: the first reading may
    come before the switch has acted (contract §4).
    """

    def __init__(self) -> None:
        self._waiting_count = 0
        self._task: asyncio.Task[None] | None = None
        self._is_lost = False

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        await self._nudge()
        self._waiting_count += 1
        if self._task is None:
            self._task = asyncio.create_task(self._go_on())
        try:
            yield
        finally:
            self._waiting_count -= 1

    async def _go_on(self) -> None:
        try:
            while self._waiting_count:
                await asyncio.sleep(NUDGE_SECONDS)
                await self._nudge()
        finally:
            self._task = None

    async def _nudge(self) -> None:
        try:
            await send_nudge(get_config().redis_url)
        except FeedLost:
            if not self._is_lost:
                logger.warning("The poller could not be nudged: Redis is away")
            self._is_lost = True
        else:
            self._is_lost = False


nudgers = PerLoop(Nudger)


def shows(floor: Floor, attempt: Attempt, accepted_at: datetime) -> bool:
    """Whether a reading made after EQ accepted shows the effect."""
    agent = floor.snapshot.agents.get(attempt.agent.id)
    return has_news(floor, accepted_at) and agent is not None and attempt.action.is_seen(agent, attempt.pause_code)


def has_news(floor: Floor, accepted_at: datetime) -> bool:
    source = floor.snapshot.sources.get(Part.AGENTS)
    return source is not None and source.taken_at is not None and source.taken_at >= floor.theirs(accepted_at)


def last_seen(floor: Floor | None, attempt: Attempt, accepted_at: datetime) -> dict[str, Any]:
    """What the floor showed instead: the agent's state, "gone", or "no_news" when nothing was read since."""
    if floor is None or not floor.is_connected or not has_news(floor, accepted_at):
        return {"seen": "no_news"}
    agent = floor.snapshot.agents.get(attempt.agent.id)
    return {"seen": agent.state.value if agent else "gone"}

"""An action is never lost: what a crash left unfinished is settled by looking at the floor.

What was seen to last is attended again at once (adopting.py). A crash between asking EQ and its answer leaves an
attempt of which nobody knows: *unknown*. Then the floor is looked at, every half minute until it shows the effect, or
that there is none, or has told nothing of it for long enough.
"""

import asyncio
import contextvars
import logging
import uuid
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any

from asgiref.sync import sync_to_async

from eqboard.accounts.rights import arights_of
from eqboard.boards.following import followers
from eqboard.config import get_config
from eqboard.control.background import outlive_the_request
from eqboard.control.catalogue.action import LONGEST_RINGING_SECONDS
from eqboard.control.catalogue.evidence import Stage
from eqboard.control.catalogue.listening import UNATTENDED
from eqboard.control.doing import unfinished
from eqboard.control.doing.adopting import adopt, adopt_all, attempt_of
from eqboard.control.doing.cases import Case, case_of, end_of
from eqboard.control.doing.holding import LASTS, books
from eqboard.control.doing.strangers import seen_without_strangers
from eqboard.control.doing.unfinished import INTERRUPTED
from eqboard.control.models import AuditEntry, Step
from eqboard.control.seats.leaving import sign_out_the_deactivated
from eqboard.feed.claims import Claim
from eqboard.feed.connection import FeedLost
from eqboard.feed.follow import Floor
from eqboard.feed.looking import MOST_LINES, look_at
from eqboard.loops import PerLoop, end_if_cancelled

logger = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
FIRST_WAITS = (LASTS.total_seconds() + 1, EVERY_SECONDS)
"""The first two rounds adopt what lasts: in the second, the claims of a process that is gone are over."""
SLOT = "settling"  # a claim by which one of several web processes does it
HELD = timedelta(seconds=EVERY_SECONDS - 5)
MOST_LOOKS = MOST_LINES // 4  # as these end later than those of people, they would leave them no place
LOOKS_LAST = timedelta(seconds=EVERY_SECONDS + 10)  # so that the next round finds what was read for this one
REMEMBERED = timedelta(days=1)  # older ones are looked for once, at the start


class Settler:
    """For one event loop."""

    def __init__(self) -> None:
        self._cases: dict[uuid.UUID, Case | None] = {}
        self._knows_old_ones = False
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False

    def start(self) -> None:
        """Once; then it goes on as long as the process."""
        if self._task is None:
            self._task = asyncio.create_task(self._go_on(), context=contextvars.Context())

    async def _go_on(self) -> None:
        """Nothing ends it but being cancelled."""
        for is_starting, wait_seconds in chain(((True, each) for each in FIRST_WAITS), repeat((False, EVERY_SECONDS))):
            await self._try(is_starting)
            end_if_cancelled()
            await asyncio.sleep(wait_seconds)

    async def _try(self, is_starting: bool) -> None:
        """An error that nobody expected is logged once, and tried again."""
        try:
            await outlive_the_request(self._round(await _first_floor(), is_starting), is_heard=True)
            self._is_failing = False
        except Exception:
            if not self._is_failing:
                logger.exception("What a crash left unfinished cannot be settled; trying again until it can")
            self._is_failing = True

    async def _round(self, floor: Floor, is_starting: bool) -> None:
        now = datetime.now(UTC)
        if is_starting:
            await adopt_all(_attended(floor))
        if await _is_ours(floor.theirs(now)):
            await sign_out_the_deactivated()
            await self.settle_unfinished(floor, now)

    async def settle_unfinished(self, floor: Floor, now: datetime) -> None:
        """One round. `now` is by our clock, as the entries are."""
        patience_seconds = get_config().watch_seconds + LONGEST_RINGING_SECONDS
        since = now - REMEMBERED if self._knows_old_ones else None
        entries = await sync_to_async(unfinished.find)(
            now, patience_seconds, since, list(self._cases), _attended(floor)
        )
        found = {each.attempt: each for each in entries}
        self._cases = {attempt: case for attempt, case in self._cases.items() if attempt in found}
        for entry in entries:
            await self._settle(entry, floor, now)
        self._knows_old_ones = len(entries) < unfinished.MOST
        await _have_read(floor, now, [case for case in self._cases.values() if case])

    async def _settle(self, entry: AuditEntry, floor: Floor, now: datetime) -> None:
        if entry.attempt not in self._cases:
            self._cases[entry.attempt] = case_of(entry, await sync_to_async(unfinished.order_of)(entry), now)
        case = self._cases[entry.attempt]
        if entry.step == Step.ASKED:
            await _add(entry, Step.UNKNOWN, {"error": INTERRUPTED, "is_open": case is not None})
        if case is None:
            return await _give_up(entry)
        step = end_of(case, entry, floor, now)
        if step is not None:
            await _add(entry, step, await _told(case, entry, step, floor))
            del self._cases[entry.attempt]
        elif case.goes_on:
            outlive_the_request(adopt(await attempt_of(entry, case.order), entry.at))
        return None


settlers = PerLoop(Settler)


async def _first_floor() -> Floor:
    """As soon as there is one."""
    async with aclosing(followers.get().floors()) as floors:
        async for floor in floors:
            if floor.held:
                return floor
    raise AssertionError  # they go on


def _attended(floor: Floor) -> list[str]:
    """The attempts that go on as somebody says so in Redis, by id."""
    return [claim.attempt for claim in floor.claims.values() if claim.slot != SLOT]


async def _is_ours(now: datetime) -> bool:
    """Whether this process does it now. `now` by the poller's clock. Without Redis there is nothing to look at."""
    claim = Claim(SLOT, SLOT, SLOT, 0, "", str(uuid.uuid4()), now, now + HELD)
    try:
        return await books.get().take(claim, now) is None
    except FeedLost:
        return False


async def _give_up(entry: AuditEntry) -> None:
    """Of what another version wrote the floor cannot be asked."""
    if entry.step == Step.CONFIRMED:
        await _add(entry, Step.ENDED, {"how": UNATTENDED})
    elif entry.step != Step.ASKED:
        await _add(entry, Step.NOT_SEEN, {"seen": Stage.NO_NEWS.value})


async def _have_read(floor: Floor, now: datetime, cases: list[Case]) -> None:
    """For the next round: what goes on at a telephone is read only while somebody looks. Whose turn it is not yet has
    as much time from the next round on.
    """
    extensions: set[str] = set()
    for case in cases:
        wanted = extensions.union(case.action.looks_at(case.order))
        if len(wanted) > MOST_LOOKS:
            case.begun_at = now
        else:
            extensions = wanted
    try:
        await look_at(get_config().redis_url, extensions, floor.theirs(now) + LOOKS_LAST)
    except FeedLost:
        logger.debug("Redis is away: the next round looks again")


async def _told(case: Case, entry: AuditEntry, step: Step, floor: Floor) -> dict[str, Any]:
    """As whoever watches writes it down (watching.py): without the name of an agent whom the actor may not see."""
    if step is Step.ENDED:
        return dict(case.ended_as)
    seen = seen_without_strangers(case.vigil.seen, await arights_of(entry.actor), floor.snapshot)
    was_lost = entry.step in (Step.ASKED, Step.UNKNOWN)
    return seen | ({"answer": "lost"} if was_lost else {})


_add = sync_to_async(unfinished.add)

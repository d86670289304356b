"""What lasts and was left alone by a process that is gone, as a listening after a crash, is attended again."""

from collections.abc import Iterable
from datetime import UTC, datetime

from asgiref.sync import sync_to_async

from eqboard.accounts.rights import arights_of
from eqboard.control.audit import split
from eqboard.control.background import outlive_the_request
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.order import Order
from eqboard.control.doing import unfinished
from eqboard.control.doing.attempt import Actor, Attempt, Target
from eqboard.control.doing.holding import Hold
from eqboard.control.doing.watching import Looking, attend
from eqboard.control.models import AuditEntry
from eqboard.feed import slots
from eqboard.feed.connection import FeedLost
from eqboard.floor.snapshot import Snapshot


async def adopt_all(attended: Iterable[str]) -> None:
    """All of which nobody says that they attend it: `attended` are attempts, by id. Whether it goes on is seen then."""
    for entry in await sync_to_async(unfinished.find_lasting)(list(attended)):
        order = await sync_to_async(unfinished.order_of)(entry)
        if order is not None:
            outlive_the_request(adopt(await attempt_of(entry, order), entry.at, datetime.now(UTC)))


async def adopt(attempt: Attempt, began_at: datetime, doubted_at: datetime | None = None) -> None:
    """Attend it; nothing, where somebody does already. `doubted_at`: as in `attend`."""
    hold = Hold(attempt)
    try:
        if not await hold.resume(began_at):
            return
    except FeedLost:
        return  # the next round finds it again
    try:
        async with hold.kept():
            await attend(attempt, hold, Looking(attempt.action.looks_at(attempt.order)), began_at, doubted_at)
    finally:
        await hold.let_go()


async def attempt_of(entry: AuditEntry, order: Order) -> Attempt:
    """As it was when it was made, held as what lasts is (catalogue/action.py)."""
    actor = Actor(entry.actor, await arights_of(entry.actor), entry.address)
    telephone = CATALOGUE[order.action].rings(order, Snapshot()) or ""
    subject, slot = slots.agent(order.agent), slots.ringing(telephone)
    queues = tuple(sorted(split(entry.queues)))
    target = Target(entry.target, entry.target_name, queues, subject, slot, order.agent)
    return Attempt(entry.attempt, actor, order, target, entry.reason)

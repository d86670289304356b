"""Whether each part is well, asked afresh: for load balancers, monitors, and the demo's own start."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from asgiref.sync import sync_to_async
from django.db import Error, connection

from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.feed.subscriber import read_floor
from eqboard.floor.snapshot import Source


@dataclass(frozen=True, slots=True)
class Part:
    ok: bool
    says: str


async def check(config: Config) -> dict[str, Part]:
    """Feed, leader, EQ and database, one by one."""
    floor = await read_floor(config.redis_url)
    return {**judge(floor, config, datetime.now(UTC)), "database": await sync_to_async(check_database)()}


def judge(floor: Floor, config: Config, now: datetime) -> dict[str, Part]:
    """Pure: what the stored floor tells of feed, leader and EQ. What lies behind a broken part is not well either."""
    unknown = Part(False, "not known while the part before it is down")
    if not floor.is_connected:
        return {"feed": Part(False, "Redis does not answer"), "leader": unknown, "eq": unknown}
    feed = Part(True, "Redis answers")
    silent_after = timedelta(seconds=config.poll_seconds * config.stale_rounds)
    if floor.held is None or now - floor.held.sent_at > silent_after:
        return {"feed": feed, "leader": Part(False, "no poller publishes"), "eq": unknown}
    return {"feed": feed, "leader": Part(True, "a poller publishes"), "eq": judge_eq(floor.snapshot.sources.values())}


def judge_eq(sources: Collection[Source]) -> Part:
    troubles = sorted(f"{source.part}: {source.trouble}" for source in sources if source.trouble)
    if troubles:
        return Part(False, ", ".join(troubles))
    if not any(source.taken_at for source in sources):
        return Part(False, "EQ has not been read yet")
    return Part(True, "EQ answers")


def check_database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return Part(False, f"the database does not answer ({type(error).__name__})")
    return Part(True, "the database answers")


def report(parts: dict[str, Part]) -> dict[str, object]:
    return {"alive": True, **{name: asdict(part) for name, part in parts.items()}}

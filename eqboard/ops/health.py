"""Whether each part is well, asked afresh: for load balancers, monitors, and the demo's own start."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.db import Error

from eqboard.accounts.models import Team
from eqboard.boards.health import Health, Level, health_here
from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.feed.subscriber import read_floor
from eqboard.floor.snapshot import Snapshot, Trouble
from eqboard.ops.database import write_nothing


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
    health = health_here(config, floor, now, since=now)
    if health.feed_lost_since:
        return {"feed": Part(False, "Redis does not answer"), "leader": unknown, "eq": unknown}
    feed = Part(True, "Redis answers")
    if health.poller_silent_since or floor.held is None:
        return {"feed": feed, "leader": Part(False, "no poller publishes"), "eq": unknown}
    return {"feed": feed, "leader": Part(True, "a poller publishes"), "eq": judge_eq(floor.snapshot, health)}


def judge_eq(snapshot: Snapshot, health: Health) -> Part:
    """A board that lacks only what it can do without is well, and says so."""
    if health.trouble:
        troubles = {part: snapshot.sources[part].trouble or Trouble.UNREACHABLE for part in health.troubled_parts}
        named = ", ".join(f"{part}: {trouble}" for part, trouble in troubles.items())
        return Part(health.level is not Level.CRITICAL, named)
    if not any(source.taken_at for source in snapshot.sources.values()):
        return Part(False, "EQ has not been read yet")
    if health.is_slow:
        return Part(True, "EQ answers, but slowly")
    return Part(True, "EQ answers, and is read less often than set" if health.is_held_back else "EQ answers")


def check_database() -> Part:
    try:
        Team.objects.exists()
    except Error as error:
        return Part(False, f"the database does not answer ({type(error).__name__})")
    try:
        write_nothing()
    except Error as error:
        return Part(False, f"the database cannot be written ({type(error).__name__})")
    return Part(True, "the database answers")


def report(parts: dict[str, Part]) -> dict[str, object]:
    return {"alive": True, **{name: asdict(part) for name, part in parts.items()}}

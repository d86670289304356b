"""What is wrong between EQ and this process, as a value that the board shows. Pure."""

from datetime import datetime, timedelta

from eqboard.boards.layout import Health
from eqboard.feed.follow import Floor


def health_of(floor: Floor, now: datetime, *, silent_after_seconds: float, since: datetime) -> Health:
    """Name the first part on the way that is gone; what lies behind it cannot be known.

    `since`: when Redis was lost or found last. A poller is silent when it published nothing for
    `silent_after_seconds`.
    """
    held = floor.held
    truth_at = _truth_at(floor)
    if not floor.is_connected:
        return Health(feed_lost_since=since, truth_at=truth_at)
    heard_at = held.sent_at if held else since
    if now - heard_at > timedelta(seconds=silent_after_seconds):
        return Health(poller_silent_since=heard_at, truth_at=truth_at)
    sources = held.snapshot.sources.values() if held else ()
    troubled = sorted((source for source in sources if source.trouble), key=lambda source: source.part)
    if troubled:
        parts = tuple(source.part for source in troubled)
        return Health(trouble=troubled[0].trouble, troubled_parts=parts, truth_at=truth_at)
    if held and held.asking_since:
        return Health(is_slow=True, truth_at=truth_at)
    return Health()


def _truth_at(floor: Floor) -> datetime | None:
    """When the oldest numbers on the board were taken."""
    sources = floor.held.snapshot.sources.values() if floor.held else ()
    return min((source.taken_at for source in sources if source.taken_at), default=None)

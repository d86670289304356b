"""What is wrong between EQ and this process, as a value that the board shows. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from eqboard.boards.layout import Health
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Snapshot, Source, Trouble

SLOW_ROUNDS = 1.2  # an answer that takes longer than a round, and not by chance


def health_of(floor: Floor, now: datetime, *, poll_seconds: float, stale_rounds: float, since: datetime) -> Health:
    """Name the first part on the way that is gone; what lies behind it cannot be known.

    `since`: when Redis was lost or found last. A poller is silent when it published nothing for `stale_rounds` rounds
    of `poll_seconds`; EQ does not answer when a part is older than that many of its own rounds.
    """
    held = floor.held
    silent_after = timedelta(seconds=poll_seconds * stale_rounds)
    sources = floor.snapshot.sources.values()
    if not floor.is_connected:
        return Health(feed_lost_since=since, truth_at=_oldest_truth(sources))
    heard_at = held.sent_at if held else since
    if floor.theirs(now) - heard_at > silent_after:
        truth_at = _oldest_truth(sources)
        return Health(poller_silent_since=heard_at, was_poller_heard=held is not None, truth_at=truth_at)
    if held is None:
        return Health()
    troubled = sorted((source for source in sources if source.trouble), key=lambda source: source.part)
    if troubled:
        return _in_trouble(troubled, troubled[0].trouble)
    late = late_sources(floor.snapshot, held.asking_since, floor.theirs(now), stale_rounds, silent_after)
    if late:
        return _in_trouble(late, Trouble.UNREACHABLE)
    return Health(
        is_slow=any(source.took_seconds > SLOW_ROUNDS * poll_seconds for source in sources),
        unreadable_count=sum(source.unreadable_count for source in sources),
    )


def late_sources(
    snapshot: Snapshot, asking_since: datetime | None, now: datetime, stale_rounds: float, silent_after: timedelta
) -> list[Source]:
    """The parts that EQ owes: read too long ago, or never read though asked for long enough."""
    is_kept_waiting = asking_since is not None and now - asking_since > silent_after
    return sorted(
        (
            source
            for source in snapshot.sources.values()
            if (is_kept_waiting if source.taken_at is None else _is_old(source, source.taken_at, now, stale_rounds))
        ),
        key=lambda source: source.part,
    )


def _is_old(source: Source, taken_at: datetime, now: datetime, stale_rounds: float) -> bool:
    return now - taken_at > timedelta(seconds=source.stale_after_seconds(stale_rounds))


def _in_trouble(sources: list[Source], trouble: Trouble | None) -> Health:
    parts = tuple(source.part for source in sources)
    return Health(trouble=trouble, troubled_parts=parts, truth_at=_oldest_truth(sources))


def _oldest_truth(sources: Collection[Source]) -> datetime | None:
    """When the oldest of their numbers were true."""
    return min((source.taken_at for source in sources if source.taken_at), default=None)

"""What is wrong between EQ and this process, as a value that the board shows. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Part, Snapshot, Source, Trouble

DUE_ROUNDS = 1.2  # the poller speaks every round
SLOW_ROUNDS = 1.2  # an answer that takes longer than a round, and not by chance
BESIDE_THE_POINT = frozenset({Part.PARKED, Part.CONFERENCES, Part.SESSIONS})  # a floor is a floor without them
OF_THE_FLOOR = frozenset({Part.CALLS, Part.AGENTS})  # whose age the page tells in its bar
STANDING = frozenset({Trouble.REFUSED, Trouble.MISSING})  # these do not pass by themselves
WORST_FIRST = (Trouble.UNREACHABLE, Trouble.BROKEN, Trouble.REFUSED, Trouble.MISSING)


class Level(StrEnum):
    """How loud it is said."""

    WELL = ""
    WARNING = "warning"  # what is shown is true, but not all of it, or late
    CRITICAL = "critical"  # what is shown is old


@dataclass(frozen=True, slots=True)
class Health:
    """What is wrong on the way from EQ to here, as far as a web process can tell; None: all is well."""

    feed_lost_since: datetime | None = None  # no Redis
    poller_silent_since: datetime | None = None  # Redis answers, no poller publishes
    was_poller_heard: bool = True  # False: not once, as far as this process knows
    trouble: Trouble | None = None  # the poller cannot read EQ
    troubled_parts: tuple[Part, ...] = ()
    truth_at: datetime | None = None  # when the oldest numbers on the board were true, those of the floor before others
    is_slow: bool = False  # EQ takes so long to answer that it is asked less often, or has not yet answered
    unreadable_count: int = 0  # rows of EQ's newest answers that make no sense, wholly or in part
    is_held_back: bool = False  # EQ is read less often than set, as it may not get so many requests

    @property
    def kind(self) -> str:
        """The one thing that the board names: the first that is wrong on the way from here to EQ."""
        if self.feed_lost_since:
            return "feed_lost"
        if self.poller_silent_since:
            return "poller_silent" if self.was_poller_heard else "poller_unheard"
        if self.trouble:
            return self.trouble.value
        if self.unreadable_count:
            return "unreadable"
        if self.is_slow:
            return "slow"
        return "held_back" if self.is_held_back else ""

    @property
    def level(self) -> Level:
        if not self.kind:
            return Level.WELL
        # An exchange may have no such list at all, for ever: nobody could see the real alarm behind that one.
        is_beside_the_point = self.trouble in STANDING and BESIDE_THE_POINT.issuperset(self.troubled_parts)
        is_minor = is_beside_the_point or self.kind in ("unreadable", "slow", "held_back")
        return Level.WARNING if is_minor else Level.CRITICAL


def health_here(config: Config, floor: Floor, now: datetime, since: datetime) -> Health:
    """`health_of` at the pace of this site, and with its patience."""
    return health_of(
        floor,
        now,
        poll_seconds=config.poll_seconds,
        stale_rounds=config.stale_rounds,
        patience_seconds=config.eq_timeout_seconds,
        since=since,
        is_held_back=config.is_held_back,
    )


def health_of(
    floor: Floor,
    now: datetime,
    *,
    poll_seconds: float,
    stale_rounds: float,
    patience_seconds: float,
    since: datetime,
    is_held_back: bool = False,
) -> Health:
    """Name the first part on the way that is gone; what lies behind it cannot be known.

    `since`: when Redis was lost or found last. A poller is silent when it published nothing for `stale_rounds` rounds
    of `poll_seconds`. EQ owes a part that is older than that many of its own rounds: it takes long as long as no answer
    has been waited for longer than `patience_seconds`, and does not answer from then on.
    """
    held = floor.held
    silent_after = timedelta(seconds=poll_seconds * stale_rounds)
    sources = floor.snapshot.sources.values()
    if not floor.is_connected:
        return Health(feed_lost_since=since, truth_at=_oldest_truth(sources))
    heard_at = held.sent_at if held else since
    # Who could not be heard while Redis was away is not to blame for it.
    silent_since = max(heard_at, floor.theirs(floor.back_at)) if floor.back_at else heard_at
    if floor.theirs(now) - silent_since > silent_after:
        truth_at = _oldest_truth(sources)
        return Health(poller_silent_since=heard_at, was_poller_heard=held is not None, truth_at=truth_at)
    if held is None:
        return Health()
    # Beyond the next word that is due from the poller, nobody knows whether EQ is late or the poller.
    known_until = min(floor.theirs(now), heard_at + timedelta(seconds=poll_seconds * DUE_ROUNDS))
    late = late_parts(floor.snapshot, held.asking_since, known_until, stale_rounds, silent_after)
    is_under_way = held.asking_since is not None and known_until - held.asking_since <= timedelta(
        seconds=patience_seconds
    )
    troubles = troubles_of(floor.snapshot, () if is_under_way else late)
    if troubles:
        truth_at = _oldest_truth(floor.snapshot.sources[part] for part in troubles)
        return Health(trouble=_worst(troubles), troubled_parts=tuple(troubles), truth_at=truth_at)
    return Health(
        truth_at=_oldest_truth(floor.snapshot.sources[part] for part in late),
        is_slow=bool(late) or any(_is_slow(source, poll_seconds) for source in sources),
        unreadable_count=sum(source.unreadable_count for source in sources),
        is_held_back=is_held_back,
    )


def _is_slow(source: Source, poll_seconds: float) -> bool:
    return source.is_stretched or source.took_seconds > SLOW_ROUNDS * poll_seconds


def late_parts(
    snapshot: Snapshot, asking_since: datetime | None, now: datetime, stale_rounds: float, silent_after: timedelta
) -> tuple[Part, ...]:
    """The parts that EQ owes though no attempt has failed: none has ended for too long."""
    is_kept_waiting = asking_since is not None and now - asking_since > silent_after
    return tuple(
        source.part
        for source in snapshot.sources.values()
        if not source.trouble and (is_kept_waiting if source.taken_at is None else source.is_stale(now, stale_rounds))
    )


def troubles_of(snapshot: Snapshot, hanging: Collection[Part]) -> dict[Part, Trouble]:
    """The parts that cannot be read, and why: the newest attempt failed, or hangs."""
    sources = sorted(snapshot.sources.values(), key=lambda each: each.part)
    troubles = {each.part: each.trouble or (Trouble.UNREACHABLE if each.part in hanging else None) for each in sources}
    return {part: trouble for part, trouble in troubles.items() if trouble}


def _worst(troubles: Mapping[Part, Trouble]) -> Trouble:
    """Of what matters most, if that is in trouble at all."""
    weighty = {trouble for part, trouble in troubles.items() if part not in BESIDE_THE_POINT}
    return min(weighty or set(troubles.values()), key=WORST_FIRST.index)


def _oldest_truth(sources: Iterable[Source]) -> datetime | None:
    """When the oldest of their numbers were true. Of calls and agents, if any are among them: the page's bar tells that
    moment, and a reader who is told of another one beside it does not know which of them holds.
    """
    taken = [(source.part, source.taken_at) for source in sources if source.taken_at]
    of_the_floor = [at for part, at in taken if part in OF_THE_FLOOR]
    return min(of_the_floor or [at for _, at in taken], default=None)

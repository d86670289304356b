"""What was counted, for tests of every room: small factories and hypothesis strategies."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from eqboard.floor.buckets import Bucket, Span, idle_key
from eqboard.floor.history import History
from tests.builders import NOON, QUEUE_KEYS

_COUNTS = st.dictionaries(st.integers(0, 40), st.integers(1, 9), max_size=3)
_SECONDS = st.integers(0, 8000).map(lambda quarters: quarters / 4)  # sums of these are exact


def minutes_after(minutes: float, begin: datetime = NOON) -> datetime:
    return begin + timedelta(minutes=minutes)


def answered(*waits: int, **changes: Any) -> Bucket:
    """Calls that came and were answered after so many seconds."""
    counts = {wait: waits.count(wait) for wait in waits}
    return Bucket(offered=len(waits), answered_waits=counts, answered_seconds=float(sum(waits)), **changes)


def span(minute: float = 0, queue: str = "500", bucket: Bucket | None = None, **changes: Any) -> Span:
    """A minute after noon that was watched, with one queue."""
    queues = {queue: answered(5) if bucket is None else bucket}
    return Span(**{"begins_at": minutes_after(minute), "queues": queues, "seen_seconds": 60.0} | changes)


def history(*spans: Span) -> History:
    made = History()
    for each in spans:
        made = made.with_span(each)
    return made


def buckets() -> st.SearchStrategy[Bucket]:
    return st.builds(
        Bucket,
        offered=st.integers(0, 9),
        answered_waits=_COUNTS,
        abandoned_waits=_COUNTS,
        flowed_waits=_COUNTS,
        stolen_count=st.integers(0, 3),
        unresolved_count=st.integers(0, 3),
        answered_seconds=_SECONDS,
        abandoned_seconds=_SECONDS,
        longest_seconds=_SECONDS,
        talk_count=st.integers(0, 3),
        talk_seconds=_SECONDS,
        wrap_up_seconds=_SECONDS,
        handle_seconds=_SECONDS,
        waiting_peaks=st.dictionaries(st.integers(0, 9), st.integers(1, 1), max_size=1),
    )


def minute_spans(moment: datetime) -> st.SearchStrategy[Span]:
    """Anything that may be counted within the minute that begins then."""
    keys = st.sets(st.sampled_from(QUEUE_KEYS), min_size=1).map(idle_key)
    return st.builds(
        Span,
        begins_at=st.just(moment),
        minutes=st.just(1),
        queues=st.dictionaries(st.sampled_from(QUEUE_KEYS), buckets(), max_size=3),
        idle_seconds=st.dictionaries(keys, _SECONDS, max_size=3),
        seen_seconds=st.sampled_from((0.0, 15.5, 60.0)),
    )


@st.composite
def clocks(draw: st.DrawFn, longest: int = 12) -> list[datetime]:
    """When rounds are: mostly on and on, now and then far ahead, back, or beyond what is kept."""
    steps = st.sampled_from((0, 0, 1, 1, 1, 1, 7, 14, 15, 60, 130, 700, 1700, -1, -20, -200, -1700))
    moments = [NOON + timedelta(seconds=draw(st.integers(0, 59)))]
    for step in draw(st.lists(steps, max_size=longest)):
        moments.append(moments[-1] + timedelta(minutes=step))
    return moments


@st.composite
def growing(draw: st.DrawFn, longest: int = 12) -> list[tuple[datetime, History]]:
    """A history, round after round, as a poller makes it; the first is empty."""
    made = History()
    rounds = [(NOON, made)]
    for now in draw(clocks(longest)):
        known = made.at(now)
        news = draw(minute_spans(known.begins_at))
        made = made.with_span(news if known.minutes == 1 else known).compacted(now)
        rounds.append((now, made))
    return rounds

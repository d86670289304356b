"""The hours in the database. All of this blocks, and raises django.db.Error."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from eqboard.floor.buckets import NOTHING, Bucket
from eqboard.floor.history import KEPT, History
from eqboard.history.hours import LEAST_SEEN_SECONDS, Range, end_of_hour, hour_of, minutes_of, same_hours, usual_of
from eqboard.history.models import LONGEST_EXTENSION, QueueHour

KEPT_HOURS = 10 * 7 * 24  # ten weeks of those who never close; `same_hours` looks back eight
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL refuses NUL; none can encode half a surrogate pair

buckets = TypeAdapter(Bucket)


def keep_hours(history: History, queues: Iterable[str], now: datetime, zone: ZoneInfo) -> None:
    """Write each hour that is over at `now` and not there yet, and drop those that are too many.

    `queues`: those that there are, also if nobody called them.
    """
    begins = {hour_of(span.begins_at, zone) for span in history.spans}
    over = {begin: end for begin in begins if (end := end_of_hour(begin, zone)) <= now}
    known = set(QueueHour.objects.filter(begins_at__in=over).values_list("begins_at", flat=True).distinct())
    rows = [row for begin in sorted(over.keys() - known) for row in _rows(begin, over[begin], history, queues)]
    with transaction.atomic():
        QueueHour.objects.bulk_create(
            rows,
            update_conflicts=True,  # another leader may have written it meanwhile
            unique_fields=["queue", "begins_at"],
            update_fields=["bucket", "seen_seconds"],
        )
        _drop(hour_of(now, zone), now)


def _drop(running: datetime, now: datetime) -> None:
    """The oldest beyond KEPT_HOURS, and those of the next day, which a clock that was put back brings again.

    A clock may be years wrong, as of a host without a battery. So the past is counted, not dated: each hour under a
    wrong clock costs one of the oldest. What lies further ahead waits until its time comes near.
    """
    QueueHour.objects.filter(begins_at__gte=running, begins_at__lt=now + KEPT).delete()
    past = QueueHour.objects.filter(begins_at__lt=running)
    newest = past.order_by("-begins_at").values_list("begins_at", flat=True).distinct()
    if too_old := newest[KEPT_HOURS : KEPT_HOURS + 1].first():
        past.filter(begins_at__lte=too_old).delete()


def _rows(begin: datetime, end: datetime, history: History, queues: Iterable[str]) -> Iterable[QueueHour]:
    span = history.over(begin, end)
    if span is None:
        return
    for queue in {*queues, *span.queues}:
        if len(queue) <= LONGEST_EXTENSION and not UNSTORABLE.search(queue):
            told = buckets.dump_python(span.queues.get(queue, NOTHING), mode="json", exclude_defaults=True)
            yield QueueHour(queue=queue, begins_at=begin, bucket=told, seen_seconds=span.seen_seconds)


def usual_ranges(now: datetime, zone: ZoneInfo) -> Mapping[str, Range]:
    """How many wait in a queue as a rule at this hour of this weekday; only of queues of which enough is known."""
    rows = QueueHour.objects.filter(begins_at__in=same_hours(now, zone), seen_seconds__gte=LEAST_SEEN_SECONDS)
    hours: dict[str, list[Counter[int]]] = {}
    for queue, data, seen_seconds in rows.values_list("queue", "bucket", "seen_seconds"):
        if (bucket := _bucket(data)) is not None:
            hours.setdefault(queue, []).append(minutes_of(bucket.waiting_peaks, seen_seconds))
    ranges = {queue: usual_of(known) for queue, known in hours.items()}
    return {queue: usual for queue, usual in ranges.items() if usual}


def _bucket(data: Any) -> Bucket | None:
    """None for what is of another version."""
    try:
        return buckets.validate_python(data)
    except ValidationError:
        return None

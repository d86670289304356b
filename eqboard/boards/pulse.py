"""The pulse: one hidden element in every frame, by which the browser knows the server's clock and each part's age."""

import json
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Source


def pulse(
    held: Stored | None,
    now: datetime,
    stale_rounds: float,
    build: str,
    *,
    frame_number: int = 0,
    feed_lost_since: datetime | None = None,
) -> SafeString:
    """`now` is the server's clock; a part is stale `stale_rounds` of its own rounds after it was taken.

    The browser acknowledges `frame_number`. How old each link is on the way from EQ to here it tells from `heard` (the
    poller's last word) and `lost` (since when Redis is not heard; "" while it is).
    """
    sources = held.snapshot.sources.values() if held else ()
    return format_html(
        '<div id="pulse" hidden data-now="{}" data-heard="{}" data-lost="{}" data-frame="{}" data-epoch="{}" '
        'data-seq="{}" data-build="{}" data-sources="{}"></div>',
        f"{now.timestamp():.3f}",
        f"{held.sent_at.timestamp():.3f}" if held else "",
        f"{feed_lost_since.timestamp():.3f}" if feed_lost_since else "",
        frame_number,
        held.epoch if held else "",
        held.seq if held else 0,
        build,
        json.dumps({source.part.value: _facts(source, stale_rounds) for source in sources}, separators=(",", ":")),
    )


def _facts(source: Source, stale_rounds: float) -> dict[str, float | str | None]:
    return {
        "at": round(source.taken_at.timestamp(), 3) if source.taken_at else None,
        "stale_after": round(source.stale_after_seconds(stale_rounds), 3),
        "trouble": source.trouble.value if source.trouble else None,
    }

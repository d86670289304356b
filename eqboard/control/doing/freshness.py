"""Whether the floor is known as of now: an old one does not know who is where by now."""

from collections.abc import Iterable
from datetime import datetime

from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Part


def is_current(floor: Floor, parts: Iterable[Part], now: datetime) -> bool:
    """Whether it is heard, and these parts of it are not old. `now` is by our clock."""
    return floor.is_connected and floor.snapshot.is_fresh(parts, floor.theirs(now), get_config().stale_rounds)

"""When "today" began for a floor, by the site's settings: the one thing of them that the numbers of a screen need."""

from datetime import datetime

from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.floor.moments import LONG_AGO


def day_of(floor: Floor) -> datetime:
    """The newest reset hour of the site that is not after the floor. Of no floor, a moment before all others."""
    return get_config().day_begins_at(floor.held.sent_at) if floor.held else LONG_AGO

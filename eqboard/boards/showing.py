"""A board as it is now, for a page: painted of the floor that this process follows."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.safestring import SafeString

from eqboard.boards.audience import Audience
from eqboard.boards.build import build_id
from eqboard.boards.following import followers
from eqboard.boards.fragments import Screen, whole
from eqboard.boards.gallery import gallery
from eqboard.boards.health import Health, health_of
from eqboard.boards.pulse import pulse
from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Trouble

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    screen: str
    pulse: SafeString


async def show(audience: Audience) -> Shown:
    """The whole board and its pulse. The first one to ask waits until Redis answered, or did not."""
    config = get_config()
    follower = followers.get()
    floor = await follower.newest()
    now = datetime.now(UTC)
    health = health_of(
        floor,
        now,
        poll_seconds=config.poll_seconds,
        stale_rounds=config.stale_rounds,
        patience_seconds=config.eq_timeout_seconds,
        since=follower.since,
    )
    beat = pulse(floor.held, floor.theirs(now), config.stale_rounds, build_id(), feed_lost_since=health.feed_lost_since)
    return Shown(whole(_paint(floor, health, audience)), beat)


def _paint(floor: Floor, health: Health, audience: Audience) -> Screen:
    """A floor that cannot be rendered must not cost the page: its socket brings the next one."""
    try:
        return gallery.paint(floor, health, audience)
    except Exception:
        logger.exception("A floor cannot be rendered; the page begins empty")
        return gallery.paint(Floor(), Health(trouble=Trouble.BROKEN), audience)

"""A board as it is now, for a page: painted of the floor that this process follows."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.safestring import SafeString

from eqboard.boards.audience import Audience
from eqboard.boards.build import build_id
from eqboard.boards.easel import easels
from eqboard.boards.following import followers
from eqboard.boards.fragments import Screen, whole
from eqboard.boards.gallery import gallery, painted
from eqboard.boards.health import Health, health_here
from eqboard.boards.pulse import pulse
from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Trouble

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """The floor, how well it is known, and the pulse that goes with it."""

    floor: Floor
    health: Health
    pulse: SafeString


@dataclass(frozen=True, slots=True)
class Shown:
    screen: str
    pulse: SafeString


async def show(audience: Audience) -> Shown:
    """The whole board and its pulse. The first one to ask waits until Redis answered, or did not."""
    sight = await _look()
    return Shown(await painted(lambda: whole(_paint(sight, audience))), sight.pulse)


async def show_draft(user_id: int, audience: Audience) -> Shown:
    """The same of a board that somebody is editing. Raises CrowdedError (easel.py)."""
    sight = await _look()
    screen = await easels.get().paint(user_id, sight.floor, sight.health, audience)
    return Shown(await asyncio.to_thread(whole, screen), sight.pulse)


async def _look() -> Sight:
    config = get_config()
    follower = followers.get()
    floor = await follower.newest()
    now = datetime.now(UTC)
    health = health_here(config, floor, now, follower.since)
    beat = pulse(floor.held, floor.theirs(now), config.stale_rounds, build_id(), feed_lost_since=health.feed_lost_since)
    return Sight(floor, health, beat)


def _paint(sight: Sight, audience: Audience) -> Screen:
    """A floor that cannot be rendered must not cost the page: its socket brings the next one."""
    try:
        return gallery.paint(sight.floor, sight.health, audience)
    except Exception:
        logger.exception("A floor cannot be rendered; the page begins empty")
        return gallery.paint(Floor(), Health(trouble=Trouble.BROKEN), audience)

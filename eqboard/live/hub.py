"""The loudspeaker: one per web process. It follows the floor and tells every viewer what changed on their screen.

One subscription to Redis and one rendering per audience, however many sockets there are. Every viewer begins with the
whole board; so does one that lagged, and everybody after a gap in the feed: one code path.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from eqboard.boards.audience import Audience
from eqboard.boards.build import build_id
from eqboard.boards.fragments import Screen, packed, strokes, whole_strokes
from eqboard.boards.gallery import gallery
from eqboard.boards.health import Health, health_here
from eqboard.boards.pulse import pulse
from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.feed.follower import Follower
from eqboard.floor.snapshot import Trouble
from eqboard.live.viewer import Frame, Viewer

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25  # how often silence is looked for
HEARTBEAT_SECONDS = 1.5  # a page that hears nothing for much longer has lost its socket (QUIET_SECONDS in board.js)
RETRY_SECONDS = 1.0  # after an error that nobody expected
AT_ONCE = 200  # viewers told before other work gets its turn


class Room:
    """The viewers of one audience, the screen they see, and the floor it shows."""

    def __init__(self, audience: Audience) -> None:
        self.screen = Screen(audience)
        self.floor = Floor()
        self.is_broken = False  # the newest floor cannot be rendered: the screen shows the one before, marked
        self.viewers: set[Viewer] = set()


class Hub:
    def __init__(
        self, config: Config, follower: Follower, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config = config
        self._follower = follower
        self._clock = clock
        self._floor = Floor()
        self._health = Health(feed_lost_since=follower.since)
        self._rooms: dict[Audience, Room] = {}
        self._frame_number = 0
        self._told_at = time.monotonic()
        self._telling = asyncio.Lock()  # one tick after the other: every viewer gets the frames in their order
        self._is_failing = False
        self._is_ready = asyncio.Event()  # Redis has answered, or has not
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Follow the floor, and come back when there is one to show: nobody's page is blanked by a board of nothing.

        Daphne has no start-up event, so every socket asks for it.
        """
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._watch())]
        await self._is_ready.wait()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def join(self, audience: Audience, make_viewer: Callable[[Callable[[], Frame]], Viewer]) -> Viewer:
        """A place for a new socket; its first frame is the whole board."""
        room = self._rooms.get(audience)
        if room is None:
            room = Room(audience)
            self._repaint(room)
            self._rooms[audience] = room
        viewer = make_viewer(lambda: self._whole(room))
        room.viewers.add(viewer)
        return viewer

    def leave(self, audience: Audience, viewer: Viewer) -> None:
        room = self._rooms.get(audience)
        if room is None:
            return
        room.viewers.discard(viewer)
        if not room.viewers:
            del self._rooms[audience]

    def now(self) -> datetime:
        """By the poller's clock, as are all moments on the page."""
        return self._floor.theirs(self._clock())

    @property
    def viewer_count(self) -> int:
        return sum(len(room.viewers) for room in self._rooms.values())

    async def _follow(self) -> None:
        """Tell of every floor; after an error that nobody expected, of the next."""
        async with aclosing(self._follower.floors()) as floors:
            async for floor in floors:
                self._floor = floor
                try:
                    await self._tell()
                except Exception:
                    self._note_failure()
                self._is_ready.set()

    async def _watch(self) -> None:
        """Tell of a silence when it begins, and beat while it lasts."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                unheard_seconds = time.monotonic() - self._told_at
                if self._current_health() != self._health or unheard_seconds >= HEARTBEAT_SECONDS:
                    await self._tell()
            except Exception:
                self._note_failure()
                await asyncio.sleep(RETRY_SECONDS)

    def _note_failure(self) -> None:
        if not self._is_failing:
            logger.exception("The hub stumbled; going on, and trying again until it works")
        self._is_failing = True

    def _current_health(self) -> Health:
        return health_here(self._config, self._floor, self._clock(), self._follower.since)

    async def _tell(self) -> None:
        """One frame to every viewer: the pulse, and what changed on their screen."""
        async with self._telling:
            self._health = self._current_health()
            self._told_at = time.monotonic()
            self._frame_number += 1
            for told, (viewer, frame) in enumerate(self._frames(), start=1):
                viewer.push(frame)
                if told % AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _frames(self) -> list[tuple[Viewer, Frame]]:
        """What each viewer gets. A room that fails costs no other a stroke; its viewers get the whole board next."""
        frames: list[tuple[Viewer, Frame]] = []
        has_failed = False
        for room in self._rooms.values():
            try:
                frame = self._next_frame(room)
            except Exception:
                has_failed = True
                self._note_failure()
                for viewer in room.viewers:
                    viewer.resync()
            else:
                frames += ((viewer, frame) for viewer in room.viewers)
        self._is_failing = has_failed
        return frames

    def _next_frame(self, room: Room) -> Frame:
        shown = room.screen
        self._repaint(room)
        return self._frame(room, strokes(shown, room.screen))

    def _repaint(self, room: Room) -> None:
        """The newest floor; where it cannot be rendered, the one before stays and is marked, for this room alone."""
        audience = room.screen.audience
        try:
            room.screen = gallery.paint(self._floor, self._health, audience, room.screen)
        except Exception:
            if not room.is_broken:
                logger.exception("A floor cannot be rendered; the screen keeps the one before until this works again")
            room.is_broken = True
            room.screen = gallery.paint(room.floor, self._broken_health(room.floor), audience, room.screen)
        else:
            room.is_broken = False
            room.floor = self._floor

    def _broken_health(self, shown: Floor) -> Health:
        return replace(self._health, trouble=Trouble.BROKEN, truth_at=shown.held.sent_at if shown.held else None)

    def _whole(self, room: Room) -> Frame:
        return self._frame(room, whole_strokes(room.screen))

    def _frame(self, room: Room, pieces: list[str]) -> Frame:
        """The pulse comes last: it says how new the numbers are that stand on the page by then."""
        return Frame(self._frame_number, packed([*pieces, self._pulse(room)]))

    def _pulse(self, room: Room) -> str:
        """Of the floor that the room's screen shows."""
        return pulse(
            room.floor.held,
            self.now(),
            self._config.stale_rounds,
            build_id(),
            frame_number=self._frame_number,
            feed_lost_since=self._health.feed_lost_since,
        )

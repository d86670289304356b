"""The loudspeaker: one per web process. It follows the floor and tells every viewer what changed on their screen.

One subscription to Redis and one rendering per audience, however many sockets there are. Every viewer begins with the
whole board; so does one that lagged, and everybody after a gap in the feed: one code path.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from eqboard.boards.audience import Audience
from eqboard.boards.build import build_id
from eqboard.boards.fragments import Screen, paint, strokes, whole
from eqboard.boards.health import health_of
from eqboard.boards.layout import Health
from eqboard.boards.pulse import pulse
from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.feed.subscriber import follow
from eqboard.live.viewer import Frame, Viewer

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25  # how often silence is looked for
HEARTBEAT_SECONDS = 2.0  # a page that hears nothing for longer than a few of these has lost its socket
AT_ONCE = 200  # viewers told before other work gets its turn


class Room:
    """The viewers of one audience, and the screen they see."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.viewers: set[Viewer] = set()


class Hub:
    def __init__(self, config: Config, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._config = config
        self._clock = clock
        self._silent_after_seconds = config.poll_seconds * config.stale_rounds
        self._floor = Floor()
        self._since = clock()
        self._health = Health(feed_lost_since=self._since)
        self._rooms: dict[Audience, Room] = {}
        self._frame_number = 0
        self._told_at = clock()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to follow the floor; Daphne has no start-up event, so the first socket does it."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._watch())]
            for task in self._tasks:
                task.add_done_callback(_log_end)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def join(self, audience: Audience, make_viewer: Callable[[Callable[[], Frame]], Viewer]) -> Viewer:
        """A place for a new socket; its first frame is the whole board."""
        room = self._rooms.get(audience)
        if room is None:
            room = self._rooms[audience] = Room(paint(self._floor.snapshot, self._health, audience))
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

    @property
    def viewer_count(self) -> int:
        return sum(len(room.viewers) for room in self._rooms.values())

    async def _follow(self) -> None:
        async for floor in follow(self._config.redis_url):
            if floor.is_connected != self._floor.is_connected:
                self._since = self._clock()
            self._floor = floor
            await self._tell()

    async def _watch(self) -> None:
        """Tell of a silence when it begins, and beat while it lasts."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            unheard_seconds = (self._clock() - self._told_at).total_seconds()
            if self._current_health() != self._health or unheard_seconds >= HEARTBEAT_SECONDS:
                await self._tell()

    def _current_health(self) -> Health:
        return health_of(self._floor, self._clock(), silent_after_seconds=self._silent_after_seconds, since=self._since)

    async def _tell(self) -> None:
        """One frame to every viewer: the pulse, and what changed on their screen."""
        self._health = self._current_health()
        self._told_at = self._clock()
        self._frame_number += 1
        beat = self._pulse()
        for told, (viewer, frame) in enumerate(list(self._frames(beat)), start=1):
            viewer.push(frame)
            if told % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _frames(self, beat: str) -> Iterator[tuple[Viewer, Frame]]:
        for audience, room in self._rooms.items():
            screen = paint(self._floor.snapshot, self._health, audience, room.screen)
            frame = Frame(self._frame_number, beat + strokes(room.screen, screen))
            room.screen = screen
            for viewer in room.viewers:
                yield viewer, frame

    def _whole(self, room: Room) -> Frame:
        return Frame(self._frame_number, self._pulse() + whole(room.screen))

    def _pulse(self) -> str:
        now = self._clock()
        return pulse(self._floor.held, now, self._config.stale_rounds, build_id(), frame_number=self._frame_number)


def _log_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception():
        logger.error("The hub stopped", exc_info=task.exception())

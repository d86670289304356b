"""The loudspeaker: one per web process. It follows the floor and tells every viewer what changed on their screen.

One subscription to Redis and one rendering per audience, however many sockets there are. Every viewer begins with the
whole board; so does one that lagged, and everybody after a gap in the feed: one code path.

Screens are painted beside the event loop; a whole board is put together on it from what was painted, once for all who
come before the next frame. What a room shows changes on the loop, together with its number: so whoever has the whole
board of some number gets what changed after it, and nothing else.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from eqboard.boards.audience import Audience
from eqboard.boards.build import build_id
from eqboard.boards.fragments import Screen, packed, strokes, whole_strokes
from eqboard.boards.gallery import gallery, painted
from eqboard.boards.health import Health, health_here
from eqboard.boards.pulse import pulse
from eqboard.config import Config
from eqboard.feed.follow import Floor
from eqboard.feed.follower import Follower
from eqboard.floor.snapshot import Trouble
from eqboard.line import Message
from eqboard.live.viewer import Due, Frame, Viewer

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25  # how often silence is looked for
HEARTBEAT_SECONDS = 1.5  # a page that hears nothing for much longer has lost its socket (QUIET_SECONDS in line.js)
RETRY_SECONDS = 1.0  # after an error that nobody expected
AT_ONCE = 500  # viewers told before other work gets its turn: some five milliseconds


@dataclass(frozen=True, slots=True)
class Painted:
    """A screen, the floor it shows, and the strokes by which a page that shows the screen before becomes this one."""

    screen: Screen
    floor: Floor = field(default_factory=Floor)
    is_broken: bool = False  # the newest floor cannot be rendered: the screen shows the one before, marked
    strokes: list[str] = field(default_factory=list)


class Room:
    """The viewers of one audience, and what they see."""

    def __init__(self, audience: Audience) -> None:
        self.shown = Painted(Screen(audience))
        self.number = 0  # of its newest frame; 0: nothing is painted yet
        self.viewers: dict[Viewer, None] = {}  # in the order in which they came, and so as they lie in memory
        self.due = Due()
        self.painting = asyncio.Lock()  # one screen after the other: the strokes lead from each to the next
        self._whole: tuple[Message, ...] = ()

    def show(self, newest: Painted) -> None:
        self.shown = newest
        self.number += 1
        self._whole = ()

    def whole(self) -> tuple[Message, ...]:
        """The whole board, made once for all who come before the next frame."""
        self._whole = self._whole or messages(whole_strokes(self.shown.screen))
        return self._whole


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

    async def join(self, audience: Audience, make_viewer: Callable[[Callable[[], Frame], Due], Viewer]) -> Viewer:
        """A place for a new socket; its first frame is the whole board. The first of an audience has it painted, and
        whoever comes meanwhile waits for the same; nobody else does.
        """
        room = self._rooms.setdefault(audience, Room(audience))
        viewer = make_viewer(lambda: self._whole_frame(room), room.due)
        room.viewers[viewer] = None
        try:
            if not room.number:
                await self._begin(room)
        except BaseException:
            self.leave(audience, viewer)
            raise
        return viewer

    async def _begin(self, room: Room) -> None:
        async with room.painting:
            if not room.number:  # nobody else was faster
                await self._repaint(room)

    def leave(self, audience: Audience, viewer: Viewer) -> None:
        room = self._rooms.get(audience)
        if room is None:
            return
        room.viewers.pop(viewer, None)
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
                if unheard_seconds >= HEARTBEAT_SECONDS or (
                    unheard_seconds >= LOOK_SECONDS and self._current_health() != self._health
                ):
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
        """One frame to every viewer: the pulse, and what changed on their screen.

        A room that fails costs no other a stroke; its viewers get the whole board next.
        """
        async with self._telling:
            self._health = self._current_health()
            self._told_at = time.monotonic()
            told = await asyncio.gather(*(self._tell_safely(room) for room in self._rooms.values()))
            self._is_failing = not all(told)

    async def _tell_safely(self, room: Room) -> bool:
        """All rooms at once: so they stand in the painter's line together, and no page that is loaded between them."""
        try:
            return await self._tell_room(room)
        except Exception:
            self._note_failure()
            for viewer in room.viewers:
                viewer.resync()
            return False

    async def _tell_room(self, room: Room) -> bool:
        """Whether everybody could be told. One who cannot be sent to costs the others of the room no frame."""
        is_well = True
        async with room.painting:
            await self._repaint(room)
            frame = Frame(room.number, messages([*room.shown.strokes, self._pulse(room)]))
            room.due.note(frame)
            for told, viewer in enumerate(list(room.viewers), start=1):
                try:
                    viewer.push(frame)
                except Exception:
                    is_well = False
                    self._note_failure()
                    viewer.resync()
                if told % AT_ONCE == 0:
                    await asyncio.sleep(0)
        return is_well

    async def _repaint(self, room: Room) -> None:
        """The newest floor, beside the loop. Until it is there the room shows the one before, under its own number."""
        room.show(await painted(partial(repainted, room.shown, self._floor, self._health)))

    def _whole_frame(self, room: Room) -> Frame:
        """Its pulse is each viewer's own: the time of those before them would make the numbers look young."""
        frame = Frame(room.number, (*room.whole(), Message(self._pulse(room))))
        room.due.note(frame)
        return frame

    def _pulse(self, room: Room) -> str:
        """Of the floor that the room's screen shows. It comes last in a frame: it says how new the numbers are that
        stand on the page by then.
        """
        return pulse(
            room.shown.floor.held,
            self.now(),
            self._config.stale_rounds,
            build_id(),
            frame_number=room.number,
            feed_lost_since=self._health.feed_lost_since,
        )


def messages(pieces: list[str]) -> tuple[Message, ...]:
    return tuple(map(Message, packed(pieces)))


def repainted(before: Painted, floor: Floor, health: Health) -> Painted:
    """The newest floor; where it cannot be rendered, the one before stays and is marked, for this room alone."""
    audience = before.screen.audience
    try:
        screen, is_broken = gallery.paint(floor, health, audience, before.screen), False
    except Exception:
        if not before.is_broken:
            logger.exception("A floor cannot be rendered; the screen keeps the one before until this works again")
        floor, is_broken = before.floor, True
        screen = gallery.paint(floor, broken(health, floor), audience, before.screen)
    return Painted(screen, floor, is_broken, strokes(before.screen, screen))


def broken(health: Health, shown: Floor) -> Health:
    return replace(health, trouble=Trouble.BROKEN, truth_at=shown.held.sent_at if shown.held else None)

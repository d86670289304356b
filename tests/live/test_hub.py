"""The hub on a real Redis: everybody gets every tick, and nobody's trouble is anybody else's."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup

from eqboard.accounts.access import Grant, Rights
from eqboard.boards import gallery
from eqboard.boards.audience import Audience
from eqboard.boards.spec import Surface
from eqboard.feed import connection
from eqboard.feed.follower import Follower
from eqboard.floor.snapshot import Snapshot
from eqboard.live import hub as module
from eqboard.live.hub import Hub
from eqboard.live.sending import SendLine
from eqboard.live.viewer import Frame, Viewer
from tests.boards.painting import audience, floor_of
from tests.builders import agent, membership, queue, snapshot, source, waiting_call
from tests.feed.following import Speaker, hung, speaking, until

EVERYTHING = audience(Surface.DESK, "en", Rights(frozenset({Grant(None, frozenset())})))
ONLY_500 = audience(Surface.DESK, "en", Rights(frozenset({Grant(frozenset({"500"}), frozenset())})))
ON_THE_WALL = audience(Surface.TV, "en", EVERYTHING.rights)

SILENT = "which reads EQ for this board, is silent"
UNHEARD = "has not been heard yet"
NO_REDIS = "no connection to Redis"
BROKEN = "EQ answers with errors"


@dataclass(eq=False)
class Screen:
    """A fake socket with a fake browser, which acknowledges what it gets unless told otherwise."""

    reads: bool = True
    frames: list[str] = field(default_factory=list)
    messages: str = ""  # of the frame whose end has not come yet
    dropped: bool = False
    viewer: Viewer | None = None

    async def send(self, text: str) -> None:
        self.messages += text
        if 'id="pulse"' not in text:
            return
        frame, self.messages = self.messages, ""
        self.frames.append(frame)
        if not self.reads:
            await asyncio.Event().wait()
        self.viewer.on_ack(frame_number(frame))

    def drop(self) -> None:
        self.dropped = True

    async def gets(self, *words: str, seconds: float = 15.0) -> str:
        """A frame with all the words, now or later."""
        await until(lambda: any(all(word in text for word in words) for text in self.frames), seconds)
        return next(text for text in self.frames if all(word in text for word in words))

    def forget(self) -> None:
        self.frames.clear()


def frame_number(text: str) -> int:
    return int(BeautifulSoup(text, "html.parser").find(id="pulse")["data-frame"])


@asynccontextmanager
async def watching(hub: Hub, audience: Audience, *, reads: bool = True) -> AsyncIterator[Screen]:
    screen = Screen(reads)
    line = SendLine(screen.send)
    screen.viewer = await hub.join(audience, partial(Viewer, line, screen.drop))
    writer = asyncio.create_task(line.write())
    screen.viewer.begin()
    try:
        yield screen
    finally:
        hub.leave(audience, screen.viewer)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


@pytest.fixture
async def follower(config) -> AsyncIterator[Follower]:
    follower = Follower(config.redis_url)
    yield follower
    await follower.stop()


@pytest.fixture
async def hub(config, follower) -> AsyncIterator[Hub]:
    hub = Hub(config, follower)
    await hub.start()
    yield hub
    tasks = list(hub._tasks)
    assert not any(task.done() for task in tasks), "nothing ends the hub"
    await hub.stop()


@pytest.fixture
async def speaker(redis_url) -> AsyncIterator[Speaker]:
    async with speaking(redis_url) as speaker:
        yield speaker


async def say(speaker: Speaker, floor: Snapshot) -> None:
    await speaker.says(floor, sent_at=datetime.now(UTC))


def a_floor(*names: str) -> Snapshot:
    now = datetime.now(UTC)
    return snapshot(
        sources=[source(taken_at=now)],
        queues=[queue(str(500 + place), name=name) for place, name in enumerate(names)],
    )


# Everybody is told


async def test_a_new_viewer_gets_the_whole_board_and_then_what_changed(hub, speaker) -> None:
    await say(speaker, a_floor("Sales"))
    async with watching(hub, EVERYTHING) as first:
        await first.gets("Sales")
        async with watching(hub, EVERYTHING) as late:
            await late.gets('id="screen"', "Sales")
            await say(speaker, a_floor("Sales", "Orders"))
            frame = await late.gets("Orders")
            assert 'id="screen"' not in frame
            assert "Sales" not in frame, "what did not change is not sent again"


async def test_everybody_with_the_same_rights_shares_one_rendering(config, follower, monkeypatch) -> None:
    painted = []
    honest = gallery.paint
    monkeypatch.setattr(gallery, "paint", lambda *args: painted.append(args[2]) or honest(*args))
    hub = Hub(config, follower)
    async with watching(hub, EVERYTHING) as one, watching(hub, EVERYTHING) as two, watching(hub, ONLY_500) as other:
        for screen in (one, two, other):
            await screen.gets('id="screen"')
        painted.clear()
        hub._floor = floor_of(a_floor("Sales", "Orders"))
        await hub._tell()
        assert await one.gets("Orders") is await two.gets("Orders"), "the very same text, not an equal one"
        assert "Orders" not in await other.gets("Sales")
        assert painted == [EVERYTHING, ONLY_500]


async def test_desk_and_wall_are_rendered_apart(hub, speaker) -> None:
    async with watching(hub, EVERYTHING) as desk, watching(hub, ON_THE_WALL) as wall:
        await say(speaker, snapshot(queues=[queue("500", name="Sales")], agents=[agent(7, name="Ana Ruiz")]))
        await desk.gets("Ana Ruiz")
        await wall.gets("Sales")
        assert "Ana Ruiz" not in "".join(wall.frames)


async def test_who_may_not_see_a_queue_gets_nothing_of_it(hub, speaker) -> None:
    both = snapshot(
        queues=[queue("500", name="Sales"), queue("501", name="Secret")],
        agents=[
            agent(7, name="Ana Ruiz"),
            agent(8, name="Eva Gil", memberships=(membership("501", queue_name="Secret"),)),
        ],
        waiting=[waiting_call("1.1"), waiting_call("1.2", queue="501", queue_name="Secret")],
    )
    async with watching(hub, ONLY_500) as screen:
        await say(speaker, both)
        await screen.gets("Sales", "Ana Ruiz")
        await say(speaker, a_floor("Sales", "Secret", "Orders"))
        await until(lambda: len(screen.frames) >= 3)
        told = "".join(screen.frames)
        assert "Secret" not in told
        assert "Eva Gil" not in told


async def test_a_viewer_who_never_reads_costs_the_others_nothing(hub, speaker) -> None:
    async with watching(hub, EVERYTHING) as healthy, watching(hub, EVERYTHING, reads=False) as stalled:
        for number in range(40):
            await say(speaker, a_floor(f"Queue number {number}"))
            await healthy.gets(f"Queue number {number}")
        assert len(stalled.frames) == 1
        assert stalled.viewer._line._slot is None


async def test_the_last_viewer_who_leaves_frees_the_room(hub) -> None:
    async with watching(hub, EVERYTHING):
        async with watching(hub, EVERYTHING), watching(hub, ONLY_500):
            assert hub.viewer_count == 3
        assert hub.viewer_count == 1
        assert list(hub._rooms) == [EVERYTHING]
    assert hub.viewer_count == 0
    assert not hub._rooms


async def test_leaving_twice_harms_nobody(hub) -> None:
    async with watching(hub, EVERYTHING) as screen:
        hub.leave(EVERYTHING, screen.viewer)
    hub.leave(ONLY_500, screen.viewer)
    assert hub.viewer_count == 0


@dataclass(eq=False)
class Recorder:
    """Stands in for a viewer: notes the frames it is offered."""

    numbers: list[int] = field(default_factory=list)

    def push(self, frame: Frame) -> bool:
        self.numbers.append(frame.number)
        return True


async def test_frames_come_in_order_though_a_tick_pauses_in_its_midst(config, follower, monkeypatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1)
    hub = Hub(config, follower)
    crowd = [await hub.join(EVERYTHING, lambda whole, due: Recorder()) for _ in range(5)]
    await asyncio.gather(*(hub._tell() for _ in range(20)))
    assert all(each.numbers == list(range(2, 22)) for each in crowd), "the first was the whole board"


class Troublesome(Recorder):
    """Cannot be sent to."""

    resyncs = 0

    def push(self, frame: Frame) -> bool:
        super().push(frame)
        raise ZeroDivisionError("a bug of ours")

    def resync(self) -> None:
        self.resyncs += 1


async def test_one_who_cannot_be_sent_to_costs_the_others_no_frame(config, follower, caplog) -> None:
    hub = Hub(config, follower)
    crowd = [await hub.join(EVERYTHING, lambda whole, due, kind=kind: kind()) for kind in (Recorder, Troublesome) * 2]
    for _ in range(3):
        await hub._tell()
    assert [each.numbers for each in crowd] == [[2, 3, 4]] * 4
    assert crowd[1].resyncs == 3, "the whole board is next, when it can be sent"
    assert len(caplog.records) == 1
    assert "a bug of ours" in caplog.text


# Screens are painted beside the loop


class Brush:
    """Paints when it may; notes for whom, and in which thread."""

    def __init__(self) -> None:
        self.may_paint = threading.Event()
        self.begun: list[Audience] = []
        self.threads: set[int] = set()

    def __call__(self, *args: Any) -> Any:
        self.begun.append(args[2])
        self.threads.add(threading.get_ident())
        self.may_paint.wait(10)
        return HONEST_PAINT(*args)


HONEST_PAINT = gallery.paint


@pytest.fixture
def brush(monkeypatch) -> Iterator[Brush]:
    brush = Brush()
    monkeypatch.setattr(gallery, "paint", brush)
    yield brush
    brush.may_paint.set()


def comes(hub: Hub, audience: Audience, screen: Screen) -> "asyncio.Task[Viewer]":
    """Somebody who gets in as soon as the screen is there."""
    return asyncio.create_task(hub.join(audience, partial(Viewer, SendLine(screen.send), screen.drop)))


async def test_the_loop_goes_on_while_a_first_screen_is_painted_once_for_all_who_wait(config, follower, brush) -> None:
    hub = Hub(config, follower)
    tasks = [comes(hub, EVERYTHING, Screen()) for _ in range(3)]
    await until(lambda: brush.begun)  # said by the loop, in the midst of it
    assert not any(task.done() for task in tasks)
    brush.may_paint.set()
    await asyncio.gather(*tasks)
    assert brush.begun == [EVERYTHING]
    assert threading.get_ident() not in brush.threads
    assert hub.viewer_count == 3


async def test_who_goes_away_while_waiting_leaves_no_place_taken_and_others_wait_on(config, follower, brush) -> None:
    hub = Hub(config, follower)
    first, second = (comes(hub, EVERYTHING, Screen()) for _ in range(2))
    await until(lambda: brush.begun)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert hub.viewer_count == 1
    brush.may_paint.set()
    await second
    hub.leave(EVERYTHING, second.result())
    assert not hub._rooms


async def test_a_first_screen_that_cannot_be_painted_at_all_leaves_no_room_behind(
    config, follower, monkeypatch
) -> None:
    def fail(*args: Any) -> None:
        raise ZeroDivisionError

    hub = Hub(config, follower)
    monkeypatch.setattr(gallery, "paint", fail)
    with pytest.raises(ZeroDivisionError):
        await comes(hub, EVERYTHING, Screen())
    assert not hub._rooms


async def test_who_comes_while_the_next_screen_is_painted_gets_the_one_before_and_then_what_changed(
    hub, speaker, brush
) -> None:
    brush.may_paint.set()
    async with watching(hub, EVERYTHING) as first:
        await say(speaker, a_floor("Sales"))
        await first.gets("Sales")
        brush.may_paint.clear()
        brush.begun.clear()
        await say(speaker, a_floor("Sales", "Orders"))
        await until(lambda: hub._floor.held.seq == 2 and brush.begun)
        async with watching(hub, EVERYTHING) as late:
            whole = await late.gets('id="screen"', "Sales")
            assert "Orders" not in whole
            brush.may_paint.set()
            frame = await late.gets("Orders")
            assert 'id="screen"' not in frame
            numbers = [frame_number(text) for text in late.frames]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            assert await first.gets("Orders") is frame


async def test_a_page_that_is_loaded_waits_behind_all_rooms_and_not_between_them(hub, speaker, brush) -> None:
    spanish = audience(Surface.DESK, "es", EVERYTHING.rights)
    brush.may_paint.set()
    async with watching(hub, EVERYTHING) as one, watching(hub, spanish) as two:
        await one.gets('id="screen"')
        await two.gets('id="screen"')
        brush.may_paint.clear()
        brush.begun.clear()
        await say(speaker, a_floor("Sales"))
        await until(lambda: brush.begun)
        page = asyncio.create_task(gallery.painted(lambda: list(brush.begun)))
        await asyncio.sleep(0)  # it stands in line
        brush.may_paint.set()
        assert set(await page) == {EVERYTHING, spanish}


async def test_of_many_who_come_at_once_one_costs_a_whole_board(config, follower, monkeypatch) -> None:
    made = []
    honest = module.whole_strokes
    monkeypatch.setattr(module, "whole_strokes", lambda screen: made.append(1) or honest(screen))
    hub = Hub(config, follower)
    async with watching(hub, EVERYTHING) as one, watching(hub, EVERYTHING) as two:
        await one.gets('id="screen"')
        await two.gets('id="screen"')
    assert len(made) == 1


# What is wrong is said


async def test_the_first_board_waits_until_redis_has_answered(config, follower, redis_url) -> None:
    hub = Hub(config, follower)
    with hung(redis_url):
        starting = asyncio.create_task(hub.start())
        await until(lambda: follower.is_running)
        await asyncio.sleep(0)
        assert not starting.done()
    await starting
    assert hub._floor.is_connected
    await hub.stop()


async def test_a_silent_poller_is_told_after_its_rounds_and_not_with_the_next_beat(
    hub, speaker, config, monkeypatch
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 60.0)
    async with watching(hub, EVERYTHING) as screen:
        said_at = time.monotonic()
        await say(speaker, a_floor("Sales"))
        await screen.gets("Sales")
        await screen.gets(SILENT)
        assert time.monotonic() - said_at > config.poll_seconds * config.stale_rounds
        screen.forget()
        await say(speaker, a_floor("Sales"))
        frame = await screen.gets('id="health"')
        assert SILENT not in frame


async def test_a_poller_that_never_spoke_is_told_too(hub) -> None:
    async with watching(hub, EVERYTHING) as screen:
        await screen.gets(UNHEARD)


async def test_while_nobody_speaks_the_page_still_hears_a_pulse(hub, monkeypatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    async with watching(hub, EVERYTHING) as screen:
        await screen.gets(UNHEARD)
        screen.forget()
        await until(lambda: len(screen.frames) >= 3)
        assert all('id="pulse"' in text for text in screen.frames)


async def test_redis_gone_is_told_and_so_is_its_return(hub, speaker, redis_server) -> None:
    async with watching(hub, EVERYTHING) as screen:
        await say(speaker, a_floor("Sales"))
        await screen.gets("Sales")
        assert not any(NO_REDIS in text for text in screen.frames)
        redis_server.stop()
        await screen.gets(NO_REDIS)
        async with watching(hub, EVERYTHING) as late:
            await late.gets(NO_REDIS, "Sales")
        redis_server.start()
        await speaker.lead()
        screen.forget()
        await say(speaker, a_floor("Sales", "Orders"))
        await screen.gets("Orders")
        assert not any(NO_REDIS in text for text in screen.frames[-1:])


async def test_redis_hung_is_told(speaker, redis_url, monkeypatch, config, follower) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.4)  # the feed's own test waits for the real one
    hub = Hub(config, follower)
    await hub.start()
    async with watching(hub, EVERYTHING) as screen:
        await say(speaker, a_floor("Sales"))
        await screen.gets("Sales")
        screen.forget()
        with hung(redis_url):
            await screen.gets(NO_REDIS)
    await hub.stop()


# Nothing ends the hub


async def test_a_floor_that_cannot_be_rendered_is_marked_for_its_audience_alone(
    hub, speaker, monkeypatch, caplog
) -> None:
    honest = gallery.paint

    def paint(floor, health, audience, *rest):
        if audience == EVERYTHING and "666" in floor.snapshot.queues:
            raise ZeroDivisionError("a template's bug")
        return honest(floor, health, audience, *rest)

    monkeypatch.setattr(gallery, "paint", paint)
    poison = snapshot(queues=[queue("666", name="Poison"), queue("500", name="Sales, renamed")])
    async with watching(hub, EVERYTHING) as broken, watching(hub, ONLY_500) as healthy:
        await say(speaker, a_floor("Sales"))
        await broken.gets("Sales")
        await healthy.gets("Sales")
        seq = 'data-seq="1"'
        for _ in range(3):
            await say(speaker, poison)
            await asyncio.sleep(0.05)
        await healthy.gets("Sales, renamed")
        frame = await broken.gets(BROKEN)
        assert seq in frame, "the pulse is that of the floor that is shown, so that its numbers grow old"
        async with watching(hub, EVERYTHING) as late:
            await late.gets("Sales", BROKEN)
        await say(speaker, a_floor("Sales", "Orders"))
        frame = await broken.gets("Orders")
        assert BROKEN not in frame
    assert caplog.text.count("ZeroDivisionError: a template's bug") == 1


async def test_a_first_floor_that_cannot_be_rendered_lets_viewers_in_all_the_same(hub, speaker, monkeypatch) -> None:
    honest = gallery.paint

    def paint(floor, *rest):
        if floor.snapshot.queues:
            raise ZeroDivisionError
        return honest(floor, *rest)

    await say(speaker, a_floor("Sales"))
    await until(lambda: hub._floor.held)
    monkeypatch.setattr(gallery, "paint", paint)
    async with watching(hub, EVERYTHING) as screen:
        await screen.gets('id="screen"', BROKEN)


async def test_an_error_nobody_expected_does_not_end_the_following(hub, speaker, monkeypatch, caplog) -> None:
    honest, failures = module.strokes, []

    def strokes(*args):
        if len(failures) < 5:
            failures.append(1)
            raise ZeroDivisionError("a bug of ours")
        return honest(*args)

    async with watching(hub, EVERYTHING) as screen:
        await say(speaker, a_floor("Sales"))
        await screen.gets("Sales")
        monkeypatch.setattr(module, "strokes", strokes)
        async with asyncio.timeout(10):
            while len(failures) < 5:
                await say(speaker, a_floor("Sales"))
                await asyncio.sleep(0.02)
        await say(speaker, a_floor("Sales", "Orders"))
        await until(lambda: any("Orders" in text for text in screen.frames[1:]))
    assert 1 <= caplog.text.count("The hub stumbled") <= 2


async def test_starting_twice_is_starting_once_and_stopping_leaves_nothing(config, follower) -> None:
    before = asyncio.all_tasks()
    hub = Hub(config, follower)
    await hub.start()
    await hub.start()
    assert len(asyncio.all_tasks() - before) == 3  # the third is the follower's
    await hub.stop()
    await follower.stop()
    assert asyncio.all_tasks() == before
    await hub.start()
    async with watching(hub, EVERYTHING) as screen:
        await screen.gets(UNHEARD)
    await hub.stop()

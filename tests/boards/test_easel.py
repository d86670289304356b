"""Drafts are painted beside the loop, one after the other, and cost the boards nothing."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from eqboard.boards import easel as module
from eqboard.boards.audience import Audience
from eqboard.boards.easel import CrowdedError, Easel, usable
from eqboard.boards.fragments import Screen
from eqboard.boards.gallery import gallery
from eqboard.boards.health import Health
from eqboard.boards.spec import AgentsAs, Surface, Targets
from eqboard.floor.levels import Direction, Level, Threshold
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.windows import Window
from tests.boards.painting import audience, floor_of
from tests.builders import agent, snapshot

pytestmark = pytest.mark.usefixtures("config")

FLOOR = floor_of(snapshot(agents=[agent(1), agent(2)]))
LEVELS = {("500", Metric.WAITING, Window.NOW, Direction.HIGH): Level()}


def draft(**chosen: object) -> Audience:
    whole = audience(**chosen)
    return replace(whole, board=replace(whole.board, ref="preview", name=""))


async def painted(easel: Easel, who: int = 1, **chosen: object) -> Screen:
    return await easel.paint(who, FLOOR, Health(), draft(**chosen))


class Brush:
    """Paints when it may; notes in which thread, and how many at a time."""

    def __init__(self) -> None:
        self.may_paint = threading.Event()
        self.threads: list[int] = []
        self.at_once = self.most_at_once = 0

    def __call__(self, *args: object) -> Screen:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.threads.append(threading.get_ident())
        self.may_paint.wait(10)
        self.at_once -= 1
        return Screen(args[2])  # type: ignore[arg-type]


@pytest.fixture
def brush(monkeypatch):
    brush = Brush()
    monkeypatch.setattr(module, "paint", brush)
    yield brush
    brush.may_paint.set()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


async def test_the_loop_goes_on_while_a_draft_is_painted(brush):
    painting = asyncio.create_task(painted(Easel()))
    await until(lambda: brush.at_once == 1)  # said by the loop, in the midst of it
    assert not painting.done()
    brush.may_paint.set()
    await painting
    assert brush.threads[0] != threading.get_ident()


async def test_drafts_of_several_people_are_painted_one_after_the_other(brush):
    easel = Easel()
    tasks = [asyncio.create_task(painted(easel, who)) for who in range(5)]
    await until(lambda: brush.at_once == 1)
    brush.may_paint.set()
    await asyncio.gather(*tasks)
    assert (len(brush.threads), brush.most_at_once) == (5, 1)


async def test_who_asks_faster_than_can_be_painted_is_told_and_others_are_not(brush):
    easel = Easel()
    tasks = [asyncio.create_task(painted(easel, 1)) for _ in range(2)]
    await until(lambda: brush.at_once == 1)
    with pytest.raises(CrowdedError):
        await painted(easel, 1)
    other = asyncio.create_task(painted(easel, 2))
    brush.may_paint.set()
    await asyncio.gather(*tasks, other)
    await painted(easel, 1)


async def test_who_goes_away_while_waiting_is_not_painted_for_and_leaves_no_place_taken(brush):
    easel = Easel()
    first, second = (asyncio.create_task(painted(easel, 1)) for _ in range(2))
    await until(lambda: brush.at_once == 1)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    brush.may_paint.set()
    await first
    await painted(easel, 1)
    assert len(brush.threads) == 2


async def test_after_a_draft_it_rests_as_long_as_that_took(monkeypatch):
    now, slept = [100.0], []

    def take_three_seconds(*args: object) -> Screen:
        now[0] += 3.0
        return Screen(draft())

    monkeypatch.setattr(module, "paint", take_three_seconds)
    easel = Easel(clock=lambda: now[0], sleep=slept.append)
    await painted(easel)
    await painted(easel)
    now[0] += 60.0
    await painted(easel)
    assert slept == [0.0, 3.0, 0.0]


async def test_what_did_not_change_on_a_draft_is_not_painted_again():
    easel = Easel()
    before, after, named_otherwise = [await painted(easel) for _ in range(2)] + [await painted(easel, theme="dark")]
    for later in (after, named_otherwise):
        assert later.strips["agents"][1] is before.strips["agents"][1]
    assert (await painted(easel, who=2)).strips["agents"][1] is not before.strips["agents"][1]


async def test_only_the_newest_drafts_are_kept(monkeypatch):
    monkeypatch.setattr(module, "PLACES", 2)
    easel = Easel()
    for who in (1, 2, 1, 3):
        await painted(easel, who)
    assert list(easel._screens) == [1, 3]


async def test_the_gallery_hears_nothing_of_drafts():
    before = list(gallery._screens), list(gallery._standings)
    await painted(Easel())
    assert (list(gallery._screens), list(gallery._standings)) == before


async def test_a_draft_that_cannot_be_painted_does_not_stop_the_next(monkeypatch):
    easel, honest = Easel(), module.paint

    def fail(*args: object) -> Screen:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "paint", fail)
    with pytest.raises(ZeroDivisionError):
        await painted(easel)
    monkeypatch.setattr(module, "paint", honest)
    assert (await painted(easel)).strips["agents"]


@pytest.mark.parametrize(
    "other",
    [
        draft(language="he"),
        draft(agents_as=AgentsAs.CARDS),
        draft(surface=Surface.TV),
        draft(time_zone="Asia/Tokyo"),
    ],
)
def test_what_would_be_written_in_another_way_is_not_taken_over(other):
    assert usable(Screen(draft(), levels=LEVELS), other) is None
    assert usable(None, other) is None


def test_levels_go_on_only_against_the_same_limits():
    held = Screen(draft(), levels=LEVELS)
    assert usable(held, draft(hides_names=True)) is held
    limits = (Threshold(Metric.WAITING, Direction.HIGH, warning=3),)
    assert usable(held, draft(thresholds=limits)) == Screen(draft())
    ninety = replace(draft(), board=replace(draft().board, targets=Targets(Target(percent=90))))
    assert usable(held, ninety) == Screen(draft())

"""Boards of queues and agents that come, go and are renamed; of none at all, and of two hundred."""

from dataclasses import replace
from itertools import cycle, islice

import pytest

from eqboard.boards.fragments import whole
from eqboard.boards.health import Health
from eqboard.boards.parts.wall import WALL_QUEUES
from eqboard.boards.spec import BoardPart, Kind, Surface
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import Metric
from eqboard.floor.snapshot import Snapshot
from tests.boards.htmx import parse
from tests.boards.painting import audience, paint
from tests.builders import agent, queue, snapshot

SURFACES = [Surface.DESK, Surface.TV]
LIMIT = Threshold(Metric.WAITING, Direction.HIGH, warning=1)
NAMES = ("S", "\u05e9", "\u540d", "S" * 50, "\u05e9" * 50, "\u540d" * 50)  # Latin, Hebrew and Chinese
BOARD = {
    Surface.DESK: tuple(map(BoardPart, (Kind.TOTALS, Kind.TILES, Kind.TABLE, Kind.AGENTS, Kind.BUDGET, Kind.STAFFING))),
    Surface.TV: tuple(map(BoardPart, (Kind.TOTALS, Kind.TILES, Kind.AGENTS, Kind.BUDGET))),
}


def board(surface, **chosen):
    return audience(surface, parts=BOARD[surface], thresholds=(LIMIT,), **chosen)


def painted(surface, *floors: Snapshot, **chosen):
    """The page of the last floor, painted upon those before."""
    screen = None
    for floor in floors:
        screen = paint(floor, Health(), board(surface, **chosen), screen)
    assert screen is not None
    return parse(whole(screen))


def ids(page, strip):
    return [each["id"] for each in page.select(f"#{strip} > li")]


@pytest.mark.parametrize("surface", SURFACES)
class TestComingAndGoing:
    ALL = snapshot(queues=[queue("500", waiting_count=3), queue("501", name="Support")], agents=[agent(7)])
    LESS = snapshot(queues=[queue("501", name="Support")])

    def test_who_vanishes_leaves_nothing_behind(self, surface):
        page = painted(surface, self.ALL, self.LESS)
        assert (ids(page, "queues"), ids(page, "agents")) == (["queue-501"], [])
        assert str(page) == str(painted(surface, self.LESS))

    def test_who_comes_back_stands_where_they_stood(self, surface):
        page = painted(surface, self.ALL, self.LESS, self.ALL)
        assert str(page) == str(painted(surface, self.ALL))

    def test_who_is_renamed_is_the_same_element_with_another_name(self, surface):
        queues = {"500": replace(self.ALL.queues["500"], name="Ventas")}
        renamed = replace(
            self.ALL, queues=self.ALL.queues | queues, agents={7: replace(self.ALL.agents[7], name="Ana Gil")}
        )
        page = painted(surface, self.ALL, renamed)
        assert "Ventas" in page.find(id="queue-500").text
        assert "Ana Gil" in page.find(id="agent-7").text
        assert page.find(id="queue-500")["data-level"] == "warning", "its level goes on"

    def test_a_board_whose_queues_are_all_gone_says_so_and_shows_them_when_they_are_back(self, surface):
        gone = painted(surface, self.ALL, snapshot(), queues=("500", "501"))
        assert ids(gone, "queues") == []
        assert gone.select_one("#queues + .empty").text.strip()
        back = painted(surface, self.ALL, snapshot(), self.ALL, queues=("500", "501"))
        assert sorted(ids(back, "queues")) == ["queue-500", "queue-501"]


@pytest.mark.parametrize("language", ["en", "es", "he"])
@pytest.mark.parametrize("surface", SURFACES)
class TestManyAndNone:
    def test_no_queues_are_a_sentence(self, surface, language):
        page = painted(surface, snapshot(), language=language)
        assert page.select_one("#queues + .empty").text.strip()
        assert page.select("#queues > *") == []

    def test_two_hundred_queues_of_short_and_long_names_in_three_scripts(self, surface, language):
        queues = [queue(str(500 + place), name=name) for place, name in enumerate(islice(cycle(NAMES), 200))]
        page = painted(surface, snapshot(queues=queues), language=language)
        tiles = page.select("#queues > li")
        assert len(tiles) == (200 if surface is Surface.DESK else WALL_QUEUES)
        shown = {tile["id"].removeprefix("queue-"): tile.select_one("bdi.outside").text for tile in tiles}
        assert shown.items() <= {each.extension: each.name for each in queues}.items()
        every_id = [each["id"] for each in page.select("[id]")]
        assert len(every_id) == len(set(every_id))

    def test_what_a_wall_cannot_hold_is_summed_up(self, surface, language):
        queues = [queue(str(500 + place), waiting_count=1) for place in range(200)]
        more = painted(surface, snapshot(queues=queues), language=language).find(id="more")
        if surface is Surface.TV:
            assert (more["data-queues"], more["data-waiting"]) == (str(200 - WALL_QUEUES), str(200 - WALL_QUEUES))
        else:
            assert more is None

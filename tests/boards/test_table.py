"""Queues as a table: a row for each, and one for all of them that is weighted."""

import pytest

from eqboard.accounts.access import Grant, Rights
from eqboard.boards.fragments import strokes, whole
from eqboard.boards.spec import BoardPart, Figure, Kind
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import Metric
from eqboard.floor.windows import Window
from tests.boards.htmx import parse
from tests.boards.painting import audience
from tests.boards.past import answered, minute, paint, past
from tests.builders import HOSTILE_TEXTS, queue, snapshot

FIGURES = (Figure(Metric.WAITING), Figure(Metric.SERVICE_LEVEL, Window.TODAY), Figure(Metric.ASA, Window.LAST_30))
BOTH = snapshot(queues=[queue("500", name="Sales", waiting_count=2), queue("501", name="Billing", waiting_count=3)])
MORNING = past(minute(q500=answered(1), q501=answered(0, 9)))


def board(**chosen):
    return audience(**{"parts": (BoardPart(Kind.TABLE),), "figures": FIGURES} | chosen)


def table(floor=BOTH, counts=MORNING, **chosen):
    return parse(whole(paint(floor, board(**chosen), counts))).select_one(".table")


def texts(row):
    return [each.select_one(".n").text for each in row.select("[role=cell]")]


def test_a_row_has_a_cell_for_each_column_and_every_row_its_roles():
    shown = table()
    heads = [" ".join(each.text.split()) for each in shown.select("[role=columnheader]")]
    assert heads == ["Queue", "Waiting", "Service level today", "ASA 30 min"]
    for row in shown.select("[role=row]:has([role=rowheader])"):
        assert len(row.select("[role=cell]")) == 3
        assert row.parent["role"] == "rowgroup"
    assert {each.parent["role"] for each in shown.select("[role=rowgroup]")} == {"table"}


def test_rows_stand_by_name_with_their_numbers():
    rows = table().select("#table > [role=row]")
    assert [row.select_one(".tile-name").text for row in rows] == ["Billing", "Sales"]
    assert [texts(row)[:2] for row in rows] == [["3", "0\u202f%"], ["2", "100\u202f%"]]


def test_the_sum_is_weighted_and_never_a_mean_of_percentages():
    total = table().find(id="sum")
    assert total.select_one("[role=rowheader]").text == "2 queues"
    assert texts(total)[:2] == ["5", "10\u202f%"]


def test_a_board_names_its_queues_and_their_order():
    shown = table(queues=("500",))
    assert [row["id"] for row in shown.select("#table > *")] == ["line-500"]
    assert texts(shown.find(id="sum"))[:2] == ["2", "100\u202f%"]


def test_queues_of_other_teams_are_in_no_row_and_in_no_sum():
    shown = table(rights=Rights(frozenset({Grant(frozenset({"501"}), frozenset())})))
    assert "Sales" not in shown.text
    assert texts(shown.find(id="sum"))[:2] == ["3", "0\u202f%"]


def test_a_row_is_marked_as_bad_as_its_worst_number():
    limit = Threshold(Metric.WAITING, Direction.HIGH, warning=2, critical=3)
    rows = {row["id"]: row for row in table(thresholds=(limit,)).select("#table > *")}
    assert [rows[key]["data-level"] for key in ("line-500", "line-501")] == ["warning", "critical"]
    assert rows["line-501"].select_one("[role=cell] .grade").text == "critical"


def test_a_changed_queue_is_its_row_and_the_sum():
    other = snapshot(queues=[queue("500", name="Sales", waiting_count=4), BOTH.queues["501"]])
    before = paint(BOTH, board(), MORNING)
    after = paint(other, board(), MORNING, before)
    assert sorted(parse(each).find()["id"] for each in strokes(before, after)) == ["line-500", "sum"]


@pytest.mark.parametrize("count", [0, 1, 100])
def test_any_number_of_queues_makes_a_table(count):
    floor = snapshot(queues=[queue(str(500 + place), name=f"Queue {place}") for place in range(count)])
    shown = table(floor)
    assert len(shown.select("#table > [role=row]")) == count
    assert shown.find(id="sum").select_one("[role=rowheader]").text == f"{count} queue{'' if count == 1 else 's'}"


def test_a_table_without_columns_is_a_list_of_queues():
    assert [texts(row) for row in table(figures=()).select("#table > *")] == [[], []]


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_name_is_text(name):
    shown = table(snapshot(queues=[queue("500", name=name)]))
    assert not shown.select("script, img")
    assert shown.select_one(".tile-name bdi.outside") is not None


def test_beside_a_table_a_tile_has_an_id_of_its_own():
    page = parse(whole(paint(BOTH, board(parts=(BoardPart(Kind.TABLE), BoardPart(Kind.TILES))), MORNING)))
    ids = [each["id"] for each in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_board_without_a_table_has_no_sum():
    assert parse(whole(paint(BOTH, board(parts=(BoardPart(Kind.TILES),)), MORNING))).find(id="sum") is None

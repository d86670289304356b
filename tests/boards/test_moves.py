"""Rows that change their places: what is sent of them, and that the strip is then as if painted fresh (law 4)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.boards import fragments
from eqboard.boards.fragments import Screen, strokes
from eqboard.boards.health import Health
from eqboard.boards.workshop import Fragment
from tests.boards.htmx import parse, receive, shape
from tests.boards.painting import audience, paint
from tests.builders import agent, snapshot

WELL, DESK = Health(), audience()


def rows_of(*shown):
    """A strip of agents, each a key and what stands in their row."""
    return tuple(
        Fragment(f"agent-{key}", text, f'<li id="agent-{key}"><b>{text}</b><i hx-preserve="true"></i></li>')
        for key, text in shown
    )


def pieces_between(old, new):
    """By which a page with the old strip of agents becomes one with the new."""
    return strokes(Screen(DESK, {"agents": old}), Screen(DESK, {"agents": new}))


def list_of(row):
    return parse(f'<ul id="agents">{"".join(each.html for each in row)}</ul>')


def ids_on(page):
    return [each["id"] for each in page.select("li")]


def moved_in(pieces):
    """Who is deleted and inserted again."""
    frame = parse("".join(pieces))
    deleted = {each["id"] for each in frame.select("[hx-swap-oob=delete]")}
    return deleted & {each["id"] for each in frame.select("ul > li")}


KEYS = st.lists(st.integers(0, 12), unique=True, max_size=13)
STRIPS = KEYS.flatmap(
    lambda keys: st.tuples(*(st.tuples(st.just(key), st.sampled_from(("a", "b" * 90))) for key in keys))
)


@settings(max_examples=400, deadline=None)
@given(STRIPS, STRIPS, st.sampled_from((100, 100_000)))
def test_whoever_comes_leaves_changes_and_moves_the_strip_is_as_if_painted_fresh(shown, wanted, most):
    old, new = rows_of(*shown), rows_of(*wanted)
    page = list_of(old)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fragments, "PIECE_CHARACTERS", most)
        pieces = pieces_between(old, new)
    for piece in pieces:
        receive(page, piece)
        assert len(set(ids_on(page))) == len(ids_on(page)), "nobody is there twice"
    assert shape(page) == shape(list_of(new))


@settings(max_examples=400, deadline=None)
@given(STRIPS, STRIPS)
def test_no_move_costs_more_than_the_whole_strip_nor_has_somebody_move_who_could_stand_still(shown, wanted):
    old, new = rows_of(*shown), rows_of(*wanted)
    pieces = pieces_between(old, new)
    moved = moved_in(pieces)
    whole_swap = f'<ul hx-swap-oob="innerHTML:#agents">{"".join(each.html for each in new)}</ul>'
    assert not moved or sum(map(len, pieces)) <= len(whole_swap)
    still = [each for each in ids_on(list_of(old)) if each not in moved]
    for one in moved:
        places = ids_on(list_of(old))
        others = [each for each in still if each in ids_on(list_of(new))]
        along = sorted([*others, one], key=places.index)
        assert along != sorted(along, key=ids_on(list_of(new)).index), f"{one} had no need to move"


def test_one_who_moves_among_many_is_all_that_is_sent():
    names = {key: f"Agent {key:04}" for key in range(1_500)}
    before = paint(snapshot(agents=[agent(key, name=name) for key, name in names.items()]), WELL, DESK)
    names |= {7: "Zoe", 1_400: "Aaron", 600: "Agent 0600 moves nowhere"}
    after = paint(snapshot(agents=[agent(key, name=name) for key, name in names.items()]), WELL, DESK, before)
    pieces = strokes(before, after)
    assert moved_in(pieces) == {"agent-7", "agent-1400"}
    assert ids_on(parse("".join(pieces))) == ["agent-1400", "agent-7", "agent-600"]
    assert sum(map(len, pieces)) < 4 * len(after.strips["agents"][0].html)


@pytest.mark.parametrize("changed", [2, 3])
def test_of_two_who_change_places_the_one_moves_whose_row_is_sent_anyway(changed):
    old = rows_of((1, "a"), (2, "a"), (3, "a"), (4, "a"))
    new = rows_of(*((key, "b" if key == changed else "a") for key in (1, 3, 2, 4)))
    pieces = pieces_between(old, new)
    assert moved_in(pieces) == {f"agent-{changed}"}
    assert ids_on(parse("".join(pieces))) == [f"agent-{changed}"]


def test_a_strip_in_quite_another_order_is_swapped_whole():
    rows = rows_of(*((key, f"Agent {key}") for key in range(200)))
    [stroke] = pieces_between(rows, rows[::-1])
    assert parse(stroke).find()["hx-swap-oob"] == "innerHTML:#agents"


def test_whoever_moves_is_sent_once_though_the_row_has_changed_too():
    old, new = rows_of((1, "a"), (2, "b"), (3, "c")), rows_of((2, "b"), (3, "c"), (1, "x"))
    pieces = pieces_between(old, new)
    assert [parse(each).find().get("hx-swap-oob") for each in pieces] == ["delete", "afterend:#agent-3"]
    assert ids_on(parse("".join(pieces))) == ["agent-1"]

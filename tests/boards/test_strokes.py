"""Law 4: the page after any updates equals the page rendered fresh, element by element."""

import dataclasses
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.accounts.access import Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import fragments
from eqboard.boards.fragments import Screen, packed, strokes, whole, whole_strokes
from eqboard.boards.health import Health
from eqboard.boards.spec import BoardPart, Figure, Kind, Surface
from eqboard.floor.changes import apply, diff
from eqboard.floor.metrics import Metric
from eqboard.floor.snapshot import AgentState, Part, Trouble
from eqboard.floor.windows import Window
from tests.boards.htmx import parse, receive, shape
from tests.boards.painting import audience, paint
from tests.builders import (
    NOON,
    abandoned_call,
    agent,
    ago,
    caller,
    conference,
    moments,
    parked_call,
    queue,
    snapshot,
    snapshots,
    successions,
    waiting_call,
)

LIMITED = Rights(frozenset({Grant(frozenset({"500", "501"}), frozenset({"agent.pause", "agent.resume"}))}))
AUDIENCES = [
    audience(surface, language, rights)
    for surface in Surface
    for language in ("en", "es", "he")
    for rights in (EVERYTHING, LIMITED)
] + [audience(ref="supervisor", rights=rights) for rights in (EVERYTHING, LIMITED)]
HEALTHS = st.builds(
    Health,
    feed_lost_since=st.none() | moments(),
    poller_silent_since=st.none() | moments(),
    trouble=st.none() | st.sampled_from(Trouble),
    troubled_parts=st.lists(st.sampled_from(Part), unique=True).map(tuple),
    truth_at=st.none() | moments(),
    is_slow=st.booleans(),
    is_held_back=st.booleans(),
)
SEQUENCES = st.lists(snapshots(3), min_size=2, max_size=4) | successions().map(list)
STATES = (AgentState.AVAILABLE, AgentState.SIGNED_OUT)
FIGURES = tuple(Figure(metric, Window.TODAY) for metric in (Metric.OFFERED, Metric.ANSWERED, Metric.ASA))
DESK = audience(Surface.DESK, "en", EVERYTHING)
WALL = audience(Surface.TV, "en", EVERYTHING)
WELL = Health()


def replay(floors, healths, audience):
    """The page of the first floor after the strokes to each of the others, and the last screen painted fresh."""
    before, screen = Screen(audience), paint(floors[0], healths[0], audience)
    page = parse(whole(screen))
    for floor, health in zip(floors[1:], healths[1:], strict=True):
        before, screen = screen, paint(floor, health, audience, screen)
        for message in packed(strokes(before, screen)):
            receive(page, message)
    return page, fresh(floors[-1], healths[-1], before)


def fresh(floor, health, before):
    """Nothing is taken over, but where the levels stood: they remember (levels.judge)."""
    return paint(floor, health, before.audience, Screen(before.audience, levels=before.levels))


@settings(max_examples=100, deadline=None)
@given(SEQUENCES, st.data(), st.sampled_from(AUDIENCES))
def test_a_page_that_was_updated_equals_one_rendered_fresh(floors, data, audience):
    healths = data.draw(st.lists(HEALTHS, min_size=len(floors), max_size=len(floors)))
    updated, screen = replay(floors, healths, audience)
    assert shape(updated) == shape(parse(whole(screen)))


# The same people, queues and callers, each time in another order; some of them away.
ORDERS = st.lists(st.tuples(st.permutations("abcdef"), st.sets(st.integers(0, 5))), min_size=2, max_size=4)


@settings(max_examples=60, deadline=None)
@given(ORDERS, st.sampled_from(AUDIENCES))
def test_a_page_whose_rows_moved_equals_one_rendered_fresh(orders, audience):
    floors = [ordered(names, away) for names, away in orders]
    updated, screen = replay(floors, [WELL] * len(floors), audience)
    assert shape(updated) == shape(parse(whole(screen)))


@settings(max_examples=60, deadline=None)
@given(SEQUENCES | ORDERS.map(lambda orders: [ordered(*order) for order in orders]), st.sampled_from(AUDIENCES))
def test_a_board_that_comes_in_several_messages_is_the_same_board(floors, audience):
    with pytest.MonkeyPatch.context() as patch:  # so small that any board needs several
        patch.setattr(fragments, "MESSAGE_CHARACTERS", 4_000)
        patch.setattr(fragments, "PIECE_CHARACTERS", 1_500)
        updated, screen = replay(floors, [WELL] * len(floors), audience)
        page = parse(whole(paint(snapshot(), WELL, audience)))
        for message in packed(whole_strokes(screen)):
            receive(page, message)
    assert shape(updated) == shape(page) == shape(parse(whole(screen)))


@pytest.mark.parametrize("reverse", [False, True])
def test_no_message_is_larger_than_a_server_sends(reverse):
    """Daphne sends no message above 1 MiB; these boards are three times as large."""
    name = "שם ארוך מאוד " * 3
    floors = [
        snapshot(agents=[agent(key, name=f"{key if up else 9999 - key} {name}") for key in range(2_000)])
        for up in (True, not reverse)
    ]
    hebrew = audience(Surface.DESK, "he", EVERYTHING)
    [before, after] = [paint(floor, WELL, hebrew) for floor in floors]
    for pieces in (whole_strokes(before), strokes(before, after)):
        assert all(len(message.encode()) < 1024 * 1024 for message in packed(pieces))
    assert len(packed(whole_strokes(before))) > 3


def test_a_board_of_every_part_fits_into_messages_though_each_of_them_is_long():
    """The first message holds the beginning of every strip, and there are thirteen of them."""
    name = "שם ארוך מאוד " * 3
    keys = range(150)
    floor = snapshot(
        queues=[queue(str(1000 + key), name=name) for key in keys],
        agents=[agent(key, name=name, state=STATES[key % 2]) for key in keys],
        waiting=[waiting_call(str(key), queue="1000", caller=caller(name=name)) for key in keys],
        parked=[parked_call(str(key), caller=caller(name=name)) for key in keys],
        conferences=[conference(str(key), name=name) for key in keys],
        abandoned=[abandoned_call(str(key), queue="1000", caller=caller(name=name)) for key in keys],
    )
    everything = audience(Surface.DESK, "he", EVERYTHING, parts=tuple(map(BoardPart, Kind)), figures=FIGURES)
    screen = paint(floor, WELL, everything)
    long = [name for name, row in screen.strips.items() if sum(len(each.html) for each in row) > 30_000]
    assert len(long) >= 9
    messages = packed(whole_strokes(screen))
    assert all(len(message) <= fragments.MESSAGE_CHARACTERS for message in messages)
    beginning = parse(messages[0])
    for strip in long:
        assert beginning.find(id=strip).find(True), f"{strip} begins with the first message"
    page = parse(whole(paint(snapshot(), WELL, everything)))
    for message in messages:
        receive(page, message)
    assert shape(page) == shape(parse(whole(screen)))


def test_a_piece_is_never_torn_and_nothing_is_an_empty_message():
    assert packed([]) == ("",)
    assert packed(["a" * 200_000, "b" * 100_000, "c"]) == ("a" * 200_000, "b" * 100_000 + "c")
    assert packed(["a" * 300_000, "b"]) == ("a" * 300_000, "b")


def ordered(names, away):
    here = [place for place in range(len(names)) if place not in away]
    return snapshot(
        queues=[queue(str(500 + place), name=names[place]) for place in here],
        agents=[agent(place, name=names[place]) for place in here],
        waiting=[waiting_call(str(place), entered_at=ago(ord(names[place]))) for place in here],
    )


@settings(max_examples=40, deadline=None)
@given(successions(), st.sampled_from(AUDIENCES))
def test_it_does_not_matter_whether_the_floor_was_read_whole_or_by_changes(floors, audience):
    """Mappings keep no meaning in their order, and `apply` does not keep the order either."""
    old, new = floors
    [one, other] = [paint(floor, WELL, audience) for floor in (new, apply(old, diff(old, new)))]
    assert whole(one) == whole(other)


@settings(max_examples=60, deadline=None)
@given(snapshots(), HEALTHS, st.sampled_from(AUDIENCES))
def test_every_fragment_is_one_element_with_its_id(floor, health, audience):
    for row in paint(floor, health, audience).strips.values():
        for fragment in row:
            [root] = parse(fragment.html).contents
            assert root["id"] == fragment.id


@settings(max_examples=60, deadline=None)
@given(snapshots(), HEALTHS, st.sampled_from(AUDIENCES))
def test_no_id_is_on_the_page_twice(floor, health, audience):
    ids = Counter(element["id"] for element in parse(whole(paint(floor, health, audience))).select("[id]"))
    assert set(ids.values()) == {1}


@settings(max_examples=40, deadline=None)
@given(snapshots(), st.sampled_from(AUDIENCES))
def test_nothing_changed_is_no_stroke(floor, audience):
    screen = paint(floor, WELL, audience)
    assert strokes(screen, paint(floor, WELL, audience, screen)) == []


def some_floor(**changes):
    agents = [agent(1), agent(2, name="Berta", state=AgentState.PAUSED)]
    return snapshot(**{"queues": [queue("500"), queue("501")], "agents": agents, "waiting": [waiting_call()]} | changes)


def test_what_did_not_change_is_taken_over_and_not_rendered_again():
    floor = some_floor()
    before = paint(floor, WELL, DESK)
    read_again = dataclasses.replace(floor, agents={1: dataclasses.replace(floor.agents[1]), 2: agent(2, name="Bo")})
    after = paint(read_again, dataclasses.replace(WELL), DESK, before)
    assert after.strips["agents"][0] is before.strips["agents"][0]
    assert after.strips["agents"][1] is not before.strips["agents"][1]
    for name in ("health", "queues", "waiting"):
        for new, old in zip(after.strips[name], before.strips[name], strict=True):
            assert new is old


def test_one_change_is_one_small_stroke():
    floor = some_floor()
    before = paint(floor, WELL, DESK)
    renamed = dataclasses.replace(floor, queues=floor.queues | {"501": queue("501", name="Sales 2")})
    frame = parse("".join(strokes(before, paint(renamed, WELL, DESK, before))))
    assert [element["id"] for element in frame.contents] == ["queue-501"]


def test_a_caller_who_leaves_is_deleted_by_id_and_a_new_one_comes_after_the_one_before():
    calls = [waiting_call(str(place), entered_at=ago(90 - place)) for place in range(3)]
    before = paint(some_floor(waiting=calls), WELL, DESK)
    after = paint(some_floor(waiting=[calls[0], calls[2], waiting_call("9")]), WELL, DESK, before)
    elements = [each for each in parse("".join(strokes(before, after))).contents if each.get("hx-swap-oob")]
    assert [(each["hx-swap-oob"], each.get("id")) for each in elements] == [
        ("delete", "call-1"),
        ("afterend:#call-2", None),
    ]


def test_the_same_people_are_rendered_apart_for_each_language():
    [english, hebrew] = [paint(some_floor(), WELL, audience(Surface.DESK, each, EVERYTHING)) for each in ("en", "he")]
    assert english.audience != hebrew.audience
    assert [each.id for each in english.strips["agents"]] == [each.id for each in hebrew.strips["agents"]]


@pytest.mark.parametrize("audience", [DESK, WALL])
def test_an_empty_floor_is_painted(audience):
    page = parse(whole(paint(snapshot(sources=[]), WELL, audience)))
    assert page.find(id="queues") is not None
    assert not page.select("li:not(.wall-figure)")


def test_painting_leaves_the_readers_language_as_it_was():
    from django.utils import translation

    with translation.override("es"):
        whole(paint(some_floor(), Health(is_slow=True, truth_at=NOON), audience(Surface.DESK, "he", EVERYTHING)))
        assert translation.get_language() == "es"

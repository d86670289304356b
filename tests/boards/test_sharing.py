"""What several boards show is made once, and nobody sees by that what they may not see, or what is not so."""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.accounts.access import FULL, SEE_AUDIT, SEE_NUMBERS, Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import fragments, workshop
from eqboard.boards.audience import Audience
from eqboard.boards.fragments import Screen, strokes, whole, whole_strokes
from eqboard.boards.gallery import Gallery
from eqboard.boards.grading import grade
from eqboard.boards.health import Health
from eqboard.boards.layout import AGENTS_AS, DESK, HEALTH, WALL, WALL_MORE, WITHIN, Strip
from eqboard.boards.needs import Needs, narrowed
from eqboard.boards.parts import wall
from eqboard.boards.scene import Scene
from eqboard.boards.spec import AgentsAs, BoardPart, Figure, Kind, MaskedNumbers, StateLimit, Surface, Targets
from eqboard.boards.staging import GRADING
from eqboard.boards.workshop import Shelf, Workshop
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.snapshot import AgentState, Snapshot, Trouble
from eqboard.floor.windows import Window
from tests.boards.painting import MIDNIGHT, audience, floor_of, paint_in
from tests.boards.past import answered, minute, past, scene
from tests.builders import (
    NOON,
    abandoned_call,
    agent,
    ago,
    caller,
    claim,
    conference,
    membership,
    parked_call,
    queue,
    snapshot,
    snapshots,
    successions,
    waiting_call,
)

WELL = Health()
FRONT = frozenset({"500", "501"})
HANDS = FULL - {SEE_NUMBERS}
EVERY_KIND = tuple(map(BoardPart, Kind))
WAITING = Threshold(Metric.WAITING, Direction.HIGH, warning=1, critical=3)
LEVEL = Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=10, window=Window.TODAY, below_promise=True)
GONE = Threshold(Metric.ABANDONED, Direction.HIGH, warning=1, window=Window.TODAY)
LONGEST = Threshold(Metric.LONGEST_WAIT, Direction.HIGH, warning=30, critical=60)
LIMITS = (StateLimit("available", warning_seconds=10), StateLimit("paused", pause_code=1, critical_seconds=20))
COUNTS = past(minute(1, q500=answered(8, 2)), minute(9, q500=answered(1), q501=answered(0, 4)), minute(90))


def of(queues: frozenset[str] | None, actions: Iterable[str], agents: frozenset[int] | None = None) -> Rights:
    return Rights(frozenset({Grant(queues, frozenset(actions), agents)}))


def board(ref: str, base: Audience, **chosen: Any) -> Audience:
    """Another board for the same reader."""
    spec = dataclasses.replace(base.board.spec, **chosen)
    return dataclasses.replace(base, board=dataclasses.replace(base.board, ref=ref, name=ref, spec=spec))


PLAIN = audience(parts=EVERY_KIND, thresholds=(WAITING, LEVEL, GONE, LONGEST), limits=LIMITS)
PROMISES = Targets(Target(percent=90), (("500", Target(percent=50, seconds=5)),))
READERS = {
    "of everything": EVERYTHING,
    "who looks": of(None, {SEE_NUMBERS}),
    "of the front": of(FRONT, FULL),
    "of the front, without numbers": of(FRONT, HANDS),
    "of two teams": Rights(of(FRONT, {SEE_NUMBERS}).grants | of(frozenset({"500"}), HANDS).grants),
    "of one agent": of(None, FULL, frozenset({7})),
}
BOARDS = {
    "as it is": PLAIN,
    "with another name": board("other", PLAIN),
    "the other way round": board("reversed", PLAIN, parts=EVERY_KIND[::-1]),
    "of other numbers": board("figures", PLAIN, totals=(Figure(Metric.ASA),), figures=(Figure(Metric.WAITING),)),
    "against other limits": board("limits", PLAIN, limits=LIMITS[1:], thresholds=(LEVEL,)),
    "against the same in another order": board("order", PLAIN, thresholds=(LONGEST, GONE, LEVEL, WAITING)),
    "with other promises": dataclasses.replace(PLAIN, board=dataclasses.replace(PLAIN.board, targets=PROMISES)),
    "of chosen queues": board("chosen", PLAIN, queues=("501", "500")),
    "masked": board("masked", PLAIN, numbers=MaskedNumbers.LAST_DIGITS),
    "without names": board("nameless", PLAIN, hides_names=True),
    "with cards": board("cards", PLAIN, agents_as=AgentsAs.CARDS),
    "in Tokyo": board("tokyo", PLAIN, time_zone="Asia/Tokyo"),
    "on a wall": board("wall", PLAIN, surface=Surface.TV),
    "on a wall, masked": board("masked wall", PLAIN, surface=Surface.TV, numbers=MaskedNumbers.HIDDEN),
}
AUDIENCES = [
    dataclasses.replace(each, language=language, rights=rights)
    for each in BOARDS.values()
    for rights in READERS.values()
    for language in ("en", "he")
]


def claimed(floor: Snapshot) -> dict[str, Any]:
    """Somebody is at everything."""
    slots = [
        *(f"call:{key}" for key in floor.waiting),
        *(f"parked:{key}" for key in floor.parked),
        *(f"agent:{key}" for key in floor.agents),
        *(f"conference:{key}" for key in floor.conferences),
    ]
    return {slot: claim(slot) for slot in slots}


def floors_of(snapshots: list[Snapshot], epoch: str = "a") -> list[Floor]:
    """One after the other, a second apart; at every other somebody is at everything."""
    return [
        Floor(
            Stored(epoch, seq, NOON + timedelta(seconds=seq), each),
            is_connected=True,
            counts=COUNTS,
            claims=claimed(each) if seq % 2 else {},
        )
        for seq, each in enumerate(snapshots)
    ]


class Alone(Gallery):
    """It shares nothing between audiences."""

    def paint(self, *args: Any) -> Screen:
        self._workshop = Workshop()
        return super().paint(*args)


@pytest.fixture
def rendered(monkeypatch) -> Counter[str]:
    """How many fragments were rendered, by template."""
    counted: Counter[str] = Counter()
    render = Shelf._rendered

    def count(shelf: Shelf, *args: Any) -> Any:
        counted[shelf._render.__self__.template.name] += 1
        return render(shelf, *args)

    monkeypatch.setattr(Shelf, "_rendered", count)
    return counted


# The same pages with and without sharing

FLOORS = st.lists(snapshots(3), min_size=1, max_size=3) | successions().map(list)
PAINTINGS = st.lists(st.tuples(st.sampled_from(AUDIENCES), st.integers(0, 2), st.booleans()), min_size=2, max_size=9)


@settings(max_examples=60)
@given(FLOORS.map(floors_of), PAINTINGS)
def test_whoever_is_painted_for_in_whichever_order_sees_what_they_would_see_alone(floors, paintings):
    together, alone = Gallery(), Alone()
    before: dict[Audience, tuple[Screen, Screen]] = {}
    for who, number, is_well in paintings:
        floor = floors[number % len(floors)]
        health = WELL if is_well else Health(trouble=Trouble.BROKEN, truth_at=NOON)
        screen, other = (gallery.paint(floor, health, who) for gallery in (together, alone))
        assert whole(screen) == whole(other)
        assert screen.levels == other.levels
        was, other_was = before.get(who, (Screen(who), Screen(who)))
        assert strokes(was, screen) == strokes(other_was, other)
        before[who] = screen, other


def test_what_was_painted_for_one_is_not_shown_to_another_who_may_see_less():
    """Every reader of every board after every other one."""
    number = "+34600555777"
    who = caller(number, unique_id=f"{number}.1", name=f"Caller {number}")
    shown = snapshot(
        queues=[queue("500", waiting_count=2), queue("502", name="SECRET")],
        agents=[agent(7, caller=who, call_queue="500"), agent(8, name="SECRET", memberships=(membership("502"),))],
        waiting=[waiting_call(f"{number}.1", caller=who), waiting_call("2", queue="502", caller=caller(name="SECRET"))],
        parked=[parked_call(f"{number}.2", caller=who)],
        abandoned=[abandoned_call(f"{number}.3", caller=who)],
    )
    floor = floor_of(shown)
    seen = {each: whole(fragments.paint(floor, WELL, each, MIDNIGHT)) for each in AUDIENCES}
    veiled = [each for each in AUDIENCES if number[-9:] not in seen[each]]
    limited = [each for each in AUDIENCES if "SECRET" not in seen[each]]
    assert 0 < len(veiled) < len(AUDIENCES)
    assert 0 < len(limited) < len(AUDIENCES)
    for order in (AUDIENCES, AUDIENCES[::-1]):
        gallery = Gallery()
        for each in order:
            assert whole(gallery.paint(floor, WELL, each)) == seen[each]


def test_a_screen_in_another_language_brings_no_fragments_along():
    floor, shared = floor_of(snapshot(agents=[agent(1)])), Workshop()
    hebrew = fragments.paint(floor, WELL, dataclasses.replace(PLAIN, language="he"), MIDNIGHT)
    english = fragments.paint(floor, WELL, PLAIN, MIDNIGHT, hebrew, shared)
    assert "Available" in english.strips["agents"][0].html


def test_of_equal_troubles_each_board_shows_the_one_that_it_names_first():
    limits = [dataclasses.replace(WAITING, critical=None), Threshold(Metric.AVAILABLE, Direction.LOW, warning=5)]
    first, second = (board(f"{place}", PLAIN, thresholds=tuple(limits[::place])) for place in (1, -1))
    gallery, floor = Gallery(), floor_of(snapshot(queues=[queue(waiting_count=2, available_count=1)]))
    tiles = [gallery.paint(floor, WELL, who).strips["queues"][0] for who in (first, second)]
    shown = [tile.subject.trouble.metric for tile in tiles]
    assert shown == [Metric.WAITING, Metric.AVAILABLE]


# What a strip is made from

STRIPS = [HEALTH, WALL_MORE, *DESK.values(), *WALL.values(), *AGENTS_AS.values(), *(extra for _, extra in WITHIN)]
RICH = snapshot(
    queues=[queue("500", waiting_count=4, available_count=1), queue("501", name="Support", waiting_count=0)],
    agents=[
        agent(7, extension="207"),
        agent(8, memberships=(membership("501"),)),
        agent(9, state=AgentState.SIGNED_OUT),
    ],
    waiting=[
        waiting_call(),
        waiting_call("2", queue="501", entered_at=ago(8)),
        waiting_call("3", entered_at=ago(9)),
    ],
    parked=[parked_call(parked_by="207")],
    abandoned=[abandoned_call()],
    conferences=[conference()],
)


def names(strip: Strip) -> str:
    return strip.template.removeprefix("boards/fragments/")


@pytest.mark.parametrize("strip", STRIPS, ids=names)
@settings(max_examples=25)
@given(floor=snapshots(3) | st.just(RICH), who=st.sampled_from(AUDIENCES))
def test_a_strip_is_made_from_nothing_but_what_it_says_it_needs(strip, floor, who):
    everything = busy(floor, who)
    assert list(strip.select(narrowed(everything, strip.needs))) == list(strip.select(everything))


@settings(max_examples=50)
@given(floor=snapshots(3) | st.just(RICH), who=st.sampled_from(AUDIENCES))
def test_levels_are_made_from_nothing_but_what_they_say_they_need(floor, who):
    everything = scene(floor, who, COUNTS)
    assert list(grade(narrowed(everything, GRADING), {}).items()) == list(grade(everything, {}).items())


def each_left_out(needs: Needs) -> Iterable[Needs]:
    """The needs without one of them, for each."""
    for name in needs.spec:
        yield dataclasses.replace(needs, spec=tuple(each for each in needs.spec if each != name))
    for field in dataclasses.fields(needs):
        if field.name != "spec" and getattr(needs, field.name):
            yield dataclasses.replace(needs, **{field.name: field.default})


@pytest.mark.parametrize("strip", STRIPS, ids=names)
def test_a_strip_needs_all_that_it_says_it_does(strip, monkeypatch):
    """Whatever it does not need would keep it from being shared."""
    if strip is WALL_MORE:
        monkeypatch.setattr(wall, "WALL_QUEUES", 1)
        monkeypatch.setattr(wall, "WALL_CALLERS", 1)
    scenes = [busy(RICH, who) for who in AUDIENCES]
    for less in each_left_out(strip.needs):
        assert any(list(strip.select(narrowed(each, less))) != list(strip.select(each)) for each in scenes), less


def busy(floor: Snapshot, who: Audience) -> Scene:
    """The scene in which somebody is at everything, and not all is well."""
    claims = {slot: (each,) for slot, each in claimed(floor).items()}
    return dataclasses.replace(scene(floor, who, COUNTS), claims=claims, health=Health(trouble=Trouble.BROKEN))


OTHERWISE = {
    "spec": BOARDS["of other numbers"],
    "limits": BOARDS["against other limits"],
    "targets": BOARDS["with other promises"],
    "rights": dataclasses.replace(PLAIN, rights=READERS["of the front"]),
    "name": BOARDS["with another name"],
}


@pytest.mark.parametrize("who", OTHERWISE.values(), ids=OTHERWISE)
def test_scenes_that_differ_in_what_is_not_needed_are_equal(who):
    floor = snapshot(queues=[queue("500")], agents=[agent(7)])
    assert _seen(floor, who, Needs()) == _seen(floor, PLAIN, Needs())


NEEDED = {
    "spec": (Needs(spec=("totals",)), BOARDS["of other numbers"]),
    "limits": (Needs(spec=("limits",)), BOARDS["against other limits"]),
    "thresholds": (Needs(thresholds=True), BOARDS["against other limits"]),
    "targets": (Needs(targets=True), BOARDS["with other promises"]),
    "actions": (Needs(actions=frozenset({"agent.pause"})), dataclasses.replace(PLAIN, rights=READERS["who looks"])),
}


@pytest.mark.parametrize(("needs", "who"), NEEDED.values(), ids=NEEDED)
def test_scenes_that_differ_in_what_is_needed_are_not_equal(needs, who):
    floor = snapshot(queues=[queue("500", waiting_count=9)], agents=[agent(7)])
    assert _seen(floor, who, needs) != _seen(floor, PLAIN, needs)


def test_rights_to_what_a_strip_does_not_ask_about_make_no_difference():
    needs = Needs(actions=frozenset({"agent.pause"}))
    auditor, other = (dataclasses.replace(PLAIN, rights=of(None, actions)) for actions in (FULL, FULL - {SEE_AUDIT}))
    assert _seen(RICH, auditor, needs) == _seen(RICH, other, needs)


def _seen(floor: Snapshot, who: Audience, needs: Needs) -> Scene:
    return narrowed(scene(floor, who, COUNTS), needs)


# How often it is made

PEOPLE = snapshot(queues=[queue("500"), queue("501")], agents=[agent(each) for each in range(1, 20)])
TEN = [board(f"{place}", PLAIN, parts=EVERY_KIND[::-1] if place % 2 else EVERY_KIND) for place in range(10)]


def test_ten_boards_that_show_the_same_cost_the_templates_of_one(rendered):
    gallery = Gallery()
    paint_in(gallery, PEOPLE, WELL, TEN[0])
    of_one = rendered.copy()
    assert of_one["boards/fragments/agent.html"] == 19
    for who in TEN:
        paint_in(gallery, PEOPLE, WELL, who)
    assert rendered == of_one


def test_what_changes_is_rendered_once_for_ten_boards(rendered):
    gallery, changed = Gallery(), {**PEOPLE.agents, 3: agent(3, name="Renamed")}
    first, then = floors_of([PEOPLE, dataclasses.replace(PEOPLE, agents=changed)])
    then = dataclasses.replace(then, claims={})
    for who in TEN:
        gallery.paint(first, WELL, who)
    rendered.clear()
    for who in TEN:
        gallery.paint(then, WELL, who)
    assert rendered["boards/fragments/agent.html"] == 1


def test_ten_boards_that_show_the_same_hold_the_very_same_rows_and_make_their_strokes_once(monkeypatch):
    gallery, made = Gallery(), []
    monkeypatch.setattr(fragments, "_strip_strokes", lambda name, old, new: made.append(name) or [])
    fragments._shared_strokes.cache_clear()
    first, then = floors_of([PEOPLE, snapshot(queues=[queue("500", waiting_count=3)], agents=[agent(1)])])
    before = [gallery.paint(first, WELL, who) for who in TEN]
    after = [gallery.paint(then, WELL, who) for who in TEN]
    for name in before[0].strips:
        assert len({id(screen.strips[name]) for screen in after}) == 1, name
    for old, new in zip(before, after, strict=True):
        strokes(old, new)
    assert max(Counter(made).values()) == 1
    fragments._shared_strokes.cache_clear()


def test_readers_whose_rights_show_the_same_share_their_rows():
    gallery, floor = Gallery(), floor_of(PEOPLE)
    one, other = (dataclasses.replace(PLAIN, rights=of(None, actions)) for actions in (FULL, FULL - {SEE_AUDIT}))
    first, second = (gallery.paint(floor, WELL, who) for who in (one, other))
    for name, row in first.strips.items():
        assert second.strips[name] is row, name


def test_readers_of_other_rights_share_the_rows_on_which_these_make_no_difference():
    gallery, floor = Gallery(), floor_of(RICH)
    looks = dataclasses.replace(PLAIN, rights=READERS["who looks"])
    first, second = (gallery.paint(floor, WELL, who) for who in (PLAIN, looks))
    differing = {name for name, row in first.strips.items() if second.strips[name] is not row}
    assert differing == {"waiting", "agents", "away", "parked", "conferences"}  # where there are buttons


def test_boards_whose_limits_differ_share_their_rows_as_long_as_all_is_well():
    gallery, floor = Gallery(), floor_of(PEOPLE)
    strict, other = (board("limits", PLAIN, thresholds=limits) for limits in ((WAITING,), (GONE,)))
    assert _seen(PEOPLE, strict, Needs(levels=True)) == _seen(PEOPLE, other, Needs(levels=True))
    first, second = (gallery.paint(floor, WELL, who) for who in (strict, other))
    for name in ("queues", "totals"):
        assert second.strips[name] is first.strips[name], name


def test_since_when_a_level_stands_keeps_no_boards_apart():
    """One board was opened earlier than the other."""
    floor, needs = snapshot(queues=[queue("500", waiting_count=9)]), Needs(levels=True)
    later = scene(floor, PLAIN, COUNTS)
    earlier = dataclasses.replace(
        later, levels={key: dataclasses.replace(each, since=ago(60)) for key, each in later.levels.items()}
    )
    assert earlier != later
    assert narrowed(earlier, needs) == narrowed(later, needs)


def test_boards_in_two_languages_choose_what_they_show_once(monkeypatch):
    chosen = []
    select = DESK[Kind.TILES].select
    counting = dataclasses.replace(DESK[Kind.TILES], select=lambda scene: chosen.append(1) or select(scene))
    monkeypatch.setitem(DESK, Kind.TILES, counting)
    gallery, floor = Gallery(), floor_of(PEOPLE)
    for language in ("en", "es", "he"):
        gallery.paint(floor, WELL, dataclasses.replace(PLAIN, language=language))
    assert chosen == [1]


def test_the_first_paint_of_a_board_whose_rows_are_on_another_is_a_join(rendered):
    """Also on the first floor after the one on which they were painted."""
    gallery = Gallery()
    first, then = (floor_of(PEOPLE) for _ in range(2))
    gallery.paint(first, WELL, TEN[0])
    rendered.clear()
    screen = gallery.paint(then, WELL, TEN[1])
    whole(screen)
    whole_strokes(screen)
    assert not rendered


def test_a_large_board_is_not_put_together_as_one_when_it_goes_in_pieces(monkeypatch):
    screen = paint_in(Gallery(), snapshot(agents=[agent(each) for each in range(200)]), WELL, PLAIN)
    joined = []
    honest = fragments.whole
    monkeypatch.setattr(fragments, "whole", lambda screen: joined.append(screen) or honest(screen))
    assert len(whole_strokes(screen)) > 1
    assert screen not in joined


# What is let go


def shelf_of(gallery: Gallery, template: str) -> Shelf:
    [shelf] = [each for way, each in gallery._workshop._shelves.items() if way[0].endswith(f"/{template}")]
    return shelf


def kept(gallery: Gallery) -> set[str]:
    """The ids on the shelves."""
    return {element_id for shelf in gallery._workshop._shelves.values() for element_id in shelf._fragments}


def test_what_no_board_shows_any_more_is_let_go():
    gallery, left = Gallery(), snapshot(agents=[agent(1)])
    for floor in floors_of([PEOPLE, left, left]):
        for who in TEN:
            gallery.paint(floor, WELL, who)
    assert {each for each in kept(gallery) if each.startswith("agent-")} == {"agent-1"}


def test_a_language_that_nobody_reads_any_more_is_let_go():
    gallery = Gallery()
    hebrew = dataclasses.replace(PLAIN, language="he")
    first, *then = floors_of([PEOPLE] * 3)
    for who in (PLAIN, hebrew):
        gallery.paint(first, WELL, who)
    for floor in then:
        gallery.paint(floor, WELL, PLAIN)
    assert {language for _template, language, _zone in gallery._workshop._shelves} == {"en"}


def test_of_a_fragment_as_it_was_nothing_is_left_after_two_floors():
    gallery = Gallery()
    for floor in floors_of([snapshot(agents=[agent(1, name=f"Ana {each}")]) for each in range(9)]):
        gallery.paint(floor, WELL, PLAIN)
    shelf = shelf_of(gallery, "agent.html")
    assert [each.html.count("Ana 8") + each.html.count("Ana 7") for each in shelf._fragments["agent-1"]] == [1, 1]


def test_while_nothing_is_heard_of_the_floor_few_versions_of_a_fragment_are_kept(monkeypatch):
    monkeypatch.setattr(workshop, "MOST", 3)
    gallery, floor = Gallery(), floor_of(PEOPLE)
    for seconds in range(1, 9):
        limits = (StateLimit("available", warning_seconds=seconds),)
        gallery.paint(floor, WELL, board("edited", PLAIN, limits=limits))
    assert {len(versions) for versions in shelf_of(gallery, "agent.html")._fragments.values()} == {3}

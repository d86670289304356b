"""What one audience has been shown already is not rendered for it again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eqboard.accounts.access import Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import gallery as module
from eqboard.boards.audience import Audience
from eqboard.boards.gallery import MOST_VERSIONS, Gallery
from eqboard.boards.grading import grade_of
from eqboard.boards.health import Health
from eqboard.boards.spec import Surface, Targets
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.windows import Window
from tests.boards.painting import audience, floor_of, paint_in
from tests.builders import NOON, agent, queue, snapshot

DESK = audience(Surface.DESK, "en", EVERYTHING)


def test_a_page_and_the_board_of_its_socket_share_their_fragments():
    gallery, floor = Gallery(), snapshot(agents=[agent(1), agent(2)])
    page, board = (paint_in(gallery, floor, Health(), DESK) for _ in range(2))
    assert board.strips["agents"][1] is page.strips["agents"][1]


def test_readers_of_other_languages_share_no_fragments():
    gallery, floor = Gallery(), snapshot(agents=[agent(1)])
    english = paint_in(gallery, floor, Health(), DESK)
    hebrew = paint_in(gallery, floor, Health(), audience(Surface.DESK, "he", EVERYTHING))
    assert "Available" in english.strips["agents"][0].html
    assert "Available" not in hebrew.strips["agents"][0].html


def test_the_audience_that_was_shown_longest_ago_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(module, "SCREENS", 2)
    gallery = Gallery()
    for language in ("en", "es", "en", "he"):
        paint_in(gallery, snapshot(), Health(), audience(Surface.DESK, language, EVERYTHING))
    assert [audience.language for audience in gallery._screens] == ["en", "he"]


def test_who_still_shows_a_forgotten_screen_brings_it_along(monkeypatch):
    monkeypatch.setattr(module, "SCREENS", 0)
    gallery, floor = Gallery(), snapshot(agents=[agent(1)])
    shown = paint_in(gallery, floor, Health(), DESK)
    assert paint_in(gallery, floor, Health(), DESK, shown).strips["agents"][0] is shown.strips["agents"][0]


WAITING = Threshold(Metric.WAITING, Direction.HIGH, warning=5, hysteresis=3, hold_seconds=10)
QUIET, BUSY = snapshot(queues=[queue(waiting_count=0)]), snapshot(queues=[queue(waiting_count=9)])


def board(
    language: str, rights: Rights = EVERYTHING, ref: str = "floor", limit: Threshold = WAITING, promise: int = 80
) -> Audience:
    whole = audience(Surface.DESK, language, rights, ref, thresholds=(limit,))
    return replace(whole, board=replace(whole.board, targets=Targets(Target(percent=promise))))


def shown(gallery: Gallery, who: Audience, floor: Snapshot, seq: int, epoch: str = "a") -> str:
    """The level of the queue, on the floor of that number: one each second."""
    held = Stored(epoch, seq, NOON + timedelta(seconds=seq), floor)
    levels = gallery.paint(Floor(held, is_connected=True), Health(), who).levels
    return grade_of(levels, "500", Metric.WAITING, Window.NOW)


def test_a_reader_of_another_language_sees_the_level_that_the_first_sees():
    gallery = Gallery()
    for seq in range(10):
        assert shown(gallery, board("en"), BUSY, seq) == ""
    assert [shown(gallery, board(each), BUSY, 10) for each in ("en", "es", "he")] == ["warning"] * 3
    assert gallery.levels_of(board("he")) == gallery.levels_of(board("en"))


def test_who_may_see_other_queues_and_other_boards_have_levels_of_their_own():
    gallery, limited = Gallery(), Rights(frozenset({Grant(frozenset({"500"}), frozenset())}))
    for seq in (0, 10):
        shown(gallery, board("en"), BUSY, seq)
    for other in (board("en", limited), board("en", ref="supervisor")):
        assert not gallery.levels_of(other)
        assert shown(gallery, other, BUSY, 10) == ""


EDITED = board("en", limit=replace(WAITING, warning=9))
BY_EDIT = pytest.mark.parametrize("edited", [EDITED, board("en", promise=90)], ids=["limit", "promise"])


@BY_EDIT
def test_pages_of_before_and_after_an_edit_do_not_undo_each_others_levels(edited):
    """Whoever has the old page is shown it until their socket notices the edit, some seconds later."""
    gallery, before = Gallery(), board("en")
    for seq in range(10):
        assert [shown(gallery, who, BUSY, seq) for who in (before, edited)] == ["", ""]
    assert [shown(gallery, who, BUSY, 10) for who in (edited, before)] == ["warning", "warning"]
    busy_still = snapshot(queues=[queue(waiting_count=7)])  # not far enough back to be calm again
    assert [shown(gallery, who, busy_still, 11) for who in (before, edited)] == ["warning", "warning"]
    assert [shown(gallery, who, QUIET, 12) for who in (before, edited)] == ["", ""]


def test_a_page_that_knows_a_floor_first_takes_no_levels_from_the_sockets():
    gallery, before, es = Gallery(), board("en"), board("es", limit=EDITED.board.spec.thresholds[0])
    for seq in range(10):
        shown(gallery, before, BUSY, seq)
        shown(gallery, EDITED, BUSY, seq)
    shown(gallery, es, BUSY, 10)
    assert shown(gallery, before, BUSY, 10) == "warning"
    assert gallery.levels_of(EDITED) == gallery.levels_of(es)


def test_however_often_a_board_is_edited_levels_of_two_floors_are_kept():
    gallery = Gallery()
    for seq in range(50):
        shown(gallery, board("en", promise=40 + seq), BUSY, seq)
    [standings] = gallery._standings.values()
    assert [standing.floor for standing in standings.values()] == [("a", 48), ("a", 49)]


def test_a_page_that_was_begun_on_an_older_floor_has_no_levels_forgotten():
    gallery, before = Gallery(), board("en")
    for seq in range(11):
        shown(gallery, before, BUSY, seq)
        shown(gallery, EDITED, BUSY, seq)
    shown(gallery, before, BUSY, 12)
    shown(gallery, board("en", promise=90), BUSY, 11)
    shown(gallery, EDITED, BUSY, 13)
    assert shown(gallery, before, BUSY, 13) == "warning"


def test_however_often_a_board_is_edited_while_nothing_is_heard_of_the_floor_few_versions_are_kept():
    gallery = Gallery()
    for promise in range(40, 90):
        shown(gallery, board("en", promise=promise), BUSY, 1)
    [standings] = gallery._standings.values()
    assert len(standings) == MOST_VERSIONS


@BY_EDIT
def test_against_other_limits_levels_begin_anew_and_what_stood_before_is_forgotten(edited):
    gallery = Gallery()
    for seq in (0, 10):
        shown(gallery, board("en"), BUSY, seq)
    assert not gallery.levels_of(edited)
    assert [shown(gallery, edited, BUSY, seq) for seq in (11, 20, 21)] == ["", "", "warning"]
    assert not gallery.levels_of(board("en"))
    assert shown(gallery, board("en"), BUSY, 22) == ""  # edited back: not held since then


def test_a_screen_brings_no_levels_along_that_stood_against_other_limits():
    before = Gallery().paint(floor_of(BUSY, NOON - timedelta(seconds=10)), Health(), board("en"))
    same, edited = board("es"), board("en", limit=replace(WAITING, warning=9))
    floor = floor_of(BUSY)
    grades = [
        grade_of(Gallery().paint(floor, Health(), who, before).levels, "500", Metric.WAITING, Window.NOW)
        for who in (same, edited)
    ]
    assert grades == ["warning", ""]


def test_an_older_floor_does_not_undo_a_level():
    """A room whose newest floor cannot be rendered shows the one before, while others go on."""
    gallery = Gallery()
    for seq in (0, 10):
        shown(gallery, board("en"), BUSY, seq)
    known = gallery.levels_of(board("en"))
    shown(gallery, board("es"), QUIET, 9)
    gallery.paint(Floor(), Health(), board("he"))
    assert gallery.levels_of(board("en")) == known


def test_levels_go_on_under_a_new_leader():
    gallery = Gallery()
    for seq in (0, 10):
        shown(gallery, board("en"), BUSY, seq)
    busy_still = snapshot(queues=[queue(waiting_count=3)])  # not far enough back to be calm again
    assert shown(gallery, board("es"), busy_still, 1, epoch="b") == "warning"


def test_what_nobody_looks_at_any_more_is_forgotten(monkeypatch):
    monkeypatch.setattr(module, "SCREENS", 2)
    gallery = Gallery()
    for ref in ("floor", "supervisor", "lead"):
        shown(gallery, board("en", ref=ref), BUSY, 1)
    assert [ref for ref, _rights in gallery._standings] == ["supervisor", "lead"]

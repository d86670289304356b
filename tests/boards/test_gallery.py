"""What one audience has been shown already is not rendered for it again."""

from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import gallery as module
from eqboard.boards.gallery import Gallery
from eqboard.boards.health import Health
from eqboard.boards.spec import Surface
from tests.boards.painting import audience, paint_in
from tests.builders import agent, snapshot

DESK = audience(Surface.DESK, "en", EVERYTHING)


def test_a_page_and_the_board_of_its_socket_share_their_fragments():
    gallery, floor = Gallery(), snapshot(agents=[agent(1), agent(2)])
    page, board = (paint_in(gallery, floor, Health(), DESK) for _ in range(2))
    assert board.strips["agents"][1] is page.strips["agents"][1]


def test_audiences_share_nothing():
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

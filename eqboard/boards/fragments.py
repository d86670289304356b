"""Screens as values: what an audience sees, and the strokes that turn one screen into the next.

A fragment is one element with an id. The page and the push are made of the same fragments, so that after any strokes
the page equals one painted fresh (design.md, law 4). Fragments of unchanged subjects are taken over, not rendered, and
what several audiences are shown is made once for all of them (workshop.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from eqboard.accounts.access import done_to_several, seen_queues
from eqboard.boards.audience import Audience
from eqboard.boards.health import Health
from eqboard.boards.layout import Subjects, parts_of, strips_of
from eqboard.boards.needs import narrowed
from eqboard.boards.rising import heaviest_rising
from eqboard.boards.staging import scene_of
from eqboard.boards.workshop import Fragment, Named, Workshop
from eqboard.feed.follow import Floor
from eqboard.floor.levels import Levels

PLAIN_KEY = re.compile(r"[0-9][A-Za-z0-9_-]{0,39}")
# A letter is at most four bytes, and a server may refuse to send more than 1 MiB at once (Daphne does).
MESSAGE_CHARACTERS = 250_000
MOST_TURNS = 64  # of strips from one row to the next whose strokes are kept: those of a tick or two
PIECE_CHARACTERS = 30_000  # of one strip, at most: a swap of a thousand rows at once freezes a page
MOVE_CHARACTERS = 100  # about: what is sent of a row that moves besides the row itself


def dom_id(kind: str, key: object) -> str:
    """The id of an element: kind and key. Keys come from outside: a strange one is replaced by its hash.

    A plain key begins with a digit, so it is never a hash, nor the second half of a page's own id (`parked-title`).
    """
    text = str(key)
    if not PLAIN_KEY.fullmatch(text):
        text = "h" + blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{kind}-{text}"


@dataclass(frozen=True, slots=True)
class Screen:
    """The strips of one audience, each a row of fragments in the order they are shown; and where its levels stand."""

    audience: Audience
    strips: Mapping[str, Sequence[Fragment]] = field(default_factory=dict)
    levels: Levels = field(default_factory=dict)


def paint(
    floor: Floor,
    health: Health,
    audience: Audience,
    day_begins_at: datetime,
    previous: Screen | None = None,
    workshop: Workshop | None = None,
) -> Screen:
    """The screen for one audience; what did not change since `previous` is reused, and what others are shown who are
    painted for in the same `workshop`.
    """
    workshop = workshop or Workshop()
    once = workshop.of(floor)
    scene = scene_of(floor, health, audience, day_begins_at, previous.levels if previous else {}, once)
    before = previous.strips if previous and previous.audience.way == audience.way else {}
    strips = {}
    with translation.override(audience.language), timezone.override(audience.zone):
        for strip in strips_of(audience.board):
            subjects = once(strip.select, narrowed(scene, strip.needs))
            shelf = workshop.shelf(strip.template, audience.language, audience.zone)
            strips[strip.name] = shelf.row(once(_named, strip.name, strip.kind, subjects), before.get(strip.name, ()))
    return Screen(audience, strips, scene.levels)


def _named(strip: str, kind: str, subjects: Subjects) -> Named:
    """The subjects with the ids of their elements. One without a key is the strip itself."""
    return tuple((strip if key is None else dom_id(kind, key), subject) for key, subject in subjects)


def whole(screen: Screen) -> str:
    """The whole board as one element, `#screen`."""
    board = screen.audience.board
    rows = {name: mark_safe("".join(each.html for each in row)) for name, row in screen.strips.items()}  # noqa: S308
    parts = [{"strip": strip, "span": part.span, "rows": rows.get(strip.name, "")} for part, strip in parts_of(board)]
    with translation.override(screen.audience.language), timezone.override(screen.audience.zone):
        rights = screen.audience.rights
        may = {"sees_all": seen_queues(rights) is None, "may_select": bool(done_to_several(rights))}
        page = get_template(f"boards/{board.spec.surface}_screen.html")
        return page.render({"strips": rows, "parts": parts, "board": board, **may})


def whole_strokes(screen: Screen) -> list[str]:
    """The same in pieces that fit into messages: of a large board first the beginning of each strip, then the rest."""
    if _characters(screen) <= MESSAGE_CHARACTERS and len(board := whole(screen)) <= MESSAGE_CHARACTERS:
        return [board]
    limit = _beginning_characters(screen)
    first = {name: next(_chunks(row, limit), ()) for name, row in screen.strips.items()}
    rest: list[str] = []
    for name, shown in first.items():
        if shown:
            rest += _inserts(f"afterend:#{shown[-1].id}", screen.strips[name][len(shown) :])
    return [whole(Screen(screen.audience, first)), *rest]


def _characters(screen: Screen) -> int:
    """How many its fragments have, which is less than the board has."""
    return sum(len(each.html) for row in screen.strips.values() for each in row)


def _beginning_characters(screen: Screen) -> int:
    """How much of each strip fits into one message with the beginnings of all others and what stands around them."""
    around = len(whole(Screen(screen.audience)))
    return min(PIECE_CHARACTERS, (MESSAGE_CHARACTERS - around) // len(screen.strips))


def strokes(old: Screen, new: Screen) -> list[str]:
    """The pieces of HTML that, swapped in by id one after the other, turn a page that shows `old` into one of `new`.

    Those of a strip that several boards share are made once.
    """
    pieces: list[str] = []
    for name, row in new.strips.items():
        before = old.strips.get(name, ())
        if row is not before:
            pieces += _shared_strokes(name, Same(before), Same(row))
    return pieces


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """A row, equal to itself alone: to hash all that is in it would cost more than is saved."""

    row: Sequence[Fragment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.row is other.row

    def __hash__(self) -> int:
        return id(self.row)


@lru_cache(MOST_TURNS)
def _shared_strokes(name: str, old: Same, new: Same) -> tuple[str, ...]:
    return tuple(_strip_strokes(name, old.row, new.row))


def packed(pieces: Iterable[str]) -> tuple[str, ...]:
    """As few messages as hold the pieces in their order; a piece is never torn."""
    messages: list[str] = []
    held: list[str] = []
    size = 0
    for piece in pieces:
        if held and size + len(piece) > MESSAGE_CHARACTERS:
            messages.append("".join(held))
            held, size = [], 0
        held.append(piece)
        size += len(piece)
    return (*messages, "".join(held))


def _strip_strokes(name: str, old: Sequence[Fragment], new: Sequence[Fragment]) -> list[str]:
    if [each.id for each in old] == [each.id for each in new]:  # as mostly: nobody has come, left or moved
        return [each.html for was, each in zip(old, new, strict=True) if was.html != each.html]
    moved = _moved(old, new)
    changes = _changes(name, old, new, moved)
    if moved and sum(map(len, changes)) > sum(len(each.html) for each in new):
        return list(_inserts(f"innerHTML:#{name}", new))  # nearly all have moved
    return changes


def _changes(name: str, old: Sequence[Fragment], new: Sequence[Fragment], moved: Set[str]) -> list[str]:
    """What moves leaves and comes in one frame: a page takes away what has left once the frame has ended, so that it is
    the same element before and after, with all that the browser keeps in it (an action's mark, the focus).
    """
    kept = {each.id: each for each in old if each.id not in moved}
    staying = {each.id for each in new} - moved
    gone = [format_html('<i id="{}" hx-swap-oob="delete"></i>', each.id) for each in old if each.id not in staying]
    inserts: list[str] = []
    replaced: list[str] = []
    place = f"afterbegin:#{name}"
    fresh: list[Fragment] = []
    for each in new:
        if each.id not in kept:
            fresh.append(each)
            continue
        inserts += _inserts(place, fresh)
        fresh = []
        if kept[each.id].html != each.html:
            replaced.append(each.html)
        place = f"afterend:#{each.id}"
    inserts += _inserts(place, fresh)
    return [*gone, *inserts, *replaced]


def _inserts(place: str, fresh: Sequence[Fragment]) -> Iterator[str]:
    """The fragments to a place, each chunk after the one before."""
    for chunk in _chunks(fresh, PIECE_CHARACTERS):
        rows = mark_safe("".join(each.html for each in chunk))  # noqa: S308
        yield format_html('<ul hx-swap-oob="{}">{}</ul>', place, rows)
        place = f"afterend:#{chunk[-1].id}"


def _chunks(row: Sequence[Fragment], limit: int) -> Iterator[Sequence[Fragment]]:
    """The row in pieces of so many characters, or of one fragment that has more."""
    begin, size = 0, 0
    for place, each in enumerate(row):
        if size and size + len(each.html) > limit:
            yield row[begin:place]
            begin, size = place, 0
        size += len(each.html)
    if begin < len(row):
        yield row[begin:]


def _moved(old: Sequence[Fragment], new: Sequence[Fragment]) -> Set[str]:
    """The ids of those who move, so that all who stay stand in their new order; standing still saves the most."""
    places = {each.id: place for place, each in enumerate(old)}
    staying = {places[each.id]: each for each in new if each.id in places}
    if list(staying) == sorted(staying):
        return frozenset()
    still = heaviest_rising((place, _saving(old[place], each)) for place, each in staying.items())
    return {each.id for each in staying.values()} - {old[place].id for place in still}


def _saving(old: Fragment, new: Fragment) -> int:
    """In characters, where it stands still: what has changed is sent in any case."""
    return MOVE_CHARACTERS + (len(new.html) if new.html == old.html else 0)

"""Where fragments are made: once for all boards that show the same, in the same words.

A fragment's HTML depends on its id, its subject, its template, the language and the time zone, and on nothing else;
so it may stand on any board where these are equal, whoever looks at it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from django.template.loader import get_template

from eqboard.boards.once import MOST, Known, Once
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored


@dataclass(frozen=True, slots=True)
class Fragment:
    """`subject` is all its HTML depends on, besides the way in which it is written."""

    id: str
    subject: object
    html: str


Row = tuple[Fragment, ...]
Named = tuple[tuple[str, object], ...]
"""The subjects of a row, each with the id of its element."""

Way = tuple[str, str, ZoneInfo | None]
"""How a fragment is written: the template, the language, the time zone (None: the site's)."""


class Shelf:
    """Fragments that are written in one way: those of the rows that were shown `before`, and those made since."""

    def __init__(self, render: Callable[[dict[str, object]], str], before: Iterable[Sequence[Fragment]] = ()) -> None:
        self._render = render
        self._rows: Known[Named, Row] = Known()
        self._fragments: dict[str, list[Fragment]] = {}
        for row in before:
            self._lay(row)

    def row(self, named: Named, before: Sequence[Fragment] = ()) -> Row:
        """Of equal subjects the very same row. What is not on the shelf is looked for in the row `before`, which was
        written in the same way, and else rendered: in the language and the time zone that are active.
        """
        return self._rows.of(named, partial(self._made, named, before))

    def succeeded(self) -> "Shelf | None":
        """The shelf for the next floor: with what was shown on this one. None: that was nothing."""
        rows = list(self._rows)
        return Shelf(self._render, rows) if rows else None

    def _made(self, named: Named, before: Sequence[Fragment]) -> Row:
        self._lay(before)
        return tuple(
            self._found(element_id, subject) or self._rendered(element_id, subject) for element_id, subject in named
        )

    def _found(self, element_id: str, subject: object) -> Fragment | None:
        for known in self._fragments.get(element_id, ()):
            if known.subject is subject or known.subject == subject:
                return known
        return None

    def _rendered(self, element_id: str, subject: object) -> Fragment:
        html = self._render({"id": element_id, "it": subject}).strip()
        made = Fragment(element_id, subject, html)
        self._lay([made])
        return made

    def _lay(self, fragments: Iterable[Fragment]) -> None:
        for each in fragments:
            beside = self._fragments.setdefault(each.id, [])
            if not any(known is each for known in beside):
                beside.append(each)
                del beside[:-MOST]


class Workshop:
    """What all boards of a painter share. It holds what they show of the newest floor, and what they showed of the one
    before; anything else is let go. To be used by one thread.
    """

    def __init__(self) -> None:
        self._held: Stored | None = None
        self._once = Once()
        self._shelves: dict[Way, Shelf] = {}

    def of(self, floor: Floor) -> Once:
        """For whatever is made of this floor."""
        if floor.held is not self._held:
            self._held = floor.held
            self._once = Once()
            succeeding = {way: shelf.succeeded() for way, shelf in self._shelves.items()}
            self._shelves = {way: shelf for way, shelf in succeeding.items() if shelf}
        return self._once

    def shelf(self, template: str, language: str, zone: ZoneInfo | None) -> Shelf:
        way = template, language, zone
        if way not in self._shelves:
            self._shelves[way] = Shelf(get_template(template).render)
        return self._shelves[way]

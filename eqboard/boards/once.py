"""To make a thing once for all who need the same: what it is made from is compared by value, never named by a key.

A key would have to hold all that a thing depends on, and whoever forgets a part of it shows one audience what is
another's. Here nothing is shared but between equals. Identity is asked first, so that to compare large things that are
the same costs nothing; they need not be hashable.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, TypeVarTuple

Args = TypeVarTuple("Args")
Made = TypeVar("Made")
Source = TypeVar("Source")

MOST = 64  # things of one kind: as many as there are different boards at once, and some


class Known(Generic[Source, Made]):
    """The things of one kind, each with what it was made from; of too many the oldest are let go."""

    def __init__(self) -> None:
        self._all: list[tuple[Source, Made]] = []

    def of(self, source: Source, make: Callable[[], Made]) -> Made:
        for known, made in self._all:
            if known is source or known == source:
                return made
        made = make()
        self._all.append((source, made))
        del self._all[:-MOST]
        return made

    def __iter__(self) -> Iterator[Made]:
        return (made for _source, made in self._all)


class Once:
    """Calls pure functions, each once for equal arguments. An iterator is drawn out: it could be read but once."""

    def __init__(self) -> None:
        self._known: dict[Callable[..., Any], Known[tuple[Any, ...], Any]] = {}

    def __call__(self, make: Callable[[*Args], Made], *args: *Args) -> Made:
        known = self._known.setdefault(make, Known())
        made: Made = known.of(args, lambda: _drawn_out(make(*args)))
        return made


def _drawn_out(made: Any) -> Any:
    return tuple(made) if isinstance(made, Iterator) else made

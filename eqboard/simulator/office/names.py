"""Who has which name already: found by the name, so that one more costs the same however many there are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from pydantic.alias_generators import to_camel

from eqboard.eq.errors import Complaint

K = TypeVar("K", bound=Hashable)
Name = tuple[int | None, str, str]  # among whose, the attribute, its value without regard to case


class Names(Generic[K]):
    """The names of one kind of thing; of things that belong to somebody, only those of the same `owner` clash.

    What is deleted may stay in here: whoever asks says what exists.
    """

    def __init__(self, noun: str, *attributes: str) -> None:
        """`noun` is what such a thing is called in a refusal, with its article."""
        self._noun = noun
        self._attributes = attributes
        self._keys: dict[Name, set[K]] = {}
        self._noted: dict[K, list[Name]] = {}

    def note(self, key: K, thing: object, *, owner: int | None = None) -> None:
        """Write down what a thing is called, in place of what it was called before."""
        self.forget(key)
        names = self._noted[key] = self._names_of(thing, owner)
        for name in names:
            self._keys.setdefault(name, set()).add(key)

    def forget(self, key: K) -> None:
        """What has that key has no name any more."""
        for name in self._noted.pop(key, ()):
            keys = self._keys[name]
            keys.discard(key)
            if not keys:
                del self._keys[name]

    def clashes(
        self, mine: object, find: Callable[[K], object | None], *, own: K | None = None, owner: int | None = None
    ) -> list[Complaint]:
        """`in_use` for each attribute of `mine` that something else has as well; blank ones never clash.

        `find` gives what exists by its key; `own` is the key of the thing whose names these are, or will be. Case makes
        no difference, as in the databases of the product's era (contract: [X]).
        """
        return [
            Complaint(to_camel(name[1]), "in_use", f"{self._noun} with the specified {_words(name[1])} already exists")
            for name in self._names_of(mine, owner)
            if any(key != own and find(key) is not None for key in self._keys.get(name, ()))
        ]

    def _names_of(self, thing: object, owner: int | None) -> list[Name]:
        values = ((attribute, str(getattr(thing, attribute) or "")) for attribute in self._attributes)
        return [(owner, attribute, value.casefold()) for attribute, value in values if value]


def _words(attribute: str) -> str:
    return attribute.replace("_", " ")

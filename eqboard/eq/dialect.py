"""What differs between EQ servers and is not in the vendor's text: paths, methods, field names, state words.

The paths stand in `operations/`, the field names in `models/`; a dialect only says where a site departs from them. The
client understands a site's words by it, and the simulator can speak them. `dialect_file.py` reads one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from eqboard.eq import models
from eqboard.eq.models.attributes import AlertAttributes
from eqboard.eq.models.base import THEIR_OWN, inner_models

if TYPE_CHECKING:
    from eqboard.eq.wire import Operation

STATE_FIELDS: Mapping[str, Mapping[str, str]] = {
    "QueueAgentStatus": {"status": "agent"},
    "ActiveCall": {"status": "call", "direction": "direction"},
}
"""The fields that hold a state word, and in which table of `states` its words are."""

OBJECTS: Mapping[str, type[BaseModel]] = {
    **{name: getattr(models, name) for name in models.__all__},
    "Alert": AlertAttributes,  # is written, and never read
}


@dataclass(frozen=True, slots=True)
class Route:
    """Another verb or path for one operation; None keeps the built-in one."""

    method: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Dialect:
    """`fields` maps an object's name to {our field: theirs}, `states` a kind of state to {our word: theirs}."""

    operations: Mapping[str, Route] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def route(self, operation: "Operation") -> tuple[str, str]:
        """The verb and the path of an operation on this server."""
        route = self.operations.get(operation.name, Route())
        return route.method or operation.method, route.path or operation.path

    @cached_property
    def is_foreign(self) -> bool:
        """Whether any object looks other than in the built-in dialect; only then need answers be translated."""
        return bool(self.fields) or any(
            ours != theirs for words in self.states.values() for ours, theirs in words.items()
        )

    def understand(self, object_name: str, row: Any) -> Any:
        """One object of theirs with the built-in field names and words, in the objects inside it too.

        A field that the dialect calls otherwise is not looked for under its built-in name. What is no object is left
        alone, and so is a word that nobody knows.
        """
        return self._hearing.translate(object_name, row)

    def speak(self, object_name: str, row: Any) -> Any:
        """The way back: an object in the built-in names and words as a server of this dialect has it."""
        return self._speaking.translate(object_name, row)

    @cached_property
    def _hearing(self) -> "Translation":
        return Translation(
            names={
                name: {theirs: to_camel(ours) for ours, theirs in each.items()} for name, each in self.fields.items()
            },
            words={kind: {theirs: ours for ours, theirs in each.items()} for kind, each in self.states.items()},
            theirs_alone={name: {*each, *map(to_camel, each)} for name, each in self.fields.items()},
            is_into_ours=True,
        )

    @cached_property
    def _speaking(self) -> "Translation":
        fields = self.fields.items()
        return Translation(
            names={name: {to_camel(ours): theirs for ours, theirs in each.items()} for name, each in fields},
            words=self.states,
            theirs_alone={},
            is_into_ours=False,
        )


@dataclass(frozen=True)
class Translation:
    """Objects from one vocabulary into the other. Fields with our names that mean something else there get another."""

    names: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    theirs_alone: Mapping[str, Collection[str]]
    is_into_ours: bool
    plans: dict[str, Mapping[str, "Planned"]] = field(default_factory=dict)

    def translate(self, object_name: str, row: Any) -> Any:
        if not isinstance(row, dict):
            return row
        plan, theirs_alone = self._plan(object_name), self.theirs_alone.get(object_name, ())
        translated = {}
        for key, value in row.items():
            planned = plan.get(key)
            if planned is None:
                translated[THEIR_OWN + key if key in theirs_alone else key] = value
                continue
            new_key, inner, words = planned
            if inner:
                translated[new_key] = self._inside(inner, value)
            else:
                translated[new_key] = words.get(str(value), value) if words and isinstance(value, str | int) else value
        return translated

    def _inside(self, inner: str, value: Any) -> Any:
        return (
            [self.translate(inner, each) for each in value] if isinstance(value, list) else self.translate(inner, value)
        )

    def _plan(self, object_name: str) -> Mapping[str, "Planned"]:
        """What becomes of each key that means anything, worked out once: a round has thousands of rows."""
        if object_name not in self.plans:
            self.plans[object_name] = {key: self._planned(object_name, key) for key in self._keys(object_name)}
        return self.plans[object_name]

    def _keys(self, object_name: str) -> Collection[str]:
        names, theirs_alone = self.names.get(object_name, {}), self.theirs_alone.get(object_name, ())
        known = {*objects_inside(object_name), *STATE_FIELDS.get(object_name, {})}
        return {*names, *(known.difference(theirs_alone))}

    def _planned(self, object_name: str, key: str) -> "Planned":
        other = self.names.get(object_name, {}).get(key, key)
        ours = other if self.is_into_ours else key
        kind = STATE_FIELDS.get(object_name, {}).get(ours)
        return other, objects_inside(object_name).get(ours), self.words.get(kind, {}) if kind else {}


Planned = tuple[str, str | None, Mapping[str, str]]  # the key's other name, the object in it, the words in it


@cache
def objects_inside(object_name: str) -> Mapping[str, str]:
    """The names of the objects in an object, by its built-in fields: {"call": "AgentCall"}."""
    inside = inner_models(OBJECTS[object_name]) if object_name in OBJECTS else {}
    return {to_camel(name): inner.__name__ for name, inner in inside.items()}

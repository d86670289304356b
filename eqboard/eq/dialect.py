"""What differs between EQ servers and is not in the vendor's text: paths, field names, state words.

The paths stand in `operations/`, the field names in `models/`; a dialect only says where a site departs from them.
"""

import string
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic.alias_generators import to_camel

from eqboard.eq import models

METHODS = ("GET", "POST", "PUT", "DELETE")
BUILT_IN = Path(__file__).with_name("dialect.toml")


class DialectError(ValueError):
    """A dialect file that cannot be used; the message names the file and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Route:
    """Another verb or path for one operation; None keeps the built-in one."""

    method: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Dialect:
    """`fields` maps an object's name to {our field: their field}; `states` maps our word to theirs."""

    operations: Mapping[str, Route] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def our_states(self) -> Mapping[str, str]:
        return {theirs: ours for ours, theirs in self.states.items()}

    def our_state(self, word: str) -> str:
        """The contract's word for theirs; a word nobody knows stays as it is."""
        return self.our_states.get(word, word)

    def rename(self, object_name: str, row: Any) -> Any:
        """One answered object with their field names replaced by ours, in the objects inside it too.

        A field that the dialect calls otherwise is not looked for under its built-in name. What is no object is left
        alone.
        """
        if not self.fields or not isinstance(row, dict):
            return row
        row = {key: self._rename_inside(object_name, key, value) for key, value in row.items()}
        names = self.fields.get(object_name)
        if not names:
            return row
        taken = {*names, *map(to_camel, names), *names.values()}
        kept = {key: value for key, value in row.items() if key not in taken}
        return kept | {ours: row[theirs] for ours, theirs in names.items() if theirs in row}

    def _rename_inside(self, object_name: str, key: str, value: Any) -> Any:
        inner = INNER_OBJECTS.get((object_name, self._ours(object_name, key)))
        if inner is None:
            return value
        return [self.rename(inner, each) for each in value] if isinstance(value, list) else self.rename(inner, value)

    def _ours(self, object_name: str, key: str) -> str:
        names = self.fields.get(object_name, {})
        return next((ours for ours, theirs in names.items() if theirs == key), key)


INNER_OBJECTS = {("QueueAgentStatus", "call"): "AgentCall", ("Conference", "participants"): "ConferenceParticipant"}


def load_dialect(path: Path | None = None) -> Dialect:
    """The built-in dialect, with the lines of a site's file over it. Raises DialectError."""
    built_in = _read(BUILT_IN)
    if path is None:
        return built_in
    site = _read(path)
    merged = Dialect(
        operations={**built_in.operations, **site.operations},
        fields={**built_in.fields, **site.fields},
        states={**built_in.states, **site.states},
    )
    fault = _fault_in(site, merged, built_in)
    if fault:
        raise DialectError(f"The dialect file {path}: {fault}.")
    return merged


def _fault_in(site: Dialect, merged: Dialect, built_in: Dialect) -> str | None:
    """The first line that could not be meant: a name that nothing has would be passed over in silence."""
    from eqboard.eq.operations import OPERATIONS  # here: operations are made of `wire`, which needs this file

    for name, route in site.operations.items():
        if name not in OPERATIONS:
            return f"there is no operation {name!r}; there are {', '.join(sorted(OPERATIONS))}"
        if fault := _fault_in_route(route, OPERATIONS[name].path_names):
            return f"operation {name!r}: {fault}"
    for name, words in site.fields.items():
        if name not in models.__all__:
            return f"there is no object {name!r}; there are {', '.join(sorted(models.__all__))}"
        known = getattr(models, name).model_fields
        if strange := words.keys() - known:
            return f"{name} has no field {min(strange)!r}; it has {', '.join(known)}"
    if strange := site.states.keys() - built_in.states:
        return f"there is no state {min(strange)!r}; there are {', '.join(built_in.states)}"
    theirs = list(merged.states.values())
    twice = [word for word in theirs if theirs.count(word) > 1]
    return f"two states are called {min(twice)!r}" if twice else None


def _fault_in_route(route: Route, names: Collection[str]) -> str | None:
    if route.method is not None and route.method not in METHODS:
        return f"the method must be one of {', '.join(METHODS)}"
    if route.path is None:
        return None
    if not route.path.startswith("/") or route.path.startswith("//") or any(mark in route.path for mark in "?#"):
        return "the path must begin with one / and hold no ? or #"
    if _names_in(route.path) != sorted(names):
        wanted = " and ".join(f"{{{name}}}" for name in sorted(names))
        return f"the path must hold {wanted or 'no name in braces'}" + (", once" if wanted else "")
    return None


def _names_in(template: str) -> list[str] | None:
    """What stands in braces; None when the braces do not match, or say more than a name."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return sorted(name for _, name, _, _ in parts if name is not None)


def _read(path: Path) -> Dialect:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DialectError(f"The dialect file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise DialectError(f"The dialect file {path} is not TOML: it is not text in UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DialectError(f"The dialect file {path} is not TOML: {error}.") from None
    unknown = tables.keys() - {"operations", "fields", "states"}
    if unknown:
        raise DialectError(
            f"The dialect file {path} has a table [{min(unknown)}]; known are operations, fields, states."
        )
    try:
        return Dialect(
            operations={name: Route(**_words(table)) for name, table in tables.get("operations", {}).items()},
            fields={name: _words(table) for name, table in tables.get("fields", {}).items()},
            states=_words(tables.get("states", {})),
        )
    except (TypeError, AttributeError):
        raise DialectError(
            f'The dialect file {path}: an operation takes method and path, fields and states take name = "name".'
        ) from None


def _words(table: Mapping[str, object]) -> dict[str, str]:
    if not all(isinstance(word, str) for word in table.values()):
        raise TypeError
    return {ours: str(theirs) for ours, theirs in table.items()}

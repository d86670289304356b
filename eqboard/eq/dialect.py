"""What differs between EQ servers and is not in the vendor's text: paths, field names, state words.

The paths stand in `operations/`, the field names in `models/`; a dialect only says where a site departs from them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

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
        """One answered object with their field names replaced by ours; what is no object is left alone."""
        names = self.fields.get(object_name)
        if not names or not isinstance(row, dict):
            return row
        ours = {theirs: our for our, theirs in names.items()}
        return {ours.get(key, key): value for key, value in row.items()}


def load_dialect(path: Path | None = None) -> Dialect:
    """The built-in dialect, with the lines of a site's file over it. Raises DialectError."""
    built_in = _read(BUILT_IN)
    if path is None:
        return built_in
    site = _read(path)
    return Dialect(
        operations={**built_in.operations, **site.operations},
        fields={**built_in.fields, **site.fields},
        states={**built_in.states, **site.states},
    )


def _read(path: Path) -> Dialect:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DialectError(f"The dialect file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DialectError(f"The dialect file {path} is not TOML: {error}.") from None
    unknown = tables.keys() - {"operations", "fields", "states"}
    if unknown:
        raise DialectError(
            f"The dialect file {path} has a table [{min(unknown)}]; known are operations, fields, states."
        )
    try:
        return Dialect(
            operations={name: Route(**table) for name, table in tables.get("operations", {}).items()},
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

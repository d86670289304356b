"""Reading a dialect from its TOML file, and saying of a wrong line what is wrong in it."""

import re
import string
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic.alias_generators import to_camel

from eqboard.eq.dialect import OBJECTS, Dialect, Route
from eqboard.eq.operations import OPERATIONS

METHODS = {True: ("GET", "POST"), False: ("POST", "PUT", "DELETE")}
"""Of reads, and of all else: what is sent may not stand in a URL, and a read is asked again when it gets no answer."""

BUILT_IN = Path(__file__).with_name("dialect.toml")
MOST_LINES_TRIED = 400
LARGEST_FILE_BYTES = 64 * 1024  # every word of the API fills a quarter of that
PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[^/?#%\s\\\x00-\x1f\x7f]+)+/?")


class DialectError(ValueError):
    """A dialect file that cannot be used; the message names the file, the line and what is wrong there."""


def load_dialect(path: Path | None = None) -> Dialect:
    """The built-in dialect, with the lines of a site's file over it. Raises DialectError."""
    built_in = _dialect(_tables(BUILT_IN, _text(BUILT_IN)))
    if path is None:
        return built_in
    text = _text(path)
    tables = _tables(path, text)
    try:
        for fault in _faults(tables, built_in):
            raise fault
        site = _dialect(tables)
        merged = Dialect(
            operations=site.operations,
            fields=site.fields,
            states={kind: {**words, **site.states.get(kind, {})} for kind, words in built_in.states.items()},
        )
        for fault in (*_clashes(merged, site), *_reads_that_act(site)):
            raise fault
    except _Fault as fault:
        where = line_of(text, fault.keys)
        line = f", line {where}" if where else ""
        raise DialectError(f"The dialect file {path}{line}: {fault}.") from None
    return merged


class _Fault(Exception):
    """What is wrong, and the keys that lead to it: "operations", "queued_calls.all", "path"."""

    def __init__(self, sentence: str, *keys: str) -> None:
        super().__init__(sentence)
        self.keys = keys


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        if len(content) > LARGEST_FILE_BYTES:
            raise DialectError(f"The dialect file {path} is larger than {LARGEST_FILE_BYTES // 1024} KiB.")
        return content.decode("utf-8-sig")  # Windows' editors put a mark before the first line
    except OSError as error:
        raise DialectError(f"The dialect file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise DialectError(f"The dialect file {path} is not TOML: it is not text in UTF-8.") from None


def _tables(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of its own
        raise DialectError(f"The dialect file {path} is not TOML: {error}.") from None


def _dialect(tables: Mapping[str, Any]) -> Dialect:
    return Dialect(
        operations={name: Route(**table) for name, table in tables.get("operations", {}).items()},
        fields=tables.get("fields", {}),
        states=tables.get("states", {}),
    )


def _faults(tables: Mapping[str, Any], built_in: Dialect) -> Iterator[_Fault]:
    """The lines that could not be meant: a name that nothing has would be passed over in silence."""
    known: Mapping[str, Mapping[str, Collection[str]]] = {
        "operations": dict.fromkeys(OPERATIONS, ("method", "path")),
        "fields": {name: list(model.model_fields) for name, model in OBJECTS.items()},
        "states": {kind: list(words) for kind, words in built_in.states.items()},
    }
    for table, names in tables.items():
        if table not in known:
            yield _Fault(f"there is no table [{table}]; there are {', '.join(known)}", table)
        elif not isinstance(names, dict):
            yield _Fault(f"[{table}] must be a table of tables", table)
        else:
            for name, words in names.items():
                yield from _faults_in_table(table, name, words, known[table])
    for name, words in tables["operations"].items() if "operations" in tables else ():
        yield from _faults_in_route(name, Route(**words), OPERATIONS[name].path_names, OPERATIONS[name].is_read)


def _faults_in_table(table: str, name: str, words: Any, known: Mapping[str, Collection[str]]) -> Iterator[_Fault]:
    kind = {"operations": "operation", "fields": "object", "states": "kind of state"}[table]
    if name not in known and table == "states":
        tables = ", ".join(f"[states.{each}]" for each in known)
        yield _Fault(f"there is no [states.{name}]; the words of states stand in {tables}", table, name)
    elif name not in known:
        yield _Fault(f"there is no {kind} {name!r}; {_instead(name, known)}", table, name)
    elif not isinstance(words, dict):
        yield _Fault(f"{name} must be a table of our names and theirs", table, name)
    else:
        for ours, theirs in words.items():
            if ours not in known[name]:
                yield _Fault(f"{kind} {name} has no {ours!r}; {_instead(ours, known[name])}", table, name, ours)
            elif not isinstance(theirs, str) or not theirs.strip():
                yield _Fault(f"{ours} must be a text that is not empty", table, name, ours)


def _instead(name: str, known: Collection[str]) -> str:
    in_quotes = [each for each in known if each.startswith(f"{name}.")]
    if in_quotes:
        return f'its names need quotes: [operations."{in_quotes[0]}"]'
    similar = get_close_matches(name, known, 1)
    return f"the nearest is {similar[0]!r}" if similar else f"known are {', '.join(known)}"


def _faults_in_route(name: str, route: Route, path_names: Collection[str], is_read: bool) -> Iterator[_Fault]:
    if route.method is not None and route.method not in METHODS[is_read]:
        kind = "a read" if is_read else "an action"
        yield _Fault(f"the method of {kind} must be {' or '.join(METHODS[is_read])}", "operations", name, "method")
    if route.path is None:
        return
    if not PATH.fullmatch(route.path):
        yield _Fault(
            "the path must begin with one / and hold no ?, #, %, blank or step back", "operations", name, "path"
        )
    if _names_in(route.path) != sorted(path_names):
        wanted = " and ".join(f"{{{each}}}" for each in sorted(path_names))
        sentence = f"the path must hold {wanted or 'no name in braces'}" + (", once" if wanted else "")
        yield _Fault(sentence, "operations", name, "path")


def _names_in(template: str) -> list[str] | None:
    """What stands in braces; None when the braces do not match, or say more than a name."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return sorted(name for _, name, _, _ in parts if name is not None)


def _clashes(merged: Dialect, site: Dialect) -> Iterator[_Fault]:
    """Two states, or two fields of one object, with the same word."""
    for kind, words in site.states.items():
        if clash := _twice(words, merged.states[kind]):
            yield _Fault(f"two states are called {words[clash]!r}", "states", kind, clash)
    for name, words in site.fields.items():
        names = {ours: to_camel(ours) for ours in OBJECTS[name].model_fields} | dict(words)
        if clash := _twice(words, names):
            yield _Fault(f"two fields of {name} are called {words[clash]!r}", "fields", name, clash)


def _reads_that_act(site: Dialect) -> Iterator[_Fault]:
    """A read that a server would take for an action, or for a write; and it is asked again and again."""
    acting = {site.route(each): each.name for each in OPERATIONS.values() if not each.is_read}
    for each in OPERATIONS.values():
        if each.is_read and (name := acting.get(site.route(each))):
            changed = each.name if each.name in site.operations else name
            yield _Fault(f"{each.name} would be asked as {name} is, which is no read", "operations", changed)


def _twice(given: Mapping[str, str], everything: Mapping[str, str]) -> str | None:
    theirs = list(everything.values())
    return next((ours for ours, word in given.items() if theirs.count(word) > 1), None)


def line_of(text: str, keys: Sequence[str]) -> int | None:
    """The number of the line that holds the last of the keys; None when it cannot be told.

    It is looked for where the file begins to hold them, read line by line.
    """
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines, 1) if keys[-1] in line), len(lines) + 1)
    for end in range(first, min(first + MOST_LINES_TRIED, len(lines) + 1)):
        if _holds("".join(lines[:end]), keys):
            return max(number for number, line in enumerate(lines[:end], 1) if keys[-1] in line)
    return None


def _holds(text: str, keys: Sequence[str]) -> bool:
    try:
        table: Any = tomllib.loads(text)
    except ValueError:
        return False
    for key in keys:
        if not isinstance(table, dict) or key not in table:
            return False
        table = table[key]
    return True

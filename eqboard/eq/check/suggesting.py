"""What a dialect should say so that a server is understood, as the text of a file. Pure."""

import json
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eqboard.eq.check.comparing import Found, Vocabulary, compare, why_unreadable
from eqboard.eq.check.guessing import guess_fields, guess_states
from eqboard.eq.check.masking import is_plain_name, is_plain_word
from eqboard.eq.dialect import Dialect, Route
from eqboard.eq.dialect_file import METHODS
from eqboard.eq.models.base import EQObject, inner_models
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Operation

DEEPEST = 4  # times that a suggestion is tried out; each brings to light what is inside the objects it found
LEAST_ALIKE = 2  # fields that make two objects the same
WIDTH = 78  # columns of a comment
HEAD = (
    "A dialect as the server's answers suggest it, with all that the one in force says. Look each line over: it was "
    "guessed from names, and from what values they hold."
)

Sample = tuple[type[EQObject], Sequence[Any]]  # a model, and rows that should be read by it


@dataclass(frozen=True, slots=True)
class Overview:
    """One object, over all answers that have it."""

    missing: tuple[str, ...] = ()
    unknown: Mapping[str, Sequence[Any]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Gap:
    """What a dialect should say of an operation, and only whoever knows the server can: `key` is "method" or "path",
    `guess` stands for its value, and `remark` says why.
    """

    remark: str
    key: str
    guess: str


def lost_path(operation: Operation, remark: str) -> Gap:
    """A path to fill in, with the names that it must hold."""
    return Gap(remark, "path", "/…" + "".join(f"/{{{name}}}" for name in sorted(operation.path_names)))


def other_method(request: str) -> Gap:
    """Of a read that was asked in the wrong one of the two ways."""
    method, _, path = request.partition(" ")
    other = next(each for each in METHODS[True] if each != method)
    return Gap(f"The server has another method than {method} at {path}. It may be this one:", "method", other)


def unsettled_actions(dialect: Dialect, names: Iterable[str]) -> list[Operation]:
    """Those actions of which the dialect says nothing, though it has some read elsewhere than the built-in one."""
    is_elsewhere = any(each.is_read and dialect.route(each) != (each.method, each.path) for each in OPERATIONS.values())
    return [OPERATIONS[name] for name in names if is_elsewhere and name not in dialect.operations]


def improved(dialect: Dialect, samples: Iterable[Sample]) -> Dialect:
    """The dialect with every field and word that can be guessed from the rows."""
    samples = list(samples)
    for _ in range(DEEPEST):
        found = _found(dialect, samples)
        fields, states = _guessed_fields(dialect, found), _guessed_states(dialect, found)
        if not fields and not states:
            break
        dialect = Dialect(dialect.operations, _merged(dialect.fields, fields), _merged(dialect.states, states))
    return dialect


def suggestion(dialect: Dialect, samples: Iterable[Sample], gaps: Mapping[str, Gap]) -> str:
    """The text of a dialect file, to be used in place of the one in force; empty when there is nothing to change.

    `gaps` are by operation. What cannot be guessed is there as a comment.
    """
    samples = list(samples)
    better = improved(dialect, samples)
    remaining = _found(better, samples)
    fields, words = _overviews(remaining), _unknown_words(remaining)
    if better == dialect and not gaps and not words and not any(each.unknown for each in fields.values()):
        return ""
    blocks = [
        _comment(HEAD),
        *_operation_blocks(better.operations, gaps),
        *_field_blocks(better, fields),
        *_state_blocks(better, words, _unseen_states(better, remaining)),
    ]
    return "\n\n".join(blocks) + "\n"


def unseen_states(dialect: Dialect, samples: Iterable[Sample]) -> tuple[str, ...]:
    """Our words for an agent's status that no row showed, and that nobody has renamed, while the server has other words
    for some: it may have another for these too. None where it speaks as we do.
    """
    samples = list(samples)
    better = improved(dialect, samples)
    return _unseen_states(better, _found(better, samples))


def _unseen_states(dialect: Dialect, found: Iterable[Found]) -> tuple[str, ...]:
    words = dialect.states.get("agent", {})
    heard = {word for each in found for word in each.known_words.get("agent", ())}
    if all(ours == theirs for ours, theirs in words.items()):
        return ()
    return tuple(ours for ours, theirs in words.items() if ours == theirs and ours not in heard)


# Guessing


def _found(dialect: Dialect, samples: Iterable[Sample]) -> list[Found]:
    return [each for model, rows in samples for each in compare(model, rows, dialect)]


def _guessed_fields(dialect: Dialect, found: Sequence[Found]) -> dict[str, dict[str, str]]:
    models = {each.name: each.model for each in found}
    guessed = {}
    for name, overview in _overviews(found).items():
        values = _Values(models[name], dialect, overview.unknown)
        pairs = guess_fields(overview.missing, _plain_names(overview.unknown), values.suit, values.resemble)
        if pairs:
            guessed[name] = pairs
    return guessed


@dataclass(frozen=True, slots=True)
class _Values:
    """Some values under each unknown name of one object, and what they say of a field of ours."""

    model: type[EQObject]
    dialect: Dialect
    by_name: Mapping[str, Sequence[Any]] = field(repr=False)

    def suit(self, our: str, their: str) -> bool:
        """Whether they can be read as the field."""
        return not any(why_unreadable(self.model, our, value) for value in self.by_name[their])

    def resemble(self, our: str, their: str) -> bool:
        """Whether they are objects, most of whose fields the object in our field has as well."""
        inner = inner_models(self.model).get(our)
        if inner is None:
            return False
        vocabulary = Vocabulary(inner, self.dialect)
        objects = [each for value in self.by_name[their] for each in (value if isinstance(value, list) else [value])]
        keys = {key for each in objects if isinstance(each, dict) for key in each}
        known_count = sum(vocabulary.field_of(key) is not None for key in keys)
        return known_count >= LEAST_ALIKE and 2 * known_count >= len(keys)


def _guessed_states(dialect: Dialect, found: Iterable[Found]) -> dict[str, dict[str, str]]:
    guessed = {}
    for kind, unknown in _unknown_words(found).items():
        heard = {word for each in found for word in each.known_words.get(kind, ())}
        free = [ours for ours, theirs in dialect.states.get(kind, {}).items() if not {ours, theirs} & heard]
        if pairs := guess_states(kind, free, [word for word in unknown if is_plain_word(word)]):
            guessed[kind] = pairs
    return guessed


def _overviews(found: Iterable[Found]) -> dict[str, Overview]:
    """What is missing of each object in every answer, and what is unknown in any.

    A field whose values never make sense is missing too: its name means something else there.
    """
    by_name: dict[str, list[Found]] = {}
    for each in found:
        if each.row_count:
            by_name.setdefault(each.name, []).append(each)
    return {name: _overview(each) for name, each in by_name.items()}


def _overview(found: Sequence[Found]) -> Overview:
    recognised = {name for each in found for name in each.recognised}
    unknown: dict[str, list[Any]] = {}
    for each in found:
        for key, values in each.unknown.items():
            unknown.setdefault(key, []).extend(values)
    missing = tuple(name for name in found[0].model.model_fields if name not in recognised)
    return Overview(missing, unknown)


def _unknown_words(found: Iterable[Found]) -> dict[str, list[str]]:
    words: dict[str, set[str]] = {}
    for each in found:
        for kind, unknown in each.unknown_words.items():
            words.setdefault(kind, set()).update(unknown)
    return {kind: sorted(each) for kind, each in sorted(words.items())}


def _plain_names(names: Iterable[str]) -> list[str]:
    return [name for name in names if is_plain_name(name)]


def _merged(
    first: Mapping[str, Mapping[str, str]], second: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    return {name: {**first.get(name, {}), **second.get(name, {})} for name in dict.fromkeys((*first, *second))}


# The file


def _operation_blocks(operations: Mapping[str, Route], gaps: Mapping[str, Gap]) -> Iterator[str]:
    for name in dict.fromkeys((*operations, *gaps)):
        route, gap = operations.get(name), gaps.get(name)
        head = f"[operations.{_quoted(name)}]"
        if route is None and gap:
            yield "\n".join([_comment(gap.remark), f"# {head}", f"# {_line(gap.key, gap.guess)}"])
        elif route is not None:
            yield "\n".join([head, *_route_lines(route, gap)])


def _route_lines(route: Route, gap: Gap | None) -> Iterator[str]:
    """What a table says, and what it should say beside that: a line that is there already is to be edited, as a second
    one with the same key would be no TOML.
    """
    said = {"method": route.method, "path": route.path}
    for key, value in said.items():
        if gap and gap.key == key:
            is_to_be_edited = value is not None
            yield _comment(f"{gap.remark} {gap.guess}" if is_to_be_edited and key == "method" else gap.remark)
            if not is_to_be_edited:
                yield f"# {_line(key, gap.guess)}"
        if value:
            yield _line(key, value)


def _field_blocks(dialect: Dialect, overviews: Mapping[str, Overview]) -> Iterator[str]:
    for name in dict.fromkeys((*dialect.fields, *overviews)):
        pairs, overview = dialect.fields.get(name, {}), overviews.get(name, Overview())
        if pairs or overview.unknown:
            yield _table(f"fields.{name}", pairs, _names_left(overview))


def _names_left(overview: Overview) -> Iterator[str]:
    if not overview.unknown:
        return
    names = _plain_names(overview.unknown)
    more = ["some that are no names"] if len(names) < len(overview.unknown) else []
    yield _comment(f"Theirs, and unknown: {', '.join([*names, *more])}")
    if overview.missing:
        yield _comment(f"Ours, and not found: {', '.join(overview.missing)}")


def _state_blocks(dialect: Dialect, unknown: Mapping[str, Collection[str]], unseen: Sequence[str]) -> Iterator[str]:
    """`unseen` are such of agents."""
    for kind, words in dialect.states.items():
        pairs = {ours: theirs for ours, theirs in words.items() if ours != theirs}
        left = [word for word in unknown.get(kind, ()) if is_plain_word(word)]
        if pairs or left:
            remarks = (
                [_comment(f"Theirs, and unknown: {', '.join(left)}. Ours are {', '.join(words)}.")] if left else []
            )
            if kind == "agent" and unseen:
                remarks += [_comment("Not seen yet:"), *(f"# {_line(ours, '…')}" for ours in unseen)]
            yield _table(f"states.{kind}", pairs, remarks)


def _table(name: str, pairs: Mapping[str, str], remarks: Iterable[str]) -> str:
    head = f"[{name}]"
    return "\n".join([head if pairs else f"# {head}", *(_line(ours, their) for ours, their in pairs.items()), *remarks])


def _line(ours: str, theirs: str) -> str:
    return f"{ours} = {_quoted(theirs)}"


def _quoted(text: str) -> str:
    """A TOML string, in which nothing moves a terminal; JSON's escapes are among TOML's."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08X}" for letter in quoted)


def _comment(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False))

"""An answer's rows beside the model that should read them: which fields are there, which are not, which make no sense.

Rows are looked at as they came, so that unknown names are told in the server's own spelling; what each of them means is
asked of the dialect.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

from pydantic import ValidationError

from eqboard.eq.check.masking import Shown, hidden, shown, shown_name, shown_words
from eqboard.eq.dialect import STATE_FIELDS, Dialect
from eqboard.eq.models.base import PLAIN, EQObject, blank_to_none, fields_of, inner_models

MOST_ROWS = 300  # of one list, and of one object inside its rows
MOST_VALUES = 20  # kept of one unknown field, to see whether they suit a known one
MOST_UNKNOWN = 200  # names of one object; more are no names but something else
MOST_SHOWN = 40  # fields of one sample
NO_KINDS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """One object at one place of an answer, "" or "call" or "voicemail.options", over all rows.

    Names are ours (`caller_id_name`) but for `unknown`, which has theirs, with some of their values. `unreadable` gives
    the rule that was broken. `unknown_words` are by kind of state, as much of them as may be shown.
    """

    model: type[EQObject]
    place: str
    row_count: int = 0
    unreadable_row_count: int = 0
    recognised: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, Sequence[Any]] = field(default_factory=dict, repr=False)
    known_words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown_words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    objects: tuple[EQObject, ...] = field(default=(), repr=False)
    sample: Mapping[str, Shown] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The object's name in a dialect."""
        return self.model.__name__

    def at(self, name: str) -> str:
        """A field of it, told from the top of the answer: "call.caller_id_name"."""
        return f"{self.place}.{name}" if self.place else name


def compare(model: type[EQObject], rows: Sequence[Any], dialect: Dialect, place: str = "") -> tuple[Found, ...]:
    """What was found of a model in the rows, and of the objects inside it; the model itself comes first."""
    look = _Look(model, dialect)
    for row in rows[:MOST_ROWS]:
        look.at_row(row)
    found = [look.found(place)]
    for name, inner in inner_models(model).items():
        if look.row_count:
            found += compare(inner, look.inside.get(name, ()), dialect, found[0].at(name))
    return tuple(found)


@cache
def _names_by_key(model: type[EQObject]) -> Mapping[str, str]:
    return {info.alias or name: name for name, info in model.model_fields.items()}


class Vocabulary:
    """What the keys of one object mean to us."""

    def __init__(self, model: type[EQObject], dialect: Dialect) -> None:
        self._model = model
        self._dialect = dialect
        self._known: dict[str, str | None] = {}

    def field_of(self, key: str) -> str | None:
        """Our name of a key of theirs; None when the dialect does not look for it."""
        if key not in self._known:
            understood = self._dialect.understand(self._model.__name__, {key: None})
            self._known[key] = _names_by_key(self._model).get(next(iter(understood), ""))
        return self._known[key]

    def word_of(self, key: str, value: str | int) -> str:
        """Our word for a state of theirs, or theirs again."""
        return str(next(iter(self._dialect.understand(self._model.__name__, {key: value}).values())))


class _Look:
    """Counts one object's fields, row after row."""

    def __init__(self, model: type[EQObject], dialect: Dialect) -> None:
        self.model = model
        self.dialect = dialect
        self.vocabulary = Vocabulary(model, dialect)
        self.kinds = STATE_FIELDS.get(model.__name__, NO_KINDS)
        self.row_count = self.object_count = self.unreadable_row_count = 0
        self.appeared: set[str] = set()
        self.readable: set[str] = set()
        self.unreadable: dict[str, str] = {}
        self.unknown: dict[str, list[Any]] = {}
        self.known_words: dict[str, set[str]] = {}
        self.unknown_words: dict[str, set[str]] = {}
        self.texts: set[str] = set()  # of fields that hold no state
        self.inside: dict[str, list[Any]] = {}
        self.objects: list[EQObject] = []
        self.best: tuple[dict[str, Any], EQObject | None] = ({}, None)  # the row to be shown
        self.best_worth = (False, -1)

    def at_row(self, row: Any) -> None:
        self.row_count += 1
        if not isinstance(row, dict):
            self.unreadable_row_count += 1
            return
        self.object_count += 1
        values: dict[str, Any] = {}
        for key, value in row.items():
            name = self.vocabulary.field_of(key)
            if name is None:
                self._note_unknown(key, value)
            else:
                values[name] = value
                self._note_known(name, key, value)
        read = self._read(row, values)
        worth = (read is not None, _filled_count(row))
        if worth > self.best_worth:
            self.best_worth, self.best = worth, (row, read)

    def found(self, place: str) -> Found:
        names = tuple(self.model.model_fields)
        unknown_words = {kind: shown_words(words, self.texts) for kind, words in self.unknown_words.items()}
        words = {*chain(*unknown_words.values()), *chain(*self.dialect.states.values())}
        return Found(
            model=self.model,
            place=place,
            row_count=self.row_count,
            unreadable_row_count=self.unreadable_row_count,
            recognised=tuple(name for name in names if name in self.readable),
            missing=tuple(name for name in names if name not in self.appeared) if self.object_count else (),
            unreadable={name: why for name, why in self.unreadable.items() if name in self.appeared},
            unknown=self.unknown,
            known_words={kind: frozenset(words) for kind, words in self.known_words.items()},
            unknown_words=unknown_words,
            objects=tuple(self.objects),
            sample=sample_of(self.model, *self.best, self.dialect, words),
        )

    def _note_unknown(self, key: str, value: Any) -> None:
        if key not in self.unknown and len(self.unknown) >= MOST_UNKNOWN:
            return
        values = self.unknown.setdefault(key, [])
        if len(values) < MOST_VALUES and blank_to_none(value) is not None:
            values.append(value)

    def _note_known(self, name: str, key: str, value: Any) -> None:
        self.appeared.add(name)
        if name in inner_models(self.model):
            rows = self.inside.setdefault(name, [])
            rows += [
                each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict) and each
            ]
        elif name in self.kinds and _may_be_word(value):
            kind = self.kinds[name]
            is_known = self.vocabulary.word_of(key, value) in self.dialect.states.get(kind, ())
            (self.known_words if is_known else self.unknown_words).setdefault(kind, set()).add(str(value))
        elif isinstance(value, str):
            self.texts.add(value)

    def _read(self, row: dict[str, Any], values: Mapping[str, Any]) -> EQObject | None:
        """The row as an object. Notes which of its fields make sense, and which do not."""
        try:
            read = self.model.read(self.dialect.understand(self.model.__name__, row), [])
        except ValidationError as error:
            self.unreadable_row_count += 1
            faulty = _faulty(self.model, error)
            self.unreadable = faulty | self.unreadable
            self.readable |= values.keys() - faulty.keys()
            return None
        self.objects.append(read)
        for name, value in values.items():
            if blank_to_none(value) is None or name in read.model_fields_set:
                self.readable.add(name)
            elif name not in self.unreadable:
                self.unreadable[name] = why_unreadable(self.model, name, value)
        return read


def _may_be_word(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and blank_to_none(value) is not None


def _faulty(model: type[EQObject], error: ValidationError) -> dict[str, str]:
    names = _names_by_key(model)
    faults = [(str(fault["loc"][0]), fault["msg"]) for fault in error.errors(**PLAIN) if fault["loc"]]
    return {names.get(key, key): rule for key, rule in faults}


def why_unreadable(model: type[EQObject], name: str, value: Any) -> str:
    """The rule that a value breaks as a field of the model; empty when it breaks none. The value is not repeated."""
    key = model.model_fields[name].alias or name
    required = {each: "1" for each, field in fields_of(model).items() if field.is_required}  # suits id and key
    faults: list[str] = []
    try:
        model.read(required | {key: value}, faults)
    except ValidationError as error:
        return next(iter(_faulty(model, error).values()), "cannot be read")
    return faults[0].partition(": ")[2] if faults else ""


def _filled_count(row: Mapping[str, Any]) -> int:
    """How many fields say something, in the objects right inside too."""
    return sum(len(value) if isinstance(value, dict) else blank_to_none(value) is not None for value in row.values())


def sample_of(
    model: type[EQObject], row: Mapping[str, Any], read: EQObject | None, dialect: Dialect, words: Collection[str]
) -> dict[str, Shown]:
    """One row, as much of it as may be shown: known fields by our names, unknown ones by theirs; objects inside too.

    `read` is what was read from it, if anything; `words` are the words for a state that may be shown.
    """
    vocabulary = Vocabulary(model, dialect)
    sample: dict[str, Shown] = {}
    for key, value in list(row.items())[:MOST_SHOWN]:
        name = vocabulary.field_of(key)
        inner, read_value = inner_models(model).get(name or ""), getattr(read, name or "", None)
        if inner and isinstance(value, dict) and isinstance(read_value, EQObject):
            inside = sample_of(inner, value, read_value, dialect, words)
            sample |= {f"{name}.{each}": inside[each] for each in inside}
        elif name is None or read is None or name not in read.model_fields_set or isinstance(value, list | dict):
            sample[name or shown_name(key)] = hidden(value)
        else:
            is_word = name in STATE_FIELDS.get(model.__name__, NO_KINDS) and read_value in words
            sample[name] = read_value if is_word else shown(name, read_value, value)
    return sample

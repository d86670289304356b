"""How EQ's objects are read: leniently, into frozen values in EQ's own words.

Unknown fields are left out, numbers may come as strings, a blank stands for "none", and so does an optional field that
makes no sense: it must not cost the object. A required field that is missing raises pydantic's error, which names it
(contract: "Reading is lenient, writing is strict").

A row as EQ should write it is validated by pydantic's core alone, in one step. Only a row that fails there is cleaned,
field by field, and read again (`read_leniently`); both ways give the same object.
"""

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from annotated_types import MaxLen
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from eqboard.eq.models.rules import Rule

LONGEST_TEXT = 255
MOST_INSIDE = 500  # objects in a list inside another: participants of one conference
PLAIN = {"include_url": False, "include_input": False, "include_context": False}  # a fault as field and rule alone
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_10000 = 253402300800  # UNIX seconds; no date library counts further
WHITE = "".join(
    map(chr, (*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)
"""Unicode's white space, as pydantic's core has it; Python takes some control characters for it too."""
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


NO_NAMES: Mapping[str, Mapping[str, str]] = {}
THEIR_OWN = "their own "
"""Stands before a field that EQ has under one of our names, where a dialect says that ours is another of theirs."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Says of a field how a value that is not as it should be may yet be understood."""

    by: Callable[[Any], Any]


class EQObject(BaseModel):
    """One object of EQ's API; attributes are camelCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="ignore",
        coerce_numbers_to_str=True,
        val_temporal_unit="seconds",  # milliseconds are no time: guessing the unit would be right until it is wrong
        hide_input_in_errors=True,
    )

    @classmethod
    def read(cls, value: Any, faults: list[str] | None = None) -> Self:
        """The object in an answer. Raises ValidationError, naming the required field that is not there.

        `faults` takes a sentence for each optional field that had to be left out.
        """
        try:
            return cls._as_told(value)
        except ValidationError:
            return cls.read_leniently(value, [] if faults is None else faults)

    @classmethod
    def read_leniently(cls, value: Any, faults: list[str]) -> Self:
        """`read`, for an object that is not as it should be."""
        if not isinstance(value, Mapping):
            return cls._as_told(value)
        row = cls._cleaned(value, faults)
        try:
            return cls._as_told(row)
        except ValidationError as error:
            faulty = {str(fault["loc"][0]) for fault in error.errors(**PLAIN) if fault["loc"]}
            if not faulty or faulty & cls._required():
                raise
            faults.append(first_fault(error))
            return cls._as_told({name: each for name, each in row.items() if name not in faulty})

    @classmethod
    def _as_told(cls, value: Any) -> Self:
        """Only the names of the API count: under ours, which are written otherwise, nothing would find its way back."""
        return cls.model_validate(value, by_alias=True, by_name=False)

    @classmethod
    def _cleaned(cls, row: Mapping[Any, Any], faults: list[str]) -> dict[str, Any]:
        """The fields that say something, each as well understood as it can be."""
        cleaned: dict[str, Any] = {}
        for key, value in row.items():
            field = fields_of(cls).get(key) if isinstance(key, str) else None
            if field is None:
                cleaned[key] = value  # nobody's, or an entity's that is kept as it came
                continue
            if field.says_nothing(value):
                cleaned |= {key: None} if field.is_nullable else {}
                continue
            try:
                value = field.clean(value, faults)
            except ValidationError as error:
                faults.append(f"{key}.{first_fault(error)}")
                if key in cls._required():
                    raise
                continue
            cleaned[key] = value
        return cleaned

    @property
    def told(self) -> set[str]:
        """The fields, by our names, of which EQ said something."""
        return self.model_fields_set - (self.model_extra or {}).keys()

    @classmethod
    def _required(cls) -> set[str]:
        return {key for key, field in fields_of(cls).items() if field.is_required}


@dataclass(frozen=True, slots=True)
class ReadField:
    """What the reader knows of one field: the object in it, if any, and how it may be cleaned."""

    is_required: bool
    is_nullable: bool
    inner: type[EQObject] | None
    is_many: bool
    most: int | None  # objects in the list
    cleaners: tuple[Cleaned, ...]

    def says_nothing(self, value: Any) -> bool:
        """A list without anything in it says that there is nothing; an entity's object without anything is still there,
        and is written back so.
        """
        if self.is_many or (self.inner is not None and issubclass(self.inner, Entity)):
            return value is None or value == ""
        return value in (None, "") if SECRET in self.cleaners else blank_to_none(value) is None

    def clean(self, value: Any, faults: list[str]) -> Any:
        """Raises ValidationError when the object inside cannot be read."""
        for cleaner in self.cleaners:
            value = cleaner.by(value)
        if self.inner is None:
            return value
        if not self.is_many:
            return self.inner.read({} if value == [] else value, faults)  # as PHP writes an object that is empty
        if not isinstance(value, list) or (self.most is not None and len(value) > self.most):
            return value  # is refused as a whole
        return [each for each in (self._read_inside(each, faults) for each in value) if each is not None]

    def _read_inside(self, value: Any, faults: list[str]) -> EQObject | None:
        """One of a list; what cannot be read does not cost the others."""
        try:
            return self.inner.read(value, faults) if self.inner else None
        except ValidationError as error:
            faults.append(first_fault(error))
            return None


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, ReadField]:
    """The fields of a model by the names under which they come."""
    known: dict[str, ReadField] = {}
    for name, info in model.model_fields.items():
        inner, is_many = object_inside(info.annotation)
        cleaners = tuple(each for each in info.metadata if isinstance(each, Cleaned))
        is_nullable = type(None) in typing.get_args(info.annotation)
        most = next((each.max_length for each in info.metadata if isinstance(each, MaxLen)), None)
        known[info.alias or name] = ReadField(info.is_required(), is_nullable, inner, is_many, most, cleaners)
    return known


@cache
def inner_models(model: type[BaseModel]) -> Mapping[str, type[EQObject]]:
    """The objects in an object, by our names of its fields."""
    inside = {name: object_inside(info.annotation)[0] for name, info in model.model_fields.items()}
    return {name: inner for name, inner in inside.items() if inner is not None}


def object_inside(annotation: Any) -> tuple[type[EQObject] | None, bool]:
    """The object that a field holds, and whether it holds many: of `tuple[ConferenceParticipant, ...]`, both."""
    if isinstance(annotation, type) and issubclass(annotation, EQObject):
        return annotation, False
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, Annotated):
        return next((found for each in typing.get_args(annotation) if (found := object_inside(each))[0]), (None, False))
    if origin in (tuple, list):
        return object_inside(typing.get_args(annotation)[0])[0], True
    return None, False


class Entity(EQObject):
    """An object that is written back whole. What we do not know of it is kept, so that an update loses nothing, and
    shown nowhere: it may be a secret.
    """

    model_config = ConfigDict(extra="allow")
    read_only: ClassVar[frozenset[str]] = frozenset({"id", "deleted"})
    _unread: tuple[str, ...] = PrivateAttr(())

    @classmethod
    def read(cls, value: Any, faults: list[str] | None = None) -> Self:
        faults = [] if faults is None else faults
        earlier_count = len(faults)
        entity = super().read(value, faults)
        entity._unread = tuple(faults[earlier_count:])
        return entity

    def note_unread(self, sentence: str) -> None:
        """Say of something that it cannot be read."""
        self._unread += (sentence,)

    @property
    def unread(self) -> tuple[str, ...]:
        """What EQ says of it and nobody can read, a sentence each. Written back, it would be lost."""
        return self._unread

    @property
    def unknown(self) -> dict[str, Any]:
        """What EQ says of it under names that we do not know, or know for something else."""
        return {name.removeprefix(THEIR_OWN): value for name, value in (self.model_extra or {}).items()}

    def as_sent(self, names: Mapping[str, Mapping[str, str]] = NO_NAMES) -> dict[str, Any]:
        """The JSON object as EQ told it, secrets included; `names` holds a dialect's field names for each object."""
        theirs = names.get(type(self).__name__, {})
        sent = self.unknown
        for name, info in type(self).model_fields.items():
            if name in self.told:
                sent[theirs.get(name, info.alias or name)] = plain(getattr(self, name), names)
        return sent

    def __repr_args__(self) -> Any:
        return [(name, value) for name, value in super().__repr_args__() if name in type(self).model_fields]


def plain(value: Any, names: Mapping[str, Mapping[str, str]] = NO_NAMES) -> Any:
    """A value as JSON takes it, secrets included."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.as_sent(names) if hasattr(value, "as_sent") else value


def first_fault(error: ValidationError) -> str:
    """The field and the rule, without the value: values may be secrets or callers' numbers."""
    fault = error.errors(**PLAIN)[0]
    where = ".".join(str(step) for step in fault["loc"]) or "object"
    return f"{where}: {fault['msg']}"


def blank_to_none(value: Any) -> Any:
    """EQ's "blank/null" as one thing; of an object that is not there, some servers say [] or {}."""
    return None if value in ([], {}) or (isinstance(value, str) and not value.strip(WHITE)) else value


def cut(value: Any) -> Any:
    """No text of a telephone exchange is longer; a caller may send any name, and every board would have to show it."""
    return value[: LONGEST_TEXT - 1] + "…" if isinstance(value, str) and len(value) > LONGEST_TEXT else value


def stripped(value: Any) -> Any:
    return value.strip(WHITE) if isinstance(value, str) else value


def unix_to_moment(value: Any) -> Any:
    """UNIX seconds, as number or digits, to an aware moment; 0 to None. What is no time stays as it is."""
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if value == 0:
        return None
    return datetime.fromtimestamp(value, UTC) if 0 < value < YEAR_10000 else value


Moment = Annotated[
    Annotated[AwareDatetime, Field(gt=EPOCH), Rule("a time is UNIX seconds")] | None, Cleaned(unix_to_moment)
]
"""UNIX seconds on the wire, between 1970 and 9999."""

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT), Cleaned(stripped)]
"""What names a thing, and so may not be blank; cut, it would name another."""

Id = Annotated[Annotated[str, Field(pattern=r"\S", max_length=LONGEST_TEXT)] | None, Field()]
"""A Key that may be absent. One that is too long is none: cut, two calls might become one."""

Whole = Annotated[str, Field(pattern=r"\S")] | None
"""A text that is written back as it came."""

Text = Annotated[Annotated[str, Field(pattern=r"\S", max_length=LONGEST_TEXT)] | None, Cleaned(cut)]
Number = Annotated[int, Field(ge=-(10**12), le=10**12)] | None
Amount = float | None
Flag = bool | None
YesOrNo = bool
SECRET = Cleaned(lambda value: str(value) if isinstance(value, int) and not isinstance(value, bool) else value)
Secret = Annotated[Annotated[SecretStr, Field(min_length=1)] | None, SECRET]
"""Never shown: str() and repr() give stars. Blanks in it are a part of it."""

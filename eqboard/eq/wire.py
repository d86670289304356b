"""One operation as data; a request from a call, a value or an error from an answer. No I/O.

The rules are those of eq-contract §1: the key in the query string, form bodies, `options` and `data` as JSON text,
camelCase attributes, bare JSON results, an error array.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, overload
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, FailFast, Field, SecretStr, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from eqboard.eq.dialect import Dialect
from eqboard.eq.errors import Complaint, EQBroken, EQInvalid, EQNotFound, EQRefused, EQSignedOut, EQWrongValue
from eqboard.eq.models.base import Entity, EQObject, first_fault, plain
from eqboard.eq.models.rules import Token, complaints_of
from eqboard.eq.redaction import excerpt

T = TypeVar("T")
MAX_ROWS = 50_000  # 1,000 agents in 50 queues each; not even nonsense of so many takes long to read
MAX_PARTS = 100_000  # objects and arrays in one answer, the nested ones too: a row of a status may hold a call
LONGEST_NUMBER = 1000  # digits; more are no number of a telephone exchange
MOST_COMPLAINTS = 10  # of one refusal that are kept
LONGEST_PATH = 4096  # characters of a file's path, as Linux counts
BARE_NAMES: Mapping[type, str] = {int: "id", str: "extension", SecretStr: "token"}
SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

Arguments = Mapping[str, Any]


class Parameters(BaseModel):
    """What the models of operations' arguments share; the decorator makes one for each signature."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One signature of `operations/`, read once at import."""

    name: str  # "queued_calls.all"
    method: str
    path: str  # "/agent/{id}"
    result: type | None = None  # the object answered, or int, str, SecretStr; None for "[None]"
    many: bool = False  # an array of them
    fixed: Mapping[str, str] = field(default_factory=dict)  # parameters with one value; of a read in the query
    in_query: Mapping[str, str] = field(default_factory=dict)  # such as stand in the query of what is no read
    as_json: str | None = None  # the one form field that holds all arguments, as JSON text
    names: Mapping[str, str] = field(default_factory=dict)  # arguments whose wire name is not camelCase
    doc: str = ""
    parameters: type[Parameters] = Parameters
    check: Callable[[Arguments], Complaint | None] | None = None  # what no argument alone can tell

    @property
    def is_read(self) -> bool:
        """Reads are safe to repeat; everything else is sent once."""
        return self.method == "GET"

    @property
    def path_names(self) -> frozenset[str]:
        return frozenset(re.findall(r"{(\w+)}", self.path))

    def wire_name(self, argument: str) -> str:
        """What the API calls an argument."""
        return self.names.get(argument, to_camel(argument))


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire, but for the key, which the client adds."""

    method: str
    path: str = field(repr=False)  # may hold a token, and so may the query
    query: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)  # may hold a password

    def with_query(self, more: Mapping[str, str]) -> "Request":
        """The same request with more in its query."""
        return replace(self, query={**self.query, **more})


@dataclass(frozen=True, slots=True)
class Rows(Generic[T], Sequence[T]):
    """An answered array: the rows that could be read, and what is wrong with those that could not, wholly or in part.

    `faults` has one sentence for each such row; it repeats no value.
    """

    items: tuple[T, ...]
    faults: tuple[str, ...] = ()

    @property
    def unreadable_count(self) -> int:
        return len(self.faults)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)


# Requests


def checked(operation: Operation, arguments: Arguments) -> dict[str, Any]:
    """The arguments that are given, each within its rule. Raises EQWrongValue, as EQ would say what is wrong."""
    try:
        read = operation.parameters.model_validate(dict(arguments))
    except ValidationError as error:
        complaints = complaints_of(error, model=operation.parameters, names=operation.names)
        raise EQWrongValue(operation.name, complaints) from None
    given = {name: value for name in type(read).model_fields if (value := getattr(read, name)) is not None}
    complaint = operation.check(given) if operation.check else None
    if complaint:
        raise EQWrongValue(operation.name, (complaint,))
    return given


def build_request(operation: Operation, arguments: Arguments, dialect: Dialect) -> Request:
    """The request for one call. Arguments that are None are left out: EQ's defaults apply. Raises EQWrongValue."""
    given = checked(operation, arguments)
    path_values = {name: _path_segment(str(plain(given.pop(name)))) for name in operation.path_names}
    rest = {operation.wire_name(name): plain(value, dialect.fields) for name, value in given.items()}
    method, path = dialect.route(operation)
    path = path.format(**path_values)
    if operation.as_json:
        rest = {operation.as_json: rest}
    try:
        fields = {**operation.fixed, **{name: _text(value) for name, value in rest.items()}}
    except ValueError:  # infinity, which a number of EQ's own may be when it is read
        raise EQWrongValue(
            operation.name, (Complaint(None, "invalid", "a number that JSON has no word for"),)
        ) from None
    if operation.is_read:
        return Request(method, path, query={**operation.in_query, **fields}, form={})
    return Request(method, path, query=operation.in_query, form=fields)


def _path_segment(value: str) -> str:
    """The value as one step of a path, whatever it holds; "." and ".." would be steps of their own."""
    return "%2E" * len(value) if value in (".", "..") else quote(value, safe="")


def _text(value: Any) -> str:
    """One form field: a whole object as JSON text, anything else as it is."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return str(int(value)) if isinstance(value, bool) else str(value)


# Answers


def read_answer(
    operation: Operation, status: int, body: bytes, dialect: Dialect, excerpt: Callable[[str], str] = excerpt
) -> Any:
    """The value EQ answered. Raises the EQError that fits anything else; `excerpt` makes EQ's words fit for a log."""
    if status == 200:
        return _read_value(operation, body, dialect)
    complaints, more_count = _complaints(body, excerpt)
    if status == 401:
        raise EQSignedOut(operation.name, "EQ does not accept the key or the session", complaints, more_count)
    if status == 404:
        raise EQNotFound(operation.name, "EQ knows nothing of that name", complaints, more_count)
    if status == 400:
        raise EQInvalid(operation.name, "EQ refused the request", complaints, more_count)
    if 400 < status < 500:
        raise EQRefused(operation.name, f"EQ refused the request with status {status}", complaints, more_count)
    details = "".join(f"; {complaint}" for complaint in complaints[:1])
    raise EQBroken(operation.name, f"EQ answered with status {status}{details}", outcome_unknown=not operation.is_read)


def _read_value(operation: Operation, body: bytes, dialect: Dialect) -> Any:
    if operation.result is None:
        return _read_nothing(operation, body)
    value = _read_json(operation, body)
    if operation.many:
        if not isinstance(value, list):
            raise _broken(operation, "the answer is not an array", body)
        if len(value) > MAX_ROWS:
            raise _broken(operation, f"the answer has more than {MAX_ROWS} rows", body)
        return read_rows(operation, operation.result, value, dialect)
    try:
        read = read_one(operation.result, value, dialect)
    except ValidationError as error:
        raise _broken(operation, f"the answer cannot be read ({first_fault(error)})", body) from None
    if isinstance(read, EQObject) and not read.told:
        raise _broken(operation, "the answer has no field of what was asked for", body)
    if isinstance(read, Entity) and is_mended(body):
        read.note_unread("some of its letters are in another encoding")
    return read


def read_json(body: bytes) -> Any:
    """The JSON value of a body. Raises ValueError, RecursionError; the first for more parts than any answer has, too.

    The strings in it are text that can be shown and sent on: one caller's name in another encoding, or with a control
    character in it, must not cost the answer (contract §4).
    """
    if body.count(b"{") + body.count(b"[") > MAX_PARTS:
        raise ValueError("too many parts")
    text = body.decode("utf-8-sig", "replace")
    try:
        value = json.loads(text, strict=False, parse_constant=str)  # NaN is no JSON, and no number
    except ValueError:  # perhaps for one number alone, of thousands of digits
        value = json.loads(text, strict=False, parse_int=_integer, parse_constant=str)
    if not SURROGATE.search(body):
        return value
    # Only an escape can bring half of a surrogate pair, which no encoding can carry.
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), strict=False)


def is_mended(body: bytes) -> bool:
    """Whether `read_json` had to put other letters in the place of some."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return SURROGATE.search(body) is not None


def _integer(digits: str) -> int | str:
    """Python reads no number of thousands of digits, for safety. It stays a text, and makes no sense as one."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _read_nothing(operation: Operation, body: bytes) -> None:
    """The text's "[None]": null, or an empty body (contract §1); some servers say it with an empty text, array or
    object, or with true. Anything else is not EQ's word that it was done.
    """
    if body.strip() and _read_json(operation, body) not in (None, "", [], {}, True):
        raise _broken(operation, "the answer says something, where there is nothing to say", body)


def _read_json(operation: Operation, body: bytes) -> Any:
    try:
        return read_json(body)
    except (ValueError, RecursionError):
        raise _broken(operation, "the answer is not JSON", body) from None


def read_rows(operation: Operation, kind: type, values: list[Any], dialect: Dialect) -> Rows[Any]:
    """Every row that can be read; one bad row does not cost the others. Only when none is readable is it EQBroken."""
    rows = [dialect.understand(kind.__name__, value) for value in values] if dialect.is_foreign else values
    for attempt in (rows, map(without_blanks, rows)):
        with suppress(ValidationError):  # then at least one of them has to be looked at by itself
            return Rows(tuple(array_of(kind).validate_python(list(attempt), by_alias=True, by_name=False)))
    items: list[Any] = []
    faults: list[str] = []
    for row in rows:
        odd: list[str] = []
        try:
            items.append(_read_kind(kind, row, odd))
        except ValidationError as error:
            odd = [first_fault(error)]
        faults += odd[:1]
    if faults and not items:
        raise EQBroken(operation.name, f"no row of the answer can be read ({faults[0]})")
    return Rows(tuple(items), tuple(faults))


def without_blanks(row: Any) -> Any:
    """An object without what stands for "none": some servers have an empty text wherever others have null."""
    if row.__class__ is not dict:
        return row
    return {key: without_blanks(value) for key, value in row.items() if value is not None and value != ""}


def read_one(kind: type, value: Any, dialect: Dialect) -> Any:
    """One answered value. Raises ValidationError."""
    return _read_kind(kind, dialect.understand(kind.__name__, value) if dialect.is_foreign else value, [])


def _read_kind(kind: type, value: Any, odd: list[str]) -> Any:
    if issubclass(kind, EQObject):
        return kind.read(value, odd)
    if isinstance(value, dict):  # "the returned data is the new extension": some may return all of it
        value = value.get(BARE_NAMES[kind], value)
    if isinstance(value, bool):
        value = [value]  # which nothing can be read from; pydantic takes true for the number 1
    return adapter_of(kind).validate_python(value)  # type: ignore[arg-type]  # a type can be hashed, whatever mypy says


@cache
def array_of(kind: type) -> TypeAdapter[list[Any]]:
    rows: Any = Annotated[list[_readable(kind)], FailFast()]  # type: ignore[misc]  # known only when it runs
    return TypeAdapter(rows)


@cache
def adapter_of(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(_readable(kind))


def _readable(kind: type) -> Any:
    """What is answered for a type: an object, or a bare id, extension, path or token."""
    if issubclass(kind, EQObject):
        return kind
    limits: Mapping[type, Any] = {
        int: Field(ge=0, lt=2**63),
        str: Field(min_length=1, max_length=LONGEST_PATH, coerce_numbers_to_str=True),
    }
    return Token if kind is SecretStr else Annotated[kind, limits[kind]]


def _broken(operation: Operation, reason: str, body: bytes) -> EQBroken:
    """The body itself is not quoted: an error page may repeat the key, an answer holds callers' numbers."""
    shape = "an HTML page" if body.lstrip()[:1] == b"<" else f"{len(body)} bytes"
    return EQBroken(operation.name, f"{reason}; it is {shape}", outcome_unknown=not operation.is_read)


def read_complaints(body: bytes) -> tuple[Complaint, ...]:
    """EQ's errors from an array, one object, {"errors": [...]}; nothing from text, HTML and an empty body."""
    return _complaints(body, excerpt)[0]


def _complaints(body: bytes, excerpt: Callable[[str], str]) -> tuple[tuple[Complaint, ...], int]:
    """The first of EQ's errors, and how many there are beside."""
    try:
        value = read_json(body)
    except (ValueError, RecursionError):
        return (), 0
    if isinstance(value, dict):
        value = value.get("errors", [value])
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return (), 0
    entries = [entry for entry in value if isinstance(entry, dict) and "type" in entry]
    kept = entries[:MOST_COMPLAINTS]
    return tuple(_complaint(entry, excerpt) for entry in kept), len(entries) - len(kept)


def _complaint(entry: Mapping[str, Any], excerpt: Callable[[str], str]) -> Complaint:
    said = (entry.get(name) for name in ("parameter", "type", "description"))
    parameter, kind, description = (excerpt(str(each)) if isinstance(each, str | int | float) else "" for each in said)
    return Complaint(parameter or None, kind, description)

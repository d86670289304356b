"""How EQ's objects are read: leniently, into frozen values in EQ's own words.

Unknown fields are left out, numbers may come as strings, a blank stands for "none", and so does an optional field that
makes no sense: it must not cost the object. A required field that is missing raises pydantic's error, which names it
(contract: "Reading is lenient, writing is strict").
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel

LONGEST_TEXT = 255
PLAIN = {"include_url": False, "include_input": False, "include_context": False}  # a fault as field and rule alone


class EQObject(BaseModel):
    """One object of EQ's API; attributes are camelCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="ignore",
        coerce_numbers_to_str=True,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _without_nonsense(cls, value: Any, read: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Leave out optional fields that make no sense. Whoever counts them gives a list as the context."""
        try:
            return read(value)
        except ValidationError as error:
            if not isinstance(value, Mapping):
                raise
            faulty = {fault["loc"][0] for fault in error.errors(**PLAIN) if fault["loc"]}
            if not faulty or faulty & cls._required():
                raise
            if info.context is not None:
                info.context.append(first_fault(error))
            return read({name: each for name, each in value.items() if name not in faulty})

    @classmethod
    def _required(cls) -> set[str]:
        return {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}


def first_fault(error: ValidationError) -> str:
    """The field and the rule, without the value: values may be secrets or callers' numbers."""
    fault = error.errors(**PLAIN)[0]
    where = ".".join(str(step) for step in fault["loc"]) or "object"
    return f"{where}: {fault['msg']}"


def blank_to_none(value: Any) -> Any:
    """EQ's "blank/null" as one thing; of an object that is not there, some servers say [] or {}."""
    return None if value in ([], {}) or (isinstance(value, str) and not value.strip()) else value


def cut(text: str | None) -> str | None:
    """No text of a telephone exchange is longer; a caller may send any name, and every board would have to show it."""
    return text if text is None or len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def none_to_empty(value: Any) -> Any:
    """A list that is not there as an empty one."""
    return () if blank_to_none(value) is None else value


def unix_to_moment(value: Any) -> Any:
    """UNIX seconds, as number or digits, to an aware moment; blank and 0 to None.

    Raises ValueError for what is no time between 1970 and 9999 (milliseconds among it).
    """
    if blank_to_none(value) in (None, 0, "0"):
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool):
        raise ValueError("a time is UNIX seconds")
    try:
        moment = datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError("a time is UNIX seconds") from None
    if moment.year < 1970:
        raise ValueError("a time is UNIX seconds")
    return moment


Moment = Annotated[datetime | None, BeforeValidator(unix_to_moment)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
"""What names a thing, and so may not be blank; cut, it would name another."""

Text = Annotated[str | None, AfterValidator(cut), BeforeValidator(blank_to_none)]
Number = Annotated[Annotated[int, Field(ge=-(10**12), le=10**12)] | None, BeforeValidator(blank_to_none)]
Amount = Annotated[float | None, BeforeValidator(blank_to_none)]
Flag = Annotated[bool | None, BeforeValidator(blank_to_none)]
YesOrNo = Annotated[bool, BeforeValidator(lambda value: False if blank_to_none(value) is None else value)]

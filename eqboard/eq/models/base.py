"""How EQ's objects are read: leniently, into frozen values in EQ's own words.

Unknown fields are left out, numbers may come as strings, a blank stands for "none". A required field that is missing
raises pydantic's error, which names it (contract: "Reading is lenient, writing is strict").
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


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


def blank_to_none(value: Any) -> Any:
    """EQ's "blank/null" as one thing."""
    return None if value == "" else value


def unix_to_moment(value: Any) -> Any:
    """UNIX seconds, as number or digits, to an aware moment; blank and 0 to None.

    Raises ValueError for what is no time between 1970 and 9999 (milliseconds among it).
    """
    if value in ("", None, 0, "0"):
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool):
        raise ValueError("a time is UNIX seconds")
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError("a time is UNIX seconds") from None


Moment = Annotated[datetime | None, BeforeValidator(unix_to_moment)]
Text = Annotated[str | None, BeforeValidator(blank_to_none)]
Number = Annotated[int | None, BeforeValidator(blank_to_none)]
Amount = Annotated[float | None, BeforeValidator(blank_to_none)]
Flag = Annotated[bool | None, BeforeValidator(blank_to_none)]

"""What may be shown of an answer: kinds and sizes of everything, and of values only such as can be nobody's secret.

The output is read over shoulders and sent to others. So a value is shown only where it is a small number, a moment,
yes or no, a short extension or a word for a state; of callers' numbers and names a hint; everything else by its size.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from eqboard.eq.redaction import secrets

NUMBERS = frozenset({"caller_id_number", "connected_number", "cid_masquerade", "outbound_cid", "emergency_cid"})
REFERENCES = frozenset({"queue", "extension", "space", "parked_by", "number"})
LONGEST_NAME = 40  # characters of a field's name
LONGEST_WORD = 24  # of a word for a state
MOST_WORDS = 12  # of one kind of state; where there are more, they are something else
NAME = re.compile(r"[^\W\d][\w.-]*")
MANY_DIGITS = re.compile(r"\d{4}")  # in a name: it names somebody, not a field
WORD = re.compile(r"[^\W\d_]+(?:[ _-][^\W\d_]+){0,3}|\d{1,2}")
SHORT_EXTENSION = re.compile(r"[0-9]{1,5}")
TELEPHONE_NUMBER = re.compile(r"\+?[0-9]{9,20}")
LARGEST_NUMBER = 10**6  # a greater one might be a telephone's
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Shown = str | int | float | bool | None


def is_secret(text: str) -> bool:
    """Whether the key or a token is in it."""
    return secrets.hide(text) != text


def is_plain_name(key: str) -> bool:
    """Whether a key of theirs is the name of a field, and no value that somebody made a key of."""
    fits = len(key) <= LONGEST_NAME and key.isprintable() and NAME.fullmatch(key) is not None
    return fits and not MANY_DIGITS.search(key) and not is_secret(key)


def shown_name(key: str) -> str:
    """A field's name as they write it; of anything else the size."""
    return key if is_plain_name(key) else hidden(key)


def is_plain_word(value: str) -> bool:
    """Whether a value is a word for a state, as it should be."""
    return len(value) <= LONGEST_WORD and value.isprintable() and bool(WORD.fullmatch(value)) and not is_secret(value)


def shown_word(value: str) -> str:
    """A word for a state; of anything else the size."""
    return value if is_plain_word(value) else hidden(value)


def shown_words(words: Collection[str], other_texts: Collection[str]) -> frozenset[str]:
    """The words of one kind of state. Such as stand in other fields too are names or numbers."""
    if len(words) > MOST_WORDS:
        return frozenset({f"({len(words)} different texts)"})
    return frozenset(hidden(word) if word in other_texts else shown_word(word) for word in words)


def hidden(value: Any) -> str:
    """The kind of a value and its size: characters, rows or fields."""
    if value is None or isinstance(value, bool):
        return f"({kind_of(value)})"
    size = len(value) if isinstance(value, str | list | dict) else len(str(value))
    return f"({kind_of(value)}, {size})"


def kind_of(value: Any) -> str:
    """What JSON calls a value."""
    kinds = {bool: "boolean", int: "number", float: "number", str: "text", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def shown(field: str, value: Any, raw: Any) -> Shown:
    """A value that was read, as much of it as may be shown; `raw` is what it was read from."""
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat() if EARLIEST <= value < LATEST else hidden(raw)
    if isinstance(value, int | float):
        return round(value, 3) if abs(value) < LARGEST_NUMBER else hidden(raw)
    return _shown_text(field, value) if isinstance(value, str) else hidden(raw)


def _shown_text(field: str, text: str) -> str:
    if is_secret(text):
        return "***"
    if field in REFERENCES and SHORT_EXTENSION.fullmatch(text):
        return text
    if field in NUMBERS:
        return _shown_number(text)
    if field == "name" or field.endswith("_name"):
        return _shown_initial(text)
    return hidden(text)


def _shown_number(text: str) -> str:
    """Of a long number the country and the last two digits."""
    digits = re.sub(r"[ ().-]", "", text)
    if TELEPHONE_NUMBER.fullmatch(digits):
        return f"{digits[:3]}…{digits[-2:]}"
    return hidden(text)


def _shown_initial(text: str) -> str:
    first = text.lstrip()[:1]
    return f"{first}…" if first.isalpha() and len(text) > 1 else hidden(text)

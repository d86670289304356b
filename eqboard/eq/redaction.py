"""Keeping secrets out of logs and errors: EQ's key and the tokens of sessions, wherever they turn up.

httpx logs full URLs at INFO, the key is in the query string and a token may be in the path; and a server may repeat
anything it was told. So secrets are known by their value, and hidden in whatever spelling.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from html import escape
from html.entities import codepoint2name
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

SHORTEST_SECRET = 6  # characters; a shorter key would be hidden inside ordinary words
LONGEST_SECRET = 255  # characters of a key; a token has no more either
EXCERPT_CHARACTERS = 120
TELEPHONE_NUMBER = re.compile(r"[+(]{0,2}\d(?:[()]{0,2}[\W_]{0,2}\d){6,}")  # at least FEWEST_DIGITS of them
LONGEST_START = 40  # characters of what begins a telephone number and has too few digits to be known for one
PLAIN_LETTER = re.compile(r"[A-Za-z0-9]")  # which nobody escapes
FEWEST_DIGITS = 7  # of a telephone number, and not of an extension
SHORTEST_SENT = 3  # of a password that was just sent, in the answer to it
SECRET_IN_URL = re.compile(r"(auth_(?:key|supervisor_session|agent_session)=)[^&\s\"'\\]+")
TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class Blots:
    """Hides some secrets, in whatever spelling, and however often they are asked for."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        held = set(secrets)
        self._pattern = pattern_of(held)
        self.longest = max(map(longest_spelling, held), default=0)
        """Characters of the longest spelling."""

    def hide(self, text: str) -> str:
        return self._pattern.sub("***", text) if self._pattern else text


class Secrets:
    """The secrets of this process that requests carry in their URLs."""

    def __init__(self) -> None:
        self._holders: Counter[str] = Counter()
        self._blots = Blots()

    def add(self, secret: SecretStr) -> None:
        """Hide it from now on. Whoever adds one that will end forgets it then."""
        if len(secret.get_secret_value()) >= SHORTEST_SECRET:
            self._holders[secret.get_secret_value()] += 1
            self._blots = Blots(self._holders)

    def forget(self, secret: SecretStr) -> None:
        self._holders -= Counter([secret.get_secret_value()])
        self._blots = Blots(self._holders)

    @contextmanager
    def hidden(self, *candidates: object) -> Iterator[None]:
        """Hide, for a while, those of the values that are secrets."""
        held = [each for each in candidates if isinstance(each, SecretStr)]
        for each in held:
            self.add(each)
        try:
            yield
        finally:
            for each in held:
                self.forget(each)

    @property
    def longest(self) -> int:
        """Characters of the longest spelling."""
        return self._blots.longest

    def hide(self, text: str) -> str:
        return SECRET_IN_URL.sub(r"\1***", self._blots.hide(text))


def pattern_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Finds each secret in any spelling; the longest first, as one may begin another."""
    patterns = ["".join(map(_pattern_of_letter, each)) for each in sorted(secrets, key=len, reverse=True)]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def longest_spelling(secret: str) -> int:
    return sum(max(map(len, spellings_of(letter))) for letter in secret)


@cache
def _pattern_of_letter(letter: str) -> str:
    spellings = sorted(spellings_of(letter), key=len, reverse=True)
    return re.escape(letter) if len(spellings) == 1 else f"(?:{'|'.join(map(re.escape, spellings))})"


@cache
def spellings_of(letter: str) -> frozenset[str]:
    """One letter of a secret as it is, as it stands in JSON, in HTML or in the repr of bytes, and each of these in a
    URL, a form or a URL within a URL. Of one secret some letters may be written so and others not: some keep the `/`.
    """
    if PLAIN_LETTER.fullmatch(letter):
        return frozenset({letter})
    as_bytes = letter.encode("utf-8", "replace")
    number = ord(letter)
    texts = {letter, f"\\{letter}", as_bytes.decode("latin-1")}
    texts |= {json.dumps(letter)[1:-1], repr(as_bytes)[2:-1], ascii(letter)[1:-1]}
    texts |= {json.dumps(text)[1:-1] for text in texts}
    texts |= {escape(letter), f"&#{number};", f"&#x{number:x};", f"&{codepoint2name.get(number, '#')};"}
    in_urls = {quote(text, safe="", errors="replace") for text in texts} | ({"+"} if letter == " " else set())
    return frozenset(texts | in_urls | {quote(text, safe="") for text in in_urls})


def secrets_in(value: Any) -> Iterator[str]:
    """The secrets among a call's arguments, in the objects among them too; there, what we do not know may be one."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from secrets_in({name: getattr(value, name) for name in type(value).model_fields})
        yield from texts_in(getattr(value, "unknown", None))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from secrets_in(each)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from texts_in(each)


def sent_secrets(arguments: Mapping[str, Any]) -> Blots:
    """Hides what a server was just sent, of which it may speak: passwords, and the telephone number."""
    sent = [secret for secret in secrets_in(arguments) if len(secret) >= SHORTEST_SENT]
    destination = arguments.get("destination") or ""
    if sum(letter.isdigit() for letter in destination) >= FEWEST_DIGITS:
        sent.append(destination)
    return Blots(sent)


def excerpt(text: str, *hiders: Blots | Secrets) -> str:
    """The beginning of a text, on one line of visible characters, without secrets and telephone numbers: it goes into
    logs. Of a long one only as much is looked at as can tell.
    """
    margin = max([LONGEST_START, *(each.longest for each in hiders)])
    beginning = text[: 2 * EXCERPT_CHARACTERS + margin]
    shown = beginning
    for each in hiders:
        shown = each.hide(shown)
    shown = TELEPHONE_NUMBER.sub("***", "".join(letter if letter.isprintable() else " " for letter in shown))
    if len(beginning) < len(text):
        shown = shown[:-margin]  # which may be half a secret, or half a number
    return shown[:EXCERPT_CHARACTERS].strip()


def can_be_sent(secret: str) -> bool:
    """Whether there is an encoding for it: half of a surrogate pair stands for a byte that was no text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in secret)


secrets = Secrets()


def hide_secrets(record: logging.LogRecord) -> bool:
    """A filter for loggers and handlers: blots secrets out of a line and its traceback.

    A line that cannot be formatted is left to the handler, which says so; from here it would end its writer.
    """
    with suppress(Exception):
        text = record.getMessage()
        hidden = secrets.hide(text)
        if hidden != text:
            record.msg, record.args = hidden, ()
    if record.exc_info and not record.exc_text:
        record.exc_text = logging.Formatter().formatException(record.exc_info)
    if record.exc_text:
        record.exc_text = secrets.hide(record.exc_text)
    return True


for _name in TALKATIVE:
    logging.getLogger(_name).addFilter(hide_secrets)

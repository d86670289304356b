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
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

SHORTEST_SECRET = 6  # characters; a shorter key would be hidden inside ordinary words
FEWEST_DIGITS = 7  # of a telephone number, and not of an extension
SHORTEST_SENT = 3  # of a password that was just sent, in the answer to it
SECRET_IN_URL = re.compile(r"(auth_(?:key|supervisor_session|agent_session)=)[^&\s\"'\\]+")
TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class Secrets:
    """The secrets of this process that requests carry in their URLs."""

    def __init__(self) -> None:
        self._holders: Counter[str] = Counter()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: SecretStr) -> None:
        """Hide it from now on. Whoever adds one that will end forgets it then."""
        if len(secret.get_secret_value()) >= SHORTEST_SECRET:
            self._holders[secret.get_secret_value()] += 1
            self._pattern = pattern_of(self._holders)

    def forget(self, secret: SecretStr) -> None:
        self._holders -= Counter([secret.get_secret_value()])
        self._pattern = pattern_of(self._holders)

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

    def hide(self, text: str) -> str:
        text = self._pattern.sub("***", text) if self._pattern else text
        return SECRET_IN_URL.sub(r"\1***", text)


def pattern_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Finds each secret as it is, and as it stands in JSON, in a URL or in a form; the longest first."""
    spellings = {spelling for secret in secrets for spelling in spellings_of(secret)}
    if not spellings:
        return None
    return re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))), re.IGNORECASE)


def spellings_of(secret: str) -> set[str]:
    """In JSON a letter may be written as it is or escaped, and either text may stand in a URL or in a form."""
    texts = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return texts | {spell(text) for text in texts for spell in (quote, quote_plus, partial(quote, safe=""))}


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


def hide_sent(text: str, arguments: Mapping[str, Any]) -> str:
    """A server's words without the passwords that it was just sent, and without the telephone number."""
    sent = [secret for secret in secrets_in(arguments) if len(secret) >= SHORTEST_SENT]
    destination = arguments.get("destination") or ""
    if sum(letter.isdigit() for letter in destination) >= FEWEST_DIGITS:
        sent.append(destination)
    pattern = pattern_of(sent)
    return pattern.sub("***", text) if pattern else text


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

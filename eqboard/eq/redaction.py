"""Keeping secrets out of logs and errors: EQ's key and the tokens of sessions, wherever they turn up.

httpx logs full URLs at INFO, the key is in the query string and a token may be in the path; and a server may repeat
anything it was told. So secrets are known by their value, and hidden in whatever spelling.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

SHORTEST_SECRET = 6  # characters; a shorter key would be hidden inside ordinary words
SHORTEST_SENT = 3  # of a password that was just sent, in the answer to it
SECRET_IN_URL = re.compile(r"(auth_(?:key|supervisor_session|agent_session)=)[^&\s\"'\\]+")
TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class Secrets:
    """The secrets of this process that requests carry in their URLs."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: SecretStr) -> None:
        if len(secret.get_secret_value()) >= SHORTEST_SECRET:
            self._known.add(secret.get_secret_value())
            self._pattern = pattern_of(self._known)

    def forget(self, secret: SecretStr) -> None:
        self._known.discard(secret.get_secret_value())
        self._pattern = pattern_of(self._known)

    def hide(self, text: str) -> str:
        text = SECRET_IN_URL.sub(r"\1***", text)
        return self._pattern.sub("***", text) if self._pattern else text


def pattern_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Finds each secret as it is, and as it stands in a URL or in JSON; the longest first."""
    spellings: set[str] = set()
    for secret in secrets:
        spellings |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]}
    if not spellings:
        return None
    return re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))), re.IGNORECASE)


def secrets_in(value: Any) -> Iterator[str]:
    """The secrets among a call's arguments, in the objects among them too."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from secrets_in(each)


def hide_sent(text: str, arguments: Any) -> str:
    """A server's words without the passwords that it was just sent."""
    pattern = pattern_of(secret for secret in secrets_in(arguments) if len(secret) >= SHORTEST_SENT)
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

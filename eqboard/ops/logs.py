"""How logs look: one line each, to stderr, and never with a secret."""

import logging
import sys
from typing import Any

from eqboard.eq.redaction import hide_secrets


class HideSecrets(logging.Filter):
    """The telephone's own filter, for every line that reaches a handler, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        return hide_secrets(record)


class HealthIsNoNews(logging.Filter):
    """A monitor asks /healthz all day; that a part is down is logged where it went down, not at each question."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(getattr(record, "request", None), "path", "") != "/healthz"


class WithoutTraceback(logging.Filter):
    """What scanners ask under other names is no fault of the code's."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


def logging_config() -> dict[str, Any]:
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "hide_secrets": {"()": HideSecrets},
            "health_is_no_news": {"()": HealthIsNoNews},
            "without_traceback": {"()": WithoutTraceback},
        },
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": sys.stderr,
                "formatter": "line",
                "filters": ["hide_secrets", "health_is_no_news"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        # httpx logs every request at INFO, daphne every one it serves: at one poll a second that is all one would see.
        # Django writes a line, or a traceback, for every address somebody mistypes and every page that is not for them.
        "loggers": {
            **dict.fromkeys(("httpx", "httpcore", "daphne", "asyncio", "axes", "django.channels.server"), quiet),
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"filters": ["without_traceback"]},
        },
    }

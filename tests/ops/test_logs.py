"""What is logged is one line each."""

import logging
import logging.config

import pytest
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest
from django.test import RequestFactory

from eqboard.ops.logs import logging_config


@pytest.fixture
def configured():
    """The loggers as a site has them, and as they were afterwards."""
    logger = logging.getLogger("django.security.DisallowedHost")
    before = list(logger.filters)
    config = logging_config()
    logging.config.dictConfig({"version": 1, "incremental": False, "disable_existing_loggers": False} | {
        "filters": config["filters"], "loggers": {logger.name: config["loggers"][logger.name]},
    })  # fmt: skip
    yield
    logger.filters = before


def test_whoever_asks_under_a_strange_name_is_one_line(caplog, configured) -> None:
    """Every scanner does; it is no fault of the code's, of which a traceback would tell."""
    request = RequestFactory().get("/", headers={"host": "evil.example"})
    response_for_exception(request, _refusal(request))
    [record] = [each for each in caplog.records if each.name == "django.security.DisallowedHost"]
    assert "evil.example" in record.getMessage()
    assert "\n" not in logging.Formatter().format(record)


def _refusal(request: HttpRequest) -> Exception:
    with pytest.raises(DisallowedHost) as refused:
        request.get_host()
    return refused.value

"""Signing in by more than a password, for some tests: in the others nothing of it is installed, as on most sites."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, reload
from typing import Any

from django.conf import settings
from django.test import override_settings
from django.urls import clear_url_caches

from eqboard.config import Config
from eqboard.sso import additions

PROVIDER = {"oidc_client_id": "eqboard", "oidc_client_secret": "a secret of ours", "oidc_name": "Office"}


@contextmanager
def more_ways(**knobs: Any) -> Iterator[None]:
    """The site with these settings turned, as settings.py would make it of them."""
    config = Config(**knobs)
    more = additions(config)
    middleware = [*settings.MIDDLEWARE, *more.middleware]
    with (
        override_settings(
            MIDDLEWARE=middleware, SECOND_FACTOR=config.second_factor, OIDC_NAME=config.oidc_shown_name, **more.values
        ),
        override_settings(
            INSTALLED_APPS=[*settings.INSTALLED_APPS, *more.apps]
        ),  # they look at the others as they start
    ):
        reload(import_module("eqboard.sso_urls"))
        clear_url_caches()
        yield
    clear_url_caches()

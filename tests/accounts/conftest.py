from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker, Settings

from tests.accounts.more_ways import PROVIDER, more_ways
from tests.pristine import Picture


@pytest.fixture(scope="session")
def more_tables(django_db_setup: Picture, django_db_blocker: DjangoDbBlocker) -> None:
    """The tables of what most sites have not installed; to the others they do not matter."""
    with django_db_blocker.unblock(), more_ways(second_factor="optional", oidc_url="https://login.example", **PROVIDER):
        call_command("migrate", verbosity=0)
        django_db_setup.take()


@pytest.fixture
def second_factor(more_tables: None, db: None) -> Iterator[None]:
    with more_ways(second_factor="optional"):
        yield


@pytest.fixture
def required(second_factor: None, settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"

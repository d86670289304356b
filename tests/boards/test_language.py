"""A page is in its reader's language, and in the site's where nobody has chosen one."""

import pytest
from django.utils import translation

from eqboard.boards.language import language_of_reader
from tests.cast import configured


@pytest.fixture
def spanish_site(monkeypatch):
    yield from configured(monkeypatch, language="es")


def test_the_readers_comes_first(spanish_site):
    with translation.override("he"):
        assert language_of_reader() == "he"


def test_without_any_it_is_the_sites(spanish_site):
    with translation.override(None):
        assert language_of_reader() == "es"

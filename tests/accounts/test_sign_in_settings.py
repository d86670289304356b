"""More ways to sign in are there where a setting asks for them, and only there."""

import subprocess
import sys

import pytest

from eqboard import sso
from eqboard.config import ROOT, Config, ConfigError
from tests.accounts.more_ways import PROVIDER

CODE = {"EQBOARD_SECOND_FACTOR": "optional"}
URL = {"EQBOARD_OIDC_URL": "https://login.example"} | {f"EQBOARD_{k.upper()}": v for k, v in PROVIDER.items()}
SITES = {"neither": {}, "a second factor": CODE, "a provider": URL, "both": CODE | URL}


def run(environment: dict[str, str], *command: str) -> str:
    """What a process of its own says: settings are read once. Raises CalledProcessError with a warning, too."""
    known = {
        "EQBOARD_SECRET_KEY": "k" * 50,
        "EQBOARD_EQ_KEY": "a key of EQ's",
        "DJANGO_SETTINGS_MODULE": "eqboard.settings",
    }
    words = [sys.executable, "-W", "error", *command]
    done = subprocess.run(words, cwd=ROOT, env=known | environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("site", SITES)
def test_each_site_starts_and_its_tables_are_those_of_its_migrations(site: str) -> None:
    assert "No changes detected" in run(SITES[site], "manage.py", "makemigrations", "--check", "--dry-run")


PARTS = """
import sys, django
django.setup()
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"allauth", "qrcode", "jwt", "requests"}))
"""


def test_without_either_nothing_of_it_is_even_read() -> None:
    assert run({}, "-c", PARTS).split() == []
    assert "allauth" in run(CODE, "-c", PARTS).split()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"second_factor": "required"}, "EQBOARD_SECOND_FACTOR"),
        ({"oidc_url": "https://h", **PROVIDER}, "EQBOARD_OIDC_URL"),
    ],
)
def test_what_is_asked_for_and_not_installed_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], name: str
) -> None:
    monkeypatch.setattr(sso, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=rf"^{name} needs django-allauth: run `.ci/setup sso`\.$"):
        sso.additions(Config(**settings))


def test_what_nobody_asked_for_need_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sso, "find_spec", lambda _: None)
    assert sso.additions(Config()) == sso.Additions()

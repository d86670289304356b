"""What is sealed opens with the key that sealed it, also when that key is an old one, and with no other."""

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from eqboard.accounts.sealing import seal, unseal

TOKEN = "0123456789abcdef" * 4
OLD, NEW, FOREIGN = ("old" * 20, "new" * 20, "foreign" * 10)


@pytest.fixture(autouse=True)
def sealed_by_new(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []


@pytest.mark.parametrize("text", [TOKEN, "ü/+&=\n", ""], ids=["token", "any letters", "nothing"])
def test_what_is_sealed_opens_again(text):
    opened = unseal(seal(SecretStr(text)))
    assert opened is not None
    assert opened.get_secret_value() == text


def test_the_secret_does_not_show_and_no_two_seals_are_alike():
    first, second = seal(SecretStr(TOKEN)), seal(SecretStr(TOKEN))
    assert first != second
    assert TOKEN not in first
    assert TOKEN not in repr(unseal(first))


def test_an_old_key_opens_as_long_as_it_is_named(settings):
    sealed = seal(SecretStr(TOKEN))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, [FOREIGN, NEW]
    assert unseal(sealed) == SecretStr(TOKEN)
    settings.SECRET_KEY_FALLBACKS = [FOREIGN]
    assert unseal(sealed) is None


def test_the_newest_key_seals(settings):
    settings.SECRET_KEY_FALLBACKS = [OLD]
    sealed = seal(SecretStr(TOKEN))
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) == SecretStr(TOKEN)


@pytest.mark.parametrize(
    "text",
    ["", "x", "gAAAA", "é", "\ud800", "\0", TOKEN, Fernet(Fernet.generate_key()).encrypt(b"x").decode()],
    ids=[
        "nothing",
        "a letter",
        "a beginning",
        "not ascii",
        "half a letter",
        "nul",
        "a token in the clear",
        "another's",
    ],
)
def test_what_was_never_sealed_here_does_not_open(text):
    assert unseal(text) is None


def test_what_was_changed_does_not_open():
    sealed = seal(SecretStr(TOKEN))
    place = len(sealed) // 2
    assert unseal(sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]) is None

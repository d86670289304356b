"""The code on a screen: a slip of the one who types it is noticed, its own cookie carries it."""

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from eqboard.accounts.displays import (
    ALPHABET,
    CODE_LENGTH,
    SALT,
    check_letter,
    new_code,
    read_code,
    read_signed_code,
    shown,
    sign_code,
)

BODIES = st.text(ALPHABET, min_size=CODE_LENGTH - 1, max_size=CODE_LENGTH - 1)
CODES = BODIES.map(lambda body: body + check_letter(body))
PLACES = st.integers(0, CODE_LENGTH - 1)


@given(CODES)
def test_a_right_code_is_read(code):
    assert read_code(code) == code


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_every_single_wrong_letter_is_noticed(code, place, letter):
    typed = code[:place] + letter + code[place + 1 :]
    assert read_code(typed) == (code if typed == code else None)


def test_no_pair_of_letters_is_taken_for_each_other_at_any_place():
    for place in range(CODE_LENGTH - 1):
        bodies = ["2" * place + letter + "2" * (CODE_LENGTH - 2 - place) for letter in ALPHABET]
        assert len({check_letter(body) for body in bodies}) == len(ALPHABET)


@given(CODES, st.integers(0, CODE_LENGTH - 2))
def test_every_swap_of_neighbours_is_noticed(code, place):
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(typed) == (code if typed == code else None)


@given(CODES, st.lists(st.sampled_from([" ", "-", "–", "\t", ""]), min_size=8, max_size=8), st.booleans())
def test_case_spaces_and_hyphens_do_not_matter(code, gaps, is_lower):
    typed = "".join(gap + letter for gap, letter in zip(gaps, code, strict=True))
    assert read_code(typed.lower() if is_lower else typed) == code


@given(CODES)
def test_a_code_is_read_as_it_is_shown(code):
    assert read_code(shown(code)) == code


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_none(text):
    code = read_code(text)
    assert code is None or read_code(code) == code


@pytest.mark.parametrize(
    "text", ["", " ", "2222222", "222222222", "O0O0O0O0", "1IIIIIII", "ßßßß", "２２２２２２２２", "\0" * 8]
)
def test_what_cannot_be_a_code_is_none(text):
    assert read_code(text) is None


def test_no_letter_is_mistaken_for_another():
    assert not set("01OIZ") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_codes_are_not_repeated():
    assert len({new_code() for _ in range(1000)}) == 1000


def test_the_screens_cookie_gives_its_code_back():
    code = new_code()
    assert read_signed_code(sign_code(code)) == code


def test_the_screens_cookie_lasts_ten_minutes(monkeypatch):
    cookie = sign_code("22222222")
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 599)
    assert read_signed_code(cookie) == "22222222"
    monkeypatch.setattr(signing.time, "time", lambda: now + 602)
    assert read_signed_code(cookie) is None


@pytest.mark.parametrize(
    "cookie",
    [
        *(None, "", "22222222", "a:b:c"),
        pytest.param(signing.dumps("22222222"), id="another salt"),
        pytest.param(signing.dumps("22222222", "other", SALT), id="another key"),
    ],
)
def test_a_cookie_that_we_did_not_sign_for_this_is_none(cookie):
    assert read_signed_code(cookie) is None

"""By what number somebody is recognised."""

from functools import lru_cache

from eqboard.floor.snapshot import Caller

FEWEST_DIGITS = 3  # of a number by which somebody can be recognised: "anonymous" and "0" are nobody's


def number_of(caller: Caller) -> str | None:
    """By what they are recognised when they call again, however it is punctuated; None for a hidden number.

    `+34…` and `0034…` are the same. What is dialled within a country (`0791234567`) is not known to be of one.
    """
    return _digits(caller.number) if caller.number else None


@lru_cache(maxsize=8192)
def _digits(number: str) -> str | None:
    """Asked every round of whoever gave up today."""
    digits = "".join(letter for letter in number if letter.isdecimal() and letter.isascii()).removeprefix("00")
    return digits if len(digits) >= FEWEST_DIGITS else None


def may_be_one(one: Caller, other: Caller) -> bool:
    """Whether no number tells both apart; a hidden one does not."""
    numbers = {number_of(one), number_of(other)} - {None}
    return len(numbers) < 2

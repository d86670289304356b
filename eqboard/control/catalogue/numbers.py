"""Telephone numbers that are written in several ways. Pure."""

from eqboard.floor.masking import LONGEST_EXTENSION

FEWEST_DIGITS = LONGEST_EXTENSION + 1  # of a number outside


def is_same_number(one: str | None, other: str | None) -> bool:
    """Whether both may be the same number: equal, or one of them ends with the digits of the other.

    Zeros at the beginning do not count: "0600 111 222", "+34 600 111 222", "0034600111222" and "9 0600111222" (over an
    outside line) are one. That needs more digits than an extension has: 201 is not 1201.
    """
    if not one or not other:
        return False
    short, long = sorted((_digits(one), _digits(other)), key=len)
    return one == other or (len(short) >= FEWEST_DIGITS and long.endswith(short))


def is_like_an_extension(number: str) -> bool:
    """Whether it can be one telephone here: what is outside, or a service, takes several calls at once."""
    return number.isascii() and number.isdecimal() and len(number) <= LONGEST_EXTENSION


def _digits(number: str) -> str:
    return "".join(each for each in number if each.isascii() and each.isdecimal()).lstrip("0")

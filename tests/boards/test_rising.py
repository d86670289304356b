"""Who can stand still while a row is put in another order."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.boards.rising import heaviest_rising

NUMBERS = st.lists(st.integers(-9, 99), unique=True, max_size=8)
WEIGHTED = NUMBERS.flatmap(
    lambda numbers: st.tuples(*(st.tuples(st.just(each), st.integers(1, 5)) for each in numbers))
)


def rising_rows(weighted):
    """All of them, the empty one too."""
    for count in range(len(weighted) + 1):
        for row in combinations(weighted, count):
            if list(row) == sorted(row):
                yield row


@given(WEIGHTED)
def test_it_is_a_row_of_those_numbers_that_rises_and_none_is_heavier(weighted):
    weights = dict(weighted)
    found = heaviest_rising(weighted)
    assert found == sorted(found) == [number for number, _ in weighted if number in found]
    heaviest = max(sum(weight for _, weight in row) for row in rising_rows(weighted))
    assert sum(weights[number] for number in found) == heaviest


@given(NUMBERS)
def test_where_all_weigh_the_same_it_is_the_longest(numbers):
    weighted = [(each, 7) for each in numbers]
    assert len(heaviest_rising(weighted)) == max(map(len, rising_rows(weighted)))


@pytest.mark.parametrize(
    ("weighted", "found"),
    [
        ([], []),
        ([(4, 1)], [4]),
        ([(1, 1), (2, 1), (3, 1)], [1, 2, 3]),
        ([(2, 1), (3, 1), (1, 1)], [2, 3]),
        ([(2, 1), (3, 1), (1, 3)], [1]),
        ([(1, 1), (0, 2), (2, 1)], [0, 2]),
    ],
)
def test_what_weighs_more_stands_still(weighted, found):
    assert heaviest_rising(weighted) == found

"""Who can stand still while a row is put in another order."""

from bisect import bisect
from collections.abc import Iterable


def heaviest_rising(weights: Iterable[tuple[int, int]]) -> list[int]:
    """Of numbers, each another and with a weight above 0, those that rise as they stand and weigh the most together.

    Patience sorting with weights: the longest such row where all weigh the same. O(n log n).
    """
    ends: list[int] = []  # the numbers by which a row may end; of two rows the one that ends higher weighs more
    totals: list[int] = []  # what those rows weigh
    below: dict[int, int | None] = {}  # what stands before each number in the heaviest row that ends by it
    for number, weight in weights:
        at = after = bisect(ends, number)
        below[number] = ends[at - 1] if at else None
        total = weight + (totals[at - 1] if at else 0)
        while after < len(ends) and totals[after] <= total:
            after += 1
        ends[at:after], totals[at:after] = [number], [total]
    rising: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        rising.append(last)
        last = below[last]
    return rising[::-1]

"""A thing is made once for all who need the same, and never shared between those who do not."""

import pytest

from eqboard.boards import once as module
from eqboard.boards.once import Known, Once


class Maker:
    """Notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def __call__(self, *args: object) -> object:
        self.asked.append(args)
        return args

    def __hash__(self) -> int:
        return id(self)


def test_for_equal_arguments_a_thing_is_made_once():
    once, maker = Once(), Maker()
    first, second = once(maker, {"a": [1]}, 2), once(maker, {"a": [1]}, 2)
    assert first is second
    assert len(maker.asked) == 1


@pytest.mark.parametrize("other", [({"a": [1]}, 3), ({"a": [2]}, 2), ({}, 2), ({"a": [1]},)])
def test_whatever_argument_differs_the_thing_is_another(other):
    once, maker = Once(), Maker()
    assert once(maker, {"a": [1]}, 2) != once(maker, *other)
    assert len(maker.asked) == 2


def test_what_different_makers_make_is_not_mistaken():
    once = Once()
    assert [once(each, (3, 1, 2)) for each in (max, min, sum)] == [3, 1, 6]


def test_an_iterator_can_be_read_more_than_once():
    once = Once()
    assert [list(once(reversed, (1, 2))) for _ in range(2)] == [[2, 1]] * 2


def test_the_very_same_is_not_compared():
    class Large:
        def __eq__(self, other: object) -> bool:
            raise AssertionError("it is large")

        __hash__ = None

    once, known, maker, large = Once(), Known(), Maker(), Large()
    assert once(maker, large) is once(maker, large)
    assert known.of(large, maker) is known.of(large, maker)


def test_what_failed_is_tried_again():
    once, answers = Once(), iter([None, 7])

    def make() -> int:
        answer = next(answers)
        if answer is None:
            raise ZeroDivisionError
        return answer

    with pytest.raises(ZeroDivisionError):
        once(make)
    assert once(make) == 7


def test_of_too_many_the_oldest_are_let_go(monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    known, made = Known(), []
    for source in (1, 2, 1, 3, 1):
        known.of(source, lambda source=source: made.append(source))
    assert made == [1, 2, 3, 1]
    assert len(list(known)) == 2

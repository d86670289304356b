"""Each rule of docs/eq-contract.md has a number, and a test that is marked with it: `@pytest.mark.contract("4.3")`."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
PAGE = (TESTS.parent / "docs" / "eq-contract.md").read_text(encoding="utf-8")
NUMBERED = re.compile(r"^(?:\| |- )(\d+\.\d+) ", re.MULTILINE)

# Whom a rule binds: the pretend server, or whoever asks it (the client, and what the wallboard makes of its answers).
# The others bind both, and are tested at both ends. What 4.1 to 4.3, 4.6, 4.7 and 4.11 ask of the wallboard is for the
# day on which it acts on calls; then they leave this list.
OF_WHO_ASKS_ALONE = {"0.1", "0.2", "2.25"}
OF_THE_SIMULATOR_ALONE = {
    *("2.23", "2.24", "2.28", "2.29", "2.31"),
    *("4.1", "4.2", "4.3", "4.6", "4.7", "4.11", "4.12", "4.13", "4.15"),
}


def marks_of(source: str) -> list[str]:
    """Every number in a mark of a test in a test file; "2.1-2.3" is three of them."""
    return [
        number
        for test in ast.parse(source).body
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test_")
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.contract"
        for argument in mark.args
        for number in numbers_in(argument)
    ]


def numbers_in(argument: ast.expr) -> list[str]:
    """What an argument of a mark stands for. The number 4.10 would be 4.1, so only a text names a rule."""
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        return [f"not a text: {ast.unparse(argument)}"]
    first, is_range, last = argument.value.partition("-")
    if not is_range:
        return [first]
    section, places = first.split(".")[0], range(int(first.split(".")[1]), int(last.split(".")[1]) + 1)
    return [f"{section}.{place}" for place in places]


def proven() -> dict[str, set[str]]:
    """By number, the rooms whose tests are marked with it."""
    rooms = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for number in marks_of(path.read_text(encoding="utf-8")):
            rooms[number].add(path.relative_to(TESTS).parts[0])
    return rooms


RULES = NUMBERED.findall(PAGE)
PROVEN = proven()


def test_the_rules_of_a_section_are_counted_from_1_without_a_gap():
    """Wherever they stand: a new one takes the next number, and the others keep theirs."""
    sections = defaultdict(list)
    for number in RULES:
        section, place = number.split(".")
        sections[section].append(int(place))
    assert list(sections) == ["0", "1", "2", "3", "4"]
    assert all(sorted(places) == list(range(1, len(places) + 1)) for places in sections.values())


def test_every_row_and_every_item_of_the_page_is_a_rule():
    written = re.findall(r"^(?:\| (?!#)|[-*+] |\d+\. ).*", PAGE, re.MULTILINE)
    assert [line for line in written if not NUMBERED.match(line)] == []


@pytest.mark.parametrize("number", RULES)
def test_a_rule_is_proven_by_a_test_at_each_end_that_it_binds(number):
    rooms = PROVEN[number]
    assert number in OF_WHO_ASKS_ALONE or "simulator" in rooms, "the simulator's side has no test"
    assert number in OF_THE_SIMULATOR_ALONE or rooms - {"simulator"}, "the side of whoever asks has no test"


def test_every_mark_names_a_rule_that_is_there():
    assert set(PROVEN) <= set(RULES)
    assert set(RULES) >= OF_WHO_ASKS_ALONE | OF_THE_SIMULATOR_ALONE


def test_what_is_marked_is_read_from_the_source():
    source = """
@pytest.mark.parametrize("x", [1])
@pytest.mark.contract("1.1", "2.9-2.11")
async def test_it(x): ...

@pytest.mark.contract(NUMBER, 4.3)
def test_that(): ...

@pytest.mark.contract("9.9")
def no_test(): ...
"""
    assert marks_of(source) == ["1.1", "2.9", "2.10", "2.11", "not a text: NUMBER", "not a text: 4.3"]

"""What is allowed is said once: JSON, forms, the database and the sentences agree."""

import re

import pytest
from django.utils import translation

from eqboard.boards import bounds
from eqboard.boards.bounds import Range
from eqboard.boards.drafts import check_name
from eqboard.boards.faults import FaultyError
from eqboard.boards.reading import MOST_BYTES, parse
from eqboard.boards.rules import NONSENSE
from eqboard.boards.shapes import REQUIREMENTS
from eqboard.boards.spec import SPANS, Kind
from eqboard.floor.levels import LARGEST, Fault
from eqboard.floor.metrics import Unit

SAID = {
    "queues": (1, bounds.MOST_QUEUES),
    "queues.": (bounds.LONGEST_EXTENSION,),
    "parts": (len(Kind),),
    "parts.span": SPANS,
    "totals": (bounds.MOST_FIGURES,),
    "figures": (bounds.MOST_FIGURES,),
    "limits": (bounds.MOST_LIMITS,),
    "limits.warning_seconds": bounds.LIMIT_SECONDS,
    "limits.critical_seconds": bounds.LIMIT_SECONDS,
    "thresholds": (bounds.MOST_THRESHOLDS,),
    "thresholds.warning": bounds.AMOUNT,
    "thresholds.critical": bounds.AMOUNT,
    "thresholds.queue": (bounds.LONGEST_EXTENSION,),
    "thresholds.hysteresis": bounds.AMOUNT,
    "thresholds.hold_seconds": bounds.HOLD_SECONDS,
    "thresholds.least_calls": bounds.LEAST_CALLS,
    "wall.diagonal_inches": bounds.DIAGONAL_INCHES,
    "wall.distance_meters": bounds.DISTANCE_METERS,
}


def numbers_in(sentence: object) -> set[float]:
    with translation.override("en"):
        return {float(each) for each in re.findall(r"\d+(?:\.\d+)?", str(sentence))}


@pytest.mark.parametrize("field", REQUIREMENTS)
def test_a_sentence_about_a_field_says_the_numbers_that_hold(field):
    wanted = SAID.get(field, ())
    held = {wanted.least, wanted.most} if isinstance(wanted, Range) else set(wanted)
    assert numbers_in(REQUIREMENTS[field]) == held


def test_so_do_those_about_a_threshold():
    assert numbers_in(NONSENSE[Fault.CALLS][1]) == {bounds.LEAST_CALLS.least, bounds.LEAST_CALLS.most}
    assert numbers_in(NONSENSE[Fault.HOLD][1]) == {bounds.HOLD_SECONDS.least, bounds.HOLD_SECONDS.most}
    assert numbers_in(NONSENSE[Fault.TOO_LARGE][1]) == {LARGEST[unit] for unit in Unit}
    assert numbers_in(NONSENSE[Fault.POINTS][1]) == {0, bounds.TARGET_PERCENT.most}


def test_so_do_those_about_a_name_and_a_file():
    with pytest.raises(FaultyError) as raised:
        check_name("")
    assert numbers_in(raised.value) == {1, bounds.LONGEST_NAME}
    with pytest.raises(FaultyError) as raised:
        parse(" " * (MOST_BYTES + 1))
    assert numbers_in(raised.value) == {MOST_BYTES / 1024}


@pytest.mark.parametrize("language", ["en", "es", "he"])
def test_the_attributes_of_an_input_are_written_in_no_language(language):
    with translation.override(language):
        assert Range(0.3, 86_400).attributes == 'min="0.3" max="86400"'

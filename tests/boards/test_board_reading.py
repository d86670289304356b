"""A board's JSON: strict with people and files, lenient with what another version stored."""

import json
import operator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.boards import spec as boards
from eqboard.boards.faults import FaultyError
from eqboard.boards.reading import MOST_BYTES, parse, read_spec, read_stored, write_spec
from eqboard.boards.ready import SPECS
from eqboard.boards.rules import NONSENSE
from eqboard.boards.shapes import REQUIREMENTS, key_of
from eqboard.boards.spec import BoardPart, Kind, MaskedNumbers, Spec, StateLimit, Theme, Wall
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.levels import Fault as Nonsense
from eqboard.floor.metrics import Metric
from eqboard.floor.windows import Window

LEAST = Spec(parts=(BoardPart(Kind.TILES),))
HIGH = Threshold(Metric.WAITING, Direction.HIGH, warning=5, critical=9)
BELOW = {"metric": "service_level", "direction": "low", "warning": 1, "critical": 20, "below_promise": True}


def written(**changes: Any) -> dict[str, Any]:
    """A right one, as JSON, with some fields written otherwise."""
    return write_spec(LEAST) | changes


def written_threshold() -> dict[str, Any]:
    threshold: dict[str, Any] = write_spec(replace(LEAST, thresholds=(HIGH,)))["thresholds"][0]
    return threshold


def sentences(data: object) -> list[str]:
    with pytest.raises(FaultyError) as refusal:
        read_spec(data)
    return [fault.sentence for fault in refusal.value.faults]


def specs() -> st.SearchStrategy[Spec]:
    """Any that can be made in the editor."""
    extensions = st.from_regex("[0-9]{1,20}", fullmatch=True)
    parts = st.lists(
        st.builds(BoardPart, st.sampled_from(boards.WALL_KINDS), st.sampled_from(boards.SPANS)), min_size=1
    )
    unique_parts = parts.map(lambda each: tuple({part.kind: part for part in each}.values()))
    moments = st.builds(boards.Figure, st.sampled_from((Metric.WAITING, Metric.PAUSED)))
    counted = st.builds(boards.Figure, st.sampled_from((Metric.ASA, Metric.OFFERED)), st.sampled_from(Window))
    figures = st.lists(moments | counted, max_size=6, unique=True).map(tuple)
    limits = st.lists(
        st.builds(
            StateLimit, st.just("paused"), st.none() | st.integers(0, 9), st.none() | st.integers(1, 99), st.just(100)
        ),
        unique_by=lambda limit: limit.pause_code,
    ).map(tuple)
    thresholds = st.lists(
        st.builds(
            replace,
            st.just(HIGH),
            queue=st.none() | extensions,
            hysteresis=st.floats(0, 4),
            least_calls=st.integers(0, 99),
        ),
        unique_by=lambda threshold: threshold.queue,
    ).map(tuple)
    below = st.builds(
        Threshold,
        st.just(Metric.SERVICE_LEVEL),
        st.just(Direction.LOW),
        warning=st.integers(1, 30),
        critical=st.none() | st.integers(31, 99),
        window=st.sampled_from(Window),
        below_promise=st.just(True),
    ).map(lambda each: (each,))
    return st.builds(
        Spec,
        surface=st.sampled_from(boards.Surface),
        queues=st.none() | st.lists(extensions, min_size=1, max_size=5, unique=True).map(tuple),
        parts=unique_parts,
        totals=figures,
        figures=figures,
        agents_as=st.sampled_from(boards.AgentsAs),
        limits=limits,
        thresholds=st.builds(operator.add, thresholds, st.just(()) | below),
        language=st.sampled_from((None, "en", "es", "he")),
        theme=st.sampled_from(Theme),
        time_zone=st.sampled_from((None, "Europe/Madrid", "UTC")),
        numbers=st.sampled_from(MaskedNumbers),
        hides_names=st.booleans(),
        wall=st.builds(Wall, st.floats(5, 200), st.floats(0.3, 50)),
    )


@given(specs())
def test_what_is_written_is_read_as_it_was(spec: Spec) -> None:
    stored = json.loads(json.dumps(write_spec(spec)))
    assert read_spec(stored) == spec
    assert read_stored(stored) == (spec, ())


@pytest.mark.parametrize("ref", SPECS)
def test_the_ready_boards_keep_to_every_rule(ref: str) -> None:
    assert read_spec(write_spec(SPECS[ref])) == SPECS[ref]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"parts": [{"kind": "tiles"}, {"kind": "away"}, {"kind": "agents", "span": 5}]},
         "Part 3: the width must be 3, 4, 6, 8, 9 or 12."),
        ({"parts": [{"kind": "tiles", "span": "12"}]}, "Part 1: the width must be 3, 4, 6, 8, 9 or 12."),
        ({"parts": [{"kind": "video"}]}, "Part 1: this version of eqboard has no such part."),
        ({"parts": [{}]}, "Part 1: this version of eqboard has no such part."),
        ({"parts": ["tiles"]}, "Part 1: it cannot be read."),
        ({"parts": [{"kind": "tiles"}] * 2}, "Part 2: it is on the board already."),
        ({"parts": [{"kind": "tiles"}] * 12}, "A board has 11 parts at most, each once."),
        ({"parts": []}, "A board has one part at least."),
        ({"parts": None}, "A board has 11 parts at most, each once."),
        ({"surface": "tv", "parts": [{"kind": "parked"}]}, "Part 1: a wall cannot show it."),
        ({"surface": "watch"}, "A board is for a desk or for a wall."),
        ({"queues": []}, "Choose 1 to 200 queues, or every queue."),
        ({"queues": [str(each) for each in range(201)]}, "Choose 1 to 200 queues, or every queue."),
        ({"queues": ["500", "500"]}, "Queue 2: it is in the list already."),
        ({"queues": ["sales"]}, "Queue 1: an extension has digits only, 20 at most."),
        ({"queues": ["٥٠٠"]}, "Queue 1: an extension has digits only, 20 at most."),
        ({"queues": ["500\n"]}, "Queue 1: an extension has digits only, 20 at most."),
        ({"queues": [500]}, "Queue 1: an extension has digits only, 20 at most."),
        ({"totals": [{"metric": "asa"}] * 17}, "A board shows 16 numbers of the floor at most."),
        ({"totals": [{"metric": "joy"}]}, "Number 1 of the floor: choose what is counted."),
        ({"figures": [{"metric": "asa"}] * 2}, "Number 2 of each queue: it is in the list already."),
        ({"figures": [{"metric": "asa", "window": "year"}]},
         "Number 1 of each queue: choose over which time it is counted."),
        ({"figures": [{"metric": "waiting", "window": "today"}]},
         "Number 1 of each queue: it is of this moment and not counted over a time."),
        ({"limits": [{"state": "paused"}]}, "Limit 1: give a warning or a critical value."),
        ({"limits": [{"state": "signed_out", "warning_seconds": 1}]},
         "Limit 1: choose a state in which an agent can be for too long."),
        ({"limits": [{"state": "on_call", "pause_code": 1, "warning_seconds": 1}]},
         "Limit 1: only a pause has a reason."),
        ({"limits": [{"state": "on_call", "warning_seconds": 60, "critical_seconds": 60}]},
         "Limit 1: critical must come after the warning."),
        ({"limits": [{"state": "on_call", "warning_seconds": 0}]},
         "Limit 1: the warning must be 1 to 86400 whole seconds, or blank."),
        ({"limits": [{"state": "on_call", "warning_seconds": 1.5}]},
         "Limit 1: the warning must be 1 to 86400 whole seconds, or blank."),
        ({"limits": [{"state": "on_call", "warning_seconds": 9}] * 2}, "Limit 2: there is one like it."),
        ({"limits": [{"state": "on_call", "warning_seconds": 9}] * 65}, "A board has 64 limits at most."),
        ({"thresholds": [written_threshold()] * 201}, "A board has 200 thresholds at most."),
        ({"thresholds": [{"metric": "waiting", "direction": "up", "warning": 1}]},
         "Threshold 1: choose whether too much or too little is wrong."),
        ({"thresholds": [{"metric": "waiting", "direction": "high", "warning": "5"}]},
         "Threshold 1: the warning must be a number from 0 to 1000000, or blank."),
        ({"thresholds": [{"metric": "waiting", "direction": "high", "warning": True}]},
         "Threshold 1: the warning must be a number from 0 to 1000000, or blank."),
        ({"thresholds": [{"metric": "waiting", "direction": "high", "warning": float("nan")}]},
         "Threshold 1: the warning must be a number from 0 to 1000000, or blank."),
        ({"thresholds": [{"metric": "waiting", "direction": "high", "warning": 10**400}]},
         "Threshold 1: the warning must be a number from 0 to 1000000, or blank."),
        ({"thresholds": [{"metric": "waiting", "direction": "high", "warning": 5}] * 2},
         "Threshold 2: there is one like it."),
        ({"thresholds": [BELOW | {"below_promise": 1}]},
         "Threshold 1: say with true or false whether its limits are points below the promise."),
        ({"thresholds": [BELOW | {"metric": "abandonment"}]},
         "Threshold 1: only a service level is promised, and nothing else can be points below it."),
        ({"thresholds": [BELOW | {"direction": "high"}]},
         "Threshold 1: whatever is below the promise is too little: make it “or less”."),
        ({"thresholds": [BELOW | {"critical": 100}]},
         "Threshold 1: use more than 0 and at most 99 points below the promise: none is higher."),
        ({"thresholds": [BELOW | {"warning": 0}]},
         "Threshold 1: use more than 0 and at most 99 points below the promise: none is higher."),
        ({"thresholds": [BELOW | {"warning": -1}]},
         "Threshold 1: the warning must be a number from 0 to 1000000, or blank."),
        ({"thresholds": [BELOW | {"warning": 21}]},
         "Threshold 1: the warning would come after the critical value."),
        ({"thresholds": [BELOW, BELOW | {"below_promise": False, "warning": 30}]},
         "Threshold 2: there is one like it."),
        ({"language": "xx"}, "Choose one of the languages, or the reader's own."),
        ({"language": 7}, "Choose one of the languages, or the reader's own."),
        ({"theme": "pink"}, "A theme is auto, light or dark."),
        ({"time_zone": "Mars/Olympus"}, "This time zone is not known. It is written like Europe/Madrid."),
        ({"time_zone": "../../etc/passwd"}, "This time zone is not known. It is written like Europe/Madrid."),
        ({"numbers": "some"}, "Callers' numbers are shown, shortened or hidden."),
        ({"hides_names": 1}, "Callers' names are either shown or hidden."),
        ({"wall": {"diagonal_inches": 4}}, "The screen's diagonal must be 5 to 200 inches."),
        ({"wall": {"distance_meters": 51}}, "The distance must be 0.3 to 50 meters."),
        ({"wall": 55}, "Say how large the screen is and from how far it is looked at."),
        ({"owner": "me"}, "“owner” is not known to this version of eqboard."),
        ({"parts": [{"kind": "tiles", "colour": "red"}]}, "Part 1: “colour” is not known to this version of eqboard."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_its_name_and_place(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in sentences(written(**changes))


@pytest.mark.parametrize("data", [None, [], "", 7, True, [write_spec(LEAST)]])
def test_what_is_no_board_is_none(data: object) -> None:
    assert sentences(data) == ["This does not describe a board."]


@pytest.mark.parametrize(
    ("changes", "nonsense"),
    [
        ({"warning": None, "critical": None}, Nonsense.NO_LIMIT),
        ({"warning": 9, "critical": 5}, Nonsense.ORDER),
        ({"warning": 0}, Nonsense.ALWAYS),
        ({"metric": "service_level", "warning": 80, "critical": 101}, Nonsense.TOO_LARGE),
        ({"hysteresis": 6}, Nonsense.NEVER_ENDS),
        ({"window": "today"}, Nonsense.WINDOW),
    ],
)
def test_a_threshold_of_nonsense_is_told_beside_its_field(changes: dict[str, Any], nonsense: Nonsense) -> None:
    data = written(thresholds=[written_threshold() | changes])
    with pytest.raises(FaultyError) as refusal:
        read_spec(data)
    field, sentence = NONSENSE[nonsense]
    [fault] = refusal.value.faults
    assert fault.path == ("thresholds", 0, field)
    assert fault.sentence == f"Threshold 1: {sentence}."
    assert fault.place == f"thresholds-0-{field}"


def test_every_kind_of_nonsense_has_a_sentence() -> None:
    assert set(NONSENSE) == set(Nonsense)


def test_every_fault_is_told_at_once() -> None:
    assert len(sentences(written(theme="pink", numbers="some", wall={"diagonal_inches": 0}))) == 3


def test_of_a_hostile_heap_only_some_are_told() -> None:
    assert len(sentences({f"field {each}": each for each in range(1000)})) == 20


def test_a_strange_word_is_not_repeated_at_length() -> None:
    [sentence] = sentences(written(**{"x" * 5000: 1}))
    assert len(sentence) < 120


def test_every_field_has_a_requirement_of_its_own() -> None:
    paths = [("parts", 0, "span"), ("limits", 3, "state"), ("wall", "distance_meters"), ("queues", 7), ("theme",)]
    assert [key_of(path) for path in paths] == [
        "parts.span",
        "limits.state",
        "wall.distance_meters",
        "queues.",
        "theme",
    ]
    assert all(key.partition(".")[0] in {"", *write_spec(LEAST)} for key in REQUIREMENTS)


# JSON and nothing else


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ('{"parts": [', "not JSON"),
        ("{'a': 1}", "not JSON"),
        ('{"a": 1} {"b": 2}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("9" * 5000, "not JSON"),
        ('{"a":' * 100 + "1" + "}" * 100, "deeper"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1, "a": 2}', "“a” is said twice"),
        ('{"a": {"b": 1, "b": 1}}', "“b” is said twice"),
        (" " * (MOST_BYTES + 1), "larger than 256 KB"),
    ],
)
def test_what_is_not_plain_json_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(FaultyError, match=said):
        parse(text)


@given(
    st.text(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    ).map(json.dumps)
)
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    with suppress(FaultyError):
        assert isinstance(read_spec(parse(text)), Spec)


# What another version stored


def test_a_threshold_that_was_stored_before_there_were_points_is_as_it_was() -> None:
    stored = written(thresholds=[{"metric": "service_level", "direction": "low", "warning": 79, "critical": 60}])
    spec, left_out = read_stored(stored)
    assert spec.thresholds == (Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=79, critical=60),)
    assert left_out == ()


def test_an_unknown_part_is_left_out_and_told() -> None:
    spec, left_out = read_stored(written(parts=[{"kind": "hologram"}, {"kind": "tiles", "span": 6}]))
    assert spec.parts == (BoardPart(Kind.TILES, 6),)
    assert [fault.sentence for fault in left_out] == ["Part 1: this version of eqboard has no such part."]


def test_an_unknown_field_and_a_nonsense_threshold_are_left_out_and_the_rest_stays() -> None:
    nonsense = written_threshold() | {"queue": "500", "warning": None, "critical": None}
    stored = written(hue=3, thresholds=[nonsense, written_threshold()], time_zone="Atlantis/Port")
    spec, left_out = read_stored(stored)
    assert spec == replace(LEAST, thresholds=(HIGH,))
    assert len(left_out) == 3


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: (
            st.lists(each, max_size=3)
            | st.dictionaries(st.sampled_from((*write_spec(LEAST), "kind", "metric", "x")), each, max_size=4)
        ),
    )
)
def test_whatever_is_stored_there_is_always_a_board(data: object) -> None:
    spec, left_out = read_stored(data)
    assert isinstance(spec, Spec)
    assert left_out or read_spec(data) == spec

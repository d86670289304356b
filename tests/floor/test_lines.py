"""What goes on at an extension, as far as it is looked at."""

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.eq import EQError, load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows, read_answer
from eqboard.floor.assemble import LineAnswer, Taken, lines_of
from eqboard.floor.snapshot import Line, LineCall, LineState, Trouble
from tests.builders import HOSTILE_TEXTS, NOON, ago, line

from .conftest import unix

TALK = {
    "id": 42,
    "uniqueId": "1.1",
    "channel": "SIP/207-0000001a",
    "otherChannel": "SIP/trunk-0000002a",
    "callerIdNumber": "+34600111222",
    "callerIdName": "Carmen",
    "connectedNumber": "207",
    "connectedName": "Ana Ruiz",
    "status": "up",
    "direction": "inbound",
    "queue": "500",
    "startTime": unix(ago(30)),
    "answerTime": unix(ago(25)),
    "recording": False,
}
TAKEN = Taken(NOON)


def keys_of(line: Line) -> list[str]:
    return [call.key for call in line.calls]


def test_a_call_at_an_extension_in_our_words(floor) -> None:
    assert floor.line(TALK) == Line(
        "207",
        (
            LineCall(
                key="1.1",
                id="42",
                unique_id="1.1",
                channel="SIP/207-0000001a",
                other_channel="SIP/trunk-0000002a",
                state=LineState.UP,
                direction="inbound",
                queue="500",
                caller_number="+34600111222",
                caller_name="Carmen",
                connected_number="207",
                connected_name="Ana Ruiz",
                started_at=ago(30),
                answered_at=ago(25),
                is_recorded=False,
            ),
        ),
        asked_at=NOON,
    )


def test_of_what_eq_does_not_tell_nothing_is_made_up(floor) -> None:
    assert floor.line({"channel": "SIP/207-1"}).calls == (LineCall("SIP/207-1", channel="SIP/207-1"),)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("dialing", LineState.DIALING),
        ("ringing", LineState.RINGING),
        ("up", LineState.UP),
        ("onTheMoon", LineState.UNKNOWN),
        ("unknown", LineState.UNKNOWN),
        (None, LineState.UNKNOWN),
    ],
)
def test_the_state_of_a_call(floor, word, state) -> None:
    assert floor.line(TALK | {"status": word}).calls[0].state is state


def test_times_are_on_our_clock_and_steady(floor) -> None:
    floor.skew_seconds = 100
    theirs = {"startTime": unix(ago(30)) + 100, "answerTime": unix(ago(25)) + 100}
    assert floor.line(TALK | theirs).calls[0].started_at == ago(30)
    a_second_off = {"startTime": unix(ago(30)) + 101, "answerTime": unix(ago(25)) + 99}
    [call] = floor.line(TALK | a_second_off).calls
    assert (call.started_at, call.answered_at) == (ago(30), ago(25))


def test_a_name_that_comes_escaped_is_plain(floor) -> None:
    [call] = floor.line(TALK | {"callerIdName": "O&#39;Brien", "connectedName": "Ana &amp; Co"}).calls
    assert (call.caller_name, call.connected_name) == ("O'Brien", "Ana & Co")


def test_the_call_that_began_first_comes_first_whatever_eq_s_order(floor) -> None:
    rows = [
        TALK,
        TALK | {"uniqueId": "1.2", "channel": "SIP/207-2", "startTime": unix(ago(40))},
        TALK | {"uniqueId": "1.3", "channel": "SIP/207-3", "startTime": None},
    ]
    for order in permutations(rows):
        assert keys_of(floor.line(*order)) == ["1.2", "1.1", "1.3"]


def test_two_channels_with_one_unique_id_are_two_calls_each_with_the_same_key_every_time(floor) -> None:
    rows = [TALK, TALK | {"channel": "SIP/207-0000001b"}]
    for order in permutations(rows):
        assert [(call.key, call.channel) for call in floor.line(*order).calls] == [
            ("1.1", "SIP/207-0000001a"),
            ("1.1 2", "SIP/207-0000001b"),
        ]


def test_a_call_that_is_told_twice_counts_once(floor) -> None:
    assert keys_of(floor.line(TALK, TALK)) == ["1.1"]


def test_calls_without_unique_id_and_channel_are_calls_all_the_same(floor) -> None:
    said = floor.line({"id": 5}, {"callerIdNumber": "201"}, {"status": "up"})
    assert sorted(keys_of(said)) == ["201", "5", "?"]


def test_a_call_of_another_extension_is_none_of_this_one_s(floor) -> None:
    said = floor.line(TALK, TALK | {"uniqueId": "1.2", "extension": "208"})
    assert (keys_of(said), said.unreadable_count) == (["1.1"], 1)


def test_what_makes_no_sense_is_left_out_and_counted(floor) -> None:
    said = floor.line(TALK, {"extension": None}, TALK | {"uniqueId": "1.2", "startTime": "soon"})
    assert (keys_of(said), said.unreadable_count) == (["1.1", "1.2"], 2)


@pytest.mark.parametrize("trouble", [Trouble.UNREACHABLE, Trouble.BROKEN, Trouble.REFUSED])
def test_a_line_that_cannot_be_read_keeps_its_calls_and_their_age_and_is_marked(floor, trouble) -> None:
    before = floor.line(TALK)
    after = floor.line(trouble=trouble)
    assert (after.calls, after.asked_at, after.trouble) == (before.calls, NOON, trouble)
    assert floor.line(TALK).trouble is None


def test_a_line_that_was_never_read_says_so(floor) -> None:
    assert floor.line(trouble=Trouble.UNREACHABLE) == Line("207", trouble=Trouble.UNREACHABLE)


def test_at_an_extension_that_eq_does_not_know_nothing_goes_on(floor) -> None:
    floor.line(TALK)
    assert floor.line(trouble=Trouble.MISSING) == Line("207", asked_at=floor.now, trouble=Trouble.MISSING)


def test_a_line_that_was_not_asked_for_stays_as_it_is_and_one_that_nobody_looks_at_leaves() -> None:
    before = {"207": line("207"), "208": line("208")}
    assert lines_of({}, ["207", "209"], before, TAKEN) == {"207": line("207")}


def test_an_answer_that_nobody_waits_for_any_more_is_dropped() -> None:
    assert lines_of({"207": LineAnswer(NOON, Rows(()))}, [], {}, TAKEN) == {}


def test_a_round_of_the_parts_leaves_the_lines_alone(floor) -> None:
    said = floor.line(TALK)
    assert floor.round(calls=[]).lines == {"207": said}


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_texts_stay_as_they_are(floor, text) -> None:
    [call] = floor.line(TALK | {"channel": text, "callerIdName": text, "connectedName": text, "direction": text}).calls
    assert call.caller_name == call.connected_name == (text if text.strip() else None)


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("207")
ROWS = st.dictionaries(st.sampled_from(sorted({*TALK, "extension"})), VALUES | st.lists(VALUES, max_size=2))


@settings(max_examples=100)
@given(st.lists(ROWS, max_size=4))
def test_whatever_eq_says_of_an_extension_every_call_has_a_key_of_its_own(rows) -> None:
    body = json.dumps([{"extension": "207", **row} for row in rows]).encode()
    try:
        calls = read_answer(OPERATIONS["active_calls.all"], 200, body, load_dialect())
    except EQError:
        calls = Trouble.BROKEN
    said = lines_of({"207": LineAnswer(NOON, calls)}, ["207"], {}, TAKEN)["207"]
    assert len(set(keys_of(said))) == len(said.calls) <= len(rows)
    assert said == lines_of({"207": LineAnswer(NOON, calls)}, ["207"], {"207": said}, TAKEN)["207"]

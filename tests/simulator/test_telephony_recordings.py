"""Recordings: what queues, extensions and people record, and which files are found afterwards."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.office.entities import QueueSettings
from eqboard.simulator.office.extensions import RecordingSettings
from eqboard.simulator.switch import recordings
from eqboard.simulator.switch.parties import Place

from .conftest import START, a_world, refusal
from .telephones import (
    ACCEPTED_SECONDS,
    PICK_UP_SECONDS,
    a_conversation,
    act,
    call_at,
    dialled,
    refused,
)

OUTSIDE = "6045550123"


def files(world, call_id):
    return world.switch.recordings.of_call(call_id)


def record(world, extension, action):
    world.telephony.recording_action(extension, action)
    world.tick(ACCEPTED_SECONDS)


@pytest.fixture
def world():
    """Nothing is recorded but by hand."""
    return a_world([QueueSettings("500", "Sales", recording_format=None)], [{"500": 1}, {"500": 1}])


# Queues


def test_a_queue_records_from_the_answer_on_into_a_file_in_asterisks_manner():
    world = a_world()
    call = world.place_call("500")
    assert files(world, call.id) == []
    world.tick(PICK_UP_SECONDS)
    assert files(world, call.id) == [
        f"/var/spool/asterisk/monitor/2023/11/14/q500-20231114-221323-{call.unique_id}.wav"
    ]


def test_files_are_named_by_the_clock_of_the_exchange():
    world = a_world(zone=ZoneInfo("Asia/Tokyo"))
    call = world.place_call("500")
    world.tick(PICK_UP_SECONDS)
    assert files(world, call.id) == [
        f"/var/spool/asterisk/monitor/2023/11/15/q500-20231115-071323-{call.unique_id}.wav"
    ]


def test_a_queue_that_includes_hold_time_records_from_the_entry_on_even_who_is_never_answered():
    world = a_world([QueueSettings("500", "Sales", recording_mode="includeholdtime")], [])
    call = world.place_call("500", patience_seconds=10)
    assert len(files(world, call.id)) == 1
    world.tick(10)
    assert call.place is Place.GONE
    assert len(files(world, call.id)) == 1


@pytest.mark.parametrize("recording_format", [None, ""])
@pytest.mark.parametrize("recording_mode", ["afteranswered", "includeholdtime"])
def test_a_queue_without_a_format_records_nothing(recording_format, recording_mode):
    queue = QueueSettings("500", "Sales", recording_format=recording_format, recording_mode=recording_mode)
    world = a_world([queue], [{"500": 1}])
    call = a_conversation(world)
    assert files(world, call.id) == []
    assert not call_at(world, "201")["recording"]


# By hand


def test_a_recording_is_started_stopped_and_kept(world):
    call = a_conversation(world)
    record(world, "201", "start")
    assert call_at(world, "201")["recording"]
    [path] = files(world, call.id)
    assert path.startswith("/var/spool/asterisk/monitor/2023/11/14/201-20231114-")
    record(world, "201", "stop")
    assert not call_at(world, "201")["recording"]
    assert files(world, call.id) == [path]


def test_a_cancelled_recording_is_thrown_away_and_an_earlier_one_kept(world):
    call = a_conversation(world)
    record(world, "201", "start")
    [kept] = files(world, call.id)
    record(world, "201", "stop")
    record(world, "201", "start")
    assert len(files(world, call.id)) == 2
    record(world, "201", "cancel")
    assert not call_at(world, "201")["recording"]
    assert files(world, call.id) == [kept]


def test_what_is_recorded_already_is_not_started_twice(world):
    call = a_conversation(world)
    record(world, "201", "start")
    record(world, "201", "start")
    assert len(files(world, call.id)) == 1


def test_a_queues_own_recording_is_stopped_by_hand():
    world = a_world()
    a_conversation(world)
    record(world, "201", "stop")
    assert not call_at(world, "201")["recording"]


@pytest.mark.parametrize("action", ["start", "stop", "cancel"])
def test_without_a_conversation_a_recording_action_is_accepted_and_does_nothing(world, action):
    call = world.place_call("500")
    record(world, "201", action)  # it only rings there
    record(world, "301", action)
    assert files(world, call.id) == []


def test_a_dialled_call_is_recorded_at_either_end(world):
    dialled(world, "301", "202")
    record(world, "202", "start")
    shown = call_at(world, "301")
    assert shown["recording"]
    assert len(files(world, int(shown["id"]))) == 1


def test_a_recording_goes_on_while_the_caller_is_parked_and_sent_on(world):
    call = a_conversation(world)
    record(world, "201", "start")
    act(world, "201", "park")
    world.telephony.pick_up(call.channel, "301")
    world.tick(ACCEPTED_SECONDS + PICK_UP_SECONDS)
    assert call_at(world, "301")["recording"]
    assert len(files(world, call.id)) == 1


def test_an_extension_that_always_records_does_so():
    world = a_world()
    always = RecordingSettings(outbound_external="always", inbound_internal="always")
    world.directory.extensions["301"] = replace(world.directory.extensions["301"], recording=always)
    dialled(world, "301", OUTSIDE)
    assert call_at(world, "301")["recording"]
    act(world, "301", "hangUp")
    dialled(world, "301", "202")
    assert not call_at(world, "301")["recording"]
    act(world, "301", "hangUp")
    dialled(world, "202", "301")
    assert call_at(world, "301")["recording"]


@pytest.mark.parametrize(
    ("extension", "action", "expected"),
    [
        ("", "start", (400, "extension", "blank")),
        ("999", "start", (400, "extension", "nonexistent")),
        ("201", "", (400, "action", "blank")),
        ("201", "pause", (400, "action", "invalid")),
    ],
)
def test_a_wrong_recording_action_is_refused_and_named(world, extension, action, expected):
    assert refused(world.telephony.recording_action, extension, action) == expected


# Finding them


@pytest.mark.contract("2.13")
async def test_recordings_are_found_by_either_id_while_the_call_goes_on_and_afterwards(server, world):
    call = a_conversation(world)
    record(world, "201", "start")
    expected = files(world, call.id)
    for _ in range(2):
        assert (await server.get("call_recordings", call=str(call.id))).json() == expected
        assert (await server.get("call_recordings", call_unique_id=call.unique_id)).json() == expected
        world.hang_up(call.unique_id)


def test_recordings_are_found_by_every_unique_id_the_call_has_had():
    world = a_world(renamed_share=1.0)
    call = a_conversation(world)
    before = call.unique_id
    act(world, "201", "park")
    assert call.unique_id != before
    assert world.switch.recordings.of_unique_id(before) == world.switch.recordings.of_unique_id(call.unique_id) != []


async def test_the_id_counts_when_both_are_given(server, world):
    call = a_conversation(world)
    record(world, "201", "start")
    assert (await server.get("call_recordings", call="99", call_unique_id=call.unique_id)).json() == []


@pytest.mark.parametrize(
    "query", [{"call": "99"}, {"call": "one"}, {"call": "9" * 400}, {"call_unique_id": "1.1"}, {"call_unique_id": "²"}]
)
async def test_an_unknown_call_has_no_recordings(server, query):
    response = await server.get("call_recordings", **query)
    assert (response.status_code, response.json()) == (200, [])


@pytest.mark.parametrize("query", [{}, {"call": ""}, {"call": " ", "call_unique_id": ""}])
async def test_recordings_of_no_call_at_all_are_refused(server, query):
    assert refusal(await server.get("call_recordings", **query)) == (400, "call", "blank")


def test_two_recordings_begun_in_the_same_second_have_two_names():
    tapes = recordings.Recordings(Agenda(START))
    for _ in range(3):
        tapes.start(1, "1.1", "201")
        tapes.stop(1)
    assert len(set(tapes.of_call(1))) == 3


def test_recordings_of_calls_long_over_are_found_no_more(monkeypatch):
    monkeypatch.setattr(recordings, "KEPT_CALLS", 10)
    tapes = recordings.Recordings(Agenda(START))
    for call_id in range(1, 101):
        tapes.start(call_id, f"1.{call_id}", "q500")
        if call_id > 1:  # the first goes on all the time
            tapes.end(call_id)
    assert [call_id for call_id in range(1, 101) if tapes.of_call(call_id)] == [1, *range(91, 101)]
    assert tapes.of_unique_id("1.2") == []
    assert tapes.of_unique_id("1.100") != []


def test_a_cancelled_recording_leaves_nothing_behind_when_the_call_is_over():
    tapes = recordings.Recordings(Agenda(START))
    tapes.start(1, "1.1", "201")
    tapes.cancel(1)
    tapes.end(1)
    assert (tapes.of_call(1), tapes.of_unique_id("1.1")) == ([], [])

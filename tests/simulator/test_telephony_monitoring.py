"""Listening in: what appears at the monitor extension, what does not at the target, and how it ends."""

import pytest

from eqboard.simulator.switch.parties import Mode

from .conftest import NO_PICK_UP, a_world
from .telephones import (
    ACCEPTED_SECONDS,
    PICK_UP_SECONDS,
    a_conversation,
    act,
    call_at,
    calls_at,
    combined,
    dialled,
    refused,
    row,
    status_at,
)


def monitor(world, target="201", extension="301", mode="spy"):
    world.telephony.monitor_action(mode, target, extension)
    world.tick(ACCEPTED_SECONDS)


def monitored(world, target="201", extension="301", mode="spy"):
    monitor(world, target, extension, mode)
    world.tick(PICK_UP_SECONDS)
    assert status_at(world, extension) == "up"


def mode_at(world, extension="301"):
    [leg] = world.switch.lines.legs_at(extension)
    return leg.monitoring.mode


def test_monitoring_rings_at_the_monitor_extension_and_listens_once_it_is_answered(world):
    a_conversation(world)
    monitor(world)
    assert status_at(world, "301") == "ringing"
    world.tick(PICK_UP_SECONDS)
    shown = call_at(world, "301")
    assert (shown["status"], shown["direction"], shown["queue"]) == ("up", "internal", None)
    assert (shown["callerIdNumber"], shown["connectedNumber"], shown["connectedName"]) == ("301", "201", "Agent1 Test")
    assert shown["otherChannel"] == call_at(world, "201")["channel"]


def test_the_target_has_no_more_calls_than_before(world):
    call = a_conversation(world)
    before = call_at(world, "201")
    monitored(world)
    assert calls_at(world, "201") == [before]
    assert combined(world, 1)["call"]["uniqueId"] == call.unique_id


@pytest.mark.contract("4.11")
def test_an_idle_telephone_is_monitored_in_silence_until_there_is_a_call(world):
    monitored(world)
    assert call_at(world, "301")["otherChannel"] is None
    a_conversation(world)
    assert call_at(world, "301")["otherChannel"] == call_at(world, "201")["channel"]


@pytest.mark.contract("2.31")
def test_monitoring_outlasts_the_call_and_ends_with_a_hang_up_at_the_monitor_extension(world):
    call = a_conversation(world)
    monitored(world)
    world.hang_up(call.unique_id)
    world.tick(3600)
    assert status_at(world, "301") == "up"
    act(world, "301", "hangUp")
    assert calls_at(world, "301") == []


def test_a_monitor_extension_that_does_not_answer_stops_ringing():
    world = a_world(**NO_PICK_UP)
    monitor(world)
    world.tick(14)
    assert status_at(world, "301") == "ringing"
    world.tick(1)
    assert calls_at(world, "301") == []


def test_a_monitor_extension_may_hang_up_while_it_rings(world):
    monitor(world)
    act(world, "301", "hangUp")
    world.tick(10)
    assert calls_at(world, "301") == []


@pytest.mark.parametrize("mode", ["spy", "bargeIn", "whisper"])
def test_a_second_action_from_the_same_extension_switches_the_mode_of_the_same_call(world, mode):
    monitored(world)
    channel = call_at(world, "301")["channel"]
    monitor(world, mode=mode)
    assert mode_at(world) is Mode(mode)
    assert (call_at(world, "301")["channel"], status_at(world, "301")) == (channel, "up")


def test_a_second_action_may_name_another_target(world):
    monitored(world)
    monitor(world, target="202", mode="whisper")
    assert (call_at(world, "301")["connectedNumber"], mode_at(world)) == ("202", Mode.WHISPER)


def test_a_mode_switched_while_it_rings_counts_when_it_is_answered(world):
    monitor(world)
    monitor(world, mode="bargeIn")
    world.tick(PICK_UP_SECONDS)
    assert mode_at(world) is Mode.BARGE_IN


def test_several_extensions_may_monitor_the_same_one(world):
    a_conversation(world)
    monitored(world)
    monitored(world, extension="202")
    assert call_at(world, "202")["otherChannel"] == call_at(world, "301")["otherChannel"]


def test_with_a_busy_monitor_extension_it_is_accepted_and_nothing_happens(world):
    dialled(world, "301", "6045550123")
    before = call_at(world, "301")
    monitor(world)
    assert call_at(world, "301") == before


def test_an_extension_that_monitors_itself_sits_in_silence(world):
    monitored(world, target="301")
    shown = call_at(world, "301")
    assert (shown["connectedNumber"], shown["otherChannel"]) == ("301", None)


def test_a_monitoring_call_is_not_heard_by_another_monitor(world):
    monitored(world)
    monitored(world, target="301", extension="202")
    assert call_at(world, "202")["otherChannel"] is None


def test_an_agent_who_monitors_is_on_a_call_and_offered_none(world):
    world.pause(world.directory.agents[2], 1)
    monitor(world, target="202", extension="201")
    assert row(world, 1)["status"] == "ringing"
    world.tick(PICK_UP_SECONDS)
    waiting = world.place_call("500")
    assert (row(world, 1)["status"], row(world, 1)["call"], waiting.ringing) == ("onCall", None, [])
    act(world, "201", "hangUp")
    assert waiting.ringing == [world.directory.agents[1]]


def test_a_hang_up_of_a_monitor_may_be_accepted_and_not_happen():
    world = a_world(stuck_monitor_share=1.0)
    monitored(world)
    act(world, "301", "hangUp")
    assert status_at(world, "301") == "up"


@pytest.mark.contract("4.11")
def test_some_hang_ups_of_monitors_do_not_happen_and_the_next_does():
    stuck = 0
    world = a_world(stuck_monitor_share=0.2)
    for _ in range(200):
        monitored(world)
        act(world, "301", "hangUp")
        while status_at(world, "301"):
            stuck += 1
            act(world, "301", "hangUp")
    assert 20 < stuck < 90


def test_a_monitoring_call_can_be_neither_parked_nor_transferred(world):
    monitored(world)
    act(world, "301", "park")
    act(world, "301", "blindTransfer", destination="202")
    assert status_at(world, "301") == "up"
    assert calls_at(world, "202") == []


@pytest.mark.parametrize(
    ("mode", "target", "extension", "expected"),
    [
        ("", "201", "301", (400, "action", "blank")),
        ("stop", "201", "301", (400, "action", "invalid")),
        ("SPY", "201", "301", (400, "action", "invalid")),
        ("spy", "", "301", (400, "targetExtension", "blank")),
        ("spy", "999", "301", (400, "targetExtension", "nonexistent")),
        ("spy", "500", "301", (400, "targetExtension", "nonexistent")),
        ("spy", "201", "", (400, "monitorExtension", "blank")),
        ("spy", "201", "999", (400, "monitorExtension", "nonexistent")),
        ("spy", "201", "6045550123", (400, "monitorExtension", "nonexistent")),
    ],
)
def test_a_wrong_monitor_action_is_refused_and_named(world, mode, target, extension, expected):
    assert refused(world.telephony.monitor_action, mode, target, extension) == expected

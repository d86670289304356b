"""Callers in queues and in the parking lot, and conferences."""

from datetime import timedelta
from itertools import permutations

import pytest

from eqboard.floor.assemble import AgentName, Names
from eqboard.floor.snapshot import Caller, Trouble
from tests.builders import NOON, ago

from .conftest import unix


def ringing(agent, **call):
    return {"agent": agent, "queue": "500", "status": "ringing", "call": call}


# Waiting


def test_a_caller_is_taken_over_with_everything_eq_says(floor):
    floor.names = Names(queues={"500": "Sales"})
    call = floor.call(
        {
            "channel": "SIP/x",
            "position": 2,
            "callerIdNumber": "555",
            "callerIdName": "Carmen",
            "enterTime": unix(ago(30)),
        }
    )
    assert call.caller == Caller("1.1", "SIP/x", "555", "Carmen")
    assert (call.key, call.queue, call.queue_name, call.position) == ("1.1", "500", "Sales", 2)
    assert call.entered_at == ago(30)


@pytest.mark.parametrize(
    ("handles", "key"),
    [
        ({"uniqueId": "1.1", "channel": "SIP/x", "id": "8"}, "1.1"),
        ({"uniqueId": None, "channel": "SIP/x", "id": "8"}, "SIP/x"),
        ({"uniqueId": "", "channel": "", "id": 8}, "500 8 1"),
    ],
)
def test_a_call_is_told_by_unique_id_else_by_channel_else_by_id(floor, handles, key):
    assert floor.call(handles).key == key


@pytest.mark.contract("4.10")
@pytest.mark.parametrize(
    "rows",
    [
        [{"queue": "500", "uniqueId": "1.1"}, {"queue": "501", "uniqueId": "1.1"}],
        [{"queue": "500", "id": "1"}, {"queue": "501", "id": "1"}],
        [{"queue": "500", "uniqueId": "1.1", "channel": "SIP/x"}, {"queue": "500", "channel": "SIP/x", "position": 2}],
        [{"queue": "500", "callerIdNumber": "1", "enterTime": unix(ago(each))} for each in (9, 1)],
    ],
    ids=["one unique id", "ids of their queue", "one channel", "nothing but when they came"],
)
def test_the_order_of_the_rows_tells_nothing(floor, rows):
    before = floor.round(calls=rows).waiting
    assert floor.round(calls=rows[::-1]).waiting == before


def test_callers_who_share_a_channel_are_told_apart_by_their_unique_ids(floor):
    rows = [{"queue": "500", "uniqueId": f"1.{each}", "channel": "SIP/trunk"} for each in range(10)]
    assert len(floor.round(calls=rows).waiting) == 10


def test_an_id_that_is_a_place_in_the_queue_is_nobodys(floor):
    first, second = ({"queue": "500", "callerIdNumber": str(each), "enterTime": unix(ago(each))} for each in (60, 20))
    before = floor.round(calls=[first | {"id": "1"}, second | {"id": "2"}]).waiting
    [(key, call)] = floor.round(calls=[second | {"id": "1"}]).waiting.items()
    assert (call.caller.number, call.entered_at) == ("20", ago(20))
    assert before[key].caller.number == "20"


def test_a_caller_without_an_id_is_the_same_when_the_time_they_came_jumps_by_a_second(floor):
    row = {"queue": "500", "callerIdNumber": "1", "enterTime": unix(ago(60))}
    before = floor.round(calls=[row]).waiting
    assert floor.round(calls=[row | {"enterTime": unix(ago(59))}]).waiting == before


def test_a_unique_id_that_is_given_to_somebody_else_is_another_wait(floor):
    floor.call({"enterTime": unix(ago(300)), "callerIdNumber": "1"})
    call = floor.call({"enterTime": unix(ago(2)), "callerIdNumber": "2"})
    assert (call.entered_at, call.caller.number) == (ago(2), "2")


@pytest.mark.parametrize("entered", [1, unix(ago(25 * 3600)), unix(ago(-3600)), 4_000_000_000])
def test_a_wait_of_more_than_a_day_or_that_is_yet_to_begin_is_not_believed(floor, entered):
    call = floor.call({"enterTime": entered})
    assert (call.entered_at, call.since_at_least) == (NOON, True)


def test_at_the_first_sight_a_wait_may_be_hours_old(floor):
    assert floor.call({"enterTime": unix(ago(5 * 3600))}).entered_at == ago(5 * 3600)


def test_callers_of_whom_eq_tells_no_id_are_counted_each(floor):
    """A number of waiting callers that is silently too small would be the worst of lies."""
    rows = [
        {"queue": "500"},
        {"queue": "500"},
        {"queue": "500", "id": "1"},
        {"queue": "501", "id": "1"},
        {"queue": "501", "callerIdNumber": "555", "enterTime": unix(ago(30))},
        {"queue": "501", "callerIdNumber": "556", "enterTime": unix(ago(30))},
    ]
    snapshot = floor.round(calls=rows)
    assert len(snapshot.waiting) == 6
    assert {key: queue.waiting_count for key, queue in snapshot.queues.items()} == {"500": 3, "501": 3}


def test_a_caller_of_whom_eq_tells_no_id_is_the_same_one_in_the_next_round(floor):
    row = {"queue": "500", "callerIdNumber": "555", "callerIdName": "Carmen"}
    [key] = floor.round(calls=[{**row, "position": 2}]).waiting
    [again] = floor.round(calls=[{**row, "position": 1}]).waiting.values()
    assert (again.key, again.entered_at) == (key, NOON)


@pytest.mark.contract("4.4")
@pytest.mark.parametrize(
    "again",
    [
        {"uniqueId": "1.1"},
        {"uniqueId": "1.1", "queue": "501"},
        {"channel": "SIP/x"},
    ],
)
def test_the_same_caller_in_two_rows_is_counted_once(floor, again):
    first = {"queue": "500", "uniqueId": "1.1", "channel": "SIP/x", "position": 1}
    snapshot = floor.round(calls=[first, {"queue": "500", **again}], agents=[])
    assert [call.position for call in snapshot.waiting.values()] == [1]
    assert sum(queue.waiting_count for queue in snapshot.queues.values()) == 1


def test_the_first_time_that_was_seen_stays(floor):
    floor.call({"enterTime": unix(ago(30))})
    assert floor.call({"enterTime": unix(ago(25))}).entered_at == ago(30)
    assert floor.call({"enterTime": None}).entered_at == ago(30)


@pytest.mark.parametrize("told", [None, unix(ago(-3600))])
def test_a_caller_without_a_time_that_can_be_came_when_we_first_saw_them_or_before(floor, told):
    for _ in range(2):
        call = floor.call({"enterTime": told})
        assert (call.entered_at, call.since_at_least) == (NOON, True)


def test_what_eq_tells_later_is_believed_where_it_had_told_nothing(floor):
    floor.call({})
    call = floor.call({"enterTime": unix(ago(300))})
    assert (call.entered_at, call.since_at_least) == (ago(300), False)


def test_a_caller_who_changes_the_queue_waits_anew(floor):
    floor.call({"enterTime": unix(ago(30))})
    assert floor.call({"queue": "501", "enterTime": unix(ago(2))}).entered_at == ago(2)


def test_a_caller_who_hung_up_is_gone(floor):
    floor.call({})
    assert not floor.round(calls=[]).waiting


def test_times_are_put_on_our_clock(floor):
    floor.skew_seconds = 120
    assert floor.call({"enterTime": unix(ago(30)) + 120}).entered_at == ago(30)


def test_a_queues_name_that_arrives_while_calls_are_not_read_is_used(floor):
    floor.call({})
    floor.names = Names(queues={"500": "Sales"})
    assert floor.round(calls=Trouble.BROKEN).waiting["1.1"].queue_name == "Sales"


# Ringing


@pytest.mark.contract("4.5")
@pytest.mark.parametrize("handle", [{"uniqueId": "1.1"}, {"channel": "SIP/x"}, {"uniqueId": "9.9", "channel": "SIP/x"}])
def test_a_telephone_that_rings_is_matched_by_unique_id_or_by_channel(floor, handle):
    snapshot = floor.round(
        agents=[ringing(7, **handle)], calls=[{"queue": "500", "uniqueId": "1.1", "channel": "SIP/x"}]
    )
    assert snapshot.waiting["1.1"].ringing_at == ("#7",)


def test_all_telephones_that_ring_are_named_once_each_in_order(floor):
    floor.names = Names(agents={8: AgentName("Bo"), 7: AgentName("Zoe"), 9: AgentName("Ana")})
    rows = [ringing(7, uniqueId="1.1", channel="SIP/x"), ringing(8, uniqueId="1.1"), ringing(9, channel="SIP/x")]
    for agents in permutations(rows):
        snapshot = floor.round(agents=list(agents), calls=[{"queue": "500", "uniqueId": "1.1", "channel": "SIP/x"}])
        assert snapshot.waiting["1.1"].ringing_at == ("Ana", "Bo", "Zoe")


def test_whoever_talks_already_is_not_ringing(floor):
    row = {**ringing(7, uniqueId="1.1"), "status": "onCall"}
    snapshot = floor.round(agents=[row], calls=[{"queue": "500", "uniqueId": "1.1"}])
    assert snapshot.waiting["1.1"].ringing_at == ()


def test_two_calls_without_any_handle_do_not_match_each_other(floor):
    snapshot = floor.round(agents=[ringing(7, callerIdName="x")], calls=[{"queue": "500", "id": "8"}])
    assert snapshot.waiting["500 8 1"].ringing_at == ()


# Parked


def parked(floor, /, after_seconds=1.0, agents=None, **row):
    rows = [{"uniqueId": "1.3", "space": "71", **row}]
    [call] = floor.round(parked=rows, agents=agents, after_seconds=after_seconds).parked.values()
    return call


def test_a_parked_call_returns_when_its_time_runs_out(floor):
    call = parked(floor, parkTime=unix(ago(20)), timeout=45)
    assert (call.parked_at, call.returns_at) == (ago(20), ago(-25))


@pytest.mark.parametrize("timeout", [None, 0, "", 10**15, -(10**15)])
def test_a_parked_call_without_a_sensible_time_does_not_say_when_it_returns(floor, timeout):
    assert parked(floor, parkTime=unix(ago(20)), timeout=timeout).returns_at is None


def test_a_parked_call_without_its_beginning_does_not_say_when_it_returns(floor):
    call = parked(floor, timeout=45)
    assert (call.parked_at, call.returns_at) == (None, None)


def test_the_moment_of_parking_stays_steady_and_a_second_parking_is_news(floor):
    parked(floor, parkTime=unix(ago(20)), timeout=45)
    assert parked(floor, parkTime=unix(ago(19)), timeout=45).returns_at == ago(-25)
    assert parked(floor, parkTime=unix(ago(2)), timeout=45).returns_at == ago(-43)


def test_who_parked_it_is_named_by_their_extension(floor):
    floor.names = Names(agents={7: AgentName("Ana Ruiz")})
    rows = [{"agent": 7, "queue": "500", "status": "available", "extension": "207"}]
    assert parked(floor, agents=rows, parkedBy="207").parked_by_name == "Ana Ruiz"
    assert parked(floor, agents=rows, parkedBy="301").parked_by_name is None
    assert parked(floor, agents=rows, parkedBy=None).parked_by_name is None


def test_of_two_at_one_extension_the_one_who_is_there_parked_it(floor):
    rows = [
        {"agent": agent, "queue": "500", "status": status, "extension": "207"}
        for agent, status in ((7, "available"), (8, "signedOut"))
    ]
    assert parked(floor, agents=rows, parkedBy="207").parked_by_name == "#7"
    assert parked(floor, agents=rows[::-1], parkedBy="207").parked_by_name == "#7"


def test_a_parked_call_may_be_told_by_its_space_alone(floor):
    assert parked(floor, uniqueId=None).key == "71 1"


def test_parked_callers_of_whom_eq_tells_no_id_are_counted_each(floor):
    assert len(floor.round(parked=[{"space": "71"}, {"space": "71"}, {}, {}]).parked) == 4


# Conferences


def test_a_conference_without_a_name_is_called_by_its_extension(floor):
    [room] = floor.round(conferences=[{"extension": "900"}]).conferences.values()
    assert (room.name, room.locked, room.started_at, room.participants) == ("900", False, None, ())


def test_participants_stand_in_the_order_of_joining_whatever_eqs_order(floor):
    people = [
        {"callerIdNumber": number, "joinTime": unix(ago(seconds)) if seconds else None, "talking": "1"}
        for number, seconds in (("201", 30), ("202", 60), ("203", 60), ("204", None))
    ]
    seen = set()
    for some in permutations(people):
        floor.round(conferences=[{"extension": "900", "participants": list(some)}], after_seconds=0)
        seen.add(floor.snapshot.conferences["900"].participants)
    [participants] = seen
    assert [each.caller.number for each in participants] == ["202", "203", "201", "204"]
    assert all(each.talking for each in participants)


def test_a_conference_began_when_it_began(floor):
    for seconds in (60, 59, 61):
        floor.round(conferences=[{"extension": "900", "startTime": unix(ago(seconds))}])
    assert floor.snapshot.conferences["900"].started_at == NOON - timedelta(seconds=60)

"""What on the floor shows that an action happened: pure, one look at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eqboard.accounts import access
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.evidence import Evidence, Look, Stage
from eqboard.control.catalogue.listening import STOP_LISTENING
from eqboard.control.catalogue.numbers import is_same_number
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.catalogue.telephones import CANCEL_RECORDING, STOP_RECORDING
from eqboard.floor.snapshot import AgentState, LineState, Part, Snapshot, Trouble
from tests.builders import (
    NOON,
    agent,
    ago,
    caller,
    conference,
    line,
    line_call,
    membership,
    parked_call,
    participant,
    queue,
    snapshot,
    source,
    waiting_call,
)

KEY, CHANNEL = "1366390218.42", "SIP/trunk-0000002a"
CARMEN = caller(unique_id=KEY, channel=CHANNEL)
WAITING = waiting_call(KEY, caller=CARMEN)
SEEN = CallRef(KEY, KEY, CHANNEL, "500")
STEAL = Order(access.STEAL, call=SEEN, destination="210")
PICK_UP = Order(access.PICK_UP, call=replace(SEEN, place="71"), destination="210")
RINGS = line("210", calls=(line_call(KEY, channel="SIP/210-1", state=LineState.RINGING),))
TALKS = line("210", calls=(line_call(KEY, channel="SIP/210-1"),))
QUIET = line("210", calls=())


def look(order: Order, floor: Snapshot, since=NOON) -> Look:
    found = CATALOGUE[order.action].look
    assert found is not None
    return found(order, Evidence(floor, since))


def stage(order: Order, floor: Snapshot, since=NOON) -> Stage:
    return look(order, floor, since).stage


# A caller who is sent elsewhere


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (snapshot(waiting=[WAITING], lines=[QUIET]), Look(Stage.UNCHANGED, "waiting")),
        (snapshot(waiting=[WAITING]), Look(Stage.UNCHANGED, "waiting")),
        (snapshot(lines=[RINGS]), Look(Stage.UNDER_WAY)),
        (snapshot(waiting=[WAITING], lines=[RINGS]), Look(Stage.UNDER_WAY)),
        (snapshot(lines=[TALKS]), Look(Stage.DONE)),
        (snapshot(lines=[QUIET]), Look(Stage.GONE)),
        (snapshot(), Look(Stage.LEFT)),
        (snapshot(parked=[parked_call(KEY, caller=CARMEN)], lines=[QUIET]), Look(Stage.UNCHANGED, "parked")),
        (
            snapshot(agents=[agent(7, state=AgentState.ON_CALL, caller=CARMEN)], lines=[QUIET]),
            Look(Stage.UNCHANGED, "with_agent", "Ana Ruiz", ("500",)),
        ),
        (
            snapshot(agents=[agent(7, state=AgentState.RINGING, caller=CARMEN)], waiting=[WAITING], lines=[QUIET]),
            Look(Stage.UNCHANGED, "waiting"),
        ),
        (snapshot(agents=[agent(7, extension="210", state=AgentState.ON_CALL, caller=CARMEN)]), Look(Stage.DONE)),
        (snapshot(agents=[agent(7, extension="210", state=AgentState.RINGING, caller=CARMEN)]), Look(Stage.UNDER_WAY)),
    ],
)
@pytest.mark.parametrize("order", [STEAL, PICK_UP], ids=["steal", "pick_up"])
def test_a_caller_leaves_and_arrives(order, floor, expected):
    assert look(order, floor) == expected


def test_a_caller_whose_unique_id_changed_is_known_by_the_channel():
    """As on the older switch when somebody is picked up (contract §4)."""
    renamed = line("210", calls=(line_call("1366390218.99", channel="SIP/210-1", other_channel=CHANNEL),))
    assert stage(PICK_UP, snapshot(lines=[renamed])) is Stage.DONE


def test_somebody_elses_call_at_the_destination_is_no_arrival():
    other = line("210", calls=(line_call("1366390218.99", channel="SIP/210-1", other_channel="SIP/trunk-9"),))
    assert stage(STEAL, snapshot(lines=[other])) is Stage.GONE


@pytest.mark.parametrize(
    ("sources", "lines", "expected"),
    [
        ([], [QUIET], Stage.NO_NEWS),
        ([source(Part.CALLS, taken_at=ago(1)), source(Part.PARKED)], [QUIET], Stage.NO_NEWS),
        ([source(Part.CALLS)], [QUIET], Stage.LEFT),
        ([source(Part.CALLS), source(Part.PARKED)], [line("210", calls=(), asked_at=ago(1))], Stage.LEFT),
        ([source(Part.CALLS), source(Part.PARKED)], [line("210", trouble=Trouble.BROKEN)], Stage.LEFT),
        ([source(Part.CALLS), source(Part.PARKED)], [line("210", calls=(), unreadable_count=1)], Stage.LEFT),
        ([source(Part.CALLS), source(Part.PARKED)], [QUIET], Stage.GONE),
    ],
    ids=range(7),
)
def test_who_is_nowhere_is_gone_only_when_everything_was_read_since(sources, lines, expected):
    assert stage(STEAL, snapshot(sources=sources, lines=lines)) is expected


def test_an_older_reading_of_the_destination_is_no_arrival():
    """The caller may have been there before, and have been sent back into the queue."""
    assert stage(STEAL, snapshot(waiting=[WAITING], lines=[line("210", asked_at=ago(1))])) is Stage.UNCHANGED


# Listening


SPY = Order(access.SPY, agent=7, extension="207", monitor_extension="210")
EAR = line_call(
    "9.1", channel="SIP/210-1", other_channel=None, caller_number="210", connected_number="207", state=LineState.UP
)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ((), Stage.UNCHANGED),
        ((replace(EAR, state=LineState.RINGING),), Stage.UNDER_WAY),
        ((EAR,), Stage.DONE),
        ((replace(EAR, connected_number="208"),), Stage.UNCHANGED),
        ((replace(EAR, caller_number="207", connected_number="210"),), Stage.UNCHANGED),
        ((line_call(), EAR), Stage.DONE),
    ],
    ids=range(6),
)
@pytest.mark.parametrize("action", access.MONITORING)
def test_listening_is_seen_at_the_monitor_extension(action, calls, expected):
    assert stage(replace(SPY, action=action), snapshot(lines=[line("210", calls=calls)])) is expected


def test_an_end_of_listening_is_seen_when_the_call_is_gone():
    stop = replace(SPY, action=STOP_LISTENING)
    assert stage(stop, snapshot(lines=[line("210", calls=(EAR,))])) is Stage.UNCHANGED
    assert stage(stop, snapshot(lines=[QUIET])) is Stage.DONE
    assert stage(stop, snapshot()) is Stage.NO_NEWS
    assert stage(stop, snapshot(lines=[line("210", calls=(), unreadable_count=1)])) is Stage.NO_NEWS


# At a telephone

OWN = "SIP/207-0000001a"
AT_207 = CallRef(KEY, KEY, OWN, "207", other_channel=CHANNEL)


def at_207(action: str, **changes) -> Order:
    return replace(Order(action, extension="207", call=AT_207, destination="210"), **changes)


@pytest.mark.parametrize(("action", "expected"), [(access.TRANSFER, Stage.LEFT), (access.HANG_UP, Stage.DONE)])
def test_a_call_is_over_or_has_left_when_the_telephone_has_it_no_more(action, expected):
    assert stage(at_207(action), snapshot(lines=[line()])) is Stage.UNCHANGED
    assert stage(at_207(action), snapshot(lines=[line(calls=())])) is expected
    another = line_call("7.7", channel="SIP/207-9", other_channel="SIP/trunk-9")
    assert stage(at_207(action), snapshot(lines=[line(calls=(another,))])) is expected
    assert stage(at_207(action), snapshot()) is Stage.NO_NEWS


@pytest.mark.parametrize(("action", "expected"), [(access.TRANSFER, Stage.LEFT), (access.HANG_UP, Stage.DONE)])
def test_the_next_caller_on_the_same_channel_of_the_telephone_is_another(action, expected):
    following = line_call("7.7", channel=OWN, other_channel="SIP/trunk-9")
    assert stage(at_207(action), snapshot(lines=[line(calls=(following,))])) is expected


EMPTY, NOT_THERE = line(calls=()), line("210", calls=(), asked_at=None, trouble=Trouble.MISSING)
STILL_ANA = agent(7, state=AgentState.ON_CALL, caller=CARMEN)  # as an older reading has it
OF_BEA = agent(8, name="Bea", state=AgentState.ON_CALL, caller=CARMEN)
PARKED = parked_call(KEY, caller=CARMEN)


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        (snapshot(lines=[line(), QUIET]), Look(Stage.UNCHANGED)),
        (snapshot(lines=[EMPTY]), Look(Stage.LEFT)),
        (snapshot(lines=[EMPTY, RINGS]), Look(Stage.UNDER_WAY)),
        (snapshot(lines=[line(), RINGS]), Look(Stage.UNDER_WAY)),
        (snapshot(lines=[EMPTY, TALKS]), Look(Stage.DONE)),
        (snapshot(lines=[TALKS]), Look(Stage.DONE)),
        (snapshot(lines=[EMPTY, QUIET]), Look(Stage.GONE)),
        (snapshot(lines=[EMPTY, QUIET], sources=[source(Part.CALLS)]), Look(Stage.LEFT)),
        (snapshot(lines=[EMPTY, QUIET], agents=[STILL_ANA]), Look(Stage.GONE)),
        (
            snapshot(lines=[EMPTY, QUIET], agents=[STILL_ANA, OF_BEA]),
            Look(Stage.UNCHANGED, "with_agent", "Bea", ("500",)),
        ),
        (snapshot(lines=[EMPTY, QUIET], waiting=[WAITING]), Look(Stage.UNCHANGED, "waiting")),
        (snapshot(lines=[EMPTY, QUIET], parked=[PARKED]), Look(Stage.UNCHANGED, "parked")),
    ],
    ids=range(12),
)
def test_a_transferred_caller_leaves_and_arrives_or_is_nowhere(floor, expected):
    """That the telephone has the call no more is no arrival (contract §4)."""
    assert look(at_207(access.TRANSFER), floor) == expected


def test_somebody_else_at_the_destination_is_not_the_one_who_was_transferred():
    other = line("210", calls=(line_call("7.7", channel="SIP/210-1", other_channel="SIP/trunk-9"),))
    assert stage(at_207(access.TRANSFER), snapshot(lines=[EMPTY, other])) is Stage.GONE


@pytest.mark.parametrize(
    ("destination", "floor", "expected"),
    [
        ("210", snapshot(lines=[EMPTY, NOT_THERE]), Look(Stage.UNTOLD)),
        ("210", snapshot(lines=[line(), NOT_THERE]), Look(Stage.UNCHANGED)),
        ("210", snapshot(lines=[EMPTY, NOT_THERE], sources=[source(Part.CALLS)]), Look(Stage.LEFT)),
        ("210", snapshot(lines=[EMPTY, NOT_THERE], parked=[PARKED]), Look(Stage.DONE, "parked")),
        ("210", snapshot(lines=[EMPTY, NOT_THERE], waiting=[WAITING]), Look(Stage.UNCHANGED, "waiting")),
        (
            "210",
            snapshot(lines=[EMPTY, NOT_THERE], agents=[OF_BEA]),
            Look(Stage.UNCHANGED, "with_agent", "Bea", ("500",)),
        ),
        ("500", snapshot(lines=[EMPTY], queues=[queue("500")]), Look(Stage.UNTOLD)),
        ("500", snapshot(lines=[EMPTY], queues=[queue("500")], waiting=[WAITING]), Look(Stage.DONE, "waiting")),
        ("501", snapshot(lines=[EMPTY], queues=[queue("501")], waiting=[WAITING]), Look(Stage.UNCHANGED, "waiting")),
        (
            "500",
            snapshot(lines=[EMPTY], queues=[queue("500")], agents=[OF_BEA]),
            Look(Stage.DONE, "with_agent", "Bea", ("500",)),
        ),
    ],
    ids=range(10),
)
def test_of_what_is_no_extension_no_more_is_claimed_than_is_seen(destination, floor, expected):
    assert look(at_207(access.TRANSFER, destination=destination), floor) == expected


def test_the_next_caller_in_the_same_space_is_not_the_one_who_was_to_be_parked():
    another = parked_call("7.7", caller=caller(unique_id="7.7", channel="SIP/trunk-9"), space="71", parked_by="207")
    assert stage(at_207(access.PARK), snapshot(parked=[another])) is Stage.UNCHANGED
    both = [another, parked_call(KEY, caller=CARMEN, space="72")]
    assert stage(at_207(access.PARK), snapshot(parked=both)) is Stage.DONE


def test_a_call_is_parked_when_the_caller_is_in_the_lot():
    assert stage(at_207(access.PARK), snapshot()) is Stage.UNCHANGED
    assert stage(at_207(access.PARK), snapshot(parked=[parked_call(KEY, caller=CARMEN)])) is Stage.DONE
    renamed = parked_call("9.9", caller=caller(unique_id="9.9", channel=CHANNEL))
    assert stage(at_207(access.PARK), snapshot(parked=[renamed])) is Stage.DONE
    assert stage(at_207(access.PARK), snapshot(sources=[])) is Stage.NO_NEWS


def test_dialing_is_seen_by_whom_the_telephone_calls():
    dialed = line_call("9.1", caller_number="207", connected_number="210", state=LineState.DIALING)
    assert stage(at_207(access.DIAL), snapshot(lines=[line(calls=(dialed,))])) is Stage.DONE
    assert stage(at_207(access.DIAL), snapshot(lines=[line()])) is Stage.UNCHANGED
    assert stage(at_207(access.DIAL), snapshot()) is Stage.NO_NEWS


def test_a_call_that_the_telephone_had_before_is_not_the_one_that_it_was_to_dial():
    old = line_call("9.1", channel="SIP/207-1", caller_number="207", connected_number="210")
    order = at_207(access.DIAL, had=("SIP/207-1",))
    assert stage(order, snapshot(lines=[line(calls=(old,))])) is Stage.UNCHANGED
    new = replace(old, key="9.2", unique_id="9.2", channel="SIP/207-2", state=LineState.DIALING)
    assert stage(order, snapshot(lines=[line(calls=(old, new))])) is Stage.DONE
    unnamed = replace(new, channel=None)
    assert stage(order, snapshot(lines=[line(calls=(old, unnamed))])) is Stage.DONE


@pytest.mark.parametrize(
    ("dialled", "told", "is_one"),
    [
        ("210", "210", True),
        ("210", "0210", False),
        ("201", "1201", False),
        ("+34600111222", "0034600111222", True),
        ("0600 111-222", "+34600111222", True),
        ("0600111222", "90600111222", True),
        ("600111222", "600111223", False),
        ("*98", "*98", True),
        ("*98", "98", False),
        ("000", "111", False),
        ("", "", False),
        ("210", None, False),
    ],
)
def test_a_number_is_known_however_it_is_written(dialled, told, is_one):
    assert is_same_number(dialled, told) is is_one
    assert is_same_number(told, dialled) is is_one


@pytest.mark.parametrize("written", ["+34600111222", "600111222"])
def test_a_call_is_seen_under_the_number_as_the_exchange_writes_it(written):
    dialed = line_call("9.1", caller_number="207", connected_number=written, state=LineState.DIALING)
    order = at_207(access.DIAL, destination="0034600111222")
    assert stage(order, snapshot(lines=[line(calls=(dialed,))])) is Stage.DONE


@pytest.mark.parametrize(
    ("action", "is_recorded", "expected"),
    [
        (access.RECORD, True, Stage.DONE),
        (access.RECORD, False, Stage.UNCHANGED),
        (access.RECORD, None, Stage.UNCHANGED),
        (STOP_RECORDING, False, Stage.DONE),
        (STOP_RECORDING, True, Stage.UNCHANGED),
        (CANCEL_RECORDING, False, Stage.DONE),
        (CANCEL_RECORDING, None, Stage.UNCHANGED),
    ],
)
def test_a_recording_is_seen_at_the_call(action, is_recorded, expected):
    calls = (line_call(is_recorded=is_recorded),)
    assert stage(at_207(action), snapshot(lines=[line(calls=calls)])) is expected


def test_what_a_key_does_nobody_sees():
    assert CATALOGUE[access.PRESS_KEY].look is None


def test_a_participant_is_out_when_the_room_has_them_no_more():
    inside = replace(participant(), caller=caller("207", unique_id=KEY, channel=OWN))
    order = Order(access.REMOVE_PARTICIPANT, extension="207", call=replace(AT_207, place="900", other_channel=None))
    assert stage(order, snapshot(conferences=[conference(participants=(inside,))])) is Stage.UNCHANGED
    assert stage(order, snapshot(conferences=[conference(participants=())])) is Stage.DONE
    assert stage(order, snapshot()) is Stage.DONE
    assert stage(order, snapshot(sources=[])) is Stage.NO_NEWS


# Agents, in one queue or in all

IN_BOTH = (membership("500"), membership("501"))
HALF = (membership("500", state=AgentState.PAUSED, paused=True), membership("501"))


def on_7(action: str, **changes) -> Order:
    return replace(Order(action, agent=7), **changes)


@pytest.mark.parametrize(
    ("order", "memberships", "is_done"),
    [
        (on_7(access.PAUSE_AGENT, queue="500"), HALF, True),
        (on_7(access.PAUSE_AGENT, queue="501"), HALF, False),
        (on_7(access.PAUSE_AGENT), HALF, False),
        (on_7(access.RESUME_AGENT, queue="501"), HALF, True),
        (on_7(access.RESUME_AGENT, queue="500"), HALF, False),
        (on_7(access.SIGN_OUT_AGENT), IN_BOTH, False),
        (on_7(access.SIGN_OUT_AGENT), (), True),
        (on_7(access.SIGN_OUT_AGENT), (membership("500", state=AgentState.SIGNED_OUT),), True),
        (on_7(access.SIGN_OUT_AGENT, queue="501"), (membership("500"),), True),
        (on_7(access.SIGN_OUT_AGENT, queue="500"), (membership("500"),), False),
        (on_7(access.SIGN_IN_AGENT, sign_in_to=(("500", 2),)), (membership("500", skill=2),), True),
        (on_7(access.SIGN_IN_AGENT, sign_in_to=(("500", 2),)), (membership("500", skill=3),), False),
        (on_7(access.SIGN_IN_AGENT, sign_in_to=(("500", 2),)), (membership("500", skill=None),), True),
        (on_7(access.SIGN_IN_AGENT, sign_in_to=(("500", 3), ("501", 3))), (membership("500", skill=3),), False),
        (on_7(access.SIGN_IN_AGENT), IN_BOTH, True),
        (on_7(access.SIGN_IN_AGENT), (), False),
        (on_7(access.SIGN_IN_AGENT, is_paused=True), IN_BOTH, False),
        (on_7(access.EXIT_WRAP_UP), (membership("500", state=AgentState.WRAP_UP), membership("501")), False),
        (
            on_7(access.EXIT_WRAP_UP, queue="501"),
            (membership("500", state=AgentState.WRAP_UP), membership("501")),
            True,
        ),
        (on_7(access.EXIT_WRAP_UP), IN_BOTH, True),
    ],
    ids=range(20),
)
def test_what_is_done_with_an_agent_is_seen_in_their_queues(order, memberships, is_done):
    floor = snapshot(agents=[agent(7, memberships=memberships)])
    assert (stage(order, floor) is Stage.DONE) is is_done


def test_an_agent_who_has_left_the_floor_shows_nothing():
    assert look(on_7(access.PAUSE_AGENT), snapshot()) == Look(Stage.UNCHANGED, "gone")


@pytest.mark.parametrize("action", sorted(set(CATALOGUE) - {access.PRESS_KEY}))
def test_what_was_read_before_eq_accepted_shows_nothing(action):
    order = Order(
        action,
        agent=7,
        extension="207",
        monitor_extension="210",
        destination="210",
        call=AT_207,
        sign_in_to=(("500", 3),),
    )
    floor = snapshot(agents=[agent(7)], lines=[TALKS, line()])
    assert stage(order, floor, NOON + timedelta(seconds=1)) is Stage.NO_NEWS


# When it was read


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (access.STEAL, 30),  # the parking lot is read less often
        (access.TRANSFER, 40),
        (access.HANG_UP, 40),
        (access.PARK, 40),
        (access.SPY, 20),
        (access.REMOVE_PARTICIPANT, 50),
    ],
)
def test_a_look_is_as_old_as_the_oldest_reading_on_which_it_rests(action, expected):
    ages = {Part.AGENTS: 5, Part.CALLS: 10, Part.PARKED: 30, Part.CONFERENCES: 50}
    sources = [source(part, taken_at=ago(age)) for part, age in ages.items()]
    lines = [line("210", asked_at=ago(20)), line("207", asked_at=ago(40))]
    order = at_207(action, monitor_extension="210")
    evidence = Evidence(snapshot(sources=sources, lines=lines), ago(60))
    assert CATALOGUE[action].read_at(order, evidence) == ago(expected)


def test_what_was_read_before_does_not_count():
    sources = [source(Part.CALLS, taken_at=ago(1)), source(Part.PARKED, taken_at=ago(90))]
    evidence = Evidence(snapshot(sources=sources), ago(60))
    assert CATALOGUE[access.STEAL].read_at(STEAL, evidence) == ago(1)
    assert CATALOGUE[access.STEAL].read_at(STEAL, Evidence(snapshot(sources=[]), ago(60))) == ago(60)

"""Rounds one after the other, and what is concluded from them."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from eqboard.floor.assemble import Names
from eqboard.floor.flow import EventKind, Watch, observe
from eqboard.floor.snapshot import LineCall, LineState, Part, Snapshot, Trouble
from tests.builders import NOON, line_call, maybe, snapshot, snapshots, source, successions
from tests.floor.conftest import Floor, unix
from tests.floor.watcher import FATES, SETTLED_SECONDS, Row, Watcher, after, agent, call, caller, looked_once


@pytest.fixture
def watcher() -> Watcher:
    return looked_once()


# Offered and answered


def test_a_caller_who_enters_a_queue_is_offered_once(watcher):
    [event] = watcher.see(calls=[caller(entered=1)])
    assert (event.kind, event.queue, event.at, event.key) == (EventKind.OFFERED, "500", after(1), "1.1")
    assert watcher.wait() == []


def test_a_caller_for_whom_a_telephone_rings_is_not_answered(watcher):
    watcher.see(calls=[caller()])
    assert watcher.see(agents=[agent("ringing", call())]) == []


def test_a_caller_who_turns_up_at_an_agent_is_answered(watcher):
    watcher.see(calls=[caller(entered=1)])
    watcher.wait(10)
    [event] = watcher.see(calls=[], agents=[agent("onCall", call(), statusTime=unix(after(11)))])
    assert (event.kind, event.queue, event.at) == (EventKind.ANSWERED, "500", after(11))
    assert (event.seconds, event.key, event.agent) == (10.0, "1.1", 7)
    assert watcher.wait() == []


def test_where_eq_does_not_tell_when_a_call_began_the_reading_does(watcher):
    watcher.see(calls=[caller(entered=1)])
    [event] = watcher.see(calls=[], agents=[agent("onCall", call())])
    assert event.seconds == 1.0


def test_a_time_that_cannot_be_is_not_believed(watcher):
    watcher.see(calls=[caller(entered=1)])
    watcher.wait(10)
    [event] = watcher.see(calls=[], agents=[agent("onCall", call(), statusTime=unix(after(-300)))])
    assert event.seconds == 11.0


def test_a_wait_is_never_negative(watcher):
    watcher.see(calls=[caller(entered=2)])
    [event] = watcher.see(calls=[], agents=[agent("onCall", call(), statusTime=unix(after(1)))])
    assert event.seconds == 0.0


@pytest.mark.parametrize("other", [{"uniqueId": "9.9"}, {"channel": "SIP/9.9"}, {"uniqueId": None}, {"channel": None}])
def test_a_caller_is_recognised_by_unique_id_or_channel(watcher, other):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call(**other))])
    assert watcher.fates == ["offered", "answered"]


def test_a_caller_who_gets_another_unique_id_while_waiting_is_the_same(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[caller() | {"uniqueId": "9.9"}])
    watcher.see(calls=[], agents=[agent("onCall", call() | {"uniqueId": "9.9"})])
    assert watcher.fates == ["offered", "answered"]


def test_who_is_in_both_lists_for_a_moment_is_answered_once(watcher):
    watcher.see(calls=[caller()])
    watcher.see(agents=[agent("onCall", call())])
    watcher.see()
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_who_is_in_neither_list_for_a_moment_is_answered_and_not_abandoned(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.see(agents=[agent("onCall", call())])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_a_call_that_was_never_seen_waiting_is_offered_and_answered_within_a_poll(watcher):
    offered, answered = watcher.see(agents=[agent("onCall", call(), statusTime=unix(after(1)))])
    assert (offered.kind, answered.kind) == (EventKind.OFFERED, EventKind.ANSWERED)
    assert 0 <= answered.seconds <= 1
    assert answered.at - offered.at == timedelta(seconds=answered.seconds)


def test_a_call_that_was_only_seen_ringing_waited_since_then(watcher):
    watcher.see(agents=[agent("ringing", call(), statusTime=unix(after(1)))])
    *_, answered = watcher.see(agents=[agent("onCall", call(), statusTime=unix(after(2)))])
    assert (answered.kind, answered.seconds) == (EventKind.ANSWERED, 1.0)


def test_a_call_of_no_queue_is_nobodys(watcher):
    watcher.see(agents=[agent("onCall", call(queue=None))])
    watcher.wait()
    watcher.see(agents=[agent()])
    assert watcher.events == []


def test_a_second_call_right_after_the_first_is_answered_too(watcher):
    watcher.see(calls=[caller(), caller("1.2")])
    watcher.see(calls=[caller("1.2")], agents=[agent("onCall", call())])
    watcher.see(calls=[], agents=[agent("onCall", call("1.2"))])
    assert Counter(watcher.fates) == {"offered": 2, "answered": 2}
    assert len(watcher.of(EventKind.TALKED)) == 1


# Calls that come and go between two readings


def test_a_call_that_was_over_by_the_next_reading_is_answered_by_the_count(watcher):
    watcher.see(calls=[caller()], agents=[agent("ringing", call(), callsTaken=3)])
    [event] = watcher.see(calls=[], agents=[agent("wrapUp", callsTaken=4)])
    assert (event.kind, event.agent) == (EventKind.ANSWERED, 7)
    assert watcher.wait() == []


def test_who_vanishes_while_an_agent_of_the_queue_took_a_call_was_answered(watcher):
    watcher.see(calls=[caller()], agents=[agent(callsTaken=3)])
    watcher.see(calls=[], agents=[agent(callsTaken=4)])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_a_count_of_another_queue_tells_nothing(watcher):
    agents = [agent(callsTaken=3), agent(queue="501", callsTaken=3)]
    watcher.see(calls=[caller()], agents=agents)
    watcher.see(calls=[], agents=[agents[0], agents[1] | {"callsTaken": 4}])
    watcher.wait(12)
    of_first = [event.kind.value for event in watcher.events if event.queue == "500"]
    assert of_first == ["offered", "abandoned"]


def test_one_count_answers_one_caller(watcher):
    watcher.see(calls=[caller(), caller("1.2")], agents=[agent(callsTaken=3)])
    watcher.see(calls=[], agents=[agent(callsTaken=4)])
    watcher.wait()
    assert Counter(watcher.fates) == {"offered": 2, "answered": 1, "abandoned": 1}


def test_a_call_that_came_and_went_unseen_is_offered_and_answered(watcher):
    watcher.see(agents=[agent(callsTaken=3)])
    watcher.see(agents=[agent(callsTaken=4)])
    watcher.wait(12)
    assert watcher.fates == ["offered", "answered"]
    assert watcher.of(EventKind.ANSWERED)[0].seconds <= 1


@pytest.mark.parametrize("counts", [(3, 4, 4), (3, 3, 4)], ids=["when answered", "when over"])
def test_whenever_eq_counts_a_call_it_is_one(watcher, counts):
    rings, talks, is_over = counts
    watcher.see(calls=[caller()], agents=[agent("ringing", call(), callsTaken=rings)])
    watcher.see(calls=[], agents=[agent("onCall", call(), callsTaken=talks)])
    watcher.wait()
    watcher.see(agents=[agent(callsTaken=is_over)])
    watcher.wait(12)
    assert watcher.fates == ["offered", "answered"]


@pytest.mark.parametrize("counts", [(4, 0), (None, 4), (4, None)])
def test_a_count_that_falls_or_is_not_told_is_no_call(watcher, counts):
    for count in counts:
        watcher.see(agents=[agent(callsTaken=count)])
    watcher.wait(12)
    assert watcher.events == []


def test_where_eq_tells_nothing_of_a_call_who_vanishes_as_an_agent_begins_one_was_answered(watcher):
    unnamed = {"uniqueId": None, "channel": None}
    watcher.see(calls=[caller() | unnamed])
    watcher.see(calls=[], agents=[agent("onCall")])
    watcher.wait()
    watcher.see(agents=[agent()])
    assert watcher.fates == ["offered", "answered"]
    assert len(watcher.of(EventKind.TALKED)) == 1


def test_an_agent_who_calls_somebody_answers_nobody_where_eq_tells_of_calls(watcher):
    talks = agent("onCall", call("5.5"), id=8)
    watcher.see(calls=[caller()], agents=[agent(), talks])
    watcher.see(calls=[], agents=[agent("onCall"), talks])
    watcher.wait()
    assert [event.kind.value for event in watcher.events if event.key == "1.1"] == ["offered", "abandoned"]


# Gone


def test_who_is_gone_and_with_nobody_gave_up(watcher):
    watcher.see(calls=[caller(entered=1)])
    watcher.wait(10)
    watcher.see(calls=[])
    watcher.wait()
    [event] = watcher.of(EventKind.ABANDONED)
    assert after(11) <= event.at <= after(12), "it carries the moment at which they left"
    assert event.seconds == (event.at - after(1)).total_seconds()
    assert watcher.fates == ["offered", "abandoned"]


def test_nobody_gave_up_before_there_was_time_to_turn_up_elsewhere(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    assert watcher.wait(4) == []
    assert [each.key for each in watcher.watch.departed] == ["1.1"]


def test_nobody_gave_up_before_the_agents_were_read(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=Trouble.BROKEN)
    watcher.wait(60)
    assert watcher.fates == ["offered"]


def test_a_list_that_cannot_be_read_tells_nothing_meanwhile(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=Trouble.UNREACHABLE, agents=Trouble.UNREACHABLE)
    assert watcher.wait(300) == []
    assert watcher.watch.departed == ()


def test_who_is_missing_in_one_answer_never_left(watcher):
    watcher.see(calls=[caller(entered=1)])
    watcher.see(calls=[])
    watcher.see(calls=[caller(entered=1)])
    watcher.wait()
    assert watcher.fates == ["offered"]


def test_who_went_while_callers_were_not_read_for_long_is_unresolved(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=Trouble.UNREACHABLE)
    watcher.wait(10)
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "unresolved"]


def test_who_went_while_agents_were_not_read_for_long_is_unresolved(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=Trouble.UNREACHABLE)
    watcher.wait(10)
    watcher.see(agents=[agent()])
    watcher.wait()
    assert watcher.fates == ["offered", "unresolved"]


def test_who_went_while_nobody_polled_is_unresolved(watcher):
    watcher.see(calls=[caller()])
    watcher.see(3600, calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "unresolved"]


def test_who_is_found_at_an_agent_after_a_gap_was_answered_when_eq_says(watcher):
    watcher.see(calls=[caller(entered=1)])
    [event] = watcher.see(100, calls=[], agents=[agent("onCall", call(), statusTime=unix(after(21)))])
    assert (event.kind, event.seconds) == (EventKind.ANSWERED, 20.0)


def test_agents_who_are_never_read_again_leave_it_unresolved(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=Trouble.MISSING)
    watcher.wait(130)
    assert watcher.fates == ["offered", "unresolved"]


def test_two_missed_polls_are_no_gap(watcher):
    watcher.see(calls=[caller()])
    watcher.see(2.5, calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "abandoned"]


def test_a_slow_eq_is_no_gap(watcher):
    watcher.see(4, calls=[caller()], took_seconds=3.5)
    watcher.see(4, calls=[], took_seconds=3.5)
    watcher.see(4, took_seconds=3.5)
    watcher.see(4, took_seconds=3.5)
    watcher.see(4, took_seconds=3.5)
    assert watcher.fates == ["offered", "abandoned"]


def test_calls_that_came_while_callers_were_not_read_are_not_counted(watcher):
    watcher.see(calls=Trouble.BROKEN)
    watcher.wait(5)
    watcher.see(agents=[agent("onCall", call(), callsTaken=4)])
    watcher.see(calls=[])
    watcher.wait(12)
    assert watcher.fates == []


def test_a_clock_that_is_put_back_leaves_nobody_undecided_for_ever(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.see(-3600)
    watcher.wait()
    assert len(watcher.fates) == 2
    assert watcher.watch.departed == ()


# Sent away, stolen, parked


def test_who_appears_in_another_queue_flowed_out_and_is_offered_there(watcher):
    watcher.see(calls=[caller(entered=1)])
    watcher.wait(4)
    flowed, offered = watcher.see(calls=[caller(queue="501", entered=6)])
    assert (flowed.kind, flowed.queue) == (EventKind.FLOWED_OUT, "500")
    assert (offered.kind, offered.queue) == (EventKind.OFFERED, "501")
    assert flowed.seconds == pytest.approx(5, abs=1)


def test_who_appears_in_another_queue_a_moment_later_flowed_out_too(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.see(calls=[caller(queue="501", entered=3)])
    watcher.wait()
    assert [(event.kind.value, event.queue) for event in watcher.events] == [
        ("offered", "500"),
        ("flowed_out", "500"),
        ("offered", "501"),
    ]


def test_who_went_through_another_queue_unseen_was_answered_there(watcher):
    here, there = agent(), agent(queue="501")
    watcher.see(calls=[caller()], agents=[here, there])
    on_call = {"status": "onCall"}
    watcher.see(calls=[], agents=[here | on_call, there | on_call | {"call": call(queue="501")}])
    watcher.wait()
    assert [(event.kind.value, event.queue) for event in watcher.events] == [
        ("offered", "500"),
        ("flowed_out", "500"),
        ("offered", "501"),
        ("answered", "501"),
    ]


@pytest.mark.parametrize(("seconds", "fate"), [(30, "flowed_out"), (20, "abandoned"), (40, "abandoned")])
def test_who_left_when_they_had_waited_as_long_as_the_queue_allows_was_sent_away(seconds, fate):
    watcher = Watcher(Floor(Names(max_waits={"500": 30})))
    watcher.see(calls=[caller()], agents=[agent()])
    watcher.wait(seconds - 1)
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", fate]


def test_who_waited_in_a_queue_that_is_no_more_was_sent_away(watcher):
    watcher.see(calls=[caller(queue="501")])
    watcher.see(calls=[], statistics=[{"queue": "500"}])
    watcher.wait()
    assert watcher.fates == ["offered", "flowed_out"]


def test_it_rings_only_since_they_were_in_no_queue_so_they_were_stolen(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.see(agents=[agent("ringing", call(queue=None))])
    watcher.see(agents=[agent("onCall", call(queue=None))])
    watcher.wait()
    assert watcher.fates == ["offered", "stolen"]


def test_it_rings_still_long_after_they_were_in_no_queue_so_they_were_stolen(watcher):
    watcher.see(calls=[caller()], agents=[agent(queue="501")])
    watcher.see(calls=[])
    watcher.see(agents=[agent("ringing", call(queue=None), queue="501")])
    watcher.wait()
    watcher.see(agents=[agent("onCall", call(queue=None), queue="501")])
    watcher.see(agents=[agent(queue="501")])
    assert watcher.fates == ["offered", "stolen"]


def test_agents_who_are_shown_later_than_callers_answer_all_the_same(watcher):
    watcher.see(calls=[caller()])
    watcher.see(agents=[agent("ringing", call())])
    watcher.see(calls=[])
    watcher.wait(2)
    watcher.see(agents=[agent("onCall", call())])
    assert watcher.fates == ["offered", "answered"]


def test_an_agent_who_is_shown_ringing_for_a_moment_longer_stole_nobody(watcher):
    watcher.see(calls=[caller()])
    watcher.see(agents=[agent("ringing", call())])
    watcher.see(calls=[])
    watcher.wait(2)
    watcher.see(agents=[agent()])
    watcher.wait()
    assert watcher.fates == ["offered", "abandoned"]


def test_by_its_count_eq_tells_what_no_queue_gave(watcher):
    watcher.see(calls=[caller("1.0")], agents=[agent("ringing", call("1.0"), callsTaken=3)])
    watcher.see(calls=[caller()], agents=[agent("onCall", call("1.0"), callsTaken=4)])
    watcher.see(agents=[agent(callsTaken=4)])
    watcher.see(calls=[], agents=[agent("onCall", call(), callsTaken=4)])
    watcher.wait()
    assert Counter(watcher.fates) == {"offered": 2, "answered": 1, "stolen": 1}


def test_a_call_that_names_no_queue_though_others_do_was_stolen(watcher):
    talks = agent("onCall", call("5.5"), id=8)
    watcher.see(calls=[caller()], agents=[agent(), talks])
    watcher.see(calls=[], agents=[agent("onCall", call(queue=None)), talks])
    watcher.wait()
    assert [event.kind.value for event in watcher.events if event.key == "1.1"] == ["offered", "stolen"]


def test_where_no_call_names_a_queue_whoever_works_in_it_answered(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call(queue=None))])
    assert watcher.fates == ["offered", "answered"]


def test_at_somebody_who_does_not_work_in_the_queue_it_was_stolen(watcher):
    watcher.see(calls=[caller()], agents=[agent(queue="501")])
    watcher.see(calls=[], agents=[agent("onCall", call(queue=None), queue="501")])
    assert watcher.fates == ["offered", "stolen"]


def test_a_stolen_call_is_no_talk_of_the_queue(watcher):
    watcher.see(calls=[caller()], agents=[agent(queue="501")])
    watcher.see(calls=[], agents=[agent("onCall", call(queue=None), queue="501")])
    watcher.wait()
    watcher.see(agents=[agent(queue="501")])
    assert watcher.of(EventKind.TALKED) == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"parked": [{"uniqueId": "9.9", "channel": "SIP/1.1"}]},
        {"conferences": [{"extension": "900", "participants": [{"uniqueId": "1.1"}]}]},
    ],
    ids=["parked", "in a conference"],
)
def test_who_was_not_answered_and_is_elsewhere_was_stolen(watcher, elsewhere):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.see(**elsewhere)
    watcher.wait()
    assert watcher.fates == ["offered", "stolen"]


# At a telephone that is no agent's: only its line tells, where somebody looks


def at_telephone(id: str = "1.1", state: LineState = LineState.UP, **changes: object) -> LineCall:
    """That caller, as an extension of no agent has them."""
    return line_call(id, **{"channel": "SIP/301-0000001a", "other_channel": f"SIP/{id}", "state": state} | changes)


def test_who_talks_at_a_telephone_of_no_agent_was_stolen(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.hear(at_telephone())
    assert [event.kind for event in watcher.see()] == [EventKind.STOLEN]
    watcher.hear()  # the talk is over before it could be called giving up
    assert watcher.wait() == []


@pytest.mark.parametrize("known", [{"unique_id": None}, {"unique_id": "9.9"}, {"other_channel": None}])
def test_a_stolen_caller_is_known_by_unique_id_or_channel_there(watcher, known):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.hear(at_telephone(**known))
    watcher.wait()
    assert watcher.fates == ["offered", "stolen"]


def test_for_whom_such_a_telephone_rings_was_sent_there(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.hear(at_telephone(state=LineState.RINGING))
    assert watcher.see() == []  # by another list they may wait still
    for _ in range(SETTLED_SECONDS):
        watcher.hear(at_telephone(state=LineState.RINGING))
        watcher.see()
    assert watcher.fates == ["offered", "stolen"]


def test_who_hangs_up_while_it_rings_there_gave_up(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.hear(at_telephone(state=LineState.RINGING))
    watcher.see()
    watcher.hear()
    watcher.wait()
    assert watcher.fates == ["offered", "abandoned"]


@pytest.mark.parametrize("told", [at_telephone("2.2"), None], ids=["somebody else", "nobody"])
def test_a_telephone_at_which_they_are_not_tells_nothing(watcher, told):
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.hear(*filter(None, [told]))
    watcher.wait()
    assert watcher.fates == ["offered", "abandoned"]


def test_where_they_talked_before_they_waited_tells_nothing(watcher):
    watcher.see(calls=[caller()])
    watcher.hear(at_telephone())
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "abandoned"]


def test_a_channel_that_many_share_tells_nobody_there_apart(watcher):
    trunk = {"channel": "SIP/trunk"}
    watcher.see(calls=[caller("1.1") | trunk, caller("1.2") | trunk])
    watcher.see(calls=[caller("1.2") | trunk])
    watcher.hear(at_telephone("8.8", other_channel="SIP/trunk"))
    watcher.wait()
    assert watcher.fates == ["offered", "offered", "abandoned"]


def test_the_telephone_of_an_agent_at_work_does_not_tell_who_was_stolen(watcher):
    """Their row does: the queue may have given them the call, and EQ's lists are not of the same instant."""
    watcher.see(calls=[caller()], agents=[agent(extension="301")])
    watcher.see(calls=[])
    watcher.hear(at_telephone())
    assert watcher.see() == []
    watcher.see(agents=[agent("onCall", call(), extension="301")])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_at_a_telephone_whose_agent_is_signed_out_they_were_stolen(watcher):
    watcher.see(calls=[caller()], agents=[agent("loggedOut", extension="301")])
    watcher.see(calls=[])
    watcher.hear(at_telephone())
    watcher.wait()
    assert watcher.fates == ["offered", "stolen"]


def test_after_a_gap_a_telephone_does_not_tell_how_they_came_there(watcher):
    watcher.see(calls=[caller()])
    watcher.see(60, calls=[])
    watcher.hear(at_telephone())
    watcher.wait()
    assert watcher.fates == ["offered", "unresolved"]


def test_an_answered_call_that_was_parked_and_picked_up_there_is_nothing_new(watcher):
    """An older switch renames it twice (contract §4)."""
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(agents=[agent()], parked=[{"uniqueId": "9.9", "channel": "SIP/1.1"}])
    watcher.see(parked=[])
    watcher.hear(at_telephone(unique_id="9.10"))
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_who_was_parked_unanswered_and_picked_up_there_was_stolen(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], parked=[{"uniqueId": "9.9", "channel": "SIP/1.1"}])
    watcher.see(parked=[])
    watcher.hear(at_telephone(unique_id="9.10"))
    watcher.wait()
    assert watcher.fates == ["offered", "stolen"]


def test_parking_an_answered_call_is_nothing_new(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    lot = [{"uniqueId": "1.1", "channel": "SIP/1.1", "space": "71"}]
    watcher.see(agents=[agent()], parked=lot)
    for _ in range(100):
        watcher.see(parked=lot)
    watcher.see(parked=[])
    watcher.see(agents=[agent("onCall", call() | {"uniqueId": "9.9"})])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]
    assert list(watcher.watch.talks) == [7], "they talk again"


def test_who_rejoins_after_parking_is_offered_again(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(agents=[agent()], parked=[{"uniqueId": "1.1", "channel": "SIP/1.1"}])
    watcher.wait()
    watcher.see(calls=[caller(entered=11)], parked=[])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    assert watcher.fates == ["offered", "answered", "offered", "answered"]


def test_who_was_parked_before_anybody_looked_was_in_no_queue_unseen():
    watcher = Watcher()
    watcher.see(parked=[{"uniqueId": "1.1", "channel": "SIP/1.1"}])
    watcher.see(parked=[], agents=[agent("onCall", call())])
    assert watcher.events == []


def test_a_conference_of_an_answered_call_is_nothing_new(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(conferences=[{"extension": "900", "participants": [{"uniqueId": "1.1"}]}])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_an_agent_whose_row_is_missing_once_answers_nobody_anew(watcher):
    watcher.see(calls=[caller()])
    talks = [agent("onCall", call())]
    watcher.see(calls=[], agents=talks)
    watcher.see(agents=[agent(id=8)])
    watcher.see(agents=talks)
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


@pytest.mark.parametrize(
    "blip",
    [[], [agent("whatever", call())], [agent(id=8)]],
    ids=["no agents", "an unknown word", "others only"],
)
def test_one_bad_answer_cuts_no_talk_in_two(watcher, blip):
    talks = [agent("onCall", call())]
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=talks)
    watcher.wait(100)
    watcher.see(agents=blip)
    watcher.see(agents=talks)
    watcher.wait(98)
    watcher.see(agents=[agent()])
    assert [event.seconds for event in watcher.of(EventKind.TALKED)] == [201.0]


@pytest.mark.parametrize(
    "meanwhile", [[agent("onCall", call("7.7", None))], [], [agent()]], ids=["consults", "not told of", "parked unseen"]
)
def test_a_call_that_is_away_for_minutes_is_no_other_when_it_is_back(watcher, meanwhile):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(agents=meanwhile)
    watcher.wait(300)
    watcher.see(agents=[agent("onCall", call())])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_a_call_is_forgotten_in_the_end(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(agents=[agent()])
    watcher.wait(910)
    assert not watcher.watch.known


def test_callers_who_share_a_channel_are_not_taken_for_one_another(watcher):
    trunk = {"channel": "SIP/trunk"}
    watcher.see(calls=[caller("1.1") | trunk, caller("1.2") | trunk])
    watcher.see(calls=[caller("1.2") | trunk], agents=[agent("onCall", call("1.1") | trunk)])
    watcher.see(calls=[])
    watcher.wait()
    watcher.see(calls=[caller("1.3", entered=13) | trunk])
    watcher.see(calls=[], agents=[agent(), agent("onCall", call("1.3") | trunk, id=8)])
    assert Counter(watcher.fates) == {"offered": 3, "answered": 2, "abandoned": 1}


def test_a_unique_id_that_somebody_else_has_now_is_another_wait(watcher):
    watcher.see(calls=[caller(entered=1, callerIdNumber="600111222")])
    watcher.wait(300)
    watcher.see(calls=[caller(entered=302, callerIdNumber="600333444")])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    assert watcher.fates == ["offered", "unresolved", "offered", "answered"]
    assert watcher.of(EventKind.ANSWERED)[0].seconds == pytest.approx(1, abs=1)


def test_who_has_the_unique_id_of_one_who_left_is_another_and_each_has_one_fate(watcher):
    """As after a transfer, when a channel shows the id of the call that it is linked to."""
    watcher.see(calls=[caller("1.1"), caller("1.2")])
    watcher.see(calls=[caller("1.2")])
    watcher.see(calls=[caller("1.2") | {"uniqueId": "1.1"}])
    watcher.wait()
    watcher.see(calls=[], agents=[agent("onCall", call("1.2"))])
    watcher.wait()
    assert watcher.fates == ["offered", "offered", "unresolved", "answered"]


def test_who_is_known_now_by_unique_id_now_by_channel_has_a_fate_for_each_time_they_were_counted(watcher):
    watcher.see(calls=[caller() | {"channel": None}])
    watcher.see(calls=[caller() | {"uniqueId": None}])
    watcher.see(calls=[caller()])
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "offered", "unresolved", "abandoned"]


@pytest.mark.parametrize("entered", [-300, -80_000])
def test_who_was_not_there_a_moment_ago_has_not_waited_for_long(watcher, entered):
    watcher.see(calls=[caller(entered=entered)])
    assert watcher.floor.snapshot.queues["500"].oldest_waiting_at == NOON
    watcher.see(calls=[], agents=[agent("onCall", call())])
    assert watcher.of(EventKind.ANSWERED)[0].seconds == 2.0


def test_who_was_missing_in_one_answer_waits_since_they_came(watcher):
    watcher.see(calls=[caller(entered=1)])
    watcher.wait(100)
    watcher.see(calls=[])
    watcher.see(calls=[caller(entered=1)])
    assert watcher.floor.snapshot.waiting["1.1"].entered_at == after(1)


@pytest.mark.parametrize("counts", [(50, 0, 50), (3, 1, 3), (5, 50, 50)])
def test_a_count_that_is_wrong_once_or_leaps_is_no_call(watcher, counts):
    for count in counts:
        watcher.see(agents=[agent(callsTaken=count)])
    watcher.wait(12)
    assert watcher.fates == []


def test_a_count_that_began_anew_counts_on(watcher):
    for count in (50, 0, 1):
        watcher.see(agents=[agent(callsTaken=count)])
    watcher.wait(12)
    assert watcher.fates == ["offered", "answered"]


def test_the_counts_of_who_is_gone_are_forgotten(watcher):
    for count in (50, 0):
        watcher.see(agents=[agent(callsTaken=count)])
    assert watcher.watch.fallen == {"7 500": 50}
    watcher.see(agents=[agent(id=8)])
    watcher.wait(12)
    assert watcher.watch.fallen == {}


def test_a_queue_that_statistics_miss_for_a_moment_sends_nobody_away(watcher):
    watcher.see(calls=[caller()], agents=[], statistics=[{"queue": "500"}])
    watcher.wait(20)
    watcher.see(calls=[])
    for place in range(12):
        watcher.see(statistics=[] if place in (3, 4, 5) else [{"queue": "500"}])
    assert watcher.fates == ["offered", "abandoned"]


# The beginning, and another leader


def test_who_waits_already_when_the_watch_begins_is_offered_then():
    watcher = Watcher()
    [event] = watcher.see(calls=[caller(entered=-60)])
    assert (event.kind, event.at) == (EventKind.OFFERED, after(-60))


def test_calls_that_agents_are_on_when_the_watch_begins_are_not_counted_but_for_their_talk():
    watcher = Watcher()
    watcher.see(agents=[agent("onCall", call(), statusTime=unix(after(-60)))])
    watcher.wait(9)
    [event] = watcher.see(agents=[agent(statusTime=unix(after(10)))])
    assert (event.kind, event.queue, event.seconds) == (EventKind.TALKED, "500", 70.0)


def test_a_talk_of_which_nobody_knows_the_beginning_is_not_told():
    watcher = Watcher()
    watcher.see(agents=[agent("onCall", call())])
    watcher.see(agents=[agent()])
    assert watcher.events == []


def test_another_leader_goes_on_from_the_stored_watch(watcher):
    kind = TypeAdapter(Watch)
    watcher.see(calls=[caller(), caller("1.2")])
    watcher.see(calls=[caller("1.2")], agents=[agent("onCall", call())])
    watcher.see(calls=[])
    stored = kind.dump_json(watcher.watch, exclude_defaults=True)
    assert kind.validate_json(stored) == watcher.watch
    watcher.watch = kind.validate_json(stored)
    watcher.wait()
    watcher.see(agents=[agent()])
    assert Counter(watcher.fates) == {"offered": 2, "answered": 1, "abandoned": 1}
    assert len(watcher.of(EventKind.TALKED)) == 1


def test_the_same_readings_again_are_no_news(watcher):
    watcher.see(calls=[caller()])
    floor = watcher.floor.snapshot
    assert observe(watcher.watch, floor, floor) == (watcher.watch, ())


# Talk and wrap-up


def test_a_talk_lasts_from_the_answer_until_the_call_is_gone(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call(), statusTime=unix(after(2)))])
    watcher.wait(30)
    [event] = watcher.see(agents=[agent(statusTime=unix(after(33)))])
    assert (event.kind, event.queue, event.agent, event.seconds) == (EventKind.TALKED, "500", 7, 31.0)


def test_a_call_of_which_eq_tells_no_caller_for_a_while_goes_on(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    assert watcher.see(agents=[agent("onCall")]) == []
    watcher.see(agents=[agent("onCall", call())])
    watcher.see(agents=[agent()])
    assert [event.seconds for event in watcher.of(EventKind.TALKED)] == [3.0]


def test_an_agent_who_is_not_told_of_any_more_talks_no_more(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(agents=[])
    watcher.wait(5)
    [event] = watcher.of(EventKind.TALKED)
    assert event.seconds == 1.0, "it ended when they were missing for the first time"


def test_a_talk_whose_end_nobody_saw_is_not_told(watcher):
    watcher.see(calls=[caller()])
    watcher.see(calls=[], agents=[agent("onCall", call())])
    watcher.see(3600, agents=[agent()])
    assert watcher.of(EventKind.TALKED) == []


def test_a_wrap_up_in_all_queues_belongs_to_the_one_whose_call_it_follows(watcher):
    def rows(status: str, at: Row | None = None, **more: Any) -> list[Row]:
        return [agent(status, queue="500", **more), agent(status, at, queue="501", **more)]

    watcher.see(calls=[caller(queue="501")], agents=rows("available"))
    watcher.see(calls=[], agents=rows("onCall", call(queue="501")))
    watcher.see(agents=rows("wrapUp", statusTime=unix(after(3))))
    watcher.wait(19)
    watcher.see(agents=rows("available", statusTime=unix(after(23))))
    [event] = watcher.of(EventKind.WRAPPED_UP)
    assert (event.queue, event.agent, event.seconds) == ("501", 7, 20.0)


def test_a_wrap_up_of_an_earlier_call_belongs_to_that_queue(watcher):
    watcher.see(agents=[agent("wrapUp"), agent(queue="501")])
    watcher.see(agents=[agent(), agent(queue="501")])
    assert [event.queue for event in watcher.of(EventKind.WRAPPED_UP)] == ["500"]


def test_a_wrap_up_of_which_nobody_knows_the_call_belongs_to_no_queue(watcher):
    watcher.see(agents=[agent("wrapUp"), agent("wrapUp", queue="501")])
    watcher.see(agents=[agent(), agent(queue="501")])
    assert watcher.events == []


def test_time_on_calls_and_wrapping_up_is_told_as_it_passes(watcher):
    watcher.see(agents=[agent("onCall", call()), agent("wrapUp", id=8)])
    before = watcher.floor.snapshot
    _, events = observe(watcher.watch, before, watcher.floor.round(agents=watcher.agents))
    assert [(event.kind, event.queue, event.seconds) for event in events] == [(EventKind.HANDLED, "500", 2.0)]


def test_time_that_nobody_watched_is_not_told(watcher):
    watcher.see(agents=[agent("onCall", call())])
    before = watcher.floor.snapshot
    _, events = observe(watcher.watch, before, watcher.floor.round(agents=watcher.agents, after_seconds=3.0))
    assert events == ()


# Laws


@settings(max_examples=50, deadline=None)
@given(st.lists(successions(), min_size=1, max_size=4))
def test_whatever_floors_follow_one_another_something_is_concluded(floors):
    watch, before = Watch(), Snapshot()
    for floor in (floor for pair in floors for floor in pair):
        watch, _ = observe(watch, before, floor)
        before = floor
    kind = TypeAdapter(Watch)
    assert kind.validate_python(kind.dump_python(watch)) == watch


def at_moment(floor: Snapshot, seconds: float, read: frozenset[Part], before: Snapshot) -> Snapshot:
    """The floor as a round would leave it that read these parts, and of the others knows what it knew."""
    parts = {
        part: source(part, taken_at=after(seconds))
        if part in read
        else before.sources.get(part, source(part, taken_at=None))
        for part in Part
    }
    kept = {
        kind: getattr(floor if part in read else before, kind)
        for kind, part in (("waiting", Part.CALLS), ("agents", Part.AGENTS), ("parked", Part.PARKED))
    }
    return Snapshot(sources=parts, queues=floor.queues, conferences=floor.conferences, **kept)


def each_has_one_fate(counts: Counter[EventKind], floor: Snapshot, watch: Watch) -> bool:
    """The law of metrics.md: offered = answered + abandoned + flowed out + … + still open."""
    open_count = len(floor.waiting.keys() - set(watch.decided)) + len(watch.departed)
    return counts[EventKind.OFFERED] == sum(counts[fate] for fate in FATES) + open_count


# Between two rounds. The one is a clock that is put back, and never to the very moment of an earlier reading.
SPANS = st.sampled_from((0.5, 1.0, 2.0, 6.0, 200.0, -29.9))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(snapshots(), SPANS, st.frozensets(st.sampled_from(Part))), max_size=8))
def test_whoever_is_offered_waits_or_has_one_fate(rounds):
    """At every moment, whatever floors follow one another."""
    watch, before, now = Watch(), Snapshot(), 0.0
    counts: Counter[EventKind] = Counter()
    for floor, seconds, read in rounds:
        now += seconds
        floor = at_moment(floor, now, read, before)
        watch, events = observe(watch, before, floor)
        counts.update(event.kind for event in events)
        before = floor
        assert each_has_one_fate(counts, floor, watch)
        assert set(watch.decided) <= floor.waiting.keys()
        assert all(event.seconds >= 0 for event in events)


# What an EQ may tell that knows a caller now by this, now by that. Pools are small: rows of different callers meet.
KNOWN_BY = {
    "uniqueId": maybe(st.sampled_from(("1.1", "1.2", "1.3"))),
    "channel": maybe(st.sampled_from(("SIP/1.1", "SIP/1.2", "SIP/1.3"))),
    "callerIdNumber": maybe(st.sampled_from(("600111222", "600333444"))),
}
QUEUES = st.sampled_from(("500", "501"))
CALLERS = st.fixed_dictionaries(
    KNOWN_BY | {"queue": QUEUES, "enterTime": maybe(st.sampled_from((0, 5, 300)).map(lambda at: unix(after(at))))}
)
AGENTS = st.fixed_dictionaries(
    {
        "agent": st.sampled_from((7, 8)),
        "queue": QUEUES,
        "status": st.sampled_from(("available", "ringing", "onCall", "wrapUp")),
        "call": maybe(st.fixed_dictionaries(KNOWN_BY | {"queue": maybe(QUEUES)})),
        "callsTaken": maybe(st.integers(0, 3)),
    }
)


def answers(rows: st.SearchStrategy[Row]) -> st.SearchStrategy[list[Row] | Trouble]:
    return st.lists(rows, max_size=3) | st.just(Trouble.BROKEN)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "seconds": SPANS,
                "calls": answers(CALLERS),
                "agents": answers(AGENTS),
                "parked": answers(st.fixed_dictionaries(KNOWN_BY)),
            }
        ),
        max_size=8,
    )
)
def test_whatever_eq_tells_whoever_is_offered_waits_or_has_one_fate(rounds):
    watcher = Watcher()
    for told in rounds:
        watcher.see(**told)
        floor, watch = watcher.floor.snapshot, watcher.watch
        assert each_has_one_fate(Counter(event.kind for event in watcher.events), floor, watch)
        assert floor.waiting.keys().isdisjoint(each.key for each in watch.departed)


def test_nothing_is_known_of_nothing():
    assert observe(Watch(), Snapshot(), Snapshot()) == (Watch(), ())
    assert observe(Watch(), Snapshot(), snapshot()) == (Watch(), ())

"""What somebody may see: nothing of a forbidden queue, of its callers, or of its agents is in any field."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.changes import diff
from eqboard.floor.snapshot import AgentState, Caller, CameBack, Return, Snapshot
from eqboard.floor.visible import visible
from tests.builders import (
    NOON,
    abandoned_call,
    agent,
    caller,
    conference,
    line,
    membership,
    parked_call,
    participant,
    pause_code,
    queue,
    snapshot,
    snapshots,
    waiting_call,
)

SALES = frozenset({"500"})
MINE = membership("500")
THEIRS = membership("501", queue_name="Secret desk")
SPY = caller("5550666", unique_id="6.6", channel="SIP/secret", name="Secret caller")


def seen(**entities):
    return visible(snapshot(**entities), SALES)


def seen_agent(**changes):
    """Agent 7 of queue 500 and of a forbidden one, as somebody with the right to 500 sees them."""
    return seen(agents=[agent(7, **{"memberships": (MINE, THEIRS)} | changes)]).agents[7]


def test_whoever_may_see_every_queue_sees_the_very_same_floor():
    floor = snapshot(agents=[agent(7, memberships=())], queues=[queue("501")])
    assert visible(floor, None) is floor


def test_whoever_may_see_nothing_sees_only_how_fresh_it_is():
    floor = snapshot(
        queues=[queue()],
        agents=[agent()],
        waiting=[waiting_call()],
        parked=[parked_call()],
        abandoned=[abandoned_call()],
        conferences=[conference()],
        pause_codes=[pause_code()],
        lines=[line()],
    )
    view = visible(floor, frozenset())
    assert view == Snapshot(sources=floor.sources, pause_codes=floor.pause_codes)


def test_what_is_allowed_is_the_same_object_as_before():
    floor = snapshot(queues=[queue()], agents=[agent()], waiting=[waiting_call(ringing_at=("Ana Ruiz",))])
    view = visible(floor, SALES)
    assert view.queues["500"] is floor.queues["500"]
    assert view.agents[7] is floor.agents[7]
    assert view.waiting["1366390218.42"] is floor.waiting["1366390218.42"]


def test_what_goes_on_at_an_extension_is_seen_only_by_who_may_see_every_queue():
    floor = snapshot(agents=[agent(7)], lines=[line("207")])
    assert visible(floor, None).lines == floor.lines
    assert not visible(floor, frozenset({"500", "501"})).lines


def test_a_forbidden_queue_is_not_there():
    assert set(seen(queues=[queue("500"), queue("501")]).queues) == {"500"}


def test_a_caller_of_a_forbidden_queue_is_not_there():
    assert not seen(waiting=[waiting_call(queue="501")]).waiting


# Agents


def test_somebody_who_gave_up_waiting_for_a_forbidden_queue_is_not_there():
    mine = abandoned_call("1.1")
    view = seen(abandoned=[mine, abandoned_call("1.2", queue="501", queue_name="Secret desk", caller=SPY)])
    assert view.abandoned == {"1.1": mine}


def test_an_agent_of_forbidden_queues_only_is_not_there():
    assert not seen(agents=[agent(7, memberships=(THEIRS,)), agent(8, memberships=())]).agents


def test_an_agent_of_both_is_there_without_the_forbidden_queue():
    assert seen_agent().memberships == (MINE,)


def test_a_call_of_a_forbidden_queue_is_blanked_and_the_state_stays():
    found = seen_agent(state=AgentState.ON_CALL, caller=SPY, call_queue="501", call_queue_name="Secret desk")
    assert found.state is AgentState.ON_CALL
    assert (found.caller, found.call_queue, found.call_queue_name) == (None, None, None)


def test_a_call_of_a_forbidden_queue_is_blanked_for_an_agent_who_does_not_serve_it_too():
    found = seen(agents=[agent(7, caller=SPY, call_queue="501", call_queue_name="Secret desk")]).agents[7]
    assert "Secret" not in repr(found)


def test_a_call_of_an_allowed_queue_is_shown():
    found = seen_agent(caller=caller(), call_queue="500", call_queue_name="Sales")
    assert (found.caller, found.call_queue_name) == (caller(), "Sales")


def test_a_call_of_which_eq_tells_no_queue_is_shown_to_whoever_may_see_all_the_agents_queues():
    assert seen(agents=[agent(7, caller=caller())]).agents[7].caller == caller()


def test_a_call_of_which_eq_tells_no_queue_may_be_of_a_forbidden_one_and_is_blanked():
    found = seen_agent(state=AgentState.ON_CALL, caller=SPY)
    assert (found.state, found.caller) == (AgentState.ON_CALL, None)


@pytest.mark.parametrize(
    ("repeated", "seen_by"),
    [((False, True), {"600"}), ((True, True), set()), ((True, False), {"500"})],
    ids=["in the row of 600", "in both", "in the row of 500"],
)
def test_a_call_without_a_queue_is_seen_by_the_queue_in_whose_row_alone_it_stands(floor, repeated, seen_by):
    """An agent of 500 and 600 is on a call, as EQ tells it."""
    call = {"uniqueId": "1.1", "callerIdNumber": "5550666", "queue": None}
    rows = [
        {"queue": queue, "status": "onCall", "call": call if has_call else None}
        for queue, has_call in zip(("500", "600"), repeated, strict=True)
    ]
    floor.agent(*rows)
    views = {queue: visible(floor.snapshot, frozenset({queue})).agents[7] for queue in ("500", "600")}
    assert {queue for queue, view in views.items() if "5550666" in repr(view)} == seen_by
    assert visible(floor.snapshot, frozenset({"500", "600"})).agents[7].caller.number == "5550666"


def test_a_call_without_a_queue_of_an_agent_of_one_queue_is_seen_by_that_queue(floor):
    floor.agent({"queue": "600", "status": "onCall", "call": {"callerIdNumber": "5550666"}})
    assert visible(floor.snapshot, frozenset({"600"})).agents[7].caller.number == "5550666"
    assert not visible(floor.snapshot, SALES).agents


@pytest.mark.parametrize("known_by", [{"channel": None}, {"unique_id": None}, {"unique_id": "other"}])
def test_a_ringing_call_of_a_forbidden_queue_is_blanked_even_if_the_agents_row_names_no_queue(known_by):
    view = seen(
        agents=[agent(7, state=AgentState.RINGING, caller=replace(SPY, **known_by))],
        waiting=[waiting_call("6.6", queue="501", caller=SPY)],
    )
    assert view.agents[7].caller is None


def test_a_pause_in_a_forbidden_queue_and_its_reason_are_not_told():
    found = seen_agent(
        memberships=(MINE, replace(THEIRS, state=AgentState.PAUSED, paused=True)),
        partly_paused=True,
        pause_code=9,
        pause_reason="Disciplinary",
    )
    assert (found.partly_paused, found.pause_follows, found.pause_code, found.pause_reason) == (
        False,
        False,
        None,
        None,
    )


def test_a_pause_in_an_allowed_queue_is_told():
    found = seen_agent(
        memberships=(replace(MINE, state=AgentState.PAUSED, paused=True), THEIRS),
        partly_paused=True,
        pause_code=1,
        pause_reason="Lunch",
    )
    assert (found.partly_paused, found.pause_reason) == (True, "Lunch")


def test_who_is_signed_out_of_every_queue_one_sees_is_signed_out():
    mine = replace(MINE, state=AgentState.SIGNED_OUT)
    for elsewhere in (AgentState.AVAILABLE, AgentState.PAUSED, AgentState.ON_CALL):
        found = seen_agent(state=elsewhere, memberships=(mine, replace(THEIRS, state=elsewhere)), call_queue="501")
        assert (found.state, found.state_since) == (AgentState.SIGNED_OUT, None)


def test_who_signed_out_during_a_call_of_a_queue_one_sees_is_on_it_still():
    mine = replace(MINE, state=AgentState.SIGNED_OUT)
    assert (
        seen_agent(state=AgentState.ON_CALL, memberships=(mine, THEIRS), call_queue="500").state is AgentState.ON_CALL
    )


def test_whether_somebody_is_free_is_told_by_the_queues_one_sees():
    mine = replace(MINE, state=AgentState.PAUSED, paused=True)
    assert seen_agent(state=AgentState.AVAILABLE, memberships=(mine, THEIRS)).state is AgentState.PAUSED


def test_that_somebody_came_back_in_a_forbidden_queue_is_not_told():
    back = Return("501", CameBack.ANSWERED, NOON)
    gone = abandoned_call("1.1", came_back=CameBack.ANSWERED, came_back_at=NOON, returns=(back,))
    [call] = seen(abandoned=[gone]).abandoned.values()
    assert (call.came_back, call.came_back_at, call.returns) == (CameBack.NO, None, ())


# Callers


def test_a_telephone_of_somebody_forbidden_rings_without_a_name():
    view = seen(
        agents=[agent(7), agent(8, name="Secret agent", memberships=(THEIRS,))],
        waiting=[waiting_call(ringing_at=("Ana Ruiz", "Secret agent"))],
    )
    assert view.waiting["1366390218.42"].ringing_at == ("Ana Ruiz",)


# Parked calls and conferences


def test_a_parked_call_is_seen_when_somebody_allowed_parked_it():
    assert seen(agents=[agent(7)], parked=[parked_call()]).parked


@pytest.mark.parametrize("parked_by", [None, "", "208", "301"])
def test_a_parked_call_of_anybody_else_is_not_there(parked_by):
    agents = [agent(7), agent(8, memberships=(THEIRS,)), agent(9, extension=None)]
    assert not seen(agents=agents, parked=[parked_call(parked_by=parked_by)]).parked


def test_an_extension_that_somebody_forbidden_has_now_opens_nothing():
    agents = [
        agent(7, state=AgentState.SIGNED_OUT),
        agent(8, extension="207", name="Secret agent", memberships=(THEIRS,)),
    ]
    view = seen(agents=agents, parked=[parked_call()], conferences=[conference()])
    assert not view.parked
    assert not view.conferences


def test_the_name_of_somebody_who_had_the_extension_before_is_not_told():
    agents = [agent(7), agent(8, extension="207", memberships=(THEIRS,), state=AgentState.SIGNED_OUT)]
    [call] = seen(agents=agents, parked=[parked_call(parked_by_name="Secret agent")]).parked.values()
    assert call.parked_by_name is None


def test_a_conference_is_seen_when_somebody_allowed_takes_part():
    rooms = [conference("900"), conference("901", participants=(participant("208"),))]
    assert set(seen(agents=[agent(7)], conferences=rooms).conferences) == {"900"}


def test_a_participant_without_a_number_opens_nothing():
    room = conference(participants=(participant(None),))
    assert not seen(agents=[agent(7, extension=None)], conferences=[room]).conferences


# Any floor

ALLOWED = st.frozensets(st.sampled_from(["500", "501", "502", "q/<&>"]), max_size=3)


def marked(floor, allowed):
    """The floor with every name and caller of a forbidden queue made recognisable."""

    def mark_queue(extension, name):
        return name if extension is None or extension in allowed else f"FORBIDDEN queue {extension}"

    def mark_caller(origins, who, kind):
        if who is None or allowed.issuperset(origins):
            return who
        return Caller(f"FORBIDDEN {kind}", f"FORBIDDEN {kind}", "FORBIDDEN", "FORBIDDEN")

    def origins_of(each):
        """The queues that the agent's call may have come from."""
        return {one.queue for one in each.memberships} if each.call_queue is None else {each.call_queue}

    def is_paused_elsewhere(each):
        """Only in queues that one may not see, as far as one can tell."""
        is_whole = all(one.queue in allowed for one in each.memberships)
        return not is_whole and not any(one.paused for one in each.memberships if one.queue in allowed)

    def mark_agent(each):
        is_served = any(one.queue in allowed for one in each.memberships)
        return replace(
            each,
            name=each.name if is_served else "FORBIDDEN agent",
            caller=mark_caller(origins_of(each), each.caller, "call"),
            call_queue_name=mark_queue(each.call_queue, each.call_queue_name),
            pause_reason="FORBIDDEN pause" if is_paused_elsewhere(each) else each.pause_reason,
            memberships=tuple(replace(m, queue_name=mark_queue(m.queue, m.queue_name)) for m in each.memberships),
        )

    agents = [mark_agent(each) for each in floor.agents.values()]
    at = {each.extension: each.name for each in agents}
    return snapshot(
        sources=floor.sources.values(),
        queues=[replace(each, name=mark_queue(key, each.name)) for key, each in floor.queues.items()],
        agents=agents,
        waiting=[
            replace(
                each,
                queue_name=mark_queue(each.queue, each.queue_name),
                caller=mark_caller({each.queue}, each.caller, f"waiting {key}"),
                ringing_at=tuple(one.name for one in agents),
            )
            for key, each in floor.waiting.items()
        ],
        parked=[replace(each, parked_by_name=at.get(each.parked_by)) for each in floor.parked.values()],
        abandoned=[
            replace(
                each,
                queue_name=mark_queue(each.queue, each.queue_name),
                caller=mark_caller({each.queue}, each.caller, f"abandoned {key}"),
            )
            for key, each in floor.abandoned.items()
        ],
        conferences=floor.conferences.values(),
        pause_codes=floor.pause_codes.values(),
    )


@given(snapshots(max_size=3), ALLOWED)
@settings(max_examples=60, deadline=None)
def test_nothing_forbidden_is_in_any_field(floor, allowed):
    floor = marked(floor, allowed)
    view = visible(floor, allowed)
    assert "FORBIDDEN" not in repr(view)
    for each in view.agents.values():
        assert {one.queue for one in each.memberships} <= allowed
        assert each.call_queue is None or each.call_queue in allowed
    assert set(view.queues) <= allowed
    assert {call.queue for call in (*view.waiting.values(), *view.abandoned.values())} <= allowed


@given(snapshots(), ALLOWED)
@settings(max_examples=25, deadline=None)
def test_what_is_seen_is_a_part_of_what_is_there(floor, allowed):
    view = visible(floor, allowed)
    for kind in Snapshot.__dataclass_fields__:
        assert getattr(view, kind).keys() <= getattr(floor, kind).keys()


@given(snapshots(), ALLOWED)
@settings(max_examples=25, deadline=None)
def test_looking_twice_shows_the_same(floor, allowed):
    once = visible(floor, allowed)
    assert not diff(once, visible(floor, allowed))
    assert visible(once, None) is once


@given(snapshots())
@settings(max_examples=25, deadline=None)
def test_the_right_to_every_queue_by_name_hides_no_queue_and_no_caller(floor):
    every = frozenset({"500", "501", "502", "q/<&>"})
    view = visible(floor, every)
    assert view.queues == floor.queues
    assert {key: replace(call, ringing_at=()) for key, call in view.waiting.items()} == {
        key: replace(call, ringing_at=()) for key, call in floor.waiting.items()
    }
    assert view.abandoned == floor.abandoned

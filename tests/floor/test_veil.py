"""Whoever may not see numbers in a queue sees its calls without what tells who calls, and all others as they are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqboard.floor.masking import MaskedNumbers, hidden_key, masked
from eqboard.floor.snapshot import Caller
from eqboard.floor.veil import Veil, veil_over
from eqboard.floor.visible import visible
from tests.builders import (
    QUEUE_KEYS,
    abandoned_call,
    agent,
    caller,
    conference,
    line,
    membership,
    parked_call,
    participant,
    snapshot,
    snapshots,
    waiting_call,
)

SHOWN, LAST_DIGITS, HIDDEN = MaskedNumbers
SECRET = b"of the site"
OF_500, OF_501, BOTH, NO_QUEUE = (frozenset(each.split()) for each in ("500", "501", "500 501", ""))
CARMEN = caller("+34600111222", name="Carmen")


def serving(id, *queues, **changes):
    return agent(id, memberships=tuple(membership(each) for each in queues), **changes)


def on_call(id, *queues, **changes):
    return serving(id, *queues, **{"caller": caller(unique_id=f"{id}.1", channel=f"SIP/{id}")} | changes)


def floor_of(*agents, abandoned=(), **entities):
    return replace(snapshot(agents=agents, **entities), abandoned={each.key: each for each in abandoned})


def veil_of(floor, seen=None, told=OF_501):
    return veil_over(visible(floor, seen), floor, seen, told)


def as_seen(floor, seen=None, told=OF_501, numbers=SHOWN, hides_names=False):
    return masked(visible(floor, seen), numbers, hides_names, SECRET, veil_of(floor, seen, told))


# Whose numbers are told


@pytest.mark.parametrize(
    ("seen", "told"), [(None, None), (OF_500, None), (OF_500, OF_500), (OF_500, BOTH), (NO_QUEUE, NO_QUEUE)]
)
def test_who_may_see_numbers_wherever_they_look_has_no_veil(seen, told):
    floor = floor_of(on_call(7), waiting=[waiting_call()], parked=[parked_call(parked_by=None)])
    assert veil_of(floor, seen, told) is None
    assert as_seen(floor, None, None) is floor


@pytest.mark.parametrize("seen", [None, BOTH])
def test_who_waits_and_who_gave_up_are_veiled_by_their_queue(seen):
    calls = [waiting_call("1", queue="500"), waiting_call("2", queue="501")]
    gone = [abandoned_call("3", queue="500"), abandoned_call("4", queue="501")]
    veil = veil_of(floor_of(waiting=calls, abandoned=gone), seen)
    assert (veil.waiting, veil.abandoned) == ({"1"}, {"3"})


@pytest.mark.parametrize("seen", [None, BOTH])
@pytest.mark.parametrize(("queue", "is_veiled"), [("500", True), ("501", False)])
def test_an_agents_caller_is_veiled_by_the_queue_of_the_call(seen, queue, is_veiled):
    veil = veil_of(floor_of(on_call(7, "500", "501", call_queue=queue)), seen)
    assert (veil.agents == {7}) is is_veiled


@pytest.mark.parametrize("seen", [None, BOTH])
@pytest.mark.parametrize(("queues", "is_veiled"), [("500", True), ("501", False), ("500 501", True)])
def test_where_nobody_tells_the_queue_of_a_call_it_may_be_any_that_the_agent_serves(seen, queues, is_veiled):
    veil = veil_of(floor_of(on_call(7, *queues.split())), seen)
    assert (veil.agents == {7}) is is_veiled


def test_the_call_of_an_agent_of_no_queue_is_told_to_whoever_may_see_all_numbers():
    floor = floor_of(on_call(7))
    assert veil_of(floor, told=BOTH).agents == {7}
    assert veil_of(floor, told=None) is None


def test_an_agent_without_a_caller_needs_no_veil():
    assert veil_of(floor_of(serving(7, "500"))) == Veil()


@pytest.mark.parametrize("handle", [{"unique_id": "9.9"}, {"channel": "SIP/9"}])
def test_whoever_waits_in_a_veiled_queue_is_veiled_on_a_telephone_too(handle):
    """The list of callers may know more than EQ tells of the agent; in it the handles are as they are."""
    elsewhere = {"unique_id": None, "channel": None} | handle
    floor = floor_of(
        on_call(7, "501", caller=caller(**elsewhere)),
        waiting=[waiting_call("9.9", queue="500", caller=caller(unique_id="9.9", channel="SIP/9"))],
        parked=[parked_call("p", parked_by="207", caller=caller(**elsewhere))],
        conferences=[conference(participants=(participant(), participant(caller=caller(**elsewhere))))],
    )
    veil = veil_of(floor)
    assert (veil.agents, veil.parked, veil.conferences) == ({7}, {"p"}, {"900"})


@pytest.mark.parametrize("seen", [None, BOTH])
@pytest.mark.parametrize(
    ("queues", "is_veiled"),
    [(["501"], False), (["500"], True), (["500 501"], True), (["501", "501"], False), (["501", "500"], True)],
)
def test_a_parked_call_and_a_room_are_veiled_by_the_queues_of_the_agents_they_are_seen_through(seen, queues, is_veiled):
    """Each text: one agent at extension 207."""
    agents = [serving(key, *text.split(), extension="207") for key, text in enumerate(queues)]
    veil = veil_of(floor_of(*agents, parked=[parked_call("p")], conferences=[conference()]), seen)
    assert (veil.parked, veil.conferences) == (({"p"}, {"900"}) if is_veiled else (set(), set()))


@pytest.mark.parametrize("by", [None, "", "299", "207"])
def test_what_is_of_no_agent_is_told_to_whoever_may_see_all_numbers(by):
    """Agent 7 at 207 serves no queue."""
    room = conference(participants=(participant(by),))
    veil = veil_of(floor_of(serving(7), parked=[parked_call("p", parked_by=by)], conferences=[room]))
    assert (veil.parked, veil.conferences) == ({"p"}, {"900"})


def test_a_queue_that_one_does_not_see_veils_nothing():
    """An agent of another team's queue, too: what is theirs is left out, and what is left is as it was."""
    floor = floor_of(
        serving(7, "501", "502"),
        on_call(8, "501", "502", call_queue="501"),
        parked=[parked_call("p")],
        conferences=[conference()],
    )
    assert veil_of(floor, BOTH) == Veil()


def test_a_board_of_fewer_queues_tells_no_more():
    """On a board of 501 alone agent 7 serves 501 alone; the call may be of 500 all the same."""
    floor = floor_of(serving(7, "500", "501"), parked=[parked_call("p")], conferences=[conference()])
    view = visible(floor, OF_501)
    assert view.agents[7].memberships == (membership("501"),)
    veil = veil_over(view, floor, BOTH, OF_501)
    assert (veil.parked, veil.conferences) == ({"p"}, {"900"})


# What a veil hides


def test_of_a_veiled_caller_the_name_is_left_and_nothing_that_tells_the_number():
    floor = floor_of(
        on_call(7, "500", caller=CARMEN),
        waiting=[waiting_call("+34600111222", queue="500", caller=CARMEN)],
        parked=[parked_call("p", caller=CARMEN, parked_by="0600111222")],
        abandoned=[abandoned_call("a", queue="500", caller=replace(CARMEN, name="Carmen 600 111 222"))],
        conferences=[conference(participants=(participant(), participant(caller=CARMEN)))],
    )
    view = as_seen(floor)
    nameless = Caller(None, None, None, "Carmen")
    [waits], [parked], [gone] = view.waiting.values(), view.parked.values(), view.abandoned.values()
    [_ana, guest] = view.conferences["900"].participants
    assert [each.caller for each in (view.agents[7], waits, parked, guest)] == [nameless] * 4
    assert gone.caller == replace(nameless, name="Carmen …")
    assert parked.parked_by is None
    assert set(view.waiting) == {waits.key} == {hidden_key("+34600111222", SECRET)}
    assert "600111222" not in repr(view)


def test_what_is_not_veiled_stays_the_same_object():
    floor = floor_of(
        on_call(7, "500"),
        on_call(8, "501"),
        waiting=[
            waiting_call("1", queue="500", caller=caller(unique_id="1", channel="SIP/1")),
            waiting_call("2", queue="501"),
        ],
        parked=[parked_call("p", parked_by="208")],
        conferences=[conference(participants=(participant("208"), participant("+34600111222")))],
        abandoned=[abandoned_call("a", queue="501")],
    )
    view = as_seen(floor)
    assert view.agents[7] is not floor.agents[7]
    assert view.agents[8] is floor.agents[8]
    assert view.waiting["2"] is floor.waiting["2"]
    assert view.parked["p"] is floor.parked["p"]
    assert view.abandoned["a"] is floor.abandoned["a"]
    assert view.conferences is floor.conferences


def test_agents_are_no_callers_under_a_veil_either():
    floor = floor_of(on_call(7, "500", caller=caller("208", name="Ben")), serving(8, "500"))
    assert as_seen(floor).agents[7] is floor.agents[7]


@pytest.mark.parametrize(
    ("numbers", "hides_names", "veiled", "other"),
    [
        (SHOWN, False, (None, "Carmen"), ("+34600111222", "Carmen")),
        (SHOWN, True, (None, None), ("+34600111222", None)),
        (LAST_DIGITS, False, (None, "Carmen"), ("…222", "Carmen")),
        (HIDDEN, True, (None, None), (None, None)),
    ],
)
def test_a_boards_own_mask_lies_over_the_veil(numbers, hides_names, veiled, other):
    calls = [waiting_call("1", queue="500", caller=CARMEN), waiting_call("2", queue="501", caller=CARMEN)]
    view = as_seen(floor_of(waiting=calls), numbers=numbers, hides_names=hides_names)
    shown = {call.queue: (call.caller.number, call.caller.name) for call in view.waiting.values()}
    assert shown == {"500": veiled, "501": other}
    assert hidden_key("1", SECRET) in view.waiting


@pytest.mark.parametrize(("told", "is_there"), [(None, True), (OF_501, False), (NO_QUEUE, False)])
def test_what_goes_on_at_extensions_is_for_whoever_may_see_all_numbers(told, is_there):
    floor = replace(floor_of(), lines={"201": line("201")})
    assert bool(as_seen(floor, told=told).lines) is is_there


# Laws

SOME_QUEUES = st.none() | st.frozensets(st.sampled_from(QUEUE_KEYS))


@given(snapshots(), SOME_QUEUES, st.frozensets(st.sampled_from(QUEUE_KEYS)))
def test_no_call_of_a_veiled_queue_has_a_handle_and_every_other_is_as_it_was(floor, seen, told):
    plain, view = visible(floor, seen), as_seen(floor, seen, told)
    own = {each.extension for each in plain.agents.values()}
    for kind in ("waiting", "abandoned"):
        calls, shown = getattr(plain, kind), dict(getattr(view, kind))
        for key, call in calls.items():
            if call.queue in told:
                assert shown.pop(key) == call
            else:
                who = shown.pop(hidden_key(key, SECRET)).caller
                assert who == Caller(None, None, None, who.name) or call.caller.number in own
        assert not shown


@given(snapshots(), SOME_QUEUES, st.frozensets(st.sampled_from(QUEUE_KEYS)), st.frozensets(st.sampled_from(QUEUE_KEYS)))
def test_who_may_see_more_numbers_is_veiled_less(floor, seen, told, more):
    veils = [veil_of(floor, seen, each) or Veil() for each in (told, told | more)]
    for kind in Veil.__dataclass_fields__:
        assert getattr(veils[1], kind) <= getattr(veils[0], kind)


@given(snapshots(), SOME_QUEUES)
def test_who_may_see_no_number_sees_what_a_board_without_numbers_shows(floor, seen):
    assert as_seen(floor, seen, NO_QUEUE) == masked(visible(floor, seen), HIDDEN, False, SECRET)

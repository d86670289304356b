"""What each surface shows, in which order, and what it sums up."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.audience import Audience, Surface
from eqboard.boards.fragments import paint
from eqboard.boards.health import Health
from eqboard.boards.layout import TV_CALLERS, TV_QUEUES, More, Totals, totals
from eqboard.floor.snapshot import AgentState
from tests.builders import (
    NOON,
    agent,
    ago,
    conference,
    membership,
    moments,
    parked_call,
    queue,
    snapshot,
    snapshots,
    waiting_call,
)


def shown(floor, strip, surface=Surface.DESK):
    """The subjects of one strip, in order."""
    screen = paint(floor, Health(), Audience(surface, "en", EVERYTHING))
    return [fragment.subject for fragment in screen.strips[strip]]


def test_people_are_counted_once_however_many_queues_they_serve():
    many = tuple(membership(str(500 + place)) for place in range(5))
    floor = snapshot(agents=[agent(1, memberships=many), agent(2, state=AgentState.PAUSED, memberships=many)])
    counted = totals(floor)
    assert (counted.present_count, counted.available_count, counted.paused_count) == (2, 1, 1)


def test_totals_of_a_floor():
    states = [*AgentState, AgentState.ON_CALL]
    floor = snapshot(
        queues=[queue("500", waiting_count=99), queue("501")],
        agents=[agent(place, state=state) for place, state in enumerate(states)],
        waiting=[waiting_call("1", entered_at=ago(5)), waiting_call("2", entered_at=ago(50)), waiting_call("3")],
        parked=[parked_call()],
        conferences=[conference("900"), conference("901")],
    )
    assert totals(floor) == Totals(
        waiting_count=3,
        oldest_waiting_at=ago(50),
        present_count=7,
        available_count=1,
        on_call_count=2,
        ringing_count=1,
        wrap_up_count=1,
        paused_count=1,
        unknown_count=1,
        away_count=1,
        parked_count=1,
        conference_count=2,
        queue_count=2,
    )


def test_callers_whose_time_is_not_known_do_not_wait_longest():
    assert totals(snapshot(waiting=[waiting_call("1", entered_at=None)])).oldest_waiting_at is None


@given(snapshots())
def test_everybody_is_in_exactly_one_state(floor):
    counted = totals(floor)
    states = ("available", "on_call", "ringing", "wrap_up", "paused", "unknown")
    if counted.present_count is None:  # agents were never read: nobody knows
        assert {getattr(counted, f"{state}_count") for state in states} == {None}
        return
    assert sum(getattr(counted, f"{state}_count") for state in states) == counted.present_count
    assert counted.present_count + counted.away_count == len(floor.agents)


@settings(deadline=None)
@given(snapshots())
def test_every_agent_is_on_the_desk_once_present_or_away(floor):
    present, away = shown(floor, "agents"), shown(floor, "away")
    assert sorted(row.agent.id for row in (*present, *away)) == sorted(floor.agents)
    assert {row.agent.state for row in away} <= {AgentState.SIGNED_OUT}
    assert AgentState.SIGNED_OUT not in {row.agent.state for row in present}


def test_people_and_queues_stand_by_name_whatever_its_case():
    floor = snapshot(
        queues=[queue("500", name="sales"), queue("501", name="Billing"), queue("502", name="SALES")],
        agents=[agent(1, name="zoe"), agent(2, name="Ana"), agent(3, name="ana")],
    )
    assert [each.extension for each in shown(floor, "queues")] == ["501", "500", "502"]
    assert [row.agent.id for row in shown(floor, "agents")] == [2, 3, 1]


def test_whoever_waits_longest_stands_first():
    calls = [waiting_call("1", entered_at=ago(5)), waiting_call("2", entered_at=ago(50))]
    assert [call.key for call in shown(snapshot(waiting=calls), "waiting")] == ["2", "1"]


# The wall

BUSY_FLOORS = st.builds(
    snapshot,
    queues=st.lists(
        st.builds(
            lambda extension, name, count, since: queue(
                str(extension), name=name, waiting_count=count, oldest_waiting_at=since
            ),
            st.integers(500, 520),
            st.sampled_from(["Sales", "sales", "Support"]),
            st.none() | st.integers(0, 3),
            st.none() | moments(),
        ),
        max_size=12,
    ),
    waiting=st.lists(
        st.builds(lambda key, since: waiting_call(str(key), entered_at=since), st.integers(0, 20), moments()),
        max_size=9,
    ),
)


@settings(deadline=None)
@given(BUSY_FLOORS)
def test_what_a_wall_shows_and_what_it_sums_up_is_everything(floor):
    queues, callers = shown(floor, "queues", Surface.TV), shown(floor, "waiting", Surface.TV)
    [more] = shown(floor, "more", Surface.TV)
    assert len(queues) <= TV_QUEUES
    assert len(callers) <= TV_CALLERS
    assert len(queues) + more.queue_count == len(floor.queues)
    assert len(callers) + more.caller_count == len(floor.waiting)
    everywhere = sum(each.waiting_count or 0 for each in floor.queues.values())
    assert sum(each.waiting_count or 0 for each in queues) + more.waiting_count == everywhere


@settings(deadline=None)
@given(BUSY_FLOORS)
def test_a_queue_with_callers_is_not_left_out_for_one_without(floor):
    queues = shown(floor, "queues", Surface.TV)
    left_out = [each for key, each in floor.queues.items() if each not in queues]
    if any(not each.waiting_count for each in queues):
        assert not any(each.waiting_count for each in left_out)


def test_of_two_queues_with_callers_the_longer_wait_is_shown():
    queues = [queue(str(510 + n), waiting_count=1, oldest_waiting_at=ago(n)) for n in range(TV_QUEUES + 1)]
    assert "510" not in [each.extension for each in shown(snapshot(queues=queues), "queues", Surface.TV)]


def test_a_wall_where_everything_fits_sums_up_nothing():
    assert shown(snapshot(queues=[queue()], waiting=[waiting_call()]), "more", Surface.TV) == [More()]


def test_equal_queues_are_chosen_alike_by_every_process():
    """Two processes hold the same floor in another order, after other updates."""
    queues = [queue(str(500 + place)) for place in range(TV_QUEUES + 2)]
    [one, other] = [shown(snapshot(queues=order), "queues", Surface.TV) for order in (queues, reversed(queues))]
    assert one == other


def test_a_tile_keeps_its_place_while_its_waits_change():
    queues = [queue("500", name="A"), queue("501", name="B", waiting_count=3, oldest_waiting_at=NOON)]
    assert [each.name for each in shown(snapshot(queues=queues), "queues", Surface.TV)] == ["A", "B"]


@pytest.mark.parametrize(("strip", "kind"), [("agents", "agents"), ("parked", "parked")])
def test_the_wall_shows_no_people(strip, kind):
    screen = paint(snapshot(agents=[agent()]), Health(), Audience(Surface.TV, "en", EVERYTHING))
    assert strip not in screen.strips


def test_rooms_and_parked_calls_stand_in_a_steady_order():
    floor = snapshot(
        parked=[parked_call("1", parked_at=NOON), parked_call("2", parked_at=NOON - timedelta(seconds=1))],
        conferences=[conference("901", name="b"), conference("900", name="B"), conference("902", name="a")],
    )
    assert [call.key for call in shown(floor, "parked")] == ["2", "1"]
    assert [room.extension for room in shown(floor, "conferences")] == ["902", "900", "901"]

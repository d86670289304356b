"""What each surface shows, in which order, and what it sums up."""

from datetime import timedelta

from hypothesis import given, settings

from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.health import Health
from eqboard.boards.parts.totals import Totals
from eqboard.boards.parts.totals import totals_of as totals
from eqboard.boards.spec import Surface
from eqboard.floor.snapshot import AgentState
from tests.boards.painting import audience, paint
from tests.builders import (
    NOON,
    agent,
    ago,
    conference,
    membership,
    parked_call,
    queue,
    snapshot,
    snapshots,
    waiting_call,
)


def shown(floor, strip, surface=Surface.DESK):
    """The subjects of one strip, in order."""
    screen = paint(floor, Health(), audience(surface, "en", EVERYTHING))
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
    assert [row.call.key for row in shown(snapshot(waiting=calls), "waiting")] == ["2", "1"]


def test_rooms_and_parked_calls_stand_in_a_steady_order():
    floor = snapshot(
        parked=[parked_call("1", parked_at=NOON), parked_call("2", parked_at=NOON - timedelta(seconds=1))],
        conferences=[conference("901", name="b"), conference("900", name="B"), conference("902", name="a")],
    )
    assert [row.call.key for row in shown(floor, "parked")] == ["2", "1"]
    assert [row.room.extension for row in shown(floor, "conferences")] == ["902", "900", "901"]

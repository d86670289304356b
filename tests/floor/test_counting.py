"""Events and the time between two readings, into the span of a minute."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.buckets import Bucket, Span
from eqboard.floor.counting import counted
from eqboard.floor.flow import Event, EventKind
from eqboard.floor.snapshot import AgentState, Part, Snapshot
from tests.builders import NOON, QUEUE_KEYS, agent, ago, membership, snapshot, source, successions, waiting_call

MINUTE = Span(NOON)


def event(kind: EventKind, seconds: float = 0.0, queue: str = "500") -> Event:
    return Event(kind, queue, NOON, seconds)


def floor_at(seconds: float, **entities: object) -> Snapshot:
    """A floor of which everything was read so many seconds after noon."""
    sources = [source(part, taken_at=NOON + timedelta(seconds=seconds)) for part in Part]
    return snapshot(sources=sources, **entities)  # type: ignore[arg-type]


def bucket_of(*events: Event) -> Bucket:
    return counted(MINUTE, events, snapshot(), snapshot()).queues["500"]


def test_each_event_is_counted_in_its_queue():
    events = [event(EventKind.OFFERED), event(EventKind.OFFERED, queue="501")]
    span = counted(MINUTE, events, snapshot(), snapshot())
    assert {key: bucket.offered for key, bucket in span.queues.items()} == {"500": 1, "501": 1}


def test_waits_are_counted_by_whole_seconds_rounded_down_and_summed_as_they_are():
    answered = [event(EventKind.ANSWERED, seconds) for seconds in (3.0, 3.9, 21.5)]
    assert bucket_of(*answered) == Bucket(
        answered_waits={3: 2, 21: 1}, answered_seconds=pytest.approx(28.4), longest_seconds=21.5
    )


def test_each_fate_has_its_own_count():
    bucket = bucket_of(
        event(EventKind.ABANDONED, 7.5),
        event(EventKind.FLOWED_OUT, 30.0),
        event(EventKind.STOLEN, 40.0),
        event(EventKind.UNRESOLVED, 999.0),
    )
    assert bucket == Bucket(
        abandoned_waits={7: 1},
        abandoned_seconds=7.5,
        flowed_waits={30: 1},
        stolen_count=1,
        unresolved_count=1,
        longest_seconds=40.0,  # how long the one waited of whom nobody knows, nobody knows
    )


def test_what_people_do_is_summed():
    bucket = bucket_of(
        event(EventKind.TALKED, 100.0),
        event(EventKind.TALKED, 50.0),
        event(EventKind.TALKED_ON, 7.0),
        event(EventKind.WRAPPED_UP, 20.0),
        event(EventKind.HANDLED, 3.0),
    )
    assert bucket == Bucket(talk_count=2, talk_seconds=157.0, wrap_up_seconds=20.0, handle_seconds=3.0)


def test_it_is_added_to_what_is_in_the_span_already():
    first = counted(MINUTE, [event(EventKind.OFFERED)], snapshot(), snapshot())
    second = counted(first, [event(EventKind.OFFERED)], snapshot(), snapshot())
    assert second.queues["500"].offered == 2
    assert first.queues["500"].offered == 1, "a span is a value"


def test_of_a_minute_the_most_who_waited_at_once_are_kept():
    span = MINUTE
    floors = [
        floor_at(place, waiting=[waiting_call(str(each)) for each in range(count)])
        for place, count in enumerate((1, 3, 2))
    ]
    for before, after in pairwise([Snapshot(), *floors]):
        span = counted(span, (), before, after)
    assert span.queues["500"].waiting_peaks == {3: 1}


def test_a_quarter_of_an_hour_keeps_its_minutes_when_a_clock_that_was_put_back_counts_on_in_it():
    quarter = Span(NOON, 15, {"500": Bucket(waiting_peaks={1: 4, 3: 2})})
    for count, peaks in ((2, {1: 4, 3: 2}), (5, {1: 4, 3: 1, 5: 1})):
        after = floor_at(0, waiting=[waiting_call(str(each)) for each in range(count)])
        assert counted(quarter, (), Snapshot(), after).queues["500"].waiting_peaks == peaks


def test_the_longest_wait_of_a_quarter_is_that_of_all_its_minutes():
    quarter = Span(NOON, 15, {"500": Bucket(longest_seconds=90.0)})
    for entered_at, longest_seconds in ((ago(30), 90.0), (ago(100), 100.0)):
        after = floor_at(0, waiting=[waiting_call(entered_at=entered_at)])
        assert counted(quarter, (), Snapshot(), after).queues["500"].longest_seconds == longest_seconds


def test_a_queue_in_which_nobody_waits_takes_no_place():
    assert counted(MINUTE, (), Snapshot(), floor_at(0)).queues == {}


def test_the_longest_wait_is_seen_before_it_is_over():
    after = floor_at(1, waiting=[waiting_call(entered_at=ago(30)), waiting_call("1.2", entered_at=ago(99))])
    assert counted(MINUTE, (), Snapshot(), after).queues["500"].longest_seconds == 100.0


def test_callers_who_were_not_read_anew_are_not_counted_again():
    floor = floor_at(0, waiting=[waiting_call()])
    assert counted(MINUTE, (), floor, floor) == MINUTE


def test_a_person_who_waits_for_calls_counts_once_however_many_their_queues():
    people = [
        agent(7, memberships=(membership("501"), membership("500"))),
        agent(8, memberships=(membership("500"), membership("501"))),
        agent(9, memberships=(membership("500"), membership("501", state=AgentState.PAUSED, paused=True))),
    ]
    span = counted(MINUTE, (), floor_at(0, agents=people), floor_at(1, agents=people))
    assert span.idle_seconds == {"500 501": 2.0, "500": 1.0}


@pytest.mark.parametrize("state", [state for state in AgentState if state is not AgentState.AVAILABLE])
def test_who_does_anything_else_is_not_idle(state):
    busy = agent(state=state, memberships=(membership(state=state), membership("501")))
    span = counted(MINUTE, (), floor_at(0, agents=[busy]), floor_at(1, agents=[busy]))
    assert span.idle_seconds == {}


def test_idle_time_adds_up_over_readings():
    floors = [floor_at(seconds, agents=[agent()]) for seconds in (0, 1, 2.5)]
    span = MINUTE
    for before, after in pairwise(floors):
        span = counted(span, (), before, after)
    assert span.idle_seconds == {"500": 2.5}
    assert span.seen_seconds == 2.5


@pytest.mark.parametrize("seconds", [2.6, 3600.0, -5.0], ids=["three polls", "a night", "a clock put back"])
def test_time_that_nobody_watched_is_not_counted(seconds):
    span = counted(MINUTE, (), floor_at(0, agents=[agent()]), floor_at(seconds, agents=[agent()]))
    assert (span.idle_seconds, span.seen_seconds) == ({}, 0.0)


def test_the_first_look_has_seen_no_time():
    assert counted(MINUTE, (), Snapshot(), floor_at(0)).seen_seconds == 0.0


def test_it_was_watched_as_far_as_both_callers_and_agents_were():
    before = floor_at(0)
    after = snapshot(sources=[source(Part.CALLS, taken_at=NOON + timedelta(seconds=1)), source(Part.AGENTS)])
    assert counted(MINUTE, (), before, after).seen_seconds == 0.0
    later = floor_at(1)
    assert counted(MINUTE, (), after, later).seen_seconds == 1.0


@settings(max_examples=30, deadline=None)
@given(
    successions(),
    st.lists(st.builds(event, st.sampled_from(EventKind), st.floats(0, 9000), st.sampled_from(QUEUE_KEYS))),
)
def test_whatever_happens_it_is_counted_and_nothing_is_lost(floors, events):
    span = counted(MINUTE, events, *floors)
    kinds = [each.kind for each in events]
    buckets = span.queues.values()
    assert sum(bucket.offered for bucket in buckets) == kinds.count(EventKind.OFFERED)
    assert sum(bucket.answered for bucket in buckets) == kinds.count(EventKind.ANSWERED)
    assert sum(bucket.abandoned for bucket in buckets) == kinds.count(EventKind.ABANDONED)
    assert sum(bucket.flowed_out for bucket in buckets) == kinds.count(EventKind.FLOWED_OUT)
    assert all(sum(bucket.waiting_peaks.values()) <= 1 for bucket in buckets)

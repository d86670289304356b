"""The list of those who gave up, round by round."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor import abandoned
from eqboard.floor.abandoned import (
    MOST_ABANDONED,
    MOST_OF_QUEUE,
    MOST_REMEMBERED,
    Attempts,
    is_full,
    newest_of,
    seen_returns,
    with_events,
)
from eqboard.floor.flow import Event, EventKind
from eqboard.floor.numbers import number_of
from eqboard.floor.snapshot import AbandonedCall, AgentState, Caller, CameBack, Snapshot
from tests.builders import (
    CALL_KEYS,
    NOON,
    QUEUE_KEYS,
    abandoned_call,
    abandoned_calls,
    agent,
    ago,
    caller,
    callers,
    moments,
    queue,
    snapshot,
    snapshots,
    waiting_call,
)

MIDNIGHT = NOON - timedelta(hours=12)
CARMEN, OTHER = "+34600111222", "+34600333444"


def gave_up(number: str | None = CARMEN, *, key: str = "1.1", seconds_ago: float = 10, waited: float = 30) -> Event:
    return Event(EventKind.ABANDONED, "500", ago(seconds_ago), waited, key, caller(number, unique_id=key))


def was_answered(number: str | None = CARMEN, *, seconds_ago: float = 0) -> Event:
    return Event(EventKind.ANSWERED, "500", ago(seconds_ago), 5.0, "1.9", caller(number), 7)


def waits(number: str = CARMEN) -> Snapshot:
    return snapshot(queues=[queue()], waiting=[waiting_call("1.9", caller=caller(number), entered_at=ago(3))])


def listed(*events: Event, floor: Snapshot | None = None, day_begins_at=MIDNIGHT, before=()):
    """The list after these events, in order."""
    abandoned = {call.key: call for call in before}
    calls, _ = with_events(abandoned, Attempts(), events, floor or snapshot(queues=[queue()]), day_begins_at)
    return list(calls.values())


class Day:
    """Rounds one after the other, each with what happened in it."""

    def __init__(self) -> None:
        self.calls: Mapping[str, AbandonedCall] = {}
        self.attempts = Attempts()

    def see(self, *events: Event, day_begins_at: datetime = MIDNIGHT) -> None:
        floor = snapshot(queues=[queue()])
        self.calls, self.attempts = with_events(self.calls, self.attempts, events, floor, day_begins_at)

    def crowd(self, count: int = MOST_OF_QUEUE, *, first: int = 1000, seconds_ago: float = 9000) -> None:
        """So many others give up, one after the other."""
        for each in range(first, first + count):
            self.see(gave_up(str(each), key=f"2.{each}", seconds_ago=seconds_ago - each))

    def of(self, number: str = CARMEN) -> list[AbandonedCall]:
        return [call for call in self.calls.values() if call.caller.number == number]


def test_who_gives_up_is_listed_with_number_queue_and_wait():
    [call] = listed(gave_up())
    assert (call.key, call.queue, call.queue_name, call.caller.number) == ("1.1", "500", "Sales", CARMEN)
    assert (call.abandoned_at, call.wait_seconds, call.attempts) == (ago(10), 30, 1)
    assert (call.came_back, call.came_back_at) == (CameBack.NO, None)


def test_a_queue_that_is_gone_is_called_by_its_extension():
    [call] = listed(gave_up(), floor=Snapshot())
    assert call.queue_name == "500"


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.ABANDONED])
def test_nobody_else_is_listed(kind):
    assert listed(Event(kind, "500", NOON, 1.0, "1.1", caller())) == []


def test_attempts_are_counted_by_number():
    calls = listed(gave_up(key="1.1", seconds_ago=90), gave_up(OTHER, key="1.2"), gave_up(key="1.3"))
    assert {call.key: call.attempts for call in calls} == {"1.1": 1, "1.2": 1, "1.3": 2}


def test_a_number_is_the_same_however_it_is_written():
    first, second = listed(gave_up("+34 600-111-222", key="1.1", seconds_ago=90), gave_up("34600111222", key="1.2"))
    assert (first.attempts, second.attempts) == (1, 2)


@pytest.mark.parametrize("number", [None, "", "anonymous", "0", "<script>", "٣٤٦٠٠"])
def test_a_hidden_number_is_nobodys(number):
    assert number_of(Caller(None, None, number, None)) is None
    calls = listed(gave_up(number, key="1.1", seconds_ago=90), gave_up(number, key="1.2"), was_answered(number))
    assert {(call.attempts, call.came_back) for call in calls} == {(1, CameBack.NO)}


def test_who_waits_again_has_come_back_when_they_entered():
    [call] = listed(gave_up(), floor=waits())
    assert (call.came_back, call.came_back_at) == (CameBack.WAITING, ago(3))


def test_somebody_else_who_waits_is_somebody_else():
    [call] = listed(gave_up(), floor=waits(OTHER))
    assert call.came_back is CameBack.NO


def test_who_called_again_and_was_answered_is_served():
    waiting = listed(gave_up(), floor=waits())
    [call] = listed(was_answered(), before=waiting)
    assert (call.came_back, call.came_back_at) == (CameBack.ANSWERED, NOON)


def test_who_was_answered_without_being_seen_waiting_is_served_too():
    [call] = listed(was_answered(), before=listed(gave_up()))
    assert call.came_back is CameBack.ANSWERED


def test_an_answer_before_they_gave_up_serves_nobody():
    [call] = listed(gave_up(seconds_ago=10), was_answered(seconds_ago=60))
    assert call.came_back is CameBack.NO


def test_who_gives_up_again_did_not_come_back_after_all():
    waiting = listed(gave_up(seconds_ago=90), floor=waits())
    first, second = listed(gave_up(key="1.9", seconds_ago=1), before=waiting)
    assert (first.came_back, second.came_back, second.attempts) == (CameBack.NO, CameBack.NO, 2)


def test_who_was_served_once_stays_served():
    served = listed(was_answered(), before=listed(gave_up()))
    [call] = listed(before=served, floor=waits())
    assert call.came_back is CameBack.ANSWERED


def test_a_new_day_begins_with_an_empty_list():
    calls = listed(gave_up(key="1.1", seconds_ago=120), gave_up(key="1.2", seconds_ago=30), day_begins_at=ago(60))
    assert [call.key for call in calls] == ["1.2"]
    assert calls[0].attempts == 1
    assert listed(before=calls, day_begins_at=NOON) == []


def test_the_newest_are_kept():
    calls = listed(
        *(gave_up(str(1000 + each), key=f"1.{each}", seconds_ago=500 - each) for each in range(MOST_OF_QUEUE + 5))
    )
    assert len(calls) == MOST_OF_QUEUE
    assert "1.0" not in {call.key for call in calls}
    assert calls[-1].key == f"1.{MOST_OF_QUEUE + 4}"


def test_a_large_queue_pushes_nobody_of_a_small_one_out():
    day = Day()
    day.see(replace(gave_up(seconds_ago=9999), queue="501"))
    day.crowd(MOST_OF_QUEUE + 5)
    assert Counter(call.queue for call in day.calls.values()) == {"500": MOST_OF_QUEUE, "501": 1}
    assert is_full(day.calls.values(), {"500", "501"})
    assert not is_full(day.calls.values(), {"501"})


def test_where_all_queues_have_too_many_each_gives_up_its_oldest():
    large = {str(queue): MOST_OF_QUEUE for queue in range(500, 515)}
    calls = [
        abandoned_call(f"{queue}-{place}", queue=queue, abandoned_at=ago(place + 1))
        for queue, count in ({"499": 3} | large).items()
        for place in range(count)
    ]
    kept = newest_of(calls)
    counts = Counter(call.queue for call in kept)
    assert len(kept) == MOST_ABANDONED
    assert counts.pop("499") == 3
    assert set(counts.values()) <= {133, 134}
    assert [call.abandoned_at for call in kept] == sorted(call.abandoned_at for call in kept)
    for each in large:
        assert is_full(kept, {each})
    assert not is_full(kept, {"499"}), "it has given nobody up"


def test_a_list_with_room_is_not_full():
    assert not is_full([], {"500"})
    assert not is_full([abandoned_call()], {"500"})
    assert not is_full([abandoned_call()], set())


def test_attempts_are_remembered_of_whom_the_list_has_no_place_any_more():
    day = Day()
    day.see(gave_up(key="1.1", seconds_ago=9999))
    day.see(gave_up(key="1.2", seconds_ago=9998))
    day.crowd()
    assert day.of() == []
    day.see(gave_up(key="1.3"))
    assert [call.attempts for call in day.of()] == [3]
    day.see(replace(gave_up(key="1.4"), queue="501"))
    assert [call.attempts for call in day.of()] == [3, 1], "each queue by itself"


def test_a_hidden_number_is_not_remembered():
    day = Day()
    day.see(gave_up(None, key="1.1", seconds_ago=9999))
    day.crowd()
    assert day.attempts.counts == {}


def test_on_a_new_day_nobody_has_given_up_yet():
    day = Day()
    day.see(gave_up(seconds_ago=9999))
    day.crowd()
    assert day.attempts.counts
    day.see(day_begins_at=ago(60))
    assert (day.calls, day.attempts.counts) == ({}, {})
    day.see(gave_up(), day_begins_at=ago(60))
    assert [call.attempts for call in day.of()] == [1]


def test_no_day_fills_the_memory():
    numbers = range(1000, 1000 + MOST_REMEMBERED + 1)
    attempts = Attempts(MIDNIGHT, {f"{number} 500": 1 for number in numbers}).beside(
        [abandoned_call(caller=caller("1000"), attempts=2)]
    )
    assert len(attempts.counts) == MOST_REMEMBERED
    assert attempts.of("1000", "500") == 2, "whose last time is the newest stays"
    assert attempts.of("1001", "500") == 0


def test_who_came_back_is_known_for_as_long_as_they_are_listed():
    day = Day()
    day.see(gave_up(seconds_ago=9999))
    day.see(was_answered(seconds_ago=9000))
    day.crowd(MOST_OF_QUEUE - 1)
    assert [call.came_back for call in day.of()] == [CameBack.ANSWERED]


def test_attempts_are_counted_in_each_queue_by_itself():
    events = (gave_up(key="1.1", seconds_ago=90), replace(gave_up(key="1.2", seconds_ago=60), queue="501"))
    calls = listed(*events, gave_up(key="1.3"))
    assert {call.key: call.attempts for call in calls} == {"1.1": 1, "1.2": 1, "1.3": 2}


def test_the_international_prefix_is_a_plus():
    [call] = listed(was_answered("0034600111222"), before=listed(gave_up("+34600111222")))
    assert call.came_back is CameBack.ANSWERED


def test_who_was_answered_before_it_was_clear_that_they_had_given_up_came_back():
    talks = agent(
        state=AgentState.ON_CALL, caller=caller(CARMEN, unique_id="2.2"), call_queue="500", state_since=ago(7)
    )
    [call] = listed(gave_up(), floor=snapshot(queues=[queue()], agents=[talks]))
    assert (call.came_back, call.came_back_at) == (CameBack.ANSWERED, ago(7))


def test_that_they_came_back_is_told_to_who_may_see_the_queue():
    elsewhere = replace(was_answered(seconds_ago=5), queue="501")
    [call] = listed(elsewhere, was_answered(), before=listed(gave_up()))
    assert (call.came_back, call.came_back_at) == (CameBack.ANSWERED, ago(5))
    assert seen_returns(call, {"500"}).came_back_at == NOON
    assert seen_returns(call, {"502"}).came_back is CameBack.NO
    assert seen_returns(call, {"500", "501"}) is call


def test_attempts_are_remembered_beyond_the_list():
    earlier = [gave_up(key=f"1.{each}", seconds_ago=900 - each) for each in range(MOST_OF_QUEUE + 5)]
    assert listed(*earlier)[-1].attempts == MOST_OF_QUEUE + 5


def test_the_same_unique_id_may_give_up_twice():
    calls = listed(gave_up(key="1.1"), before=listed(gave_up(key="1.1", seconds_ago=90)))
    assert [call.attempts for call in calls] == [1, 2]
    assert len({call.key for call in calls}) == 2


def test_a_key_that_is_taken_by_anothers_place_is_not_given_twice():
    calls = listed(
        *(gave_up(key=key, seconds_ago=9 - place) for place, key in enumerate(["1.1", "1.1 2", "1.1", "1.1"]))
    )
    assert [call.key for call in calls] == ["1.1", "1.1 2", "1.1 3", "1.1 4"]


def test_thousands_who_give_up_at_once_under_one_key_are_each_given_a_place_at_the_first_look():
    class Counted(str):
        """A key that counts how often places are made of it."""

        made = 0

        def __format__(self, spec: str) -> str:
            Counted.made += 1
            return super().__format__(spec)

    key = Counted("1.1")
    calls = listed(*(replace(gave_up(), queue=str(500 + each % 20), key=key) for each in range(MOST_ABANDONED)))
    assert len({call.key for call in calls}) == MOST_ABANDONED
    assert Counted.made <= 2 * MOST_ABANDONED


def test_attempts_of_thousands_who_give_up_at_once_are_each_looked_up_once(monkeypatch):
    asked = Counter[str]()

    def counting(caller: Caller) -> str | None:
        asked["number"] += 1
        return number_of(caller)

    monkeypatch.setattr(abandoned, "number_of", counting)
    count = 2000
    calls = listed(
        *(gave_up(str(1000 + each % 1000), key=f"1.{each}", seconds_ago=9000 - each) for each in range(count))
    )
    assert {call.attempts for call in calls} == {2}
    assert asked["number"] <= 4 * count, "a few times for each, not for each pair"


def test_without_news_the_list_stays_as_it_is():
    before = [abandoned_call("1.1"), abandoned_call("1.2", came_back=CameBack.ANSWERED, came_back_at=NOON)]
    assert sorted(listed(before=before), key=lambda call: call.key) == before


@settings(max_examples=50, deadline=None)
@given(
    st.lists(abandoned_calls(), max_size=4),
    st.lists(
        st.builds(
            Event,
            st.sampled_from(EventKind),
            st.sampled_from(QUEUE_KEYS),
            moments(),
            st.floats(0, 9000),
            st.sampled_from((*CALL_KEYS, "")),
            st.none() | callers(),
        ),
        max_size=5,
    ),
    snapshots(),
    moments(),
)
def test_whatever_happens_each_has_a_key_of_their_own_and_is_of_today(before, events, floor, day_begins_at):
    known = {call.key: call for call in before}
    calls, _ = with_events(known, Attempts(), events, floor, day_begins_at)
    assert all(key == call.key and call.abandoned_at >= day_begins_at for key, call in calls.items())
    assert len(calls) <= len(known) + len(events)
    assert all(call.attempts >= 1 for call in calls.values())

"""Counts that can be added."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.buckets import NOTHING, Bucket, Span, add, idle_key, queues_of_key
from tests.builders import NOON
from tests.spans import buckets

modest = settings(max_examples=50, deadline=None)


@modest
@given(buckets(), buckets(), buckets())
def test_the_order_in_which_they_are_added_does_not_matter(one, two, three):
    assert add(one, two) == add(two, one)
    assert add(add(one, two), three) == add(one, add(two, three))


@modest
@given(buckets())
def test_nothing_adds_nothing(bucket):
    assert add(bucket, NOTHING) == bucket
    assert add(NOTHING, bucket) == bucket
    assert bool(bucket) == (bucket != Bucket())


@modest
@given(buckets(), buckets())
def test_calls_are_the_sum_of_their_waits(one, two):
    both = add(one, two)
    assert both.offered == one.offered + two.offered
    assert both.answered == one.answered + two.answered
    assert both.abandoned == one.abandoned + two.abandoned
    assert both.flowed_out == one.flowed_out + two.flowed_out


def test_waits_of_the_same_second_are_counted_together():
    both = add(Bucket(answered_waits={3: 1, 5: 2}), Bucket(answered_waits={5: 1, 9: 1}))
    assert both.answered_waits == {3: 1, 5: 3, 9: 1}


def test_of_the_longest_waits_the_longer_is_kept():
    assert add(Bucket(longest_seconds=40.0), Bucket(longest_seconds=30.0)).longest_seconds == 40.0


def test_adding_changes_neither():
    one, two = Bucket(answered_waits={3: 1}), Bucket(answered_waits={3: 1})
    assert add(one, two).answered_waits == {3: 2}
    assert one.answered_waits == two.answered_waits == {3: 1}


def test_a_set_of_queues_is_one_word_in_whatever_order():
    assert idle_key(["501", "500"]) == idle_key(("500", "501"))
    assert queues_of_key(idle_key(["501", "500"])) == {"500", "501"}
    assert queues_of_key(idle_key([])) == frozenset()


@given(st.frozensets(st.text(min_size=1)))
def test_whatever_queues_are_called_their_set_is_read_back(queues):
    assert queues_of_key(idle_key(queues)) == queues


@pytest.mark.parametrize("queue", ["50 0", "50:0", " ", "%20", "50\t0"])
def test_a_space_in_an_extension_parts_no_queue_in_two(queue):
    assert queues_of_key(idle_key([queue, "501"])) == {queue, "501"}


def test_the_key_of_plain_extensions_is_what_it_was():
    """So that what was stored before is read by whoever comes after."""
    assert idle_key(["501", "500"]) == "500 501"


def test_a_span_ends_after_its_minutes():
    assert Span(NOON).ends_at == NOON + timedelta(minutes=1)
    assert Span(NOON, minutes=15).ends_at == NOON + timedelta(minutes=15)

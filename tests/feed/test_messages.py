"""What is encoded is what is decoded (design.md, law 2)."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.feed.messages import Stored, Unreadable, Update, field_of, spans, stored, updates
from eqboard.floor.buckets import Span
from eqboard.floor.changes import Delta, diff
from eqboard.floor.snapshot import Snapshot
from tests.builders import (
    HOSTILE_TEXTS,
    NOON,
    agent,
    caller,
    maybe,
    moments,
    queue,
    snapshot,
    snapshots,
    successions,
    waiting_call,
)
from tests.spans import answered, minute_spans, minutes_after, span

EPOCHS = st.text(min_size=1, max_size=20)
SEQS = st.integers(0, 2**63)


@settings(max_examples=30)
@given(EPOCHS, SEQS, moments(), successions(), maybe(moments()))
def test_an_update_survives_the_wire(epoch, seq, sent_at, floors, asking_since) -> None:
    update = Update(epoch, seq, sent_at, diff(*floors), asking_since)
    assert updates.decode(updates.encode(update)) == update


@settings(max_examples=30)
@given(EPOCHS, SEQS, moments(), snapshots(), maybe(moments()))
def test_a_whole_floor_survives_the_wire(epoch, seq, sent_at, floor, asking_since) -> None:
    held = Stored(epoch, seq, sent_at, floor, asking_since)
    assert stored.decode(stored.encode(held)) == held


@settings(max_examples=50)
@given(minute_spans(NOON))
def test_a_span_survives_the_wire(counted) -> None:
    assert spans.decode(spans.encode(counted)) == counted


@settings(max_examples=30)
@given(minute_spans(NOON), st.lists(moments(), max_size=3))
def test_an_update_carries_what_was_counted(counted, gone) -> None:
    update = Update("e", 2, NOON, spans=Delta({counted.begins_at: counted}, tuple(gone)))
    assert updates.decode(updates.encode(update)) == update


def test_half_a_character_in_a_queue_s_extension_keeps_no_count_from_being_sent() -> None:
    odd = Span(NOON, 1, {"5\ud800": answered(5)}, {"5\ud800": 1.0})
    assert list(spans.decode(spans.encode(odd)).queues.values()) == [answered(5)]
    update = Update("e", 2, NOON, spans=Delta({NOON: odd}, (minutes_after(-1),)))
    assert list(updates.decode(updates.encode(update)).spans.put) == [NOON]


def test_every_span_has_a_place_of_its_own() -> None:
    assert len({field_of(minutes_after(each)) for each in range(-3, 3)}) == 6


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"begins_at": "2026-03-02T12:00:00"}',
        b'{"begins_at": "2026-03-02T12:00:00Z", "minutes": "x"}',
    ],
)
def test_junk_is_no_span(data) -> None:
    with pytest.raises(Unreadable):
        spans.decode(data)


def test_an_update_of_the_version_before_there_were_counts_has_none() -> None:
    assert updates.decode(b'{"epoch": "e", "seq": 2, "sent_at": "2026-03-02T12:00:00Z"}') == Update("e", 2, NOON)


def test_a_minute_of_a_quiet_queue_is_small() -> None:
    assert len(spans.encode(span(bucket=answered(5)))) < 250


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_hostile_name_survives_the_wire_as_it_is(text) -> None:
    floor = snapshot(waiting=[waiting_call(text, caller=caller(text, name=text))], queues=[queue(text, name=text)])
    held = Stored("e", 1, NOON, floor)
    assert stored.decode(stored.encode(held)) == held


def test_what_stands_at_its_default_is_not_sent() -> None:
    assert stored.encode(Stored("e", 1, NOON, Snapshot())).count(b":") == 4 + 2  # four fields, and the colons of a time


def test_an_update_without_changes_is_small() -> None:
    assert len(updates.encode(Update("e" * 16, 10**6, NOON))) < 300


# Half a character: JSON texts may hold one as an escape, UTF-8 cannot


@given(st.text(st.characters()), st.text(st.characters(), min_size=1))
def test_no_text_whatever_keeps_the_floor_from_being_sent(name, key) -> None:
    floor = snapshot(queues=[queue(key, name=name)], agents=[agent(name=name)], waiting=[waiting_call(key)])
    for codec, message in (
        (stored, Stored("e", 1, NOON, floor)),
        (updates, Update("e", 1, NOON, diff(Snapshot(), floor))),
    ):
        assert codec.decode(codec.encode(message))


def test_half_a_character_becomes_a_question_mark_and_the_rest_stays() -> None:
    odd = snapshot(queues=[queue("5\ud800", name="Ana \udfff דנה")], agents=[agent(7)])
    even = snapshot(queues=[queue("5?", name="Ana ? דנה")], agents=[agent(7)])
    assert stored.decode(stored.encode(Stored("e", 1, NOON, odd))).snapshot == even


# Refusals

WHOLE = stored.encode(Stored("e", 1, NOON, snapshot(agents=[agent(7)])))
JUNK = (
    b"",
    b"1",
    b"null",
    b"[]",
    b"{}",
    b"not JSON",
    b"\xff\xfe\x00",
    WHOLE[: len(WHOLE) // 2],
    WHOLE + b"}",
    b'{"epoch": "e", "seq": "many", "sent_at": "2026-03-02T12:00:00Z", "snapshot": {}}',
    b'{"epoch": "e", "seq": 1, "sent_at": "yesterday", "snapshot": {}}',
    b'{"epoch": "e", "seq": 1, "sent_at": "2026-03-02T12:00:00Z", "snapshot": {"agents": {"seven": {}}}}',
    WHOLE.replace(b'"agents"', b'"agents":{"8":{"id":8,"name":"B","state":"levitating"}},"agents2"', 1),
    b"[" * 100_000,
)


@pytest.mark.parametrize("data", JUNK, ids=lambda data: data[:20].decode("latin-1"))
def test_junk_is_unreadable(data) -> None:
    with pytest.raises(Unreadable):
        stored.decode(data)


def test_a_whole_floor_is_no_update_and_an_update_is_no_whole_floor() -> None:
    with pytest.raises(Unreadable):
        stored.decode(updates.encode(Update("e", 1, NOON)))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_unreadable(data) -> None:
    for codec in (stored, updates):
        with suppress(Unreadable):
            codec.decode(data)


def test_what_is_unreadable_is_not_repeated_in_the_error() -> None:
    with pytest.raises(Unreadable) as caught:
        stored.decode(b'{"epoch": "e", "seq": "+34600111222"}')
    assert "600111222" not in str(caught.value)


def test_a_field_of_a_later_version_is_passed_over() -> None:
    held = Stored("e", 1, NOON + timedelta(seconds=1), snapshot(agents=[agent(7)]))
    assert stored.decode(stored.encode(held)[:-1] + b',"weather":"fine"}') == held


def test_a_moment_without_a_time_zone_is_not_ours() -> None:
    with pytest.raises(Unreadable):
        stored.decode(b'{"epoch": "e", "seq": 1, "sent_at": "2026-03-02T12:00:00", "snapshot": {}}')

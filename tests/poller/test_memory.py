"""Which of two floors is newer: told without a clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eqboard.feed.follow import Counts
from eqboard.feed.messages import Stored
from eqboard.feed.reader import Whole
from eqboard.floor.snapshot import Snapshot
from eqboard.poller.memory import Memory
from tests.builders import NOON
from tests.spans import history, span


def whole(epoch: str, seq: int) -> Whole:
    return Whole(Stored(epoch, seq, NOON, Snapshot()))


@pytest.fixture
def memory() -> Memory:
    """Of a poller that led after another, and has lost the lead."""
    memory = Memory()
    memory.see(whole("first", 900))
    memory.keep(whole("ours", 5))
    return memory


def test_what_another_leader_stored_is_newer(memory) -> None:
    memory.see(whole("next", 1))
    assert memory.newest == whole("next", 1)
    memory.see(whole("next", 2))
    assert memory.newest == whole("next", 2)


@pytest.mark.parametrize("found", [Whole(), whole("first", 900), whole("ours", 4), whole("ours", 5)])
def test_what_was_known_before_is_old(memory, found) -> None:
    memory.see(found)
    assert memory.newest == whole("ours", 5)


def test_a_word_that_was_stored_though_its_answer_was_lost_is_newer(memory) -> None:
    memory.see(whole("ours", 6))
    assert memory.newest == whole("ours", 6)


def test_no_clock_has_a_say(memory) -> None:
    for days in (-9, 9):
        found = replace(whole(f"next {days}", 1).stored, sent_at=NOON + timedelta(days=days))
        memory.see(Whole(found))
        assert memory.newest.stored == found


def test_who_knows_nothing_takes_what_is_there() -> None:
    memory = Memory()
    counts_alone = Whole(counts=Counts(history(span(0))))
    memory.see(counts_alone)
    assert memory.newest == counts_alone
    memory.see(whole("first", 1))
    assert memory.newest == whole("first", 1)


def test_epochs_that_follow_one_another_for_years_fill_no_memory(memory) -> None:
    for number in range(1000):
        memory.see(whole(str(number), 1))
    assert memory.newest == whole("999", 1)
    assert len(memory._epochs) == 100

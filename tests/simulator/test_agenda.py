"""The agenda: in order, within a bound, and without what was cancelled."""

import pytest

from eqboard.simulator.agenda import FEW_EVENTS, Agenda


@pytest.fixture
def done() -> list[str]:
    return []


def test_a_run_goes_no_further_than_the_events_it_may_take(done: list[str]) -> None:
    agenda = Agenda(100.0)
    for seconds in (1, 2, 3):
        agenda.after(seconds, lambda name=str(seconds): done.append(name))  # type: ignore[misc]
    assert not agenda.run_to(200, at_most=2)
    assert (done, agenda.now) == (["1", "2"], 102.0)
    assert agenda.run_to(200, at_most=2)
    assert (done, agenda.now) == (["1", "2", "3"], 200.0)


def test_a_run_of_just_as_many_events_as_it_may_take_arrives(done: list[str]) -> None:
    agenda = Agenda(100.0)
    agenda.after(1, lambda: done.append("1"))
    agenda.after(2, lambda: done.append("2")).cancel()
    assert agenda.run_to(200, at_most=1)
    assert (done, agenda.now) == (["1"], 200.0)


def test_cancelled_events_do_not_pile_up_and_the_others_keep_their_order(done: list[str]) -> None:
    agenda = Agenda(0.0)
    agenda.after(9, lambda: done.append("late"))
    for _ in range(3 * FEW_EVENTS):
        agenda.after(5, lambda: done.append("never")).cancel()
    agenda.after(1, lambda: done.append("soon"))
    assert len(agenda._events) <= FEW_EVENTS
    agenda.run_to(10)
    assert done == ["soon", "late"]

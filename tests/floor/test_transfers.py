"""A call that goes from one agent to another within its queue: answered once, and one call of two talks."""

import pytest

from eqboard.floor.buckets import Span, Tally
from eqboard.floor.counting import counted
from eqboard.floor.flow import EventKind
from eqboard.floor.formulas import reckon
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.snapshot import Snapshot
from tests.builders import NOON
from tests.floor.conftest import unix
from tests.floor.watcher import Row, Watcher, after, agent, call, caller, looked_once


@pytest.fixture
def watcher() -> Watcher:
    """Agent 7 has been on the call since the second second."""
    watcher = looked_once()
    watcher.see(calls=[caller(entered=1)], agents=[agent(), agent(id=8)])
    watcher.see(calls=[], agents=[on_call(7, 2), agent(id=8)])
    watcher.wait(97)
    return watcher


def on_call(id: int, since: float, **more: str) -> Row:
    return agent("onCall", call(**more), id=id, statusTime=unix(after(since)))


def free(id: int, since: float) -> Row:
    return agent(id=id, statusTime=unix(after(since)))


def talks_of(watcher: Watcher) -> list[tuple[str, int | None, float]]:
    kinds = (EventKind.TALKED, EventKind.TALKED_ON)
    return [(event.kind.value, event.agent, event.seconds) for event in watcher.events if event.kind in kinds]


def aht(watcher: Watcher) -> float | None:
    span = counted(Span(NOON), watcher.events, Snapshot(), Snapshot())
    return reckon(Metric.AHT, Tally(span.queues["500"]), Target()).value


def test_it_is_answered_once_and_the_talk_goes_on_at_the_other(watcher):
    watcher.see(agents=[free(7, 100), on_call(8, 100)])
    watcher.wait(49)
    watcher.see(agents=[free(7, 100), free(8, 150)])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]
    assert talks_of(watcher) == [("talked", 7, 98.0), ("talked_on", 8, 50.0)]
    assert aht(watcher) == 148.0, "of one call, however many people handled it"


def test_time_on_it_is_told_of_each_as_it_passes(watcher):
    """Both listen while one introduces the other: occupancy is of people."""
    watcher.see(agents=[on_call(7, 2), on_call(8, 100)])
    [before] = [event.seconds for event in watcher.told if event.kind is EventKind.HANDLED]
    watcher.see()
    [both] = [event.seconds for event in watcher.told if event.kind is EventKind.HANDLED]
    assert (before, both) == (1.0, 2.0)
    watcher.see(agents=[free(7, 102), on_call(8, 100)])
    watcher.see(agents=[free(7, 102), free(8, 103)])
    assert talks_of(watcher) == [("talked", 7, 100.0), ("talked_on", 8, 3.0)]


def test_out_of_the_parking_lot_it_is_the_same_call(watcher):
    lot = [{"uniqueId": "1.1", "channel": "SIP/1.1"}]
    for _ in range(30):
        watcher.see(agents=[free(7, 100), agent(id=8)], parked=lot)
    watcher.see(agents=[free(7, 100), on_call(8, 130, uniqueId="9.9")], parked=[])
    watcher.see(agents=[free(7, 100), free(8, 190)], seconds=60)
    assert [kind for kind, _, _ in talks_of(watcher)] == ["talked"]
    watcher.see()
    assert watcher.fates == ["offered", "answered"]


def test_who_waits_anew_and_is_answered_again_is_another_call(watcher):
    watcher.see(calls=[caller(entered=100)], agents=[free(7, 100), agent(id=8)])
    watcher.see(calls=[], agents=[free(7, 100), on_call(8, 101)])
    watcher.wait(8)
    watcher.see(agents=[free(7, 100), free(8, 110)])
    assert talks_of(watcher) == [("talked", 7, 98.0), ("talked", 8, 9.0)]
    assert watcher.fates == ["offered", "answered"] * 2


def test_a_first_talk_of_which_nobody_knows_the_beginning_leaves_the_call_to_the_second():
    """Else there would be seconds of a call that is none."""
    watcher = Watcher()
    watcher.see(agents=[agent("onCall", call()), agent(id=8)])
    watcher.see(agents=[free(7, 1), on_call(8, 1)])
    watcher.wait(8)
    watcher.see(agents=[free(7, 1), free(8, 10)])
    assert talks_of(watcher) == [("talked", 8, 9.0)]


def test_another_leader_knows_that_it_is_the_same_call(watcher):
    watcher.see(agents=[free(7, 100), on_call(8, 100)])
    watcher.hand_over()
    watcher.see(agents=[free(7, 100), free(8, 101)])
    assert [kind for kind, _, _ in talks_of(watcher)] == ["talked", "talked_on"]

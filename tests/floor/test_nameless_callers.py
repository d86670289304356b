"""EQ's list of callers tells neither unique ids nor channels, though its agents' calls have them: one call is one."""

from collections import Counter
from typing import Any

import pytest

from eqboard.floor.flow import EventKind
from eqboard.floor.flow.watch import handles
from eqboard.floor.snapshot import Caller
from tests.floor.conftest import unix
from tests.floor.watcher import Row, Watcher, after, agent, call, looked_once

CARMEN, OTHER = "+34600111222", "+34600333444"


def waits(number: str | None = CARMEN, *, queue: str = "500", entered: float = 1) -> Row:
    return {"queue": queue, "callerIdNumber": number, "enterTime": unix(after(entered))}


def talks(unique_id: str = "1.1", number: str | None = CARMEN, *, queue: str | None = "500", **more: Any) -> Row:
    return agent("onCall", call(unique_id, queue, callerIdNumber=number), **more)


@pytest.fixture
def watcher() -> Watcher:
    return looked_once()


def test_the_caller_of_that_number_is_answered_once(watcher):
    watcher.see(calls=[waits()])
    watcher.wait(10)
    watcher.see(calls=[], agents=[talks(statusTime=unix(after(11)))])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]
    [answered] = watcher.of(EventKind.ANSWERED)
    assert (answered.seconds, answered.agent, handles(answered.caller)) == (10.0, 7, ("1.1", "channel SIP/1.1"))


@pytest.mark.parametrize("number", ["0034 600-111-222", None], ids=["written otherwise", "hidden"])
def test_a_number_that_does_not_tell_them_apart_is_no_other(watcher, number):
    watcher.see(calls=[waits()])
    watcher.see(calls=[], agents=[talks(number=number)])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_who_stands_in_the_list_for_a_moment_longer_is_answered_once(watcher):
    watcher.see(calls=[waits()])
    watcher.see(agents=[talks()])
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


def test_an_agent_who_is_shown_later_answers_once(watcher):
    watcher.see(calls=[waits()])
    watcher.see(calls=[])
    watcher.see()
    watcher.see(agents=[talks(statusTime=unix(after(2)))])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"]


@pytest.mark.parametrize("other", [{"number": OTHER}, {"queue": "501"}], ids=["another number", "another queue"])
def test_somebody_else_is_somebody_else(watcher, other):
    watcher.see(calls=[waits()])
    watcher.see(agents=[talks(**other)])
    watcher.wait()
    assert watcher.fates == ["offered", "offered", "answered"], "who came and went unseen"
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates[-1] == "abandoned"


def test_a_call_of_long_before_is_not_theirs():
    watcher = Watcher()
    watcher.see(calls=[waits(entered=-20)], agents=[talks(statusTime=unix(after(-600)))])
    watcher.wait(20)
    watcher.see(calls=[])
    watcher.wait()
    assert watcher.fates == ["offered", "abandoned"]


def test_of_several_with_one_number_each_counts_once(watcher):
    """Who came first is thought to be answered; it was the other, and the first is answered later."""
    watcher.see(calls=[waits(None, entered=1)])
    watcher.see(calls=[waits(None, entered=1), waits(None, entered=5)], seconds=5)
    watcher.see(agents=[talks("1.2", None)])
    watcher.see(calls=[waits(None, entered=1)])
    watcher.wait()
    watcher.see(calls=[], agents=[talks("1.2", None), talks("1.1", None, id=8)])
    watcher.wait()
    assert Counter(watcher.fates) == {"offered": 2, "answered": 2}


def test_who_gives_up_beside_one_of_the_same_number_gives_up_once(watcher):
    watcher.see(calls=[waits(entered=1)])
    watcher.see(calls=[waits(entered=1), waits(entered=5)], seconds=5)
    watcher.see(calls=[waits(entered=5)], agents=[talks()])
    watcher.see(calls=[])
    watcher.wait()
    assert Counter(watcher.fates) == {"offered": 2, "answered": 1, "abandoned": 1}


def test_who_rejoins_the_queue_after_parking_is_answered_again(watcher):
    watcher.see(calls=[waits()])
    watcher.see(calls=[], agents=[talks()])
    lot = [{"uniqueId": "1.1", "channel": "SIP/1.1", "callerIdNumber": CARMEN}]
    for _ in range(9):
        watcher.see(agents=[agent()], parked=lot)
    watcher.see(calls=[waits(entered=12)], parked=[])
    watcher.wait(9)
    watcher.see(agents=[agent("ringing", call("1.1", callerIdNumber=CARMEN))])
    watcher.see(calls=[], agents=[talks()])
    watcher.wait()
    assert watcher.fates == ["offered", "answered"] * 2


def test_a_call_that_is_handed_on_is_not_who_waits_with_the_same_number(watcher):
    watcher.see(calls=[waits()])
    watcher.see(calls=[], agents=[talks(), agent(id=8)])
    watcher.see(calls=[waits(entered=3)])
    watcher.wait(20)
    watcher.see(agents=[agent(), talks(id=8)])
    watcher.wait()
    assert watcher.fates == ["offered", "answered", "offered"]


def test_who_was_sent_to_somebody_outside_the_queue_was_stolen(watcher):
    outsider = talks(queue=None, id=9) | {"queue": "501"}
    watcher.see(calls=[waits()], agents=[agent(), agent(id=9, queue="501")])
    watcher.see(calls=[], agents=[agent(), outsider])
    watcher.wait()
    assert watcher.fates == ["offered", "stolen"]


def test_after_a_gap_the_number_must_tell(watcher):
    watcher.see(calls=[waits(None)])
    watcher.see(100, calls=[], agents=[talks(statusTime=unix(after(21)))])
    watcher.wait()
    assert watcher.fates == ["offered", "unresolved"]
    watcher = looked_once()
    watcher.see(calls=[waits()])
    watcher.see(100, calls=[], agents=[talks(statusTime=unix(after(21)))])
    assert watcher.fates == ["offered", "answered"]


def test_a_talk_of_theirs_is_known_by_the_call(watcher):
    watcher.see(calls=[waits()])
    watcher.see(calls=[], agents=[talks()])
    [talk] = watcher.watch.talks.values()
    assert talk.handles == handles(Caller("1.1", "SIP/1.1", None, None))
    watcher.see(agents=[talks("1.2", OTHER)])
    watcher.wait()
    assert Counter(watcher.fates) == {"offered": 2, "answered": 2}, "another call, right after the first"

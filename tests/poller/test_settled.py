"""Whether a round has to be put together anew, or is the last one, only younger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eqboard.eq.wire import Rows
from eqboard.floor.assemble import Answers, Names
from eqboard.floor.snapshot import Part, Snapshot, Trouble
from eqboard.poller.settled import HOLDS_FOR, Settled
from tests.builders import NOON, agent, ago, queue, snapshot, source

AGENTS, CALLS = Rows(()), Rows(())  # not the same, though equal
SAID = Answers(agents=AGENTS, calls=CALLS, asked_at={Part.AGENTS: NOON, Part.CALLS: NOON})
NAMES = Names(agents={}, queues={"500": "Sales"})
FLOOR = snapshot(queues=[queue("500")], agents=[agent(7)])


@pytest.fixture
def settled() -> Settled:
    """The same answers have made nothing new of the floor."""
    settled = Settled()
    settled.note(SAID, NAMES, 0.0, NOON, FLOOR, replace(FLOOR, sources=snapshot(sources=[source()]).sources))
    return settled


def test_at_first_nothing_is_known() -> None:
    assert not Settled().holds(SAID, NAMES, 0.0, NOON)


def test_answers_that_made_nothing_new_will_do_so_again(settled) -> None:
    later = replace(SAID, asked_at=dict.fromkeys(SAID.asked_at, NOON + timedelta(seconds=1)))
    assert settled.holds(later, replace(NAMES, queues=dict(NAMES.queues)), 0.0, NOON + timedelta(seconds=1))


@pytest.mark.parametrize(
    "other",
    [
        replace(SAID, agents=Rows(())),
        replace(SAID, calls=Rows((), ("a row makes no sense",))),
        replace(SAID, calls=Trouble.BROKEN),
        replace(SAID, asked_at={Part.AGENTS: NOON}),
        replace(SAID, parked=Rows(()), asked_at={**SAID.asked_at, Part.PARKED: NOON}),
    ],
    ids=("equal rows of another answer", "odd rows", "a failure", "fewer parts", "more parts"),
)
def test_other_answers_are_put_together(settled, other) -> None:
    assert not settled.holds(other, NAMES, 0.0, NOON)


def test_so_are_the_same_with_another_name_or_by_another_clock(settled) -> None:
    assert not settled.holds(SAID, replace(NAMES, queues={"500": "Orders"}), 0.0, NOON)
    assert not settled.holds(SAID, NAMES, 3.0, NOON)


def test_so_are_the_same_after_a_while(settled) -> None:
    assert not settled.holds(SAID, NAMES, 0.0, NOON + HOLDS_FOR)


def test_a_failure_is_never_settled() -> None:
    settled, failed = Settled(), replace(SAID, calls=Trouble.BROKEN)
    settled.note(failed, NAMES, 0.0, NOON, FLOOR, FLOOR)
    assert not settled.holds(failed, NAMES, 0.0, NOON)


def test_each_kind_of_round_is_known_apart(settled) -> None:
    all_parts = replace(SAID, parked=Rows(()), asked_at={**SAID.asked_at, Part.PARKED: NOON})
    settled.note(all_parts, NAMES, 0.0, NOON, FLOOR, FLOOR)
    assert settled.holds(all_parts, NAMES, 0.0, NOON)
    assert settled.holds(SAID, NAMES, 0.0, NOON)


@pytest.mark.parametrize(
    "after",
    [
        snapshot(queues=[queue("500")], agents=[agent(7), agent(8)]),
        snapshot(queues=[queue("500", missing_since=ago(1))], agents=[agent(7)]),
        snapshot(queues=[queue("500")], agents=[agent(7, missing_since=ago(1))]),
    ],
    ids=("somebody came", "a queue is missing", "somebody is missing"),
)
def test_once_a_floor_is_another_or_about_to_be_nothing_is_settled(settled, after: Snapshot) -> None:
    settled.note(replace(SAID, agents=Rows(())), NAMES, 0.0, NOON, FLOOR, after)
    assert not settled.holds(SAID, NAMES, 0.0, NOON)


def test_who_is_missing_all_the_while_is_not_settled_either() -> None:
    settled, floor = Settled(), snapshot(agents=[agent(7, missing_since=ago(1))])
    settled.note(SAID, NAMES, 0.0, NOON, floor, floor)
    assert not settled.holds(SAID, NAMES, 0.0, NOON)


def test_what_is_forgotten_does_not_hold(settled) -> None:
    settled.forget()
    assert not settled.holds(SAID, NAMES, 0.0, NOON)

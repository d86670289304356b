"""Boards for whoever may not see who calls, in some queues or in any; and buttons on the agents that a team names."""

import dataclasses

import pytest

from eqboard.accounts.access import LEAD, NOTHING, SEE_NUMBERS, Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards.fragments import whole
from eqboard.boards.health import Health
from eqboard.boards.parts.calls import waiting
from eqboard.boards.scene import Hands
from eqboard.floor.masking import MaskedNumbers
from tests.boards.painting import audience, paint
from tests.boards.past import scene
from tests.builders import (
    abandoned_call,
    agent,
    caller,
    conference,
    membership,
    parked_call,
    participant,
    queue,
    snapshot,
    waiting_call,
)

NUMBERS = frozenset({SEE_NUMBERS})
OF_500, OF_501, EVERY = frozenset({"500"}), frozenset({"501"}), None
SALES, SUPPORT = "+34600555777", "+34611888999"  # who calls 500, who calls 501


def rights(*grants: tuple[frozenset[str] | None, frozenset[str]]) -> Rights:
    return Rights(frozenset(Grant(queues, actions) for queues, actions in grants))


def floor():
    """In each of two queues one number is everywhere: it waits, gave up, talks, is parked and confers."""
    people, calls, gone, lots, rooms = [], [], [], [], []
    for key, (name, number) in enumerate({"500": SALES, "501": SUPPORT}.items(), start=7):
        who = caller(number, unique_id=f"{number}.1", channel=f"Local/{number}@x;1", name=f"Caller {number}")
        people.append(agent(key, memberships=(membership(name),), caller=who, call_queue=name))
        calls.append(waiting_call(f"{number}.1", queue=name, caller=who))
        gone.append(abandoned_call(f"{number}.2", queue=name, caller=who, attempts=3))
        lots.append(parked_call(f"{number}.3", caller=who, parked_by=f"2{key:02}"))
        inside = (participant(f"2{key:02}"), participant(caller=who))
        rooms.append(conference(f"90{key}", participants=inside))
    shown = snapshot(
        queues=[queue("500"), queue("501", name="Support")],
        agents=people,
        waiting=calls,
        parked=lots,
        conferences=rooms,
    )
    return dataclasses.replace(shown, abandoned={each.key: each for each in gone})


def page_of(who: Rights, ref: str = "supervisor", **chosen) -> str:
    chosen = {"numbers": MaskedNumbers.SHOWN} | chosen  # the ready wall shows last digits alone
    return whole(paint(floor(), Health(), audience(ref=ref, rights=who, **chosen)))


def told_on(page: str) -> set[str]:
    """Whose numbers stand on it, or the last four digits of them."""
    return {number for number in (SALES, SUPPORT) if number[-4:] in page}


@pytest.mark.parametrize("ref", ["floor", "supervisor", "tv"])
@pytest.mark.parametrize(
    ("who", "told"),
    [
        (EVERYTHING, {SALES, SUPPORT}),
        (rights((EVERY, frozenset())), set()),
        (rights((EVERY, LEAD - NUMBERS)), set()),
        (rights((EVERY, frozenset()), (OF_501, NUMBERS)), {SUPPORT}),
        (rights((OF_500 | OF_501, frozenset()), (OF_500, LEAD)), {SALES}),
        (rights((OF_500, NUMBERS), (OF_501, frozenset())), {SALES}),
        (rights((OF_500, NUMBERS)), {SALES}),
        (rights((OF_500, NUMBERS), (OF_501, NUMBERS)), {SALES, SUPPORT}),
        (NOTHING, set()),
    ],
)
def test_a_page_tells_numbers_only_of_queues_in_which_one_may_see_them(ref, who, told):
    assert told_on(page_of(who, ref)) == told


@pytest.mark.parametrize("numbers", MaskedNumbers)
def test_a_board_never_tells_more_than_ones_rights(numbers):
    assert told_on(page_of(rights((EVERY, frozenset())), numbers=numbers)) == set()
    told = told_on(page_of(rights((EVERY, frozenset()), (OF_501, NUMBERS)), numbers=numbers))
    assert told == ({SUPPORT} if numbers is MaskedNumbers.SHOWN else set())


def test_a_board_of_one_queue_tells_no_more_than_a_board_of_all():
    """The agent serves both queues; which of them the parked caller came from is told by nobody."""
    both = agent(7, memberships=(membership("500"), membership("501")))
    shown = snapshot(
        queues=[queue("500"), queue("501")], agents=[both], parked=[parked_call(caller=caller(SALES, name=None))]
    )
    who = rights((OF_500, frozenset()), (OF_501, NUMBERS))
    for queues in (None, ("501",)):
        page = whole(paint(shown, Health(), audience(ref="supervisor", rights=who, queues=queues)))
        assert "Unknown caller" in page
        assert told_on(page) == set()


@pytest.mark.parametrize(
    "who", [EVERYTHING, rights((EVERY, frozenset())), rights((EVERY, frozenset()), (OF_501, NUMBERS))]
)
def test_how_often_a_caller_gave_up_is_known_of_veiled_ones_too(who):
    rows = [row for _key, row in waiting(scene(floor(), audience(ref="supervisor", rights=who)))]
    assert [row.gave_up_count for row in rows] == [3, 3]


# A team that names agents


@pytest.mark.parametrize(("named", "may"), [(None, True), ({7}, True), ({8}, False), (set(), False)])
def test_a_button_is_there_for_the_agents_whom_the_team_names(named, may):
    grant = Grant(OF_500, frozenset({"agent.pause"}), None if named is None else frozenset(named))
    hands = Hands(Rights(frozenset({grant})), floor())
    assert ("agent.pause" in hands.on(7)) is may

"""Who is in is checked when something of theirs may have changed, and now and then anyway."""

import asyncio
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime

import pytest
from django.db import OperationalError

from eqboard.live import doorkeeper
from eqboard.live.doorkeeper import CHECK_ANYWAY_SECONDS, Doorkeeper, Guest
from eqboard.live.standing import Standing, Visitor
from tests.feed.following import until

LEAD, VIEWER, WALL = Visitor("one", 1), Visitor("two", 2), Visitor(screen="hash")


@dataclass
class House:
    """A doorkeeper whose looks find what the test says, at a time that the test says."""

    standing: Standing = field(
        default_factory=lambda: Standing(
            "all", {1: "lead", 2: "viewer"}, screens={"hash": "front"}, sessions=frozenset(("one", "two"))
        )
    )
    now: float = 0.0
    checked: list[Visitor] = field(default_factory=list)
    looks: int = 0
    noted: list[set[str]] = field(default_factory=list)
    may_write: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.doorkeeper = Doorkeeper(clock=lambda: self.now)

    def comes(self, visitor: Visitor) -> Guest:
        async def check() -> None:
            self.checked.append(visitor)

        guest = Guest(visitor, check)
        self.doorkeeper.admit(guest)
        return guest

    async def look(self, *args: object) -> Standing:
        self.looks += 1
        return self.standing

    async def note(self, screens: set[str], now: datetime) -> None:
        self.noted.append(screens)
        await self.may_write.wait()

    async def after_a_look(self) -> list[Visitor]:
        """Who was checked since the last time."""
        looks = self.looks
        await until(lambda: self.looks > looks + 1)  # the first may be under way
        checked, self.checked = self.checked, []
        return sorted(checked, key=lambda each: str(astuple(each)))


@pytest.fixture
def house(monkeypatch) -> House:
    house = House()
    monkeypatch.setattr(doorkeeper, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(doorkeeper, "aread_standing", house.look)
    monkeypatch.setattr(doorkeeper, "anote_seen", house.note)
    return house


async def ends(house: House) -> None:
    """Nobody is in any more, and nobody looks."""
    house.doorkeeper._guests.clear()
    await until(lambda: house.doorkeeper._watching is None)


async def test_whoever_has_come_is_checked_once(house) -> None:
    for each in (LEAD, VIEWER, WALL):
        house.comes(each)
    assert await house.after_a_look() == sorted((LEAD, VIEWER, WALL), key=lambda each: str(astuple(each)))
    assert await house.after_a_look() == []
    await ends(house)


async def test_whoever_comes_later_is_checked_once_though_nothing_seems_to_have_changed(house) -> None:
    """They may have been given a right since the look before they came, and lost it before the one after."""
    house.comes(WALL)
    await house.after_a_look()
    house.comes(LEAD)
    assert await house.after_a_look() == [LEAD]
    assert await house.after_a_look() == []
    await ends(house)


async def test_whoever_comes_while_somebody_looks_is_checked_at_the_next_look(house, monkeypatch) -> None:
    """Of their session that look has not asked."""
    house.comes(LEAD)
    await house.after_a_look()

    async def look(visitors: set[Visitor], now: datetime) -> Standing:
        if house.looks == looks:
            house.comes(VIEWER)
        sessions = frozenset(each.session for each in visitors)
        return replace(await house.look(), sessions=sessions)

    looks = house.looks
    monkeypatch.setattr(doorkeeper, "aread_standing", look)
    assert await house.after_a_look() == [VIEWER]
    await ends(house)


async def test_that_screens_are_there_is_noted_while_everybody_is_looked_after(house) -> None:
    """It takes as long as others write; and then it is noted once, however long that was."""
    house.comes(WALL)
    house.comes(LEAD)
    assert await house.after_a_look() == sorted((LEAD, WALL), key=lambda each: str(astuple(each)))
    house.standing = replace(house.standing, everybody="other")
    assert await house.after_a_look() == sorted((LEAD, WALL), key=lambda each: str(astuple(each)))
    assert house.noted == [{"hash"}]
    house.may_write.set()
    await until(lambda: len(house.noted) > 1)
    await ends(house)


async def test_where_no_screen_is_nothing_is_noted(house) -> None:
    house.comes(LEAD)
    await house.after_a_look()
    assert house.noted == []
    await ends(house)


CHANGES = {
    "a team": ({"everybody": "other"}, [LEAD, VIEWER, WALL]),
    "somebody": ({"users": {1: "lead", 2: "other"}}, [VIEWER]),
    "a screen": ({"screens": {}}, [WALL]),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_who_is_concerned_by_a_change_is_checked_once(house, what) -> None:
    change, concerned = CHANGES[what]
    for each in (LEAD, VIEWER, WALL):
        house.comes(each)
    await house.after_a_look()
    house.standing = replace(house.standing, **change)
    assert await house.after_a_look() == sorted(concerned, key=lambda each: str(astuple(each)))
    assert await house.after_a_look() == []
    await ends(house)


async def test_whose_session_has_ended_is_checked_until_they_are_gone(house) -> None:
    guest = house.comes(LEAD)
    await house.after_a_look()
    house.standing = replace(house.standing, sessions=frozenset())
    assert LEAD in await house.after_a_look()
    assert LEAD in await house.after_a_look()
    house.doorkeeper.dismiss(guest)
    await ends(house)


async def test_everybody_is_checked_now_and_then_whatever_the_looks_find(house) -> None:
    house.comes(LEAD)
    await house.after_a_look()
    house.now += CHECK_ANYWAY_SECONDS
    assert await house.after_a_look() == []
    house.now += 1
    assert await house.after_a_look() == [LEAD]
    await ends(house)


async def test_a_check_that_the_database_did_not_answer_is_made_again(house) -> None:
    calls = 0

    async def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OperationalError

    house.doorkeeper.admit(Guest(LEAD, check))
    await until(lambda: calls == 2)
    await house.after_a_look()
    assert calls == 2
    await ends(house)


async def test_whoever_cannot_be_checked_keeps_nobody_else_from_it(house) -> None:
    async def fail() -> None:
        raise OperationalError

    for number in range(3):
        house.doorkeeper.admit(Guest(Visitor(str(number), number), fail))
    house.comes(LEAD)
    assert LEAD in await house.after_a_look()
    await ends(house)


async def test_a_check_that_hangs_is_the_last_of_the_next_round(house, monkeypatch) -> None:
    monkeypatch.setattr(doorkeeper, "ANSWER_SECONDS", 0.01)
    hangs = 0

    async def hang() -> None:
        nonlocal hangs
        hangs += 1
        await asyncio.Event().wait()

    house.doorkeeper.admit(Guest(Visitor("hanging", 7), hang))
    house.comes(LEAD)
    await until(lambda: hangs >= 2)
    assert house.checked.count(LEAD) == 1, "after the first that hung, before the second"
    await ends(house)


async def test_nobody_is_looked_after_when_nobody_is_in_and_then_again(house) -> None:
    guest = house.comes(LEAD)
    await house.after_a_look()
    house.doorkeeper.dismiss(guest)
    await until(lambda: house.doorkeeper._watching is None)
    house.comes(VIEWER)
    assert await house.after_a_look() == [VIEWER]
    await ends(house)


async def test_whoever_leaves_while_others_are_checked_is_not_checked(house) -> None:
    may_go_on = asyncio.Event()
    checked: list[str] = []

    async def wait(name: str) -> None:
        checked.append(name)
        await may_go_on.wait()

    guests = [Guest(Visitor(str(number), number), lambda name=str(number): wait(name)) for number in range(2)]
    for guest in guests:
        house.doorkeeper.admit(guest)
    await until(lambda: len(checked) == 1)
    [left] = [guest for guest in guests if guest.visitor.session not in checked]
    house.doorkeeper.dismiss(left)
    may_go_on.set()
    looks = house.looks
    await until(lambda: house.looks > looks)
    assert left.visitor.session not in checked
    await ends(house)

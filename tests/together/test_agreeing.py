"""Two web servers and two pollers, all real: whoever looks sees the same, at whichever server, whoever leads."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from eqboard.ops.bench.beats import numbers_in
from eqboard.ops.bench.sockets import Address, Socket
from eqboard.ops.bench.visitor import Visitor
from eqboard.ops.redis_server import make_private_folder
from tests import sentinels
from tests.boards.htmx import Shape, only, parse, receive, shape
from tests.e2e.stack import PASSWORD, Stack, answers, free_port, is_well
from tests.feed.following import until
from tests.sentinels import Watch
from tests.waiting import wait_until

PATIENCE_SECONDS = 90.0
PEOPLE = ("supervisor", "supervisor", "lead")  # who looks at each of the servers; one of them twice

Mark = tuple[str, int]
"""Whose update it was, and its number: the feed's epoch and seq."""


class Fleet(Stack):
    """Two of each that may be more than one."""

    def __init__(self, folder: Path, **environment: str) -> None:
        super().__init__(folder)
        self._environment |= environment
        self.ports = {"web": self.web_port, "web-2": free_port()}

    def start(self, name: str) -> None:
        if name != "web-2":
            super().start(name)
            return
        self._spawn(name, [sys.executable, "manage.py", "serve", "--port", str(self.ports[name])])
        wait_until(lambda: answers(f"http://127.0.0.1:{self.ports[name]}/sign-in/"), "the second web server listens")

    def start_all(self) -> None:
        self.start_missing()
        self.start("poller-2")
        wait_until(lambda: "standing by" in self.log_of("poller-2"), "the second poller stands by")
        self.start("web-2")
        self.calm()
        self.wait_until_well()


@dataclass
class Viewer:
    """What somebody's page at a server showed of each update; its line comes back by itself, as the page's does."""

    who: str
    where: str
    address: Address
    page: str
    shown: dict[Mark, Shape] = field(default_factory=dict)

    async def look(self) -> None:
        page = parse(self.page)
        while True:
            try:
                socket = await Socket.open(self.address)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            with closing(socket), suppress(OSError):
                await self._show(page, socket)

    async def _show(self, page: BeautifulSoup, socket: Socket) -> None:
        """Raises OSError when the line ends."""
        while True:
            message = await socket.read()
            receive(page, message.decode())
            if numbers_in(message) is not None:
                pulse = only(page, "pulse")
                self.shown[str(pulse["data-epoch"]), int(str(pulse["data-seq"]))] = shape(only(page, "screen"))


@contextmanager
def running(**environment: str) -> Iterator[Fleet]:
    folder = make_private_folder()
    fleet = Fleet(folder, **environment)
    try:
        fleet.manage("migrate", "-v0")
        fleet.manage("shell", "-v0", "-c", f"from eqboard.accounts.demo import *; create_demo_users('{PASSWORD}')")
        fleet.start_all()
        yield fleet
    finally:
        fleet.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with running() as fleet:
        yield fleet


@pytest.fixture
def watch() -> Iterator[Watch]:
    with sentinels.watch() as watch:
        yield watch


@pytest.fixture
def watched_fleet(watch: Watch) -> Iterator[Fleet]:
    """Redis is where the Sentinels say."""
    with running(EQBOARD_REDIS_URL=watch.url()) as fleet:
        yield fleet


async def viewers_of(fleet: Fleet) -> list[Viewer]:
    """Everybody at each server. They signed in at the first: people and sessions are in the database."""
    there: list[Viewer] = []
    for who in PEOPLE:
        person = Visitor(fleet.web_port)
        await person.sign_in(who, PASSWORD)
        for where, port in fleet.ports.items():
            visitor = Visitor(port, person.cookies)
            page = (await visitor.ask("GET", "/")).body
            there.append(Viewer(who, where, Address(port, await visitor.board_line(), visitor.cookie), page))
            await visitor.leave()
        await person.leave()
    return there


@asynccontextmanager
async def looking(fleet: Fleet) -> AsyncIterator[list[Viewer]]:
    there = await viewers_of(fleet)
    tasks = [asyncio.create_task(each.look()) for each in there]
    try:
        yield there
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(each) for each in ends} == {asyncio.CancelledError}, ends  # else a page met what it cannot show


def common(there: Iterable[Viewer]) -> set[Mark]:
    """The updates that all have shown."""
    return set.intersection(*(set(each.shown) for each in there))


def are_the_same(there: list[Viewer], mark: Mark) -> bool:
    """Whether everybody's page is that of all others who may see the same, element by element."""
    first = {each.who: each.shown[mark] for each in there}
    return all(each.shown[mark] == first[each.who] for each in there)


async def all_agree(there: list[Viewer], name: str, *, after: Mark | None = None) -> Mark:
    """That of an update, of another leader than that of `after`, all show the same, with that caller."""

    def found() -> Mark | None:
        marks = (each for each in common(there) if after is None or each[0] != after[0])
        shows = (each for each in marks if all(name in str(viewer.shown[each]) for viewer in there))
        return next((each for each in shows if are_the_same(there, each)), None)

    await until(found, PATIENCE_SECONDS)
    mark = found()
    assert mark is not None
    return mark


async def beside(work: Callable[..., object], *words: object) -> None:
    """Pages are looked at meanwhile."""
    await asyncio.to_thread(work, *words)


async def test_all_viewers_agree_whichever_server_they_look_at_and_whoever_leads(fleet: Fleet) -> None:
    async with looking(fleet) as there:
        await beside(fleet.place_call, "500", "Ada First", "5550101")
        before = await all_agree(there, "Ada First")

        await beside(fleet.stop, "poller", signal.SIGKILL)  # the one that leads
        await beside(fleet.place_call, "500", "Bea Second", "5550102")
        after = await all_agree(there, "Bea Second", after=before)
        assert after[0] != before[0], "the other one leads"

        await beside(fleet.stop, "web-2")
        await beside(fleet.place_call, "500", "Cleo Third", "5550103")
        await all_agree([each for each in there if each.where == "web"], "Cleo Third")
        await beside(fleet.start, "web-2")
        assert (await all_agree(there, "Cleo Third"))[0] == after[0], "a web server is nothing to the pollers"


async def test_when_another_redis_becomes_the_master_all_viewers_agree_again(
    watched_fleet: Fleet, watch: Watch
) -> None:
    fleet = watched_fleet
    async with looking(fleet) as there:
        await beside(fleet.place_call, "500", "Ada First", "5550101")
        before = await all_agree(there, "Ada First")

        watch.first.kill()
        await beside(fleet.place_call, "500", "Bea Second", "5550102")
        await all_agree(there, "Bea Second", after=before)
    for port in fleet.ports.values():
        await until(partial(is_well, f"http://127.0.0.1:{port}/healthz"), PATIENCE_SECONDS)
    for secret in (sentinels.PASSWORD, sentinels.SENTINEL_PASSWORD):
        assert secret not in fleet.logs()

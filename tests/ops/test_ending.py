"""The real web server is told to end while EQ owes it an answer: that is awaited, and written down."""

import asyncio
import secrets
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from eqboard.ops.bench.buttons import leads_agents
from eqboard.ops.bench.house import SERVE, environment, running, until_well
from eqboard.ops.bench.processes import PretendServer, pretend_server
from eqboard.ops.bench.sockets import Address, Socket
from eqboard.ops.bench.visitor import Visitor
from eqboard.ops.redis_server import find_redis_server, redis_command
from eqboard.ops.showroom import HOST, MANAGE, listen, prepare_database, redis_folder

PATIENCE_SECONDS = 120
ANSWER_SECONDS = 1.5  # long enough to be told to end meanwhile; if that comes too late, the test is only easier
CROWD = 300  # of whom some are in, and most are not
SIZE = ("--scenario", "by_hand", "--queues", "2", "--agents", "8")


@dataclass(frozen=True)
class Site:
    web: subprocess.Popen[bytes]
    port: int
    eq: PretendServer
    password: str
    database: Path

    def steps(self) -> Sequence[str]:
        """How far it has come with the one action of the audit."""
        with closing(sqlite3.connect(self.database)) as database:
            return [step for (step,) in database.execute("SELECT step FROM control_auditentry ORDER BY id")]


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    key, password = secrets.token_urlsafe(16), secrets.token_urlsafe(12)
    with redis_folder() as folder, pretend_server(SIZE, key) as eq, listen(0) as listener:
        base = environment(folder, key, f"http://{HOST}:{eq.port}")
        prepare_database(base, password)
        number, port = listener.fileno(), listener.getsockname()[1]
        with (
            running("redis", redis_command(find_redis_server(), folder), base) as redis,
            running("poller", (*MANAGE, "poll"), base) as poller,
            running("web", (*SERVE, "--fd", str(number)), base, number) as web,
        ):
            await until_well(port, {"redis": redis, "poller": poller, "web": web})
            yield Site(web, port, eq, password, folder / "db.sqlite3")


async def test_what_was_asked_of_eq_is_written_down_before_the_end() -> None:
    async with site() as it:
        lead = Visitor(it.port)  # over one connection, which stays open
        await lead.sign_in("lead", it.password)
        agent, board = leads_agents(it.eq)[0], Address(it.port, await lead.board_line(), lead.cookie)
        latency = {"kind": "latency", "seconds": str(ANSWER_SECONDS), "path": "/call_queue_agent_action"}
        it.eq.order("POST", "faults", **latency)
        with closing(await Socket.open(board)) as screen:
            await screen.read()
            await lead.press(f"/agents/{agent}/pause/", {"queue": "all", "pause_code": ""})
            it.web.terminate()
            assert await asyncio.to_thread(it.web.wait, PATIENCE_SECONDS) == 0
        assert it.steps()[:2] == ["asked", "accepted"]
        await lead.leave()


async def test_those_who_are_just_being_let_in_keep_it_from_no_good_end() -> None:
    async with site() as it:
        lead = Visitor(it.port)
        await lead.sign_in("lead", it.password)
        board = Address(it.port, await lead.board_line(), lead.cookie)
        crowd = [asyncio.create_task(Socket.open(board)) for _ in range(CROWD)]
        await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
        it.web.terminate()
        assert await asyncio.to_thread(it.web.wait, PATIENCE_SECONDS) == 0
        for each in await asyncio.gather(*crowd, return_exceptions=True):
            if isinstance(each, Socket):
                each.close()
        await lead.leave()

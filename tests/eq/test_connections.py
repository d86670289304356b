"""The telephone over real connections: which are kept, and what a restart, silence or a cut costs whoever asks."""

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from eqboard.eq import EQ, TLS, EQBroken, EQUnreachable, Limits, Server

from .conftest import KEY

HOST = "127.0.0.1"
PATIENCE_SECONDS = 10.0
QUICK = Limits(read_seconds=PATIENCE_SECONDS, total_seconds=2 * PATIENCE_SECONDS, action_seconds=PATIENCE_SECONDS)


class Connection:
    """One of a server's connections: what was asked over it, and whether it answers."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.work = asyncio.current_task()
        self.asked: list[str] = []
        self.is_dead = False

    @property
    def is_open(self) -> bool:
        return not self.writer.is_closing()

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


Behaviour = Callable[[Connection], Awaitable[None]]


def answer(value: Any, **headers: str) -> bytes:
    body = json.dumps(value).encode()
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def well(connection: Connection) -> None:
    """Everything is answered with an empty list, and the connection kept."""
    await connection.send(answer([]))


class LittleEQ:
    """A real server on a port of its own, which can be stopped and started again until it is closed."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.connections: list[Connection] = []
        self.behaviour: Behaviour = well
        self._place = a_place()
        self.port = self._place.getsockname()[1]
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._starting = asyncio.Lock()

    @property
    def asked(self) -> list[str]:
        """The verbs of all requests."""
        return [verb for connection in self.connections for verb in connection.asked]

    @property
    def open(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.is_open]

    async def start(self) -> None:
        """Nothing happens when it runs already."""
        async with self._starting:
            if self._server is None:
                self._server = await asyncio.start_server(self._serve, HOST, self.port, ssl=self._tls, reuse_port=True)

    async def stop(self) -> None:
        """Whoever calls is refused from now on. The port is still its own."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.hang_up()

    async def close(self) -> None:
        """Stop it for good."""
        await self.stop()
        self._place.close()

    async def hang_up(self) -> None:
        """Close every connection, whatever is under way."""
        for connection in self.open:
            await connection.close()
            if connection.work:
                connection.work.cancel()

    def die_in_silence(self) -> None:
        """From now on the connections that are there answer nothing, and nobody can see it from outside."""
        for connection in self.open:
            connection.is_dead = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        self.connections.append(connection)
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) and not connection.is_dead:
                await reader.readexactly(content_length(head))
                connection.asked.append(head.partition(b" ")[0].decode())
                await self.behaviour(connection)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def a_place() -> socket.socket:
    """A port, held by a socket that does not listen: callers are refused as if there were none, and nobody else gets
    the port, not even as his own end of a connection. It can be listened at by `reuse_port`, which only we ask for.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind((HOST, 0))
    return place


def content_length(head: bytes) -> int:
    lines = (line.lower().partition(b":") for line in head.split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.001)


class Held:
    """Answers nobody until it is told to."""

    def __init__(self) -> None:
        self.count = 0
        self.release = asyncio.Event()

    async def __call__(self, connection: Connection) -> None:
        self.count += 1
        await self.release.wait()
        await well(connection)


@pytest.fixture
async def server():
    server = LittleEQ()
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def dial(server, slept):
    """Make a telephone to the server; it is hung up at the end. `while_asleep` runs in its pauses."""
    opened: list[EQ] = []

    def dial(*, while_asleep: Callable[[], Awaitable[None]] | None = None, **limits: Any) -> EQ:
        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if while_asleep:
                await while_asleep()

        url = f"http://{HOST}:{server.port}"
        opened.append(EQ(Server(url, SecretStr(KEY), replace(QUICK, **limits)), sleep=sleep))
        return opened[-1]

    yield dial
    for eq in opened:
        await eq.close()


async def keep_connections(server: LittleEQ, eq: EQ, count: int) -> None:
    """Have so many reads under way at once that so many connections are kept afterwards."""
    held = server.behaviour = Held()
    reads = [asyncio.create_task(eq.queued_calls.all()) for _ in range(count)]
    await until(lambda: held.count == count)
    held.release.set()
    await asyncio.gather(*reads)
    server.behaviour = well
    assert len(server.open) == count


# What is kept


async def test_reads_share_a_connection_that_is_kept(server, dial):
    eq = dial()
    for _ in range(5):
        await eq.queued_calls.all()
    assert [connection.asked for connection in server.connections] == [["GET"] * 5]


async def test_reads_side_by_side_keep_no_more_connections_than_requests_are_allowed(server, dial):
    eq = dial(concurrent_requests=3)
    for _ in range(3):
        await asyncio.gather(*(eq.queued_calls.all() for _ in range(12)))
    assert len(server.connections) <= 3
    assert len(server.asked) == 36


async def test_each_action_has_a_connection_of_its_own(server, dial):
    eq = dial()
    await eq.queued_calls.all()
    for agent in (7, 8):
        await eq.call_queue_agents.pause(agent=agent)
    await eq.queued_calls.all()
    assert [connection.asked for connection in server.connections] == [["GET", "GET"], ["POST"], ["POST"]]
    await until(lambda: server.open == server.connections[:1])


async def test_a_server_that_keeps_no_connection_is_asked_over_new_ones(server, dial, slept):
    async def once(connection: Connection) -> None:
        await connection.send(answer([], Connection="close"))
        await connection.close()

    server.behaviour = once
    eq = dial()
    for _ in range(3):
        await eq.queued_calls.all()
    assert [connection.asked for connection in server.connections] == [["GET"]] * 3
    assert slept == []


async def test_hanging_up_leaves_no_connection_open(server, dial):
    eq = dial()
    await keep_connections(server, eq, 3)
    await eq.close()
    await until(lambda: not server.open)


# After a restart


async def test_a_server_that_closes_idle_connections_costs_nothing(server, dial, slept):
    eq = dial()
    for _ in range(3):
        await keep_connections(server, eq, 3)
        await server.hang_up()
    await eq.call_queue_agents.pause(agent=7)
    assert server.asked == ["GET"] * 9 + ["POST"]
    assert slept == []


async def test_after_a_restart_reads_and_actions_succeed_at_once(server, dial, slept):
    eq = dial()
    await keep_connections(server, eq, 4)
    await server.stop()
    await server.start()
    await eq.call_queue_agents.pause(agent=7)
    await asyncio.gather(*(eq.queued_calls.all() for _ in range(4)))
    assert server.asked == ["GET"] * 4 + ["POST"] + ["GET"] * 4
    assert slept == []


async def test_of_connections_that_died_in_silence_none_costs_a_read_more_than_one_attempt(server, dial, slept):
    eq = dial()
    await keep_connections(server, eq, 4)
    server.die_in_silence()
    for number in range(1, 7):
        assert not await eq.queued_calls.all()
        assert len(slept) <= number
    assert len(slept) == 4, "each dead connection is found out once"
    assert server.asked == ["GET"] * 10


async def test_reads_side_by_side_over_dead_connections_all_succeed(server, dial, slept):
    eq = dial()
    await keep_connections(server, eq, 4)
    server.die_in_silence()
    outcomes = await asyncio.gather(*(eq.queued_calls.all() for _ in range(4)))
    assert [list(rows) for rows in outcomes] == [[]] * 4
    assert len(slept) == 4


async def test_an_action_never_meets_a_connection_that_died_in_silence(server, dial, slept):
    eq = dial()
    await keep_connections(server, eq, 4)
    server.die_in_silence()
    await eq.call_queue_agents.pause(agent=7)
    assert server.asked.count("POST") == 1
    assert slept == []


async def test_reads_under_way_during_a_restart_succeed_when_the_server_is_back(server, dial, slept):
    held = server.behaviour = Held()
    eq = dial(while_asleep=server.start)
    reads = [asyncio.create_task(eq.queued_calls.all()) for _ in range(4)]
    await until(lambda: held.count == 4)
    server.behaviour = well
    await server.stop()
    assert [list(rows) for rows in await asyncio.gather(*reads)] == [[]] * 4
    assert len(slept) == 4


async def test_an_action_under_way_during_a_restart_is_unknown_and_not_sent_again(server, dial):
    held = server.behaviour = Held()
    eq = dial(while_asleep=server.start)
    action = asyncio.create_task(eq.call_queue_agents.pause(agent=7))
    await until(lambda: held.count == 1)
    server.behaviour = well
    await server.stop()
    await server.start()
    with pytest.raises(EQUnreachable, match="connection to EQ was lost") as caught:
        await action
    assert caught.value.outcome_unknown
    await eq.queued_calls.all()
    assert server.asked == ["POST", "GET"]


async def test_while_nobody_listens_nothing_was_done_and_afterwards_all_is_well(server, dial):
    eq = dial()
    await eq.queued_calls.all()
    await server.stop()
    with pytest.raises(EQUnreachable, match=r"no connection to EQ$"):
        await eq.queued_calls.all()
    with pytest.raises(EQUnreachable, match=r"no connection to EQ$") as caught:
        await eq.call_queue_agents.pause(agent=7)
    assert not caught.value.outcome_unknown
    await server.start()
    assert not await eq.queued_calls.all()
    assert server.asked == ["GET", "GET"]


# Silence and cuts


async def test_a_server_that_never_answers_is_given_up_after_one_more_attempt(server, dial):
    server.behaviour = Held()
    eq = dial(read_seconds=0.05)
    with pytest.raises(EQUnreachable, match="does not answer in time"):
        await eq.queued_calls.all()
    assert [connection.asked for connection in server.connections] == [["GET"], ["GET"]]


async def test_an_action_that_is_never_answered_is_sent_once_and_unknown(server, dial):
    server.behaviour = Held()
    eq = dial(action_seconds=0.05)
    with pytest.raises(EQUnreachable, match="does not answer in time") as caught:
        await eq.call_queue_agents.pause(agent=7)
    assert caught.value.outcome_unknown
    assert server.asked == ["POST"]


CUTS = {
    "before the answer": b"",
    "in its head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "before its body": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
    "in its body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{",
    "in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[{",
    "between chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n",
}


def cut(data: bytes) -> Behaviour:
    async def behaviour(connection: Connection) -> None:
        await connection.send(data)
        await connection.close()

    return behaviour


@pytest.mark.parametrize("where", CUTS)
async def test_a_read_whose_answer_is_cut_off_is_read_again(server, dial, slept, where):
    async def mend() -> None:
        server.behaviour = well

    server.behaviour = cut(CUTS[where])
    assert not await dial(while_asleep=mend).queued_calls.all()
    assert (server.asked, len(slept)) == (["GET", "GET"], 1)


@pytest.mark.parametrize("where", CUTS)
async def test_an_action_whose_answer_is_cut_off_is_unknown(server, dial, where):
    server.behaviour = cut(CUTS[where])
    with pytest.raises(EQUnreachable, match="connection to EQ was lost") as caught:
        await dial().call_queue_agents.pause(agent=7)
    assert caught.value.outcome_unknown
    assert server.asked == ["POST"]


async def test_an_answer_whose_end_is_the_connections_own_is_whole_only_when_it_can_be_read(server, dial):
    """Without a length nobody can tell a cut from an end, but by what was said."""
    server.behaviour = cut(b'HTTP/1.1 200 OK\r\n\r\n[{"queue": "500"}]')
    assert [call.queue for call in await dial().queued_calls.all()] == ["500"]
    server.behaviour = cut(b'HTTP/1.1 200 OK\r\n\r\n[{"queue": "500"}, {"que')
    with pytest.raises(EQBroken, match="not JSON"):
        await dial().queued_calls.all()


async def test_what_comes_too_late_for_one_reader_is_not_taken_for_the_answer_to_the_next(server, dial):
    held = server.behaviour = Held()
    eq = dial()
    given_up = asyncio.create_task(eq.queued_calls.all())
    await until(lambda: held.count == 1)
    given_up.cancel()
    await asyncio.wait([given_up])
    held.release.set()

    async def later(connection: Connection) -> None:
        await connection.send(answer([{"queue": "501"}]))

    server.behaviour = later
    assert [call.queue for call in await eq.queued_calls.all()] == ["501"]


async def test_readers_that_were_given_up_hold_no_line(server, dial):
    held = server.behaviour = Held()
    eq = dial(concurrent_requests=2)
    given_up = [asyncio.create_task(eq.queued_calls.all()) for _ in range(5)]
    await until(lambda: held.count == 2)
    for task in given_up:
        task.cancel()
    await asyncio.wait(given_up)
    server.behaviour = well
    await asyncio.gather(*(eq.queued_calls.all() for _ in range(4)))
    assert all(task.cancelled() for task in given_up)


# Given up


ASK = {
    "a read": lambda eq: eq.queued_calls.all(),
    "an action": lambda eq: eq.call_queue_agents.pause(agent=7),
}


async def give_up(asked: asyncio.Task[Any], *, after_steps: int) -> None:
    """Cancel it after so many turns of the event loop, wherever it is then."""
    for _ in range(after_steps):
        await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])


@pytest.mark.parametrize("what", ASK)
async def test_whatever_is_given_up_at_whatever_moment_leaves_no_connection_behind(server, dial, what):
    eq = dial()
    for number in range(600):
        await give_up(asyncio.create_task(ASK[what](eq)), after_steps=number % 60)
    await ASK[what](eq)
    kept_count = 1 if what == "a read" else 0
    await until(lambda: len(server.open) == kept_count)
    assert len(eq._connections._open) == kept_count


@pytest.mark.parametrize("what", ASK)
async def test_what_is_given_up_twice_leaves_no_connection_behind_either(server, dial, what):
    """As by a server that is stopped: it cancels once more whoever takes long to end."""
    eq = dial()
    for number in range(300):
        asked = asyncio.create_task(ASK[what](eq))
        for _ in range(number % 30):
            await asyncio.sleep(0)
        for _ in range(4):
            asked.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([asked])
    await ASK[what](eq)
    await until(lambda: len(server.open) == (1 if what == "a read" else 0))


@pytest.mark.parametrize("what", ASK)
async def test_what_takes_too_long_leaves_no_connection_behind(server, dial, what):
    held = server.behaviour = Held()
    eq = dial(total_seconds=0.02, action_seconds=0.02, retry_count=0)
    for _ in range(20):
        with pytest.raises(EQUnreachable):
            await ASK[what](eq)
    held.release.set()  # the server finds out now who is still there
    await until(lambda: not server.open)


async def test_what_is_given_up_while_encryption_is_agreed_on_leaves_no_connection_behind(server):
    """The server is silent there: it waits for a request in plain text."""
    at = Server(f"https://{HOST}:{server.port}", SecretStr(KEY), QUICK, TLS(verify=False))
    async with EQ(at) as eq:
        for count in range(1, 6):
            asked = asyncio.create_task(eq.queued_calls.all())
            await until(lambda count=count: len(server.connections) == count)
            await give_up(asked, after_steps=50)
            await until(lambda: not server.open)


async def test_a_telephone_that_was_hung_up_is_of_no_use(server, dial):
    eq = dial()
    await eq.queued_calls.all()
    await eq.close()
    with pytest.raises(RuntimeError, match="hung up"):
        await eq.queued_calls.all()
    assert len(server.asked) == 1


async def test_hanging_up_ends_what_is_under_way(server, dial):
    held = server.behaviour = Held()
    eq = dial(retry_count=0)
    asked = asyncio.create_task(eq.queued_calls.all())
    await until(lambda: held.count == 1)
    await eq.close()
    await asyncio.wait([asked])
    assert isinstance(asked.exception(), EQUnreachable)
    held.release.set()
    await until(lambda: not server.open)


# What a redirect says


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["http:foo", "mailto:x", "x:y:z", "http://[::1", "//", "http://:99999/", "/ok", "::"])
async def test_an_action_that_is_sent_elsewhere_is_unknown_wherever_that_is(server, dial, status, where):
    async def elsewhere(connection: Connection) -> None:
        head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n"
        await connection.send(head.encode())

    server.behaviour = elsewhere
    with pytest.raises(EQBroken, match=f"status {status}$") as caught:
        await dial().call_queue_agents.pause(agent=7)
    assert caught.value.outcome_unknown
    assert server.asked == ["POST"]

"""The demo: Redis, a pretend EQ server, poller and web, started together in a world of their own.

Its database and its signing key live in .demo in the checkout and outlive a restart.
Its secrets reach the children through the environment, never through a command line, which `ps` shows to everyone.
"""

import asyncio
import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from eqboard.config import ROOT, SHORTEST_PASSWORD
from eqboard.ops.children import Family, Program, Terminal, die_with_parent
from eqboard.ops.probes import accepts, answers_ping, http_get
from eqboard.ops.redis_server import SOCKET_NAME, find_redis_server, make_private_folder, redis_command, socket_url

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
BACKLOG = 128
MOVING_SECONDS = 90.0
ASK_EVERY_SECONDS = 0.25
MANAGE = (sys.executable, str(ROOT / "manage.py"))


class DemoError(Exception):
    """The demo cannot run; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Wishes:
    """What the visitor may choose."""

    port: int
    password: str


def read_wishes(environ: Mapping[str, str]) -> Wishes:
    """PORT and DEMO_PASSWORD. Raises DemoError."""
    return Wishes(_port(environ.get("PORT", "")), _password(environ.get("DEMO_PASSWORD", "")))


def _port(text: str) -> int:
    if not text:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise DemoError(f"PORT must be a whole number from 1 to 65535, not {text!r}.")
    return int(text)


def _password(text: str) -> str:
    if not text:
        return secrets.token_urlsafe(9)
    if len(text) < SHORTEST_PASSWORD or not text.isprintable():
        raise DemoError(f"DEMO_PASSWORD must have {SHORTEST_PASSWORD} characters or more, all of them printable.")
    return text


def listen(port: int, backlog: int = BACKLOG) -> socket.socket:
    """Take the port for the web server, for as long as the demo runs. Raises DemoError.

    The server gets the socket itself. So nobody can come between, no other server's answer passes for its own, and
    whoever calls while it is being brought back has only to wait; there is room for `backlog` of them.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports that were just closed are free
    try:
        listener.bind((HOST, port))
        listener.listen(backlog)
    except OSError as error:
        listener.close()
        raise DemoError(_why_not(port, error)) from None
    return listener


def _why_not(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; choose another one: make demo PORT={port + 1 if port < 65535 else DEFAULT_PORT}"
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only; choose one from 1024 on: make demo PORT={DEFAULT_PORT}"
    return f"Port {port} cannot be used: {error.strerror}."


def free_port(wished: int = 0) -> int:
    """A port that nobody listens on at this moment: the wished one if it is such, else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports that were just closed are free
        try:
            probe.bind((HOST, wished))
        except (OSError, OverflowError):  # taken, for root only, or beyond 65535
            probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def open_folder(folder: Path) -> None:
    """Make the demo's folder, for this user only. Raises DemoError."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise DemoError(f"The demo needs to write to {folder}: {error.strerror}.") from None


@contextmanager
def sole_use(folder: Path, port: int) -> Iterator[None]:
    """Hold the folder; the lock goes with the process, however that ends. Raises DemoError if another has it."""
    with _private_file(folder / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"A demo runs in this checkout already, at {_first_line(lock)}: stop it first.") from None
        os.truncate(lock.fileno(), 0)
        lock.write(f"http://{HOST}:{port}/\n")
        lock.flush()
        yield


def signing_key(folder: Path) -> str:
    """Django's secret key, made at the first start and kept, so that sessions outlive a restart."""
    with _private_file(folder / "secret_key") as file:
        key = _first_line(file)
        if not key:
            key = secrets.token_urlsafe(64)
            file.write(key + "\n")
        return key


def _private_file(path: Path) -> TextIO:
    """Open for reading and writing, made if it is not there; only this user may read it. Raises DemoError."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DemoError(f"The demo needs to write to {path}: {error.strerror}.") from None
    return os.fdopen(number, "r+", encoding="utf-8")


def _first_line(file: TextIO) -> str:
    return file.readline().strip()


@contextmanager
def redis_folder() -> Iterator[Path]:
    """A place for Redis's socket, removed at the end."""
    folder = make_private_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def demo_environment(
    base: Mapping[str, str], *, folder: Path, redis_url: str, eq_url: str, secret_key: str, eq_key: str
) -> dict[str, str]:
    """The children's environment: the caller's, except for everything that would lead out of the demo.

    What is named here is set even to its default, as a `.env` in the checkout may say something else. Language, time
    zone and pace stay the caller's.
    """
    outside = {"DEMO_PASSWORD", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in base.items() if name not in outside} | {
        "DJANGO_SETTINGS_MODULE": "eqboard.settings",
        "PYTHONUNBUFFERED": "1",  # a line is shown when it is written
        "EQBOARD_EQ_URL": eq_url,
        "EQBOARD_EQ_KEY": eq_key,
        "EQBOARD_EQ_DIALECT": "",
        "EQBOARD_SIMULATOR_PASSWORD": "",
        "EQBOARD_REDIS_URL": redis_url,
        "EQBOARD_DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "EQBOARD_SECRET_KEY": secret_key,
        "EQBOARD_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "EQBOARD_HTTPS": "false",
        "EQBOARD_TRUST_PROXY": "false",
        "EQBOARD_DEBUG": "false",
    }


def programs(
    redis: tuple[str, ...],
    socket_path: Path,
    simulator_port: int,
    listener: socket.socket,
    environment: Mapping[str, str],
    simulation: tuple[str, ...] = (),
    password: str = "",
) -> tuple[Program, ...]:
    """Who is started, in this order: each needs the ones before it. `simulation`: further options of `simulate`;
    `password` opens its control page, and nobody else needs it.
    """
    web_port = listener.getsockname()[1]
    simulate = (*MANAGE, "simulate", "--host", HOST, "--port", str(simulator_port), *simulation)
    trained = {**environment, "EQBOARD_SIMULATOR_PASSWORD": password}
    serve = (*MANAGE, "serve", "--fd", str(listener.fileno()))

    async def web_answers() -> bool:
        return await http_get(HOST, web_port, "/healthz") is not None

    return (
        Program("redis", redis, environment, partial(answers_ping, socket_path), is_quiet=True),
        Program("simulator", simulate, trained, partial(accepts, HOST, simulator_port)),
        Program("poller", (*MANAGE, "poll"), environment),
        Program("web", serve, environment, web_answers, files=(listener.fileno(),)),
    )


def unwell(answer: tuple[int, bytes] | None) -> list[str]:
    """The parts that /healthz does not call well; empty when a board is moving."""
    if answer is None:
        return ["web"]
    status, body = answer
    if status == 200:
        return []
    try:
        parts = json.loads(body)
        return [name for name, part in parts.items() if isinstance(part, dict) and not part.get("ok")] or ["web"]
    except (ValueError, AttributeError):
        return ["web"]


async def until_moving(port: int) -> None:
    """Wait for a board that really moves. Raises DemoError after MOVING_SECONDS."""
    give_up_at = time.monotonic() + MOVING_SECONDS
    while missing := unwell(await http_get(HOST, port, "/healthz")):
        if time.monotonic() > give_up_at:
            raise DemoError(f"The board does not move after {MOVING_SECONDS:g} s: {', '.join(missing)} not well.")
        await asyncio.sleep(ASK_EVERY_SECONDS)


def prepare_database(environment: Mapping[str, str], password: str) -> None:
    """Tables and users, made by a process that sees only the demo's settings. Raises DemoError."""
    done = subprocess.run(  # noqa: S603 (every word of it is ours)
        (*MANAGE, "demo", "--prepare"),
        env={**environment, "DEMO_PASSWORD": password},
        cwd=ROOT,
        check=False,
        process_group=0,  # Ctrl-C comes to us, and we end it without a traceback on the screen
        preexec_fn=die_with_parent(),
    )
    if done.returncode:
        raise DemoError("The demo's database could not be made: see above.")


def run(environ: Mapping[str, str], folder: Path = ROOT / ".demo", simulation: tuple[str, ...] = ()) -> None:
    """The whole demo, until Ctrl-C. Raises DemoError, NoRedisServer, ChildrenError."""
    wishes = read_wishes(environ)
    executable = find_redis_server()
    open_folder(folder)
    with sole_use(folder, wishes.port), redis_folder() as place, listen(wishes.port) as listener:
        simulator_port, eq_key = free_port(wishes.port + 1), secrets.token_urlsafe(24)
        environment = demo_environment(
            environ,
            folder=folder,
            redis_url=socket_url(place),
            eq_url=f"http://{HOST}:{simulator_port}",
            secret_key=signing_key(folder),
            eq_key=eq_key,
        )
        started = programs(
            redis_command(executable, place),
            place / SOCKET_NAME,
            simulator_port,
            listener,
            environment,
            simulation,
            wishes.password,
        )
        terminal = Terminal(hidden=(eq_key, environment["EQBOARD_SECRET_KEY"], wishes.password))
        terminal.say("Preparing the demo's database …")
        try:
            prepare_database(environment, wishes.password)
        except DemoError as error:
            raise DemoError(f"{error} To begin afresh: rm -r {folder}") from None
        terminal.say(f"Starting {', '.join(program.name for program in started)} …")
        asyncio.run(Family(started, terminal).run(partial(announce, wishes, simulator_port, terminal)))


async def announce(wishes: Wishes, simulator_port: int, terminal: Terminal) -> None:
    """The last lines of the start, and only when they are true. Raises DemoError."""
    await until_moving(wishes.port)
    terminal.say(f"Training: http://{HOST}:{simulator_port}/ with the same password")
    terminal.say(f"Ready: http://{HOST}:{wishes.port}/ user: supervisor password: {wishes.password}")

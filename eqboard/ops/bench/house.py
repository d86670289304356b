"""The real thing for the length of a measurement: Redis, a pretend EQ, poller and web server, all of this machine.

Between EQ and those who ask it stand two ears, one for the poller and one for the web server.
"""

import asyncio
import os
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from eqboard.config import ROOT
from eqboard.ops.bench.measure import Skipped
from eqboard.ops.bench.overheard import Ear
from eqboard.ops.bench.processes import PretendServer, ServerFailed, before_exec, end, pretend_server
from eqboard.ops.children import describe_exit
from eqboard.ops.probes import http_get
from eqboard.ops.redis_server import NoRedisServer, find_redis_server, redis_command, socket_url
from eqboard.ops.showroom import HOST, MANAGE, demo_environment, listen, prepare_database, redis_folder, unwell

NOBODY = f"http://{HOST}:9"  # where an exchange would be of whom nothing is asked
POLL_SECONDS = 1.0
WELL_SECONDS = 90.0
ASK_EVERY_SECONDS = 0.25
SERVE = (*MANAGE, "serve")


@dataclass(frozen=True, slots=True)
class House:
    """`to_poller` hears what the poller asks of EQ, `to_web` what the web server does. Its people are the demo's, and
    have one password.
    """

    web_port: int
    eq: PretendServer
    to_poller: Ear
    to_web: Ear
    password: str = field(repr=False)
    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    children: Mapping[str, subprocess.Popen[bytes]]  # redis, poller, web 1 and so on
    web_ports: tuple[int, ...]


@asynccontextmanager
async def house(queues: int, agents: int, *, webs: int = 1, **settings: str) -> AsyncIterator[House]:
    """A call centre in which nothing happens by itself, until the block ends, however it does; `settings` beside our
    own, by their names in the environment. Raises Skipped where there is no Redis, ServerFailed or DemoError when a
    part does not come up.
    """
    redis, key = find_redis(), secrets.token_urlsafe(16)
    size = ("--scenario", "by_hand", "--queues", str(queues), "--agents", str(agents))
    with redis_folder() as folder, pretend_server(size, key) as eq, ExitStack() as started:
        async with Ear(eq.port).open() as to_poller, Ear(eq.port).open() as to_web:
            base = environment(folder, key, to_poller.url) | settings
            password = furnish(folder, base)
            children = {
                "redis": started.enter_context(running("redis", redis_command(redis, folder), base)),
                "poller": started.enter_context(running("poller", (*MANAGE, "poll"), base)),
            }
            ports = []
            for number in range(webs):
                listener = started.enter_context(listen(0))
                command, environ = (*SERVE, "--fd", str(listener.fileno())), base | {"EQBOARD_EQ_URL": to_web.url}
                children[f"web {number + 1}"] = started.enter_context(
                    running("web", command, environ, listener.fileno())
                )
                ports.append(int(listener.getsockname()[1]))
            for port in ports:
                await until_well(port, children)
            yield House(ports[0], eq, to_poller, to_web, password, folder, base, children, tuple(ports))


def furnish(folder: Path, environ: Mapping[str, str]) -> str:
    """A database with the demo's people in that folder; their password. Made once, and copied. Raises DemoError."""
    password, files = _furniture()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return password


@cache
def _furniture() -> tuple[str, Mapping[str, bytes]]:
    password = secrets.token_urlsafe(12)
    with redis_folder() as folder:
        prepare_database(environment(folder, secrets.token_urlsafe(16), NOBODY), password)
        return password, {each.name: each.read_bytes() for each in folder.glob("db.sqlite3*")}


def environment(folder: Path, key: str, eq_url: str) -> dict[str, str]:
    """The children's. Pace and language are not the caller's, as in the demo: figures are to be compared. They are
    patient: on a busy machine presses are late, and not to be refused for old numbers.
    """
    base = demo_environment(
        os.environ,
        folder=folder,
        redis_url=socket_url(folder),
        eq_url=eq_url,
        secret_key=secrets.token_urlsafe(64),
        eq_key=key,
    )
    return base | {
        "EQBOARD_POLL_SECONDS": str(POLL_SECONDS),
        "EQBOARD_STALE_AFTER_SECONDS": "30",
        "EQBOARD_CONFIRM_SECONDS": "30",
        "EQBOARD_ACT_WITHOUT_EQ_USER": "true",
        "EQBOARD_LANGUAGE": "en",
    }


@contextmanager
def running(
    name: str, command: Sequence[str], environ: Mapping[str, str], *files: int, cores: Iterable[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A child until the block ends; what it says is nobody's business. `files`: open ones that it gets from us;
    `cores`: those that it keeps to, if any are named.
    """
    with subprocess.Popen(  # noqa: S603 (every word of it is ours)
        tuple(command),
        env=environ,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C in the terminal reaches only us, and we end it
        preexec_fn=before_exec(cores),
        pass_fds=files,
    ) as process:
        try:
            yield process
        finally:
            end(process)


async def until_well(port: int, children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Wait for a board that moves. Raises ServerFailed when a child ends, or after WELL_SECONDS."""
    give_up_at = time.monotonic() + WELL_SECONDS
    while missing := unwell(await http_get(HOST, port, "/healthz")):
        for name, process in children.items():
            if process.poll() is not None:
                raise ServerFailed(f"The {name} did not start: {describe_exit(process.returncode)}.")
        if time.monotonic() > give_up_at:
            raise ServerFailed(f"The board does not move after {WELL_SECONDS:g} s: {', '.join(missing)} not well.")
        await asyncio.sleep(ASK_EVERY_SECONDS)


def find_redis() -> str:
    """Raises Skipped where there is none."""
    try:
        return find_redis_server()
    except NoRedisServer as reason:
        raise Skipped(str(reason)) from None

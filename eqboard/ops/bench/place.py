"""The product without an exchange: Redis, a web server, and floors that the benchmark publishes itself, as a poller."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from eqboard.feed.leader import Leadership
from eqboard.feed.publisher import Publisher
from eqboard.ops.bench.floors import Floors
from eqboard.ops.bench.house import NOBODY, SERVE, environment, find_redis, furnish, running
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address
from eqboard.ops.bench.visitor import looker_at
from eqboard.ops.children import describe_exit
from eqboard.ops.probes import answers_ping, http_get
from eqboard.ops.redis_server import SOCKET_NAME, redis_command, socket_url
from eqboard.ops.showroom import HOST, MANAGE, listen, redis_folder

LEASE_SECONDS = 3600.0
UP_SECONDS = 60.0
ASK_EVERY_SECONDS = 0.1
BACKLOG = 4096  # room for all who come at once; the system cuts it to what it allows
STOCK = (MANAGE[0], "-m", "daphne", "--verbosity", "0", "--websocket_connect_timeout", "60")


@dataclass(frozen=True, slots=True)
class Place:
    """Redis and a database with the demo's people, for one web server after the other."""

    folder: Path
    environ: Mapping[str, str]
    password: str = field(repr=False)
    cookies: dict[str, str] = field(default_factory=dict, repr=False)  # of whoever looks; they outlive a server

    @property
    def redis_url(self) -> str:
        return socket_url(self.folder)


@asynccontextmanager
async def place() -> AsyncIterator[Place]:
    """Raises Skipped where there is no Redis, ServerFailed or DemoError when it does not come up."""
    redis = find_redis()
    with redis_folder() as folder:
        environ = environment(folder, secrets.token_urlsafe(16), NOBODY)
        password = furnish(folder, environ)
        with running("redis", redis_command(redis, folder), environ):
            await until(lambda: answers_ping(folder / SOCKET_NAME), "Redis")
            yield Place(folder, environ, password)


class Poller:
    """Whoever publishes, in the poller's place."""

    def __init__(self, redis_url: str, floors: Floors) -> None:
        self.floors = floors
        self._publisher = Publisher(redis_url)
        self._leadership = Leadership(redis_url, LEASE_SECONDS)

    @asynccontextmanager
    async def leading(self) -> AsyncIterator["Poller"]:
        """Leads until the block ends. Raises ServerFailed when another does."""
        epoch = await self._leadership.acquire()
        if epoch is None:
            raise ServerFailed("Another poller leads.")
        self.floors.epoch = epoch
        try:
            yield self
        finally:
            await self._leadership.release(epoch)
            await self._leadership.close()
            await self._publisher.close()

    async def tell(self) -> int:
        """The next floor; its number."""
        update, stored = self.floors.next(datetime.now(UTC))
        await self._publisher.publish(update, stored)
        return update.seq


@dataclass(slots=True)
class Web:
    """A web server of the product, a floor that it shows, and where its board's socket is."""

    pid: int
    port: int
    address: Address
    poller: Poller

    def resize(self, agents: int) -> None:
        self.poller.floors.agents = agents

    async def tell(self) -> int:
        return await self.poller.tell()


@asynccontextmanager
async def web(
    stage: Place, frame_agents: int, *, is_stock: bool = False, cores: Sequence[int] = ()
) -> AsyncIterator[Web]:
    """`manage.py serve` with somebody signed in; `is_stock`: Daphne as it is, which knows nothing of pushing."""
    poller = Poller(stage.redis_url, Floors(frame_agents))
    async with poller.leading():
        await poller.tell()
        with listen(0, BACKLOG) as listener:
            number, port = listener.fileno(), int(listener.getsockname()[1])
            command = (
                (*STOCK, "--fd", str(number), "eqboard.asgi:application") if is_stock else (*SERVE, "--fd", str(number))
            )
            with running("web", command, stage.environ, number, cores=cores) as process:

                async def answers() -> bool:
                    if process.poll() is not None:
                        raise ServerFailed(f"The web server did not start: {describe_exit(process.returncode)}.")
                    return await http_get(HOST, port, "/healthz") is not None

                await until(answers, "The web server")
                yield Web(process.pid, port, await looker_at(port, stage.password, stage.cookies), poller)


async def until(is_so: Callable[[], Awaitable[bool]], who: str) -> None:
    """Raises ServerFailed when it is not so in time."""
    give_up_at = time.monotonic() + UP_SECONDS
    while not await is_so():
        if time.monotonic() > give_up_at:
            raise ServerFailed(f"{who} did not come up within {UP_SECONDS:g} s.")
        await asyncio.sleep(ASK_EVERY_SECONDS)

"""All that sends one text to many: the product, and the references beside which it is measured (references/).

Each is a process of its own, opened for one measurement. `tell` makes it send the next frame to everybody who is
connected, and the frames of all are alike: the same rows of a board, and a pulse with the frame's number.
"""

import asyncio
import importlib.util
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from eqboard.config import ROOT
from eqboard.ops.bench.floors import rows, text
from eqboard.ops.bench.house import running
from eqboard.ops.bench.measure import Skipped
from eqboard.ops.bench.place import BACKLOG, STOCK, Place, until, web
from eqboard.ops.bench.processes import ServerFailed, before_exec, end
from eqboard.ops.bench.sockets import Address
from eqboard.ops.probes import accepts
from eqboard.ops.showroom import HOST, listen

FLOOR, OURS, FALLBACK, LAYER = (
    "raw TCP floor",
    "eqboard",
    "eqboard, Daphne as it is",
    "Channels' layer, Daphne as it is",
)
UVICORN, WEBSOCKETS, IN_C = "an application on uvicorn", "websockets.broadcast", "C"
REFERENCES = "eqboard.ops.bench.references"
SOURCE = Path(__file__).parent / "references" / "broadcast.c"
ANSWER_SECONDS = 30.0
COMPILE_SECONDS = 60.0


class Server(Protocol):
    """`tell` has it send the next frame to everybody, and gives its number."""

    @property
    def pid(self) -> int: ...

    @property
    def address(self) -> Address: ...

    def resize(self, agents: int) -> None:
        """From the next frame on so many rows change in each."""

    async def tell(self) -> int: ...


Opening = Callable[[int, Sequence[int]], AbstractAsyncContextManager[Server]]
"""With so many changed agents in a frame, on these cores, if any are named."""


@dataclass(frozen=True, slots=True)
class Variant:
    """`boards`: who comes gets a board at once. `missing`: why it cannot be measured here, "" when it can."""

    name: str
    open: Opening
    boards: bool = False
    missing: str = ""


def variants(stage: Place, names: Sequence[str] = ()) -> list[Variant]:
    """Those of these names, in their order; all if none is given."""
    known: dict[str, tuple[Opening, Callable[[], str]]] = {
        FLOOR: (partial(reference, "floor"), _lacks),
        OURS: (partial(_web, stage, is_stock=False), _lacks),
        FALLBACK: (partial(_web, stage, is_stock=True), _lacks),
        LAYER: (partial(layer, stage), partial(_lacks, "channels_redis")),
        UVICORN: (partial(reference, "uvicorn_app"), partial(_lacks, "uvicorn", "websockets")),
        WEBSOCKETS: (partial(reference, "websockets_broadcast"), partial(_lacks, "websockets")),
        IN_C: (in_c, _lacks_c),
    }
    chosen = {name: known[name] for name in names or known}
    return [Variant(name, opens, name in (OURS, FALLBACK), lacks()) for name, (opens, lacks) in chosen.items()]


def _lacks(*packages: str) -> str:
    missing = [package for package in packages if not importlib.util.find_spec(package)]
    return f"{missing[0]} is not installed: .ci/setup bench" if missing else ""


def _lacks_c() -> str:
    try:
        compiled()
    except Skipped as reason:
        return str(reason)
    return ""


def _web(stage: Place, agents: int, cores: Sequence[int], *, is_stock: bool) -> AbstractAsyncContextManager[Server]:
    return web(stage, agents, is_stock=is_stock, cores=cores)


@dataclass(slots=True)
class Reference:
    """One of the small servers, told over its standard input."""

    process: subprocess.Popen[bytes]
    address: Address
    body: str
    seq: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def resize(self, agents: int) -> None:
        self.body = rows(agents)

    async def tell(self) -> int:
        self.seq += 1
        data = text(self.body, self.seq, self.seq, datetime.now(UTC)).encode()
        assert self.process.stdin is not None  # noqa: S101
        self.process.stdin.write(struct.pack("!I", len(data)) + data)
        self.process.stdin.flush()
        return self.seq


def reference(module: str, agents: int, cores: Sequence[int]) -> AbstractAsyncContextManager[Server]:
    return _reference((sys.executable, "-m", f"{REFERENCES}.{module}"), agents, cores)


def in_c(agents: int, cores: Sequence[int]) -> AbstractAsyncContextManager[Server]:
    return _reference((str(compiled()),), agents, cores)


@asynccontextmanager
async def _reference(command: Sequence[str], agents: int, cores: Sequence[int]) -> AsyncIterator[Server]:
    """Raises ServerFailed when it does not say where it listens."""
    with subprocess.Popen(  # noqa: ASYNC220, S603 (nothing else is going on; every word of it is ours)
        tuple(command),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
        preexec_fn=before_exec(cores),
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101
            said = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), ANSWER_SECONDS)
            if not said.strip().isdigit():
                raise ServerFailed(f"A reference did not start: {' '.join(command)}.")
            yield Reference(process, Address(int(said), "/", ""), rows(agents))
        except TimeoutError:
            raise ServerFailed(f"A reference did not start: {' '.join(command)}.") from None
        finally:
            end(process)


@dataclass(slots=True)
class Layer:
    """Told over Redis, by its own library."""

    pid: int
    address: Address
    body: str
    channel_layer: Any
    seq: int = 0

    def resize(self, agents: int) -> None:
        self.body = rows(agents)

    async def tell(self) -> int:
        self.seq += 1
        frame = text(self.body, self.seq, self.seq, datetime.now(UTC))
        await self.channel_layer.group_send("board", {"type": "board.frame", "text": frame})
        return self.seq


@asynccontextmanager
async def layer(stage: Place, agents: int, cores: Sequence[int]) -> AsyncIterator[Server]:
    from channels_redis.pubsub import RedisPubSubChannelLayer

    with listen(0, BACKLOG) as listener:
        number, port = listener.fileno(), int(listener.getsockname()[1])
        command = (*STOCK, "--fd", str(number), f"{REFERENCES}.layer:application")
        environ = {**stage.environ, "DJANGO_SETTINGS_MODULE": ""}
        with running("layer", command, environ, number, cores=cores) as process:
            await until(partial(accepts, HOST, port), "Channels' layer")
            channel_layer = RedisPubSubChannelLayer(hosts=[stage.redis_url])
            try:
                yield Layer(process.pid, Address(port, "/", ""), rows(agents), channel_layer)
            finally:
                await channel_layer.flush()


@cache
def compiled() -> Path:
    """The reference in C, for as long as we run. Raises Skipped where there is no compiler, or it does not do it."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Skipped("there is no C compiler (cc) here")
    try:
        folder = tempfile.TemporaryDirectory(prefix="eqboard-")
        kept.append(folder)
        program = Path(folder.name) / "broadcast"
        words = (compiler, "-O2", "-o", str(program), str(SOURCE))
        subprocess.run(words, capture_output=True, check=True, timeout=COMPILE_SECONDS)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        raise Skipped("the C compiler does not compile the reference") from None
    return program


kept: list[tempfile.TemporaryDirectory[str]] = []
"""Removed when we end."""

"""A master, its replica and a Sentinel who watches them, all three real and with passwords, on ports of their own."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from redis import Redis
from redis.exceptions import RedisError

from eqboard.ops.redis_server import find_redis_server, make_private_folder, redis_command
from tests.e2e.stack import free_port
from tests.waiting import PATIENCE_SECONDS, wait_until

PASSWORD = "canary-of-redis-51c7"
SENTINEL_PASSWORD = "canary-of-sentinels-90e3"
MASTER = "floor"
DOWN_MS = 1000


class Member:
    """A Redis or a Sentinel, at its port."""

    def __init__(self, command: tuple[str, ...], port: int, password: str) -> None:
        self.port = port
        self._command = command
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        wait_until(self.answers, "it answers")

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(PATIENCE_SECONDS)
        self._process = None

    def send_signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def ask(self, *words: str | int) -> Any:
        with Redis(port=self.port, password=self._password, decode_responses=True, protocol=2) as client:
            return client.execute_command(*words)

    def answers(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except (RedisError, OSError):
            return False


class Watch:
    """Redis twice, and who tells which of them is the master."""

    def __init__(self, folder: Path) -> None:
        self.first, self.second = _redis(folder / "first"), _redis(folder / "second")
        self.sentinel = _sentinel(folder / "sentinel", self.first.port)

    def url(self, *others: int, user: str = f":{PASSWORD}@", name: str = MASTER, **options: str) -> str:
        """The address for EQBOARD_REDIS_URL. `others`: ports at which it says that there are Sentinels, too."""
        asked = urlencode({"sentinel_password": SENTINEL_PASSWORD, **options})
        places = ",".join(f"127.0.0.1:{port}" for port in (*others, self.sentinel.port))
        return f"redis+sentinel://{user}{places}/{name}/0?{asked}"

    def start(self) -> None:
        self.first.start()
        self.second.start()
        self.second.ask("REPLICAOF", "127.0.0.1", self.first.port)
        wait_until(lambda: self.second.ask("ROLE")[3] == "connected", "the replica has the master's floor")
        self.sentinel.start()
        wait_until(self._is_replica_seen, "the Sentinel has seen that the replica could be the master")

    def _is_replica_seen(self) -> bool:
        seen: list[list[str]] = self.sentinel.ask("SENTINEL", "REPLICAS", MASTER)
        return any(("master-link-status", "ok") in pairwise(each) for each in seen)

    def end(self) -> None:
        for each in (self.sentinel, self.second, self.first):
            each.kill()

    def observe(self, master: Member) -> None:
        """The Sentinel is told anew who is the master."""
        self.sentinel.ask("SENTINEL", "MONITOR", MASTER, "127.0.0.1", master.port, 1)
        self.sentinel.ask("SENTINEL", "SET", MASTER, "auth-pass", PASSWORD)

    def promote_second(self) -> None:
        """Told to, while the first is well."""
        self.sentinel.ask("SENTINEL", "FAILOVER", MASTER)
        self.await_second()

    def await_second(self) -> None:
        wait_until(lambda: self.second.ask("ROLE")[0] == "master", "the second is the master")

    def await_demotion(self) -> None:
        """The first, which is there again or was all the while, follows the second."""
        wait_until(lambda: self.first.ask("ROLE")[0] == "slave", "the first is a replica")


@contextmanager
def watch() -> Iterator[Watch]:
    folder = make_private_folder()
    watched = Watch(folder)
    try:
        watched.start()
        yield watched
    finally:
        watched.end()
        shutil.rmtree(folder, ignore_errors=True)


def _redis(folder: Path) -> Member:
    folder.mkdir()
    port = free_port()
    options = {
        "--port": str(port),
        "--bind": "127.0.0.1",
        "--requirepass": PASSWORD,
        "--masterauth": PASSWORD,
        "--repl-diskless-sync": "yes",
        "--repl-diskless-sync-delay": "0",
    }
    command = redis_command(find_redis_server(), folder)  # of an option that comes twice the last is meant
    return Member((*command, *(word for option in options.items() for word in option)), port, PASSWORD)


def _sentinel(folder: Path, master_port: int) -> Member:
    """Its file it writes itself, too."""
    folder.mkdir()
    port, file = free_port(), folder / "sentinel.conf"
    lines = (
        f"port {port}",
        "bind 127.0.0.1",
        f"dir {folder}",
        f"requirepass {SENTINEL_PASSWORD}",
        f"sentinel monitor {MASTER} 127.0.0.1 {master_port} 1",
        f"sentinel auth-pass {MASTER} {PASSWORD}",
        f"sentinel down-after-milliseconds {MASTER} {DOWN_MS}",
        f"sentinel failover-timeout {MASTER} 5000",
    )
    file.write_text("".join(f"{line}\n" for line in lines))
    return Member((find_redis_server(), str(file), "--sentinel"), port, SENTINEL_PASSWORD)

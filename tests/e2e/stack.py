"""The real thing as processes: Redis, simulator, poller, web. A test stops, kills and starts each at its address."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redis import Redis

from eqboard.feed import keys
from eqboard.feed.messages import stored
from tests.conftest import RedisServer
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "wallboard-e2e"
KEY = "e2e-canary-key"
AGENTS = range(1, 7)
PATIENCE_SECONDS = 30.0
FIRST_PORT, PORTS_EACH, PORT_RANGES = 20_000, 1_000, 12  # to 31,999: Linux hands out those from 32,768 on


def free_port() -> int:
    """A port that nobody listens on, and that nobody is given before or between our servers: it is below those that
    systems hand out by themselves, and each of the tests' workers has its own thousand. None is given twice.
    """
    return next(port for port in PORTS if is_free(port))


def _ports_of(worker: str) -> Iterator[int]:
    """The ports of pytest-xdist's worker `gw0`, `gw1` …, in an order that no other run has."""
    first = FIRST_PORT + int(worker.removeprefix("gw")) % PORT_RANGES * PORTS_EACH
    return iter(random.SystemRandom().sample(range(first, first + PORTS_EACH), PORTS_EACH))


PORTS = _ports_of(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Stack:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web_port, self.simulator_port = free_port(), free_port()
        self.impatient_port, self.patient_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.impatient_url = f"http://127.0.0.1:{self.impatient_port}"
        self.patient_url = f"http://127.0.0.1:{self.patient_port}"
        self.redis = RedisServer(folder)
        self.supervisors_cookies: list[Any] = []
        self._placed: list[str] = []
        self._is_upset = False  # a part was stopped, frozen or broken since every part was last well
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            **os.environ,
            "EQBOARD_SECRET_KEY": "e2e-secret-key-of-fifty-characters-and-then-some-more",
            "EQBOARD_EQ_KEY": KEY,
            "EQBOARD_EQ_URL": f"http://127.0.0.1:{self.simulator_port}",
            "EQBOARD_REDIS_URL": self.redis.url,
            "EQBOARD_DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "EQBOARD_HTTPS": "false",
            "EQBOARD_NAMES_REFRESH_SECONDS": "10",
            # A second more than usual in which to find out who is gone: the machine is busy with other tests.
            "EQBOARD_STALE_AFTER_SECONDS": "4",
        }

    def manage(self, *words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=self._environment, check=True, stdout=subprocess.DEVNULL)

    def start_missing(self) -> None:
        for name in ("redis", "simulator", "poller", "web"):
            if name == "redis" or name not in self._processes:
                self.start(name)

    def start(self, name: str) -> None:
        if name == "redis":
            self.redis.start()
        else:
            leads_before = self._lead_count()
            self._spawn(name, self._command(name.removesuffix("-2")))
        if name == "poller":  # until it does, the last one's numbers may pass for well
            wait_until(lambda: self._lead_count() > leads_before, "the poller leads")
        if name == "simulator":
            wait_until(lambda: answers(f"http://127.0.0.1:{self.simulator_port}/"), "the simulator listens")
        if name == "web":
            wait_until(lambda: answers(f"{self.url}/sign-in/"), "the web server listens")
        if name == "web-impatient":
            wait_until(lambda: answers(f"{self.impatient_url}/sign-in/"), "the impatient web server listens")
        if name == "web-patient":
            wait_until(lambda: answers(f"{self.patient_url}/sign-in/"), "the patient web server listens")

    def _command(self, name: str) -> list[str]:
        python = sys.executable
        daphne = (python, "-m", "daphne", "-v", "0", "-p")
        return {
            "simulator": [
                *(python, "manage.py", "simulate", "--port", str(self.simulator_port)),
                *("--scenario", "by_hand", "--seed", "1", "--queues", "3", "--agents", "6"),
            ],
            "poller": [python, "manage.py", "poll"],
            "web": [python, "manage.py", "serve", "--port", str(self.web_port)],
            "web-impatient": [*daphne, str(self.impatient_port), "tests.e2e.impatient:application"],
            "web-patient": [*daphne, str(self.patient_port), "tests.e2e.patient:application"],
        }[name]

    def _spawn(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        self._is_upset = True
        if name == "redis":
            self.redis.kill() if number is signal.SIGKILL else self.redis.stop()
        elif process := self._processes.pop(name, None):
            process.send_signal(number)
            process.wait(PATIENCE_SECONDS)

    def freeze(self, name: str) -> None:
        """It is still there and does nothing any more."""
        self._is_upset = True
        self._owner(name).send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._owner(name).send_signal(signal.SIGCONT)

    def _owner(self, name: str) -> "RedisServer | subprocess.Popen[bytes]":
        return self.redis if name == "redis" else self._processes[name]

    def stop_all(self) -> None:
        for name in [*self._processes, "redis"]:
            self.stop(name, signal.SIGKILL)

    def wait_until_well(self) -> None:
        """Every part is, and none is still busy with what the test before did to it: a Redis that hung passes on what
        it was told before, and an EQ that was slow may still owe an answer.
        """
        if self._is_upset:
            calm_since = datetime.now(UTC)
            wait_until(lambda: self._last_word_at() > calm_since, "the poller has published")
            self._is_upset = False
        wait_until(lambda: is_well(f"{self.url}/healthz"), "every part is well, and quick")

    def _last_word_at(self) -> datetime:
        """When the poller published last."""
        with Redis.from_url(self.redis.url) as client:
            data = client.get(keys.SNAPSHOT)
        return stored.decode(data).sent_at if isinstance(data, bytes) else datetime.min.replace(tzinfo=UTC)

    def _lead_count(self) -> int:
        log = self.folder / "poller.log"
        return log.read_text().count("This poller leads") if log.exists() else 0

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    # The simulator's hands

    def place_call(self, queue: str, name: str, number: str) -> str:
        """A caller enters a queue. Returns the unique id."""
        unique_id: str = self._control("POST", "calls", queue=queue, name=name, number=number)
        self._placed.append(unique_id)
        return unique_id

    def calm(self) -> None:
        """No fault, no caller, everybody at work."""
        self._control("DELETE", "faults")
        while self._placed:
            with suppress(urllib.error.HTTPError):  # who hung up in the test is gone already
                self.hang_up(self._placed.pop())
        for agent in AGENTS:
            self.move_agent(agent, "available")

    def hang_up(self, unique_id: str) -> None:
        self._control("DELETE", f"calls/{unique_id}")

    def move_agent(self, agent: int, state: str) -> None:
        self._control("POST", f"agents/{agent}", state=state)

    def fault(self, kind: str, path: str = "", seconds: float | None = None) -> None:
        """`seconds` of the kinds that have them."""
        self._is_upset = True
        lasting = {} if seconds is None else {"seconds": str(seconds)}
        self._control("POST", "faults", kind=kind, path=path, **lasting)

    def _control(self, method: str, lever: str, **fields: str) -> str:
        url = f"http://127.0.0.1:{self.simulator_port}/control/{lever}?auth_key={KEY}"
        form = urllib.parse.urlencode(fields).encode() if fields else None
        with urllib.request.urlopen(urllib.request.Request(url, form, method=method), timeout=5) as answer:
            value: str = json.loads(answer.read())
            return value


def answers(url: str) -> bool:
    """Whether somebody answers there, and not with a failure of its own."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError):
        return False


def is_well(url: str) -> bool:
    """Whether each part is, as the web server's own health page tells; one that is slow is not."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            parts = json.load(answer)
    except (OSError, ValueError):
        return False
    return all(part["ok"] for name, part in parts.items() if name != "alive") and parts["eq"]["says"] == "EQ answers"

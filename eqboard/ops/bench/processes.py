"""A pretend EQ server in a process of its own, and the processor time that it takes."""

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from select import select
from typing import Any
from urllib.parse import urlencode, urlsplit

from eqboard.config import ROOT
from eqboard.ops.bench.measure import Skipped
from eqboard.ops.children import die_with_parent

START_SECONDS = 120.0  # a large site is warmed up first
END_SECONDS = 10.0
TIMEOUT_SECONDS = 30.0
READY = "The simulator listens at "
API = "/eq/api/2.0"


class ServerFailed(Exception):
    """The server that was to be measured did not start, or answered wrongly; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class PretendServer:
    """Asked over one connection, which stays open."""

    process: subprocess.Popen[str]
    connection: HTTPConnection
    key: str = field(repr=False)

    @property
    def port(self) -> int:
        """Where it listens, on this machine."""
        return self.connection.port

    def ask(self, path: str) -> bytes:
        """The answer to a read of the EQ API. ServerFailed for any but a success; OSError, HTTPException."""
        return self._asked("GET", f"{API}{path}")

    def ask_anew(self, path: str) -> bytes:
        """The same after a pause: the server ends a connection that nobody has used for a minute."""
        self.connection.close()
        return self.ask(path)

    def order(self, method: str, lever: str, **fields: str) -> Any:
        """The value that the control interface answers; over a connection of its own. Raises as `ask`."""
        self.connection.close()
        return json.loads(self._asked(method, f"/control/{lever}", urlencode(fields)))

    def _asked(self, method: str, path: str, form: str = "") -> bytes:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        self.connection.request(method, f"{path}?auth_key={self.key}", form or None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise ServerFailed(f"The simulator answered {path.removeprefix(API)} with status {answer.status}.")
        return body


@contextmanager
def pretend_server(words: Sequence[str], key: str) -> Iterator[PretendServer]:
    """`manage.py simulate` with these further options, for as long as the block lasts, however that ends.

    Raises ServerFailed when it does not listen.
    """
    command = (sys.executable, str(ROOT / "manage.py"), "simulate", "--port", "0", *words)
    with subprocess.Popen(  # noqa: S603 (every word of it is ours)
        command,
        env=os.environ | {"EQBOARD_EQ_KEY": key},  # not among the words, which `ps` shows
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C in the terminal reaches only us, and we end it
        preexec_fn=die_with_parent(),
    ) as process:
        try:
            with closing(HTTPConnection(_address(process), timeout=TIMEOUT_SECONDS)) as connection:
                yield PretendServer(process, connection, key)
        finally:
            end(process)


def _address(process: subprocess.Popen[str]) -> str:
    """Waits until it says where it listens, or ends; but not for ever."""
    if process.stdout is None or not select([process.stdout], [], [], START_SECONDS)[0]:
        raise ServerFailed(f"The simulator did not start within {START_SECONDS:g} s.")
    said = process.stdout.readline().strip()
    if not said.startswith(READY):
        raise ServerFailed(f"The simulator did not start: it said {said!r}.")
    return urlsplit(said.removeprefix(READY)).netloc


def end(process: subprocess.Popen[Any]) -> None:
    """In good order if it will, and it is given END_SECONDS for that."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def before_exec(cores: Iterable[int] = ()) -> Callable[[], None] | None:
    """What a child does between fork and exec: it dies with us, and keeps to these cores, where any are named."""
    die, apart = die_with_parent(), frozenset(cores)
    keep_to: Callable[[int, frozenset[int]], None] | None = getattr(os, "sched_setaffinity", None)
    if not apart or keep_to is None:
        return die

    def prepare() -> None:
        keep_to(0, apart)
        if die is not None:
            die()

    return prepare


def processor_clock(pid: int) -> Callable[[], float]:
    """Counts the seconds of processor time that a process has taken, exact to less than a millisecond.

    Raises Skipped where the system has no such clock (POSIX, clock_getcpuclockid: an option).
    """
    number = ctypes.c_int()
    find = getattr(ctypes.CDLL(None), "clock_getcpuclockid", None) if os.name == "posix" else None
    if find is None or find(pid, ctypes.byref(number)):
        raise Skipped("This system does not tell how much processor time another process takes.")
    return lambda: time.clock_gettime(number.value)

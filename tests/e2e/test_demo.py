"""`make demo`'s own command, the way a visitor runs it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eqboard.ops.pictures import address, child
from tests.e2e.stack import ROOT, free_port
from tests.waiting import wait_until

PASSWORD = "demo-for-the-test"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts demos; whatever is left of them at the end is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start(port: int) -> "subprocess.Popen[bytes]":
        outside = {name: value for name, value in os.environ.items() if not name.startswith("EQBOARD_")}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--folder", str(tmp_path / "demo"), "--scenario", "by_hand"],
            cwd=ROOT,
            env=outside | {"PORT": str(port), "DEMO_PASSWORD": PASSWORD},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}healthz", timeout=2) as answer:
            return all(part["ok"] for part in json.load(answer).values() if isinstance(part, dict))
    except OSError:
        return False


def test_the_demo_is_ready_brings_back_who_dies_and_ends_on_sigterm(
    demo: Callable[..., "subprocess.Popen[bytes]"],
) -> None:
    port = free_port()
    process = demo(port)
    url = address(process)
    assert url == f"http://127.0.0.1:{port}/"
    assert is_well(url)

    first = child(process.pid, "poll")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: has_another(process.pid, first), "another poller runs")
    wait_until(lambda: is_well(url), "the board is well again")

    second = demo(port)
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert b"A demo runs in this checkout already" in said
    assert b"Traceback" not in said

    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"Traceback" not in said
    assert not is_well(url)


def has_another(parent: int, first: int, word: str = "poll") -> bool:
    try:
        return child(parent, word) != first
    except Exception:
        return False


def test_the_training_page_is_told_takes_the_same_password_and_comes_back_at_the_same_address(
    demo: Callable[..., "subprocess.Popen[bytes]"],
) -> None:
    process = demo(free_port())
    assert process.stdout is not None
    said = iter(process.stdout.readline, b"")
    training = next(line for line in said if line.startswith(b"Training: ")).decode()
    ready = next(said)
    found = re.fullmatch(r"Training: (http://127\.0\.0\.1:\d+/) with the same password\n", training)
    assert found
    assert ready.startswith(b"Ready: ")
    assert is_let_in(found[1])

    first = child(process.pid, "simulate")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: has_another(process.pid, first, "simulate"), "another simulator runs")
    wait_until(lambda: is_let_in(found[1]), "it lets the trainer in")


def is_let_in(url: str) -> bool:
    form = urllib.parse.urlencode({"password": PASSWORD}).encode()
    request = urllib.request.Request(f"{url}control/sign_in", form, {"Origin": url.rstrip("/")})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return "HttpOnly" in answer.headers["Set-Cookie"]
    except OSError:
        return False


def test_a_port_in_use_is_one_sentence(demo: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = demo(taken.getsockname()[1])
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.decode().count("\n") == 1
    assert "is in use" in said.decode()

"""`make demo`'s own command, the way a visitor runs it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eqboard.ops.pictures import address, child
from tests.e2e.stack import ROOT, free_port, wait_until

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


def has_another(parent: int, first: int) -> bool:
    try:
        return child(parent, "poll") != first
    except Exception:
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

"""The commands `simulate` and `demo`: one sentence where they cannot run, and no secret where they do."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from eqboard.config import ROOT
from tests.environment import KEY_CANARY
from tests.pretend_server import HOST, pretend_server

DEADLINE_SECONDS = 60


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def manage(*words: str, **environment: str) -> subprocess.Popen[str]:
    """A command in a process of its own, with the settings of the tests."""
    return subprocess.Popen(
        (sys.executable, "-W", "error", str(ROOT / "manage.py"), *words),
        env=os.environ | environment,
        cwd="/",  # no `.env` of the developer's
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# simulate


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scenario", "doomsday"], r"^There is no scenario 'doomsday'; there are .*steady.*\.$"),
        (["--queues", "0"], r"^The number of queues must be from 1 to \d+, not 0\.$"),
        (["--agents", "-1"], r"^The number of agents must be from 0 to \d+, not -1\.$"),
        (["--speed", "0"], r"^The speed must be a number above 0\.$"),
        (["--port", "-1"], r"^--port must be a whole number from 0 to 65535, not -1\.$"),
        (["--port", "65536"], r"^--port must be a whole number from 0 to 65535, not 65536\.$"),
    ],
)
def test_a_simulator_that_cannot_be_is_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("simulate", *words)


def test_a_simulator_without_a_key_is_refused() -> None:
    process = manage("simulate", EQBOARD_EQ_KEY="")
    _, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 1
    assert error == "CommandError: The simulator needs a key: set EQBOARD_EQ_KEY to any word, or give --key.\n"


def test_a_port_in_use_ends_the_simulator_with_one_line(busy_port: int) -> None:
    process = manage("simulate", "--port", str(busy_port))
    out, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 1
    assert out == ""
    reason = "Address already in use"
    assert error == f"CommandError: The simulator cannot listen on {HOST} port {busy_port}: {reason}.\n"


def test_the_simulator_answers_and_never_tells_the_key() -> None:
    page = "/eq/api/2.0/call_queue_statistics?auth_key="
    with pretend_server("--queues", "2", "--agents", "3", stderr=subprocess.PIPE) as server:
        statuses = [ask(server.url, page + key) for key in (KEY_CANARY, "wrong-" + KEY_CANARY)]
        assert server.end() == (0, "", "")
    assert statuses == [200, 401]


def test_simulators_that_may_have_any_port_have_different_ones() -> None:
    with pretend_server() as one, pretend_server() as other:
        assert one.url != other.url
        assert [ask(each.url, "/") for each in (one, other)] == [404, 404]


def ask(url: str, path: str) -> int:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=DEADLINE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


# demo


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT must be a whole number from 1 to 65535, not 'eighty'."),
        ("DEMO_PASSWORD", "short", "DEMO_PASSWORD must have 10 characters or more, all of them printable."),
    ],
)
def test_a_demo_that_cannot_be_is_one_sentence(name: str, value: str, sentence: str) -> None:
    process = manage("demo", **{name: value})
    _, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, error) == (1, f"CommandError: {sentence}\n")


def test_a_demo_of_a_scenario_that_is_none_is_one_sentence() -> None:
    with pytest.raises(CommandError, match=r"^There is no scenario 'doomsday'; there are .*steady.*\.$"):
        call_command("demo", "--scenario", "doomsday")


@pytest.mark.django_db
def test_preparing_makes_the_demos_people(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.models import User

    monkeypatch.setenv("DEMO_PASSWORD", "correct horse")
    call_command("demo", "--prepare")
    assert User.objects.get(username="supervisor").check_password("correct horse")


def test_the_demo_is_not_left_behind_in_the_checkout() -> None:
    ignored = (Path(ROOT) / ".gitignore").read_text().splitlines()
    assert ".demo/" in ignored

"""The commands `simulate` and `demo`: one sentence where they cannot run, and no secret where they do."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from eqboard.config import ROOT
from tests.environment import KEY_CANARY
from tests.pretend_server import HOST, PretendServer, pretend_server

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
        (["--speed", "0"], r"^The speed must be a number above 0, 1000 at most\.$"),
        (["--speed", "1000000"], r"^The speed must be a number above 0, 1000 at most\.$"),
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
    assert error == "CommandError: The simulator needs a key: set EQBOARD_EQ_KEY to 6 letters or more, or give --key.\n"


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


TOO_LARGE = [{"parameter": None, "type": "invalid", "description": "The body is larger than 1 MB"}]


@pytest.fixture(scope="module")
def simulator() -> Iterator[PretendServer]:
    with pretend_server("--queues", "2", "--agents", "3") as server:
        yield server


def test_a_body_that_is_to_be_too_long_is_refused_before_it_has_come(simulator: PretendServer) -> None:
    head = post(b"Content-Length: 1000001\r\nExpect: 100-continue\r\n")
    assert tell(simulator, head) == (400, TOO_LARGE)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param((b"Content-Length: 9000000\r\n", b"x" * 9_000_000), id="whose length is told"),
        pytest.param(
            (b"Transfer-Encoding: chunked\r\n", b"2DC6C0\r\n" + b"x" * 3_000_000 + b"\r\n0\r\n\r\n"), id="in chunks"
        ),
    ],
)
def test_a_body_that_is_too_long_is_refused_also_to_who_sends_it_whole_first(
    simulator: PretendServer, sent: tuple[bytes, bytes]
) -> None:
    length, body = sent
    assert tell(simulator, post(length) + body) == (400, TOO_LARGE)
    assert ask(simulator.url, "/") == 404


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux shows which files a process has open")
def test_no_more_of_a_body_than_may_come_is_kept_in_a_file(simulator: PretendServer) -> None:
    with connected(simulator) as connection:
        connection.sendall(post(b"Transfer-Encoding: chunked\r\n") + b"FFFFFFF\r\n" + b"x" * 20_000_000)
        assert kept_bytes(simulator.process.pid) <= 1_000_001


def test_a_body_of_one_megabyte_is_read(simulator: PretendServer) -> None:
    status, errors = tell(simulator, post(b"Content-Length: 1000000\r\n") + b"x" * 1_000_000)
    assert (status, errors[0]["parameter"]) == (401, "auth_key")


def test_what_daphne_refuses_by_itself_is_json_too(simulator: PretendServer) -> None:
    status, errors = tell(simulator, b"GET /truth HTTP/1.1\r\nHost: eq\r\nX-Name: a\x0bb\r\n\r\n")
    assert (status, errors[0]["parameter"], errors[0]["type"]) == (400, None, "invalid")


def test_an_address_of_the_newer_kind_is_told_in_brackets() -> None:
    if not has_ipv6():
        pytest.skip("this machine has no ::1")
    process = manage("simulate", "--host", "::1", "--port", "0", EQBOARD_EQ_KEY=KEY_CANARY)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert re.fullmatch(r"The simulator listens at http://\[::1\]:\d+\n", said)
        assert ask(said.split()[-1], "/") == 404
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE_SECONDS)


def post(length: bytes) -> bytes:
    return b"POST /eq/api/2.0/steal_queued_call HTTP/1.1\r\nHost: eq\r\n" + length + b"\r\n"


def connected(server: PretendServer) -> socket.socket:
    where = urlsplit(server.url)
    return socket.create_connection((where.hostname, where.port), timeout=DEADLINE_SECONDS)


def tell(server: PretendServer, request: bytes) -> tuple[int, list[dict[str, str | None]]]:
    """Status and errors of what is answered to these bytes."""
    with connected(server) as connection:
        connection.sendall(request)
        answer = HTTPResponse(connection)
        answer.begin()
        errors = json.loads(answer.read())
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, errors


def kept_bytes(process: int) -> int:
    """How much a process has written into files that have no name any more."""
    files = [link for link in Path(f"/proc/{process}/fd").iterdir() if "(deleted)" in os.readlink(link)]
    return sum(link.stat().st_size for link in files)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as listener:
            listener.bind(("::1", 0))
    except OSError:
        return False
    return True


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

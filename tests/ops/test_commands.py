"""The commands `simulate` and `demo`: one sentence where they cannot run, and no secret where they do."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from eqboard.config import ROOT
from eqboard.ops.management.commands.serve import endpoints
from manage import main
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
        (["--clock", "noon"], r"^The clock must be a time such as 08:30, or .*, not 'noon'\.$"),
        (["--clock", "2026-02-30T08:00"], r"^The clock must be a time such as 08:30, or .*, not '2026-02-30T08:00'\.$"),
        (["--key", "short"], r"^--key must have 6 to 255 characters; others could not be kept out of logs\.$"),
        (["--key", "x" * 256], r"^--key must have 6 to 255 characters; others could not be kept out of logs\.$"),
        (["--key", "\udcff" * 6], r"^--key must be text in UTF-8\.$"),
        (["--port", "-1"], r"^--port must be a whole number from 0 to 65535, not -1\.$"),
        (["--port", "65536"], r"^--port must be a whole number from 0 to 65535, not 65536\.$"),
    ],
)
def test_a_simulator_that_cannot_be_is_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("simulate", *words)


def test_the_control_page_may_be_asked_for_by_the_name_given_as_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def make_none(*_: object, host: str, **__: object) -> None:
        raise ValueError(f"It is called {host}.")

    monkeypatch.setattr("eqboard.ops.management.commands.simulate.build_app", make_none)
    with pytest.raises(CommandError, match=r"^It is called pbx\.example\.$"):
        call_command("simulate", "--host", "pbx.example")


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


def test_the_simulators_day_begins_when_its_clock_says() -> None:
    at_eight_in_madrid = 1_772_434_800
    environment = os.environ | {"EQBOARD_TIME_ZONE": "Europe/Madrid"}
    words = ("--scenario", "working_day", "--clock", "2026-03-02T08:00")
    with pretend_server(*words, environment=environment) as server:
        status, headers, body = read(server.url, "active_agent_sessions")
    now = parsedate_to_datetime(headers["Date"]).timestamp() - at_eight_in_madrid
    assert status == 200
    assert 0 <= now < DEADLINE_SECONDS
    came = [session["signInTime"] - at_eight_in_madrid for session in json.loads(body)]
    assert len(came) > 5  # a third of them by eight o'clock, a few within the half hour before
    assert all(-1800 <= each <= now for each in came)
    assert any(each > -1800 for each in came)


def test_the_same_seed_and_clock_are_the_same_day_in_two_processes() -> None:
    words = ("--scenario", "hostile", "--seed", "5", "--clock", "2026-03-02T08:00", "--speed", "0.000001")
    told = []
    for hash_seed in ("1", "2"):
        with pretend_server(*words, environment=os.environ | {"PYTHONHASHSEED": hash_seed}) as server:
            told.append([read(server.url, operation)[2] for operation in SEVERAL])
    assert told[0] == told[1]
    assert len(set(told[0])) == len(SEVERAL)


SEVERAL = ("call_queue_statistics", "call_queue_agent_status", "active_agent_sessions", "agent/7", "license_usage")


def read(url: str, operation: str) -> tuple[int, HTTPMessage, bytes]:
    """The answer to a read of the EQ API: status, headers and body."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=DEADLINE_SECONDS)
    try:
        connection.request("GET", f"/eq/api/2.0/{operation}?auth_key={KEY_CANARY}")
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


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
    assert ask(simulator.url, "/nothing") == 404


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
        assert ask(said.split()[-1], "/nothing") == 404
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
        assert [ask(each.url, "/nothing") for each in (one, other)] == [404, 404]


def ask(url: str, path: str) -> int:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=DEADLINE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_control_c_in_the_midst_of_a_start_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("django.core.management.execute_from_command_line", interrupt)
    assert main() == 130
    assert capfd.readouterr() == ("", "")


# serve


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_web_server_at_no_port_is_one_sentence(port: str) -> None:
    with pytest.raises(CommandError, match=rf"^--port must be a whole number from 0 to 65535, not {port}\.$"):
        call_command("serve", "--port", port)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "tcp:port=8000:interface=127.0.0.1"),
        ({"host": "::1", "port": 9000}, r"tcp:port=9000:interface=\:\:1"),
        ({"unix_socket": "/run/eqboard.sock"}, "unix:/run/eqboard.sock"),
        ({"fd": 0}, "fd:fileno=0"),
    ],
    ids=["usual", "address", "unix socket", "open file"],
)
def test_a_web_server_listens_where_it_is_told_to(given: dict[str, object], place: str) -> None:
    usual = {"host": "127.0.0.1", "port": 8000, "unix_socket": None, "fd": None}
    assert endpoints(usual | given) == [place]


def test_a_web_server_says_when_somebody_has_its_port(busy_port: int, tmp_path: Path) -> None:
    database = {"EQBOARD_DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    assert manage("migrate", "-v0", **database).communicate(timeout=DEADLINE_SECONDS) == ("", "")
    process = manage("serve", "--port", str(busy_port), **database)
    said, complained = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, said) == (1, "")
    place = f"tcp:port={busy_port}:interface=127.0.0.1"
    assert complained == f"CommandError: The web server cannot listen at {place}: Address already in use.\n"


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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scenario", "doomsday"], r"^There is no scenario 'doomsday'; there are .*steady.*\.$"),
        (["--speed", "0"], r"^The speed must be a number above 0, 1000 at most\.$"),
        (["--clock", "25:00"], r"^The clock must be a time such as 08:30, or .*, not '25:00'\.$"),
    ],
)
def test_a_demo_of_a_day_that_cannot_be_is_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("demo", *words)


def test_the_demos_day_is_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr("eqboard.ops.showroom.run", lambda environ, folder, simulation: asked.append(simulation))
    call_command("demo")
    call_command("demo", "--scenario", "large_site", "--seed", "-3", "--clock", "08:00", "--speed", "60")
    assert asked == [
        ("--scenario=steady", "--seed=1", "--speed=1.0"),
        ("--scenario=large_site", "--seed=-3", "--clock=08:00", "--speed=60.0"),
    ]


@pytest.mark.django_db
def test_preparing_makes_the_demos_people(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.models import User

    monkeypatch.setenv("DEMO_PASSWORD", "correct horse")
    call_command("demo", "--prepare")
    assert User.objects.get(username="supervisor").check_password("correct horse")


def test_the_demo_is_not_left_behind_in_the_checkout() -> None:
    ignored = (Path(ROOT) / ".gitignore").read_text().splitlines()
    assert ".demo/" in ignored

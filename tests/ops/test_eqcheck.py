"""`manage.py eqcheck` as a new user runs it: against a server that is really there, and against what is none."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from eqboard.config import ROOT, Config
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND, NAMES
from eqboard.ops.eqcheck import warnings_of
from tests.environment import KEY_CANARY
from tests.pretend_server import HOST, pretend_server

DEADLINE_SECONDS = 60
WIDTH = 100
QUICK = {read.operation for read in EVERY_ROUND.values()}
READ_BY_A_BOARD = QUICK | {read.operation for read in (*EVERY_FEW_ROUNDS.values(), *NAMES)}
SEE_ABOVE = "CommandError: The board cannot run on this server: see above.\n"
SITE = ("--queues", "3", "--agents", "12")

Run = Callable[..., subprocess.CompletedProcess[str]]


def command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "error", str(ROOT / "manage.py"), *words)


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with pretend_server(*SITE) as server:
        yield server.url


class Page(BaseHTTPRequestHandler):
    """A web server that is no EQ: whatever is asked, a page to sign in at."""

    def do_GET(self) -> None:
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        body = b"<!DOCTYPE html><title>Sign in</title>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def page() -> Iterator[HTTPServer]:
    server = HTTPServer((HOST, 0), Page)
    server.paths = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run() -> Run:
    """Runs the command with the settings of the tests and some more, away from any .env."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {f"EQBOARD_{name}": value for name, value in settings.items()}
        done = command("eqcheck", *words)
        return subprocess.run(
            done, env=environment, cwd="/", capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False
        )

    return run


def test_a_server_that_is_understood_is_success_and_says_nothing_on_stderr(run: Run, simulator: str) -> None:
    done = run(EQ_URL=simulator)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nThe board can run on this server.\n" in done.stdout
    assert done.stdout.startswith(f"{simulator}/eq/api/2.0, dialect: built in\n")
    for name in READ_BY_A_BOARD:
        assert f"\n{name} " in done.stdout


def test_what_is_shown_fits_the_page_has_no_colour_and_no_key(run: Run, simulator: str) -> None:
    done = run(EQ_URL=simulator)
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert all(line.isprintable() for line in lines)
    assert KEY_CANARY not in done.stdout


def test_machines_get_json_and_nothing_else(run: Run, simulator: str) -> None:
    done = run("--json", EQ_URL=simulator)
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr, report["can_run"], report["reasons"]) == (0, "", True, [])
    assert {each["operation"] for each in report["operations"] if each["status"] == 200} >= READ_BY_A_BOARD
    assert KEY_CANARY not in done.stdout


def test_a_terminal_that_knows_few_letters_gets_those(
    run: Run, simulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = run(EQ_URL=simulator)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_wrong_key_is_one_sentence_and_not_shown(run: Run, simulator: str, words: tuple[str, ...]) -> None:
    done = run(*words, EQ_URL=simulator, EQ_KEY="wrong-key-77aa")
    said = "EQ does not accept the key (status 401). Keys are made in EQ Administration; set EQBOARD_EQ_KEY to one."
    assert done.returncode == 1
    assert done.stderr == (f"CommandError: {said}\n" if words else SEE_ABOVE)
    assert " ".join(done.stdout.split()).count(said) == 1
    assert "wrong-key-77aa" not in done.stdout


def test_a_server_that_is_not_there_is_one_sentence(run: Run) -> None:
    done = run(EQ_URL=f"http://{HOST}:1")
    assert (done.returncode, done.stderr) == (1, SEE_ABOVE)
    assert (
        f"- No connection to EQ. Is EQBOARD_EQ_URL (http://{HOST}:1) right, is EQ running, "
        "and does no firewall stand in between?"
    ) in " ".join(done.stdout.split())


def test_a_page_that_is_no_eq_is_one_sentence_and_hardly_sees_the_key(run: Run, page: HTTPServer) -> None:
    done = run(EQ_URL=f"http://{HOST}:{page.server_port}")
    assert (done.returncode, done.stderr) == (1, SEE_ABOVE)
    assert "- The answer is not JSON: it is an HTML page. Is EQBOARD_EQ_URL (http://" in " ".join(done.stdout.split())
    assert len(page.paths) == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"EQ_KEY": " "}, "EQBOARD_EQ_KEY is not set (EQ's API key; made in EQ Administration)"),
        ({"EQ_URL": "eq.example"}, "EQBOARD_EQ_URL is wrong: must be a URL like http://eq.example.com"),
        ({"EQ_DIALECT": "/nowhere.toml"}, "EQBOARD_EQ_DIALECT is wrong: The dialect file /nowhere.toml cannot be read"),
    ],
)
def test_a_wrong_setting_is_exit_code_2(run: Run, settings: dict[str, str], sentence: str) -> None:
    done = run(**settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"eqboard: {sentence}")
    assert done.stderr.count("\n") == 1


def test_a_dialect_in_force_is_used_and_named(run: Run, simulator: str, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[fields.QueuedCall]\nqueue = "queueId"\n[operations."parked_calls.all"]\npath = "/parking_lot"\n')
    done = run(EQ_URL=simulator, EQ_DIALECT=str(path))
    assert f"dialect: {path}\n" in done.stdout
    assert "GET /parking_lot" in done.stdout
    assert "parked calls are not shown" in " ".join(done.stdout.split())


def test_pausing_is_told_of_where_reads_are_elsewhere(run: Run, simulator: str, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[operations."parked_calls.all"]\npath = "/parking_lot"\n')
    done = run("--json", EQ_URL=simulator, EQ_DIALECT=str(path))
    report = json.loads(done.stdout)
    assert any(each.startswith("Actions are never tried; they go to POST /call") for each in report["warnings"])
    assert '# [operations."call_queue_agents.resume"]\n# path = "/…"' in report["suggestion"]


@pytest.mark.parametrize(
    ("url", "verify", "said"),
    [
        ("https://127.0.0.1", "false", "EQ's certificate is not checked (EQBOARD_EQ_VERIFY_TLS): others may read the"),
        ("http://eq.example", "true", "EQBOARD_EQ_URL has http:// and another machine: others may read the key"),
        ("http://127.0.0.1:8088", "true", None),
        ("https://eq.example", "true", None),
    ],
)
def test_a_way_on_which_others_may_read_the_key_is_told_of(url: str, verify: str, said: str | None) -> None:
    warnings = list(warnings_of(Config(eq_url=url, eq_verify_tls=verify == "true", _env_file=None)))
    assert [each[: len(said or "")] for each in warnings] == ([said] if said else [])


def test_such_a_warning_stands_with_the_others(run: Run) -> None:
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))  # and does not listen
        done = run("--json", EQ_URL=f"https://{HOST}:{nobody.getsockname()[1]}", EQ_VERIFY_TLS="false")
    assert [each[:32] for each in json.loads(done.stdout)["warnings"]] == ["EQ's certificate is not checked "]


FOREIGN = """
[fields.QueueStatistics]
queue = "queueId"
[fields.QueueAgentStatus]
agent = "agentId"
status = "agentState"
call = "current"
[fields.AgentCall]
caller_id_number = "cidNum"
[states.agent]
onCall = "busy"
signedOut = "off"
"""


def test_a_server_that_differs_can_run_with_the_file_that_is_suggested(run: Run, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs.toml", tmp_path / "ours.toml"
    theirs.write_text(FOREIGN)
    with pretend_server(*SITE, "--dialect", str(theirs), "--numbers-as-texts") as server:
        first = run("--json", EQ_URL=server.url)
        ours.write_text(json.loads(first.stdout)["suggestion"])
        second = run("--json", EQ_URL=server.url, EQ_DIALECT=str(ours))
    assert (first.returncode, second.returncode) == (1, 0)
    assert first.stderr.startswith("CommandError: call_queue_statistics.all: no row can be read (queue is not there).")
    for result in json.loads(second.stdout)["operations"]:
        if result["operation"] in QUICK:
            assert not any(result[kind] for kind in ("missing", "unknown", "unreadable", "unknown_words"))


def test_whoever_reads_no_further_gets_no_complaint(simulator: str) -> None:
    process = subprocess.Popen(
        command("eqcheck"),
        env=os.environ | {"EQBOARD_EQ_URL": simulator},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, error) == (141, "")


def test_a_terminal_gets_colours_and_lines_that_fit(simulator: str) -> None:
    ours, theirs = pty.openpty()
    environment = os.environ | {"EQBOARD_EQ_URL": simulator, "COLUMNS": "70", "TERM": "xterm", "DJANGO_COLORS": "dark"}
    process = subprocess.Popen(command("eqcheck"), env=environment, cwd="/", stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    with suppress(OSError):  # how a terminal ends
        while chunk := os.read(ours, 65536):
            said += chunk
    os.close(ours)
    assert process.wait(DEADLINE_SECONDS) == 0
    text = said.decode()
    assert "\x1b[" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "\x1b" not in plain
    shown, _, _ = plain.partition("For the file that")  # whose lines stay as they are
    assert max(map(len, shown.split("\r\n"))) <= 70


def test_ctrl_c_ends_it_in_one_line() -> None:
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        silent.listen()
        process = subprocess.Popen(
            command("eqcheck"),
            env=os.environ
            | {"EQBOARD_EQ_URL": f"http://{HOST}:{silent.getsockname()[1]}", "EQBOARD_EQ_TIMEOUT_SECONDS": "60"},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, error) == (130, "CommandError: Interrupted.\n")


def test_help_tells_the_exit_codes(run: Run) -> None:
    said = " ".join(run("--help").stdout.split())
    for code in ("0 the board can run", "1 it cannot", "2 a setting is missing or wrong"):
        assert code in said

"""`manage.py poll` as a process of its own: killed, told to end, and set up wrongly."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from eqboard.config import ROOT
from eqboard.feed import keys
from eqboard.feed.messages import stored
from eqboard.floor.snapshot import Trouble
from tests.environment import KEY_CANARY
from tests.waiting import PATIENCE_SECONDS, wait_until

NOWHERE = "http://127.0.0.1:1"  # nobody listens there

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the table that a poller writes into."""
    folder = tmp_path_factory.mktemp("database")
    url = f"sqlite:///{folder}/db.sqlite3"
    settings = {"EQBOARD_SECRET_KEY": "x" * 60, "EQBOARD_DATABASE_URL": url}
    migrate = [sys.executable, str(ROOT / "manage.py"), "migrate", "history", "--verbosity=0"]
    subprocess.run(migrate, cwd=folder, env=os.environ | settings, timeout=60, check=True)
    return url


@pytest.fixture
def start(redis_url: str, database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts `poll` with the given settings, away from any .env."""
    started: list[subprocess.Popen[str]] = []

    def begin(**settings: str) -> subprocess.Popen[str]:
        ours = {
            "SECRET_KEY": "x" * 60,
            "EQ_KEY": KEY_CANARY,
            "EQ_URL": NOWHERE,
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            "POLL_SECONDS": "0.2",
            "EQ_REQUESTS_PER_MINUTE": "6000",
        }
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("EQBOARD_")}
        environment = foreign | {f"EQBOARD_{name}": value for name, value in (ours | settings).items()}
        log = (tmp_path / f"{len(started)}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "poll"], cwd=tmp_path, env=environment, stderr=log, text=True
        )
        log.close()
        process.log = Path(log.name)  # type: ignore[attr-defined]
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_SECONDS)


def log_of(process: subprocess.Popen[str]) -> str:
    return process.log.read_text()  # type: ignore[attr-defined]


def until_settled(process: subprocess.Popen[str]) -> None:
    wait_until(lambda: "leads" in log_of(process) or "standing by" in log_of(process), "it leads or stands by")


def test_a_killed_leader_is_replaced_and_one_told_to_end_hands_over_at_once(start: Start, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:

        def floor():
            data = client.get(keys.SNAPSHOT)
            return stored.decode(data) if data else None

        first = start()
        wait_until(floor, "there is a floor")
        epoch = floor().epoch
        second = start()
        wait_until(lambda: "standing by" in log_of(second), "the second stands by")

        first.kill()
        wait_until(lambda: floor().epoch != epoch, "another leads")
        assert {source.trouble for source in floor().snapshot.sources.values()} <= {None, Trouble.UNREACHABLE}

        second.send_signal(signal.SIGTERM)
        assert second.wait(PATIENCE_SECONDS) == 0
        assert client.get(keys.LEADER) is None, "whoever stands by may lead at once"
    for process in (first, second):
        assert "Traceback" not in log_of(process)
        assert KEY_CANARY not in log_of(process)
        assert log_of(process).count(" is lost: ") <= 1


WRONG_SETTINGS = {
    "EQBOARD_EQ_KEY is not set": {"EQ_KEY": ""},
    "EQBOARD_EQ_URL is wrong": {"EQ_URL": "ftp://eq.example"},
    "EQBOARD_REDIS_URL is wrong": {"REDIS_URL": "http://redis.example"},
}


def test_a_wrong_setting_is_one_sentence(start: Start) -> None:
    for words, process in [(words, start(**settings)) for words, settings in WRONG_SETTINGS.items()]:
        assert process.wait(PATIENCE_SECONDS) == 2
        [line] = log_of(process).splitlines()
        assert words in line


def test_an_unreachable_redis_is_one_sentence_and_no_end(start: Start, tmp_path: Path) -> None:
    process = start(REDIS_URL=f"unix://{tmp_path}/nobody.sock")
    wait_until(lambda: "Redis is lost" in log_of(process), "Redis is lost")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert len(log_of(process).splitlines()) == 1


def test_an_eq_whose_certificate_is_not_checked_is_warned_of_once(start: Start) -> None:
    https = "https://127.0.0.1:1"
    unchecked = start(EQ_URL=https, EQ_VERIFY_TLS="false")
    others = [start(EQ_URL=https), start(EQ_VERIFY_TLS="false")]
    for process in (unchecked, *others):
        until_settled(process)
    assert (
        log_of(unchecked).count(" WARNING eqboard.poller.management.commands.poll: EQ's certificate is not checked")
        == 1
    )
    assert not [log for log in map(log_of, others) if "certificate" in log]


def test_a_pace_that_cannot_be_kept_is_told_once_with_what_would_keep_it(start: Start) -> None:
    held_back, as_set = start(EQ_REQUESTS_PER_MINUTE="300"), start(POLL_SECONDS="1", EQ_REQUESTS_PER_MINUTE="900")
    for process in (held_back, as_set):
        until_settled(process)
    [line] = [each for each in log_of(held_back).splitlines() if "EQBOARD_EQ_REQUESTS_PER_MINUTE" in each]
    assert "EQ is read every 1.1 s, and not every 0.2 s (EQBOARD_POLL_SECONDS)" in line
    assert "up to 1529 requests a minute, and EQBOARD_EQ_REQUESTS_PER_MINUTE allows 300. Raise the one or the" in line
    assert "EQBOARD_EQ_REQUESTS_PER_MINUTE" not in log_of(as_set)

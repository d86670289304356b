"""What the demo is given, what it refuses, and what its children get to see."""

import errno
import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from eqboard.ops import showroom
from eqboard.ops.children import Terminal
from eqboard.ops.showroom import (
    HOST,
    DemoError,
    Wishes,
    announce,
    demo_environment,
    free_port,
    listen,
    open_folder,
    prepare_database,
    programs,
    read_wishes,
    redis_folder,
    signing_key,
    sole_use,
    until_moving,
    unwell,
)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


# What the visitor may choose


def test_nothing_needs_to_be_chosen() -> None:
    wishes = read_wishes({})
    assert wishes.port == 8000
    assert len(wishes.password) >= 12


def test_every_demo_has_another_password() -> None:
    assert read_wishes({}).password != read_wishes({}).password


def test_port_and_password_may_be_chosen() -> None:
    assert read_wishes({"PORT": "9000", "DEMO_PASSWORD": "ten letters"}) == Wishes(9000, "ten letters")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000.0", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused_in_a_sentence(port: str) -> None:
    with pytest.raises(DemoError, match=r"^PORT must be a whole number from 1 to 65535, not '.*'\.$"):
        read_wishes({"PORT": port})


@pytest.mark.parametrize("password", ["short", "123456789", "two\nlines here"])
def test_a_weak_password_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(DemoError, match=r"^DEMO_PASSWORD must have 10 characters or more") as refused:
        read_wishes({"DEMO_PASSWORD": password})
    assert password not in str(refused.value)


# Its port


def test_a_free_port_is_held_until_the_demo_ends() -> None:
    port = free_port()
    with listen(port), pytest.raises(DemoError, match=f"^Port {port} is in use"):
        listen(port)
    listen(port).close()


def test_the_port_that_is_wished_is_taken_if_nobody_has_it() -> None:
    port = free_port()
    assert free_port(port) == port
    with listen(port):
        assert free_port(port) not in (0, port)
    assert free_port(65536) != 65536


def test_a_port_in_use_is_refused_with_a_way_out(busy_port: int) -> None:
    with pytest.raises(DemoError, match=f"^Port {busy_port} is in use; choose another one: make demo PORT="):
        listen(busy_port)


class Forbidden(socket.socket):
    def bind(self, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_port_for_root_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", Forbidden)
    with pytest.raises(DemoError, match=r"^Port 80 is for root only; choose one from 1024 on: make demo PORT=8000$"):
        listen(80)


# Its folder


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_private_even_if_it_was_not(tmp_path: Path) -> None:
    folder = tmp_path / ".demo"
    folder.mkdir(mode=0o755)
    open_folder(folder)
    assert mode_of(folder) == 0o700


@pytest.mark.parametrize("name", ["lock", "secret_key"])
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    refused = pytest.raises(DemoError, match=rf"^The demo needs to write to .*{name}: Is a directory\.$")
    with refused, sole_use(tmp_path, 8000):
        signing_key(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DemoError, match=r"^The demo needs to write to .*: Not a directory\.$"):
        open_folder(tmp_path / "file" / ".demo")


def test_the_signing_key_outlives_a_restart_and_is_private(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert signing_key(tmp_path) == key
    assert len(key) >= 50
    assert mode_of(tmp_path / "secret_key") == 0o600


def test_a_second_demo_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    with (
        sole_use(tmp_path, 8000),
        pytest.raises(DemoError, match=r"^A demo runs in this checkout already, at http://127\.0\.0\.1:8000/: stop it"),
        sole_use(tmp_path, 8001),
    ):
        pass


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for port in (8000, 8001):
        with sole_use(tmp_path, port):
            assert (tmp_path / "lock").read_text() == f"http://127.0.0.1:{port}/\n"


def test_rediss_folder_goes_with_the_demo() -> None:
    with redis_folder() as folder:
        (folder / "redis.sock").touch()
    assert not folder.exists()


# What its children see

SECRETS = {"secret_key": "s3cret-key", "eq_key": "eq-k3y"}


def environment(**base: str) -> dict[str, str]:
    return demo_environment(
        base, folder=Path("/x/.demo"), redis_url="unix:///r.sock?db=0", eq_url="http://127.0.0.1:1", **SECRETS
    )


def test_the_callers_own_eq_database_and_proxy_are_left_out() -> None:
    mine = {"EQBOARD_EQ_DIALECT": "/etc/our.toml", "EQBOARD_DATABASE_URL": "postgres://x", "EQBOARD_TRUST_PROXY": "yes"}
    seen = environment(**mine, DJANGO_SETTINGS_MODULE="another.settings")
    assert not set(mine.values()) & set(seen.values())
    assert seen["DJANGO_SETTINGS_MODULE"] == "eqboard.settings"


def test_language_and_path_stay_the_callers() -> None:
    seen = environment(EQBOARD_LANGUAGE="es", PATH="/bin")
    assert (seen["EQBOARD_LANGUAGE"], seen["PATH"]) == ("es", "/bin")


def test_the_password_goes_to_none_of_them() -> None:
    assert "correct horse" not in environment(DEMO_PASSWORD="correct horse").values()


def test_no_secret_is_in_a_command_line() -> None:
    with listen(free_port()) as listener:
        started = programs(("redis-server",), Path("/r.sock"), 8088, listener, environment())
    words = " ".join(word for program in started for word in program.command)
    assert not [secret for secret in SECRETS.values() if secret in words]


def test_only_the_simulator_gets_the_password_and_in_its_environment() -> None:
    mine = environment(EQBOARD_SIMULATOR_PASSWORD="somebody else's")
    with listen(free_port()) as listener:
        started = programs(("redis-server",), Path("/r.sock"), 8088, listener, mine, password="correct horse")
    assert [program.name for program in started if "correct horse" in program.environment.values()] == ["simulator"]
    assert not [word for program in started for word in program.command if "correct horse" in word]
    assert not [program for program in started if "somebody else's" in program.environment.values()]


def test_each_program_comes_after_those_it_needs() -> None:
    with listen(free_port()) as listener:
        started = programs(("redis-server",), Path("/r.sock"), 8088, listener, environment())
    assert [program.name for program in started] == ["redis", "simulator", "poller", "web"]


# Its database


@pytest.fixture
def unprepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database can be made."""
    monkeypatch.setattr(showroom, "MANAGE", ("false",))


@pytest.mark.usefixtures("unprepared")
def test_a_database_that_cannot_be_made_is_an_error() -> None:
    with pytest.raises(DemoError, match=r"^The demo's database could not be made: see above\.$"):
        prepare_database(environment(), "correct horse")


@pytest.mark.usefixtures("unprepared")
def test_a_demo_without_its_database_says_how_to_begin_afresh(tmp_path: Path) -> None:
    folder, wishes = tmp_path / ".demo", {"PATH": "/bin", "PORT": str(free_port())}
    with pytest.raises(DemoError, match=rf" see above\. To begin afresh: rm -r {folder}$"):
        showroom.run(wishes, folder)
    assert folder.exists()


# When it is ready


def healthz(**parts: bool) -> bytes:
    return json.dumps({"alive": True} | {name: {"ok": ok} for name, ok in parts.items()}).encode()


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (None, ["web"]),
        ((200, healthz(feed=True, eq=True)), []),
        ((503, healthz(feed=False, leader=False, eq=True)), ["feed", "leader"]),
        ((503, healthz(feed=True)), ["web"]),
        ((500, b"<h1>Server Error</h1>"), ["web"]),
        ((503, b"[]"), ["web"]),
    ],
)
def test_healthz_tells_what_is_unwell(answer: tuple[int, bytes] | None, parts: list[str]) -> None:
    assert unwell(answer) == parts


async def test_a_board_that_does_not_move_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sick(*_: object) -> tuple[int, bytes]:
        return 503, healthz(feed=True, eq=False)

    monkeypatch.setattr(showroom, "http_get", sick)
    monkeypatch.setattr(showroom, "MOVING_SECONDS", 0.0)
    with pytest.raises(DemoError, match=r"^The board does not move after 0 s: eq not well\.$"):
        await until_moving(8000)


async def test_ready_is_said_when_the_board_moves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([None, (503, healthz(feed=False)), (200, healthz(feed=True))])

    async def better_and_better(*_: object) -> tuple[int, bytes] | None:
        assert not capsys.readouterr().out
        return next(answers)

    monkeypatch.setattr(showroom, "http_get", better_and_better)
    monkeypatch.setattr(showroom, "ASK_EVERY_SECONDS", 0.0)
    await announce(Wishes(8000, "correct horse"), 8088, Terminal())
    assert capsys.readouterr().out.splitlines() == [
        "Training: http://127.0.0.1:8088/ with the same password",
        "Ready: http://127.0.0.1:8000/ user: supervisor password: correct horse",
    ]


# The whole, refused


def test_a_demo_on_a_busy_port_starts_nothing(busy_port: int, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="is in use"):
        showroom.run({**os.environ, "PORT": str(busy_port)}, tmp_path / ".demo")
    assert sorted(file.name for file in (tmp_path / ".demo").iterdir()) == ["lock"]

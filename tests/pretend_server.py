"""The pretend EQ server in a process of its own, at a port that nobody else had: `manage.py simulate --port 0`."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from eqboard.config import ROOT

HOST = "127.0.0.1"
END_SECONDS = 60
COMMAND = (sys.executable, "-W", "error", str(ROOT / "manage.py"), "simulate", "--host", HOST, "--port", "0")
LINE = re.compile(rf"The simulator listens at (http://{re.escape(HOST)}:[1-9]\d*)\n")


class DidNotStart(Exception):
    """It does not say where it listens. Its stderr says why."""


@dataclass(frozen=True, slots=True)
class PretendServer:
    """It listens at `url`, as it says itself."""

    url: str
    process: subprocess.Popen[str]

    def end(self) -> tuple[int, str, str | None]:
        """End it in good order: its exit code, what it said beside that one line, and its stderr if that is a pipe."""
        self.process.terminate()
        said, complained = self.process.communicate(timeout=END_SECONDS)
        return self.process.returncode, said, complained


@contextmanager
def pretend_server(
    *words: str, environment: Mapping[str, str] | None = None, stderr: int | None = None
) -> Iterator[PretendServer]:
    """One for as long as the block lasts, unless it is ended before. `words` are further options of `simulate`; the
    environment is ours where none is given. Raises DidNotStart.
    """
    command = (*COMMAND, *words)
    # From the root, as a developer may have a `.env` in the checkout.
    with subprocess.Popen(
        command, env=environment, cwd="/", stdout=subprocess.PIPE, stderr=stderr, text=True
    ) as process:
        try:
            server = PretendServer(_where_it_listens(process), process)
            yield server
            if process.poll() is None:
                server.end()
        finally:
            process.kill()  # does nothing where it has ended


def _where_it_listens(process: subprocess.Popen[str]) -> str:
    """Waits until it does."""
    assert process.stdout is not None
    said = process.stdout.readline()
    found = LINE.fullmatch(said)
    if found is None:
        raise DidNotStart(f"The simulator did not start; it said {said!r}.")
    return found[1]

"""The command `eqopenapi`: the document of the API in this site's dialect, for which nobody needs a key."""

import json
import os
import subprocess
import sys
from pathlib import Path

from eqboard.config import ROOT
from eqboard.eq import load_dialect
from eqboard.eq.openapi import describe
from eqboard.eq.operations import OPERATIONS
from tests.environment import KEY_CANARY

DEADLINE_SECONDS = 60


def eqopenapi(**environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with the settings of the tests."""
    return subprocess.run(
        (sys.executable, "-W", "error", str(ROOT / "manage.py"), "eqopenapi"),
        env=os.environ | environment,
        cwd="/",  # no `.env` of the developer's
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def test_it_prints_the_document_and_nothing_else() -> None:
    said = eqopenapi()
    assert (said.returncode, said.stderr) == (0, "")
    assert json.loads(said.stdout) == describe(OPERATIONS, load_dialect())
    assert said.stdout.startswith('{\n  "openapi": "3.1.0",\n')


def test_it_prints_the_same_each_time_without_the_key_and_on_any_terminal() -> None:
    said = [eqopenapi(), eqopenapi(EQBOARD_EQ_KEY="", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONHASHSEED="1")]
    assert [each.returncode for each in said] == [0, 0]
    assert said[0].stdout == said[1].stdout
    assert KEY_CANARY not in said[0].stdout


def test_it_speaks_the_dialect_of_the_site(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[operations."queued_calls.all"]\npath = "/waiting"\n[fields.QueuedCall]\nenter_time = "since"\n')
    document = json.loads(eqopenapi(EQBOARD_EQ_DIALECT=str(path)).stdout)
    assert "/waiting" in document["paths"]
    assert "/queued_calls" not in document["paths"]
    assert "since" in document["components"]["schemas"]["QueuedCall"]["properties"]


def test_a_dialect_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text("[fields.Quack]\n")
    said = eqopenapi(EQBOARD_EQ_DIALECT=str(path))
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("eqboard: EQBOARD_EQ_DIALECT is wrong: ")
    assert said.stderr.count("\n") == 1

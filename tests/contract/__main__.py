"""`python -m tests.contract`: does the simulator keep to the API document, whatever is sent to it?

A real server is started with a key of its own, asked by schemathesis with the document of `manage.py eqopenapi`, and
ended. It makes the same requests each time, and how many is said in schemathesis.toml.
"""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from eqboard.config import ROOT
from eqboard.eq import EQ, Server
from eqboard.eq.client import API_PATH
from tests.contract.document import WHERE, with_json_read
from tests.pretend_server import HOST, DidNotStart, pretend_server

LONGEST_SECONDS = 300  # it takes 40 on two idle cores
SETTINGS = Path(__file__).with_name("schemathesis.toml")
MANAGE = (sys.executable, "-W", "error", str(ROOT / "manage.py"))
# A small one, with callers waiting and parked from the start; slow, so that they are there for a while.
WORLD = ("--seed", "3", "--queues", "3", "--agents", "12", "--speed", "0.2")


def main() -> int:
    """Run it; returns the exit code. Whoever ends it early ends the simulator as well."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    key = SecretStr(secrets.token_urlsafe(24))
    environment = _environment(key)
    printed = subprocess.run((*MANAGE, "eqopenapi"), check=True, env=environment, cwd="/", stdout=subprocess.PIPE)
    document = json.loads(printed.stdout)
    with tempfile.TemporaryDirectory() as folder, pretend_server(*WORLD, environment=environment) as server:
        told = with_examples(with_json_read(document), asyncio.run(_there(server.url, key)))
        return _schemathesis(Path(folder), told, document, server.url + API_PATH, environment)


def _schemathesis(folder: Path, document: object, whole: object, url: str, environment: Mapping[str, str]) -> int:
    """Let it ask all that it can think of; returns its exit code. Our check in hooks.py reads the whole document."""
    (folder / "told.json").write_text(json.dumps(document))
    (folder / "openapi.json").write_text(json.dumps(whole))
    command = (sys.executable, "-m", "schemathesis.cli", "--config-file", SETTINGS, "run", "told.json", "--url", url)
    environment = {**environment, WHERE: str(folder / "openapi.json"), "PYTHONPATH": str(ROOT)}
    try:
        return subprocess.run(command, check=False, cwd=folder, env=environment, timeout=LONGEST_SECONDS).returncode
    except subprocess.TimeoutExpired:
        print(f"It is not done after {LONGEST_SECONDS} s.", file=sys.stderr)
        return 1


async def _there(url: str, key: SecretStr) -> dict[str, list[object]]:
    """What there is in the simulator's world, by the names of parameters: about nothing all is refused alike.

    What stands in a path may be deleted in the course of it, so the others are about others.
    """
    async with EQ(Server(url, key)) as eq:
        statuses = await eq.call_queue_agents.combined()
        first_queue, *queues = [each.queue for each in await eq.call_queue_statistics.all()]
        calls = [*await eq.queued_calls.all(), *await eq.parked_calls.all()]
        sessions = await eq.active_sessions.agents()
    first, *extensions = [each.extension for each in statuses if each.extension]
    return {
        "path id": [1, 2],
        "path extension": [first_queue, first],
        "user": [3],
        "agent": [each.user for each in sessions if each.user > 3],
        "channel": [each.channel for each in calls if each.channel],
        **dict.fromkeys(("queue", "callQueue"), queues),
        **dict.fromkeys(("extension", "targetExtension", "monitorExtension", "destination"), extensions),
    }


def with_examples(schema: Any, there: Mapping[str, list[object]]) -> Any:
    """A document that names, for its parameters and attributes, something that is there."""
    if isinstance(schema, list):
        return [with_examples(each, there) for each in schema]
    if not isinstance(schema, dict):
        return schema
    known = {name: with_examples(each, there) for name, each in schema.items()}
    for name, each in known.get("properties", {}).items():
        if name in there:
            each["examples"] = there[name]
    if "in" in known and "schema" in known:
        name = f"path {known['name']}" if known["in"] == "path" else known["name"]
        known["schema"] |= {"examples": there[name]} if name in there else {}
    return known


def _environment(key: SecretStr) -> dict[str, str]:
    """Nothing of the developer's own, and no proxy in between; the key is thrown away with the process."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("EQBOARD_")}
    ours = {"EQBOARD_EQ_KEY": key.get_secret_value(), "EQBOARD_SECRET_KEY": secrets.token_urlsafe(64)}
    return others | ours | {"NO_PROXY": HOST, "no_proxy": HOST}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DidNotStart as error:
        sys.exit(str(error))

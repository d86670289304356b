"""docs/production.md and the files for systemd and nginx beside it are true: what they name is there, and fits."""

import inspect
import re
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve
from redis.asyncio.connection import SSLConnection

from eqboard.config import PREFIX, ROOT, Config
from eqboard.feed.connection import fault_of
from eqboard.live.hub import HEARTBEAT_SECONDS
from eqboard.live.routing import websocket
from eqboard.ops.serving import LAST_SECONDS

DOCS = ROOT / "docs"
PAGE = (DOCS / "production.md").read_text()
README = (ROOT / "README.md").read_text()
NGINX = (DOCS / "nginx.conf").read_text()
UNITS = {path.name: path.read_text() for path in (DOCS / "systemd").iterdir()}
ALL = {"README.md": README, "production.md": PAGE, "nginx.conf": NGINX, **UNITS}

Block = dict[str, list[str]]
"""What follows each directive's name, as often as it stands there."""


def unit(name: str) -> Block:
    return gathered(line.partition("=") for line in UNITS[name].splitlines() if line[:1].isalpha())


def gathered(said: Iterable[tuple[str, str, str]]) -> Block:
    found: Block = {}
    for name, _, value in said:
        found.setdefault(name, []).append(value.strip())
    return found


def nginx_blocks() -> dict[str, Block]:
    """By the head of each block what stands in it, and not in a block inside it; two servers are as one."""
    heads = [""]
    said: dict[str, list[tuple[str, str, str]]] = {}
    for words, end in re.findall(r"([^;{}]*)([;{}])", re.sub(r"#.*", "", NGINX)):
        if end == "{":
            heads.append(" ".join(words.split()))
        elif end == "}":
            heads.pop()
        else:
            said.setdefault(heads[-1], []).append(" ".join(words.split()).partition(" "))
    assert heads == [""], "every block is closed"
    return {head: gathered(each) for head, each in said.items()}


def option_names(command: str) -> set[str]:
    parser = ArgumentParser()
    load_command_class(get_commands()[command], command).add_arguments(parser)
    return {name for action in parser._actions for name in action.option_strings}


@pytest.mark.parametrize("file", ALL)
def test_every_setting_that_is_named_is_one(file) -> None:
    named = set(re.findall(rf"{PREFIX}(\w+[A-Z])", ALL[file]))
    assert {each.lower() for each in named} <= Config.model_fields.keys()


@pytest.mark.parametrize("file", ALL)
def test_every_command_that_is_named_is_one_and_has_these_options(file) -> None:
    for command, rest in re.findall(r"manage\.py ([a-z]+)([^`\n]*)", ALL[file]):
        assert command in get_commands()
        if get_commands()[command].startswith("eqboard"):
            assert set(re.findall(r"--[\w-]+", rest)) <= option_names(command)


@pytest.mark.parametrize("page", ["README.md", "production.md"])
def test_every_file_that_is_linked_is_there(page) -> None:
    beside = ROOT if page == "README.md" else DOCS
    links = [each for each in re.findall(r"\]\(([^)#]+)\)", ALL[page]) if "://" not in each]
    assert [each for each in links if not (beside / each).exists()] == []
    assert {"nginx.conf", *(f"systemd/{name}" for name in UNITS)} <= {each.removeprefix("docs/") for each in links}


# systemd


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_what_is_there_and_gives_it_time_to_end(name) -> None:
    said = unit(name)
    folder = said["WorkingDirectory"][0]
    python, manage, command, *options = said["ExecStart"][0].split()
    assert python == f"{folder}/.venv/bin/python"
    assert (ROOT / manage).exists()
    assert {each for each in options if each.startswith("--")} <= option_names(command)
    assert (ROOT / Path(said["Documentation"][0].removeprefix("file://")).relative_to(folder)).exists()
    assert float(said["TimeoutStopSec"][0]) > LAST_SECONDS
    assert said["Restart"] == ["always"]
    assert said["User"] != ["root"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_may_write_nothing_but_the_checkout(name) -> None:
    said = unit(name)
    assert said["ProtectSystem"] == ["strict"]
    assert said["ReadWritePaths"] == said["WorkingDirectory"]
    assert said["NoNewPrivileges"] == ["yes"]
    assert said["CapabilityBoundingSet"] == [""]


def test_the_units_differ_only_in_what_they_start() -> None:
    web, poller = unit("eqboard-web@.service"), unit("eqboard-poller@.service")
    differ = {name for name in {*web, *poller} if web.get(name) != poller.get(name)}
    assert differ == {"Description", "ExecStart"}


@pytest.mark.parametrize("file", ["README.md", "production.md", *UNITS])
def test_the_services_that_are_enabled_have_a_unit(file) -> None:
    named = re.findall(r"(eqboard-\w+@)(?:[\d*])", ALL[file])
    assert {f"{each}.service" for each in named} <= UNITS.keys()


# nginx


def test_the_proxy_asks_the_web_servers_that_the_units_start() -> None:
    ports = re.findall(r"server 127\.0\.0\.1:(\d+)", NGINX)
    assert len(ports) > 1
    for text in (README, PAGE, UNITS["eqboard-web@.service"]):
        assert f"enable --now {' '.join(f'eqboard-web@{port}' for port in ports)}" in text


def test_the_proxy_passes_on_what_eqboard_needs() -> None:
    blocks = nginx_blocks()
    passed = dict(each.split(" ", 1) for each in blocks["server"]["proxy_set_header"])
    assert passed == {
        "Host": "$http_host",
        "Upgrade": "$http_upgrade",
        "Connection": "$eqboard_connection",
        "X-Forwarded-Proto": "$scheme",
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
    }
    for head, block in blocks.items():
        if head.startswith("location"):
            assert block["proxy_pass"] == ["http://eqboard"]
            assert "proxy_set_header" not in block, "then none of the others would be passed on"


def test_the_proxy_outlasts_a_body_an_action_and_a_heartbeat() -> None:
    blocks = nginx_blocks()
    assert (
        int(blocks["server"]["client_max_body_size"][0].removesuffix("m")) << 20 > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    )
    assert seconds(blocks["location /"]["proxy_read_timeout"]) > Config().answer_seconds
    assert seconds(blocks["location /live/"]["proxy_read_timeout"]) > 10 * HEARTBEAT_SECONDS


def seconds(said: list[str]) -> float:
    return float(said[0].removesuffix("s"))


def test_the_proxy_sends_nothing_twice() -> None:
    assert nginx_blocks()["server"]["proxy_next_upstream"] == ["error timeout"]


def test_the_sockets_place_is_that_of_the_boards_lines_and_of_nothing_else() -> None:
    routes = [str(each.pattern) for each in websocket.application.routes if str(each.pattern)]
    assert [each for each in routes if not each.startswith("^live/")] == []
    with pytest.raises(Resolver404):
        resolve("/live/desk/")
    block = nginx_blocks()["location /live/"]
    assert block["proxy_buffering"] == ["off"]


# Redis


def test_the_addresses_of_redis_can_be_read() -> None:
    rows = re.findall(r"`((?:rediss?|unix)(?:\+sentinel)?://[^`…]+)`", PAGE + README)
    whole = {each for each in rows if not each.endswith("://")}
    assert {each.partition("://")[0] for each in whole} == {"redis", "rediss", "unix", "redis+sentinel"}
    assert [each for each in whole if fault_of(each)] == []


def test_the_options_of_tls_are_redis_py_s() -> None:
    named = set(re.findall(r"`(ssl_\w+)=", PAGE))
    assert named
    assert named <= inspect.signature(SSLConnection.__init__).parameters.keys()

"""docs/simulator.md is true: every option, scenario, lever, kind of fault and field of the truth, and no other."""

import json
import re
from argparse import ArgumentParser
from dataclasses import fields

import httpx
import pytest
from starlette.applications import Starlette

from eqboard.config import ROOT
from eqboard.ops.management.commands.simulate import Command
from eqboard.simulator.app import build_app
from eqboard.simulator.faults import FaultKind, Mode
from eqboard.simulator.ledger.books import QueueLedger
from eqboard.simulator.ledger.visits import Visit
from eqboard.simulator.scenarios import SCENARIOS, build_world

PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
OF_THE_PAGE_ITSELF = {"/control/sign_in", "/control/sign_out"}
KEY = "a-key-of-ours"


def rows(heading: str) -> list[str]:
    """The first cell of each row of the table under that heading row."""
    _, _, table = PAGE.partition(f"| {heading} |")
    return re.findall(r"^\| (.+?) \|", table.partition("\n\n")[0], re.MULTILINE)


def an_app() -> Starlette:
    return build_app(build_world("by_hand", seed=1, started_at=0.0), key=KEY, clock=lambda: 0.0)


def told_names(heading: str) -> list[str]:
    return [cell.strip("`") for cell in rows(heading)]


def test_every_option_of_simulate_is_told() -> None:
    parser = ArgumentParser(add_help=False)
    Command().add_arguments(parser)
    options = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"`(--[a-z-]+)`", " ".join(rows("option")))) == options


def test_every_scenario_is_told() -> None:
    assert set(told_names("scenario")) == set(SCENARIOS)


def test_every_lever_is_told() -> None:
    told = set()
    for cell in rows("request"):
        methods: list[str] = []
        for word in re.findall(r"[A-Z]+|/[\w/{}]+", cell):
            if word.startswith("/"):
                told |= {(method, word) for method in methods}
                methods = []
            else:
                methods.append(word)
    levers = {
        (method, route.path)
        for route in an_app().routes
        if route.path.startswith(("/control", "/truth")) and route.path not in OF_THE_PAGE_ITSELF
        for method in route.methods - {"HEAD"}
    }
    assert told == levers


def test_every_kind_of_fault_and_every_mode_is_told() -> None:
    assert [word for word in (*FaultKind, *Mode) if f"`{word}`" not in PAGE] == []


ENOUGH = {
    "agent": "1",
    "count": "1",
    "kind": "html",
    "mode": "fine",
    "queue": "500",
    "recording_format": "wav",
    "skill": "2",
    "state": "paused",
}  # for the fields that a lever needs
NEEDS = [
    (method, path, re.findall(r"`(\w+)`", re.sub(r"\[.*?\]", "", wanted)))
    for method, path, wanted in re.findall(r"^\| `([A-Z]+) (/\S+)` \| (.*?) \|", PAGE, re.MULTILINE)
]


@pytest.mark.parametrize(("method", "path", "needed"), [each for each in NEEDS if each[2]])
async def test_a_field_without_brackets_is_needed_and_no_other_is(method: str, path: str, needed: list[str]) -> None:
    path = path.replace("{id}", "1").replace("{extension}", "500")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_app()), base_url="http://eq") as client:
        for missing in (*needed, None):
            form = {name: ENOUGH[name] for name in needed if name != missing}
            answer = await client.request(method, path, data={"auth_key": KEY, **form})
            if missing:
                [error] = answer.json()
                assert (answer.status_code, error["parameter"], error["type"]) == (400, missing, "blank")
        assert answer.status_code == 200


def test_every_count_of_the_books_is_told() -> None:
    assert told_names("count") == [each.name for each in fields(QueueLedger)] + ["waiting"]


def test_every_field_of_a_record_is_told() -> None:
    assert sorted(told_names("field")) == sorted(each.name for each in fields(Visit))


async def test_the_sample_of_the_truth_has_the_shape_of_the_truth() -> None:
    [sample] = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    transport = httpx.ASGITransport(an_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://eq", params={"auth_key": KEY}) as client:
        await client.post("/control/calls", data={"queue": "500"})
        truth = (await client.get("/truth", params={"calls": "1"})).json()
    assert truth.keys() == sample.keys()
    assert sample["totals"].keys() <= truth["totals"].keys()
    assert sample["queues"]["500"].keys() <= truth["queues"]["500"].keys()
    assert truth["calls"].keys() == sample["calls"].keys()
    assert truth["calls"]["records"][0].keys() == sample["calls"]["records"][0].keys()

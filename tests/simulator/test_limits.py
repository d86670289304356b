"""How much the server holds, and that a name is looked up, not searched for, however many there are."""

import pytest

from eqboard.simulator.handlers import alerts, directory, extensions, users
from eqboard.simulator.office.entities import PauseCode
from eqboard.simulator.office.names import Names
from eqboard.simulator.trainer import calls

from .conftest import refusal
from .office import VALID, delete, put, undelete

HOLDS = {
    "supervisor": (users, "MOST_SUPERVISORS", "supervisors"),
    "agent": (users, "MOST_AGENTS", "agents"),
    "call_queue": (directory, "MOST_QUEUES", "queues"),
    "pause_code": (directory, "MOST_PAUSE_CODES", "pause_codes"),
    "extension": (extensions, "MOST_EXTENSIONS", "extensions"),
    "alert": (alerts, "MOST_ALERTS", "alerts"),
}


@pytest.mark.parametrize("kind", HOLDS)
async def test_what_is_one_too_many_is_refused_in_one_sentence(server, world, monkeypatch, kind):
    room, limit, things = HOLDS[kind]
    count = len(getattr(world.directory, things))
    monkeypatch.setattr(room, limit, count)
    response = await server.send("POST", kind, data=VALID[kind])
    assert refusal(response) == (400, "data", "invalid")
    assert f"There are {count} of them" in response.json()[0]["description"]
    assert len(getattr(world.directory, things)) == count
    monkeypatch.setattr(room, limit, count + 1)
    assert (await server.send("POST", kind, data=VALID[kind])).status_code == 200


async def test_what_is_wrong_with_it_is_told_before_that_there_is_no_room(server, monkeypatch):
    monkeypatch.setattr(directory, "MOST_PAUSE_CODES", 2)
    response = await server.send("POST", "pause_code", data={"name": "lunch"})
    assert refusal(response) == (400, "name", "in_use")


async def test_a_full_server_still_changes_deletes_and_brings_back(server, monkeypatch):
    monkeypatch.setattr(directory, "MOST_PAUSE_CODES", 2)
    assert (await put(server, "pause_code/1", name="Tea")).status_code == 200
    assert (await delete(server, "pause_code/1")).status_code == 200
    assert (await undelete(server, "pause_code/1")).status_code == 200


async def test_callers_beyond_the_limit_are_not_put_in(server, world, monkeypatch):
    monkeypatch.setattr(calls, "MOST_CALLS", 2)
    for _ in range(2):
        assert (await server.control("POST", "/control/calls", queue="500")).status_code == 200
    assert refusal(await server.control("POST", "/control/calls", queue="500")) == (400, "queue", "invalid")
    assert len(world.switch.calls) == 2
    await server.control("DELETE", f"/control/calls/{next(iter(world.switch.calls))}")
    assert (await server.control("POST", "/control/calls", queue="500")).status_code == 200


async def test_a_name_is_free_when_it_was_changed_and_taken_is_the_new_one(server):
    await put(server, "pause_code/1", name="Tea")
    assert refusal(await server.send("POST", "pause_code", data={"name": "TEA"})) == (400, "name", "in_use")
    assert (await server.send("POST", "pause_code", data={"name": "Lunch"})).status_code == 200


def test_names_looks_only_at_what_has_the_name():
    names: Names[int] = Names("A pause code", "name")
    for key in range(1000):
        names.note(key, PauseCode(key, f"Code {key}"))
    asked = []

    def find(key: int) -> object:
        asked.append(key)
        return key

    [complaint] = names.clashes(PauseCode(5000, "CODE 7"), find)
    assert (complaint.parameter, complaint.type, asked) == ("name", "in_use", [7])
    assert names.clashes(PauseCode(7, "code 7"), find, own=7) == []
    assert names.clashes(PauseCode(5000, "Another"), find) == []


def test_names_keeps_nothing_of_what_was_called_otherwise_before():
    names: Names[int] = Names("A pause code", "name")
    for count in range(100):
        names.note(1, PauseCode(1, f"Code {count}"))
    assert (len(names._keys), len(names._noted)) == (1, 1)
    names.forget(1)
    assert not names._keys
    assert not names._noted

"""The levers beneath the EQ API: the machine it runs on, the licence, and a FreePBX that is half configured."""

import pytest

from eqboard.simulator.office.machine import PROCESSES, Machine
from eqboard.simulator.office.watch import LOOK_SECONDS
from eqboard.simulator.scenarios import build_world

from .conftest import START, Server, refusal
from .office import put, sign_in

DAY = 86400


async def shown(server):
    return (await server.control("GET", "/control/machine")).json()


async def test_a_machine_runs_with_room_on_its_disk_and_no_mail_unanswered(server):
    assert await shown(server) == {
        "disk_usage_percent": 41,
        "processes": dict.fromkeys(PROCESSES, True),
        "email_queues": [
            {"id": 1, "emails": 0, "agents": 2, "agents_available": 2},
            {"id": 2, "emails": 0, "agents": 2, "agents_available": 2},
        ],
        "problems": 0,
    }


async def test_a_process_is_stopped_and_started(server):
    for _ in range(2):  # what is stopped may be stopped
        assert (await server.control("POST", "/control/machine", stop="asterisk")).json() is None
        processes = (await shown(server))["processes"]
        assert [name for name, runs in processes.items() if not runs] == ["asterisk"]
    for _ in range(2):
        await server.control("POST", "/control/machine", start="asterisk")
        assert all((await shown(server))["processes"].values())


async def test_one_request_may_change_everything_at_once(server):
    form = {"disk_usage_percent": 100, "stop": "httpd", "start": "mysqld", "email_queue": 2, "emails": 7}
    assert (await server.control("POST", "/control/machine", **form)).json() is None
    machine = await shown(server)
    assert machine["disk_usage_percent"] == 100
    assert machine["processes"] == dict.fromkeys(PROCESSES, True) | {"httpd": False}
    assert machine["email_queues"][1] == {"id": 2, "emails": 7, "agents": 2, "agents_available": 2}


async def test_agents_who_leave_an_email_queue_are_not_available(server):
    await server.control("POST", "/control/machine", email_queue=1, agents=1)
    assert (await shown(server))["email_queues"][0] == {"id": 1, "emails": 0, "agents": 1, "agents_available": 1}
    await server.control("POST", "/control/machine", email_queue=1, agents=5, agents_available=4)
    assert (await shown(server))["email_queues"][0] == {"id": 1, "emails": 0, "agents": 5, "agents_available": 4}


@pytest.mark.parametrize(
    ("form", "parameter", "kind"),
    [
        ({}, "disk_usage_percent", "blank"),
        ({"disk": "9"}, "disk_usage_percent", "blank"),
        ({"disk_usage_percent": ""}, "disk_usage_percent", "blank"),
        ({"disk_usage_percent": "101"}, "disk_usage_percent", "invalid"),
        ({"disk_usage_percent": "-1"}, "disk_usage_percent", "invalid"),
        ({"disk_usage_percent": "9.5"}, "disk_usage_percent", "invalid"),
        ({"disk_usage_percent": "9" * 5000}, "disk_usage_percent", "invalid"),
        ({"stop": ""}, "stop", "blank"),
        ({"stop": "init"}, "stop", "invalid"),
        ({"start": "ASTERISK"}, "start", "invalid"),
        ({"emails": "4"}, "email_queue", "blank"),
        ({"email_queue": "3", "emails": "4"}, "email_queue", "nonexistent"),
        ({"email_queue": "x", "emails": "4"}, "email_queue", "nonexistent"),
        ({"email_queue": "1"}, "emails", "blank"),
        ({"email_queue": "1", "emails": "1000001"}, "emails", "invalid"),
        ({"email_queue": "1", "agents": "many"}, "agents", "invalid"),
        ({"email_queue": "1", "agents_available": "3"}, "agents_available", "invalid"),
        ({"email_queue": "1", "agents": "1", "agents_available": "2"}, "agents_available", "invalid"),
    ],
)
async def test_what_is_wrong_with_a_machine_is_named_and_nothing_of_it_is_done(server, form, parameter, kind):
    before = await shown(server)
    right = {"start": "httpd"} if "stop" in form else {}
    assert refusal(await server.control("POST", "/control/machine", **form | right)) == (400, parameter, kind)
    assert await shown(server) == before


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"stop": "init"}, PROCESSES),
        ({"email_queue": "3"}, ("1", "2")),
        ({}, ("disk_usage_percent", "stop", "start", "email_queue", "emails", "agents", "agents_available")),
    ],
)
async def test_a_refusal_says_what_there_is(server, form, words):
    [error] = (await server.control("POST", "/control/machine", **form)).json()
    assert all(word in error["description"] for word in words)


def test_a_process_that_is_none_can_neither_be_stopped_nor_started():
    for change in (Machine([1]).stop, Machine([1]).start):
        with pytest.raises(ValueError, match="asterisk, httpd"):
            change("init")


async def test_a_machine_in_trouble_hinders_no_call(server, clock):
    for process in PROCESSES:
        await server.control("POST", "/control/machine", stop=process, disk_usage_percent=100)
    await server.control("POST", "/control/calls", queue="500")
    clock.now += 4
    assert (await server.get("call_queue_statistics", queue="500")).json()["callsAnswered"] == 1


async def test_a_stopped_process_and_a_full_disk_raise_the_alerts_of_a_demo_and_are_problems_of_the_check(
    open_client, clock
):
    world = build_world("steady", seed=1, started_at=clock.now)
    async with open_client(world) as client:
        server = Server(client)
        problems_before = (await shown(server))["problems"]
        await server.control("POST", "/control/machine", stop="httpd", disk_usage_percent="91")
        clock.now += LOOK_SECONDS
        rows = (await server.control("GET", "/control/alerts")).json()["alerts"]
        assert {row["type"] for row in rows if row["raised"]} >= {"processStopped", "diskUsageHigh"}
        assert (await shown(server))["problems"] == problems_before + 2


# The licence


async def test_a_licence_shrinks_until_it_is_exceeded(server):
    async def exceeded(**form):
        assert (await server.control("POST", "/control/licence", **form)).json() is None
        return (await server.get("license_usage")).json()["exceeded"]

    assert await exceeded(agents=2, supervisors=1) is False
    assert await exceeded(agents=1) is True
    assert await exceeded(agents=2) is False
    assert await exceeded(supervisors=0) is True
    licence = (await server.get("license")).json()
    assert (licence["agents"], licence["supervisors"], licence["valid"]) == (2, 0, True)


async def test_an_exceeded_licence_refuses_nobody(server):
    await server.control("POST", "/control/licence", agents=0)
    await server.control("POST", "/control/agents/2", state="signed_out")
    assert (await sign_in(server, "agent", 2, "202")).status_code == 200


async def test_a_licence_expires_in_so_many_days(server, clock):
    await server.control("POST", "/control/licence", days=2)
    licence = (await server.get("license")).json()
    assert (licence["expirationTime"], licence["valid"]) == (START + 2 * DAY, True)
    clock.now += 2 * DAY
    assert (await server.get("license")).json()["valid"] is False
    await server.control("POST", "/control/licence", days=1)
    assert (await server.get("license")).json()["valid"] is True


async def test_a_licence_expires_at_once_or_at_a_moment(server):
    await server.control("POST", "/control/licence", days=0)
    assert (await server.get("license")).json()["valid"] is False
    await server.control("POST", "/control/licence", expires_at=int(START) + 60)
    licence = (await server.get("license")).json()
    assert (licence["expirationTime"], licence["valid"]) == (START + 60, True)


@pytest.mark.parametrize(
    ("form", "parameter", "kind"),
    [
        ({}, "agents", "blank"),
        ({"agents": ""}, "agents", "blank"),
        ({"agents": "-1"}, "agents", "invalid"),
        ({"agents": "10001"}, "agents", "invalid"),
        ({"supervisors": "5001"}, "supervisors", "invalid"),
        ({"expires_at": "tomorrow"}, "expires_at", "invalid"),
        ({"expires_at": "9" * 18}, "expires_at", "invalid"),
        ({"days": "3651"}, "days", "invalid"),
        ({"days": "1", "expires_at": "1"}, "days", "invalid"),
    ],
)
async def test_what_is_wrong_with_a_licence_is_named_and_nothing_of_it_is_done(server, form, parameter, kind):
    before = (await server.get("license")).json()
    right = {} if "agents" in form or not form else {"agents": 1}
    assert refusal(await server.control("POST", "/control/licence", **form | right)) == (400, parameter, kind)
    assert (await server.get("license")).json() == before


# FreePBX


@pytest.mark.parametrize("recording_format", ["wav49", "gsm", "wav"])
async def test_a_queue_records_in_a_format_of_freepbx(server, recording_format):
    await server.control("POST", "/control/queues/500", recording_format=recording_format)
    assert (await server.get("call_queue/500")).json()["recordingFormat"] == recording_format


async def test_a_queue_records_in_no_format(server):
    await server.control("POST", "/control/queues/500", recording_format="")
    assert (await server.get("call_queue/500")).json()["recordingFormat"] is None


async def test_the_eq_api_does_not_take_back_a_format_that_it_does_not_support(server):
    await server.control("POST", "/control/queues/500", recording_format="gsm")
    queue = (await server.get("call_queue/500")).json()
    assert refusal(await put(server, "call_queue/500", **queue)) == (400, "recordingFormat", "invalid")
    assert (await put(server, "call_queue/500", **queue | {"recordingFormat": "wav"})).status_code == 200


@pytest.mark.parametrize(
    ("queue", "form", "expected"),
    [
        ("999", {"recording_format": "gsm"}, (404, "extension", "nonexistent")),
        ("500", {}, (400, "recording_format", "blank")),
        ("500", {"recording_format": "mp3"}, (400, "recording_format", "invalid")),
        ("500", {"recording_format": "WAV"}, (400, "recording_format", "invalid")),
    ],
)
async def test_a_wrong_format_or_queue_is_refused_and_named(server, queue, form, expected):
    assert refusal(await server.control("POST", f"/control/queues/{queue}", **form)) == expected


async def test_a_deleted_queue_is_configured_no_more(server):
    await server.send("DELETE", "call_queue/500")
    response = await server.control("POST", "/control/queues/500", recording_format="gsm")
    assert refusal(response) == (404, "extension", "nonexistent")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/control/machine"),
        ("POST", "/control/machine"),
        ("POST", "/control/licence"),
        ("POST", "/control/queues/500"),
    ],
)
async def test_no_lever_moves_without_the_key(bare, method, path):
    assert (await bare.request(method, path)).status_code == 401


@pytest.mark.parametrize(("recording_format", "count"), [("wav", 1), ("wav49", 0), ("gsm", 0), ("", 0)])
async def test_eq_finds_no_recording_in_a_format_that_it_does_not_support(server, clock, recording_format, count):
    await server.control("POST", "/control/queues/500", recording_format=recording_format)
    unique_id = (await server.control("POST", "/control/calls", queue="500")).json()
    clock.now += 10
    assert len((await server.get("call_recordings", call_unique_id=unique_id)).json()) == count

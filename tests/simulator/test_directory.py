"""The lives of entities: made, read, written over, deleted, brought back."""

from ipaddress import ip_address

import pytest
from pydantic import SecretStr

from eqboard.simulator.cast import build_directory
from eqboard.simulator.office.entities import QueueSettings, RingStrategy
from eqboard.simulator.scenarios import SCENARIOS, build_world, scenario_called
from eqboard.simulator.world import World

from .conftest import START, Server, refusal, refusals
from .office import VALID, delete, put, undelete

FLAGGED = {"supervisor": "1", "agent": "1", "call_queue": "500", "pause_code": "1"}
KEPT_BY = {**FLAGGED, "extension": "201"}
KEY_NAME = {"supervisor": "id", "agent": "id", "call_queue": "extension", "pause_code": "id", "extension": "extension"}


# Reading


@pytest.mark.contract("1.17", "3.2")
async def test_a_supervisor_is_shown_whole_and_without_password(server, world):
    world.directory.supervisors[1].password = SecretStr("canary")
    assert (await server.get("supervisor/1")).json() == {
        "id": 1,
        "username": "dana",
        "firstName": "Dana",
        "lastName": "Weiss",
        "emailAddress": "dana@example.com",
        "language": None,
        "type": "full",
        "deleted": False,
    }


@pytest.mark.contract("1.17", "3.6")
async def test_an_extension_is_shown_whole_with_its_secrets(server, world):
    extension = (await server.get("extension/201")).json()
    assert set(extension) == {
        *("extension", "name", "cidMasquerade", "outboundCid", "emergencyCid"),
        *("callWaiting", "recording", "sip", "voicemail"),
    }
    assert set(extension["recording"]) == {
        *("inboundExternal", "inboundInternal", "outboundExternal", "outboundInternal", "onDemand")
    }
    assert set(extension["sip"]) == {"secret", "dtmfMode", "context", "nat"}
    assert set(extension["voicemail"]) == {"context", "password", "emailAddress", "pagerEmailAddress", "options"}
    assert set(extension["voicemail"]["options"]) == {"attach", "saycid", "envelope", "delete"}
    assert extension["name"] == "Agent1 Test"
    assert len(extension["sip"]["secret"]) == 32
    assert extension["sip"]["secret"] not in repr(world.directory.extensions["201"])


@pytest.mark.contract("3.3")
async def test_what_a_new_entity_holds_is_shown(server):
    await server.send("POST", "agent", data=VALID["agent"] | {"lastName": "Holm", "language": "he"})
    assert (await server.get("agent/3")).json() == {
        "id": 3,
        "number": "777",
        "firstName": "Nils",
        "lastName": "Holm",
        "emailAddress": None,
        "language": "he",
        "deleted": False,
    }


NOBODYS = {"firstName": "Nora", "lastName": None, "language": None, "deleted": False}
RECORDED = ["inboundExternal", "inboundInternal", "outboundExternal", "outboundInternal"]
OF_A_NEW_ONE = {
    "supervisor/2": NOBODYS | {"id": 2, "username": "newcomer", "emailAddress": "nora@example.com", "type": "full"},
    "agent/3": NOBODYS | {"id": 3, "number": "777", "firstName": "Nils", "emailAddress": None},
    "call_queue/555": {"extension": "555", "name": "Night line", "type": 0, "deleted": False}
    | dict.fromkeys(["sysResume", "wrapUpTime", "cidNamePrefix", "recordingFormat", "maxWaitTime", "maxCallers"])
    | dict.fromkeys(["autoAnswerAcd", "wrapUpAllQueues", "ringingMoh"], False)
    | dict.fromkeys(["agentRestrictions", "weight", "announceFrequency"], 0)
    | dict.fromkeys(["leaveEmpty", "announcePosition", "announceHoldTime"], "no")
    | {"ringStrategy": "leastrecent", "mohClass": "inherit", "recordingMode": "afteranswered"}
    | {"agentTimeout": 15, "agentRetryTime": 5, "joinEmpty": "yes"},
    "pause_code/3": {"id": 3, "name": "Coffee", "deleted": False},
    "extension/299": {"extension": "299", "name": "Hall", "callWaiting": False, "voicemail": None}
    | dict.fromkeys(["cidMasquerade", "outboundCid", "emergencyCid"])
    | {"recording": dict.fromkeys(RECORDED, "dontcare") | {"onDemand": False}}
    | {"sip": {"secret": None, "dtmfMode": "rfc2833", "context": None, "nat": "no"}},
}


@pytest.mark.contract("2.3", "2.4", "2.5", "2.6", "3.4", "3.6")
@pytest.mark.parametrize("path", OF_A_NEW_ONE)
async def test_an_attribute_that_is_left_out_of_a_new_one_gets_its_default(server, path):
    kind, _ = path.split("/")
    await server.send("POST", kind, data=VALID[kind])
    assert (await server.get(path)).json() == OF_A_NEW_ONE[path]


@pytest.mark.parametrize(
    ("voicemail", "options"),
    [({}, None), ({"options": {}}, dict.fromkeys(["attach", "saycid", "envelope", "delete"], "no"))],
)
async def test_a_new_mailbox_has_defaults_inside(server, voicemail, options):
    await server.send("POST", "extension", data=VALID["extension"] | {"voicemail": voicemail})
    blank = dict.fromkeys(["context", "password", "emailAddress", "pagerEmailAddress"])
    assert (await server.get("extension/299")).json()["voicemail"] == blank | {"options": options}


@pytest.mark.contract("1.12", "1.13")
@pytest.mark.parametrize("kind", KEPT_BY)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("key", ["99", "0", "-1", "x", "%00", "9" * 400, "é"])
async def test_what_never_was_is_404_by_its_key(server, kind, method, key):
    response = await server.send(method, f"{kind}/{key}", data=VALID[kind])
    assert refusal(response) == (404, KEY_NAME[kind], "nonexistent")


@pytest.mark.parametrize("kind", FLAGGED)
async def test_what_never_was_cannot_be_brought_back(server, kind):
    assert refusal(await undelete(server, f"{kind}/99")) == (404, KEY_NAME[kind], "nonexistent")


@pytest.mark.parametrize("undelete", ["0", "2", "yes", "١"])
@pytest.mark.parametrize("kind", FLAGGED)
async def test_undelete_is_one_or_is_not_there(server, kind, undelete):
    response = await server.send("PUT", f"{kind}/1", query={"undelete": undelete}, data=VALID[kind])
    assert refusal(response) == (400, "undelete", "invalid")


# Writing


@pytest.mark.contract("1.14")
@pytest.mark.parametrize("scenario", ["steady", "large_site"])
async def test_whatever_is_read_may_be_written_back_and_stays_as_it_was(open_client, scenario):
    scene = SCENARIOS[scenario]
    world = World(scene, build_directory(scene), seed=1, started_at=START)
    directory = world.directory
    paths = [
        *(f"supervisor/{key}" for key in directory.supervisors),
        *(f"agent/{key}" for key in list(directory.agents)[::7]),
        *(f"call_queue/{key}" for key in list(directory.queues)[::3]),
        *(f"pause_code/{key}" for key in directory.pause_codes),
        *(f"extension/{key}" for key in [*list(directory.extensions)[:5], *list(directory.extensions)[-200:]]),
    ]
    async with open_client(world) as client:
        server = Server(client)
        for path in paths:
            before = (await server.get(path)).json()
            response = await put(server, path, **before)
            assert (response.status_code, response.json()) == (200, None), (path, response.text)
            assert (await server.get(path)).json() == before


@pytest.mark.contract("1.17")
async def test_an_attribute_that_is_left_out_of_a_put_gets_its_default(server):
    await put(server, "agent/1", number="201", firstName="Ann", lastName="Lee", emailAddress="a@x.io", language="es")
    await put(server, "agent/1", number="201", firstName="Ann")
    agent = (await server.get("agent/1")).json()
    assert (agent["lastName"], agent["emailAddress"], agent["language"]) == (None, None, None)


@pytest.mark.contract("1.17")
async def test_an_attribute_that_is_left_out_of_a_queue_gets_its_default(server, world):
    changed = {"weight": 9, "wrapUpTime": 0, "maxCallers": 3, "ringStrategy": "linear", "recordingFormat": "wav"}
    await put(server, "call_queue/500", name="Sales", type=1, autoAnswerAcd=True, **changed)
    assert world.directory.queues["500"].settings.ring_strategy is RingStrategy.LINEAR
    await put(server, "call_queue/500", name="Sales", type=0)
    assert world.directory.queues["500"].settings == QueueSettings("500", "Sales", recording_format=None)


async def test_null_is_kept_where_it_has_a_meaning_and_is_left_out_elsewhere(server, world):
    nulls = dict.fromkeys(["agentTimeout", "agentRetryTime", "weight", "ringStrategy", "joinEmpty"])
    await put(server, "call_queue/500", name="Sales", type=0, **nulls)
    expected = QueueSettings("500", "Sales", recording_format=None, agent_timeout=None, agent_retry_time=None)
    assert world.directory.queues["500"].settings == expected


@pytest.mark.contract("1.17")
async def test_an_attribute_that_is_left_out_of_an_extension_is_lost(server):
    await put(server, "extension/201", extension="201", name="Agent1 Test")
    extension = (await server.get("extension/201")).json()
    assert extension["voicemail"] is None
    assert extension["sip"] == {"secret": None, "dtmfMode": "rfc2833", "context": None, "nat": "no"}


@pytest.mark.contract("1.17")
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("supervisor/1", {key: VALID["supervisor"][key] for key in ("username", "firstName", "emailAddress", "type")}),
        ("agent/1", {key: VALID["agent"][key] for key in ("number", "firstName")}),
    ],
)
@pytest.mark.parametrize("more", [{}, {"password": None}])
async def test_a_password_that_is_left_out_stays(server, world, path, data, more):
    await put(server, path, **data, password="7391")
    assert (await put(server, path, **data, **more)).status_code == 200
    kind, _ = path.split("/")
    [user] = [world.directory.supervisors[1]] if kind == "supervisor" else [world.directory.agents[1]]
    assert user.password.get_secret_value() == "7391"


@pytest.mark.parametrize("path", ["supervisor/1", "agent/1"])
async def test_an_empty_password_is_none(server, path):
    kind, _ = path.split("/")
    response = await put(server, path, **VALID[kind] | {"password": ""})
    assert refusal(response) == (400, "password", "invalid")


@pytest.mark.contract("1.14")
async def test_a_queue_keeps_its_extension_whatever_is_written(server, world):
    await put(server, "call_queue/500", extension="599", name="Sales", type=0, deleted=True)
    assert world.directory.queues["500"].extension == "500"
    assert not world.directory.queues["500"].deleted
    assert "599" not in world.directory.queues


async def test_an_extension_may_get_another_number(server, world):
    extension = (await server.get("extension/202")).json()
    assert (await put(server, "extension/202", **extension | {"extension": "299"})).status_code == 200
    assert refusal(await server.get("extension/202")) == (404, "extension", "nonexistent")
    assert (await server.get("extension/299")).json() == extension | {"extension": "299"}


@pytest.mark.parametrize("kind", KEPT_BY)
async def test_a_put_that_is_refused_changes_nothing(server, kind):
    path = f"{kind}/{KEPT_BY[kind]}"
    before = (await server.get(path)).json()
    bad = {"name": "", "number": "0", "username": "", "firstName": "x"}
    assert (await put(server, path, **before | bad)).status_code == 400
    assert (await server.get(path)).json() == before


# Names that are taken


@pytest.fixture
async def crowd(server):
    """A second supervisor, agent and extension beside the first ones."""
    await server.send("POST", "supervisor", data=VALID["supervisor"])
    await server.send("POST", "agent", data=VALID["agent"] | {"emailAddress": "nils@example.com"})
    await server.send("POST", "extension", data=VALID["extension"])
    return server


@pytest.mark.contract("1.12")
@pytest.mark.parametrize(
    ("kind", "data", "taken"),
    [
        ("supervisor", {"username": "dana", "emailAddress": "new@example.com"}, {"username"}),
        ("supervisor", {"username": "DANA", "emailAddress": "new@example.com"}, {"username"}),
        ("supervisor", {"emailAddress": "dana@example.com", "username": "another"}, {"emailAddress"}),
        ("supervisor", {"emailAddress": "nora@example.com"}, {"username", "emailAddress"}),
        ("agent", {"number": "201", "emailAddress": None}, {"number"}),
        ("agent", {"number": "888", "emailAddress": "Nils@Example.com"}, {"emailAddress"}),
        ("call_queue", {"extension": "500"}, {"extension"}),
        ("call_queue", {"name": "Sales"}, {"name"}),
        ("call_queue", {"name": "support", "extension": "501"}, {"name", "extension"}),
        ("call_queue", {"extension": "201"}, {"extension"}),
        ("pause_code", {"name": "Lunch"}, {"name"}),
        ("extension", {"extension": "201", "name": "Another"}, {"extension"}),
        ("extension", {"extension": "298", "name": "Agent1 Test"}, {"name"}),
        ("extension", {"extension": "500", "name": "Another"}, {"extension"}),
    ],
)
async def test_a_name_that_is_taken_is_in_use(crowd, kind, data, taken):
    response = await crowd.send("POST", kind, data=VALID[kind] | data)
    assert refusals(response) == (400, {(name, "in_use") for name in taken})


@pytest.mark.contract("1.12")
@pytest.mark.parametrize(
    ("path", "data", "taken"),
    [
        ("supervisor/1", VALID["supervisor"], {"username", "emailAddress"}),
        ("agent/1", VALID["agent"] | {"emailAddress": "nils@example.com"}, {"number", "emailAddress"}),
        ("call_queue/500", {"name": "Support", "type": 0}, {"name"}),
        ("pause_code/1", {"name": "Break"}, {"name"}),
        ("extension/201", VALID["extension"], {"extension", "name"}),
        ("extension/201", {"extension": "501", "name": "Agent1 Test"}, {"extension"}),
    ],
)
async def test_a_name_that_another_has_is_in_use_in_a_put_too(crowd, path, data, taken):
    assert refusals(await put(crowd, path, **data)) == (400, {(name, "in_use") for name in taken})


async def test_blank_email_addresses_are_nobodys(server):
    for number in ("888", "889"):
        data = VALID["agent"] | {"number": number, "emailAddress": ""}
        assert (await server.send("POST", "agent", data=data)).status_code == 200


async def test_a_supervisor_and_an_agent_may_share_an_email_address(server):
    data = VALID["agent"] | {"emailAddress": "dana@example.com"}
    assert (await server.send("POST", "agent", data=data)).status_code == 200


NAMES = {
    "supervisor": {"username": "dana", "emailAddress": "dana@example.com"},
    "agent": {"number": "201"},
    "call_queue": {"name": "Sales"},
    "pause_code": {"name": "Lunch"},
}


@pytest.mark.parametrize("kind", FLAGGED)
async def test_the_name_of_a_deleted_one_is_free_and_then_it_cannot_come_back(server, kind):
    path = f"{kind}/{FLAGGED[kind]}"
    await delete(server, path)
    assert (await server.send("POST", kind, data=VALID[kind] | NAMES[kind])).status_code == 200
    assert refusals(await undelete(server, path)) == (400, {(name, "in_use") for name in NAMES[kind]})
    assert (await server.get(path)).json()["deleted"] is True


async def test_a_deleted_queue_keeps_its_extension_which_is_its_key(server):
    await delete(server, "call_queue/500")
    response = await server.send("POST", "call_queue", data=VALID["call_queue"] | {"extension": "500"})
    assert refusal(response) == (400, "extension", "in_use")


async def test_a_queue_cannot_come_back_to_a_number_that_has_become_a_users(server):
    await delete(server, "call_queue/500")
    assert (await server.send("POST", "extension", data={"extension": "500", "name": "Hall"})).status_code == 200
    assert refusal(await undelete(server, "call_queue/500")) == (400, "extension", "in_use")


# Deleting


@pytest.mark.contract("1.18")
@pytest.mark.parametrize("kind", FLAGGED)
async def test_what_is_deleted_is_flagged_and_otherwise_as_it_was(server, kind):
    path = f"{kind}/{FLAGGED[kind]}"
    before = (await server.get(path)).json()
    response = await delete(server, path)
    assert (response.status_code, response.json()) == (200, None)
    assert (await server.get(path)).json() == before | {"deleted": True}


@pytest.mark.contract("1.18")
@pytest.mark.parametrize("kind", FLAGGED)
async def test_what_is_deleted_cannot_be_written_nor_deleted_again(server, kind):
    path = f"{kind}/{FLAGGED[kind]}"
    await delete(server, path)
    assert refusal(await put(server, path, **VALID[kind])) == (404, KEY_NAME[kind], "nonexistent")
    assert refusal(await put(server, path)) == (404, KEY_NAME[kind], "nonexistent")
    assert refusal(await delete(server, path)) == (404, KEY_NAME[kind], "nonexistent")


@pytest.mark.contract("1.18", "2.27")
@pytest.mark.parametrize("kind", FLAGGED)
async def test_what_is_deleted_comes_back_as_it_was(server, kind):
    path = f"{kind}/{FLAGGED[kind]}"
    before = (await server.get(path)).json()
    await delete(server, path)
    response = await undelete(server, path)
    assert (response.status_code, response.json()) == (200, None)
    assert (await server.get(path)).json() == before
    assert (await put(server, path, **before)).status_code == 200


@pytest.mark.parametrize("kind", FLAGGED)
async def test_to_bring_back_what_is_there_is_no_mistake(server, kind):
    path = f"{kind}/{FLAGGED[kind]}"
    before = (await server.get(path)).json()
    assert (await undelete(server, path)).status_code == 200
    assert (await server.get(path)).json() == before


@pytest.mark.contract("1.18")
async def test_a_deleted_extension_is_really_gone(server):
    assert (await delete(server, "extension/202")).json() is None
    for method in ("GET", "PUT", "DELETE"):
        response = await server.send(method, "extension/202", data=VALID["extension"])
        assert refusal(response) == (404, "extension", "nonexistent")
    data = {"extension": "202", "name": "Agent2 Test"}
    assert (await server.send("POST", "extension", data=data)).json() == "202"


@pytest.mark.parametrize("kind", ["supervisor", "agent", "pause_code"])
async def test_the_id_of_a_deleted_one_is_not_given_again(server, kind):
    first = (await server.send("POST", kind, data=VALID[kind])).json()
    await delete(server, f"{kind}/{first}")
    assert (await server.send("POST", kind, data=VALID[kind])).json() == first + 1


# Extensions and telephones


def test_everybody_has_an_extension_with_a_secret_and_a_mailbox_of_their_own():
    directory = build_directory(scenario_called("large_site"))
    desks = [user.desk for user in (*directory.agents.values(), *directory.supervisors.values())]
    assert len(set(desks)) == len(desks) == 1003
    extensions = [directory.extensions[desk] for desk in desks]
    assert len({extension.sip.secret for extension in extensions}) == len(extensions)
    assert len({extension.name for extension in extensions}) == len(extensions)
    assert len({extension.voicemail.password for extension in extensions}) > 500
    assert build_directory(scenario_called("large_site")).extensions == directory.extensions


@pytest.mark.contract("3.7")
async def test_a_telephone_is_plausible_and_always_the_same(server):
    phone = (await server.get("phone", extension=201)).json()
    assert set(phone) == {"extension", "type", "model", "ipAddress", "port", "userAgent"}
    assert (phone["extension"], phone["port"]) == ("201", 5060)
    assert phone["userAgent"].lower().startswith(phone["type"].lower())
    assert ip_address(phone["ipAddress"]).is_private
    assert (await server.get("phone", extension=201)).json() == phone
    assert (await server.get("phone", extension=202)).json()["ipAddress"] != phone["ipAddress"]


async def test_a_telephone_without_an_extension_is_blank(server):
    assert refusal(await server.get("phone")) == (400, "extension", "blank")
    assert refusal(await server.get("phone", extension="")) == (400, "extension", "blank")


@pytest.mark.parametrize("extension", ["999", "500", "x", "201 ", "\x00"])
async def test_a_telephone_of_no_extension_is_404(server, extension):
    assert refusal(await server.get("phone", extension=extension)) == (404, "extension", "nonexistent")


@pytest.mark.parametrize("extension", ["391", "392", "393"])
async def test_some_extensions_have_no_telephone_that_anybody_knows(open_client, extension):
    async with open_client(build_world("by_hand", seed=1, started_at=START)) as client:
        server = Server(client)
        assert (await server.get(f"extension/{extension}")).status_code == 200
        assert refusal(await server.get("phone", extension=extension)) == (404, "phone", "nonexistent")
        await put(server, f"extension/{extension}", **(await server.get(f"extension/{extension}")).json())
        assert refusal(await server.get("phone", extension=extension)) == (404, "phone", "nonexistent")


async def test_a_telephone_registers_at_a_new_extension(server):
    await server.send("POST", "extension", data=VALID["extension"])
    assert (await server.get("phone", extension=299)).json()["extension"] == "299"


async def test_a_telephone_goes_with_its_extension(server):
    await delete(server, "extension/202")
    assert refusal(await server.get("phone", extension=202)) == (404, "extension", "nonexistent")

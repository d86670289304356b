"""The telephony side over HTTP: what is accepted, what is refused, whatever bytes come, and the same each time."""

import asyncio
import json
from contextlib import suppress
from random import Random
from urllib.parse import quote_from_bytes

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.simulator.answers.calls import active_calls, conferences, parked_calls, queued_calls
from eqboard.simulator.app import build_app
from eqboard.simulator.faults import Fault, FaultKind
from eqboard.simulator.refusals import Refusal

from .conftest import KEY, START, Clock, a_world, refusal
from .telephones import PICK_UP_SECONDS
from .test_invariants import AT_TELEPHONES, ORDERS, build, check

BASE = "http://eq/eq/api/2.0/"


@pytest.mark.contract("1.7", "2.30")
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("steal_queued_call", {"channel": "SIP/trunk-00000001", "destination": "301"}),
        ("extension_action", {"extension": "201", "action": "hangUp"}),
        ("extension_action", {"extension": "301", "action": "dial", "destination": "6045550123"}),
        ("call_recording_action", {"extension": "201", "action": "start"}),
        ("call_monitor_action", {"action": "spy", "targetExtension": "201", "monitorExtension": "301"}),
        ("phone_command", {"extension": "201", "key": "hold"}),
    ],
)
async def test_an_action_is_accepted_with_null_and_nothing_has_happened_yet(server, world, path, form):
    call = world.place_call("500")
    before = active_calls(world.switch, "201")
    response = await server.send("POST", path, **form)
    assert (response.status_code, response.json()) == (200, None)
    assert active_calls(world.switch, "201") == before
    assert call.ringing
    assert active_calls(world.switch, "301") == []


@pytest.mark.contract("2.11")
async def test_a_parked_caller_is_picked_up_over_http(server, world, clock):
    world.place_call("500")
    clock.now += PICK_UP_SECONDS
    await server.get("parked_calls")
    await server.send("POST", "extension_action", extension="201", action="park")
    clock.now += 1
    [parked] = (await server.get("parked_calls")).json()
    response = await server.send("POST", "pick_up_parked_call", channel=parked["channel"], destination="301")
    assert (response.status_code, response.json()) == (200, None)
    clock.now += 1
    [ringing] = (await server.get("active_calls", extension="301")).json()
    assert (ringing["status"], ringing["otherChannel"]) == ("ringing", parked["channel"])


@pytest.mark.parametrize(
    ("path", "form", "expected"),
    [
        ("steal_queued_call", {}, (400, "channel", "blank")),
        ("steal_queued_call", {"channel": "SIP/x"}, (400, "channel", "nonexistent")),
        ("pick_up_parked_call", {}, (400, "channel", "blank")),
        ("pick_up_parked_call", {"channel": "SIP/x"}, (400, "channel", "nonexistent")),
        ("extension_action", {}, (400, "extension", "blank")),
        ("extension_action", {"extension": "201"}, (400, "action", "blank")),
        ("extension_action", {"extension": "999", "action": "dial"}, (400, "extension", "nonexistent")),
        ("call_recording_action", {}, (400, "extension", "blank")),
        ("call_recording_action", {"extension": "201"}, (400, "action", "blank")),
        ("call_monitor_action", {}, (400, "action", "blank")),
        ("call_monitor_action", {"action": "spy"}, (400, "targetExtension", "blank")),
        ("call_monitor_action", {"action": "spy", "targetExtension": "201"}, (400, "monitorExtension", "blank")),
        ("phone_command", {}, (400, "phone", "blank")),
        ("phone_command", {"extension": "201"}, (400, "key", "blank")),
    ],
)
async def test_a_wrong_action_is_refused_over_http_with_the_error_array(server, path, form, expected):
    assert refusal(await server.send("POST", path, **form)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (400, "extension", "blank")),
        ({"extension": ""}, (400, "extension", "blank")),
        ({"extension": "999"}, (404, "extension", "nonexistent")),
        ({"extension": "500"}, (404, "extension", "nonexistent")),
        ({"extension": " 201"}, (404, "extension", "nonexistent")),
        ({"extension": "2\u06601"}, (404, "extension", "nonexistent")),
    ],
)
async def test_active_calls_of_nobody_are_refused(server, query, expected):
    assert refusal(await server.get("active_calls", **query)) == expected


async def test_a_jump_of_the_clock_shows_in_both_times_of_an_active_call(server, world, clock, faults):
    world.place_call("500")
    clock.now += PICK_UP_SECONDS
    faults.add(Fault(FaultKind.CLOCK_JUMP, seconds=3600))
    [shown] = (await server.get("active_calls", extension="201")).json()
    assert (shown["startTime"], shown["answerTime"]) == (START + 3600, START + 3603)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["steal_queued_call", "extension_action", "call_monitor_action", "phone_command"])
async def test_actions_are_posted(server, method, path):
    assert refusal(await server.send(method, path)) == (405, None, "invalid")


# Any bytes

PATHS = {
    "steal_queued_call": ("channel", "destination"),
    "pick_up_parked_call": ("channel", "destination"),
    "extension_action": ("extension", "action", "channel", "destination"),
    "call_recording_action": ("extension", "action"),
    "call_monitor_action": ("action", "targetExtension", "monitorExtension"),
    "phone_command": ("phone", "extension", "key"),
}
READS = {"active_calls": ("extension",), "call_recordings": ("call", "call_unique_id")}
SENSE = [b"201", b"301", b"500", b"dial", b"hangUp", b"park", b"blindTransfer", b"start", b"spy", b"enter", b"1"]
SENSE += [b"SIP/trunk-00000001", b"SIP/201-00000001", b'{"extension": "201"}', b"6045550123", b"5" * 300, b" "]
VALUES = (
    st.binary(max_size=60)
    | st.sampled_from(SENSE)
    | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))
)


@st.composite
def requests(draw):
    path = draw(st.sampled_from([*PATHS, *READS]))
    names = PATHS.get(path) or READS[path]
    fields = draw(st.dictionaries(st.sampled_from(names), VALUES))
    return path, "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields.items())


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**16), story=st.lists(st.tuples(requests(), st.floats(0, 5)), min_size=1, max_size=12))
def test_whatever_bytes_come_the_answer_is_json_and_never_an_error_of_the_server(seed, story):
    world, clock = a_world(seed=seed), Clock()
    for queue in ("500", "501", "500"):
        world.place_call(queue)
    app = build_app(world, key=KEY, clock=clock)

    async def tell():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            for (path, fields), seconds in story:
                clock.now += seconds
                response = await ask(client, path, fields)
                assert response.status_code in (200, 400, 404)
                assert response.headers["content-type"] == "application/json"
                json.loads(response.content)
                check(world)

    asyncio.run(tell())


async def ask(client, path, fields):
    if path in READS:
        return await client.get(f"{BASE}{path}?auth_key={KEY}&{fields}")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return await client.post(f"{BASE}{path}?auth_key={KEY}", content=fields, headers=headers)


# The same each time


def history(seed, step_seconds):
    """What a world shows that is asked the same things at the same moments, however finely time is cut."""
    world, rng = build(seed, AT_TELEPHONES), Random(seed)
    shown = []
    for _ in range(60):
        for _ in range(round(4 / step_seconds)):
            world.tick(step_seconds)
        with suppress(Refusal):
            rng.choice(ORDERS)(world, rng)
        shown.append(view(world))
    return shown


def view(world):
    """Everything that the reads of the telephony side would tell, and the books. But for tokens all of it is seeded."""
    switch, directory = world.switch, world.directory
    return (
        [queued_calls(queue) for queue in directory.live_queues()],
        parked_calls(switch.lot),
        conferences(switch),
        [active_calls(switch, extension) for extension in directory.extensions],
        [switch.recordings.of_call(call_id) for call_id in range(50)],
        world.truth(),
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_and_the_same_requests_give_the_same_history_however_time_is_cut(seed):
    first = history(seed, 4.0)
    assert history(seed, 4.0) == first
    assert history(seed, 0.25) == first
    assert history(seed + 100, 4.0) != first
    assert first[0][-1]["now"] == START + 4

"""Every action, and all that can go wrong with it: what is sent, what is said, and what the audit log says."""

import asyncio
import uuid

import httpx
import pytest

from eqboard.boards.following import followers
from eqboard.control.models import AuditEntry
from eqboard.control.on_agents.prospects import DEEDS
from tests.builders import snapshot
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import begin, settled, signed_in, steps
from tests.control.everything import ID, OWN, PRESSES, TARGETS, connected, everybody_talks
from tests.control.switchboard import complaint, now, sits_at
from tests.control.test_refusals import said, state, url_of

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]
EVERY = pytest.mark.parametrize("action", PRESSES)


@pytest.fixture
async def house(config, redis_url, monkeypatch, action):
    await publish(redis_url, everybody_talks(action))
    async with connected(monkeypatch) as house:
        yield house


@pytest.fixture
async def full(cast):
    """The browser of somebody who may everything, and sits at 210."""
    await sits_at(cast.admin, "210")
    return await signed_in(cast.admin)


async def entries(attempt: str | None = None) -> list[AuditEntry]:
    found = AuditEntry.objects.all() if attempt is None else AuditEntry.objects.filter(attempt=attempt)
    return [entry async for entry in found]


async def written() -> list[tuple[str, str, str | None]]:
    """All of the audit log: what, how far, and why not."""
    return [(each.action, each.step, each.details.get("error")) for each in await entries()]


# EQ's answers: each is asked once, whatever comes of it

ANSWERS = {
    "slow": (httpx.ReadTimeout("slow"), "unknown", "EQUnreachable", "nobody knows whether it happened"),
    "down": (httpx.ConnectError("refused"), "refused", "EQUnreachable", "cannot be reached, so nothing happened"),
    "cut off": (httpx.RemoteProtocolError("closed"), "unknown", "EQBroken", "nobody knows whether it happened"),
    "401": (httpx.Response(401, json=[]), "refused", "EQSignedOut", "does not accept eqboard's key"),
    "404": (httpx.Response(404, text="<h1>nginx</h1>"), "refused", "EQNotFound", "has no such action"),
    "500": (httpx.Response(500, text="oops"), "unknown", "EQBroken", "nobody knows whether it happened"),
    "nothing said": (httpx.Response(400), "refused", "EQInvalid", "without saying why"),
}
SPECIAL = {
    "agent.pause": ("pauseCode", "nonexistent", "this pause reason no longer exists"),
    "agent.resume": ("agent", "not_signed_in", "is not signed in to EQ itself"),
    "agent.sign_in": ("queue", "already_signed_in", "is signed in there already"),
    "agent.sign_out": ("queue", "not_signed_in", "is not signed in"),
    "agent.exit_wrap_up": ("agent", "nonexistent", "no longer exists there"),
    "monitor.spy": ("monitorExtension", "nonexistent", "knows no such extension"),
    "monitor.whisper": ("targetExtension", "nonexistent", "knows no such extension"),
    "monitor.barge_in": ("monitorExtension", "nonexistent", "knows no such extension"),
    "call.steal": ("channel", "nonexistent", "the call is not there any more"),
    "call.pick_up": ("channel", "nonexistent", "the call is not there any more"),
    "call.dial": ("extension", "nonexistent", "knows no such extension"),
    "call.transfer": ("channel", "nonexistent", "the call is not there any more"),
    "call.park": ("channel", "nonexistent", "the call is not there any more"),
    "call.hang_up": ("channel", "nonexistent", "the call is not there any more"),
    "recording.start": ("extension", "nonexistent", "knows no such extension"),
    "recording.stop": ("extension", "nonexistent", "knows no such extension"),
    "recording.cancel": ("extension", "nonexistent", "knows no such extension"),
    "phone.press": ("key", "invalid", "this telephone has no such key"),
    "conference.remove": ("channel", "nonexistent", "the call is not there any more"),
}


@pytest.mark.parametrize("how", ANSWERS)
@EVERY
async def test_an_answer_that_is_no_success_is_told_as_it_is(full, house, action, how):
    answer, step, error, sentence = ANSWERS[how]
    house.told[PRESSES[action].sends[0]] = answer
    shown = await full.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN))
    assert (shown.status_code, state(shown)) == (200, step)
    assert sentence in said(shown)
    assert len(house.actions) == 1
    asked, ended = await entries()
    assert (asked.step, ended.step, ended.action, ended.actor_name) == ("asked", step, action, "admin")
    assert ended.details["error"] == error
    assert asked.details["order"]["action"] == action


@EVERY
async def test_a_special_error_of_eq_becomes_a_sentence(full, house, action):
    parameter, kind, sentence = SPECIAL[action]
    house.told[PRESSES[action].sends[0]] = complaint(parameter, kind)
    shown = await full.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN))
    assert state(shown) == "refused"
    assert sentence in said(shown)
    assert len(house.actions) == 1
    ended = (await entries())[-1]
    assert (ended.step, ended.details["complaints"]) == ("refused", [[parameter, kind, ""]])


# What is asked first


ASKS_FIRST = {
    "monitor.spy": "/active_calls",
    "call.steal": "/queued_calls",
    "call.pick_up": "/parked_calls",
    "call.dial": "/active_calls",
    "call.transfer": "/active_calls",
    "call.park": "/active_calls",
    "call.hang_up": "/active_calls",
    "recording.start": "/active_calls",
    "conference.remove": "/active_conferences",
}


@pytest.mark.parametrize("how", ["slow", "down", "500", "401"])
@pytest.mark.parametrize("action", ASKS_FIRST)
async def test_where_eq_does_not_tell_what_has_to_be_known_first_nothing_is_sent(full, house, action, how):
    house.told[ASKS_FIRST[action]] = ANSWERS[how][0]
    shown = await full.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN))
    assert state(shown) == "refused"
    assert "nothing was sent" in said(shown)
    assert house.is_untouched
    ended = (await entries())[-1]
    assert (ended.step, ended.details["error"]) == ("refused", "NotChecked")


# What is pressed on

GONE = {"agent": "99", "at": "299", "waiting": "0" * 32, "parked": "0" * 32, "call": "0" * 32, "inside": "0" * 32}


ON_AGENTS = [name for name, press in PRESSES.items() if press.where.startswith("/agents/")]
ON_CALLERS = ("call.steal", "call.pick_up", "conference.remove")
AT_CALLS = [name for name, press in PRESSES.items() if "/calls/{call}" in press.where]
SENT = [("asked", None), ("accepted", None)]

# The status, the state of the mark, and what is written down: how far, and why not.
NOWHERE: dict[str, tuple[int, str, list[tuple[str, str | None]]]] = {
    **dict.fromkeys(ON_AGENTS, (404, "refused", [("denied", "Unseen")])),
    **dict.fromkeys(ON_CALLERS, (404, "refused", [])),
    **dict.fromkeys(AT_CALLS, (422, "refused", [])),  # these calls have not been read
}
# Who may use every telephone may use one without an agent.
UNKNOWN = NOWHERE | {
    "call.dial": (200, "refused", [("asked", None), ("refused", "NoExtension")]),
    "phone.press": (200, "done", SENT),
}
VANISHED = NOWHERE | {"call.dial": (200, "accepted", SENT), "phone.press": (200, "done", SENT)}


def test_each_action_stands_in_these_tables():
    assert set(UNKNOWN) == set(VANISHED) == set(PRESSES)


@EVERY
async def test_what_nobody_knows_is_not_there(full, house, action):
    status, mark, steps_and_errors = UNKNOWN[action]
    shown = await full.post(PRESSES[action].where.format(**GONE), PRESSES[action].form(OWN))
    assert (shown.status_code, state(shown)) == (status, mark)
    assert await written() == [(action, *each) for each in steps_and_errors]
    assert house.is_untouched is (steps_and_errors != SENT)


@EVERY
async def test_what_has_vanished_meanwhile_is_left_alone(full, house, redis_url, action):
    status, mark, steps_and_errors = VANISHED[action]
    path, form = PRESSES[action].path(OWN), PRESSES[action].form(OWN)
    await publish(redis_url, snapshot(sources=everybody_talks().sources.values()))
    house.calls["207"] = []
    shown = await full.post(path, form)
    assert (shown.status_code, state(shown)) == (status, mark)
    assert await written() == [(action, *each) for each in steps_and_errors]
    assert house.is_untouched is (steps_and_errors != SENT)


WRONG = {
    "agent.pause": {"pause_code": "9"},
    "agent.resume": {"queue": "999"},
    "agent.sign_in": {"queue": "999"},
    "agent.sign_out": {"queue": "x"},
    "agent.exit_wrap_up": {"queue": "\0"},
    "monitor.spy": {"extension": "no extension"},
    "monitor.whisper": {"extension": "9" * 99},
    "monitor.barge_in": {"extension": "\u202e1"},
    "call.steal": {"destination": "somebody"},
    "call.pick_up": {"destination": ""},
    "call.dial": {"destination": "x" * 999},
    "call.transfer": {"destination": "<b>"},
}


@pytest.mark.parametrize("action", WRONG)
async def test_a_malformed_form_is_answered_with_what_is_wrong(full, house, action):
    shown = await full.post(PRESSES[action].path(OWN), WRONG[action])
    assert shown.status_code in (200, 422), shown.status_code
    assert len(shown.text) > 40
    assert house.is_untouched
    assert await entries() == []


# A form that has lost its queue; or has it, and nothing in it
IN_QUEUES = ["agent.pause", "agent.resume", "agent.sign_out", "agent.exit_wrap_up"]
NO_QUEUE = "This form does not say in which queues, so nothing was sent. Load the page again, then try once more."
LOST = pytest.mark.parametrize("lost", [{}, {"queue": ""}], ids=["no queue", "an empty one"])


@LOST
@pytest.mark.parametrize("action", IN_QUEUES)
async def test_a_form_that_has_lost_its_queue_does_not_mean_all_of_them(full, house, action, lost):
    form = {name: text for name, text in PRESSES[action].form(OWN).items() if name != "queue"} | lost
    shown = await full.post(PRESSES[action].path(OWN), form)
    assert (shown.status_code, state(shown), said(shown)) == (422, "refused", NO_QUEUE)
    assert house.is_untouched
    assert await entries() == []


@LOST
@pytest.mark.parametrize("action", [*IN_QUEUES, "agent.sign_in"])
async def test_nor_does_it_for_several(full, house, action, lost):
    deed = next(name for name, each in DEEDS.items() if each == action)
    shown = await full.post(f"/agents/together/{deed}/", {"agent": [ID[each] for each in TARGETS], **lost})
    assert (shown.status_code, state(shown), said(shown)) == (422, "refused", NO_QUEUE)
    assert shown["HX-Retarget"] == "#dialog-notices"
    assert house.is_untouched
    assert await entries() == []


@pytest.mark.parametrize("press", ["", "x", "\0", "7" * 400, "00000000-0000-0000-0000-00000000000g"])
@EVERY
async def test_a_press_without_a_number_of_its_own_gets_one(full, house, action, press):
    shown = await full.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN, press=press))
    assert state(shown) == accepted_as(action)
    assert await written() == [(action, *each) for each in SENT]
    assert len({entry.attempt for entry in await entries()}) == 1


@EVERY
async def test_a_replayed_form_acts_once(full, house, action):
    form = PRESSES[action].form(OWN, press=str(uuid.uuid4()))
    house.told[PRESSES[action].sends[0]] = complaint("agent", "invalid")
    assert state(await full.post(PRESSES[action].path(OWN), form)) == "refused"
    del house.told[PRESSES[action].sends[0]]
    again = await full.post(PRESSES[action].path(OWN), form)
    assert state(again) == "refused"
    assert len(house.actions) == 1
    assert await steps() == ["asked", "refused"]


def accepted_as(action: str) -> str:
    """What a key does to a telephone EQ does not show: there, to be accepted is all."""
    return "done" if action == "phone.press" else "accepted"


TWICE = {"phone.press"}  # who types a number presses the same key several times


@EVERY
async def test_two_tabs_of_one_person_act_once(cast, full, house, action):
    other = await signed_in(cast.admin)
    path, form = PRESSES[action].path(OWN), PRESSES[action].form(OWN)
    first, second = await asyncio.gather(begin(full.post(path, form)), begin(other.post(path, form)))
    count = 2 if action in TWICE else 1
    assert len(house.actions) == count
    assert sorted(await steps()) == sorted(count * ["asked", "accepted"])
    assert len({entry.attempt for entry in await entries()}) == count
    assert {state(first), state(second)} <= {"asked", accepted_as(action)}  # whoever came second did not wait
    assert accepted_as(action) in (state(first), state(second))
    if action not in TWICE:
        assert url_of(first) == url_of(second)


# The feed


@EVERY
async def test_without_redis_nothing_is_sent(full, house, redis_server, action):
    form = PRESSES[action].form(OWN)
    assert (await followers.get().newest()).is_connected
    redis_server.stop()
    shown = await full.post(PRESSES[action].path(OWN), form)
    assert state(shown) == "refused"
    assert "othing was " in said(shown)
    assert house.is_untouched
    [(name, step, error)] = await written()
    assert (name, step) == (action, "refused")
    assert error in ("Blind", "NoFeed")  # as it was noticed before the press or by it


@EVERY
async def test_over_an_old_floor_nothing_is_sent(full, house, redis_url, action):
    """Nobody knows who is where by now."""
    old = everybody_talks()
    for part, source in old.sources.items():
        old.sources[part] = type(source)(part, 1.0, now().replace(year=2020))
    await publish(redis_url, old)
    shown = await full.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN))
    assert (state(shown), "could not see the floor" in said(shown)) == ("refused", True)
    assert house.is_untouched
    assert [(each.action, each.step, each.details["error"]) for each in await entries()] == [
        (action, "refused", "Blind")
    ]


@EVERY
async def test_what_is_not_seen_in_time_is_told_as_not_seen(full, house, brief, action):
    shown = await full.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN))
    await settled()
    expected = ["asked", "accepted"] + ([] if action == "phone.press" else ["not_seen"])
    assert await steps() == expected
    assert state(shown) == accepted_as(action)

"""Every action × everybody × a target of their own team, of another, and of both: on the view, against a table that is
written out by hand. What is not allowed is not sent, and is written down where the target is known to whoever pressed.
"""

import uuid

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from eqboard.control.catalogue import CATALOGUE
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.models import AuditEntry
from tests.cast import member, publish, static_files_are_not_collected
from tests.control.conftest import signed_in
from tests.control.everything import (
    BOTH,
    ELSEWHERE,
    FOREIGN,
    ID,
    OWN,
    PRESSES,
    QUEUES,
    TARGETS,
    connected,
    everybody_talks,
)
from tests.control.switchboard import sits_at
from tests.control.test_refusals import state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

AGENTS = {"agent.pause", "agent.resume", "agent.sign_in", "agent.sign_out", "agent.exit_wrap_up"}
EARS = {"monitor.spy", "monitor.whisper", "monitor.barge_in"}
CALLS = {"call.steal", "call.pick_up", "call.dial", "call.transfer", "call.park", "call.hang_up", "conference.remove"}
RECORDINGS = {"recording.start", "recording.stop", "recording.cancel"}
ALL_BUT_KEYS = AGENTS | EARS | CALLS | RECORDINGS
MAY = {
    "viewer": set(),
    "monitor": EARS,
    "lead": ALL_BUT_KEYS,
    "full": ALL_BUT_KEYS | {"phone.press"},
}
ONE_QUEUE = {"call.steal"}  # a caller waits in one queue: the third one waits in 502
TOUCHED = {"agent.sign_in": {"501"}}
SIGNING_IN = "agent.sign_in"  # it touches the queue that is chosen: one of one's own


def expected(action: str, role: str, team: str, target: str) -> int:
    """The status of the answer: 200 done, 403 not allowed, 404 not there for them."""
    is_allowed = action in MAY[role]
    if team == "floor":
        return 200 if is_allowed else 403
    if target == FOREIGN or (target == BOTH and action in ONE_QUEUE):
        return 404
    if target == BOTH and action != SIGNING_IN:
        return 403
    return 200 if is_allowed else 403


def test_no_action_of_the_catalogue_is_left_out():
    assert set(PRESSES) == set(CATALOGUE) - ELSEWHERE
    assert set(CATALOGUE) > ELSEWHERE
    assert set(MAY["full"]) == set(PRESSES)


def written(action: str, status: int) -> list[str]:
    """The first steps in the audit log. An agent has an id, and so who tried on one of another team stands there."""
    if status == 404:
        return ["denied"] if action in AGENTS | EARS else []
    return ["asked", "accepted"] if status == 200 else ["denied"]


def touched(action: str, target: str) -> set[str]:
    return {QUEUES[target][-1]} if action in ONE_QUEUE else set(QUEUES[target])


@pytest.fixture
async def house(config, redis_url, monkeypatch, action):
    await publish(redis_url, everybody_talks(action))
    async with connected(monkeypatch) as house:
        yield house


async def pressed(client, user, action: str, target: str):
    """The answer to one press, and its entries in the audit log."""
    number = uuid.uuid4()
    answer = await client.post(PRESSES[action].path(target), PRESSES[action].form(target, press=str(number)))
    return answer, [entry async for entry in AuditEntry.objects.filter(attempt=attempt_id(number, user.pk))]


@pytest.mark.parametrize("team", ["front", "floor"])
@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("action", PRESSES)
async def test_everybody_may_what_the_table_says(cast, house, action, role, team):
    user = await sync_to_async(member)(f"{team}-{role}", getattr(cast, team), role)
    await sits_at(user, "210")
    client = await signed_in(user)
    for target in TARGETS:
        house.actions.clear()
        answer, entries = await pressed(client, user, action, target)
        status, steps = answer.status_code, [entry.step for entry in entries]
        assert status == expected(action, role, team, target), (target, answer.text)
        assert [(path, form.get("action", "")) for path, form in house.actions] == (
            [PRESSES[action].sends] if status == 200 else []
        )
        assert steps[:2] == written(action, status)
        assert all(entry.action == action for entry in entries)
        if status == 403:
            assert state(answer) == "denied"
            assert set(entries[0].queues.strip(",").split(",")) == TOUCHED.get(action, touched(action, target))
        if status == 404:
            assert [(entry.target_name, entry.queues) for entry in entries] == [(f"#{ID[target]}", "") for _ in steps]


@pytest.mark.parametrize("action", PRESSES)
async def test_for_whoever_is_in_no_team_nothing_is_there(cast, house, action):
    client = await signed_in(cast.outsider)
    for target in TARGETS:
        answer, entries = await pressed(client, cast.outsider, action, target)
        assert (answer.status_code, [entry.step for entry in entries]) == (404, written(action, 404))
    assert house.is_untouched


@pytest.mark.parametrize("action", PRESSES)
async def test_a_stranger_is_sent_to_the_sign_in(cast, house, action):
    press = PRESSES[action]
    answer = await AsyncClient().post(press.path(OWN), press.form(OWN))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    pressed = await AsyncClient().post(press.path(OWN), press.form(OWN), headers={"HX-Request": "true"})
    assert (pressed.status_code, pressed["HX-Redirect"]) == (401, "/sign-in/")
    assert house.is_untouched


@pytest.mark.parametrize("action", PRESSES)
async def test_nothing_is_done_by_looking(cast, house, action):
    answer = await (await signed_in(cast.supervisor)).get(PRESSES[action].path(OWN))
    assert answer.status_code in (200, 405)
    assert house.is_untouched
    assert not await AuditEntry.objects.aexists()


@pytest.mark.parametrize("action", PRESSES)
async def test_a_form_of_another_site_is_refused(cast, house, action):
    client = AsyncClient(enforce_csrf_checks=True)
    await client.aforce_login(cast.supervisor)
    answer = await client.post(PRESSES[action].path(OWN), PRESSES[action].form(OWN))
    assert answer.status_code == 403
    assert 'id="not-sent"' in answer.text
    assert house.is_untouched

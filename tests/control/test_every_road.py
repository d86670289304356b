"""Everybody × what hangs on something that was done before, or is pressed for several at once: to stop listening, to
undo, and the same for each of several as for one. On the view, against the table of test_every_press.py.
"""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from eqboard.control.catalogue.order import Order, as_data
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.doing.before import UNDONE_BY, before_of
from eqboard.control.models import AuditEntry, Step
from eqboard.control.on_agents.prospects import DEEDS
from eqboard.feed import slots
from eqboard.feed.claims import Claims
from tests.builders import claim, line, line_call
from tests.cast import member, publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, signed_in
from tests.control.everything import (
    AGENT_ACTION,
    AT,
    BOTH,
    EAR,
    ELSEWHERE,
    EXTENSION_ACTION,
    FOREIGN,
    ID,
    NAME,
    PRESSES,
    QUEUES,
    TARGETS,
    connected,
    everybody_talks,
)
from tests.control.switchboard import now
from tests.control.test_every_press import MAY, expected, written
from tests.control.test_refusals import state
from tests.control.test_together import states
from tests.control.written import write

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]
EVERYBODY = pytest.mark.parametrize(("role", "team"), [(role, team) for role in MAY for team in ("front", "floor")])
UNDO_SENDS = {"agent.undo_pause": (AGENT_ACTION, "resume"), "agent.undo_sign_out": (AGENT_ACTION, "signIn")}
RIGHT_TO_UNDO = {"agent.undo_pause": "agent.resume", "agent.undo_sign_out": "agent.sign_in"}


def test_all_that_is_not_pressed_by_itself_is_walked_here():
    assert {"monitor.stop", *UNDO_SENDS} == ELSEWHERE
    assert set(UNDO_SENDS) == set(UNDONE_BY.values())
    assert set(DEEDS.values()) < set(PRESSES)


@pytest.fixture
async def house(config, redis_url, monkeypatch):
    async with connected(monkeypatch) as house:
        yield house


async def somebody(cast, role, team):
    return await sync_to_async(member)(f"{team}-{role}", getattr(cast, team), role)


async def steps_of(user) -> list[str]:
    return [entry.step async for entry in AuditEntry.objects.filter(actor=user).order_by("id")]


def sent(house) -> list[tuple[str, str]]:
    return [(path, form["action"]) for path, form in house.actions]


# To stop listening: whoever began it, by whatever right they have by now; and nobody else


async def listens(user, target, house, redis_url):
    """By a call that both the floor and EQ know."""
    ear = EAR[target]
    call = line_call(
        f"5.{ear}", channel=f"SIP/{ear}-1", caller_number=ear, connected_number=AT[target], other_channel="SIP/x-1"
    )
    house.calls[ear] = [call]
    held = claim(slots.ringing(ear), subject=slots.agent(ID[target]), action="monitor.spy", user_id=user.pk)
    book = Claims(redis_url)
    await book.take(replace(held, since=now(), until=now() + timedelta(seconds=60)), now())
    await book.close()
    floor = everybody_talks()
    heard = {ear: line(ear, calls=(call,), asked_at=now() + timedelta(seconds=1))}
    await publish(redis_url, replace(floor, lines=floor.lines | heard))


@pytest.mark.parametrize("target", TARGETS)
@EVERYBODY
async def test_ones_own_listening_is_ended_whatever_one_may_by_now(cast, house, redis_url, role, team, target):
    user = await somebody(cast, role, team)
    await listens(user, target, house, redis_url)
    answer = await (await signed_in(user)).post("/monitoring/stop/", {"extension": EAR[target]})
    assert (answer.status_code, state(answer)) == (200, "accepted")
    assert sent(house) == [(EXTENSION_ACTION, "hangUp")]
    assert (await steps_of(user))[:2] == ["asked", "accepted"]


@pytest.mark.parametrize("target", TARGETS)
@EVERYBODY
async def test_somebody_elses_listening_is_ended_by_nobody(cast, house, redis_url, role, team, target):
    user = await somebody(cast, role, team)
    await listens(cast.supervisor, target, house, redis_url)
    answer = await (await signed_in(user)).post("/monitoring/stop/", {"extension": EAR[target]})
    assert answer.status_code == 404
    assert (sent(house), await steps_of(user)) == ([], [])


# To undo: what one did oneself a moment ago, as far as one may by now


def status_of_undo(action: str, role: str, team: str, target: str) -> int:
    """As of the opposite; but it touches the queues that were touched then."""
    if team == "front" and target != FOREIGN:
        return 403 if target == BOTH else expected(RIGHT_TO_UNDO[action], role, "floor", target)
    return expected(RIGHT_TO_UNDO[action], role, team, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("done", UNDONE_BY)
@EVERYBODY
async def test_one_undoes_what_one_may_do_by_now(cast, house, redis_url, done, role, team, target):
    user, action = await somebody(cast, role, team), UNDONE_BY[done]
    floor, order = everybody_talks(), Order(done, ID[target])
    await publish(redis_url, floor)
    asked = {"order": as_data(order), **before_of(order, floor)}
    attempt = await sync_to_async(write)(
        user, (Step.ASKED, asked), Step.ACCEPTED, at=now() - timedelta(seconds=1), action=done, queues=QUEUES[target]
    )
    answer = await (await signed_in(user)).post(f"/actions/{attempt}/undo/")
    status = status_of_undo(action, role, team, target)
    assert answer.status_code == status, answer.text
    assert sent(house) == ([UNDO_SENDS[action]] if status == 200 else [])
    undone = [(each.action, each.step) async for each in AuditEntry.objects.exclude(attempt=attempt)]
    assert undone[:2] == [(action, step) for step in written("agent.resume", status)]
    stranger = await (await signed_in(cast.admin)).post(f"/actions/{attempt}/undo/")
    assert stranger.status_code == 404


# For several: for each of them what one press would be

CHOSEN = {"sign-in": {"queue": "501"}, "pause": {"queue": "all", "pause_code": "1"}}
MARKS = {200: "accepted", 403: "denied", 404: "denied"}


@pytest.mark.parametrize("deed", DEEDS)
@EVERYBODY
async def test_of_several_each_is_as_one_alone(cast, house, redis_url, deed, role, team):
    user, action = await somebody(cast, role, team), DEEDS[deed]
    await publish(redis_url, everybody_talks(action))
    number = uuid.uuid4()
    form = {"agent": [ID[each] for each in TARGETS], "press": str(number), **CHOSEN.get(deed, EVERYWHERE)}
    answer = await (await signed_in(user)).post(f"/agents/together/{deed}/", form)
    if deed == "sign-in" and action not in MAY[role]:  # there is no queue that they might choose
        assert (answer.status_code, sent(house), await steps_of(user)) == (422, [], [])
        return
    statuses = {target: expected(action, role, team, target) for target in TARGETS}
    names = {target: f"#{ID[target]}" if status == 404 else NAME[target] for target, status in statuses.items()}
    assert states(answer) == {names[target]: MARKS[status] for target, status in statuses.items()}
    assert sent(house) == [PRESSES[action].sends] * list(statuses.values()).count(200)
    entries = AuditEntry.objects.filter(actor=user)
    found = {target: [each.step async for each in entries.filter(target=f"agent-{ID[target]}")] for target in TARGETS}
    assert {target: steps[:2] for target, steps in found.items()} == {
        target: written(action, status) for target, status in statuses.items()
    }
    first = {each.details.get("batch") async for each in entries.filter(step__in=["asked", "denied"])}
    assert first == {str(attempt_id(number, user.pk))}

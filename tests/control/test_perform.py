"""Asking EQ: exactly once, whatever happens; and what is written down and said about its answer."""

import asyncio
import logging
import threading
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError

from eqboard.accounts import seats
from eqboard.accounts.models import Seat
from eqboard.config import ConfigError
from eqboard.control import background
from eqboard.control.audit import storable, write_down
from eqboard.control.doing import attempt as attempting
from eqboard.control.doing import perform
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.doing.before import undo_ids
from eqboard.control.models import AuditEntry
from eqboard.control.seats import voices
from eqboard.floor.snapshot import Part
from eqboard.loops import PerLoop
from tests.builders import agent, pause_code, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import EVERYWHERE, PAUSED, a_floor, begin, last_entry, settled, signed_in, steps
from tests.control.test_refusals import said, state, url_of
from tests.environment import KEY_CANARY

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]


async def test_pausing_without_a_reason(cast, floor, exchange):
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE | {"pause_code": ""})
    assert (answer.status_code, state(answer)) == (200, "accepted")
    assert exchange.asked == [{"action": "pause", "options": '{"agent":7}'}]


async def test_pausing_with_a_reason(cast, floor, exchange):
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE | {"pause_code": "2"})
    assert exchange.asked == [{"action": "pause", "options": '{"agent":7,"pauseCode":2}'}]
    asked = await AuditEntry.objects.aget(step="asked")
    assert asked.details["order"] == {"action": "agent.pause", "agent": 7, "pause_code": 2}


async def test_resuming(cast, redis_url, exchange):
    await publish(redis_url, a_floor(PAUSED))
    answer = await (await signed_in(cast.lead)).post("/agents/7/resume/", EVERYWHERE | {"pause_code": "2"})
    assert (answer.status_code, state(answer)) == (200, "accepted")
    assert exchange.asked == [{"action": "resume", "options": '{"agent":7}'}]


async def test_the_name_in_which_eq_is_asked_is_looked_up_once(cast, floor, exchange, monkeypatch):
    """And so it is the one that is written down, whatever changes in between."""
    looked_up = []

    def seat_of(user_id: int) -> Seat:
        looked_up.append(user_id)
        return seats.seat_of(user_id)

    monkeypatch.setattr(perform, "seat_of", seat_of)
    monkeypatch.setattr(voices, "seat_of", seat_of)
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    assert (looked_up, len(exchange.asked)) == ([cast.lead.pk], 1)


async def test_whoever_has_every_queue_acts_on_everybody(cast, floor, exchange):
    client = await signed_in(cast.supervisor)
    for number in (7, 8, 9):
        assert (await client.post(f"/agents/{number}/pause/", EVERYWHERE)).status_code == 200
    assert len(exchange.asked) == 3


async def test_an_administrator_acts_without_a_team(cast, floor, exchange):
    assert (await (await signed_in(cast.admin)).post("/agents/9/pause/", EVERYWHERE)).status_code == 200


async def test_what_was_asked_is_written_down_before_eq_hears_of_it(cast, floor, exchange):
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(client.post("/agents/7/pause/", EVERYWHERE | {"pause_code": "1"}))
    await exchange.was_asked.wait()
    assert await steps() == ["asked"]
    entry = await last_entry()
    assert (entry.actor_id, entry.actor_name, entry.address) == (cast.lead.pk, "lead", "127.0.0.1")
    assert (entry.action, entry.target, entry.target_name) == ("agent.pause", "agent-7", "Ana Ruiz")
    assert entry.details["order"] == {"action": "agent.pause", "agent": 7, "pause_code": 1}
    assert entry.queues == ",500,"
    exchange.may_answer.set()
    await pressing
    assert await steps() == ["asked", "accepted"]


# EQ's answers. Each is sent exactly one request.

REFUSALS = [
    (("agent", "nonexistent"), "Ana Ruiz no longer exists"),
    (("agent", "not_signed_in"), "Ana Ruiz is not signed in to EQ itself"),
    (("queue", "not_signed_in"), "Ana Ruiz is not signed in. Sign them in first"),
    (("pauseCode", "nonexistent"), "this pause reason no longer exists. Choose another"),
    (("agent", "invalid", "Agent ID is not a number"), "EQ refused: Agent ID is not a number."),
    (("queue", "nonexistent"), "EQ refused: queue nonexistent."),
    ((None, "invalid"), "EQ refused: request invalid."),
]


@pytest.mark.parametrize(("complaint", "sentence"), REFUSALS)
async def test_a_refusal_of_eq_becomes_a_sentence(cast, floor, exchange, complaint, sentence):
    exchange.complain(*complaint)
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE | {"pause_code": "1"})
    assert (answer.status_code, state(answer)) == (200, "refused")
    assert sentence in said(answer)
    assert len(exchange.asked) == 1
    assert await steps() == ["asked", "refused"]
    details = (await last_entry()).details
    assert details["error"] == "EQInvalid"
    assert details["complaints"] == [[complaint[0] or "", complaint[1], *(complaint[2:] or ("",))]]


@pytest.mark.parametrize(
    ("answer", "error", "step", "sentence"),
    [
        (httpx.Response(400), "EQInvalid", "refused", "without saying why"),
        (httpx.Response(404, text="<h1>nginx</h1>"), "EQNotFound", "refused", "has no such action"),
        (httpx.Response(403, json=[]), "EQRefused", "refused", "without saying why"),
        (httpx.Response(401), "EQSignedOut", "refused", "does not accept eqboard's key"),
        (httpx.Response(500), "EQBroken", "unknown", "nobody knows whether it happened"),
        (httpx.Response(502, text="<h1>"), "EQBroken", "unknown", "nobody knows whether it happened"),
        (httpx.ConnectError("refused"), "EQUnreachable", "refused", "nothing happened"),
        (httpx.ConnectTimeout("slow"), "EQUnreachable", "refused", "nothing happened"),
        (httpx.ReadTimeout("slow"), "EQUnreachable", "unknown", "nobody knows whether it happened"),
        (httpx.WriteTimeout("slow"), "EQUnreachable", "unknown", "nobody knows whether it happened"),
        (httpx.ReadError("closed"), "EQUnreachable", "unknown", "nobody knows whether it happened"),
        (httpx.RemoteProtocolError("closed"), "EQBroken", "unknown", "nobody knows whether it happened"),
    ],
)
async def test_an_answer_that_is_none_is_asked_once_and_told_as_it_is(
    cast, floor, exchange, answer, error, step, sentence
):
    exchange.answer = answer
    shown = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    assert (shown.status_code, state(shown)) == (200, step)
    assert sentence in said(shown)
    assert len(exchange.asked) == 1
    assert await steps() == ["asked", step]
    assert (await last_entry()).details["error"] == error
    await settled()
    assert len(exchange.asked) == 1


async def test_an_action_whose_path_eq_does_not_know_is_told_to_whoever_runs_eqboard(cast, floor, exchange, caplog):
    exchange.answer = httpx.Response(404)
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    assert "EQ knows no path for call_queue_agents.pause; name the one that it has" in caplog.text


async def test_a_fault_of_ours_leaves_nobody_waiting(cast, floor, exchange, caplog):
    exchange.answer = ZeroDivisionError("a bug")
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    assert state(answer) == "unknown"
    assert "nobody knows whether it happened" in said(answer)
    assert await steps() == ["asked", "unknown"]
    assert (await last_entry()).details == {"error": "ZeroDivisionError"}
    assert "ZeroDivisionError" in caplog.text


class BusyDatabase:
    """Refuses to write down a step so often, as SQLite does while somebody else writes."""

    def __init__(self, step: str, refusals: int, error: Exception | None = None) -> None:
        self.step, self.refusals = step, refusals
        self.error = error or OperationalError("database is locked")

    def __call__(self, doer, action, thing, step, *told, **more):
        if step == self.step and self.refusals:
            self.refusals -= 1
            raise self.error
        write_down(doer, action, thing, step, *told, **more)


@pytest.fixture
def at_once(monkeypatch):
    """What is tried again is tried at once."""
    monkeypatch.setattr(perform, "WRITE_AGAIN_AFTER_SECONDS", (0.0, 0.0, 0.0))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(400), httpx.Response(500)])
async def test_what_eq_said_is_written_down_once_the_database_is_free(cast, floor, exchange, monkeypatch, answer):
    step = {200: "accepted", 400: "refused", 500: "unknown"}[answer.status_code]
    monkeypatch.setattr(attempting, "write_down", BusyDatabase(step, 3))
    exchange.answer = answer
    assert state(await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)) == step
    assert await steps() == ["asked", step]
    assert len(exchange.asked) == 1


@pytest.mark.usefixtures("at_once")
async def test_an_acceptance_that_cannot_be_written_down_is_logged_and_its_effect_awaited(
    cast, floor, exchange, redis_url, monkeypatch, caplog
):
    monkeypatch.setattr(attempting, "write_down", BusyDatabase("accepted", 4))
    client = await signed_in(cast.lead)
    shown = await client.post("/agents/7/pause/", EVERYWHERE)
    assert "EQ's answer cannot be written down: the attempt" in caplog.text
    assert await steps() == ["asked"]
    now = source(Part.AGENTS, taken_at=datetime.now(UTC) + timedelta(seconds=1), every_seconds=60)
    await publish(redis_url, a_floor(PAUSED, sources=[now]))
    await settled()
    assert await steps() == ["asked", "confirmed"]
    assert said(await client.get(url_of(shown))) == "Ana Ruiz is paused."


@pytest.mark.usefixtures("at_once")
async def test_what_goes_wrong_then_in_another_way_is_logged_and_leaves_the_way_free(
    cast, floor, exchange, monkeypatch, caplog
):
    monkeypatch.setattr(attempting, "write_down", BusyDatabase("accepted", 1, ZeroDivisionError("a bug")))
    assert state(await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)) == "asked"
    assert "ZeroDivisionError: a bug" in caplog.text
    assert state(await (await signed_in(cast.supervisor)).post("/agents/7/pause/", EVERYWHERE)) == "accepted"


async def test_what_eq_says_is_hostile_too(cast, floor, exchange):
    exchange.answer = httpx.Response(
        400, content=b'[{"parameter": "x", "type": "y", "description": "<script>\\u0000\\u202e\\ud800"}]'
    )
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    page = BeautifulSoup(answer.text, "html.parser")
    assert not page.select("script")
    assert page.select_one(".sentence bdi").text.startswith("<script>")
    stored = str((await last_entry()).details)
    for letter in "\0\u202e\ud800":
        assert letter not in answer.text
    assert "\0" not in stored
    assert "\ud800" not in stored


def test_text_that_some_database_refuses_is_replaced():
    assert storable("a\0b\ud800c\udfffd😀\u202e") == "a�b�c�d😀\u202e"


async def test_a_name_that_databases_do_not_take_is_no_hindrance(cast, redis_url, exchange):
    await publish(redis_url, a_floor(agent(7, name="nul \0 " + "x" * 300)))
    answer = await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    assert state(answer) == "accepted"
    assert (await last_entry()).target_name == ("nul � " + "x" * 300)[:200]


async def test_without_a_key_nothing_is_asked_nor_written_down(cast, floor, exchange, monkeypatch):
    def no_key():
        raise ConfigError("EQBOARD_EQ_KEY is not set")

    monkeypatch.setattr("eqboard.control.exchange.telephones", PerLoop(no_key))
    client = await signed_in(cast.lead)
    with pytest.raises(ConfigError):
        await client.post("/agents/7/pause/", EVERYWHERE)
    assert await steps() == []


async def test_a_browser_that_went_away_does_not_stop_what_was_begun(cast, floor, exchange):
    """Django cancels the view; EQ has been asked, so its answer is written down all the same."""
    exchange.may_answer.clear()
    client = await signed_in(cast.lead)
    pressing = begin(client.post("/agents/7/pause/", EVERYWHERE))
    await exchange.was_asked.wait()
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    exchange.complain("agent", "not_signed_in")
    exchange.may_answer.set()
    await settled()
    assert await steps() == ["asked", "refused"]


async def test_a_double_click_acts_once(cast, floor, exchange):
    """Two presses of two numbers: the page may be open twice. The second is shown what becomes of the first."""
    client = await signed_in(cast.lead)
    first = await client.post("/agents/7/pause/", EVERYWHERE)
    second = await client.post("/agents/7/pause/", EVERYWHERE)
    assert len(exchange.asked) == 1
    assert await steps() == ["asked", "accepted"]
    assert state(second) == "accepted"
    assert url_of(second) == url_of(first)


async def test_a_replayed_form_acts_once(cast, floor, exchange):
    """Also when the first press is long over."""
    client = await signed_in(cast.lead)
    form = {"press": "b9d2c8f0-5f0e-4c53-9c7e-0d5c2f8f1a11", "pause_code": "1"}
    exchange.complain("agent", "not_signed_in")
    await client.post("/agents/7/pause/", EVERYWHERE | form)
    exchange.answer = httpx.Response(200, json=None)
    again = await client.post("/agents/7/pause/", EVERYWHERE | form)
    assert len(exchange.asked) == 1
    assert state(again) == "refused"
    assert await steps() == ["asked", "refused"]


async def test_a_press_with_somebody_elses_number_is_a_press_of_ones_own(cast, floor, exchange):
    form = {"press": "b9d2c8f0-5f0e-4c53-9c7e-0d5c2f8f1a11"}
    exchange.complain("agent", "not_signed_in")
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE | form)
    client = await signed_in(cast.supervisor)
    for _ in range(2):
        assert state(await client.post("/agents/7/pause/", EVERYWHERE | form)) == "refused"
        assert len(exchange.asked) == 2
    assert await AuditEntry.objects.values("attempt").distinct().acount() == 2


async def test_nobody_can_use_up_anothers_attempt_by_its_id_from_the_audit(cast, floor, exchange):
    """Nor the one that would undo it, whose id follows from the first."""
    lead, supervisor = await signed_in(cast.lead), await signed_in(cast.supervisor)
    await lead.post("/agents/7/pause/", EVERYWHERE)
    attempt = (await last_entry()).attempt
    for number in (attempt, *undo_ids(attempt)):
        await supervisor.post("/agents/7/resume/", EVERYWHERE | {"press": str(number)})
    taken = {each.attempt async for each in AuditEntry.objects.filter(actor=cast.supervisor)}
    assert len(taken) == 1 + len(undo_ids(attempt))
    assert not taken & {attempt, *undo_ids(attempt)}
    assert state(await lead.post(f"/actions/{attempt}/undo/")) == "accepted"


def test_the_id_of_an_attempt_hangs_on_who_pressed_and_on_the_secret(settings):
    press = uuid.UUID(int=7)
    known = {attempt_id(press, 1), attempt_id(press, 2), attempt_id(uuid.UUID(int=8), 1)}
    assert len(known) == 3
    assert attempt_id(press, 1) in known
    settings.SECRET_KEY = "another" * 10
    assert attempt_id(press, 1) not in known


async def test_of_two_who_press_at_the_same_moment_one_acts_and_the_other_is_told(cast, floor, exchange):
    cast.lead.first_name, cast.lead.last_name = "Dana", "Levi"
    await cast.lead.asave()
    exchange.may_answer.clear()
    pressing = begin((await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE))
    await exchange.was_asked.wait()
    answer = await (await signed_in(cast.supervisor)).post("/agents/7/sign-out/", EVERYWHERE)
    assert (answer.status_code, state(answer)) == (200, "refused")
    assert said(answer).startswith("Dana Levi is doing something with Ana Ruiz just now, so nothing was sent.")
    exchange.may_answer.set()
    await pressing
    assert len(exchange.asked) == 1
    assert await steps() == ["asked", "refused", "accepted"]


async def test_who_was_refused_leaves_the_way_free_for_the_next(cast, floor, exchange):
    exchange.complain("agent", "not_signed_in")
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    exchange.answer = httpx.Response(200, json=None)
    answer = await (await signed_in(cast.supervisor)).post("/agents/7/pause/", EVERYWHERE)
    assert state(answer) == "accepted"


async def test_without_redis_nothing_is_sent(cast, floor, exchange, redis_server):
    """Nobody would know who else is at it, nor who is where."""
    client = await signed_in(cast.lead)
    await client.post("/agents/7/pause/", EVERYWHERE)
    await settled()
    exchange.asked.clear()
    redis_server.stop()
    answer = await client.post("/agents/7/pause/", EVERYWHERE)
    assert "nothing was" in said(answer)
    assert not exchange.asked


async def test_no_connection_to_the_database_is_kept(cast, floor, exchange, monkeypatch):
    """What is done after the request has no request's end to tidy up after it."""
    closed = []
    monkeypatch.setattr(background, "close_old_connections", lambda: closed.append(threading.get_ident()))
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE)
    [thread] = closed
    assert thread != threading.get_ident()


async def test_no_secret_is_logged_or_stored(cast, floor, exchange, caplog, brief, settings):
    caplog.set_level(logging.DEBUG)
    client = await signed_in(cast.lead)
    for answer in (httpx.Response(200), httpx.Response(500), httpx.ReadTimeout("x"), httpx.Response(401)):
        exchange.answer = answer
        await client.post("/agents/7/pause/", EVERYWHERE | {"pause_code": "1"})
    await settled()
    stored = str([row async for row in AuditEntry.objects.values()])
    for secret in (KEY_CANARY, settings.SECRET_KEY, client.cookies["sessionid"].value):
        assert secret not in caplog.text
        assert secret not in stored


async def test_a_code_of_another_name_is_a_number_all_the_same(cast, redis_url, exchange):
    await publish(redis_url, a_floor(pause_codes=[pause_code(77, "7 <b>")]))
    await (await signed_in(cast.lead)).post("/agents/7/pause/", EVERYWHERE | {"pause_code": "77"})
    assert exchange.asked == [{"action": "pause", "options": '{"agent":7,"pauseCode":77}'}]

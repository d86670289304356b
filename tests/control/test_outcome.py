"""How far an attempt is: told to the one who made it, until it is settled."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from eqboard.control.models import AuditEntry, Step
from tests.cast import static_files_are_not_collected
from tests.control.test_refusals import said, state
from tests.control.written import dated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]
ATTEMPT = uuid.UUID(int=7)


def note(actor, step: str, attempt: uuid.UUID = ATTEMPT, seconds_ago: float = 0, **changes) -> AuditEntry:
    """An entry, perhaps of some time ago."""
    defaults = {"actor_name": actor.username, "action": "agent.pause", "target": "agent-7", "target_name": "Ana"}
    with dated(datetime.now(UTC) - timedelta(seconds=seconds_ago)):
        return AuditEntry.objects.create(actor=actor, attempt=attempt, step=step, **defaults | changes)


@pytest.fixture
def lead(cast, client) -> Client:
    client.force_login(cast.lead)
    return client


def ask(client, attempt: uuid.UUID = ATTEMPT):
    return client.get(f"/actions/{attempt}/")


def polls(answer) -> bool:
    mark = BeautifulSoup(answer.text, "html.parser").select_one(".outcome")
    assert mark.has_attr("hx-trigger") == mark.has_attr("hx-get")
    return mark.has_attr("hx-get")


def test_the_newest_step_is_told(lead, cast):
    for step in (Step.ASKED, Step.ACCEPTED, Step.CONFIRMED):
        note(cast.lead, step)
        assert state(ask(lead)) == step


@pytest.mark.parametrize("step", Step)
def test_the_mark_asks_again_until_it_is_settled(lead, cast, step):
    note(cast.lead, step)
    answer = ask(lead)
    assert answer.status_code == 200
    assert polls(answer) is (step in (Step.ASKED, Step.ACCEPTED, Step.LEFT))


def test_the_mark_asks_at_its_own_address(lead, cast):
    note(cast.lead, Step.ASKED)
    mark = BeautifulSoup(ask(lead).text, "html.parser").select_one(".outcome")
    assert mark["hx-get"] == f"/actions/{ATTEMPT}/"


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("language", ["en", "es", "he"])
def test_every_step_has_a_sentence_in_every_language(lead, cast, step, language):
    note(cast.lead, step)
    assert said(lead.get(f"/actions/{ATTEMPT}/", headers={"Accept-Language": language})).strip()


def test_another_persons_attempt_is_not_known(client, cast):
    note(cast.lead, Step.ASKED)
    client.force_login(cast.admin)
    foreign, missing = ask(client), ask(client, uuid.uuid4())
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert not polls(foreign)


def test_a_stranger_hears_nothing(client, cast):
    note(cast.lead, Step.ASKED)
    assert ask(client).status_code == 302
    assert client.get(f"/actions/{ATTEMPT}/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize(("seconds", "shown"), [(0, "asked"), (10, "asked"), (31, "unknown"), (86_400, "unknown")])
def test_a_crash_between_asking_and_the_answer_is_unknown_after_half_a_minute(lead, cast, seconds, shown):
    note(cast.lead, Step.ASKED, seconds_ago=seconds)
    answer = ask(lead)
    assert state(answer) == shown
    assert polls(answer) is (seconds < 120)


@pytest.mark.parametrize(("is_open", "seconds", "asks"), [(True, 0, True), (True, 121, False), (False, 0, False)])
def test_of_a_lost_answer_it_goes_on_asking_while_somebody_looks_for_what_became_of_it(
    lead, cast, is_open, seconds, asks
):
    note(cast.lead, Step.UNKNOWN, seconds_ago=seconds, details={"is_open": is_open})
    answer = ask(lead)
    assert polls(answer) is asks
    assert "data-dismiss" in answer.text
    again = lead.get(f"/actions/{ATTEMPT}/", {"seen": "unknown"})
    assert again.status_code == (204 if asks else 200)


def test_what_became_of_it_after_all_takes_the_place_of_the_lost_answer(lead, cast):
    note(cast.lead, Step.UNKNOWN, details={"is_open": True})
    note(cast.lead, Step.CONFIRMED, details={"seen": "paused"})
    answer = lead.get(f"/actions/{ATTEMPT}/", {"seen": "unknown"})
    assert state(answer) == "confirmed"
    assert not polls(answer)


@pytest.mark.parametrize(("seconds", "shown"), [(0, "accepted"), (20, "accepted"), (37, "not_seen")])
def test_a_crash_while_watching_is_not_seen_after_its_time_and_half_a_minute(lead, cast, seconds, shown):
    note(cast.lead, Step.ACCEPTED, seconds_ago=seconds)
    answer = ask(lead)
    assert state(answer) == shown
    assert polls(answer) is (shown == "accepted")
    if shown == "not_seen":
        assert "Look again when the board is live" in said(answer)


@pytest.mark.parametrize("action", ["call.steal", "monitor.spy"])
@pytest.mark.parametrize(("seconds", "shown"), [(37, "accepted"), (110, "accepted"), (112, "not_seen")])
def test_where_a_telephone_may_ring_it_is_waited_for_longer(lead, cast, action, seconds, shown):
    note(cast.lead, Step.ACCEPTED, seconds_ago=seconds, action=action)
    assert state(ask(lead)) == shown


def test_looking_writes_nothing(lead, cast):
    note(cast.lead, Step.ASKED, seconds_ago=99)
    ask(lead)
    assert [entry.step for entry in AuditEntry.objects.all()] == ["asked"]


@pytest.mark.parametrize("details", [{}, {"error": "EQInvalid"}, {"complaints": []}, {"seen": "a new word"}])
@pytest.mark.parametrize("step", [Step.REFUSED, Step.NOT_SEEN, Step.UNKNOWN])
def test_details_of_another_version_still_give_a_sentence(lead, cast, step, details):
    note(cast.lead, step, details=details)
    assert said(ask(lead)).strip()

"""What queues promise: everybody reads it, leads and administrators change it, and the audit log tells when."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.test import Client

from eqboard.boards.models import ServiceTarget, stored_targets
from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import sentence
from eqboard.floor.metrics import Target, Variant
from tests.builders import queue, snapshot
from tests.cast import join, publish, static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

RIGHT = {"percent": 90, "seconds": 15, "variant": "all", "short_seconds": 3}
MAY = {
    "admin": {"", "500", "502", "997"},
    "supervisor": {"", "500", "502", "997"},  # leads a team of every queue
    "lead": {"500"},
    "viewer": set(),
    "back_lead": {"502"},
    "outsider": set(),
}


@pytest.fixture(autouse=True)
def floor(redis_url):
    async_to_sync(publish)(redis_url, snapshot(queues=[queue("500", name="Sales"), queue("502", name="Billing")]))


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows(answer) -> dict[str, Any]:
    return {
        each.h2.get_text(" ", strip=True): each
        for each in BeautifulSoup(answer.content, "html.parser").select(".targets > li")
    }


def test_every_queue_one_sees_is_there_with_its_formula_in_words(cast):
    ServiceTarget.objects.create(queue="500", **RIGHT)
    found = rows(client_of(cast.viewer).get("/targets/"))
    assert list(found) == ["All other queues", "Sales 500"]
    assert "90 % within 15 s" in found["Sales 500"].text
    assert found["Sales 500"].select_one(".fraction").text == "AT divided by A + B"
    assert "Abandons count against us" in found["Sales 500"].text
    assert not found["Sales 500"].select("form")


def test_a_queue_that_is_gone_keeps_its_target_and_says_so(cast):
    ServiceTarget.objects.create(queue="997", **RIGHT)
    assert "not there now" in rows(client_of(cast.admin).get("/targets/"))["997"].text


@pytest.mark.parametrize("person", MAY)
@pytest.mark.parametrize("name", ["", "500", "502", "997"])
def test_each_person_changes_what_their_role_says(cast, person, name):
    answer = client_of(getattr(cast, person)).post("/targets/", {"queue": name, **RIGHT})
    assert answer.status_code == (302 if name in MAY[person] else 403)
    assert ServiceTarget.objects.filter(queue=name).exists() == (name in MAY[person])
    assert AuditEntry.objects.exists() == (name in MAY[person])


def test_after_a_change_one_is_back_at_the_queue_and_told_once(cast):
    client = client_of(cast.lead)
    answer = client.post("/targets/", {"queue": "500", **RIGHT})
    assert answer["Location"] == "/targets/#queue-500"
    page = BeautifulSoup(client.get("/targets/").content, "html.parser")
    assert page.select_one(".told[role=status]").text == "Saved."
    assert page.select_one("#queue-500 h2").get_text(" ", strip=True) == "Sales 500"
    assert "told" not in client.get("/targets/").text


def test_who_leads_one_team_and_looks_at_another_changes_only_the_first(cast):
    join(cast.lead, cast.back, "viewer")
    client = client_of(cast.lead)
    assert client.post("/targets/", {"queue": "502", **RIGHT}).status_code == 403
    assert client.post("/targets/", {"queue": "500", **RIGHT}).status_code == 302


def test_a_change_holds_and_is_written_down_with_old_and_new(cast):
    client = client_of(cast.lead)
    client.post("/targets/", {"queue": "500", **RIGHT})
    client.post("/targets/", {"queue": "500", **RIGHT, "percent": 95})
    assert stored_targets().of("500") == Target(95, 15, Variant.ALL, 3)
    assert stored_targets().of("501") == Target()
    first, second = AuditEntry.objects.all()
    assert (first.action, first.target, first.target_name, first.step) == (
        "target.change",
        "queue-500",
        "Sales",
        Step.DONE,
    )
    assert (first.actor, first.details) == (cast.lead, {"old": None, "new": RIGHT})
    assert second.details == {"old": RIGHT, "new": RIGHT | {"percent": 95}}
    assert str(sentence(second)) == "Done."


def test_what_changes_nothing_is_not_written_down(cast):
    client = client_of(cast.lead)
    for _ in range(2):
        client.post("/targets/", {"queue": "500", **RIGHT})
    assert AuditEntry.objects.count() == 1


def test_a_queue_promises_again_what_all_others_do(cast):
    client = client_of(cast.supervisor)
    client.post("/targets/", {"queue": "", **RIGHT, "seconds": 40})
    client.post("/targets/", {"queue": "500", **RIGHT})
    client.post("/targets/", {"queue": "500", "forget": ""})
    assert stored_targets().of("500").seconds == 40
    assert AuditEntry.objects.last().details == {"old": RIGHT, "new": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("percent", ""), ("percent", "0"), ("percent", "100"), ("percent", "80.5"), ("percent", "٨٠ %"),
        ("seconds", "0"), ("seconds", "3601"), ("seconds", "x"), ("seconds", "9" * 400),
        ("short_seconds", "-1"), ("short_seconds", "16"), ("short_seconds", ""),
        ("variant", ""), ("variant", "best"), ("variant", "<script>"),
    ],
)  # fmt: skip
def test_a_target_of_nonsense_is_refused_beside_its_field(cast, field, value):
    answer = client_of(cast.admin).post("/targets/", {"queue": "500", **RIGHT, field: value})
    assert answer.status_code == 422
    row = rows(answer)["Sales 500"]
    assert row.select(".error")
    assert row.select_one("details").has_attr("open")
    assert not rows(answer)["Billing 502"].select(".error")
    assert "<script>" not in row.decode()
    assert not ServiceTarget.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["sales", "٥٠٠", "5 0", "-1", "9" * 21, "500\n", "<b>"])
def test_what_is_no_queue_is_refused(cast, name):
    assert client_of(cast.admin).post("/targets/", {"queue": name, **RIGHT}).status_code == 403
    assert not ServiceTarget.objects.exists()


def test_a_stranger_is_sent_to_the_sign_in(client):
    for verb in ("get", "post"):
        assert getattr(client, verb)("/targets/")["Location"].startswith("/sign-in/")


def test_who_is_in_no_team_sees_none(cast):
    assert client_of(cast.outsider).get("/targets/").status_code == 403


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_only_reading_and_posting(cast, verb):
    assert getattr(client_of(cast.admin), verb)("/targets/").status_code == 405


def test_a_form_of_another_site_does_nothing(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.admin)
    assert client.post("/targets/", {"queue": "500", **RIGHT}).status_code == 403
    assert not ServiceTarget.objects.exists()

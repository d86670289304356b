"""Whether each part is well: what is judged, and what /healthz tells a monitor."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import InterfaceError, OperationalError

from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Part, Trouble
from eqboard.ops import health
from eqboard.ops.health import judge, report
from tests.builders import NOON, ago, snapshot, source
from tests.cast import publish, static_files_are_not_collected
from tests.environment import KEY_CANARY

pytestmark = static_files_are_not_collected


# Judging


def floor(*sources, sent_at=NOON, is_connected=True) -> Floor:
    return Floor(Stored("e", 1, sent_at, snapshot(sources=sources)), is_connected)


def well(parts) -> dict[str, bool]:
    return {name: part.ok for name, part in parts.items()}


def judged(floor):
    return judge(floor, get_config(), NOON)


def test_all_is_well():
    assert well(judged(floor(source()))) == {"feed": True, "leader": True, "eq": True}


@pytest.mark.parametrize("lost", [Floor(), floor(source(), is_connected=False)])
def test_without_redis_nothing_behind_it_is_known(lost):
    parts = judged(lost)
    assert well(parts) == {"feed": False, "leader": False, "eq": False}
    assert parts["feed"].says == "Redis does not answer"
    assert parts["leader"] == parts["eq"]
    assert "not known" in parts["eq"].says


@pytest.mark.parametrize(
    "silent",
    [Floor(None, True), floor(source(), sent_at=ago(2.6)), floor(source(trouble=Trouble.BROKEN), sent_at=ago(9))],
)
def test_without_a_poller_eq_is_not_known(silent):
    parts = judged(silent)
    assert well(parts) == {"feed": True, "leader": False, "eq": False}
    assert parts["leader"].says == "no poller publishes"
    assert "not known" in parts["eq"].says


@pytest.mark.parametrize("seconds", [-60, 0, 2.5])
def test_a_poller_may_take_two_rounds_and_a_half(seconds):
    assert judged(floor(source(), sent_at=NOON - timedelta(seconds=seconds)))["leader"].ok


def test_a_part_of_eq_that_cannot_be_read_is_named():
    unread = [
        source(Part.CALLS, trouble=Trouble.BROKEN),
        source(Part.AGENTS, trouble=Trouble.REFUSED),
        source(Part.PARKED),
    ]
    parts = judged(floor(*unread))
    assert well(parts) == {"feed": True, "leader": True, "eq": False}
    assert parts["eq"].says == "agents: refused, calls: broken"


def test_a_part_that_hangs_is_named_beside_one_that_fails():
    parts = judged(floor(source(Part.CALLS, trouble=Trouble.REFUSED), source(Part.AGENTS, taken_at=ago(7))))
    assert parts["eq"] == health.Part(False, "agents: unreachable, calls: refused")


def test_a_board_that_lacks_what_it_can_do_without_is_well_and_says_so():
    parts = judged(floor(source(), source(Part.CONFERENCES, trouble=Trouble.MISSING)))
    assert parts["eq"] == health.Part(True, "conferences: missing")


@pytest.mark.parametrize("sources", [(), (source(taken_at=None),)])
def test_an_eq_that_was_never_read_is_not_yet_well(sources):
    assert judged(floor(*sources))["eq"] == health.Part(False, "EQ has not been read yet")


def test_a_report_is_plain_data():
    assert report({"feed": health.Part(True, "fine")}) == {"alive": True, "feed": {"ok": True, "says": "fine"}}


# Over HTTP


@pytest.fixture
def running(config, redis_url, db):
    """Everything runs."""
    async_to_sync(publish)(redis_url, snapshot(sources=[source(taken_at=datetime.now(UTC))]))


@pytest.mark.usefixtures("running")
def test_it_answers_200_when_every_part_is_well(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("alive") is True
    assert {name: part["ok"] for name, part in told.items()} == dict.fromkeys(
        ("feed", "leader", "eq", "database"), True
    )


@pytest.mark.usefixtures("running")
def test_it_answers_503_when_redis_is_down(client, redis_server):
    redis_server.stop()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [name for name, part in answer.json().items() if part is not True and part["ok"]] == ["database"]


@pytest.mark.usefixtures("config", "db")
def test_it_answers_503_before_anything_was_published(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["leader"]["says"] == "no poller publishes"


@pytest.mark.usefixtures("config", "db")
def test_it_answers_503_when_eq_is_in_trouble(client, redis_url):
    async_to_sync(publish)(redis_url, snapshot(sources=[source(trouble=Trouble.UNREACHABLE)]))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["eq"] == {"ok": False, "says": "agents: unreachable"}


@pytest.mark.usefixtures("config", "db")
def test_it_answers_503_when_the_newest_news_is_old(client, redis_url):
    async_to_sync(publish)(redis_url, snapshot(), sent_at=NOON)
    assert client.get("/healthz").json()["leader"]["ok"] is False


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_it_answers_503_when_the_database_is_down(client, monkeypatch, error):
    def fail():
        raise error("password=hunter2 host=db.internal")

    monkeypatch.setattr(health.Team.objects, "exists", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False, "says": f"the database does not answer ({error.__name__})"}
    assert "hunter2" not in answer.text


@pytest.mark.usefixtures("running")
def test_a_monitor_may_ask_for_the_head_alone(client):
    answer = client.head("/healthz")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_it_refuses_other_verbs(client, verb):
    assert getattr(client, verb)("/healthz").status_code == 405


@pytest.mark.usefixtures("running")
def test_it_asks_nobody_to_sign_in_and_sets_no_cookie(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.usefixtures("running")
def test_it_is_never_kept_in_a_cache(client):
    assert "no-store" in client.get("/healthz")["Cache-Control"]


@pytest.mark.usefixtures("running")
def test_a_monitor_behind_the_proxy_is_not_redirected_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/sign-in/").status_code == 301


@pytest.mark.usefixtures("running")
def test_no_secret_is_told_or_logged(client, settings, caplog, redis_server, redis_url):
    caplog.set_level(logging.DEBUG)
    for stop in (False, True):
        if stop:
            redis_server.stop()
        told = json.dumps(client.get("/healthz").json()) + caplog.text
        for secret in (KEY_CANARY, settings.SECRET_KEY, redis_url):
            assert secret not in told


@pytest.mark.usefixtures("running")
def test_it_answers_503_when_the_database_can_only_be_read(client, monkeypatch):
    """Nobody could sign in, nor press a button."""

    def refuse():
        raise OperationalError

    monkeypatch.setattr(health, "write_nothing", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False, "says": "the database cannot be written (OperationalError)"}

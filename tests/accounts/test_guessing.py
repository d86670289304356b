"""Whoever guesses passwords across names or addresses is made to wait; whose browser is known is not held up by it."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.timezone import now

from eqboard.accounts.guessing import MOST_KNOWN, MOST_OF_A_NAME, MOST_OF_AN_ADDRESS, is_known, remember
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]

FAR, NEAR = "203.0.113.9", "127.0.0.1"
RIGHT = "a long word"


@pytest.fixture(autouse=True)
def lead(cast):
    cast.lead.set_password(RIGHT)
    cast.lead.save()
    return cast.lead


def sign_in(name: str, password: str, address: str = NEAR, client: Client | None = None) -> int:
    answer = (client or Client()).post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address)
    return answer.status_code


def failed(count: int, *, name: str = "", address: str = "", seconds_ago: float = 0) -> None:
    """So many wrong passwords: each of another name, or from another address."""
    for number in range(count):
        AccessAttempt.objects.create(
            username=name or f"name-{number}",
            ip_address=address or f"198.51.100.{number}",
            failures_since_start=1,
        )
    AccessAttempt.objects.update(attempt_time=now() - timedelta(seconds=seconds_ago))


def test_across_names_an_address_is_made_to_wait():
    failed(MOST_OF_AN_ADDRESS - 1, address=FAR)
    assert sign_in("nobody", "wrong", FAR) == 200
    assert sign_in("lead", RIGHT, FAR) == 429
    assert sign_in("lead", RIGHT, NEAR) == 302


def test_across_addresses_a_name_is_made_to_wait():
    failed(MOST_OF_A_NAME - 1, name="lead")
    assert sign_in("lead", "wrong", FAR) == 200
    assert sign_in("lead", RIGHT, NEAR) == 429
    assert sign_in("viewer", "wrong", NEAR) == 200, "nobody else is"


def test_it_is_over_after_five_minutes():
    within = settings.AXES_COOLOFF_TIME.total_seconds()
    failed(MOST_OF_A_NAME, name="lead", seconds_ago=within - 60)
    assert sign_in("lead", RIGHT) == 429
    AccessAttempt.objects.update(attempt_time=now() - timedelta(seconds=within + 1))
    assert sign_in("lead", RIGHT) == 302


def test_waiting_counts_no_more_tries(lead):
    failed(MOST_OF_A_NAME, name="lead")
    for _ in range(3):
        assert sign_in("lead", "wrong") == 429
    assert AccessAttempt.objects.count() == MOST_OF_A_NAME


@pytest.mark.parametrize("attack", [{"name": "lead"}, {"address": NEAR}], ids=["at the name", "from the address"])
def test_whose_browser_is_known_signs_in_all_the_same(attack):
    client = Client()
    assert sign_in("lead", RIGHT, client=client) == 302
    client.post("/sign-out/")
    failed(max(MOST_OF_A_NAME, MOST_OF_AN_ADDRESS), **attack)
    assert sign_in("lead", RIGHT) == 429, "a browser that is not"
    assert sign_in("lead", RIGHT, client=client) == 302


def test_a_known_browser_guesses_no_more_than_others_do():
    client = Client()
    sign_in("lead", RIGHT, client=client)
    client.post("/sign-out/")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in("lead", "wrong", client=client)
    assert sign_in("lead", RIGHT, client=client) == 429


def test_it_is_known_for_whoever_signed_in_there_and_nobody_else():
    client = Client()
    sign_in("lead", RIGHT, client=client)
    client.post("/sign-out/")
    failed(MOST_OF_A_NAME, name="viewer")
    assert sign_in("viewer", "wrong", client=client) == 429


def test_a_wrong_password_makes_no_browser_known():
    client = Client()
    sign_in("lead", "wrong", client=client)
    assert "known" not in client.cookies


def test_the_cookie_tells_no_name_and_is_for_us_alone():
    client = Client()
    sign_in("lead", RIGHT, client=client)
    cookie = client.cookies["known"]
    assert "lead" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("value", ["", "x", "a.b:c:d"])
def test_a_cookie_that_is_not_ours_is_none(value):
    request = RequestFactory().get("/")
    request.COOKIES["known"] = value
    assert not is_known(request, "lead")


def test_several_share_a_browser_and_the_last_are_known():
    people = [User(username=f"person-{number}") for number in range(MOST_KNOWN + 1)]
    client = Client()
    for person in people:
        request = RequestFactory().get("/")
        request.COOKIES = {name: each.value for name, each in client.cookies.items()}
        answer = HttpResponse()
        remember(request, answer, person)
        client.cookies.update(answer.cookies)
    request.COOKIES = {name: each.value for name, each in client.cookies.items()}
    assert [is_known(request, each.username) for each in people] == [False] + [True] * MOST_KNOWN

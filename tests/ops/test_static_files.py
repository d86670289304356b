"""Static files come from the site itself, whichever way Django runs; and nothing else waits in a thread for them."""

import threading
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, Client, RequestFactory

from eqboard.boards.policy import HEADERS
from eqboard.ops.static_files import static_files
from tests.cast import static_files_are_not_collected

pytestmark = static_files_are_not_collected

SCRIPT = "/static/eqboard/clock.js"


def test_a_file_is_served() -> None:
    answer = Client().get(SCRIPT)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"".join(answer).strip()
    answer.close()


async def test_a_file_is_served_the_other_way_too_with_all_that_every_answer_says() -> None:
    answer = await AsyncClient().get(SCRIPT)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert b"".join([part async for part in answer]).strip()
    answer.close()


async def test_a_file_that_the_browser_has_is_not_sent_again() -> None:
    first = await AsyncClient().get(SCRIPT)
    first.close()
    again = await AsyncClient().get(SCRIPT, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize("path", ["/static/eqboard/gone.js", "/static/../settings.py", "/static/"])
@pytest.mark.django_db(transaction=True)
async def test_what_is_no_file_is_not_found(path: str) -> None:
    assert (await AsyncClient().get(path)).status_code == HTTPStatus.NOT_FOUND


async def test_a_page_is_made_where_the_event_loop_is() -> None:
    made_in = []

    async def make(request: HttpRequest) -> HttpResponse:
        made_in.append(threading.current_thread())
        return HttpResponse("page")

    assert (await static_files(make)(AsyncRequestFactory().get("/"))).content == b"page"
    assert made_in == [threading.current_thread()]


def test_without_an_event_loop_it_is_whitenoise_alone() -> None:
    assert static_files(lambda request: HttpResponse("page"))(RequestFactory().get("/")).content == b"page"

"""The pages when a part of ours fails: they are shown all the same, or come back by themselves."""

from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from eqboard.accounts.access import Grant, Rights
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import gallery, views
from eqboard.boards.audience import audience_for
from eqboard.boards.fragments import paint
from eqboard.boards.ready import ready_board
from eqboard.boards.spec import Surface, Targets
from eqboard.floor.metrics import Target
from tests.cast import static_files_are_not_collected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]


@pytest.mark.parametrize("path", ["/", "/tv/"])
def test_a_floor_that_cannot_be_rendered_costs_the_numbers_and_not_the_page(cast, monkeypatch, caplog, path):
    attempts = []

    def fail_once(*args):
        attempts.append(args)
        if len(attempts) == 1:
            raise ZeroDivisionError("a template's bug")
        return paint(*args)

    monkeypatch.setattr(gallery, "paint", fail_once)
    client = Client()
    client.force_login(cast.supervisor)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "EQ answers with errors" in answer.text
    assert f'ws-connect="/live/{Surface.DESK if path == "/" else Surface.TV}/' in answer.text
    assert "a template&#x27;s bug" not in answer.text
    assert "a template's bug" in caplog.text


def test_a_wall_whose_database_is_away_tries_again_by_itself(client, monkeypatch):
    async def fail(*args):
        raise OperationalError("no database")

    monkeypatch.setattr(views, "_wall", fail)
    answer = client.get("/tv/")
    assert answer.status_code == 503
    assert 'src="/static/eqboard/again.js"' in answer.text
    assert "database" in answer.text


def test_to_look_at_another_board_makes_the_sign_in_last_anew(cast):
    client = Client()
    client.force_login(cast.supervisor)
    assert "sessionid" in client.get("/boards/lead/").cookies
    assert "sessionid" not in client.get("/boards/lead/").cookies
    assert "sessionid" in client.get("/boards/supervisor/").cookies
    assert client.get("/").context["board"].ref == "supervisor"


def test_to_look_at_the_same_board_again_writes_nothing(cast):
    client = Client()
    client.force_login(cast.supervisor)
    client.get("/boards/lead/")
    before = Session.objects.get().session_data
    client.get("/boards/lead/")
    assert Session.objects.get().session_data == before
    assert client.get("/").context["board"].ref == "lead"


def test_a_page_does_not_depend_on_what_queues_promise_that_it_does_not_show():
    board = replace(ready_board("floor", "en"), targets=Targets(own=(("500", Target(90)), ("502", Target(95)))))
    rights = Rights(frozenset({Grant(frozenset({"500"}), frozenset())}))
    assert audience_for(board, rights, "en").board.targets == Targets(own=(("500", Target(90)),))
    assert audience_for(board, EVERYTHING, "en").board.targets == board.targets

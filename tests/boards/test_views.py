"""The pages when a part of ours fails: they are shown all the same, or come back by themselves."""

import pytest
from django.db import OperationalError
from django.test import Client

from eqboard.boards import gallery, views
from eqboard.boards.fragments import paint
from eqboard.boards.spec import Surface
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

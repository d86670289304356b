"""Stored boards for tests: one of the front desk, one of the back office, one for everybody."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from eqboard.accounts.models import Team
from eqboard.boards.models import SavedBoard
from eqboard.boards.reading import write_spec
from eqboard.boards.ready import SPECS
from eqboard.boards.spec import Spec
from tests.cast import Cast

PEOPLE = ("admin", "supervisor", "lead", "viewer", "back_lead", "outsider")


def board(name: str, team: Team | None, spec: Spec = SPECS["floor"], **changes: Any) -> SavedBoard:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return SavedBoard.objects.create(
        **{"name": name, "team": team, "spec": write_spec(spec), "updated_at": at} | changes
    )


def shelf(cast: Cast) -> dict[str, SavedBoard]:
    return {
        "front": board("Front board", cast.front),
        "back": board("Back board", cast.back),
        "shared": board("Shared board", None),
    }


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client

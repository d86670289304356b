"""One look at the database tells of every change on which depends what somebody sees, and of whom it concerns."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eqboard.accounts.displays import TOKEN_COOKIE, hash_token
from eqboard.accounts.models import Display, Membership, Role, Seat, Team, ready_role
from eqboard.boards.models import DisplayBoard, SavedBoard, ServiceTarget
from eqboard.boards.spec import Surface
from eqboard.live.admission import read_admission, renewed_admission_of
from eqboard.live.standing import OWN_THREAD, Standing, Visitor, aread_standing, read_standing
from tests.boards.shelves import board
from tests.cast import Cast, create_cast
from tests.feed.following import PATIENCE_SECONDS, until

NOW = datetime.now(UTC)
TOKEN = "a screen's token"


@pytest.fixture
def cast(db) -> Cast:
    return create_cast()


@pytest.fixture
def wall(cast) -> Display:
    """The front desk's screen, with a board of its own."""
    facts = {"approved_by": cast.lead, "approved_at": NOW, "claimed_at": NOW, "token_hash": hash_token(TOKEN)}
    display = Display.objects.create(name="Wall", team=cast.front, **facts)
    DisplayBoard.objects.create(display=display, board=board("Ours", cast.front))
    return display


@pytest.fixture
def visitors(cast, wall) -> dict[str, Visitor]:
    people = {name: getattr(cast, name) for name in ("lead", "viewer", "back_lead", "admin")}
    return {name: Visitor(session_of(user), user.pk) for name, user in people.items()} | {
        "wall": Visitor(screen=wall.token_hash),
        "at the board": Visitor(session_of(cast.lead), cast.lead.pk, str(wall.displayboard.board_id)),
        "at another": Visitor(session_of(cast.lead), cast.lead.pk, str(board("Others", cast.back).pk)),
    }


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def look(visitors: dict[str, Visitor], now: datetime = NOW) -> Standing:
    return read_standing(visitors.values(), now)


LEAD = {"lead", "at the board", "at another"}
EVERYBODY = {"viewer", "back_lead", "admin", "wall"} | LEAD
CHANGES: dict[str, tuple[Callable[[Cast], Any], set[str]]] = {
    "a team gets another queue": (lambda cast: Team.objects.update(queue_extensions="500"), EVERYBODY),
    "a team gets other agents": (lambda cast: Team.objects.update(agent_ids="7"), EVERYBODY),
    "a role may do less": (lambda cast: Role.objects.filter(key="viewer").update(actions=[]), EVERYBODY),
    "a board is renamed": (lambda cast: ours().update(name="Ours too"), {"at the board", "wall"}),
    "a board shows something else": (lambda cast: ours().update(spec={"queues": ["1"]}), {"at the board", "wall"}),
    "a board is given to others": (lambda cast: ours().update(team=cast.back), {"at the board", "wall"}),
    "a board is gone": (lambda cast: ours().delete(), {"at the board", "wall"}),
    "no board is chosen for a screen any more": (lambda cast: DisplayBoard.objects.all().delete(), {"wall"}),
    "another board is chosen for a screen": (
        lambda cast: DisplayBoard.objects.update(board=board("New", cast.front)),
        {"wall"},
    ),
    "a queue promises something": (
        lambda cast: ServiceTarget.objects.create(queue="500", percent=90, seconds=10, variant="all", short_seconds=0),
        EVERYBODY,
    ),
    "somebody leaves a team": (lambda cast: Membership.objects.filter(user=cast.viewer).delete(), {"viewer"}),
    "somebody has another role": (
        lambda cast: Membership.objects.filter(user=cast.viewer).update(role=ready_role("lead")),
        {"viewer"},
    ),
    "somebody joins a team": (
        lambda cast: Membership.objects.create(user=cast.lead, team=cast.back, role=ready_role("viewer")),
        LEAD,
    ),
    "somebody is deactivated": (lambda cast: of(cast.lead).update(is_active=False), LEAD),
    "somebody is deleted": (lambda cast: of(cast.viewer).delete(), {"viewer"}),
    "somebody is an administrator no more": (lambda cast: of(cast.admin).update(is_superuser=False), {"admin"}),
    "somebody has another password": (lambda cast: of(cast.lead).update(password="!"), LEAD),
    "somebody may only monitor on EQ": (
        lambda cast: Seat.objects.create(user=cast.lead, eq_type="monitorOnly"),
        LEAD,
    ),
    "a screen is taken away": (lambda cast: Display.objects.update(revoked_at=NOW), {"wall"}),
    "a screen is another team's": (lambda cast: Display.objects.update(team=cast.back), {"wall"}),
}


def ours() -> Any:
    return SavedBoard.objects.filter(name="Ours")


def of(user: User) -> Any:
    return User.objects.filter(pk=user.pk)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_noticed_for_whom_it_concerns_and_nobody_else(cast, visitors, what) -> None:
    change, concerned = CHANGES[what]
    before = look(visitors)
    change(cast)
    after = look(visitors)
    assert {name for name, each in visitors.items() if after.of(each) != before.of(each)} == concerned


NOTHING = {
    "nothing happens": lambda cast: None,
    "somebody signs in": lambda cast: session_of(cast.lead),
    "somebody's session keeps a word": lambda cast: Session.objects.update(session_data="other"),
    "somebody takes another seat": lambda cast: Seat.objects.create(user=cast.lead, extension="301"),
    "a screen was there": lambda cast: Display.objects.update(seen_at=NOW),
    "a board is made": lambda cast: board("New", cast.front),
}


@pytest.mark.parametrize("what", NOTHING)
def test_what_changes_no_right_concerns_nobody(cast, visitors, what) -> None:
    before = look(visitors)
    NOTHING[what](cast)
    after = look(visitors)
    assert [name for name, each in visitors.items() if after.of(each) != before.of(each)] == []
    assert not any(after.has_ended(each) for each in visitors.values())


def test_a_session_that_is_over_has_ended(cast, visitors) -> None:
    Session.objects.filter(session_key=visitors["lead"].session).delete()
    Session.objects.filter(session_key=visitors["viewer"].session).update(expire_date=NOW - timedelta(seconds=1))
    newest = look(visitors)
    assert {name for name, each in visitors.items() if newest.has_ended(each)} == {"lead", "viewer"}


def test_a_look_writes_nothing(visitors) -> None:
    """It would wait for whoever else writes, and everybody in the room for it."""
    Display.objects.update(seen_at=None)
    with CaptureQueriesContext(connection) as queries:
        look(visitors)
    assert {each["sql"].partition(" ")[0] for each in queries} == {"SELECT"}


def test_a_look_takes_as_many_questions_for_many_as_for_one(visitors, cast, django_assert_num_queries) -> None:
    many = visitors | {str(number): Visitor(session_of(cast.lead), cast.lead.pk) for number in range(20)}
    with CaptureQueriesContext(connection) as few:
        look({"lead": visitors["lead"], "wall": visitors["wall"]})
    with django_assert_num_queries(len(few)):
        look(many)


def test_more_sessions_are_asked_for_than_fit_into_one_question(cast, visitors, monkeypatch) -> None:
    monkeypatch.setattr("eqboard.live.standing.SESSIONS_AT_ONCE", 2)
    newest = look(visitors)
    assert not any(newest.has_ended(each) for each in visitors.values())


# Those who come

Way = Callable[[dict[str, Any]], Awaitable[Any]]
WAYS: dict[str, Way] = {
    "a look": lambda scope: aread_standing([], NOW),
    "a check": lambda scope: renewed_admission_of(scope),
}


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_is_in_does_not_stand_behind_all_who_come(transactional_db, way) -> None:
    """A thousand at once would look like a database that does not answer."""
    has_begun, may_go_on = threading.Event(), threading.Event()

    def take_long() -> None:
        has_begun.set()
        may_go_on.wait()

    coming = asyncio.create_task(sync_to_async(take_long)())
    await until(has_begun.is_set)
    scope = {"query_string": b"", "headers": [], "url_route": {"kwargs": {"surface": Surface.TV.value}}}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await WAYS[way](scope)
    finally:
        may_go_on.set()
        await coming
    assert OWN_THREAD.submit(lambda: connection.connection).result() is None, "it gives its connection back"


# Nothing else matters


def tables_in(queries: CaptureQueriesContext) -> set[str]:
    return {table for each in queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', each["sql"])}


def scopes(cast: Cast) -> Iterator[dict[str, Any]]:
    own = board("Mine", cast.front)
    for surface in Surface:
        for query in ("", f"board={own.pk}"):
            for cookie in (f"{settings.SESSION_COOKIE_NAME}={session_of(cast.lead)}", f"{TOKEN_COOKIE}={TOKEN}"):
                kwargs = {"surface": surface.value}
                headers = [(b"cookie", cookie.encode())]
                yield {"query_string": query.encode(), "headers": headers, "url_route": {"kwargs": kwargs}}


def test_a_look_reads_every_table_that_rights_and_boards_are_read_from(cast, wall) -> None:
    """So whoever adds one there is told to add it here."""
    asked: set[str] = set()
    for scope in scopes(cast):
        with CaptureQueriesContext(connection) as queries:
            read_admission(scope)
        asked |= tables_in(queries)
    assert len(asked) > 6
    with CaptureQueriesContext(connection) as queries:
        read_standing([Visitor("session", cast.lead.pk), Visitor(screen=wall.token_hash)], NOW)
    assert asked <= tables_in(queries)

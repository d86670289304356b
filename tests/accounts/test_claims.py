"""An approved code is claimed once, by one screen, within ten minutes; what the screen then holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import ProtectedError

from eqboard.accounts import displays
from eqboard.accounts.access import NOTHING, Grant, Rights, may_do
from eqboard.accounts.displays import (
    UsedCodeError,
    approve,
    claim,
    display_of,
    hash_token,
    is_spent,
    new_code,
    note_seen,
    rights_of_display,
)
from eqboard.accounts.models import Display

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CODE = "22222222"
pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(cast):
    return Display.objects.create(name="Wall", team=cast.front, code=CODE, approved_by=cast.lead, approved_at=NOW)


@pytest.mark.parametrize("minutes", [0, 9.99, 10])
@pytest.mark.parametrize("then", ["waits", "claimed", "revoked"])
def test_a_code_is_approved_once_while_it_lasts(approved, cast, minutes, then):
    if then == "claimed":
        claim(CODE, NOW)
    elif then == "revoked":
        Display.objects.update(revoked_at=NOW)
    with pytest.raises(UsedCodeError):
        approve(CODE, "Again", cast.back, cast.admin, NOW + timedelta(minutes=minutes))
    assert Display.objects.get() == approved


def test_a_code_that_is_over_may_be_approved_for_another_screen(approved, cast):
    token, later = claim(CODE, NOW), NOW + timedelta(minutes=10.01)
    other = approve(CODE, "Another", cast.back, cast.admin, later)
    assert display_of(claim(CODE, later)) == other
    assert display_of(token) == approved


def test_a_database_keeps_any_number_of_displays_whose_code_is_over(approved, cast):
    for each in (1, 2, 3):
        approve(CODE, "Again", cast.back, cast.admin, NOW + timedelta(hours=each))
    assert sorted(Display.objects.values_list("code", flat=True), key=str) == [CODE, None, None, None]


def test_an_approved_code_gives_a_token(approved):
    token = claim(CODE, NOW)
    assert token is not None
    assert display_of(token) == approved


def test_a_token_is_stored_only_as_its_hash(approved):
    token = claim(CODE, NOW)
    row = Display.objects.filter(pk=approved.pk).values().get()
    assert row["token_hash"] == hash_token(token)
    assert token not in str(row)


def test_tokens_are_long_and_never_the_same(cast, approved):
    other = Display.objects.create(name="B", team=cast.back, code=new_code(), approved_by=cast.lead, approved_at=NOW)
    one, two = claim(CODE, NOW), claim(other.code, NOW)
    assert one != two
    assert min(len(one), len(two)) >= 43


def test_a_code_that_nobody_approved_gives_nothing(db):
    assert claim(CODE, NOW) is None


def test_a_code_is_claimed_once(approved):
    token = claim(CODE, NOW)
    assert claim(CODE, NOW) is None
    assert display_of(token) == approved


@pytest.mark.parametrize(("minutes", "gives"), [(0, True), (9.99, True), (10, True), (10.01, False), (60, False)])
def test_a_code_is_claimed_within_ten_minutes_or_never(approved, minutes, gives):
    assert bool(claim(CODE, NOW + timedelta(minutes=minutes))) is gives


def test_a_screen_that_was_taken_away_cannot_be_claimed(approved):
    Display.objects.update(revoked_at=NOW)
    assert claim(CODE, NOW) is None


def test_two_screens_that_race_for_one_code_get_one_token(approved, monkeypatch):
    """The second claims after the first has looked and before it has written."""
    won = []

    def hash_while_another_claims(token):
        monkeypatch.setattr(displays, "hash_token", hash_token)
        won.append(claim(CODE, NOW))
        return hash_token(token)

    monkeypatch.setattr(displays, "hash_token", hash_while_another_claims)
    assert claim(CODE, NOW) is None
    assert display_of(won[0]) == approved


def test_a_code_is_spent_once_nothing_can_come_of_it(approved):
    assert not is_spent("33333333", NOW)
    assert not is_spent(CODE, NOW)
    claim(CODE, NOW)
    assert is_spent(CODE, NOW)


def test_a_code_whose_screen_was_taken_away_is_spent(approved):
    Display.objects.update(revoked_at=NOW)
    assert is_spent(CODE, NOW)


def test_a_screen_sees_its_teams_queues_and_may_do_nothing(approved):
    rights = rights_of_display(claim(CODE, NOW))
    assert rights == Rights(frozenset({Grant(frozenset({"500", "501"}), frozenset({"number.see"}))}))
    assert not may_do(rights, "agent.pause", ["500"])


def test_a_screen_follows_its_team(approved, cast):
    token = claim(CODE, NOW)
    cast.front.queue_extensions = "509"
    cast.front.save()
    assert rights_of_display(token) == Rights(frozenset({Grant(frozenset({"509"}), frozenset({"number.see"}))}))


@pytest.mark.parametrize("token", [None, "", "guessed", "x" * 10_000, hash_token("")])
def test_a_token_that_was_never_given_is_nothing(approved, token):
    claim(CODE, NOW)
    assert display_of(token) is None
    assert rights_of_display(token) == NOTHING


def test_the_hash_of_a_token_is_no_token(approved):
    claim(CODE, NOW)
    assert display_of(Display.objects.get().token_hash) is None


def test_an_empty_token_is_not_that_of_a_screen_that_waits(approved):
    assert Display.objects.get().token_hash == ""
    assert display_of("") is None


def test_a_screen_that_was_taken_away_sees_nothing(approved):
    token = claim(CODE, NOW)
    Display.objects.update(revoked_at=NOW)
    assert rights_of_display(token) == NOTHING


def test_a_screen_goes_with_its_team(approved, cast):
    token = claim(CODE, NOW)
    cast.front.delete()
    assert rights_of_display(token) == NOTHING


def test_who_approved_a_screen_is_not_forgotten(approved, cast):
    with pytest.raises(ProtectedError):
        cast.lead.delete()


def test_that_a_screen_is_there_is_noted_once_a_minute(approved):
    screen = hash_token(claim(CODE, NOW))
    for passed_seconds, noted_seconds in ((60, 0), (61, 61), (121, 61), (122, 122)):
        note_seen({screen}, NOW + timedelta(seconds=passed_seconds))
        assert Display.objects.get().seen_at == NOW + timedelta(seconds=noted_seconds)


def test_only_screens_that_are_there_are_noted(approved):
    claim(CODE, NOW)
    for screens in ((), {hash_token("another")}):
        note_seen(screens, NOW + timedelta(hours=1))
    assert Display.objects.get().seen_at == NOW


def test_a_database_that_can_only_be_read_shows_a_screen_its_board(transactional_db, approved):
    token = claim(CODE, NOW)

    def refuse(execute, sql, params, many, context):
        if not sql.startswith("SELECT"):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        note_seen({hash_token(token)}, NOW + timedelta(hours=1))
        assert rights_of_display(token).grants
    assert Display.objects.get().seen_at == NOW

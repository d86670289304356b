"""Who somebody is on EQ, and the session they have there: kept sealed, never lost, never another's."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from pydantic import SecretStr

from eqboard.accounts.access import MONITOR_ONLY, PAUSE_AGENT, SPY
from eqboard.accounts.models import Seat
from eqboard.accounts.rights import EVERYTHING, arights_of, rights_of
from eqboard.accounts.seats import (
    TakenError,
    choose_extension,
    confirmed_extension,
    forget_session,
    is_themselves,
    keep_session,
    link,
    replace_token,
    seat_of,
    token_of,
    unlink,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST, SECOND, THIRD = (SecretStr(letter * 64) for letter in "abc")


@pytest.fixture
def lead(cast):
    """Linked to EQ's user 1, and not signed in."""
    link(cast.lead, 1, "dana", "full")
    return cast.lead


def begin(user: User, token: SecretStr = FIRST) -> Seat:
    assert keep_session(seat_of(user.pk), token, "301", NOW, "dana", "full")
    return seat_of(user.pk)


# Who is whom


@pytest.mark.parametrize(
    ("username", "email", "theirs", "is_same"),
    [
        ("dana", "", ("dana", "d@example.com"), True),
        ("Dana", "", ("DANA", None), True),
        ("straße", "", ("STRASSE", None), True),
        ("d.smith", "Dana@Example.com", ("dana", "dana@example.COM"), True),
        ("dana@example.com", "", ("dana", "dana@example.com"), True),
        ("dan", "dan@example.com", ("dana", "dana@example.com"), False),
        ("dana ", "", ("dana", None), False),
        ("d.smith", "", ("dana", None), False),
        ("d.smith", "", ("", ""), False),
        ("d.smith", "", (None, None), False),
        ("д", "", ("d", None), False),
    ],
)  # fmt: skip
def test_a_person_is_whom_eq_calls_by_their_name_or_address(username, email, theirs, is_same):
    assert is_themselves(User(username=username, email=email), *theirs) is is_same


def test_whoever_has_no_seat_is_nobody_on_eq(cast):
    seat = seat_of(cast.lead.pk)
    assert (seat.extension, seat.eq_user, token_of(seat)) == ("", None, None)
    assert not Seat.objects.exists()


def test_linking_and_unlinking_keep_the_extension(cast):
    choose_extension(cast.lead, "301")
    link(cast.lead, 1, "dana", "full")
    begin(cast.lead)
    unlink(cast.lead)
    seat = seat_of(cast.lead.pk)
    assert (seat.extension, seat.eq_user, seat.eq_username, seat.eq_type) == ("301", None, "", "")
    assert (seat.sealed_token, seat.session_extension, seat.signed_in_at) == ("", "", None)


def test_an_eq_user_belongs_to_one_person(cast, lead):
    with pytest.raises(TakenError):
        link(cast.viewer, 1, "dana", "full")
    assert seat_of(cast.viewer.pk).eq_user is None
    assert seat_of(lead.pk).eq_user == 1
    with pytest.raises(IntegrityError):
        Seat.objects.create(user=cast.viewer, eq_user=1)


def test_who_becomes_another_user_is_not_signed_in_as_the_old_one(lead):
    begin(lead)
    link(lead, 3, "tclarke", "full")
    assert token_of(seat_of(lead.pk)) is None
    assert seat_of(lead.pk).signed_in_at is None


@pytest.mark.parametrize("text", ["30 1", "٣٠١", "+301", "30a", "301\n", "-1", "²"])
def test_an_extension_is_digits(text):
    field = Seat._meta.get_field("extension")
    with pytest.raises(ValidationError):
        field.run_validators(text)


def test_an_extension_has_twenty_digits_at_most():
    field = Seat._meta.get_field("extension")
    field.run_validators("1" * 20)
    with pytest.raises(ValidationError):
        field.run_validators("1" * 21)


# Whose telephone it is


def test_what_one_merely_says_is_remembered_and_confirmed_by_nobody(cast):
    choose_extension(cast.lead, "301")
    seat = seat_of(cast.lead.pk)
    assert (seat.extension, confirmed_extension(seat)) == ("301", "")
    assert confirmed_extension(seat_of(cast.viewer.pk)) == ""


def test_an_administrator_confirms_it_until_one_says_another(cast):
    choose_extension(cast.lead, "301")
    Seat.objects.update(is_confirmed=True)
    assert confirmed_extension(seat_of(cast.lead.pk)) == "301"
    for extension in ("302", "301"):
        choose_extension(cast.lead, extension)
        assert confirmed_extension(seat_of(cast.lead.pk)) == ""


def test_a_session_of_eq_at_it_confirms_nothing(lead):
    """EQ takes any extension that is free."""
    choose_extension(lead, "301")
    begin(lead)
    assert seat_of(lead.pk).session_extension == "301"
    assert confirmed_extension(seat_of(lead.pk)) == ""


# The session


def test_the_token_is_nowhere_in_the_clear(lead):
    seat = begin(lead)
    assert token_of(seat) == FIRST
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_seat")
        assert FIRST.get_secret_value() not in repr(cursor.fetchall())
    for shown in (repr(seat), str(seat), repr(token_of(seat))):
        assert "aaaa" not in shown


def test_a_token_that_cannot_be_opened_is_as_none(lead, settings):
    begin(lead)
    settings.SECRET_KEY = "other" * 20
    assert token_of(seat_of(lead.pk)) is None


def test_a_session_of_a_user_that_one_is_no_more_is_not_kept(lead):
    old = seat_of(lead.pk)
    link(lead, 3, "tclarke", "full")
    assert not keep_session(old, FIRST, "301", NOW, "dana", "full")
    assert token_of(seat_of(lead.pk)) is None


def test_signing_in_stores_what_eq_says_of_its_user_now(lead):
    keep_session(seat_of(lead.pk), FIRST, "", NOW, "dana.smith", "monitorOnly")
    seat = seat_of(lead.pk)
    assert (seat.eq_username, seat.eq_type, seat.session_extension) == ("dana.smith", "monitorOnly", "")


def test_of_two_who_renew_a_token_the_first_is_kept(lead):
    held = begin(lead).sealed_token
    sealed = replace_token(seat_of(lead.pk).pk, held, SECOND)
    assert sealed == seat_of(lead.pk).sealed_token
    assert replace_token(seat_of(lead.pk).pk, held, THIRD) is None
    assert token_of(seat_of(lead.pk)) == SECOND


def test_a_renewed_token_does_not_sign_in_again_who_signed_out_meanwhile(lead):
    seat = begin(lead)
    forget_session(seat)
    assert replace_token(seat.pk, seat.sealed_token, SECOND) is None
    assert token_of(seat_of(lead.pk)) is None


def test_signing_out_late_leaves_the_session_that_began_meanwhile(lead):
    old = begin(lead)
    begin(lead, SECOND)
    forget_session(old)
    assert token_of(seat_of(lead.pk)) == SECOND


# Rights


def test_who_may_only_monitor_on_eq_may_only_monitor_here(lead):
    assert any(PAUSE_AGENT in grant.actions for grant in rights_of(lead).grants)
    link(lead, 1, "dana", "monitorOnly")
    for grant in rights_of(lead).grants:
        assert grant.actions <= MONITOR_ONLY
        assert SPY in grant.actions
        assert grant.queues == {"500", "501"}


def test_a_link_to_a_full_user_gives_nothing(cast):
    before = rights_of(cast.viewer)
    link(cast.viewer, 1, "dana", "full")
    assert rights_of(cast.viewer) == before


def test_an_administrator_may_everything_whoever_they_are_on_eq(cast):
    link(cast.admin, 2, "mgomez", "monitorOnly")
    assert rights_of(cast.admin) == EVERYTHING


@pytest.mark.django_db(transaction=True)
async def test_it_is_so_for_who_asks_without_waiting_too(lead):
    await Seat.objects.filter(user=lead).aupdate(eq_type="monitorOnly")
    assert all(grant.actions <= MONITOR_ONLY for grant in (await arights_of(lead)).grants)


def test_the_rights_take_one_query(lead, django_assert_num_queries):
    with django_assert_num_queries(1):
        rights_of(lead)

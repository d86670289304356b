"""Screens without a sign-in: pairing by a code, and the token that a paired screen keeps.

The screen shows a code that is signed into its own cookie, so asking for one writes nothing. Approving a code makes a
Display; the screen with that cookie claims it once and gets a token for good. A token only looks, and can be revoked.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import Error, IntegrityError, transaction
from django.db.models import Q, QuerySet

from eqboard.accounts.access import NOTHING, SEE_NUMBERS, Grant, Rights, leads, may_show
from eqboard.accounts.models import Display, Membership, Team

# Nothing that looks like something else. 31 letters, a prime: only so does the check letter tell every two apart.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
CODE_LENGTH = 8  # the last letter checks the others, so that a slip is noticed at once
CODE_LASTS = timedelta(minutes=10)
SALT = "eqboard.displays.pairing"

SEEN_AGAIN_AFTER = timedelta(minutes=1)

TOKEN_COOKIE = "eqboard_display"  # noqa: S105 (a cookie's name)
PAIRING_COOKIE = "eqboard_pairing"


class UsedCodeError(Exception):
    """The code was approved already, be it in this very moment."""


def new_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + check_letter(body)


def check_letter(body: str) -> str:
    """Weighted by place, so that a wrong letter and two swapped ones both change it."""
    total = sum(place * ALPHABET.index(letter) for place, letter in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def read_code(text: str) -> str | None:
    """The code somebody typed, in any case and with any spaces or hyphens; None when it cannot be one."""
    code = "".join(letter for letter in text.upper() if letter not in " -–\t")
    if len(code) != CODE_LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    return code if check_letter(code[:-1]) == code[-1] else None


def shown(code: str) -> str:
    """A code in two halves, as the screen shows it."""
    return f"{code[: CODE_LENGTH // 2]} {code[CODE_LENGTH // 2 :]}"


def sign_code(code: str) -> str:
    return signing.dumps(code, salt=SALT)


def read_signed_code(cookie: str | None) -> str | None:
    """The code in a screen's cookie, while it lasts."""
    try:
        code = signing.loads(cookie or "", salt=SALT, max_age=CODE_LASTS)
    except signing.BadSignature:
        return None
    return str(code)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_used(code: str, now: datetime) -> bool:
    """Whether somebody has approved it, while it lasts."""
    return Display.objects.filter(code=code, approved_at__gte=now - CODE_LASTS).exists()


def approve(code: str, name: str, team: Team, approved_by: User, now: datetime) -> Display:
    """Make the display that the screen with this code may claim. Raises UsedCodeError.

    Of two who approve a code at once the database lets one do it: each code stands in one row. So a row gives its code
    up when that is over; then it may be shown by another screen.
    """
    try:
        with transaction.atomic():
            Display.objects.filter(code=code, approved_at__lt=now - CODE_LASTS).update(code=None)
            return Display.objects.create(code=code, name=name, team=team, approved_by=approved_by, approved_at=now)
    except IntegrityError as error:
        if is_used(code, now):
            raise UsedCodeError from error
        raise


def is_spent(code: str, now: datetime) -> bool:
    """Whether nothing can come of the code any more: its token was given out, or the screen was taken away again."""
    used = Display.objects.filter(code=code, approved_at__gte=now - CODE_LASTS)
    return used.exists() and not used.filter(claimed_at=None, revoked_at=None).exists()


def claim(code: str, now: datetime) -> str | None:
    """The token for the screen that shows `code`, once it is approved, and only once; None until then."""
    token = secrets.token_urlsafe(32)
    waiting = Display.objects.filter(code=code, claimed_at=None, revoked_at=None, approved_at__gte=now - CODE_LASTS)
    display = waiting.first()
    if display is None:
        return None
    claimed = waiting.filter(pk=display.pk).update(token_hash=hash_token(token), claimed_at=now, seen_at=now)
    return token if claimed else None


def display_of(token: str | None) -> Display | None:
    """The paired screen that holds this token; None for a token that was never given or was revoked."""
    if not token:
        return None
    return Display.objects.select_related("team").filter(token_hash=hash_token(token), revoked_at=None).first()


def rights_of_display(token: str | None) -> Rights:
    """What the screen may see; it may do nothing. Whether it shows numbers is said by its board."""
    display = display_of(token)
    if display is None:
        return NOTHING
    return Rights(frozenset({Grant(display.team.queues, frozenset({SEE_NUMBERS}))}))


def note_seen(token_hashes: Collection[str], now: datetime) -> None:
    """That the screens with these tokens are there: once a minute. It takes as long as others write to the database, so
    nobody should wait for it. One that may only be read, or is away, does not keep it.
    """
    is_due = Q(seen_at=None) | Q(seen_at__lt=now - SEEN_AGAIN_AFTER)
    with suppress(Error):
        if (due := Display.objects.filter(is_due, token_hash__in=token_hashes)).exists():
            due.update(seen_at=now)


def teams_led(user_id: int, *, is_administrator: bool) -> QuerySet[Team]:
    """The teams in which somebody may do anything beyond seeing; all of them for an administrator."""
    return _teams(user_id, leads, is_administrator=is_administrator)


def teams_to_show(user_id: int, *, is_administrator: bool) -> QuerySet[Team]:
    """The teams whose queues somebody may put on a wall: those they lead, and in which they see who calls."""
    return _teams(user_id, may_show, is_administrator=is_administrator)


def _teams(user_id: int, may: Callable[[frozenset[str]], bool], *, is_administrator: bool) -> QuerySet[Team]:
    """Rights are a list in the database, of which not every database can be asked."""
    if is_administrator:
        return Team.objects.all()
    memberships = Membership.objects.filter(user_id=user_id).select_related("role")
    return Team.objects.filter(pk__in=[each.team_id for each in memberships if may(each.role.allows)])

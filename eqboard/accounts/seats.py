"""Where somebody sits, who they are on EQ, and the session they have there: how each changes, and what may not be lost.

EQ is asked elsewhere (control). Whoever asked it comes back later, so each change says what it is a change of.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from pydantic import SecretStr

from eqboard.accounts.models import Seat
from eqboard.accounts.sealing import seal, unseal

MONITOR_ONLY_TYPE = "monitorOnly"  # EQ's other type of supervisor is "full" (EQ API text, Create Supervisor)


TYPE_LASTS = timedelta(minutes=15)
"""What EQ told of somebody's type is trusted for so long; then whoever acts is asked for anew."""


class TakenError(Exception):
    """The EQ user, or the extension, belongs to somebody else."""


def seat_of(user_id: int) -> Seat:
    """As it is stored; a blank one for whoever has none yet."""
    return Seat.objects.filter(user_id=user_id).first() or Seat(user_id=user_id)


def token_of(seat: Seat) -> SecretStr | None:
    """None for whoever is not signed in to EQ, and where the token cannot be opened any more."""
    return unseal(seat.sealed_token) if seat.sealed_token and seat.eq_user is not None else None


def is_themselves(user: User, *eq_names: str | None) -> bool:
    """Whether one of the names by which EQ knows its user, or the e-mail address, is the person's own here."""
    own = {name.casefold() for name in (user.get_username(), user.email) if name}
    return any(name.casefold() in own for name in eq_names if name)


def confirmed_extension(seat: Seat) -> str:
    """Their extension, if an administrator says so; "" else. Anybody may say that a telephone is theirs, and sign in to
    EQ at it, as EQ takes any that is free: that gives no right to it.
    """
    return seat.extension if seat.is_confirmed else ""


def choose_extension(user: User, extension: str) -> None:
    """Remember it, as what they say themselves; "" for none. Raises TakenError: a telephone is one person's."""
    said = {"extension": extension, "is_confirmed": False}
    try:
        with transaction.atomic():
            Seat.objects.update_or_create(user=user, defaults=said)
    except IntegrityError:
        if Seat.objects.filter(extension=extension).exclude(user=user).exists():
            raise TakenError from None
        raise


def is_somebody_elses(user_id: int, extension: str) -> bool:
    return Seat.objects.filter(extension=extension).exclude(user_id=user_id).exists()


def link(user: User, eq_user: int, username: str, eq_type: str) -> None:
    """From now on the person is this user on EQ, and not signed in there. Raises TakenError."""
    known = {"eq_user": eq_user, "eq_username": username, "eq_type": eq_type, "checked_at": datetime.now(UTC)}
    try:
        with transaction.atomic():
            Seat.objects.update_or_create(user=user, defaults=known | NO_SESSION)
    except IntegrityError:
        if Seat.objects.filter(eq_user=eq_user).exclude(user=user).exists():
            raise TakenError from None
        raise


def unlink(user: User) -> None:
    nobody = {"eq_user": None, "eq_username": "", "eq_type": "", "checked_at": None}
    Seat.objects.filter(user=user).update(**nobody | NO_SESSION)


NO_SESSION = {"sealed_token": "", "session_extension": "", "signed_in_at": None}


def keep_session(seat: Seat, token: SecretStr, extension: str, now: datetime, username: str, eq_type: str) -> bool:
    """The session that has begun, and what EQ says of its user. False when the person is another user there by now."""
    begun = {"sealed_token": seal(token), "session_extension": extension, "signed_in_at": now}
    known = {"eq_username": username, "eq_type": eq_type, "checked_at": now}
    return bool(Seat.objects.filter(pk=seat.pk, eq_user=seat.eq_user).update(**begun | known))


def replace_token(seat_id: int, held: str, token: SecretStr) -> str | None:
    """Store the token that takes the place of `held`, which is sealed; returns it sealed. None, and nothing changed,
    when another one stands there by now, or none: somebody else was faster, or signed out.
    """
    sealed = seal(token)
    return sealed if Seat.objects.filter(pk=seat_id, sealed_token=held).update(sealed_token=sealed) else None


def forget_session(seat: Seat) -> None:
    """The session that `seat` was read with is over; one that began meanwhile is not."""
    Seat.objects.filter(pk=seat.pk, sealed_token=seat.sealed_token).update(**NO_SESSION)


def claim_check(user_id: int, now: datetime) -> Seat | None:
    """The seat of whose EQ user the type has to be asked for anew; nobody else is told so then, for TYPE_LASTS. None:
    it need not be, or somebody is about to.
    """
    is_due = Q(checked_at=None) | Q(checked_at__lte=now - TYPE_LASTS)
    seat = Seat.objects.filter(is_due, user_id=user_id, eq_user__isnull=False).first()
    if seat is None:
        return None
    is_ours = Seat.objects.filter(is_due, pk=seat.pk).update(checked_at=now)
    return seat if is_ours else None


def keep_type(seat: Seat, eq_type: str) -> None:
    """What EQ says of them by now, unless they are another user there meanwhile."""
    Seat.objects.filter(pk=seat.pk, eq_user=seat.eq_user).update(eq_type=eq_type)


def check_again_at(seat: Seat, moment: datetime) -> None:
    """EQ did not tell: whoever acts after `moment` asks again."""
    Seat.objects.filter(pk=seat.pk).update(checked_at=moment - TYPE_LASTS)

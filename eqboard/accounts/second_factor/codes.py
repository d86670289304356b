"""Whether a code is right, and used for the first time."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import AbstractUser
from django.db import transaction

LAST = "last_counter"  # in an authenticator's data: the half minute, counted from 1970, whose code was used last


def authenticator_of(user: AbstractUser, code: str) -> Authenticator | None:
    """The one whose code this is: it is used up with this question."""
    for each in Authenticator.objects.filter(user_id=user.pk):
        is_right = use(each, code) if each.type == Authenticator.Type.TOTP else each.wrap().validate_code(code)
        if is_right:
            return each
    return None


@transaction.atomic
def use(authenticator: Authenticator, code: str) -> bool:
    """RFC 6238, section 5.2: a code is good once, whichever process is asked. An older one is not."""
    held = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(held.data["secret"])
    right = [each for each in yield_hotp_counters_from_time() if _is_code_of(secret, each, code)]
    if not right or right[0] <= held.data.get(LAST, 0):
        return False
    held.data[LAST] = right[0]
    held.save(update_fields=["data"])
    return True


def _is_code_of(secret: str, counter: int, code: str) -> bool:
    return bool(compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))))

"""What an administrator does about other people's second factor: take it away, when the device is lost."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from eqboard.accounts.sessions import end_sessions


@admin.action(description=_("Take the second factor away"))
def take_second_factor_away(people: Any, request: HttpRequest, chosen: QuerySet[User]) -> None:
    """They sign in by the password alone next time, and are signed out now: the lost device may be signed in."""
    held = [user for user in chosen if _take_away(user)]
    for user in held:
        people.log_change(request, user, "Second factor taken away.")
    told = ngettext("%(n)s second factor was taken away.", "%(n)s second factors were taken away.", len(held))
    people.message_user(request, told % {"n": len(held)}, messages.SUCCESS if held else messages.WARNING)


@transaction.atomic
def _take_away(user: User) -> bool:
    count, _kinds = Authenticator.objects.filter(user_id=user.pk).delete()
    if count:
        end_sessions(user.pk)
    return bool(count)

"""Wrong codes are counted, by axes as wrong passwords are, and whoever sent too many is made to wait.

They count for the person, wherever they come from: only who knows the password gets so far, and six digits are soon
tried from many places. They count by a name of their own, so that neither kind of guess locks the other page.
"""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PREFIX = " code of "  # no form of ours sends a name that begins with a space


def credentials_of(user: AbstractUser) -> dict[str, str]:
    return {"username": PREFIX + user.get_username()}


def counts_for(request: object, credentials: dict[str, Any] | None) -> list[str | list[str]]:
    """AXES_LOCKOUT_PARAMETERS: what has to be the same for guesses to be counted together."""
    return ["username"] if _is_of_code(credentials) else [["username", "ip_address"]]


def locked(request: HttpRequest, answer: object, credentials: dict[str, Any] | None) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: the page that says to wait."""
    context = {"is_of_code": _is_of_code(credentials)}
    return render(request, settings.AXES_LOCKOUT_TEMPLATE, context, status=settings.AXES_HTTP_RESPONSE_CODE)


def _is_of_code(credentials: dict[str, Any] | None) -> bool:
    return str((credentials or {}).get("username")).startswith(PREFIX)


def may_guess(request: HttpRequest, user: AbstractUser) -> bool:
    """Whether another code is looked at. If not, axes' middleware answers the request by its page."""
    is_allowed: bool = AxesProxyHandler.is_allowed(request, credentials_of(user))
    if not is_allowed:
        request.axes_locked_out = True  # type: ignore[attr-defined]
        request.axes_credentials = credentials_of(user)  # type: ignore[attr-defined]
    return is_allowed


def was_wrong(request: HttpRequest, user: AbstractUser) -> None:
    user_login_failed.send(sender=__name__, credentials=credentials_of(user), request=request)


def was_right(user: AbstractUser) -> None:
    AxesProxyHandler.reset_attempts(username=credentials_of(user)["username"])

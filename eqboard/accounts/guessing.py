"""Who guesses passwords is made to wait: of one name from one address (django-axes by itself), and, by wider limits, of
many names from one address, or of one name from many.

A browser at which somebody has signed in before is not held up by what strangers do elsewhere: it is known by a cookie.
"""

from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.core.signing import BadSignature
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

MOST_OF_AN_ADDRESS = 50  # wrong passwords within AXES_COOLOFF_TIME, whatever the names
MOST_OF_A_NAME = 50  # … and whatever the addresses
KNOWN_FOR = timedelta(days=90)
MOST_KNOWN = 8  # people who share a browser


class WideLimits(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        name, address = get_client_username(request, credentials) or "", request.axes_ip_address
        if is_known(request, name):
            return False
        lasting = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        of_address = _failures(lasting.filter(ip_address=address)) if address else 0  # none over a unix socket
        return of_address >= MOST_OF_AN_ADDRESS or _failures(lasting.filter(username=name)) >= MOST_OF_A_NAME


def _failures(attempts: "QuerySet[Any]") -> int:
    count: int | None = attempts.aggregate(count=Sum("failures_since_start"))["count"]
    return count or 0


def is_known(request: HttpRequest, name: str) -> bool:
    return any(constant_time_compare(_mark(name), each) for each in _marks(request))


def remember(request: HttpRequest, answer: HttpResponse, user: User) -> None:
    """That they have signed in with their password at this browser."""
    mine = _mark(user.get_username())
    marks = [mine, *(each for each in _marks(request) if each != mine)][:MOST_KNOWN]
    answer.set_signed_cookie(
        settings.KNOWN_COOKIE_NAME,
        ".".join(marks),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _marks(request: HttpRequest) -> list[str]:
    try:
        text = request.get_signed_cookie(settings.KNOWN_COOKIE_NAME, "", max_age=KNOWN_FOR)
    except BadSignature:
        return []
    return text.split(".") if text else []


def _mark(name: str) -> str:
    """Nobody reads a name from it."""
    return salted_hmac("eqboard.accounts known browser", name, algorithm="sha256").hexdigest()

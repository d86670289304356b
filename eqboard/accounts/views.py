"""What everybody does for themselves: a person changes their password; a screen shows a code, and gets its token once
somebody has approved that.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_safe

from eqboard.accounts.displays import (
    CODE_LASTS,
    PAIRING_COOKIE,
    TOKEN_COOKIE,
    claim,
    is_spent,
    new_code,
    read_signed_code,
    shown,
    sign_code,
)

TOKEN_LASTS = timedelta(days=400)  # as long as browsers keep a cookie; each visit of the page begins it anew


class PasswordPage(PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("board")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():  # the password, and the session that ends with the old one
            return super().form_valid(form)


def pairing_page(request: HttpRequest) -> HttpResponse:
    """For a screen nobody is signed in at: its code, kept in its own cookie."""
    held = read_signed_code(request.COOKIES.get(PAIRING_COOKIE))
    is_held = held is not None and not is_spent(held, datetime.now(UTC))
    code = held if held is not None and is_held else new_code()
    context = {"code": shown(code), "displays_url": request.build_absolute_uri(reverse("displays"))}
    response = render(request, "accounts/pairing.html", context)
    if not is_held:  # a code that is held keeps its ten minutes: loading the page again does not begin them anew
        response.set_cookie(PAIRING_COOKIE, sign_code(code), max_age=CODE_LASTS, **_cookie_flags())
    return response


@require_safe
def paired(request: HttpRequest) -> HttpResponse:
    """Asked by the screen every other second: nothing yet, or its token and the way to the board."""
    code = read_signed_code(request.COOKIES.get(PAIRING_COOKIE))
    now = datetime.now(UTC)
    token = claim(code, now) if code else None
    if token is None:
        is_over = code is None or is_spent(code, now)  # ten minutes are over, or it was used: the page shows a new one
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if is_over else {})
    response = HttpResponse(status=204, headers={"HX-Redirect": reverse("tv")})
    remember_display(response, token)
    response.delete_cookie(PAIRING_COOKIE)
    return response


def remember_display(response: HttpResponse, token: str) -> None:
    response.set_cookie(TOKEN_COOKIE, token, max_age=TOKEN_LASTS, **_cookie_flags())


def _cookie_flags() -> dict[str, Any]:
    return {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}

"""Screens on the wall: show a code, approve it, take it away again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eqboard.accounts.asking import user_of
from eqboard.accounts.displays import (
    CODE_LASTS,
    PAIRING_COOKIE,
    TOKEN_COOKIE,
    claim,
    is_spent,
    new_code,
    read_code,
    read_signed_code,
    shown,
    sign_code,
    teams_to_show,
)
from eqboard.accounts.models import Display, Team

TOKEN_LASTS = timedelta(days=400)  # as long as browsers keep a cookie; each visit of the page begins it anew


class DisplayForm(forms.Form):
    code = forms.CharField(label=_("Code on the screen"), max_length=20)
    name = forms.CharField(label=_("Name, such as its place"), max_length=60)
    team = forms.ModelChoiceField(label=_("Shows the queues of"), queryset=Team.objects.none(), empty_label=None)

    def __init__(self, teams: QuerySet[Team], data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["code"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(_("No screen shows this code. Compare its letters with those on the screen."))
        if Display.objects.filter(code=code, approved_at__gte=datetime.now(UTC) - CODE_LASTS).exists():
            raise forms.ValidationError(_("This code was used already. Load the screen's page again for a new one."))
        return code


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def displays(request: HttpRequest) -> HttpResponse:
    """The screens of one's teams, and the form that pairs another; next one chooses what it shows."""
    user = user_of(request)
    teams = _teams(user)
    form = DisplayForm(teams, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        display = Display.objects.create(approved_by=user, approved_at=datetime.now(UTC), **form.cleaned_data)
        return redirect("display_board", display.pk)
    screens = Display.objects.filter(team__in=teams, revoked_at=None)
    screens = screens.select_related("team", "approved_by", "displayboard__board")
    context = {
        "form": form,
        "screens": screens,
        "tv_url": request.build_absolute_uri(reverse("tv")),
        "has_teams": teams.exists(),
    }
    return render(request, "accounts/displays.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def revoke(request: HttpRequest, display_id: int) -> HttpResponse:
    """GET: ask whether this screen is meant. POST: take its token away; its page asks for a pairing again."""
    display = get_object_or_404(Display, pk=display_id, team__in=_teams(user_of(request)), revoked_at=None)
    if request.method == "GET":
        return render(request, "accounts/revoke.html", {"screen": display})
    display.revoked_at = datetime.now(UTC)
    display.save(update_fields=["revoked_at"])
    return redirect("displays")


def _teams(user: User) -> QuerySet[Team]:
    """Those the user may put on a wall; whoever has none is refused, but for an administrator, who can make one."""
    teams = teams_to_show(user.pk, is_administrator=user.is_superuser)
    if not teams.exists() and not user.is_superuser:
        raise PermissionDenied
    return teams


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
@never_cache
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

"""Screens on the wall, as people handle them: approve one, choose what it shows, take it away again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.asking import form_page, user_of
from eqboard.accounts.displays import UsedCodeError, is_used, read_code
from eqboard.accounts.models import Display, Team
from eqboard.boards import choosing
from eqboard.boards.models import SavedBoard
from eqboard.boards.ready import NAMES, USUAL_WALL
from eqboard.control.audit import Doer, doer_of
from eqboard.control.shelves import keeping

USED = _("This code was used already. Load the screen's page again for a new one.")


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
        if is_used(code, datetime.now(UTC)):
            raise forms.ValidationError(USED)
        return code

    def pair(self, doer: Doer) -> Display | None:
        """None, and the form says so, when somebody else was faster with this code."""
        try:
            return keeping.pair(**self.cleaned_data, doer=doer, now=datetime.now(UTC))
        except UsedCodeError:
            self.add_error("code", USED)
            return None


@form_page
@login_required
def displays(request: HttpRequest) -> HttpResponse:
    """The screens of one's teams, and the form that pairs another; next one chooses what it shows."""
    teams = _teams(user_of(request))
    form = DisplayForm(teams, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (display := form.pair(doer_of(request))):
        return redirect("display_board", display.pk)
    screens = Display.objects.filter(team__in=teams, revoked_at=None)
    context = {
        "form": form,
        "screens": screens.select_related("team", "approved_by", "displayboard__board"),
        "tv_url": request.build_absolute_uri(reverse("tv")),
        "has_teams": teams.exists(),
    }
    return render(request, "accounts/displays.html", context, status=422 if form.errors else 200)


@form_page
@login_required
def revoke(request: HttpRequest, display_id: int) -> HttpResponse:
    """GET: ask whether this screen is meant. POST: take its token away; its page asks for a pairing again."""
    display = get_object_or_404(Display, pk=display_id, team__in=_teams(user_of(request)), revoked_at=None)
    if request.method != "POST":
        return render(request, "accounts/revoke.html", {"screen": display})
    keeping.revoke(display, doer_of(request), datetime.now(UTC))
    return redirect("displays")


def _teams(user: User) -> QuerySet[Team]:
    """Those the user may put on a wall; whoever has none is refused, but for an administrator, who can make one."""
    teams = choosing.teams_to_show(user)
    if not teams.exists() and not user.is_superuser:
        raise PermissionDenied
    return teams


class DisplayBoardForm(forms.Form):
    """Which wall board a screen shows: one that its team may look at, or the ready one."""

    def __init__(
        self, display: Display, data: Mapping[str, object] | None = None, chosen: SavedBoard | None = None
    ) -> None:
        super().__init__(data, initial={"board": chosen and chosen.pk})
        self.fields["board"] = forms.ModelChoiceField(
            label=_("Board"),
            queryset=choosing.walls_for(display),
            required=False,
            blank=True,  # or else there would be no choice of none, which is the ready one
            widget=forms.RadioSelect,
            empty_label=str(NAMES[USUAL_WALL]),
        )


@form_page
@login_required
def display_board(request: HttpRequest, display_id: int) -> HttpResponse:
    """Which board a paired screen shows; for those who may pair screens of its team."""
    teams = choosing.teams_to_show(user_of(request))
    display = get_object_or_404(Display, pk=display_id, team__in=teams, revoked_at=None)
    sent = request.POST if request.method == "POST" else None
    form = DisplayBoardForm(display, sent, choosing.choice_of(display))
    if not form.is_valid():
        context = {"screen": display, "form": form}
        return render(request, "boards/display.html", context, status=422 if form.errors else 200)
    keeping.choose(display, form.cleaned_data["board"], doer_of(request))
    return redirect("displays")

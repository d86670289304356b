"""Who answers what over HTTP. Websockets: `live/routing.py`."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.urls import include, path, reverse_lazy

from eqboard.accounts import views as accounts
from eqboard.boards import views as boards
from eqboard.control import views as control
from eqboard.ops import views as ops

sign_in = LoginView.as_view(template_name="accounts/sign_in.html", redirect_authenticated_user=True)

password = PasswordChangeView.as_view(template_name="accounts/password.html", success_url=reverse_lazy("board"))

control_paths = [
    path("agents/<int:agent_id>/pause/", control.pause, name="pause"),
    path("agents/<int:agent_id>/resume/", control.resume, name="resume"),
    path("actions/<uuid:attempt>/", control.outcome, name="outcome"),
]

urlpatterns = [
    path("", boards.board, name="board"),
    path("tv/", boards.tv, name="tv"),
    path("tv/paired/", accounts.paired, name="paired"),
    path("displays/", accounts.displays, name="displays"),
    path("displays/<int:display_id>/revoke/", accounts.revoke, name="revoke_display"),
    path("", include((control_paths, "control"))),
    path("sign-in/", sign_in, name="sign_in"),
    path("password/", password, name="password"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("healthz", ops.healthz, name="healthz"),
]

"""Who answers what over HTTP. Websockets: `live/routing.py`."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import include, path

from eqboard.accounts import views as accounts
from eqboard.accounts.asking import form_page
from eqboard.boards import panels
from eqboard.boards import views as boards
from eqboard.control import agents, editing, log, screens, seat, shelf, targets
from eqboard.control import views as control
from eqboard.ops import views as ops

sign_in = form_page(LoginView.as_view(template_name="accounts/sign_in.html", redirect_authenticated_user=True))

control_paths = [
    path("agents/<int:agent_id>/pause/", agents.pause, name="pause"),
    path("agents/<int:agent_id>/resume/", agents.resume, name="resume"),
    path("agents/<int:agent_id>/sign-in/", agents.sign_in, name="sign_in_agent"),
    path("agents/<int:agent_id>/sign-out/", agents.sign_out, name="sign_out_agent"),
    path("agents/<int:agent_id>/exit-wrap-up/", agents.exit_wrap_up, name="exit_wrap_up"),
    path("actions/<uuid:attempt>/", control.outcome, name="outcome"),
]

shelf_paths = [
    path("boards/", shelf.boards, name="boards"),
    path("boards/new/", editing.new, name="new_board"),
    path("boards/preview/", editing.preview, name="preview_board"),
    path("boards/import/", shelf.bring, name="import_board"),
    path("boards/<int:board_id>/edit/", editing.edit, name="edit_board"),
    path("boards/<int:board_id>/delete/", shelf.delete, name="delete_board"),
    path("boards/<slug:ref>/copy/", shelf.copy, name="copy_board"),
    path("boards/<slug:ref>/export/", shelf.export, name="export_board"),
]

screen_paths = [
    path("displays/", screens.displays, name="displays"),
    path("displays/<int:display_id>/board/", screens.display_board, name="display_board"),
    path("displays/<int:display_id>/revoke/", screens.revoke, name="revoke_display"),
]

handler400 = "eqboard.boards.mishaps.unreadable"
handler500 = "eqboard.boards.mishaps.fault"

urlpatterns = [
    path("", boards.board, name="board"),
    path("tv/", boards.tv, name="tv"),
    path("tv/paired/", accounts.paired, name="paired"),
    path("tv/<slug:ref>/", boards.tv, name="tv_board"),
    *shelf_paths,
    path("boards/<slug:ref>/", boards.board, name="board"),
    *screen_paths,
    path("working/", panels.working, name="working"),
    path("targets/", targets.targets, name="targets"),
    path("seat/", seat.seat, name="seat"),
    path("audit/", log.audit, name="audit"),
    path("audit/export/", log.export, name="audit_export"),
    path("", include((control_paths, "control"))),
    path("sign-in/", sign_in, name="sign_in"),
    path("password/", form_page(accounts.PasswordPage.as_view()), name="password"),
    path("sign-out/", seat.sign_out, name="sign_out"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/logout/", seat.sign_out),  # the administration's own would leave the session on EQ
    path("admin/", admin.site.urls),
    path("healthz", ops.healthz, name="healthz"),
]

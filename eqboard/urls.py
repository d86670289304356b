"""Who answers what over HTTP. Websockets: `live/routing.py`."""

from django.contrib import admin
from django.urls import include, path

from eqboard.accounts import views as accounts
from eqboard.accounts.asking import form_page
from eqboard.accounts.entrance import SignInPage, administrators_sign_in
from eqboard.boards import panels
from eqboard.boards import views as boards
from eqboard.control import views as control
from eqboard.control.audit import log
from eqboard.control.monitors import listening, monitoring
from eqboard.control.on_agents import agents, together, undo
from eqboard.control.on_calls import callers, rooms
from eqboard.control.on_telephones import keypad, people, recordings, telephones
from eqboard.control.seats import seat
from eqboard.control.shelves import editing, screens, shelf, targets
from eqboard.ops import views as ops

AT_CALL = "extensions/<str:extension>/calls/<slug:handle>/"

telephone_paths = [
    path("telephone/", people.my_telephone, name="my_telephone"),
    path("extensions/<str:extension>/", people.telephone_panel, name="telephone"),
    path("extensions/<str:extension>/dial/", telephones.dial, name="dial"),
    path("extensions/<str:extension>/keys/", keypad.keys, name="phone_keys"),
    path("extensions/<str:extension>/keys/<slug:key>/", keypad.press, name="press_key"),
    path(f"{AT_CALL}transfer/", telephones.transfer, name="transfer"),
    path(f"{AT_CALL}park/", telephones.park, name="park"),
    path(f"{AT_CALL}hang-up/", telephones.hang_up, name="hang_up"),
    path(f"{AT_CALL}recordings/", recordings.listed, name="recordings"),
    path(f"{AT_CALL}recording/start/", recordings.start, name="start_recording"),
    path(f"{AT_CALL}recording/stop/", recordings.stop, name="stop_recording"),
    path(f"{AT_CALL}recording/cancel/", recordings.cancel, name="cancel_recording"),
]

control_paths = [
    path("agents/<int:agent_id>/", people.agent_panel, name="agent_panel"),
    *telephone_paths,
    path("agents/<int:agent_id>/pause/", agents.pause, name="pause"),
    path("agents/<int:agent_id>/resume/", agents.resume, name="resume"),
    path("agents/<int:agent_id>/sign-in/", agents.sign_in, name="sign_in_agent"),
    path("agents/<int:agent_id>/sign-out/", agents.sign_out, name="sign_out_agent"),
    path("agents/<int:agent_id>/exit-wrap-up/", agents.exit_wrap_up, name="exit_wrap_up"),
    path("agents/<int:agent_id>/spy/", listening.spy, name="spy"),
    path("agents/<int:agent_id>/whisper/", listening.whisper, name="whisper"),
    path("agents/<int:agent_id>/barge-in/", listening.barge_in, name="barge_in"),
    path("monitoring/", monitoring.monitoring, name="monitoring"),
    path("monitoring/stop/", listening.stop, name="stop_listening"),
    path("calls/<slug:handle>/steal/", callers.steal, name="steal"),
    path("parked/<slug:handle>/pick-up/", callers.pick_up, name="pick_up"),
    path("conferences/<slug:handle>/hang-up/", rooms.remove_participant, name="remove_participant"),
    path("agents/together/<uuid:batch>/", together.progress, name="together_progress"),
    path("agents/together/<uuid:batch>/undo/", undo.undo_together, name="undo_together"),
    path("agents/together/<slug:deed>/", together.together, name="together"),
    path("actions/<uuid:attempt>/", control.outcome, name="outcome"),
    path("actions/<uuid:attempt>/undo/", undo.undo, name="undo"),
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
handler403 = "eqboard.boards.mishaps.not_allowed"
handler404 = "eqboard.boards.mishaps.not_found"
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
    path("sign-in/", form_page(SignInPage.as_view()), name="sign_in"),
    path("password/", form_page(accounts.PasswordPage.as_view()), name="password"),
    path("sign-out/", seat.sign_out, name="sign_out"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/login/", administrators_sign_in, name="admin_sign_in"),
    path("admin/logout/", seat.sign_out, name="admin_sign_out"),  # Django's own would leave EQ's session
    path("admin/", admin.site.urls),
    path("healthz", ops.healthz, name="healthz"),
]

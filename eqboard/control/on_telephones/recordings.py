"""Recording a call at a telephone, and where its recordings lie."""

from collections.abc import Sequence

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eqboard.accounts.access import RECORD, SEE_RECORDINGS
from eqboard.accounts.asking import form_page
from eqboard.control import exchange
from eqboard.control.audit.discretion import hide_numbers
from eqboard.control.catalogue.telephones import CANCEL_RECORDING, START_RECORDING, STOP_RECORDING
from eqboard.control.marks import act, refuse
from eqboard.control.on_telephones.telephones import held_by, show_call_form
from eqboard.control.refusals import not_told
from eqboard.control.sight import signed_in
from eqboard.control.words import denied
from eqboard.eq import EQError, EQNotFound
from eqboard.floor.snapshot import LineCall


@require_POST
@signed_in
async def start(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """Record the call from now on."""
    return await _act(request, extension, handle, START_RECORDING)


@require_POST
@signed_in
async def stop(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """End its recording, and keep it."""
    return await _act(request, extension, handle, STOP_RECORDING)


@form_page
@signed_in
async def cancel(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """GET: a dialog that asks. POST: end its recording, and throw it away."""
    if request.method == "POST":
        return await _act(request, extension, handle, CANCEL_RECORDING)
    held = await held_by(request, extension, handle)
    if isinstance(held, HttpResponse):
        return held
    return await show_call_form(request, held, RECORD, "control/cancel_recording_form.html")


@require_safe
@signed_in
async def listed(request: HttpRequest, extension: str, handle: str) -> HttpResponse:
    """The paths of a call's recordings, read from EQ now."""
    held = await held_by(request, extension, handle)
    if isinstance(held, HttpResponse):
        return held
    if not held.handset.may(SEE_RECORDINGS):
        return await refuse(request, denied(held.handset.target.name), 403, "denied")
    if held.talk is None:
        return await _show(request, fault=_("This call is over, or has changed. Look at the calls again."))
    try:
        paths = await _paths(held.talk.call)
    except EQNotFound:
        return await _show(request)
    except EQError as error:
        return await _show(request, fault=not_told(error))
    return await _show(request, paths, is_veiled=not held.handset.tells_numbers(held.talk.call))


async def _paths(call: LineCall) -> Sequence[str]:
    """By EQ's id of the call, else by its unique id."""
    recordings = exchange.telephones.get().call_recordings
    if call.id:
        return await recordings.all(call=call.id)
    return await recordings.all(call_unique_id=call.unique_id) if call.unique_id else ()


async def _act(request: HttpRequest, extension: str, handle: str, action: str) -> HttpResponse:
    held = await held_by(request, extension, handle)
    if isinstance(held, HttpResponse):
        return held
    return await act(request, held.sight.actor, held.order(action), held.target)


async def _show(
    request: HttpRequest, paths: Sequence[str] = (), fault: str = "", *, is_veiled: bool = False
) -> HttpResponse:
    """The name of a recording tells who called: whoever may not see that is shown the names that hold no number."""
    shown = [path for path in paths if not is_veiled or hide_numbers(path) == path]
    context = {"paths": shown, "hidden_count": len(paths) - len(shown), "fault": fault}
    return await sync_to_async(render)(request, "control/recordings.html", context)

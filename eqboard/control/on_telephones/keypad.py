"""A picture of the telephone, whose keys can be pressed."""

from dataclasses import replace

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from eqboard.accounts.access import PRESS_KEY
from eqboard.control import exchange
from eqboard.control.doing.attempt import attempt_id
from eqboard.control.marks import act, press_of, refuse
from eqboard.control.on_telephones.phone_keys import is_key, picture_of
from eqboard.control.on_telephones.telephones import held_by
from eqboard.control.refusals import not_told
from eqboard.control.sight import signed_in
from eqboard.control.words import denied
from eqboard.eq import EQError, EQNotFound
from eqboard.feed import slots


@require_safe
@signed_in
async def keys(request: HttpRequest, extension: str) -> HttpResponse:
    """The telephone that is registered at the extension, as EQ tells it now."""
    held = await held_by(request, extension)
    if isinstance(held, HttpResponse):
        return held
    if not held.handset.may(PRESS_KEY):
        return await refuse(request, denied(held.handset.target.name), 403, "denied")
    try:
        phone = await exchange.telephones.get().phones.get(extension=extension)
    except EQNotFound:
        return await _show(request, extension, fault=_("No telephone is registered here, or EQ cannot tell its model."))
    except EQError as error:
        return await _show(request, extension, fault=not_told(error))
    return await _show(request, extension, phone=phone, picture=picture_of(phone))


@require_POST
@signed_in
async def press(request: HttpRequest, extension: str, key: str) -> HttpResponse:
    """Press one key, once. Each press is one of its own: who types a number presses the same key several times."""
    held = await held_by(request, extension)
    if isinstance(held, HttpResponse):
        return held
    if not is_key(key):
        return await refuse(request, _("No telephone has such a key, so nothing was sent."))
    target = replace(held.target, slot=slots.key_press(attempt_id(press_of(request), held.sight.actor.user.pk)))
    return await act(request, held.sight.actor, replace(held.order(PRESS_KEY), key=key), target)


async def _show(request: HttpRequest, extension: str, **known: object) -> HttpResponse:
    return await sync_to_async(render)(request, "control/phone.html", {"extension": extension} | known)

"""The page of one's own telephone: where one sits, who one is on EQ, and whether one is signed in there."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import LogoutView
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from eqboard.accounts import seats
from eqboard.accounts.address import address_of
from eqboard.accounts.asking import form_page, no_team
from eqboard.accounts.models import LONGEST_EXTENSION, LONGEST_ID, Seat, validate_extension
from eqboard.accounts.rights import arights_of
from eqboard.config import get_config
from eqboard.control import exchange
from eqboard.control.audit import Doer
from eqboard.control.background import outlive_the_request
from eqboard.control.seat_words import SeatFault, clock, may_force, sentence_of
from eqboard.control.seats import seating, signing
from eqboard.control.seats.seat_steps import Told
from eqboard.control.seats.voices import in_whose_name
from eqboard.eq import EQ

T = TypeVar("T")


class ExtensionForm(forms.Form):
    """Blank: none."""

    extension = forms.CharField(
        label=_("My extension"),
        required=False,
        max_length=LONGEST_EXTENSION,
        validators=[validate_extension],
        error_messages={"max_length": _("An extension has %(limit_value)d digits at most.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class LinkForm(forms.Form):
    eq_user = forms.IntegerField(
        label=_("My user id on EQ"),
        min_value=1,
        max_value=10**LONGEST_ID - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@form_page
@login_required
async def seat(request: HttpRequest) -> HttpResponse:
    """GET: how it is. POST: one step, which `do` names."""
    user = await request.auser()
    if not (await arights_of(user)).grants:
        return await sync_to_async(no_team)(request)
    assert isinstance(user, User)  # noqa: S101 (login_required has seen to it)
    if request.method != "POST":
        return await _show(request, user)
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise BadRequest("There is no such step.")
    return await step(request, user)


Step = Callable[[HttpRequest, User], Awaitable[HttpResponse]]


async def _choose_extension(request: HttpRequest, user: User) -> HttpResponse:
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return await _show(request, user, extension_form=form)
    told = await _do(request, user, partial(seating.choose_extension, extension=form.cleaned_data["extension"]))
    if told.is_done:
        return _done(request, told)
    form.add_error("extension", sentence_of(told.action, told.step, told.details, told.name))
    return await _show(request, user, extension_form=form)


async def _link(request: HttpRequest, user: User) -> HttpResponse:
    form = LinkForm(request.POST)
    if not form.is_valid():
        return await _show(request, user, link_form=form)
    told = await _do(request, user, partial(seating.link, eq_user=form.cleaned_data["eq_user"]))
    if told.is_done:
        return _done(request, told)
    if told.details["error"] == SeatFault.LINKED:  # there is no such form on the page of whoever is linked
        return await _show(request, user, told=told)
    form.add_error("eq_user", sentence_of(told.action, told.step, told.details, told.name))
    return await _show(request, user, link_form=form)


async def _unlink(request: HttpRequest, user: User) -> HttpResponse:
    return await _answer(request, user, seating.unlink)


async def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    begin = partial(signing.sign_in, now=datetime.now(UTC), force="force" in request.POST)
    return await _answer(request, user, begin)


async def _sign_in_again(request: HttpRequest, user: User) -> HttpResponse:
    return await _answer(request, user, partial(signing.sign_in_again, now=datetime.now(UTC)))


async def _sign_out(request: HttpRequest, user: User) -> HttpResponse:
    return await _answer(request, user, signing.sign_out)


STEPS: Mapping[str, Step] = {
    "extension": _choose_extension,
    "link": _link,
    "unlink": _unlink,
    "sign_in": _sign_in,
    "sign_in_again": _sign_in_again,
    "sign_out": _sign_out,
}


Work = Callable[[Doer, EQ], Coroutine[Any, Any, Told]]


async def _answer(request: HttpRequest, user: User, work: Work) -> HttpResponse:
    """Do it, and show the page again: anew when it was done, else with why not."""
    told = await _do(request, user, work)
    return _done(request, told) if told.is_done else await _show(request, user, told=told)


async def _do(request: HttpRequest, user: User, work: Work) -> Told:
    return await to_the_end(work(Doer(user, address_of(request)), exchange.telephones.get()))


def _done(request: HttpRequest, told: Told) -> HttpResponse:
    messages.success(request, sentence_of(told.action, told.step, told.details, told.name))
    return redirect("seat")


async def to_the_end(step: Coroutine[Any, Any, T]) -> T:
    """Also when the browser goes away meanwhile: a session whose token nobody has heard is in its own user's way."""
    results: list[T] = []

    async def carry_out() -> None:
        results.append(await step)

    await asyncio.shield(outlive_the_request(carry_out(), asks_eq=True))
    return results[0]


@sync_to_async
def _show(
    request: HttpRequest,
    user: User,
    *,
    extension_form: ExtensionForm | None = None,
    link_form: LinkForm | None = None,
    told: Told | None = None,
) -> HttpResponse:
    context = seat_context(seats.seat_of(user.pk), extension_form, link_form, told)
    may_unlink = seating.may_unlink(user, context["seat"])
    status = 422 if told or extension_form or link_form else 200
    return render(request, "control/seat.html", context | {"may_unlink": may_unlink}, status=status)


def seat_context(
    held: Seat, extension_form: ExtensionForm | None = None, link_form: LinkForm | None = None, told: Told | None = None
) -> dict[str, Any]:
    """What the page says. `told` is why the last step was not done."""
    is_signed_in = seats.token_of(held) is not None
    return {
        "seat": held,
        "is_signed_in": is_signed_in,
        "since": clock(held.signed_in_at) if is_signed_in and held.signed_in_at else "",
        "needs_eq_user": not get_config().act_without_eq_user,
        "extension_form": extension_form or ExtensionForm(initial={"extension": held.extension}),
        "link_form": link_form or LinkForm(),
        "told": told and sentence_of(told.action, told.step, told.details, told.name),
        "may_force": told is not None and may_force(told.details),
    }


leave_eqboard = LogoutView.as_view()


async def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out of eqboard, and of EQ with it, whatever EQ says to that."""
    user = await request.auser()
    if request.method == "POST" and isinstance(user, User) and await in_whose_name(user) is not None:
        await to_the_end(signing.leave(Doer(user, address_of(request)), exchange.telephones.get()))
    return await sync_to_async(leave_eqboard)(request)

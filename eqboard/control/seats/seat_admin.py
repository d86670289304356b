"""Where people sit and who they are on EQ, for administrators: they link whom EQ's directory alone cannot vouch for."""

import asyncio
from datetime import UTC, datetime
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eqboard.accounts.models import Seat
from eqboard.accounts.seats import NO_SESSION
from eqboard.boards.templatetags.board import outside
from eqboard.control import exchange
from eqboard.control.audit import doer_of
from eqboard.control.models import Step
from eqboard.control.seat_words import CHOOSE_EXTENSION, LINK, UNLINK, SeatFault, sentence_of
from eqboard.control.seats import signing
from eqboard.control.seats.eq_people import EQUserInput, known_name, names_of, who_and_how
from eqboard.control.seats.seat_steps import Told, failure, note, refusal
from eqboard.control.seats.voices import BRIEF_SECONDS
from eqboard.eq import EQError, EQNotFound, EQUnreachable
from eqboard.eq.models import Supervisor


class SeatForm(forms.ModelForm):  # type: ignore[type-arg] # a subscript fails at run time
    """EQ is asked who it is before anybody is linked: what they may do depends on it."""

    class Meta:
        model = Seat
        fields = ("user", "extension", "is_confirmed", "eq_user")
        widgets: ClassVar = {"eq_user": EQUserInput}

    def clean(self) -> dict[str, Any]:
        """What an administrator enters is confirmed by that, unless they say that it is not."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "extension" in self.changed_data and "is_confirmed" not in self.changed_data:
            cleaned["is_confirmed"] = True
        if not cleaned.get("extension"):
            cleaned["is_confirmed"] = False
        return cleaned

    def clean_eq_user(self) -> int | None:
        """Raises ValidationError, a sentence, for whom EQ does not know, or has deleted."""
        eq_user: int | None = self.cleaned_data["eq_user"]
        if eq_user is not None and eq_user != self.initial.get("eq_user"):
            found = _supervisor(eq_user)
            self.instance.eq_username, self.instance.eq_type = signing.name_of(found), signing.type_of(found)
            self.instance.checked_at = datetime.now(UTC)
        return eq_user


async def _names_of(eq_user: int | None) -> dict[int, str] | None:
    return await names_of(exchange.telephones.get(), eq_user)


def _supervisor(eq_user: int) -> Supervisor:
    try:
        found = async_to_sync(_ask_for)(eq_user)
    except EQNotFound:
        raise _invalid(refusal(LINK, str(eq_user), SeatFault.NO_USER)) from None
    except EQError as error:
        raise _invalid(failure(LINK, str(eq_user), error)) from None
    if found.deleted:
        raise _invalid(refusal(LINK, str(eq_user), SeatFault.DELETED))
    return found


async def _ask_for(eq_user: int) -> Supervisor:
    """Briefly: Django's administration asks within a transaction, for which others wait."""
    try:
        async with asyncio.timeout(BRIEF_SECONDS):
            return await exchange.telephones.get().supervisors.get(id=eq_user)
    except TimeoutError:
        raise EQUnreachable("supervisors.get", "EQ does not answer in time") from None


def _invalid(told: Told) -> forms.ValidationError:
    return forms.ValidationError(sentence_of(told.action, told.step, told.details, told.name))


class SeatAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The token of a session is shown nowhere."""

    form = SeatForm
    list_display = ("user", "extension", "is_confirmed", "eq_person", "eq_type", "signed_in_at")
    fields = ("user", "extension", "is_confirmed", "eq_user", "eq_type", "session_extension", "signed_in_at")
    readonly_fields = ("eq_type", "session_extension", "signed_in_at")
    search_fields = ("user__username", "extension", "eq_username")
    ordering = ("user__username",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody's seat becomes another person's."""
        return ("user", *self.readonly_fields) if obj else self.readonly_fields

    @admin.display(ordering="eq_username", description=gettext_lazy("EQ user"))
    def eq_person(self, seat: Seat) -> str:
        if seat.eq_user is None:
            return ""
        return outside(f"{known_name(seat) or _('EQ told no name')} ({seat.eq_user})")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """EQ is asked for names here, when the page is made, and not when a form is read."""
        form = context["adminform"].form
        if "eq_user" in form.fields:
            held = Seat.objects.filter(pk=context["original"] and context["original"].pk).first()  # as it is stored
            people = async_to_sync(_names_of)(held.eq_user if held else None)
            form.fields["eq_user"].widget.people = people or {}
            form["eq_user"].help_text = who_and_how(held, people)  # which a form that was read has taken already
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Seat, form: Any, change: bool) -> None:
        if "eq_user" in form.changed_data:
            self._end_session(request, obj)
            for name, value in NO_SESSION.items():
                setattr(obj, name, value)
        if obj.eq_user is None:
            obj.eq_username, obj.eq_type, obj.checked_at = "", "", None
        with transaction.atomic():
            obj.save()
            for told in _changes(obj, form):
                note(doer_of(request), told, obj.user_id)

    def delete_model(self, request: HttpRequest, obj: Seat) -> None:
        self._end_session(request, obj)
        with transaction.atomic():
            note(doer_of(request), Told(UNLINK, Step.DONE, obj.eq_username, {"eq_user": obj.eq_user}), obj.user_id)
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Seat]) -> None:
        for each in queryset:
            self.delete_model(request, each)

    def _end_session(self, request: HttpRequest, seat: Seat) -> None:
        """As it is stored: who is signed in to EQ is so as the user that they have been there."""
        doer, user_id = doer_of(request), seat.user_id

        async def end() -> None:
            await signing.leave(doer, exchange.telephones.get(), user_id)

        async_to_sync(end)()


def _changes(seat: Seat, form: Any) -> list[Told]:
    """What an administrator has changed, for the audit log."""
    found = []
    if "extension" in form.changed_data or seat.is_confirmed != bool(form.initial.get("is_confirmed")):
        details = {"old": form.initial.get("extension", ""), "is_checked": False, "is_confirmed": seat.is_confirmed}
        found.append(Told(CHOOSE_EXTENSION, Step.DONE, seat.extension, details))
    if "eq_user" in form.changed_data:
        action, name = (UNLINK, str(form.initial.get("eq_user"))) if seat.eq_user is None else (LINK, seat.eq_username)
        found.append(Told(action, Step.DONE, name, {"eq_user": seat.eq_user, "old": form.initial.get("eq_user")}))
    return found

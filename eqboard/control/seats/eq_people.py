"""EQ's supervisors by name, for whoever links one. EQ lists only who is signed in, and tells of an id whose it is."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import TextInput
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from eqboard.accounts.models import Seat
from eqboard.control.audit import storable
from eqboard.control.saying import say
from eqboard.control.seats.voices import BRIEF_SECONDS
from eqboard.eq import EQ, EQError
from eqboard.eq.models import Supervisor

MOST = 50  # of those who are signed in; each is asked for


async def names_of(telephone: EQ, linked: int | None = None) -> dict[int, str] | None:
    """By id: those who are signed in to EQ now, and who is `linked`. None when EQ does not tell in time."""
    try:
        async with asyncio.timeout(BRIEF_SECONDS):
            sessions = await telephone.active_sessions.supervisors()
            ids = dict.fromkeys([*filter(None, [linked]), *(each.user for each in sessions[:MOST])])
            found = await asyncio.gather(*(_named(telephone, each) for each in ids))
    except (EQError, TimeoutError):
        return None
    return dict(zip(ids, found, strict=True))


async def _named(telephone: EQ, user: int) -> str:
    try:
        return full_name(await telephone.supervisors.get(id=user))
    except EQError:
        return str(user)


def full_name(user: Supervisor) -> str:
    """As people know them, with the username, as several may have one name; the id where EQ tells neither."""
    name = " ".join(filter(None, (user.first_name, user.last_name)))
    return storable(" · ".join(filter(None, (name, user.username))) or str(user.id))


def known_name(seat: Seat) -> str:
    """As EQ told it when they were linked, or signed in last; "" where it told none, but the id."""
    return "" if seat.eq_username == str(seat.eq_user) else seat.eq_username


def who_and_how(seat: Seat | None, people: dict[int, str] | None) -> SafeString:
    """Who it is now, by name, and how to say another one."""
    how = (
        _("EQ does not tell now who is signed in there: type the id, which stands in EQ Administration.")
        if people is None
        else _(
            "Whoever is signed in to EQ now is offered by name; else type the id, which stands in EQ Administration."
        )
    )
    if seat is None or seat.eq_user is None:
        return say(how)
    name = (people or {}).get(seat.eq_user, "") or known_name(seat)
    if name in ("", str(seat.eq_user)):
        who = say(_("Now EQ's user %(id)s, of whom EQ told no name."), id=seat.eq_user)
    else:
        who = say(_("Now EQ's user %(id)s, %(name)s."), id=seat.eq_user, name=name)
    return mark_safe(f"{who} {say(how)}")  # noqa: S308 (both are escaped)


class EQUserInput(TextInput):
    """A field for an id, which offers `people` by name as it is typed."""

    people: Mapping[int, str] = {}
    list_id = "eq-users"

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, {**(attrs or {}), "list": self.list_id, "autocomplete": "off"}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, self.list_id, _options(self.people.items()))


def _options(people: Iterable[tuple[int, str]]) -> SafeString:
    by_name = sorted(people, key=lambda pair: (pair[1].casefold(), pair[0]))
    return format_html_join("", '<option value="{}">{}</option>', by_name)

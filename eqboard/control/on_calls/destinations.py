"""Where a caller is sent: my own telephone, or another. My own is remembered when it is told for the first time."""

import re
from collections.abc import Mapping

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from eqboard.accounts import seats
from eqboard.accounts.models import LONGEST_EXTENSION
from eqboard.control import exchange
from eqboard.control.audit import Doer
from eqboard.control.doing.attempt import Actor
from eqboard.control.seats import seating
from eqboard.floor.seated import seated
from eqboard.floor.snapshot import Agent, Snapshot

DESTINATION = re.compile(rf"[0-9*#]{{1,{LONGEST_EXTENSION}}}")


class DestinationForm(forms.Form):
    """An extension, or what else a telephone dials; `remember`: it is my own."""

    destination = forms.RegexField(rf"\A{DESTINATION.pattern}\Z", strip=True)
    remember = forms.BooleanField(required=False)

    def sentence(self) -> str:
        """What is wrong, and what to do."""
        if not self.data.get("destination", "").strip():
            return _("Type the extension to which the call is to go.")
        return _("An extension has at most 20 digits, and nothing else but * and #. Nothing was sent; type it again.")


@sync_to_async
def own_extension(user: User) -> str:
    """Blank where none is remembered."""
    return seats.seat_of(user.pk).extension


@sync_to_async
def confirmed_extension(user: User) -> str:
    """Blank where nobody but themselves says that it is theirs: that gives no right to it."""
    return seats.confirmed_extension(seats.seat_of(user.pk))


async def remember(actor: Actor, extension: str) -> None:
    """As one's own, unless EQ says that there is none; or somebody has told another one meanwhile."""
    if extension.isdigit() and not await own_extension(actor.user):
        await seating.choose_extension(Doer(actor.user, actor.address), exchange.telephones.get(), extension)


def at_telephones(view: Snapshot) -> Mapping[str, Agent]:
    """Whom one sees of those who are signed in, by the extension where they sit."""
    return {extension: agent for extension, agent in sorted(seated(view).items()) if agent.signed_in}

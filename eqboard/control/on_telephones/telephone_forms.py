"""What is filled in for a telephone: whom to call, where to send a caller."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.models import LONGEST_EXTENSION
from eqboard.control.on_calls.destinations import DESTINATION

DIALLED = re.compile(rf"\+?{DESTINATION.pattern}")
WRITTEN = re.compile(r"[\s().\-/]")  # how people write numbers


class DialForm(forms.Form):
    """An extension, or a telephone number as people write them."""

    destination = forms.CharField(
        required=False,
        max_length=3 * LONGEST_EXTENSION,
        error_messages={"max_length": _("A number has 20 digits at most.")},
    )

    def clean_destination(self) -> str:
        number = WRITTEN.sub("", self.cleaned_data["destination"])
        if not number:
            raise forms.ValidationError(_("Type an extension or a telephone number."))
        if not DIALLED.fullmatch(number):
            raise forms.ValidationError(_("Use digits, * and #: up to 20 of them, with a + before them if need be."))
        return number

    def sentence(self) -> str:
        return str(self.errors["destination"][0])


def may_be_extension(text: str) -> bool:
    """Only such a one stands in an address."""
    return DESTINATION.fullmatch(text) is not None

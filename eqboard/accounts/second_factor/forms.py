from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.second_factor.adapter import WRONG_CODE
from eqboard.accounts.second_factor.codes import authenticator_of
from eqboard.accounts.second_factor.guesses import may_guess, was_right, was_wrong

CODE = _("Code of the app, or a recovery code")
LONGEST_CODE = 20  # with whatever spaces somebody types


def code_box() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})


class SetUpForm(ActivateTOTPForm):
    code = forms.CharField(label=_("Code that the app shows"), max_length=LONGEST_CODE, widget=code_box())


class CodeForm(base.AuthenticateForm):
    """At the sign-in, after the password."""

    code = forms.CharField(label=CODE, max_length=LONGEST_CODE, widget=code_box())

    def clean_code(self) -> str:
        return checked(self)


class CodeAgainForm(base.ReauthenticateForm):
    """Before a change of the second factor itself."""

    code = forms.CharField(label=CODE, max_length=LONGEST_CODE, widget=code_box())

    def clean_code(self) -> str:
        return checked(self)


class PasswordAgainForm(ReauthenticateForm):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def checked(form: base.BaseAuthenticateForm) -> str:
    """The code, which is right and used up now. Raises ValidationError."""
    request, code = context.request, str(form.cleaned_data["code"])
    if not may_guess(request, form.user):
        raise ValidationError(WRONG_CODE)
    found: Authenticator | None = authenticator_of(form.user, code)
    if found is None:
        was_wrong(request, form.user)
        raise ValidationError(WRONG_CODE)
    found.user = form.user
    form.authenticator = found
    was_right(form.user)
    return code

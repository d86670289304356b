"""allauth's pages of the second factor, in our look."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from eqboard.accounts.second_factor.codes import use
from eqboard.accounts.second_factor.drawing import draw
from eqboard.accounts.second_factor.need import TOTP
from eqboard.accounts.sessions import end_sessions


class StatePage(IndexView):
    template_name = "accounts/second_factor/state.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        codes = context["authenticators"].get(Authenticator.Type.RECOVERY_CODES)
        context["codes_left"] = len(codes.get_unused_codes()) if codes else 0
        context["is_required"] = settings.SECOND_FACTOR == "required"
        return context


class SetUpPage(ActivateTOTPView):
    template_name = "accounts/second_factor/set_up.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        secret = context["form"].secret
        context["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        context["drawing"] = draw(context["totp_url"])
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Whoever is signed in elsewhere by the password alone signs in again there."""
        user = self.request.user
        try:
            with transaction.atomic():
                answer: HttpResponse = super().form_valid(form)
                use(Authenticator.objects.get(user_id=user.pk, type=TOTP), form.cleaned_data["code"])
                end_sessions(user.pk, but=self.request.session.session_key)
        except IntegrityError:  # sent twice at the same moment: the other one has done it
            return redirect("mfa_index")
        return answer


class TakeAwayPage(DeactivateTOTPView):
    template_name = "accounts/second_factor/take_away.html"


class RecoveryCodesPage(ViewRecoveryCodesView):
    template_name = "accounts/second_factor/recovery_codes.html"


class NewRecoveryCodes(GenerateRecoveryCodesView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """There is no second factor that they could stand in for."""
        return redirect("mfa_index")


class CodePage(AuthenticateView):
    template_name = "accounts/second_factor/code.html"

    def _build_forms(self) -> forms.Form:
        """The one form there is. allauth's own takes what has no code for a security key, which we do not offer."""
        sent = self.request.POST if self.request.method == "POST" else None
        self.webauthn_form = None
        form: forms.Form = self.get_form_class()(user=self.stage.login.user, data=sent)
        self.auth_form = form
        return form


class PasswordAgainPage(ReauthenticateView):
    template_name = "accounts/second_factor/again.html"


class CodeAgainPage(CodeAgainView):
    template_name = "accounts/second_factor/again.html"

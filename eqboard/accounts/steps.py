"""Signing in by several steps, through django-allauth: a password or a provider, then perhaps a code."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.address import address_of
from eqboard.accounts.entrance import SignInPage
from eqboard.accounts.guessing import remember
from eqboard.accounts.sessions import begin_session


class AccountAdapter(DefaultAccountAdapter):
    def login(self, request: HttpRequest, user: AbstractUser) -> None:
        super().login(request, user)
        begin_session(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or ""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not of whoever has neither a password nor a code yet, and so came by the provider: they could not."""
        return bool(get_reauthentication_flows(self.request.user)) and bool(
            super().is_reauthentication_required(app=app, **more)
        )

    def add_message(self, *args: Any, **more: Any) -> None:
        """Our pages say themselves what was done."""


class PasswordForm(AuthenticationForm):
    """Where people come by the provider, a password lets in administrators alone: also while the provider is down."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if settings.OIDC_ONLY and not user.is_superuser:
            raise ValidationError(
                _("Passwords are for administrators here. Sign in with %(name)s."), params={"name": settings.OIDC_NAME}
            )


class StepsPage(SignInPage):
    authentication_form = PasswordForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right: on to the next step, or in."""
        answer: HttpResponse = perform_login(self.request, form.get_user(), redirect_url=self.get_success_url())
        remember(self.request, answer, form.get_user())
        return answer

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        hides_password = settings.OIDC_ONLY and self.request.method != "POST" and "password" not in self.request.GET
        more = {"provider_name": settings.OIDC_NAME, "hides_password": hides_password}
        return super().get_context_data(**context, **more)

"""Who of ours it is that the provider knows."""

import re
from typing import Any

from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from eqboard.accounts.oidc.refusing import failed, refused

NOT_VERIFIED = _(
    "%(provider)s does not say that your e-mail address is yours. Whoever runs %(provider)s has to verify it."
)
UNKNOWN = _("eqboard knows nobody with the address %(email)s. Ask whoever runs eqboard to add you.")
SEVERAL = _("Several people have the address %(email)s here. Whoever runs eqboard has to give each their own.")
CANCELLED = _("You did not go on at %(provider)s. Nothing has happened; begin again when you like.")
STALE = _("This sign-in was begun too long ago, or in another browser. Begin again.")


class NobodyError(Exception):
    """Nobody of ours; the sentence says why."""

    def __init__(self, sentence: Any, **words: str) -> None:
        super().__init__(str(sentence))
        self.sentence, self.words = sentence, words


class SocialAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The last that allauth asks for: it would keep what the provider told. Always raises."""
        try:
            user = person_of(sociallogin)
        except NobodyError as error:
            raise ImmediateHttpResponse(refused(request, error.sentence, words=error.words)) from None
        raise ImmediateHttpResponse(perform_login(request, user, redirect_url=sociallogin.state.get("next")))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Every other end. Always raises."""
        if exception is not None:
            raise ImmediateHttpResponse(failed(request, exception)) from None
        raise ImmediateHttpResponse(refused(request, CANCELLED if error == AuthError.CANCELLED else STALE))


def person_of(sociallogin: Any) -> User:
    """By the address that the provider has verified, in any case of its letters. Raises NobodyError."""
    emails = {each.email.lower() for each in sociallogin.email_addresses if each.verified}
    if not emails:
        raise NobodyError(NOT_VERIFIED)
    email = min(emails)
    found = [each for each in User.objects.filter(email__iexact=email) if each.email.lower() == email]
    if len(found) > 1:
        raise NobodyError(SEVERAL, email=email)
    if found and found[0].is_active:
        return found[0]
    if found or not settings.OIDC_CREATE_USERS:
        raise NobodyError(UNKNOWN, email=email)
    return newcomer(email, sociallogin.user)


def newcomer(email: str, told: User) -> User:
    """Somebody in no team, without a password. Raises NobodyError where somebody else is called by that address."""
    username = re.sub(r"[^\w.@+-]", "_", email)[: User._meta.get_field("username").max_length]
    try:
        with transaction.atomic():
            return User.objects.create_user(username, email, first_name=told.first_name, last_name=told.last_name)
    except IntegrityError:
        raise NobodyError(SEVERAL, email=email) from None

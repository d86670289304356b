"""The page for whoever comes from the provider and is not let in, and what the log tells of it."""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from eqboard.accounts.oidc.door import Disbelieved

logger = logging.getLogger(__name__)

FORBIDDEN, UNAVAILABLE = 403, 503
AWAY = _("%(provider)s does not answer. Try again in a little while; administrators can sign in by their password.")
NOT_BELIEVED = _("What %(provider)s told about you could not be believed, so you are not signed in. Begin again.")
# allauth takes every answer for well-formed: what is not makes one of the last four.
USELESS = (RequestException, OAuth2Error, LookupError, TypeError, ValueError, AttributeError)


def refused(
    request: HttpRequest, sentence: Any, *, status: int = FORBIDDEN, words: Mapping[str, str] | None = None
) -> HttpResponse:
    """`words` are those that the sentence leaves open, beside the provider's name."""
    told = sentence % {"provider": settings.OIDC_NAME, **(words or {})}
    return render(request, "accounts/not_let_in.html", {"sentence": told}, status=status)


def failed(request: HttpRequest, error: Exception, sentence: Any = NOT_BELIEVED) -> HttpResponse:
    """For an error of USELESS; the sentence, where the provider has answered at all. Of most errors only the kind is
    logged: they quote what came, and that may be a secret.
    """
    logger.warning(
        "Signing in by the provider failed: %s", error if isinstance(error, Disbelieved) else type(error).__name__
    )
    is_away = isinstance(error, RequestException)
    return refused(request, AWAY if is_away else sentence, status=UNAVAILABLE if is_away else FORBIDDEN)

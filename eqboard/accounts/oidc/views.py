"""To the provider, and back."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from eqboard.accounts.oidc.door import Door
from eqboard.accounts.oidc.refusing import USELESS, failed

PROVIDER = "oidc"
NOT_ITSELF = _(
    "%(provider)s is not what eqboard was set up for. Whoever runs eqboard has to look at its log, and at the setting "
    "EQBOARD_OIDC_URL."
)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """By a page that leads on by itself: browsers hold our `form-action 'self'` against every redirect after a form,
    and a provider may lead on to another one.
    """
    provider = Door(request, PROVIDER).get_provider()
    try:
        answer = provider.redirect(request, AuthProcess.LOGIN, get_next_redirect_url(request))
    except USELESS as error:
        return failed(request, error, NOT_ITSELF)
    return render(request, "accounts/leaving.html", {"url": answer.url, "provider_name": settings.OIDC_NAME})


@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """With a code for us, or with why there is none."""
    if request.user.is_authenticated:  # back and forth in the browser's history
        return redirect("board")
    view = OAuth2CallbackView.adapter_view(Door(request, PROVIDER))
    try:
        answer: HttpResponse = view(request)
    except USELESS as error:
        return failed(request, error)
    return answer

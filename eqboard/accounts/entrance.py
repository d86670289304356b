"""The one page to sign in at, for the administration too."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from eqboard.accounts.guessing import remember
from eqboard.accounts.sessions import begin_session


class SignInPage(LoginView):
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        begin_session(self.request)
        remember(self.request, answer, form.get_user())
        return answer


@require_safe
def administrators_sign_in(request: HttpRequest) -> HttpResponse:
    """The administration's own page would ask for a password alone, whatever else is asked for elsewhere."""
    if request.user.is_authenticated:  # and no administrator, else nobody would have been sent here
        raise PermissionDenied
    return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or "/admin/")

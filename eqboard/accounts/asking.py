"""Who asks for a page, and the page for whoever may see nothing."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

form_page = require_http_methods(["GET", "HEAD", "POST"])
"""For a page with a form: it is read, or the form is sent."""


def user_of(request: HttpRequest) -> User:
    """Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def no_team(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in and in no team."""
    return render(request, "accounts/no_team.html", status=403)

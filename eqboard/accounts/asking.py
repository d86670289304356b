"""Who asks for a page, and the page for whoever may see nothing."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def user_of(request: HttpRequest) -> User:
    """Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def no_team(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in and in no team."""
    return render(request, "accounts/no_team.html", status=403)

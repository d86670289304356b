"""Where a second factor is required, nobody gets to a page before they have one. Rights (accounts/rights.py) say the
same to sockets and actions; here it is said in a page that helps.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from eqboard.accounts.second_factor.need import lacks_second_factor

OPEN = {"sign_in", "account_login", "sign_out", "set_language", "healthz", "account_reauthenticate"}


class Gate:
    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if name in OPEN or name.startswith("mfa_"):
            return None
        if not request.user.is_authenticated or not lacks_second_factor(request.user):
            return None
        if (
            request.headers.get("Sec-Fetch-Dest", "document") != "document"
        ):  # a part of a page, which needs no other one
            raise PermissionDenied
        return redirect("mfa_index")

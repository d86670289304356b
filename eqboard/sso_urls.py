"""Who answers what where people prove who they are by more than a password. What is not named here is as in urls.py."""

from typing import Any

from django.apps import apps
from django.urls import path

from eqboard import urls
from eqboard.accounts.asking import form_page
from eqboard.accounts.steps import StepsPage
from eqboard.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

sign_in = form_page(StepsPage.as_view())

urlpatterns: list[Any] = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/", sign_in, name="account_login"),  # allauth's name for it
]

if apps.is_installed("eqboard.accounts.second_factor"):
    from eqboard.accounts.second_factor.urls import second_factor_paths

    urlpatterns += second_factor_paths

if apps.is_installed("eqboard.accounts.oidc"):
    from eqboard.accounts.oidc import views as oidc

    urlpatterns += [
        path("sign-in/provider/", oidc.leave, name="oidc_login"),
        path("sign-in/provider/back/", oidc.come_back, name="oidc_callback"),
    ]

urlpatterns += urls.urlpatterns

"""Where the pages are; the names are allauth's, which leads from one to the other by them."""

from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from eqboard.accounts.asking import form_page
from eqboard.accounts.second_factor import views

second_factor_paths = [
    path("sign-in/code/", form_page(views.CodePage.as_view()), name="mfa_authenticate"),
    path("second-factor/", require_safe(views.StatePage.as_view()), name="mfa_index"),
    path("second-factor/set-up/", form_page(views.SetUpPage.as_view()), name="mfa_activate_totp"),
    path("second-factor/take-away/", form_page(views.TakeAwayPage.as_view()), name="mfa_deactivate_totp"),
    path("second-factor/password/", form_page(views.PasswordAgainPage.as_view()), name="account_reauthenticate"),
    path("second-factor/code/", form_page(views.CodeAgainPage.as_view()), name="mfa_reauthenticate"),
    path(
        "second-factor/recovery-codes/",
        require_safe(views.RecoveryCodesPage.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/new/",
        require_POST(views.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
]

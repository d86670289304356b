"""What settings.py adds where people prove who they are by more than a password: a second factor, or a provider of
OpenID Connect. All of it is django-allauth, and nothing of it is there unless a setting asks for it.

Of allauth only what is named in sso_urls.py can be reached. Whoever guesses is stopped by axes, which counts in the
database; allauth's own limits count in each process by itself.
"""

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from eqboard.config import PREFIX, Config, ConfigError, listed

PROVIDER = "oidc"
STEP_SECONDS = 300  # from the password to the code

BY_STEPS: dict[str, Any] = {
    "ROOT_URLCONF": "eqboard.sso_urls",
    "ACCOUNT_ADAPTER": "eqboard.accounts.steps.AccountAdapter",
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_LOGIN_TIMEOUT": STEP_SECONDS,
    "ACCOUNT_RATE_LIMITS": False,
}
BY_CODE = {
    "ACCOUNT_FORMS": {"reauthenticate": "eqboard.accounts.second_factor.forms.PasswordAgainForm"},
    "AXES_LOCKOUT_CALLABLE": "eqboard.accounts.second_factor.guesses.locked",
    "AXES_LOCKOUT_PARAMETERS": "eqboard.accounts.second_factor.guesses.counts_for",
    "MFA_ADAPTER": "eqboard.accounts.second_factor.adapter.SealedSecrets",
    "MFA_FORMS": {
        "activate_totp": "eqboard.accounts.second_factor.forms.SetUpForm",
        "authenticate": "eqboard.accounts.second_factor.forms.CodeForm",
        "reauthenticate": "eqboard.accounts.second_factor.forms.CodeAgainForm",
    },
    "MFA_TOTP_ISSUER": "eqboard",
    "MFA_TOTP_TOLERANCE": 1,  # half a minute either way: telephones' clocks differ
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
}


@dataclass(frozen=True)
class Additions:
    """What is added to the settings."""

    apps: list[str] = field(default_factory=list)
    middleware: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


def additions(config: Config) -> Additions:
    """Raises ConfigError where a setting asks for what is not installed."""
    by_code, by_provider = config.second_factor != "off", bool(config.oidc_url)
    if not by_code and not by_provider:
        return Additions()
    if find_spec("allauth") is None:
        name = "SECOND_FACTOR" if by_code else "OIDC_URL"
        raise ConfigError(f"{PREFIX}{name} needs django-allauth: run `.ci/setup sso`.")
    apps = ["allauth.account"]
    middleware = ["allauth.account.middleware.AccountMiddleware"]
    values = dict(BY_STEPS)
    if by_code:
        apps += ["allauth.mfa", "eqboard.accounts.second_factor"]
        middleware.append("eqboard.accounts.second_factor.gate.Gate")
        values |= BY_CODE
    if by_provider:
        apps += ["allauth.socialaccount", "eqboard.accounts.oidc"]
        values |= _by_provider(config)
    return Additions(apps, middleware, values)


def _by_provider(config: Config) -> dict[str, Any]:
    app = {
        "provider_id": PROVIDER,
        "name": config.oidc_shown_name,
        "client_id": config.oidc_client_id.strip(),
        "secret": config.oidc_client_secret.get_secret_value().strip(),
        "settings": {
            "server_url": config.oidc_url.rstrip("/"),
            "oauth_pkce_enabled": True,
            "verified_email": listed(config.oidc_verified_domains),
        },
    }
    return {
        "SOCIALACCOUNT_ADAPTER": "eqboard.accounts.oidc.people.SocialAdapter",
        "SOCIALACCOUNT_PROVIDERS": {PROVIDER: {"APPS": [app]}},
    }

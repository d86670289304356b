"""Who has no second factor where everybody needs one. This file is read where nothing of allauth is installed, too."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

TOTP = "totp"


def lacks_second_factor(user: AbstractBaseUser) -> bool:
    """Whether the user may not do anything yet but set one up."""
    if settings.SECOND_FACTOR != "required":
        return False
    authenticators = apps.get_app_config("mfa").get_model("Authenticator")._default_manager
    return not authenticators.filter(user_id=user.pk, type=TOTP).exists()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "eqboard.accounts"
    verbose_name = _("Teams and screens")

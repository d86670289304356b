"""How allauth keeps secrets here: sealed, as the tokens of EQ's are."""

import base64
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _
from pydantic import SecretStr

from eqboard.accounts.sealing import seal, unseal

WRONG_CODE = _(
    "This code is wrong, or was used before. Codes change every half minute: type the one that is shown now."
)


class SealedSecrets(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def get_totp_label(self, user: AbstractUser) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return seal(SecretStr(text))

    def decrypt(self, encrypted_text: str) -> str:
        """Of what no key opens any more comes a secret that nobody knows: no code is right, until it is set up anew."""
        opened = unseal(encrypted_text)
        return opened.get_secret_value() if opened else base64.b32encode(secrets.token_bytes(20)).decode()

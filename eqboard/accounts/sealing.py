"""Keeping what must be read again, and must not lie open in the database: the tokens of people's sessions on EQ.

Fernet (AES-128-CBC with HMAC-SHA256) under keys derived from SECRET_KEY, for this purpose alone, by HKDF (RFC 5869).
The newest key seals; those of SECRET_KEY_FALLBACKS still open, until their owner has gone over to a new one.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from pydantic import SecretStr

PURPOSE = b"eqboard.accounts.sealing 1"  # another purpose, or another form, is another label: keys are never shared
KEY_BYTES = 32


def seal(secret: SecretStr) -> str:
    """As it may be stored: letters, digits, `-`, `_` and `=`; different each time."""
    return _lock().encrypt(secret.get_secret_value().encode()).decode("ascii")


def unseal(sealed: str) -> SecretStr | None:
    """What was sealed; None for what none of the keys opens, as after a change of SECRET_KEY without a fallback."""
    try:
        return SecretStr(_lock().decrypt(sealed.encode()).decode())
    except (InvalidToken, UnicodeError):
        return None


def _lock() -> MultiFernet:
    return MultiFernet([_key_of(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key_of(master: str) -> Fernet:
    """No salt: master keys are random and long, and the label keeps purposes apart."""
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(master.encode())
    return Fernet(base64.urlsafe_b64encode(derived))

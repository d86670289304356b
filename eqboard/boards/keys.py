"""By what the calls on a board are known to a page: on a masked one, by what tells nothing of who calls."""

from collections.abc import Container
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

from eqboard.floor.masking import hidden_key

PURPOSE = b"eqboard.masked"


def secret() -> bytes:
    """The same in every process of a site, so that whichever paints an element gives it the same id."""
    return _derived(settings.SECRET_KEY)


@lru_cache(maxsize=2)
def _derived(secret_key: str) -> bytes:
    return blake2b(secret_key.encode(), digest_size=32, person=PURPOSE).digest()


def shown_key(key: str, shown: Container[str]) -> str:
    """The key of a call of the floor as it is among the keys that are shown."""
    return key if key in shown else hidden_key(key, secret())

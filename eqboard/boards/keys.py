"""By what the calls on a board are known to a page: on a masked one, by what tells nothing of who calls."""

from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

from eqboard.boards.spec import Spec
from eqboard.floor.masking import hidden_key, is_masked

PURPOSE = b"eqboard.masked"


def secret() -> bytes:
    """The same in every process of a site, so that whichever paints an element gives it the same id."""
    return _derived(settings.SECRET_KEY)


@lru_cache(maxsize=2)
def _derived(secret_key: str) -> bytes:
    return blake2b(secret_key.encode(), digest_size=32, person=PURPOSE).digest()


def shown_key(key: str, spec: Spec) -> str:
    """The key of a call of the floor as it is on a board."""
    return hidden_key(key, secret()) if is_masked(spec.numbers, spec.hides_names) else key

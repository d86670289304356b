"""The language in which a page is asked for."""

from django.utils import translation

from eqboard.config import get_config


def language_of_reader() -> str:
    """Of whoever asks now; the site's where nobody has chosen one."""
    return translation.get_language() or get_config().language

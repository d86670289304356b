"""Sentences of ours with words from outside in them."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from eqboard.boards.templatetags.board import outside


def say(text: str, **outside_words: object) -> SafeString:
    """Our own text with words from outside in it, each escaped and isolated; it is put into HTML."""
    return mark_safe(escape(text) % {key: outside(word) for key, word in outside_words.items()})  # noqa: S308

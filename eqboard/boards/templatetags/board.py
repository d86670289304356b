"""The few things a board's templates need beyond Django's own."""

import unicodedata
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

REPLACEMENT = "�"
JOINERS = "\u200c\u200d"


@register.simple_tag
def since(moment: datetime | None, at_least: bool = False) -> SafeString:
    """A duration that the browser counts up on the server's clock; `at_least` marks a lower bound. None shows as –."""
    if moment is None:
        return format_html('<span class="no-time">{}</span>', "–")
    return format_html(
        '<time class="ticks" data-since="{}"{}></time>',
        f"{moment.timestamp():.1f}",
        " data-at-least" if at_least else "",
    )


@register.simple_tag
def until(moment: datetime | None) -> SafeString:
    """A duration that the browser counts down, never below 0:00. None shows as –."""
    if moment is None:
        return format_html('<span class="no-time">{}</span>', "–")
    return format_html('<time class="ticks" data-until="{}"></time>', f"{moment.timestamp():.1f}")


@register.simple_tag
def age(*parts: str) -> SafeString:
    """How old the numbers beside it are: the age of the oldest of the named parts, kept up by the browser."""
    return format_html('<span class="age" data-age-of="{}"></span>', " ".join(parts))


@register.filter
def outside(text: object) -> SafeString:
    """Text from outside: escaped, isolated from the line's direction, its control characters made visible."""
    shown = "".join(REPLACEMENT if is_control(letter) else letter for letter in str(text or ""))
    return format_html('<bdi class="outside">{}</bdi>', shown)


def is_control(letter: str) -> bool:
    """Control and format characters (bidi overrides among them), and halves of surrogate pairs.

    Not the joiners, which emoji and some scripts need; nor letters that are newer than this Python's Unicode.
    """
    return letter not in JOINERS and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co")

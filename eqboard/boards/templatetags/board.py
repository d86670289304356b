"""The few things a board's templates need beyond Django's own."""

import re
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from math import floor
from unicodedata import bidirectional

from django import template
from django.template.loader import get_template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext

from eqboard.boards.figures import FigureValue
from eqboard.boards.labels import MEANINGS, SYMBOLS, grade_label
from eqboard.boards.letters import is_control
from eqboard.boards.names import METRICS, window_label
from eqboard.boards.parts.numbers import Trouble, parts_behind
from eqboard.boards.spec import Figure
from eqboard.boards.terms import DIRECTIONS, VARIANTS
from eqboard.floor.formulas import Term
from eqboard.floor.levels import Threshold
from eqboard.floor.metrics import STATES, Target, Unit, unit_of
from eqboard.floor.snapshot import Membership

register = template.Library()

REPLACEMENT = "�"
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\xa0"
KEPT = 4096  # of each kind of piece that is made again and again; few have more than a kilobyte
WITHIN_AMOUNT = re.compile(r"(?<=[\d=]) | (?==)")


@register.simple_tag
def since(
    moment: datetime | None, at_least: bool = False, warning: float | None = None, critical: float | None = None
) -> SafeString:
    """A duration that the browser counts up on the server's clock; `at_least` marks a lower bound. None shows as –.

    `warning` and `critical` are limits in seconds (0 and None: there is none): the row it stands in takes that level.
    """
    if moment is None:
        return format_html('<span class="no-time">{}</span>', "–")
    return format_html(
        '<time class="ticks" data-since="{}"{}{}{}></time>',
        f"{moment.timestamp():.1f}",
        " data-at-least" if at_least else "",
        _limit("warning", warning),
        _limit("critical", critical),
    )


def _limit(name: str, seconds: float | None) -> SafeString:
    return format_html(' data-{}="{}"', name, f"{seconds:.0f}") if seconds else SafeString()


@register.simple_tag
def breach(moment: datetime | None) -> SafeString:
    """How long until an answer is late, and from `moment` on how late it is; the browser counts. None shows as –."""
    if moment is None:
        return format_html('<span class="no-time">{}</span>', "–")
    return format_html('<time class="ticks" data-breach="{}"></time>', f"{moment.timestamp():.1f}")


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


@register.simple_tag
def number(shown: FigureValue, where: str = "") -> SafeString:
    """A number that opens its working (numbers.js). `where` may hold "tile", for short words, and "first": the one that
    the tab key goes to, from which one goes on by the arrow keys.
    """
    level = shown.level
    word = grade_label(level)
    return format_html(
        '<button type="button" class="number" data-figure="{} {}" data-part="{}"{}{}{}>{}<b class="n">{}</b>'
        '<span class="label">{}</span>{}{}</button>',
        shown.metric,
        shown.window,
        parts(shown),
        format_html(' data-level="{}"', level) if level else "",
        " data-none" if shown.value == 0 and shown.unit is not Unit.PERCENT else "",
        "" if "first" in where else format_html(' tabindex="{}"', -1),
        format_html('<i class="shape" data-state="{}"></i>', shown.metric) if shown.metric in STATES else "",
        quantity(shown),
        METRICS[shown.metric].tile if "tile" in where else METRICS[shown.metric].short,
        _span("window", window_label(shown.metric, shown.window)),
        format_html('<span class="grade"><i class="alarm" data-level="{}"></i><span>{}</span></span>', level, word)
        if word
        else "",
    )


def _span(name: str, text: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', name, text) if text else SafeString()


@register.simple_tag
def quantity(shown: FigureValue) -> SafeString:
    """A number with its unit; one that goes on is counted by the browser. – for what is not known."""
    if shown.since is not None or shown.value is None:
        return since(shown.since, shown.at_least)
    if shown.unit is Unit.COUNT:
        return format_html("{}", shown.value)
    text = duration(shown.value) if shown.unit is Unit.SECONDS else percent(shown.value)
    return format_html('<bdi class="amount">{}</bdi>', text)


@register.filter
def duration(seconds: float) -> str:
    """Whole seconds, rounded down, as every timer of the board shows them: 0:07, 2:13, 1:04:09."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def percent(value: object) -> str:
    """As the language writes it: 80 % in Spanish, 80% in Hebrew, where a sign after a space would change sides."""
    return (pgettext("a percentage", "%(n)s %%") % {"n": value}).replace(" ", NARROW_SPACE)


@register.filter
def label(shown: FigureValue | Figure | Trouble) -> str:
    """What a number is called where there is little room."""
    return str(METRICS[shown.metric].short)


@register.filter
def unit(figure: Figure) -> Unit:
    return unit_of(figure.metric)


@register.filter
def parts(shown: FigureValue | Trouble) -> str:
    """What is read from EQ for it, as `data-part` names it."""
    return " ".join(parts_behind(shown.metric))


@register.filter
def window(shown: FigureValue | Figure) -> str:
    return window_label(shown.metric, shown.window)


@register.filter
def clock(moment: datetime) -> str:
    """A clock time of the board's zone: 14:05:09."""
    return f"{localtime(moment):%H:%M:%S}"


@register.simple_tag
def amount(term: Term, much: float) -> SafeString:
    """How much a term is: a time, or a count."""
    text = duration(much) if term.name.endswith("_SECONDS") else f"{much:.0f}"
    return format_html('<bdi class="amount">{}</bdi>', text)


@register.filter
def tenths(value: float) -> str:
    """A percentage with one decimal, cut and not rounded: 99.96 % is not 100.0 %."""
    return percent(number_format(floor(value * 10 + 1e-6) / 10, 1))


@register.filter
def symbol(term: Term) -> SafeString:
    """What stands for a term in a formula; an index stands lower."""
    letter, _, index = SYMBOLS[term].partition("_")
    return format_html("<i>{}</i><sub>{}</sub>", letter, index) if index else format_html("<i>{}</i>", letter)


@register.filter
def meaning(term: Term) -> str:
    return str(MEANINGS[term])


@register.filter
def variant(target: Target) -> str:
    """What a promise does with those who gave up."""
    return str(VARIANTS[target.variant])


@register.filter
def grade(shown: FigureValue) -> str:
    return grade_label(shown.level)


@register.filter
def limit(threshold: Threshold, name: str) -> str:
    """One limit of a threshold: "80 % or less"."""
    value: float = getattr(threshold, name)
    unit = unit_of(threshold.metric)
    text = percent(f"{value:g}") if unit is Unit.PERCENT else duration(value) if unit is Unit.SECONDS else f"{value:g}"
    return f"{text} {DIRECTIONS[threshold.direction]}"


@register.filter
def unbroken(text: str) -> str:
    """A sentence in which no line breaks between a number and its unit, nor at the sign before it: T = 20 s."""
    return WITHIN_AMOUNT.sub(NO_BREAK_SPACE, text)


@register.filter
def outside(text: object) -> SafeString:
    """Text from outside: escaped, isolated from the line's direction, its control characters made visible."""
    return _outside(str(text or ""))


@lru_cache(KEPT)
def _outside(text: str) -> SafeString:
    shown = "".join(REPLACEMENT if is_control(letter) else letter for letter in text)
    return format_html('<bdi class="outside">{}</bdi>', shown)


@register.simple_tag
def kept(name: str, **values: Hashable) -> str:
    """`include` of a template that depends on these values and the language alone, made once for equal ones: most of a
    row is as it was before.
    """
    return _kept(name, tuple(values.items()), get_language())


@lru_cache(KEPT)
def _kept(name: str, values: tuple[tuple[str, Hashable], ...], language: str | None) -> str:
    """`language` is the one that is active."""
    return get_template(name).render(dict(values))


@register.filter
def given_name(who: str) -> str:
    """What somebody is called where there is no room for all of their name."""
    return next(iter(who.split()), who)


@register.filter
def queue_names(memberships: Iterable[Membership]) -> list[str]:
    return [each.queue_name for each in memberships]


@register.simple_tag
def names(several: Sequence[str]) -> SafeString:
    """Names from outside on one line, which runs as the first of them does: what has no room is cut at its end, in the
    order of reading, whichever way the page runs. Any that runs the other way would be cut at its beginning, and is
    there whole or not at all.
    """
    return _names(tuple(several))


@lru_cache(KEPT)
def _names(several: tuple[str, ...]) -> SafeString:
    runs = _direction("".join(several)) or "ltr"
    shown = ((outside(each) if _direction(each) in (runs, None) else _apart(each),) for each in several)
    return format_html('<span class="names" dir="{}">{}</span>', runs, format_html_join(", ", "{}", shown))


def _apart(name: str) -> SafeString:
    return format_html('<span class="apart">{}</span>', outside(name))


def _direction(text: str) -> str | None:
    """That of its first letter that has one and is shown, as HTML's `dir="auto"` has it, which does not look into what
    is isolated. None for digits and signs alone: they run as what is around them.
    """
    kinds = (bidirectional(letter) for letter in text if not is_control(letter))
    strong = next((kind for kind in kinds if kind in ("L", "R", "AL")), None)
    return strong and ("ltr" if strong == "L" else "rtl")

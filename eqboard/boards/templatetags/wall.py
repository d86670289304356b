"""How numbers are written on a wall, and the phrases with which its page sums up what does not fit (wall_sum.js)."""

import json
from collections.abc import Callable, Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext, npgettext

from eqboard.boards import names
from eqboard.boards.figures import FigureValue
from eqboard.boards.parts.numbers import parts_behind
from eqboard.boards.templatetags.board import duration
from eqboard.floor.metrics import STATES, Metric, Unit
from eqboard.floor.snapshot import AgentState

register = template.Library()

UNKNOWN = "–"
LONGEST_NAME = 50
PERCENT = SafeString('<i class="unit">%</i>')
SAMPLES = {"one": 1, "two": 2, "few": 3, "many": 1_000_000, "other": 5}
"""A number of each plural category (CLDR) that our languages have: what gettext says of it, it says of all of them."""


@register.filter
def short(name: object) -> str:
    """A name from outside, of at most so many letters that it cannot fill a wall; what is cut is seen to be cut."""
    text = str(name or "")
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


@register.filter
def wall_value(shown: FigureValue) -> SafeString | str:
    """The number itself; a percentage with a small sign, so that the digits can be large."""
    if shown.value is None:
        return UNKNOWN
    return format_html('<bdi dir="ltr">{}{}</bdi>', _digits(shown.value, shown.unit), _sign(shown.unit))


@register.simple_tag
def wall_limit(sign: str, limit: float, unit: str) -> SafeString:
    """What a number is held against, such as `≥ 80%`."""
    return format_html('<bdi dir="ltr" class="n">{} {}{}</bdi>', sign, _digits(limit, unit), _sign(unit))


def _digits(value: float, unit: str) -> str:
    return duration(value) if unit == Unit.SECONDS else f"{value:.10g}"


def _sign(unit: str) -> SafeString:
    return PERCENT if unit == Unit.PERCENT else SafeString("")


@register.filter
def parts_of(metric: Metric) -> str:
    """What has to be read for it, for `data-part`."""
    return " ".join(parts_behind(metric))


@register.filter
def state_of(metric: Metric) -> str:
    """The state of agents that it counts, whose shape stands beside its name; "" for any other metric."""
    return metric.value if metric in STATES else ""


@register.filter
def is_long(shown: FigureValue) -> bool:
    """Whether it has more letters than a place for it on the wall has room for."""
    return shown.value is not None and shown.value >= (3600 if shown.unit == Unit.SECONDS else 10_000)


@register.filter
def wall_name(counted: Metric | AgentState) -> str:
    """Of a number, or of a state in which agents are."""
    return str(names.UNKNOWN if counted is AgentState.UNKNOWN else names.METRICS[Metric(counted)].wall)


@register.simple_tag
def tile_name(shown: FigureValue, beside: Sequence[FigureValue]) -> str:
    """Of a number on a tile; over which time it counts too, where the same is beside it over another."""
    name = wall_name(shown.metric)
    is_twice = sum(each.metric is shown.metric for each in beside) > 1
    return f"{name} {wall_window(shown)}".rstrip() if is_twice else name


@register.filter
def wall_window(shown: FigureValue) -> str:
    return names.wall_window(shown.metric, shown.window)


PHRASES: dict[str, Callable[[int], str]] = {
    "figures": lambda n: ngettext("+ %(n)s number", "+ %(n)s numbers", n),
    "queues": lambda n: ngettext("+ %(n)s queue", "+ %(n)s queues", n),
    "waiting": lambda n: ngettext("%(n)s waiting", "%(n)s waiting", n),
    "callers": lambda n: ngettext("+ %(n)s caller", "+ %(n)s callers", n),
    "late": lambda n: npgettext("callers", "%(n)s late", "%(n)s late", n),
    "agents": lambda n: ngettext("+ %(n)s agent", "+ %(n)s agents", n),
    "abandoned": lambda n: ngettext("+ %(n)s abandoned", "+ %(n)s abandoned", n),
}


@register.simple_tag
def wall_phrases() -> SafeString:
    """What wall_sum.js says of what does not fit, for each plural category, as one data attribute of JSON."""
    forms = {name: {each: phrase(n) for each, n in SAMPLES.items()} for name, phrase in PHRASES.items()}
    return format_html('data-phrases="{}"', json.dumps(forms).replace("%(n)s", "{n}"))

"""What one choice about a board says about another: each rule finds the places where they do not agree."""

from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eqboard.boards.faults import Fault
from eqboard.boards.shapes import fault
from eqboard.boards.spec import WALL_KINDS, Figure, Spec, StateLimit, Surface
from eqboard.floor.levels import Fault as Nonsense
from eqboard.floor.levels import Threshold, fault_of
from eqboard.floor.metrics import OF_THIS_MOMENT
from eqboard.floor.snapshot import AgentState
from eqboard.floor.windows import Window

NEEDS_NO_WINDOW = _("it is of this moment and not counted over a time")


def disagreements(spec: Spec) -> Iterator[Fault]:
    """Everything that is wrong with a spec whose fields are right, each for itself."""
    yield from _in_parts(spec)
    yield from _twice("queues", spec.queues or (), _("it is in the list already"))
    for field in ("totals", "figures"):
        yield from _in_figures(field, getattr(spec, field))
    for place, limit in enumerate(spec.limits):
        yield from _in_limit(place, limit)
    yield from _twice("limits", [(each.state, each.pause_code) for each in spec.limits], _("there is one like it"))
    for place, threshold in enumerate(spec.thresholds):
        yield from _in_threshold(place, threshold)
    same = [(each.metric, each.window, each.direction, each.queue) for each in spec.thresholds]
    yield from _twice("thresholds", same, _("there is one like it"))
    if spec.language is not None and spec.language not in dict(settings.LANGUAGES):
        yield fault("language")
    if spec.time_zone is not None and spec.time_zone not in time_zones():
        yield fault("time_zone")


OF_THIS_MACHINE = frozenset({"localtime", "Factory", "posixrules"})


@lru_cache
def time_zones() -> tuple[str, ...]:
    """Every zone this machine knows, by names that browsers know too; reading them takes a while."""
    return tuple(sorted(available_timezones() - OF_THIS_MACHINE))


def _twice(field: str, values: Iterable[Hashable], sentence: Promise) -> Iterator[Fault]:
    seen: set[Hashable] = set()
    for place, value in enumerate(values):
        if value in seen:
            yield fault(field, place, sentence=sentence)
        seen.add(value)


def _in_parts(spec: Spec) -> Iterator[Fault]:
    if not spec.parts:
        yield fault("parts", sentence=_("A board has one part at least."))
    yield from _twice("parts", [part.kind for part in spec.parts], _("it is on the board already"))
    for place, part in enumerate(spec.parts):
        if spec.surface is Surface.TV and part.kind not in WALL_KINDS:
            yield fault("parts", place, sentence=_("a wall cannot show it"))


def _in_figures(field: str, figures: tuple[Figure, ...]) -> Iterator[Fault]:
    yield from _twice(field, figures, _("it is in the list already"))
    for place, figure in enumerate(figures):
        if figure.metric in OF_THIS_MOMENT and figure.window is not Window.NOW:
            yield fault(field, place, "window", sentence=NEEDS_NO_WINDOW)


def _in_limit(place: int, limit: StateLimit) -> Iterator[Fault]:
    if limit.pause_code is not None and limit.state != AgentState.PAUSED:
        yield fault("limits", place, "pause_code", sentence=_("only a pause has a reason"))
    if limit.warning_seconds is None and limit.critical_seconds is None:
        yield fault("limits", place, "warning_seconds", sentence=_("give a warning or a critical value"))
    elif limit.warning_seconds and limit.critical_seconds and limit.warning_seconds >= limit.critical_seconds:
        yield fault("limits", place, "critical_seconds", sentence=_("critical must come after the warning"))


def _in_threshold(place: int, threshold: Threshold) -> Iterator[Fault]:
    if found := fault_of(threshold):
        field, sentence = NONSENSE[found]
        yield fault("thresholds", place, field, sentence=sentence)


NONSENSE: dict[Nonsense, tuple[str, Promise]] = {
    Nonsense.NO_LIMIT: ("warning", _("give a warning or a critical value")),
    Nonsense.NOT_A_NUMBER: ("warning", _("give numbers")),
    Nonsense.NEGATIVE: ("warning", _("nothing is ever less than 0")),
    Nonsense.TOO_LARGE: ("warning", _("use 100 at most for a percentage, 86400 for seconds, 10000 for a count")),
    Nonsense.ORDER: ("critical", _("the warning would come after the critical value")),
    Nonsense.ALWAYS: ("warning", _("every value there can be would reach it")),
    Nonsense.NEVER_ENDS: ("hysteresis", _("no value could come back so far, and it would never be calm again")),
    Nonsense.CALLS: ("least_calls", _("it can wait for 0 to 10000 calls")),
    Nonsense.HOLD: ("hold_seconds", _("it can be asked to last 0 to 3600 seconds")),
    Nonsense.WINDOW: ("window", NEEDS_NO_WINDOW),
    Nonsense.NO_PROMISE: ("metric", _("only a service level is promised, and nothing else can be points below it")),
    Nonsense.NOT_TOO_LOW: ("below_promise", _("whatever is below the promise is too little: make it “or less”")),
    Nonsense.POINTS: ("warning", _("use more than 0 and at most 99 points below the promise: none is higher")),
}
"""Where it is shown, and what it says."""

"""The boards that are there from the start, one for each kind of reader. They are looked at and copied, not changed."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from eqboard.boards.spec import (
    AgentsAs,
    Board,
    BoardPart,
    Figure,
    Kind,
    MaskedNumbers,
    Spec,
    StateLimit,
    Surface,
    Targets,
    Theme,
)
from eqboard.config import Config, get_config
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import STATES, Metric
from eqboard.floor.windows import Window

USUAL_BOARD, USUAL_WALL = "floor", "tv"

NAMES = {
    "floor": _("The floor"),
    "supervisor": _("Supervisor"),
    "lead": _("Team lead"),
    "tv": _("Wall"),
}

LIMITS = (
    StateLimit("wrap_up", warning_seconds=120, critical_seconds=300),
    StateLimit("paused", warning_seconds=900, critical_seconds=1800),
    StateLimit("on_call", warning_seconds=900),
)

BELOW_PROMISE = Threshold(
    Metric.SERVICE_LEVEL,
    Direction.LOW,
    warning=1,  # at the promise itself all is well
    critical=20,
    window=Window.TODAY,
    hysteresis=2,
    least_calls=20,
    below_promise=True,
)

THRESHOLDS = (
    BELOW_PROMISE,
    Threshold(
        Metric.ABANDONMENT, Direction.HIGH, warning=5, critical=10, window=Window.TODAY, hysteresis=1, least_calls=20
    ),
)


TOTALS = (
    Figure(Metric.WAITING),
    Figure(Metric.LONGEST_WAIT),
    Figure(Metric.SERVICE_LEVEL, Window.TODAY),
    Figure(Metric.ABANDONMENT, Window.TODAY),
    *(Figure(metric) for metric in STATES),
)

SPECS = {
    "floor": Spec(
        parts=(
            BoardPart(Kind.TOTALS, 12),
            BoardPart(Kind.TILES, 12),
            BoardPart(Kind.AGENTS, 8),
            BoardPart(Kind.WAITING, 4),
            BoardPart(Kind.PARKED, 6),
            BoardPart(Kind.CONFERENCES, 6),
            BoardPart(Kind.AWAY, 12),
        ),
        totals=TOTALS,
        figures=(Figure(Metric.SERVICE_LEVEL, Window.TODAY), Figure(Metric.ABANDONED, Window.TODAY)),
        limits=LIMITS,
        thresholds=THRESHOLDS,
    ),
    "supervisor": Spec(
        parts=(
            BoardPart(Kind.TOTALS, 12),
            BoardPart(Kind.TABLE, 8),
            BoardPart(Kind.WAITING, 4),
            BoardPart(Kind.BUDGET, 4),
            BoardPart(Kind.STAFFING, 4),
            BoardPart(Kind.ABANDONED, 4),
            BoardPart(Kind.AGENTS, 12),
            BoardPart(Kind.PARKED, 6),
            BoardPart(Kind.CONFERENCES, 6),
            BoardPart(Kind.AWAY, 12),
        ),
        totals=TOTALS,
        figures=(
            Figure(Metric.WAITING),
            Figure(Metric.LONGEST_WAIT),
            Figure(Metric.AVAILABLE),
            Figure(Metric.ON_CALL),
            Figure(Metric.OFFERED, Window.TODAY),
            Figure(Metric.ANSWERED, Window.TODAY),
            Figure(Metric.ABANDONED, Window.TODAY),
            Figure(Metric.SERVICE_LEVEL, Window.LAST_30),
            Figure(Metric.SERVICE_LEVEL, Window.TODAY),
            Figure(Metric.ASA, Window.TODAY),
            Figure(Metric.AHT, Window.TODAY),
            Figure(Metric.OCCUPANCY, Window.LAST_60),
        ),
        agents_as=AgentsAs.GRID,
        limits=LIMITS,
        thresholds=THRESHOLDS,
    ),
    "lead": Spec(
        parts=(
            BoardPart(Kind.TOTALS, 12),
            BoardPart(Kind.WAITING, 4),
            BoardPart(Kind.TILES, 8),
            BoardPart(Kind.AGENTS, 8),
            BoardPart(Kind.ABANDONED, 4),
            BoardPart(Kind.PARKED, 12),
            BoardPart(Kind.AWAY, 12),
        ),
        totals=TOTALS,
        figures=(Figure(Metric.SERVICE_LEVEL, Window.LAST_30), Figure(Metric.ASA, Window.LAST_30)),
        agents_as=AgentsAs.CARDS,
        limits=LIMITS,
        thresholds=THRESHOLDS,
    ),
    "tv": Spec(
        surface=Surface.TV,
        parts=(BoardPart(Kind.TOTALS), BoardPart(Kind.TILES), BoardPart(Kind.WAITING)),
        totals=(
            Figure(Metric.WAITING),
            Figure(Metric.LONGEST_WAIT),
            Figure(Metric.SERVICE_LEVEL, Window.TODAY),
            Figure(Metric.AVAILABLE),
            Figure(Metric.ON_CALL),
            Figure(Metric.PAUSED),
        ),
        figures=(Figure(Metric.WAITING), Figure(Metric.LONGEST_WAIT), Figure(Metric.AVAILABLE)),
        thresholds=THRESHOLDS,
        theme=Theme.DARK,
        numbers=MaskedNumbers.LAST_DIGITS,
    ),
}


def ready_spec(ref: str) -> Spec:
    """The spec of a ready board, with the site's own limits for waits. Raises KeyError for any other ref."""
    spec = SPECS[ref]
    return replace(spec, thresholds=(longest_wait(get_config()), *spec.thresholds))


def longest_wait(config: Config) -> Threshold:
    """Where both limits are one, it is the critical one."""
    warning, critical = config.wait_warning_seconds, config.wait_critical_seconds
    return Threshold(
        Metric.LONGEST_WAIT, Direction.HIGH, warning=warning if warning < critical else None, critical=critical
    )


def ready_board(ref: str, language: str, targets: Targets | None = None) -> Board:
    """One of the ready boards, with its name in a language. Raises KeyError for any other ref."""
    with override(language):
        return Board(ref, str(NAMES[ref]), ready_spec(ref), targets or Targets())

"""What there is to choose from when a board is made: queues and pause reasons of the floor as it is, and our terms."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.functional import Promise

from eqboard.boards import bounds, names, terms
from eqboard.boards.choosing import teams_led
from eqboard.boards.drafts import EVERYBODY
from eqboard.boards.reading import write_spec
from eqboard.boards.ready import BELOW_PROMISE, SPECS, USUAL_WALL
from eqboard.boards.rules import time_zones
from eqboard.boards.spec import SPANS, WALL_KINDS, Kind
from eqboard.floor.levels import Threshold
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, unit_of
from eqboard.floor.snapshot import PauseCode, Queue, Snapshot


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class MetricChoice:
    value: str
    label: Promise
    unit: str
    has_window: bool
    has_promise: bool  # limits can be points below it


@dataclass(frozen=True, slots=True)
class KindChoice:
    value: str
    label: Promise
    fits_wall: bool


def _choices(names: terms.Terms) -> tuple[Choice, ...]:
    return tuple(Choice(each.value, label) for each, label in names.items())


def _metric(metric: Metric) -> MetricChoice:
    return MetricChoice(
        metric.value,
        names.METRICS[metric].full,
        unit_of(metric).value,
        has_window=metric not in OF_THIS_MOMENT,
        has_promise=metric is Metric.SERVICE_LEVEL,
    )


def _kind(kind: Kind) -> KindChoice:
    return KindChoice(kind.value, terms.KINDS[kind], kind in WALL_KINDS)


def _own_of_wall() -> str:
    """The parts and numbers of the ready wall, as JSON: a board that goes from a desk to a wall may begin with them."""
    spec = write_spec(SPECS[USUAL_WALL])
    return json.dumps({name: spec[name] for name in ("parts", "totals", "figures")})


@dataclass(frozen=True, slots=True)
class Offer:
    """`teams` are those for whom the user may make a board; EVERYBODY is among them for an administrator."""

    teams: tuple[Choice, ...]
    queues: tuple[Queue, ...]
    pause_codes: tuple[PauseCode, ...]
    everybody: str = EVERYBODY
    longest_name: int = bounds.LONGEST_NAME
    hold_seconds: bounds.Range[int] = bounds.HOLD_SECONDS
    least_calls: bounds.Range[int] = bounds.LEAST_CALLS
    limit_seconds: bounds.Range[int] = bounds.LIMIT_SECONDS
    diagonal_inches: bounds.Range[int] = bounds.DIAGONAL_INCHES
    distance_meters: bounds.Range[float] = bounds.DISTANCE_METERS
    surfaces: tuple[Choice, ...] = _choices(terms.SURFACES)
    kinds: tuple[KindChoice, ...] = tuple(map(_kind, Kind))
    metrics: tuple[MetricChoice, ...] = tuple(map(_metric, Metric))
    windows: tuple[Choice, ...] = tuple(Choice(each.value, name.full) for each, name in names.WINDOWS.items())
    below_promise: Threshold = BELOW_PROMISE  # whose points a limit begins with that becomes one below the promise
    directions: tuple[Choice, ...] = _choices(terms.DIRECTIONS)
    states: tuple[Choice, ...] = _choices(terms.STATES)
    agents_as: tuple[Choice, ...] = _choices(terms.AGENTS_AS)
    numbers: tuple[Choice, ...] = _choices(terms.MASKED_NUMBERS)
    themes: tuple[Choice, ...] = _choices(terms.THEMES)
    languages: tuple[Choice, ...] = tuple(Choice(code, name) for code, name in settings.LANGUAGES)
    spans: tuple[int, ...] = SPANS
    own_of_wall: str = _own_of_wall()
    time_zones: tuple[str, ...] = field(default_factory=time_zones)


def offer(user: User, view: Snapshot) -> Offer:
    """`view`: the floor as the user sees it."""
    return Offer(
        teams=tuple(Choice(str(team.pk), team.name) for team in teams_led(user)),
        queues=_by_name(view.queues.values()),
        pause_codes=tuple(sorted(view.pause_codes.values(), key=lambda code: (code.name.casefold(), code.id))),
    )


def _by_name(queues: Iterable[Queue]) -> tuple[Queue, ...]:
    return tuple(sorted(queues, key=lambda queue: (queue.name.casefold(), queue.extension)))

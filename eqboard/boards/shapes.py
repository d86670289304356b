"""What a board's JSON may hold, field by field, and what each field must be in words.

Pydantic holds the form; what one field says about another is in rules.py. Each field has one requirement, so one
sentence tells whatever is wrong with it.
"""

from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eqboard.boards import bounds, spec
from eqboard.boards.faults import Fault
from eqboard.floor import levels
from eqboard.floor.metrics import Metric
from eqboard.floor.snapshot import AgentState
from eqboard.floor.windows import Window

MOST_FAULTS = 20  # that are told at once: a hostile file may have a hundred thousand
LONGEST_WORD = 40  # of theirs, in a sentence of ours

Made = TypeVar("Made")


def _within(range: bounds.Range[int] | bounds.Range[float]) -> Any:
    return Field(ge=range.least, le=range.most)


Extension = Annotated[str, Field(pattern=f"^[0-9]{{1,{bounds.LONGEST_EXTENSION}}}$")]
Amount = Annotated[float, _within(bounds.AMOUNT)]
Seconds = Annotated[int, _within(bounds.LIMIT_SECONDS)]


class Shape(BaseModel, Generic[Made]):
    """Strict: no number in a text, no field that nobody knows, no NaN. `makes` is the class of what it describes."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
    makes: ClassVar[type]

    def value(self) -> Made:
        """The frozen value that it describes."""
        made: Made = self.makes(**{name: _value(getattr(self, name)) for name in type(self).model_fields})
        return made


def _value(held: object) -> object:
    if isinstance(held, Shape):
        return held.value()
    return tuple(_value(each) for each in held) if isinstance(held, tuple) else held


class PartShape(Shape[spec.BoardPart]):
    makes = spec.BoardPart
    kind: spec.Kind
    span: Literal[3, 4, 6, 8, 9, 12] = 12


class FigureShape(Shape[spec.Figure]):
    makes = spec.Figure
    metric: Metric
    window: Window = Window.NOW


class StateLimitShape(Shape[spec.StateLimit]):
    makes = spec.StateLimit
    state: Literal[
        AgentState.ON_CALL,
        AgentState.RINGING,
        AgentState.WRAP_UP,
        AgentState.PAUSED,
        AgentState.AVAILABLE,
    ]
    pause_code: Annotated[int, _within(bounds.PAUSE_CODE)] | None = None
    warning_seconds: Seconds | None = None
    critical_seconds: Seconds | None = None


class ThresholdShape(Shape[levels.Threshold]):
    makes = levels.Threshold
    metric: Metric
    direction: levels.Direction
    warning: Amount | None = None
    critical: Amount | None = None
    queue: Extension | None = None
    window: Window = Window.NOW
    hysteresis: Amount = 0.0
    hold_seconds: Annotated[float, _within(bounds.HOLD_SECONDS)] = 0.0
    least_calls: Annotated[int, _within(bounds.LEAST_CALLS)] = 0
    below_promise: bool = False


class WallShape(Shape[spec.Wall]):
    makes = spec.Wall
    diagonal_inches: Annotated[float, _within(bounds.DIAGONAL_INCHES)] = 55.0
    distance_meters: Annotated[float, _within(bounds.DISTANCE_METERS)] = 5.0


class SpecShape(Shape[spec.Spec]):
    makes = spec.Spec
    surface: spec.Surface = spec.Surface.DESK
    queues: Annotated[tuple[Extension, ...], Field(min_length=1, max_length=bounds.MOST_QUEUES)] | None = None
    parts: Annotated[tuple[PartShape, ...], Field(max_length=len(spec.Kind))] = ()
    totals: Annotated[tuple[FigureShape, ...], Field(max_length=bounds.MOST_FIGURES)] = ()
    figures: Annotated[tuple[FigureShape, ...], Field(max_length=bounds.MOST_FIGURES)] = ()
    agents_as: spec.AgentsAs = spec.AgentsAs.ROWS
    limits: Annotated[tuple[StateLimitShape, ...], Field(max_length=bounds.MOST_LIMITS)] = ()
    thresholds: Annotated[tuple[ThresholdShape, ...], Field(max_length=bounds.MOST_THRESHOLDS)] = ()
    language: Annotated[str, Field(max_length=8)] | None = None
    theme: spec.Theme = spec.Theme.AUTO
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    numbers: spec.MaskedNumbers = spec.MaskedNumbers.SHOWN
    hides_names: bool = False
    wall: WallShape = WallShape()


WHERE = {
    "parts": _("Part %(n)s"),
    "totals": _("Number %(n)s of the floor"),
    "figures": _("Number %(n)s of each queue"),
    "thresholds": _("Threshold %(n)s"),
    "limits": _("Limit %(n)s"),
    "queues": _("Queue %(n)s"),
}

REQUIREMENTS = {
    "": _("This does not describe a board."),
    "surface": _("A board is for a desk or for a wall."),
    "queues": _("Choose 1 to 200 queues, or every queue."),
    "queues.": _("an extension has digits only, 20 at most"),
    "parts": _("A board has 11 parts at most, each once."),
    "parts.": _("it cannot be read"),
    "parts.kind": _("this version of eqboard has no such part"),
    "parts.span": _("the width must be 3, 4, 6, 8, 9 or 12"),
    "totals": _("A board shows 16 numbers of the floor at most."),
    "totals.": _("it cannot be read"),
    "totals.metric": _("choose what is counted"),
    "totals.window": _("choose over which time it is counted"),
    "figures": _("A board shows 16 numbers of each queue at most."),
    "figures.": _("it cannot be read"),
    "figures.metric": _("choose what is counted"),
    "figures.window": _("choose over which time it is counted"),
    "agents_as": _("Agents are shown as cards, as rows or as a grid."),
    "limits": _("A board has 64 limits at most."),
    "limits.": _("it cannot be read"),
    "limits.state": _("choose a state in which an agent can be for too long"),
    "limits.pause_code": _("choose one of EQ's pause reasons, or any"),
    "limits.warning_seconds": _("the warning must be 1 to 86400 whole seconds, or blank"),
    "limits.critical_seconds": _("the critical value must be 1 to 86400 whole seconds, or blank"),
    "thresholds": _("A board has 200 thresholds at most."),
    "thresholds.": _("it cannot be read"),
    "thresholds.metric": _("choose what is measured"),
    "thresholds.direction": _("choose whether too much or too little is wrong"),
    "thresholds.warning": _("the warning must be a number from 0 to 1000000, or blank"),
    "thresholds.critical": _("the critical value must be a number from 0 to 1000000, or blank"),
    "thresholds.queue": _("an extension has digits only, 20 at most"),
    "thresholds.window": _("choose over which time it is counted"),
    "thresholds.hysteresis": _("“calm again” must be a number from 0 to 1000000"),
    "thresholds.hold_seconds": _("it can be asked to last 0 to 3600 seconds"),
    "thresholds.least_calls": _("it can wait for 0 to 10000 calls"),
    "thresholds.below_promise": _("say with true or false whether its limits are points below the promise"),
    "language": _("Choose one of the languages, or the reader's own."),
    "theme": _("A theme is auto, light or dark."),
    "time_zone": _("This time zone is not known. It is written like Europe/Madrid."),
    "numbers": _("Callers' numbers are shown, shortened or hidden."),
    "hides_names": _("Callers' names are either shown or hidden."),
    "wall": _("Say how large the screen is and from how far it is looked at."),
    "wall.diagonal_inches": _("The screen's diagonal must be 5 to 200 inches."),
    "wall.distance_meters": _("The distance must be 0.3 to 50 meters."),
}


def fault(*path: str | int, sentence: object = None) -> Fault:
    """A fault with its place in words; without a sentence of its own it says what the field must be."""
    said = str(sentence or REQUIREMENTS[key_of(path)])
    if len(path) > 1 and isinstance(path[1], int):
        said = f"{WHERE[str(path[0])] % {'n': path[1] + 1}}: {said}"
    return Fault(path, said if said.endswith(".") else f"{said}.")


def key_of(path: tuple[str | int, ...]) -> str:
    """Its requirement: of the innermost field that has one. "parts." is any one part as a whole."""
    key = ".".join("" if isinstance(each, int) else each for each in path).replace("..", ".")
    while key not in REQUIREMENTS:
        key = key.rpartition(".")[0]
    return key


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_FAULTS]
    return tuple(dict.fromkeys(_fault(each["type"], each["loc"]) for each in found))


def _fault(kind: str, path: tuple[str | int, ...]) -> Fault:
    if kind != "extra_forbidden":
        return fault(*path)
    name = str(path[-1])[:LONGEST_WORD]
    return fault(*path, sentence=_("“%(name)s” is not known to this version of eqboard") % {"name": name})

"""What a board is made of, as a value: chosen by people, kept as JSON, equal for everybody who looks at it."""

from dataclasses import dataclass, field
from enum import StrEnum

from eqboard.floor.levels import Threshold
from eqboard.floor.masking import MaskedNumbers as MaskedNumbers
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.windows import Window


class Surface(StrEnum):
    """Where a board is looked at."""

    DESK = "desk"
    TV = "tv"


class Kind(StrEnum):
    """The parts of a board; each at most once."""

    TOTALS = "totals"  # the floor in a few numbers
    TILES = "tiles"  # a tile for each queue
    TABLE = "table"  # a row for each queue
    WAITING = "waiting"  # callers, next to breach first
    AGENTS = "agents"
    AWAY = "away"  # agents who are signed out
    ABANDONED = "abandoned"  # callers who gave up today
    PARKED = "parked"
    CONFERENCES = "conferences"
    BUDGET = "budget"  # how many more can be missed today
    STAFFING = "staffing"  # agents needed, by Erlang


WALL_KINDS = (Kind.TOTALS, Kind.TILES, Kind.WAITING, Kind.AGENTS, Kind.ABANDONED, Kind.BUDGET)
"""What a wall can show."""


class AgentsAs(StrEnum):
    CARDS = "cards"
    ROWS = "rows"
    GRID = "grid"  # compact: sixty on a screen


COLUMNS = 12
SPANS = (3, 4, 6, 8, 9, 12)


@dataclass(frozen=True, slots=True)
class BoardPart:
    kind: Kind
    span: int = COLUMNS  # of twelve columns, one of SPANS


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on a tile, in a table's column or in the totals."""

    metric: Metric
    window: Window = Window.NOW


@dataclass(frozen=True, slots=True)
class StateLimit:
    """How long an agent may be in a state, or in a pause with a certain code, before that is marked."""

    state: str  # an AgentState
    pause_code: int | None = None  # of a pause: only with this code
    warning_seconds: int | None = None
    critical_seconds: int | None = None


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Wall:
    """The screen and how far away it is looked at: they decide how large the type is, and so how much fits."""

    diagonal_inches: float = 55.0  # 5 to 200
    distance_meters: float = 5.0  # 0.3 to 50


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything that is chosen about a board."""

    surface: Surface = Surface.DESK
    queues: tuple[str, ...] | None = None  # extensions in their order; None: every queue that one may see, by name
    parts: tuple[BoardPart, ...] = ()
    totals: tuple[Figure, ...] = ()  # the numbers of the floor as a whole
    figures: tuple[Figure, ...] = ()  # the numbers of each queue, on its tile or in its row
    agents_as: AgentsAs = AgentsAs.ROWS
    limits: tuple[StateLimit, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    language: str | None = None  # None: the reader's
    theme: Theme = Theme.AUTO
    time_zone: str | None = None  # None: the site's
    numbers: MaskedNumbers = MaskedNumbers.SHOWN
    hides_names: bool = False  # of callers
    wall: Wall = field(default_factory=Wall)


@dataclass(frozen=True, slots=True)
class Targets:
    """What each queue promises: those of its own, and the one of all others."""

    usual: Target = field(default_factory=Target)
    own: tuple[tuple[str, Target], ...] = ()

    def of(self, queue: str) -> Target:
        return next((target for extension, target in self.own if extension == queue), self.usual)


@dataclass(frozen=True, slots=True)
class Board:
    """A board as it is shown. Hashable: equals share one rendering."""

    ref: str  # its place in addresses: the name of a ready one, or a number
    name: str
    spec: Spec
    targets: Targets = field(default_factory=Targets)

"""What the values that a board is made of are called, in the field's standard terms, for whoever chooses among them."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eqboard.boards.spec import AgentsAs, Kind, MaskedNumbers, Surface, Theme
from eqboard.floor.levels import Direction
from eqboard.floor.metrics import Variant
from eqboard.floor.snapshot import AgentState

Terms = dict[StrEnum, Promise]

SURFACES: Terms = {Surface.DESK: _("A desk"), Surface.TV: _("A wall")}

KINDS: Terms = {
    Kind.TOTALS: _("The floor in numbers"),
    Kind.TILES: _("Queues as tiles"),
    Kind.TABLE: _("Queues as a table"),
    Kind.WAITING: _("Callers waiting"),
    Kind.AGENTS: _("Agents"),
    Kind.AWAY: _("Agents signed out"),
    Kind.ABANDONED: _("Abandoned calls"),
    Kind.PARKED: _("Parked calls"),
    Kind.CONFERENCES: _("Conferences"),
    Kind.BUDGET: _("Service-level budget"),
    Kind.STAFFING: _("Agents needed"),
}

DIRECTIONS: Terms = {Direction.HIGH: _("or more"), Direction.LOW: _("or less")}

STATES: Terms = {
    AgentState.PAUSED: _("Paused"),
    AgentState.WRAP_UP: _("Wrap-up"),
    AgentState.ON_CALL: _("On call"),
    AgentState.RINGING: _("Ringing"),
    AgentState.AVAILABLE: _("Available"),
}
"""Those in which an agent can be for too long."""

AGENTS_AS: Terms = {AgentsAs.ROWS: _("Rows"), AgentsAs.CARDS: _("Cards"), AgentsAs.GRID: _("Compact grid")}

MASKED_NUMBERS: Terms = {
    MaskedNumbers.SHOWN: _("Shown"),
    MaskedNumbers.LAST_DIGITS: _("The last three digits"),
    MaskedNumbers.HIDDEN: _("Hidden"),
}

THEMES: Terms = {
    Theme.AUTO: _("The reader's"),
    Theme.LIGHT: pgettext_lazy("theme", "Light"),
    Theme.DARK: pgettext_lazy("theme", "Dark"),
}

VARIANTS: Terms = {
    Variant.ALL: _("Abandons count against us"),
    Variant.CREDIT: _("Early abandons count as met"),
    Variant.LATE: _("Early abandons are left out"),
    Variant.SHORT_CREDIT: _("Short abandons count as met"),
    Variant.SHORT_REMOVED: _("Short abandons are left out"),
    Variant.FLOW: _("Abandons and calls flowed out count against us"),
    Variant.ANSWERED: _("Answered calls only"),
}

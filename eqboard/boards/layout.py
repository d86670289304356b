"""Which strips a board consists of, each a row of fragments, and what each is made from. What stands in them is chosen
in `parts/`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from eqboard.accounts.access import PICK_UP, REMOVE_PARTICIPANT, SIGN_IN_AGENT, STEAL
from eqboard.boards.needs import Needs
from eqboard.boards.parts import agents, calls, parked, planning, queues, rooms, totals, wall
from eqboard.boards.scene import Scene
from eqboard.boards.spec import AgentsAs, Board, BoardPart, Kind, Surface

NOTHING_ELSE = Needs()
Subjects = Iterable[tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Strip:
    """`name` is the DOM id of the container, `kind` begins the ids of what is in it; a subject with the key None is the
    container itself, and only what is in `needs` is known to it. `section` is the template that holds the strip.
    """

    name: str
    kind: str
    template: str
    select: Callable[[Scene], Subjects]
    needs: Needs = NOTHING_ELSE
    section: str = ""


def _health(scene: Scene) -> Subjects:
    yield None, scene.health


NUMBERS = Needs(levels=True, targets=True)
BY_QUEUE = replace(NUMBERS, spec=("queues", "figures"))

HEALTH = Strip("health", "health", "boards/fragments/health.html", _health, Needs(health=True))
TABLE_SUM = Strip("sum", "sum", "boards/fragments/queue_sum.html", queues.sum_row, replace(NUMBERS, spec=("figures",)))
AWAY_COUNT = Strip("away_count", "away_count", "boards/fragments/away_count.html", totals.away_count)
ABANDONED_LISTED = Strip("listed", "listed", "boards/fragments/abandoned_listed.html", calls.abandoned_listed)
WALL_MORE = Strip("more", "more", "boards/fragments/tv_more.html", wall.more, NUMBERS)
WALL_STATES = Strip("states", "states", "boards/fragments/tv_states.html", wall.states)

DESK = {
    Kind.TOTALS: Strip(
        "totals",
        "totals",
        "boards/fragments/totals.html",
        totals.floor_numbers,
        replace(NUMBERS, spec=("totals",)),
        section="boards/parts/totals.html",
    ),
    Kind.TILES: Strip(
        "queues", "queue", "boards/fragments/queue.html", queues.tiles, BY_QUEUE, section="boards/parts/tiles.html"
    ),
    Kind.TABLE: Strip(
        "table", "line", "boards/fragments/queue_row.html", queues.rows, BY_QUEUE, section="boards/parts/table.html"
    ),
    Kind.WAITING: Strip(
        "waiting",
        "call",
        "boards/fragments/waiting_call.html",
        calls.waiting,
        Needs(targets=True, thresholds=True, actions=frozenset({STEAL}), claims=True),
        section="boards/parts/waiting.html",
    ),
    Kind.AGENTS: Strip(
        "agents",
        "agent",
        "boards/fragments/agent.html",
        agents.present,
        Needs(spec=("limits",), actions=agents.ACTIONS, claims=True),
        section="boards/parts/agents.html",
    ),
    Kind.AWAY: Strip(
        "away",
        "away",
        "boards/fragments/away_agent.html",
        agents.away,
        Needs(actions=frozenset({SIGN_IN_AGENT}), claims=True),
        section="boards/parts/away.html",
    ),
    Kind.ABANDONED: Strip(
        "abandoned",
        "gone",
        "boards/fragments/abandoned_call.html",
        calls.abandoned,
        section="boards/parts/abandoned.html",
    ),
    Kind.PARKED: Strip(
        "parked",
        "parked",
        "boards/fragments/parked_call.html",
        parked.parked,
        Needs(actions=frozenset({PICK_UP}), claims=True),
        section="boards/parts/parked.html",
    ),
    Kind.CONFERENCES: Strip(
        "conferences",
        "conference",
        "boards/fragments/conference.html",
        rooms.conferences,
        Needs(actions=frozenset({REMOVE_PARTICIPANT}), claims=True),
        section="boards/parts/conferences.html",
    ),
    Kind.BUDGET: Strip(
        "budget",
        "budget",
        "boards/fragments/budget.html",
        planning.budgets,
        replace(NUMBERS, spec=("queues",)),
        section="boards/parts/budget.html",
    ),
    Kind.STAFFING: Strip(
        "staffing",
        "staffing",
        "boards/fragments/staffing.html",
        planning.staffings,
        Needs(spec=("queues",), targets=True),
        section="boards/parts/staffing.html",
    ),
}

WALL = {
    Kind.TOTALS: Strip(
        "totals",
        "totals",
        "boards/fragments/tv_figure.html",
        wall.totals,
        replace(NUMBERS, spec=("totals",), thresholds=True),
        section="boards/wall/totals.html",
    ),
    Kind.TILES: Strip(
        "queues", "queue", "boards/fragments/tv_queue.html", wall.tiles, BY_QUEUE, section="boards/wall/tiles.html"
    ),
    Kind.WAITING: Strip(
        "waiting",
        "call",
        "boards/fragments/tv_waiting_call.html",
        wall.waiting,
        Needs(targets=True),
        section="boards/wall/waiting.html",
    ),
    Kind.AGENTS: Strip(
        "agents",
        "agent",
        "boards/fragments/tv_agent.html",
        wall.people,
        Needs(spec=("limits",)),
        section="boards/wall/agents.html",
    ),
    Kind.ABANDONED: Strip(
        "abandoned",
        "abandoned",
        "boards/fragments/tv_abandoned.html",
        wall.abandoned,
        section="boards/wall/abandoned.html",
    ),
    Kind.BUDGET: Strip(
        "budget",
        "budget",
        "boards/fragments/tv_budget.html",
        wall.leeway,
        Needs(targets=True),
        section="boards/wall/budget.html",
    ),
}

AGENTS_AS = {
    AgentsAs.CARDS: replace(DESK[Kind.AGENTS], template="boards/fragments/agent_card.html"),
    AgentsAs.ROWS: DESK[Kind.AGENTS],
    AgentsAs.GRID: replace(DESK[Kind.AGENTS], template="boards/fragments/agent_cell.html"),
}

WITHIN = (
    (DESK[Kind.TABLE], TABLE_SUM),
    (DESK[Kind.ABANDONED], ABANDONED_LISTED),
    (DESK[Kind.AWAY], AWAY_COUNT),
    (WALL[Kind.AGENTS], WALL_STATES),
)
"""What stands in the section of another strip."""


def parts_of(board: Board) -> list[tuple[BoardPart, Strip]]:
    """The parts that this board's surface can show, in their order."""
    known = WALL if board.spec.surface is Surface.TV else DESK | {Kind.AGENTS: AGENTS_AS[board.spec.agents_as]}
    return [(part, known[part.kind]) for part in board.spec.parts if part.kind in known]


def strips_of(board: Board) -> list[Strip]:
    beside = [HEALTH, WALL_MORE] if board.spec.surface is Surface.TV else [HEALTH]
    parts = [strip for _, strip in parts_of(board)]
    return [*beside, *parts, *(extra for strip, extra in WITHIN if strip in parts)]

"""The scene that an audience sees of a floor: what it may see and has chosen, graded."""

from dataclasses import dataclass, replace
from datetime import datetime

from eqboard.accounts.access import SEE_NUMBERS, queues_with, seen_queues
from eqboard.boards.audience import Audience
from eqboard.boards.claimed import doings
from eqboard.boards.figures import Basis
from eqboard.boards.grading import grade
from eqboard.boards.health import Health
from eqboard.boards.keys import secret
from eqboard.boards.needs import Needs, narrowed
from eqboard.boards.once import Once
from eqboard.boards.scene import Hands, Scene
from eqboard.boards.spec import Surface
from eqboard.feed.follow import Floor
from eqboard.floor.levels import Levels, indexed
from eqboard.floor.masking import MaskedNumbers, masked
from eqboard.floor.moments import LONG_AGO
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.veil import veil_over
from eqboard.floor.visible import visible

GRADING = Needs(spec=("thresholds",), targets=True, thresholds=True)


def scene_of(
    floor: Floor,
    health: Health,
    audience: Audience,
    day_begins_at: datetime,
    before: Levels,
    once: Once | None = None,
) -> Scene:
    """`day_begins_at`: of the day in which the floor lies. `before`: where its levels stood on the screen before.
    `once`: with what was made for other audiences of this floor.
    """
    once = once or Once()
    board = audience.board
    now = floor.held.sent_at if floor.held else LONG_AGO
    view = once(seen, floor.snapshot, lens_of(audience))
    scene = Scene(
        basis=Basis(view, floor.history, board.targets, now, day_begins_at),
        health=health,
        hands=Hands(audience.rights, floor.snapshot),
        board=board,
        thresholds=indexed(board.spec.thresholds),
        levels=before,
        claims=once(doings, tuple(floor.claims.values()), view) if audience.surface is Surface.DESK else {},
    )
    return replace(scene, levels=once(grade, narrowed(scene, GRADING), before))


@dataclass(frozen=True, slots=True)
class Lens:
    """All that decides what of a floor somebody gets to see. Of queues None means every one."""

    shown: frozenset[str] | None  # queues that they may see and the board has chosen
    allowed: frozenset[str] | None  # that they may see
    told: frozenset[str] | None  # in which they may see numbers
    numbers: MaskedNumbers
    hides_names: bool


def lens_of(audience: Audience) -> Lens:
    spec, rights = audience.board.spec, audience.rights
    told = queues_with(rights, SEE_NUMBERS)
    return Lens(audience.queues, seen_queues(rights), told, spec.numbers, spec.hides_names)


def seen(snapshot: Snapshot, lens: Lens) -> Snapshot:
    """What one may see and the board shows; who calls as far as both the rights and the board tell it."""
    view = visible(snapshot, lens.shown)
    veil = veil_over(view, snapshot, lens.allowed, lens.told)
    return masked(view, lens.numbers, lens.hides_names, secret(), veil)

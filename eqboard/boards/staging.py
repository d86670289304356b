"""The scene that an audience sees of a floor: what it may see and has chosen, graded."""

from dataclasses import replace
from datetime import datetime

from eqboard.accounts.access import SEE_NUMBERS, queues_with, seen_queues
from eqboard.boards.audience import Audience
from eqboard.boards.claimed import doings
from eqboard.boards.figures import Basis
from eqboard.boards.grading import grade
from eqboard.boards.health import Health
from eqboard.boards.keys import secret
from eqboard.boards.scene import Hands, Scene
from eqboard.boards.spec import Surface
from eqboard.feed.follow import Floor
from eqboard.floor.levels import Levels, indexed
from eqboard.floor.masking import masked
from eqboard.floor.moments import LONG_AGO
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.veil import veil_over
from eqboard.floor.visible import visible


def scene_of(floor: Floor, health: Health, audience: Audience, day_begins_at: datetime, before: Levels) -> Scene:
    """`day_begins_at`: of the day in which the floor lies. `before`: where its levels stood on the screen before."""
    board = audience.board
    now = floor.held.sent_at if floor.held else LONG_AGO
    view = _chosen(floor.snapshot, audience)
    scene = Scene(
        basis=Basis(view, floor.history, board.targets, now, day_begins_at),
        health=health,
        hands=Hands(audience.rights, floor.snapshot),
        board=board,
        thresholds=indexed(board.spec.thresholds),
        levels=before,
        claims=doings(floor.claims.values(), view) if audience.surface is Surface.DESK else {},
    )
    return replace(scene, levels=grade(scene, before))


def _chosen(snapshot: Snapshot, audience: Audience) -> Snapshot:
    """What one may see and the board shows; who calls as far as both the rights and the board tell it."""
    spec, rights = audience.board.spec, audience.rights
    view = visible(snapshot, audience.queues)
    veil = veil_over(view, snapshot, seen_queues(rights), queues_with(rights, SEE_NUMBERS))
    return masked(view, spec.numbers, spec.hides_names, secret(), veil)

"""What of a scene a strip is made from. It is given no more, so that what it does not name it cannot depend on."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from eqboard.accounts.access import NOTHING, Rights, limited
from eqboard.boards.health import Health
from eqboard.boards.scene import Hands, Scene
from eqboard.boards.spec import Board, Spec, Targets
from eqboard.floor.levels import Grade, Level, Levels

WELL = Health()
NO_TARGETS = Targets()
STANDING = {grade: Level(grade) for grade in Grade}


@dataclass(frozen=True, slots=True)
class Needs:
    """Besides the floor as it may be seen, its history and its moment, which every strip is given.

    `spec`: names of what is chosen about the board. `actions`: those of which it asks whether one may do them.
    """

    spec: tuple[str, ...] = ()
    actions: frozenset[str] = frozenset()
    targets: bool = False
    thresholds: bool = False
    levels: bool = False
    claims: bool = False
    health: bool = False


def narrowed(scene: Scene, needs: Needs) -> Scene:
    """The scene with only what is needed: of two boards that differ elsewhere it is equal.

    Of levels the grades are left, and no calm ones: since when a number is calm differs by when somebody first looked.
    """
    targets = scene.board.targets if needs.targets else NO_TARGETS
    chosen = {name: getattr(scene.board.spec, name) for name in needs.spec}
    return Scene(
        basis=replace(scene.basis, targets=targets),
        health=scene.health if needs.health else WELL,
        hands=Hands(_asked_of(scene.hands.rights, needs.actions), scene.hands.floor),
        board=Board("", "", Spec(**chosen), targets),
        thresholds=scene.thresholds if needs.thresholds else {},
        levels=_grades(scene.levels) if needs.levels else {},
        claims=scene.claims if needs.claims else {},
    )


def _asked_of(rights: Rights, actions: frozenset[str]) -> Rights:
    """The rights to these actions; grants of none of them say nothing."""
    if not actions:
        return NOTHING
    return Rights(frozenset(grant for grant in limited(rights, actions).grants if grant.actions))


def _grades(levels: Levels) -> Levels:
    """Equal only in the same order: of equal troubles the first is shown, and plain dicts are equal in any."""
    return OrderedDict((key, STANDING[level.grade]) for key, level in levels.items() if level.grade)

"""What an audience sees of the floor, as its board has chosen it: everything that the board's parts are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from eqboard.accounts.access import Rights, actions_on
from eqboard.boards.claimed import Doing
from eqboard.boards.figures import Basis
from eqboard.boards.health import Health
from eqboard.boards.spec import Board
from eqboard.floor.buckets import Tally
from eqboard.floor.history import History
from eqboard.floor.levels import Levels, Thresholds
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.windows import Window


@dataclass(frozen=True, slots=True)
class Hands:
    """What the audience may do. Asked of the whole floor: an action also touches the queues that one does not see."""

    rights: Rights
    floor: Snapshot

    def on(self, agent: int) -> frozenset[str]:
        """Every action that they may do to this agent."""
        return actions_on(self.rights, (each.queue for each in self.floor.agents[agent].signed_in), agent)


@dataclass(frozen=True, slots=True)
class Scene:
    """Its `view` holds only what may leave the server: the queues one may see and has chosen, with callers masked."""

    basis: Basis
    health: Health
    hands: Hands
    board: Board
    thresholds: Thresholds  # the board's
    levels: Levels
    claims: Mapping[str, tuple[Doing, ...]] = field(default_factory=dict)  # by subject: who is at what; none on a wall

    @property
    def view(self) -> Snapshot:
        return self.basis.snapshot

    @property
    def history(self) -> History:
        return self.basis.history

    @property
    def now(self) -> datetime:
        """When the poller last spoke: all of a screen is of that moment."""
        return self.basis.now

    @property
    def queues(self) -> frozenset[str]:
        """Of the queues that are there, those that the board shows."""
        return frozenset(self.view.queues)

    def tally(self, window: Window, queue: str | None = None) -> Tally:
        """What happened in a queue, or in all that are shown."""
        queues = self.queues if queue is None else frozenset({queue})
        return self.basis.tally(queues, window)


def claims_on(scene: Scene, subject: str) -> tuple[Doing, ...]:
    """Who is at it: `call:<key>`, `parked:<key>`, `agent:<id>`, `conference:<extension>`, with the view's keys."""
    return scene.claims.get(subject, ())

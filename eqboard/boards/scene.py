"""What an audience sees of the floor, as its board has chosen it: everything that the board's parts are made from."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from eqboard.accounts.access import Rights, may_do, may_ever, seen_queues
from eqboard.boards.audience import Audience
from eqboard.boards.grading import Levels, grade
from eqboard.boards.health import Health
from eqboard.boards.spec import Board
from eqboard.config import get_config
from eqboard.feed.follow import Floor
from eqboard.floor.buckets import Tally
from eqboard.floor.history import History
from eqboard.floor.masking import masked
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.visible import visible
from eqboard.floor.windows import Window, begin_of

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hands:
    """What the audience may do. Asked of the whole floor: an action also touches the queues that one does not see."""

    rights: Rights
    floor: Snapshot

    def may(self, action: str, agent: int) -> bool:
        return may_do(self.rights, action, (each.queue for each in self.floor.agents[agent].signed_in))

    def may_to_others(self, action: str, agent: int) -> bool:
        """Whether they may do it, but not to this agent."""
        return may_ever(self.rights, action) and not self.may(action, agent)


@dataclass(frozen=True, slots=True)
class Scene:
    """`view` holds only what may leave the server: the queues one may see and has chosen, with callers masked."""

    view: Snapshot
    history: History
    health: Health
    hands: Hands
    board: Board
    levels: Levels
    now: datetime  # when the poller last spoke: all of a screen is of that moment
    day_begins_at: datetime

    @property
    def queues(self) -> frozenset[str]:
        """Of the queues that are there, those that the board shows."""
        return frozenset(self.view.queues)

    def tally(self, window: Window, queue: str | None = None) -> Tally:
        """What happened in a queue, or in all that are shown."""
        queues = self.queues if queue is None else frozenset({queue})
        return self.history.tally(queues, begin_of(window, self.now, self.day_begins_at))


def scene_of(floor: Floor, health: Health, audience: Audience, before: Levels) -> Scene:
    """`before`: where its levels stood on the screen before."""
    board = audience.board
    now = floor.held.sent_at if floor.held else BEFORE_ALL
    scene = Scene(
        view=_chosen(floor.snapshot, audience),
        history=floor.history,
        health=health,
        hands=Hands(audience.rights, floor.snapshot),
        board=board,
        levels=before,
        now=now,
        day_begins_at=get_config().day_begins_at(now) if floor.held else BEFORE_ALL,
    )
    return replace(scene, levels=grade(scene, before))


def _chosen(snapshot: Snapshot, audience: Audience) -> Snapshot:
    spec = audience.board.spec
    allowed = seen_queues(audience.rights)
    wanted = None if spec.queues is None else frozenset(spec.queues)
    queues = allowed if wanted is None else wanted if allowed is None else allowed & wanted
    return masked(visible(snapshot, queues), spec.numbers, hides_names=spec.hides_names)

"""For whom a screen is rendered: everybody with an equal audience shares one rendering."""

from dataclasses import dataclass, replace
from hashlib import blake2b
from zoneinfo import ZoneInfo

from eqboard.accounts.access import Rights, seen_queues
from eqboard.boards.spec import Board, Surface, Targets


@dataclass(frozen=True, slots=True)
class Audience:
    language: str
    rights: Rights
    board: Board

    @property
    def surface(self) -> Surface:
        return self.board.spec.surface

    @property
    def zone(self) -> ZoneInfo | None:
        """In which times are written; None: the site's."""
        return ZoneInfo(self.board.spec.time_zone) if self.board.spec.time_zone else None

    @property
    def queues(self) -> frozenset[str] | None:
        """What the board has chosen of what one may see; None: every queue there is."""
        allowed, chosen = seen_queues(self.rights), self.board.spec.queues
        if chosen is None:
            return allowed
        return frozenset(chosen) if allowed is None else allowed & frozenset(chosen)

    @property
    def way(self) -> tuple[object, ...]:
        """How it is written to: all that a fragment's HTML depends on besides its id and its subject."""
        return self.language, self.zone, self.surface, self.board.spec.agents_as

    @property
    def held_against(self) -> tuple[object, ...]:
        """All that levels depend on besides the numbers: a limit may be points below what is promised."""
        return self.board.spec.thresholds, self.board.targets

    @property
    def frame(self) -> str:
        """What a page shows around the screen, as one word. It does not come by the socket: if it changes, the page has
        to be loaded again.
        """
        spec = self.board.spec
        around = (self.language, self.board.ref, self.board.name, spec.theme.value, spec.time_zone, str(spec.wall))
        return blake2b(repr(around).encode(), digest_size=6).hexdigest()


def audience_for(board: Board, rights: Rights, language: str) -> Audience:
    """Of what queues promise it holds what it shows: a page is not loaded anew for the promise of another queue."""
    audience = Audience(board.spec.language or language, rights, board)
    shown = audience.queues
    if shown is None:
        return audience
    own = tuple((queue, target) for queue, target in board.targets.own if queue in shown)
    return replace(audience, board=replace(board, targets=Targets(board.targets.usual, own)))

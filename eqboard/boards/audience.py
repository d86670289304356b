"""For whom a screen is rendered: everybody with an equal audience shares one rendering."""

from dataclasses import dataclass
from hashlib import blake2b
from zoneinfo import ZoneInfo

from eqboard.accounts.access import Rights
from eqboard.boards.spec import Board, Surface


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
    def frame(self) -> str:
        """What a page shows around the screen, as one word. It does not come by the socket: if it changes, the page has
        to be loaded again.
        """
        spec = self.board.spec
        around = (self.language, self.board.ref, self.board.name, spec.theme.value, spec.time_zone, str(spec.wall))
        return blake2b(repr(around).encode(), digest_size=6).hexdigest()

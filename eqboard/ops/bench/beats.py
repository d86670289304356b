"""What a frame's pulse says, read as the page reads it (static/eqboard/truth.js)."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from eqboard.ops.bench.frames import END_BYTES

PULSE = b'id="pulse"'
NUMBERS = re.compile(PULSE + rb'[^>]*? data-frame="(\d+)"[^>]*? data-seq="(\d+)"')
FACT = re.compile(r'data-([a-z]+)="([^"]*)"')
BANNER = b'id="health" class="banner"'
OF_THE_FLOOR = ("calls", "agents")  # whose age the page tells


@dataclass(frozen=True, slots=True)
class Beat:
    """Moments are UNIX seconds of the poller's clock. `taken_at`: when EQ was asked for what the board shows, by the
    part; None: never yet. `is_lost`: Redis is not heard. `is_old`: the page greys the numbers out, at the latest now.
    """

    epoch: str
    seq: int
    is_lost: bool
    is_old: bool
    taken_at: Mapping[str, float | None]

    def is_of(self, moment: float) -> bool:
        """Whether what the board shows of calls and agents was asked for at that moment, or later."""
        return all((self.taken_at.get(part) or 0.0) >= moment for part in OF_THE_FLOOR)


def numbers_in(message: bytes) -> tuple[int, int] | None:
    """A frame's number and its update's, from its last message, or from the end of that; None for one of the earlier
    ones.
    """
    place = message.rfind(PULSE, -END_BYTES)
    found = NUMBERS.match(message, place) if place >= 0 else None
    return (int(found[1]), int(found[2])) if found else None


def beat_of(frame: bytes) -> Beat:
    """Raises ValueError for what is no frame of a board."""
    place = frame.rfind(PULSE, -END_BYTES)
    facts = dict(FACT.findall(frame[place:].decode())) if place >= 0 else {}
    if not {"now", "lost", "epoch", "seq", "sources"} <= facts.keys():
        raise ValueError("A frame of a board ends with its pulse.")
    sources = {
        part: source for part, source in json.loads(html.unescape(facts["sources"])).items() if part in OF_THE_FLOOR
    }
    now = float(facts["now"])
    return Beat(
        facts["epoch"],
        int(facts["seq"]),
        is_lost=bool(facts["lost"]),
        is_old=any(each["at"] is None or now - each["at"] > each["stale_after"] for each in sources.values()),
        taken_at={part: each["at"] for part, each in sources.items()},
    )

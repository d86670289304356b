"""What became of each reading, told to the log: once when something is lost, and once when it is back."""

import logging
from urllib.parse import urlsplit

from eqboard.config import in_settings
from eqboard.eq import EQError, Rows
from eqboard.floor.assemble.agents import STATES
from eqboard.floor.snapshot import Part, Trouble
from eqboard.poller.lamp import Lamp
from eqboard.poller.rounds import QUICK, Heard, trouble_of

logger = logging.getLogger(__name__)

WHAT_IS_LOST = {
    Trouble.UNREACHABLE: "The connection to EQ at {}",
    Trouble.BROKEN: "The sense of what EQ at {} answers",
    Trouble.REFUSED: "The right to read EQ at {}",
    Trouble.MISSING: "A path of EQ at {}",
}

STRANGE_WORD = "EQ says %r of an agent's state, and eqboard does not know it. Name it in EQBOARD_EQ_DIALECT"
MOST_STRANGE_WORDS, LONGEST_WORD = 20, 40


def address(url: str) -> str:
    """Host and port alone: nothing else of an address belongs into a log."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


class Outcomes:
    """Of the parts. `eq_url`: the log names host and port of it."""

    def __init__(self, eq_url: str) -> None:
        place = address(eq_url)
        self._lamps = {trouble: Lamp(what.format(place), logger) for trouble, what in WHAT_IS_LOST.items()}
        self._row_lamps = {part: Lamp(f"The sense of some rows of EQ's {part}", logger) for part in Part}
        self._errors: dict[Part, EQError] = {}  # of the newest attempt at each part
        self._strange_words: set[str] = set()
        self._lost_to: dict[Trouble, set[Part]] = {trouble: set() for trouble in Trouble}

    @property
    def are_all_bad(self) -> bool:
        """EQ told none of what is asked in every round."""
        return all(part in self._errors for part in QUICK)

    def note(self, heard: Heard) -> None:
        """Each kind of loss is over when every part that it had cost is read again, not when it has become another."""
        well = set(heard.parts) - set(heard.errors)
        self._errors = {part: error for part, error in self._errors.items() if part not in heard.parts}
        self._errors |= heard.errors
        firsts = {trouble_of(error): error for error in reversed(self._errors.values())}
        for trouble, lamp in self._lamps.items():
            lost = self._lost_to[trouble]
            lost -= well
            lost |= {part for part, error in heard.errors.items() if trouble_of(error) is trouble}
            if error := firsts.get(trouble):
                lamp.lost(in_settings(str(error)), error.__cause__)
            elif not lost:
                lamp.back()
        self._note_faults(heard)
        self._note_strange_words(heard)

    def _note_strange_words(self, heard: Heard) -> None:
        """Tell once of each word for a state that the board can only show as unknown."""
        rows = heard.answers.agents if isinstance(heard.answers.agents, Rows) else ()
        said = {row.status for row in rows if row.status and row.status not in STATES}
        for word in sorted(said - self._strange_words):
            if len(self._strange_words) < MOST_STRANGE_WORDS:
                self._strange_words.add(word)
                logger.warning(STRANGE_WORD, word[:LONGEST_WORD])

    def _note_faults(self, heard: Heard) -> None:
        """Tell of rows that make no sense, by the field that is wrong in the first of each part."""
        faults = heard.faults
        for part in heard.parts:
            if fault := faults.get(part):
                self._row_lamps[part].lost(fault)
            elif part not in heard.errors:
                self._row_lamps[part].back()

"""The keys of a telephone (EQ API text, Execute Phone Command), and what they do where somebody could see it.

Volume, menus, hold and the like change nothing that any answer of the EQ API shows; they are accepted all the same.
"""

from __future__ import annotations

import re

from eqboard.simulator.office.extensions import Phone
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Leg, Line, is_connected
from eqboard.simulator.switch.telephones import Telephones

DIGITS = frozenset("0123456789")
MOST_TYPED = 32
OTHER_KEYS = frozenset(
    {
        "up", "down", "left", "right", "enter", "cancel", "volume_up", "volume_down", "headset", "speaker", "mute",
        "menu", "messages", "applications", "directory", "dnd", "conference", "transfer", "redial", "hold", "star",
        "pound",
    }
)  # fmt: skip
NUMBERED_KEY = re.compile(r"(line|soft_key)([1-9][0-9]?)", re.ASCII)
USUAL_MODEL = (2, 4)
MODELS = {  # line keys and soft keys
    "6757i": (9, 12),
    "SPA504G": (4, 4),
    "SoundPoint IP 450": (3, 4),
    "T28P": (6, 4),
    "320": (12, 4),
}


def has_key(phone: Phone, key: str) -> bool:
    """Whether that telephone has such a key."""
    numbered = NUMBERED_KEY.fullmatch(key)
    if numbered is None:
        return key in OTHER_KEYS or key in DIGITS
    lines, soft_keys = MODELS.get(phone.model, USUAL_MODEL)
    return int(numbered[2]) <= (lines if numbered[1] == "line" else soft_keys)


class Keypad:
    """Pressing keys, one after the other."""

    def __init__(self, exchange: Exchange, telephones: Telephones, distributor: Distributor) -> None:
        self._lines = exchange.lines
        self._telephones = telephones
        self._distributor = distributor

    def press(self, extension: str, key: str) -> None:
        """Press a key of the telephone at an extension, at once. An extension that is gone has no telephone."""
        if not self._lines.is_registered(extension):
            return
        line = self._lines.at(extension)
        leg = next(iter(line.legs), None)
        _forget_stale(line, leg)
        if key in DIGITS or key == "star":
            self._type(line, leg, "*" if key == "star" else key)
        elif key == "dnd":
            self._toggle_dnd(line)
        elif leg is None:
            self._press_idle(line, key)
        else:
            self._press_busy(line, leg, key)

    def _type(self, line: Line, leg: Leg | None, letter: str) -> None:
        """Digits count before a call, and after the transfer key; in a conversation they are tones."""
        if (leg is None or line.is_transferring) and len(line.typed) < MOST_TYPED:
            line.typed += letter

    def _toggle_dnd(self, line: Line) -> None:
        line.is_on_dnd = not line.is_on_dnd
        if not line.is_on_dnd:
            self._distributor.offer_to(self._distributor.agents_at(line.extension))

    def _press_idle(self, line: Line, key: str) -> None:
        if key in ("enter", "pound") and line.typed:
            self._dial(line, line.typed)
        elif key == "redial" and line.last_dialled:
            self._dial(line, line.last_dialled)
        elif key == "cancel":
            line.typed = ""

    def _press_busy(self, line: Line, leg: Leg, key: str) -> None:
        if key in ("enter", "pound", "transfer") and line.is_transferring and line.typed:
            destination, line.typed, line.is_transferring = line.typed, "", False
            self._telephones.transfer(leg, destination)
        elif key == "cancel" and line.is_transferring:
            line.typed, line.is_transferring = "", False
        elif key == "transfer":
            line.is_transferring = is_connected(leg)
        elif key in ("enter", "headset", "speaker") or key.startswith("line"):
            self._telephones.answer(leg)
        elif key == "cancel":
            self._telephones.hang_up(leg)
        elif key == "mute":
            self._telephones.mute(leg)

    def _dial(self, line: Line, number: str) -> None:
        line.typed = ""
        self._telephones.dial(line.extension, number)


def _forget_stale(line: Line, leg: Leg | None) -> None:
    """What was typed for a call that is over, or before one that came meanwhile, counts no more."""
    if line.is_transferring:
        if leg is None or not is_connected(leg):
            line.typed, line.is_transferring = "", False
    elif leg is not None:
        line.typed = ""

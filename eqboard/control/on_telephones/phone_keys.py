"""The keys of a telephone, as EQ names them (EQ API text, Execute Phone Command): which one is likely to have, and
what people call them. Pure.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from eqboard.eq.models import Phone
from eqboard.eq.models.rules import PHONE_KEY

USUAL = (4, 4)  # of a model that is not in the list
MODELS = (  # line keys and soft keys, by what EQ says of the model or the telephone says of itself; the first that fits
    (r"6757|6739|9480", (9, 12)),
    (r"6755|6753|9143", (9, 6)),
    (r"SPA ?50[48]", (4, 4)),
    (r"SPA ?509|SPA ?525", (12, 4)),
    (r"SPA ?50[123]", (3, 4)),
    (r"IP_?[ -]?(3[23]|33)\d", (2, 4)),
    (r"IP_?[ -]?(45|55)0", (4, 4)),
    (r"IP_?[ -]?(65|67)0|VVX", (6, 4)),
    (r"T(28|38|46|48)", (6, 4)),
    (r"T(2[0-2]|41|42)", (3, 4)),
    (r"(snom ?)?3[26]0", (12, 4)),
    (r"(snom ?)?(300|7\d\d|8\d\d)", (6, 4)),
)
FEWEST, MOST = 2, 12


@dataclass(frozen=True, slots=True)
class Key:
    """`name` is EQ's; `label` is what people call it; `sign` is what stands on it, where that is no word."""

    name: str
    label: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A telephone's keys by where they are on it."""

    lines: tuple[Key, ...]
    soft_keys: tuple[Key, ...]
    arrows: tuple[Key, ...]
    functions: tuple[Key, ...]
    volume: tuple[Key, ...]
    digits: tuple[Key, ...]


LABELS: dict[str, Promise] = {
    "up": pgettext_lazy("a key", "Up"),
    "down": pgettext_lazy("a key", "Down"),
    "left": pgettext_lazy("a key", "Left"),
    "right": pgettext_lazy("a key", "Right"),
    "enter": pgettext_lazy("a key", "OK"),
    "cancel": pgettext_lazy("a key", "Cancel"),
    "volume_up": pgettext_lazy("a key", "Louder"),
    "volume_down": pgettext_lazy("a key", "Quieter"),
    "headset": pgettext_lazy("a key", "Headset"),
    "speaker": pgettext_lazy("a key", "Speaker"),
    "mute": pgettext_lazy("a key", "Mute"),
    "menu": pgettext_lazy("a key", "Menu"),
    "messages": pgettext_lazy("a key", "Messages"),
    "applications": pgettext_lazy("a key", "Applications"),
    "directory": pgettext_lazy("a key", "Directory"),
    "dnd": pgettext_lazy("a key", "Do not disturb"),
    "conference": pgettext_lazy("a key", "Conference"),
    "transfer": pgettext_lazy("a key", "Transfer"),
    "redial": pgettext_lazy("a key", "Redial"),
    "hold": pgettext_lazy("a key", "Hold"),
    "star": pgettext_lazy("a key", "Star"),
    "pound": pgettext_lazy("a key", "Pound"),
}
SIGNS = {"up": "▲", "down": "▼", "left": "◀", "right": "▶", "volume_up": "+", "volume_down": "−"} | {
    "star": "*",
    "pound": "#",
}
ARROWS = ("up", "left", "enter", "right", "down", "cancel")
FUNCTIONS = (
    *("hold", "transfer", "conference", "redial", "mute", "speaker", "headset", "dnd"),
    *("menu", "messages", "directory", "applications"),
)
DIGITS = (*"123456789", "star", "0", "pound")


def is_key(name: str) -> bool:
    """Whether any telephone may have it."""
    return re.fullmatch(PHONE_KEY, name) is not None


def picture_of(phone: Phone) -> Picture:
    """As many line keys and soft keys as its model is likely to have, from 2 to 12."""
    lines, soft_keys = _counts(f"{phone.model or ''} {phone.user_agent or ''}")
    return Picture(
        lines=tuple(Key(f"line{n}", _("Line %(n)s") % {"n": n}) for n in range(1, lines + 1)),
        soft_keys=tuple(Key(f"soft_key{n}", _("Soft key %(n)s") % {"n": n}) for n in range(1, soft_keys + 1)),
        arrows=tuple(map(_key, ARROWS)),
        functions=tuple(map(_key, FUNCTIONS)),
        volume=tuple(map(_key, ("volume_down", "volume_up"))),
        digits=tuple(map(_key, DIGITS)),
    )


def _key(name: str) -> Key:
    return Key(name, str(LABELS.get(name, name)), SIGNS.get(name, name if name.isdigit() else ""))


def _counts(model: str) -> tuple[int, int]:
    found = next((counts for pattern, counts in MODELS if re.search(pattern, model, re.IGNORECASE)), USUAL)
    lines, soft_keys = (min(max(count, FEWEST), MOST) for count in found)
    return lines, soft_keys

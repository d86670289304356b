"""Words are legible, marks are visible and no two of them are taken for each other: from the token file itself.

Contrast is WCAG 2.2's (1.4.3, 1.4.11). How colours look to eyes that lack a cone is Machado, Oliveira and Fernandes
2009 ("A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0, in linear RGB). How far
apart two colours of small marks must be is Stone, Szafir and Setlur 2014 ("An Engineering Model for Color Difference
as a Function of Size"): the difference in CIELAB that half of those asked notice, which grows as a mark gets smaller.

The shape of each state and the word beside it come first; this is the second line.
"""

import math
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from eqboard.config import ROOT

USUAL = "usual"
SHEET = Path(ROOT, "static/eqboard/tokens.css").read_text()
THEMES = {"light": 0, "dark": 1}

SURFACES = ("ground", "surface", "raised", "sunken", "warning-wash", "critical-wash")
WORDS = ("ink", "ink-quiet", "accent", "warning", "critical", "stale")
FILLED = ("available", "ringing", "on-call", "wrap-up", "paused")
HOLLOW = ("signed-out", "unknown")
STATES = (*FILLED, *HOLLOW)
LEVELS = ("ink-quiet", "warning", "critical")
MARKS = (*STATES, "line-strong")

EYES = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
MADE_FOR = {"red-green": ("protanopia", "deuteranopia"), "blue-yellow": ("tritanopia",)}

# The smallest mark: 0.8 em of 14 px, at 96 to the inch, half a metre away
MARK_DEGREES = math.degrees(0.8 * 14 * 0.0254 / 96 / 0.5)
NOTICED = tuple(0.5 * (a + b / MARK_DEGREES) for a, b in ((10.16, 1.50), (10.68, 3.08), (10.70, 5.74)))


def tokens(block: str) -> dict[str, tuple[str, str]]:
    """The colours that a rule of the sheet gives, by name: light and dark."""
    body = re.search(re.escape(block) + r" \{(.*?)\n  \}", SHEET, re.DOTALL)
    assert body is not None, block
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", body[1])
    return {name: (light, dark) for name, light, dark in found}


PALETTES = {USUAL: tokens("\n  :root")}
PALETTES |= {name: {**PALETTES[USUAL], **tokens(f'[data-palette="{name}"]')} for name in MADE_FOR}

Linear = tuple[float, float, float]


def linear(colour: str) -> Linear:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def mixed(rows: Any, colour: Linear) -> Linear:
    first, second, third = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in rows)
    return first, second, third


def seen(colour: str, eyes: str) -> Linear:
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in mixed(EYES[eyes], linear(colour)))
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: Linear) -> Linear:
    """CIELAB of linear sRGB, under D65."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
        for value in (c / white for c, white in zip(mixed(rows, colour), (0.9505, 1.0, 1.089), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str, eyes: str = "usual") -> float:
    """How far two small marks are from each other, in differences that half of those asked notice."""
    steps = zip(lab(seen(one, eyes)), lab(seen(other, eyes)), NOTICED, strict=True)
    return math.hypot(*((a - b) / noticed for a, b, noticed in steps))


def lightness_apart(one: str, other: str) -> float:
    """The same, for eyes or a print without any colour."""
    return abs(lab(linear(one))[0] - lab(linear(other))[0]) / NOTICED[0]


def is_same_kind(one: str, other: str) -> bool:
    """A filled mark is not taken for a hollow one, whatever their colours."""
    return (one in HOLLOW) == (other in HOLLOW)


def test_the_sheet_gives_every_palette_and_the_menu_offers_it() -> None:
    given = set(re.findall(r'\[data-palette="([\w-]+)"\]', SHEET))
    menu = Path(ROOT, "templates/menu.html").read_text()
    offered = re.search(r'data-choice="palette".*?</fieldset>', menu, re.DOTALL)
    assert offered is not None
    assert given == set(MADE_FOR) == set(re.findall(r'value="([\w-]+)"', offered[0])) - {"auto"}


@pytest.mark.parametrize("name", MADE_FOR)
def test_a_palette_gives_every_state_and_every_level_that_speaks(name) -> None:
    given = set(tokens(f'[data-palette="{name}"]'))
    assert given == {*STATES, "warning", "critical", "warning-wash", "critical-wash"}


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("theme", THEMES)
class TestInEveryPaletteAndTheme:
    @pytest.fixture
    def colours(self, palette: str, theme: str) -> dict[str, str]:
        return {name: pair[THEMES[theme]] for name, pair in PALETTES[palette].items()}

    @pytest.mark.parametrize(("names", "least"), [(WORDS, 4.5), (MARKS, 3.0)], ids=["words", "marks"])
    def test_everything_stands_out_from_every_surface(self, names, least, colours) -> None:
        faint = {
            (name, surface): round(found, 2)
            for name in names
            for surface in SURFACES
            if (found := contrast(colours[name], colours[surface])) < least
        }
        assert not faint

    def test_old_numbers_can_be_read_through_their_hatch(self, colours) -> None:
        assert contrast(colours["stale"], colours["hatch"]) >= 4.5

    def test_a_chosen_button_can_be_read(self, colours) -> None:
        assert contrast(colours["surface"], colours["ink"]) >= 4.5

    def test_states_differ_without_any_colour(self, colours) -> None:
        alike = {
            (one, other): round(found, 2)
            for one, other in combinations(STATES, 2)
            if is_same_kind(one, other) and (found := lightness_apart(colours[one], colours[other])) < 1
        }
        assert not alike

    @pytest.mark.parametrize("eyes", EYES)
    @pytest.mark.parametrize("names", [STATES, LEVELS, ("ink", *LEVELS[1:])], ids=["states", "levels", "ink"])
    def test_no_two_are_taken_for_each_other(self, names, eyes, colours) -> None:
        alike = {
            (one, other): round(found, 2)
            for one, other in combinations(names, 2)
            if (found := apart(colours[one], colours[other], eyes)) < 1
        }
        assert not alike


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(("palette", "eyes"), [(name, eyes) for name, several in MADE_FOR.items() for eyes in several])
@pytest.mark.parametrize("names", [FILLED, HOLLOW, LEVELS], ids=["filled", "hollow", "levels"])
def test_to_the_eyes_a_palette_is_made_for_its_colours_are_twice_as_far_apart(names, palette, eyes, theme) -> None:
    colours = PALETTES[palette]
    near = {
        (one, other): round(found, 2)
        for one, other in combinations(names, 2)
        if (found := apart(colours[one][theme], colours[other][theme], eyes)) < 2
    }
    assert not near

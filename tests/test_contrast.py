"""Words are legible and marks are visible in both themes, from the token file itself (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

from eqboard.config import ROOT

TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        Path(ROOT, "static/eqboard/tokens.css").read_text(),
    )
}
SURFACES = ("ground", "surface", "raised")
WORDS = ("ink", "ink-quiet", "accent", "calm", "warning", "critical", "stale")
MARKS = ("available", "ringing", "on-call", "wrap-up", "paused", "signed-out", "unknown", "line-strong")


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("names", "least"), [(WORDS, 4.5), (MARKS, 3.0)], ids=["words", "marks"])
def test_everything_stands_out_from_its_surface(names, least, surface, theme) -> None:
    faint = {
        name: round(found, 2)
        for name in names
        if (found := contrast(TOKENS[name][theme], TOKENS[surface][theme])) < least
    }
    assert not faint


@pytest.mark.parametrize(("wash", "word"), [("warning-wash", "warning"), ("critical-wash", "critical")])
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_a_banner_can_be_read(wash, word, theme) -> None:
    for name in (word, "ink"):
        assert contrast(TOKENS[name][theme], TOKENS[wash][theme]) >= 4.5

"""What the page keeps of an element by itself (strokes.js): if the server said the same, it would be heard once."""

import re
from pathlib import Path

import pytest

from eqboard.accounts import access
from eqboard.config import ROOT
from eqboard.control.catalogue import CATALOGUE
from eqboard.floor.snapshot import Part

FRAGMENTS = [*Path(ROOT, "templates/boards").rglob("*.html"), *Path(ROOT, "eqboard").rglob("templatetags/*.py")]


def kept_by_the_page() -> set[str]:
    script = Path(ROOT, "static/eqboard/strokes.js").read_text()
    found = re.search(r"const OURS = new Set\(\[(.*?)\]\)", script)
    assert found
    return set(re.findall(r'"([\w-]+)"', found[1]))


def test_no_template_writes_what_the_page_keeps():
    ours = {name for name in kept_by_the_page() if name.startswith("data-")}
    assert "data-count" in ours
    written = {
        name: file.name for file in FRAGMENTS for name in re.findall(r"[\s{](data-[\w-]+)(?=[\s=>{])", file.read_text())
    }
    assert {name: file for name, file in written.items() if name in ours} == {}


ROWS = {
    ".person": access.ON_AGENTS,
    ".row.call": (access.STEAL,),
    ".row.parked": (access.PICK_UP,),
    ".row.conference": (access.REMOVE_PARTICIPANT,),
}


def parts_of(row: str) -> set[Part]:
    """The parts of the floor without which the page lets nobody press what is in such a row (blind.js)."""
    script = Path(ROOT, "static/eqboard/blind.js").read_text()
    found = re.search(r"const OF = {(.*?)};", script, re.DOTALL)
    assert found
    return {Part(part) for part, rows in re.findall(r'(\w+): "(.*?)"', found[1]) if row in re.findall(r"[.\w]+", rows)}


@pytest.mark.parametrize("row", ROWS)
def test_a_button_is_blind_by_the_parts_without_which_its_press_is_refused(row):
    assert [set(CATALOGUE[action].parts) for action in ROWS[row]] == [parts_of(row)] * len(ROWS[row])

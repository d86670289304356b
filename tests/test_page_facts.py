"""What the page keeps of an element by itself (strokes.js): if the server said the same, it would be heard once."""

import re
from pathlib import Path

from eqboard.config import ROOT

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

"""The pulse, the template tags, the build."""

import json
import re

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from eqboard.boards import build
from eqboard.boards.build import build_id
from eqboard.boards.letters import is_control
from eqboard.boards.pulse import pulse
from eqboard.boards.templatetags.board import age, outside, since, until
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Part, Trouble
from tests.boards.htmx import parse
from tests.builders import NOON, ago, snapshot, source


def beat(held, **changes):
    return parse(pulse(held, NOON, 2.5, "build", **changes)).find(id="pulse")


def test_the_pulse_tells_the_servers_clock_and_where_the_feed_is():
    element = beat(Stored("epoch", 17, NOON, snapshot()), frame_number=4)
    assert element.has_attr("hidden")
    assert float(element["data-now"]) == NOON.timestamp()
    facts = [element[f"data-{name}"] for name in ("frame", "epoch", "seq", "build")]
    assert facts == ["4", "epoch", "17", "build"]


def test_the_pulse_tells_each_parts_age_and_trouble():
    floor = snapshot(
        sources=[
            source(Part.AGENTS, every_seconds=1.0, taken_at=ago(2)),
            source(Part.PARKED, every_seconds=3.0, taken_at=None, trouble=Trouble.REFUSED),
        ]
    )
    assert json.loads(beat(Stored("e", 1, NOON, floor))["data-sources"]) == {
        "agents": {"at": ago(2).timestamp(), "stale_after": 2.5, "trouble": None},
        "parked": {"at": None, "stale_after": 7.5, "trouble": "refused"},
    }


def test_before_anything_is_known_the_pulse_beats():
    element = beat(None)
    assert json.loads(element["data-sources"]) == {}
    assert (element["data-epoch"], element["data-seq"]) == ("", "0")


def test_an_epoch_from_outside_stays_in_its_attribute():
    element = beat(Stored('"><script>alert(1)</script>', 1, NOON, snapshot()))
    assert element["data-epoch"] == '"><script>alert(1)</script>'


def test_a_duration_counts_from_its_moment():
    time = parse(since(NOON)).time
    assert (time["data-since"], time.has_attr("data-at-least"), time.text) == (f"{NOON.timestamp():.1f}", False, "")
    assert parse(since(NOON, at_least=True)).time.has_attr("data-at-least")
    assert parse(until(NOON)).time["data-until"] == f"{NOON.timestamp():.1f}"


@pytest.mark.parametrize("tag", [since, until])
def test_a_moment_that_is_not_known_is_a_dash(tag):
    assert parse(tag(None)).text == "–"
    assert parse(tag(None)).find("time") is None


def test_an_age_names_its_parts():
    assert parse(age("calls", "agents")).span["data-age-of"] == "calls agents"


def test_tags_work_from_a_template():
    template = Template('{% load board %}{% since at True %}{% until None %}{% age "calls" %}{{ name|outside }}')
    html = template.render(Context({"at": NOON, "name": "<b>"}))
    assert "&lt;b&gt;" in html
    assert "data-at-least" in html


@given(st.text())
def test_outside_text_keeps_its_length_and_shows_no_control(text):
    element = parse(outside(text)).bdi
    assert element["class"] == ["outside"]
    assert not element.find_all(True)
    assert len(element.text) == len(text)
    assert not any(is_control(letter) for letter in element.text)


def test_outside_text_that_is_none_is_empty():
    assert outside(None) == outside("") == '<bdi class="outside"></bdi>'


def test_text_that_claims_to_be_safe_is_escaped_like_any_other():
    from django.utils.safestring import mark_safe

    assert outside(mark_safe("<b>")) == '<bdi class="outside">&lt;b&gt;</bdi>'


@pytest.mark.parametrize("letter", ["\0", "\x07", "\n", "\x7f", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_controls_are_seen(letter):
    assert outside(f"a{letter}b") == '<bdi class="outside">a�b</bdi>'


@pytest.mark.parametrize("text", ["דנה כהן", "Søren", "名前", "José 😀", "+34 600", "👩‍👩‍👧", "نمی‌دانم"])
def test_names_in_any_script_are_left_alone(text):
    assert parse(outside(text)).text == text


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A project of two files whose build is computed anew each time."""
    for folder in ("templates", "static"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_text("one")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return tmp_path


def test_the_build_is_one_word_and_the_same_in_every_process():
    assert re.fullmatch("[0-9a-f]{12}", build_id())
    assert build_id.__wrapped__() == build_id()


@pytest.mark.parametrize("path", ["templates/a", "static/a", "static/b"])
def test_a_changed_file_is_another_build(tree, path):
    before = build_id.__wrapped__()
    (tree / path).write_text("two")
    assert build_id.__wrapped__() != before


def test_touching_a_file_changes_no_build(tree):
    before = build_id.__wrapped__()
    (tree / "static" / "a").write_text("one")
    assert build_id.__wrapped__() == before

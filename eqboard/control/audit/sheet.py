"""The audit log as a file for spreadsheets: CSV, line by line."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import gettext as _

from eqboard.boards.letters import is_control
from eqboard.boards.templatetags.board import REPLACEMENT
from eqboard.control.audit.telling import Line

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which spreadsheets know UTF-8
BEGINS_A_FORMULA = tuple("=+-@|\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}＠")
FORMULA_AFTER_SEMICOLON = re.compile(rf"(;\s*)([{re.escape(''.join(BEGINS_A_FORMULA))}])")


def heading() -> str:
    names = (
        _("When (%(zone)s)") % {"zone": get_current_timezone_name()},
        _("Person"),
        _("From where"),
        _("Action"),
        _("Done to"),
        _("Destination"),
        _("Reason"),
        _("Outcome"),
        _("What that means"),
        _("Confirmed"),
        _("EQ's answer"),
        _("EQ's words"),
        _("Lasted (seconds)"),
        _("Queues"),
        _("Attempt"),
    )
    return BOM + _as_csv([names])


def rows(lines: Iterable[Line]) -> str:
    return _as_csv(map(_row, lines))


def _row(line: Line) -> Iterator[str]:
    story, first = line.story, line.first
    confirmed_at, lasted = story.confirmed_at, story.lasted_seconds
    yield f"{localtime(first.at):%Y-%m-%d %H:%M:%S}"
    yield first.actor_name
    yield first.address or ""
    yield line.action
    yield first.target_name
    yield line.destination
    yield story.reason
    yield line.outcome
    yield line.plain
    yield f"{localtime(confirmed_at):%Y-%m-%d %H:%M:%S}" if confirmed_at else ""
    yield line.answer
    yield "; ".join(line.eq_words)
    yield "" if lasted is None else f"{lasted:.0f}"
    yield " ".join((*line.queues, *([_("and others")] if line.has_others else [])))
    yield str(first.attempt)


def _as_csv(lines: Iterable[Iterable[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue()


def harmless(cell: str) -> str:
    """Outside text as a cell that no spreadsheet takes for a formula: an apostrophe before it makes it a text."""
    shown = "".join(REPLACEMENT if is_control(letter) else letter for letter in cell)
    shown = FORMULA_AFTER_SEMICOLON.sub(r"\1'\2", shown)  # where a comma stands in numbers, it parts cells
    return f"'{shown}" if shown.strip().startswith(BEGINS_A_FORMULA) else shown

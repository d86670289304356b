"""What a check comes to, as data for machines and as lines for people. Pure."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from eqboard.eq.check import Line, Report, Tone
from eqboard.ops.eqcheck.judging import Verdict


def as_json(report: Report, verdict: Verdict) -> dict[str, Any]:
    """The shape that the package's docstring describes."""
    return {
        "can_run": verdict.can_run,
        "reasons": list(verdict.reasons),
        "warnings": list(verdict.warnings),
        **report.as_json(),
    }


def verdict_lines(verdict: Verdict, width: int) -> Iterator[Line]:
    """`width` is in columns."""
    if verdict.can_run:
        yield Line("The board can run on this server.", Tone.GOOD)
    else:
        yield Line("The board cannot run on this server as it is:", Tone.BAD)
        yield from _items(verdict.reasons, width)
    if verdict.warnings:
        yield Line("Worth knowing:", Tone.DOUBTFUL)
        yield from _items(verdict.warnings, width)


def _items(sentences: Iterable[str], width: int) -> Iterator[Line]:
    for sentence in sentences:
        for text in textwrap.wrap(sentence, width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False):
            yield Line(text)

"""What a check found, as data for machines and as lines for people. Pure; what may not be shown does not get here."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eqboard.eq.check.asking import Result
from eqboard.eq.check.masking import Shown, shown_name
from eqboard.eq.check.replies import Reply
from eqboard.eq.wire import Operation

MOST_LISTED = 40  # unknown fields of one object
NAME_COLUMNS = 36  # of the operation's name in the first line of its part


class Tone(StrEnum):
    """How a line is meant."""

    PLAIN = ""
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Report:
    """All results in the order they came, EQ's clock minus ours, and the text of a dialect file.

    `unsettled_actions` are those that the dialect says nothing of, while some read of this EQ is elsewhere;
    `unseen_states` our words for an agent's status that no row showed, while it has other words for some.
    """

    results: tuple[Result, ...]
    skew_seconds: float | None
    suggestion: str
    unsettled_actions: tuple[Operation, ...] = ()
    unseen_states: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape that the package's docstring describes."""
        return {
            "clock_skew_seconds": None if self.skew_seconds is None else round(self.skew_seconds, 1),
            "operations": [result_as_json(each) for each in self.results],
            "suggestion": self.suggestion,
        }


def result_as_json(result: Result) -> dict[str, Any]:
    reply = result.reply
    return {
        "operation": result.operation.name,
        "request": result.request,
        "asked": reply is not None,
        "why_not": result.why_not or None,
        "requests": result.request_count,
        "status": reply.status if reply else None,
        "seconds": None if reply is None or reply.seconds is None else round(reply.seconds, 3),
        "rows": len(reply.rows) if reply and result.is_read else None,
        "unreadable_rows": result.found[0].unreadable_row_count if result.found else 0,
        "recognised": recognised(result),
        "missing": missing(result),
        "unknown": unknown(result),
        "unreadable": unreadable(result),
        "not_seen": not_seen(result),
        "unknown_words": unknown_words(result),
        "sample": sample(result),
        "error": (reply.sentence or None) if reply else None,
    }


# What was found, told from the top of the answer


def recognised(result: Result) -> list[str]:
    return [each.at(name) for each in result.found for name in each.recognised]


def missing(result: Result) -> list[str]:
    return [each.at(name) for each in result.found for name in each.missing]


def unknown(result: Result) -> list[str]:
    """Their names. Such as are no names of fields are told by their length; of very many, some."""
    names = []
    for each in result.found:
        listed = list(dict.fromkeys(shown_name(key) for key in each.unknown))
        names += [each.at(name) for name in listed[:MOST_LISTED]]
        if len(listed) > MOST_LISTED:
            names.append(each.at("(and more)"))
    return names


def unreadable(result: Result) -> dict[str, str]:
    return {each.at(name): rule for each in result.found for name, rule in each.unreadable.items()}


def not_seen(result: Result) -> list[str]:
    """Where an object may be, and none was."""
    empty = [each.place for each in result.found if each.place and not each.row_count]
    return [place for place in empty if place not in missing(result)]


def unknown_words(result: Result) -> dict[str, list[str]]:
    words: dict[str, set[str]] = {}
    for each in result.found:
        for kind, unknown in each.unknown_words.items():
            words.setdefault(kind, set()).update(unknown)
    return {kind: sorted(each) for kind, each in words.items()}


def sample(result: Result) -> dict[str, Shown] | None:
    return dict(result.found[0].sample) if result.found and result.found[0].row_count else None


# For people


def result_lines(result: Result, width: int) -> Iterator[Line]:
    """One operation: a line with its status and time, and below it what was found. `width` is in columns."""
    reply = result.reply
    if reply is None:
        yield Line(f"{result.operation.name:<{NAME_COLUMNS}}  not asked: {result.why_not}"[:width])
        return
    head, request = _head(result, reply), result.request
    fits = len(f"{head}   {request}") <= width
    yield Line(f"{head}   {request}" if fits else head.rstrip(), _tone(result))
    yield from _wrapped("request", "" if fits else request, width)
    yield from _wrapped("error", reply.sentence, width, Tone.BAD)
    yield from _found_lines(result, width)


def _head(result: Result, reply: Reply) -> str:
    status = "-" if reply.status is None else str(reply.status)
    seconds = "-" if reply.seconds is None else f"{reply.seconds:.3f} s"
    count = len(reply.rows)
    rows = f"{count} row" + ("" if count == 1 else "s") if result.is_read and result.operation.many else ""
    return f"{result.operation.name:<{NAME_COLUMNS}}{status:>5}{seconds:>11}{rows:>12}"


def _tone(result: Result) -> Tone:
    if not result.is_read:
        return Tone.BAD
    is_odd = missing(result) or unknown(result) or unreadable(result) or unknown_words(result)
    return Tone.DOUBTFUL if is_odd else Tone.GOOD


def _found_lines(result: Result, width: int) -> Iterator[Line]:
    if result.reply and result.reply.rows and result.operation.result is str:
        yield from _wrapped("recognised", "paths", width)
    known, lost = recognised(result), missing(result)
    if known:
        all_of_them = f"all {len(known)}"
        some = f"{len(known)} of {len(known) + len(lost)}: {', '.join(known)}"
        yield from _wrapped("recognised", some if lost else all_of_them, width)
    yield from _wrapped("missing", ", ".join(lost), width, Tone.DOUBTFUL)
    yield from _wrapped("unknown", ", ".join(unknown(result)), width, Tone.DOUBTFUL)
    yield from _wrapped("unreadable", _pairs(unreadable(result), ": "), width, Tone.BAD)
    yield from _wrapped("states", _words(unknown_words(result)), width, Tone.DOUBTFUL)
    yield from _wrapped("not seen", ", ".join(not_seen(result)), width)
    yield from _wrapped("sample", _pairs(sample(result) or {}, "="), width)


def _words(words: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(f"unknown of {kind}: {', '.join(each)}" for kind, each in words.items())


def _pairs(values: Mapping[str, Shown], between: str) -> str:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    return ", ".join(f"{name}{between}{text}" for name, text in texts.items())


def _wrapped(title: str, text: str, width: int, tone: Tone = Tone.PLAIN) -> Iterator[Line]:
    """The title, and the text beside it over as many lines as it needs; nothing for an empty text."""
    if not text:
        return
    for number, part in enumerate(textwrap.wrap(text, max(width - 15, 20), break_on_hyphens=False)):
        yield Line(f"  {title if number == 0 else '':<11}  {part}", tone)

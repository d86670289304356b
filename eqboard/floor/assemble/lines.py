"""What goes on at the extensions that somebody looks at."""

import html
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from eqboard.eq import models as eq
from eqboard.eq.wire import Rows
from eqboard.floor.assemble.answers import Taken, steady
from eqboard.floor.snapshot import Line, LineCall, LineState, Trouble

LINE_STATES = {"dialing": LineState.DIALING, "ringing": LineState.RINGING, "up": LineState.UP}


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What EQ said of one extension, and when it was asked, on our clock."""

    asked_at: datetime
    calls: Rows[eq.ActiveCall] | Trouble


def lines_of(
    answers: Mapping[str, LineAnswer], looked_at: Collection[str], previous: Mapping[str, Line], taken: Taken
) -> Mapping[str, Line]:
    """The lines of the extensions that are looked at, as far as anything is known of them."""
    return {
        extension: _line(extension, answers.get(extension), previous.get(extension), taken)
        for extension in sorted(looked_at)
        if extension in answers or extension in previous
    }


def _line(extension: str, answer: LineAnswer | None, old: Line | None, taken: Taken) -> Line:
    """What fails keeps its last calls and is marked; but at an extension that EQ does not know nothing goes on."""
    line = old or Line(extension)
    if answer is None:
        return line
    if answer.calls is Trouble.MISSING:
        return Line(extension, asked_at=answer.asked_at, trouble=Trouble.MISSING)
    if isinstance(answer.calls, Trouble):
        return replace(line, trouble=answer.calls)
    # A row of another extension is none of this one's: an action on it would hit somebody else's call.
    rows = [row for row in answer.calls if row.extension == extension]
    unreadable_count = answer.calls.unreadable_count + len(answer.calls) - len(rows)
    return Line(extension, _calls(rows, line, taken), answer.asked_at, None, unreadable_count)


def _calls(rows: Iterable[eq.ActiveCall], old: Line, taken: Taken) -> tuple[LineCall, ...]:
    before = {call.key: call for call in old.calls}
    calls: dict[str, LineCall] = {}
    for _, row in sorted({_handles(row): row for row in rows}.items()):
        key = _key(row, calls)
        calls[key] = _call(key, row, before.get(key), taken)
    return tuple(sorted(calls.values(), key=_by_beginning))


def _handles(row: eq.ActiveCall) -> tuple[str, ...]:
    """What tells two calls apart. EQ keeps no order (contract §4): who has the simple key must not change."""
    return tuple(each or "" for each in (row.unique_id, row.channel, row.id, row.caller_id_number, row.other_channel))


def _key(row: eq.ActiveCall, taken: Collection[str]) -> str:
    """Every row is a channel that can be hung up, so none is left out, though two may have one unique id."""
    told = row.unique_id or row.channel or row.id or row.caller_id_number or "?"
    others = (f"{told} {number}" for number in range(2, len(taken) + 3))
    return next(key for key in (told, *others) if key not in taken)


def _call(key: str, row: eq.ActiveCall, old: LineCall | None, taken: Taken) -> LineCall:
    """Names are always plain: EQ escapes them in one list and not in another (contract §4)."""
    return LineCall(
        key=key,
        id=row.id,
        unique_id=row.unique_id,
        channel=row.channel,
        other_channel=row.other_channel,
        state=LINE_STATES.get(row.status or "", LineState.UNKNOWN),
        direction=row.direction,
        queue=row.queue,
        caller_number=row.caller_id_number,
        caller_name=_plain(row.caller_id_name),
        connected_number=row.connected_number,
        connected_name=_plain(row.connected_name),
        started_at=steady(taken.ours(row.start_time), old.started_at if old else None),
        answered_at=steady(taken.ours(row.answer_time), old.answered_at if old else None),
        is_recorded=row.recording,
    )


def _plain(name: str | None) -> str | None:
    return html.unescape(name) if name else name


def _by_beginning(call: LineCall) -> tuple[datetime, str]:
    return call.started_at or datetime.max.replace(tzinfo=UTC), call.key

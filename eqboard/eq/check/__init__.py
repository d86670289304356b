"""Asks every read of a live EQ server, never an action, and says what of the answers is understood.

    async with EQ(server, dialect=dialect) as eq:
        report = await check_server(eq, dialect)

`Report.as_json()`, whose names stay as they are:

    clock_skew_seconds   EQ's clock minus ours, exact to a second; null when EQ does not say
    suggestion           the text of a dialect file to use in place of the one in force; "" when nothing is unknown
    operations           one entry for each read of the API, in the order they were asked:
      operation          its name in a dialect: "queued_calls.all"
      request            "GET /queued_calls", by the dialect in force
      asked              whether it was asked at all
      why_not            why it was not asked, or null
      requests           how often it was asked, with other ids
      status             the HTTP status of the answer looked at, or null
      seconds            how long that took, or null
      rows               the rows in it, or null; 1 for an object
      unreadable_rows    those of the rows looked at (some hundred) that cannot be read at all
      recognised         our fields that are there and make sense: "queue", "call.caller_id_name"
      missing            our fields that no row has
      unknown            their fields that the dialect does not know, in their spelling
      unreadable         fields with values that make no sense, and the rule that the first of them breaks
      not_seen           where an object may be, and none was: "call", "voicemail"
      unknown_words      words for a state that the dialect does not know, by kind: {"agent": ["busy"]}
      sample             one row, masked; null when there was none
      error              what is wrong with the answer as a whole, or null

No value is in it that could be somebody's secret, name or number (`masking`).
"""

from collections.abc import Callable, Iterable

from eqboard.eq.check.asking import STEPS, Asker, Result
from eqboard.eq.check.comparing import Found
from eqboard.eq.check.replies import Outcome
from eqboard.eq.check.report import Line, Report, Tone, result_lines
from eqboard.eq.check.suggesting import Gap, lost_path, other_method, suggestion, unseen_states, unsettled_actions
from eqboard.eq.client import EQ
from eqboard.eq.dialect import Dialect
from eqboard.eq.wire import Operation

__all__ = ["Found", "Line", "Outcome", "Report", "Result", "Tone", "check_server", "result_lines"]


async def check_server(
    eq: EQ,
    dialect: Dialect,
    *,
    tell: Callable[[Result], object] = lambda result: None,
    actions: Iterable[str] = (),
) -> Report:
    """Ask every read, one after the other, and compare; `dialect` is the one `eq` speaks.

    `tell` hears each result as it comes. `actions` are operations that will be asked for some day: they are never
    tried, and the report says which of them the dialect has forgotten. No error of EQ is raised: each is in the report.
    How long it takes at most follows from the client's limits, as every operation is asked few times, and a server that
    is silent a few times in a row is left alone.
    """
    asker = Asker(eq, dialect)
    results = []
    for step in STEPS:
        results.append(await asker.take(step))
        tell(results[-1])
    samples = [each.sample for each in results if each.sample]
    unsettled = unsettled_actions(dialect, actions)
    gaps = {**_gaps(results), **{each.name: _unsettled(each) for each in unsettled}}
    return Report(
        results=tuple(results),
        skew_seconds=eq.skew_seconds,
        suggestion=suggestion(dialect, samples, gaps),
        unsettled_actions=tuple(unsettled),
        unseen_states=unseen_states(dialect, samples),
    )


def _gaps(results: list[Result]) -> dict[str, Gap]:
    """What the server does not know as it was asked. Where not even the first path is right, those that could not be
    asked are no better known, and one look into that EQ's text should do for all.
    """
    is_elsewhere = results[0].is_of(Outcome.NO_PATH)
    gaps = {}
    for each in results:
        if each.is_of(Outcome.NO_PATH):
            remark = f"The server does not know {each.request}. Put its own path here:"
            gaps[each.operation.name] = lost_path(each.operation, remark)
        elif each.is_of(Outcome.OTHER_METHOD):
            gaps[each.operation.name] = other_method(each.request)
        elif is_elsewhere and each.reply is None:
            remark = f"{each.request} could not be asked. Another path goes here:"
            gaps[each.operation.name] = lost_path(each.operation, remark)
    return gaps


def _unsettled(action: Operation) -> Gap:
    return lost_path(
        action, f"Actions are never tried. If {action.method} {action.path} is not it, put its own path here:"
    )

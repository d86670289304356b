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

from collections.abc import Callable

from eqboard.eq.check.asking import STEPS, Asker, Result
from eqboard.eq.check.comparing import Found
from eqboard.eq.check.replies import Outcome
from eqboard.eq.check.report import Line, Report, Tone, result_lines
from eqboard.eq.check.suggesting import suggestion
from eqboard.eq.client import EQ
from eqboard.eq.dialect import Dialect

__all__ = ["Found", "Line", "Outcome", "Report", "Result", "Tone", "check_server", "result_lines"]


async def check_server(eq: EQ, dialect: Dialect, *, tell: Callable[[Result], object] = lambda result: None) -> Report:
    """Ask every read, one after the other, and compare; `dialect` is the one `eq` speaks.

    `tell` hears each result as it comes. No error of EQ is raised: each is in the report. How long it takes at most
    follows from the client's limits, as every operation is asked few times, and a server that is silent a few times in
    a row is left alone.
    """
    asker = Asker(eq, dialect)
    results = []
    for step in STEPS:
        results.append(await asker.take(step))
        tell(results[-1])
    return Report(
        results=tuple(results),
        skew_seconds=eq.skew_seconds,
        suggestion=suggestion(dialect, filter(None, (each.sample for each in results)), _lost_paths(results)),
    )


def _lost_paths(results: list[Result]) -> dict[str, str]:
    """The operations whose path the server does not know, and what was asked."""
    lost = [each for each in results if each.reply and each.reply.outcome is Outcome.NO_PATH]
    return {each.operation.name: each.request for each in lost}

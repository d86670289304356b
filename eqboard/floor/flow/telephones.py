"""Callers at telephones that are no agent's: EQ's list of agents shows nothing of those, and the lines do
(`Snapshot.lines`), where somebody looks, as who watches a steal does.
"""

from eqboard.floor.flow.observation import Observation
from eqboard.floor.flow.watch import Departed, handles
from eqboard.floor.snapshot import Caller, Line, LineCall, LineState


def is_reached(seen: Observation, departed: Departed) -> bool:
    """Whether somebody talks with them there: whoever does waits nowhere, so that is sure at once."""
    return any(call.state is LineState.UP for call in _calls_of(seen, departed))


def is_sent_there(seen: Observation, departed: Departed) -> bool:
    """Whether they are there at all: the telephone may still ring for them."""
    return bool(_calls_of(seen, departed))


def _calls_of(seen: Observation, departed: Departed) -> list[LineCall]:
    """Their calls at such telephones, as EQ told when it was asked after they had left."""
    told = frozenset(handles(departed.caller))
    lines = (line for line in seen.after.lines.values() if line.asked_at and line.asked_at >= departed.gone_at)
    calls = (call for line in lines if not _is_agents(seen, line) for call in line.calls)
    return [call for call in calls if not told.isdisjoint(_handles_at(seen, call))]


def _is_agents(seen: Observation, line: Line) -> bool:
    """Of an agent who is signed in, or was a moment ago: their own row tells whose call they took, and from where."""
    agents = (each for floor in (seen.before, seen.after) for each in floor.agents.values())
    return any(each.extension == line.extension and each.signed_in for each in agents)


def _handles_at(seen: Observation, call: LineCall) -> tuple[str, ...]:
    """What the caller can be recognised by: theirs is the other channel there, unless many have it."""
    channel = None if call.unique_id and call.other_channel in seen.shared else call.other_channel
    return handles(Caller(call.unique_id, channel, number=None, name=None))

"""One round of reading: which parts are due, and what EQ answers to each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from eqboard.eq import EQ, EQBroken, EQComplained, EQError, EQUnreachable
from eqboard.eq.wire import Rows
from eqboard.floor.assemble import Answers
from eqboard.floor.snapshot import Part, Trouble

QUICK = (Part.STATISTICS, Part.AGENTS, Part.CALLS)
SLOW = (Part.PARKED, Part.CONFERENCES, Part.SESSIONS)

READS: Mapping[Part, Callable[[EQ], Awaitable[Rows[Any]]]] = {
    Part.STATISTICS: lambda eq: eq.call_queue_statistics.all(),
    Part.AGENTS: lambda eq: eq.call_queue_agents.all(),
    Part.CALLS: lambda eq: eq.queued_calls.all(),
    Part.PARKED: lambda eq: eq.parked_calls.all(),
    Part.CONFERENCES: lambda eq: eq.conferences.all(),
    Part.SESSIONS: lambda eq: eq.active_sessions.agents(),
}


def due_parts(round_number: int, slow_every_rounds: int) -> tuple[Part, ...]:
    """What round 0, 1, 2 … reads; the first reads everything."""
    return (*QUICK, *SLOW) if round_number % slow_every_rounds == 0 else QUICK


def every_seconds(poll_seconds: float, slow_every_rounds: int) -> Mapping[Part, float]:
    """How often each part is meant to be read."""
    return {part: poll_seconds * (slow_every_rounds if part in SLOW else 1) for part in Part}


async def read_parts(eq: EQ, parts: tuple[Part, ...]) -> tuple[Answers, Mapping[Part, EQError]]:
    """Ask for the parts at the same time; what failed is a Trouble in the answers, and the error beside them."""
    outcomes = await asyncio.gather(*(_outcome(eq, part) for part in parts))
    heard: dict[str, Rows[Any] | Trouble] = {}
    errors: dict[Part, EQError] = {}
    for part, outcome in zip(parts, outcomes, strict=True):
        if isinstance(outcome, EQError):
            errors[part] = outcome
            heard[part.value] = trouble_of(outcome)
        else:
            heard[part.value] = outcome
    return Answers(**heard), errors


async def _outcome(eq: EQ, part: Part) -> Rows[Any] | EQError:
    try:
        return await READS[part](eq)
    except EQError as error:
        return error
    except Exception as error:  # one part that nobody can read does not cost the others
        broken = EQBroken(part.value, f"unexpected {type(error).__name__}")
        broken.__cause__ = error
        return broken


def trouble_of(error: EQError) -> Trouble:
    if isinstance(error, EQUnreachable):
        return Trouble.UNREACHABLE
    return Trouble.REFUSED if isinstance(error, EQComplained) else Trouble.BROKEN


def settled_skew_seconds(held: float, seen: float | None) -> float:
    """EQ's clock against ours. A Date header is exact to a second, so small differences are no news and no skew."""
    if seen is None or abs(seen - held) <= 2.0:
        return held
    return 0.0 if abs(seen) <= 2.0 else round(seen)

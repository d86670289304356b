"""Licence, its usage, and the check of the configuration as the JSON objects of contract §3. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from eqboard.simulator.answers.values import JsonObject, whole
from eqboard.simulator.office.configuration import Problem
from eqboard.simulator.office.licence import Licence
from eqboard.simulator.office.sessions import Kind, Sessions


def license_entity(licence: Licence, now: float) -> JsonObject:
    """What the licence allows."""
    return {
        "licensee": licence.licensee,
        "type": licence.type,
        "agents": licence.agents,
        "supervisors": licence.supervisors,
        "issueTime": whole(licence.issued_at),
        "expirationTime": whole(licence.expires_at),
        "valid": licence.is_valid(now),
    }


def license_usage(licence: Licence, sessions: Sessions) -> JsonObject:
    """How many are signed in now."""
    return {
        "agents": len(sessions.active(Kind.AGENT)),
        "supervisors": len(sessions.active(Kind.SUPERVISOR)),
        "exceeded": licence.is_exceeded(sessions),
    }


def configuration_check(problems: Sequence[Problem]) -> JsonObject:
    """Whether all is well, and what is not."""
    return {"ok": not problems, "problems": [asdict(problem) for problem in problems]}

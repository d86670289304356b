"""The licence: how many users may be signed in, and until when (contract §3, Licence and usage). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.sessions import Kind, Sessions
from eqboard.simulator.scenario import Scenario

DAY_SECONDS = 86400
ISSUED_DAYS_AGO = 90
VALID_DAYS = 365


@dataclass(frozen=True, slots=True)
class Licence:
    """`agents` and `supervisors` are how many may be signed in at a time; moments in UNIX seconds."""

    agents: int
    supervisors: int
    issued_at: float
    expires_at: float
    licensee: str = "Example Call Centre"
    type: str = "concurrent"

    def is_valid(self, now: float) -> bool:
        """Whether its time has come, and not passed."""
        return self.issued_at <= now < self.expires_at

    def is_exceeded(self, sessions: Sessions) -> bool:
        """Whether more are signed in than may be. EQ refuses no one for it: it only tells."""
        return self.excess(sessions) > 0

    def excess(self, sessions: Sessions) -> int:
        """How many users are signed in beyond what it allows; a supervisor cannot have an agent's place."""
        agents = len(sessions.active(Kind.AGENT)) - self.agents
        supervisors = len(sessions.active(Kind.SUPERVISOR)) - self.supervisors
        return max(0, agents) + max(0, supervisors)


def licence_for(scenario: Scenario, directory: Directory, now: float) -> Licence:
    """Enough for everybody there is, with some to spare; bought a season ago, at midnight."""
    issued_at = now // DAY_SECONDS * DAY_SECONDS - ISSUED_DAYS_AGO * DAY_SECONDS
    return Licence(
        agents=len(directory.live_agents()) + scenario.spare_agent_licences,
        supervisors=len(directory.live_supervisors()) + scenario.spare_supervisor_licences,
        issued_at=issued_at,
        expires_at=issued_at + VALID_DAYS * DAY_SECONDS,
    )

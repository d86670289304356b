"""Signing in and out, pausing, wrapping up: what an agent's state is made of. Knows nothing of callers' fates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from random import Random

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.ledger.ledger import Ledger
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, Membership
from eqboard.simulator.switch.parties import Call, Line

DEFAULT_SKILL = 3  # EQ API text: "null for default (3 - Normal)"


class Floor:
    """The agents' side of the queues."""

    def __init__(
        self,
        agenda: Agenda,
        directory: Directory,
        ledger: Ledger,
        lines: Mapping[str, Line],
        *,
        pause_time_survives_share: float = 0.0,
    ) -> None:
        """`lines` are the telephones by extension: what an agent does there is part of their state. For a share of the
        agents the rest after a pause counts from its beginning (contract §4).
        """
        self._pause_time_survives_share = pause_time_survives_share
        self._agenda = agenda
        self._lines = lines
        self._directory = directory
        self._ledger = ledger
        self._sign_ins = 0

    def sign_in(self, agent: Agent, skills: Iterable[tuple[str, int]], *, paused: bool = False) -> None:
        """Sign in to queues, each with a skill of 1 to 5; queues the agent is in already stay as they are."""
        now = self._agenda.now
        agent.lines = self._lines
        for extension, skill in skills:
            queue = self._directory.live_queue(extension)
            if queue is None or extension in agent.memberships:
                continue
            self._sign_ins += 1
            agent.memberships[extension] = Membership(extension, skill, self._sign_ins, now, now, paused)
            queue.members[agent.id] = agent

    def sign_out(self, agent: Agent, extensions: Iterable[str]) -> None:
        """Sign out of queues; a call in progress goes on."""
        for extension in list(extensions):
            membership = agent.memberships.get(extension)
            if membership is None:
                continue
            self._close_wrap_up(membership)
            _forget_resume(membership)
            del agent.memberships[extension]
            del self._directory.queues[extension].members[agent.id]
            agent.signed_out_at[extension] = self._agenda.now

    def pause(self, agent: Agent, extensions: Iterable[str], code: int | None) -> None:
        """Pause in queues. A second reason replaces the first (contract §4), and a pause of the system's own is from
        then on the agent's.
        """
        for membership in _memberships(agent, extensions):
            _forget_resume(membership)
            if not membership.paused or membership.pause_code != code:
                membership.rest_since = self._agenda.now
            membership.paused, membership.pause_code = True, code

    def resume(self, agent: Agent, extensions: Iterable[str]) -> None:
        """Take up work again in queues; not being paused there is no mistake."""
        for membership in _memberships(agent, extensions):
            _forget_resume(membership)
            if membership.paused:
                membership.paused, membership.pause_code = False, None
                if not self._pause_time_survives(agent):
                    membership.rest_since = self._agenda.now

    def exit_wrap_up(self, agent: Agent, extensions: Iterable[str]) -> None:
        """End wrap-up in queues, before its time or at it."""
        for membership in _memberships(agent, extensions):
            if self._close_wrap_up(membership):
                membership.rest_since = self._agenda.now

    def wrap_up(self, agent: Agent, call: Call) -> float | None:
        """Begin wrap-up after a queue's caller; returns its length in seconds, inf for unlimited, None for none.

        With wrapUpAllQueues it holds in every queue of the agent, else only in the one the call came from. A row that
        wraps up already, after an earlier call, does so until the later end of both.
        """
        settings = self._directory.queues[call.queue].settings
        if settings.wrap_up_time is None:
            return None
        seconds = float(settings.wrap_up_time) or math.inf
        until = self._agenda.now + seconds
        for membership in _memberships(agent, agent.memberships if settings.wrap_up_all_queues else [call.queue]):
            if membership.wrap_up_until is not None and membership.wrap_up_until >= until:
                continue
            self._close_wrap_up(membership)
            membership.wrap_up_from, membership.wrap_up_until = self._agenda.now, until
            self._ledger.begin_wrap_up(membership, call)
        return seconds

    def end_due_wrap_ups(self, agent: Agent) -> None:
        """End every wrap-up of the agent whose time has come."""
        due = [
            name
            for name, membership in agent.memberships.items()
            if membership.wrap_up_until is not None and membership.wrap_up_until <= self._agenda.now
        ]
        self.exit_wrap_up(agent, due)

    def _pause_time_survives(self, agent: Agent) -> bool:
        return Random(f"pause time {agent.id}").random() < self._pause_time_survives_share

    def _close_wrap_up(self, membership: Membership) -> bool:
        if membership.wrap_up_from is None:
            return False
        self._ledger.end_wrap_up(membership, self._agenda.now - membership.wrap_up_from)
        membership.wrap_up_from = membership.wrap_up_until = None
        return True


def _forget_resume(membership: Membership) -> None:
    if membership.resume_event is not None:
        membership.resume_event.cancel()
        membership.resume_event = None


def _memberships(agent: Agent, extensions: Iterable[str]) -> list[Membership]:
    return [agent.memberships[extension] for extension in extensions if extension in agent.memberships]

"""Agents who are offered nothing for a while, and are offered whoever waits when that is over."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.office.entities import Agent
from eqboard.simulator.switch.floor import Floor
from eqboard.simulator.switch.parties import Call


class Rests:
    """`offer` is what happens to an agent whose rest is over. Seconds are 0 or more."""

    def __init__(self, agenda: Agenda, floor: Floor, offer: Callable[[Agent], None]) -> None:
        self._agenda = agenda
        self._floor = floor
        self._offer = offer

    def leave_alone(self, agent: Agent, seconds: float) -> None:
        """The retry time after a ring no answer. It shows nowhere: the agent is available."""
        agent.not_before = self._agenda.now + seconds
        self._agenda.after(seconds, partial(self._offer, agent))

    def pause(self, agent: Agent, extension: str, seconds: float) -> None:
        """The system pauses the agent in a queue, without a code, and takes them up again (sysResume). Whatever a
        person does about that pause in the meantime ends the system's part in it.
        """
        self._floor.pause(agent, [extension], None)
        agent.memberships[extension].resume_event = self._agenda.after(seconds, partial(self._resume, agent, extension))

    def wrap_up(self, agent: Agent, call: Call) -> None:
        """Wrap-up after a queue's caller, if the queue has it; an unlimited one ends only by the agent."""
        seconds = self._floor.wrap_up(agent, call)
        if seconds is not None and seconds < math.inf:
            self._agenda.after(seconds, partial(self._end_wrap_up, agent))

    def _resume(self, agent: Agent, extension: str) -> None:
        self._floor.resume(agent, [extension])
        self._offer(agent)

    def _end_wrap_up(self, agent: Agent) -> None:
        self._floor.end_due_wrap_ups(agent)
        self._offer(agent)

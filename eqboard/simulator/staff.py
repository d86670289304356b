"""The agents' day: shifts, breaks with pause codes, going home and coming back."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Protocol

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.directory import Directory
from eqboard.simulator.entities import Agent, PauseCode
from eqboard.simulator.scenario import Scenario

PATIENCE_AT_END_OF_SHIFT_SECONDS = 20.0


class Desk(Protocol):
    """What the staff may do to its own state."""

    def report_for_work(self, agent: Agent) -> None: ...
    def go_home(self, agent: Agent) -> None: ...
    def pause(self, agent: Agent, code: int | None) -> None: ...
    def resume(self, agent: Agent) -> None: ...


class Staff:
    """Plans each agent's next move, one at a time."""

    def __init__(self, agenda: Agenda, directory: Directory, desk: Desk, scenario: Scenario, rng: Random) -> None:
        self._agenda = agenda
        self._directory = directory
        self._desk = desk
        self._scenario = scenario
        self._rng = rng

    def begin(self) -> None:
        """The first agents are at work at once, somewhere within their shift; the others come later."""
        agents = self._directory.live_agents()
        at_work = set(self._rng.sample(range(len(agents)), round(len(agents) * self._scenario.present_share)))
        for place, agent in enumerate(agents):
            if place in at_work:
                self._arrive(agent, portion=self._rng.random())
            elif self._scenario.shift is not None:
                self._agenda.after(self._scenario.away.draw(self._rng), partial(self._arrive, agent))

    def _arrive(self, agent: Agent, portion: float = 1.0) -> None:
        self._desk.report_for_work(agent)
        self._plan_break(agent, portion)
        if self._scenario.shift is not None:
            shift = self._scenario.shift.draw(self._rng) * portion
            self._agenda.after(shift, partial(self._end_shift, agent))

    def _plan_break(self, agent: Agent, portion: float = 1.0) -> None:
        if self._scenario.break_every is not None:
            worked = self._scenario.break_every.draw(self._rng) * portion
            self._agenda.after(worked, partial(self._take_break, agent, agent.session_since))

    def _take_break(self, agent: Agent, shift: float | None) -> None:
        """A break belongs to a shift: once the agent has gone home its plans are void."""
        if agent.session_since is None or agent.session_since != shift:
            return
        code = self._choose_code()
        self._desk.pause(agent, code.id)
        # Between half and one and a half of what is usual for the code.
        length = code.usual_seconds * self._rng.uniform(0.5, 1.5)
        self._agenda.after(length, partial(self._come_back, agent, shift))

    def _choose_code(self) -> PauseCode:
        codes = [code for code in self._directory.pause_codes.values() if not code.deleted]
        if self._rng.random() < self._scenario.lunch_share:
            return codes[0]
        return self._rng.choices(codes, [code.weight for code in codes])[0]

    def _come_back(self, agent: Agent, shift: float | None) -> None:
        if agent.session_since is not None and agent.session_since == shift:
            self._desk.resume(agent)
            self._plan_break(agent)

    def _end_shift(self, agent: Agent) -> None:
        """Nobody leaves in mid-call: the agent pauses, and looks again in a moment."""
        if agent.is_busy:
            self._desk.pause(agent, None)
            self._agenda.after(PATIENCE_AT_END_OF_SHIFT_SECONDS, partial(self._end_shift, agent))
            return
        self._desk.go_home(agent)
        self._agenda.after(self._scenario.away.draw(self._rng), partial(self._arrive, agent))

"""The agents' day: shifts, breaks with pause codes, going home and coming back."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Protocol

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, PauseCode
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.scenario import Scenario

PATIENCE_AT_END_OF_SHIFT_SECONDS = 20.0
USUAL_BREAK_SECONDS = 600.0  # where there is no pause code to say


class Desk(Protocol):
    """What the staff may do to its own state."""

    def report_for_work(self, agent: Agent) -> None: ...
    def go_home(self, agent: Agent) -> None: ...
    def is_led(self, agent: Agent) -> bool: ...
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
        if not self._comes_in(agent):
            self._come_later(agent)
            return
        self._plan_break(agent, portion)
        if self._scenario.shift is not None:
            shift = self._scenario.shift.draw(self._rng) * portion
            self._agenda.after(shift, partial(self._end_shift, agent))

    def _comes_in(self, agent: Agent) -> bool:
        """Not who is deleted, not who is signed in through the API by somebody, not who finds the desk taken."""
        if agent.deleted or self._desk.is_led(agent):
            return False
        try:
            self._desk.report_for_work(agent)
        except Refusal:
            return False
        return True

    def _come_later(self, agent: Agent) -> None:
        if self._scenario.shift is not None:
            self._agenda.after(self._scenario.away.draw(self._rng), partial(self._arrive, agent))

    def _plan_break(self, agent: Agent, portion: float = 1.0) -> None:
        if self._scenario.break_every is not None:
            worked = self._scenario.break_every.draw(self._rng) * portion
            self._agenda.after(worked, partial(self._take_break, agent, agent.session_since))

    def _take_break(self, agent: Agent, shift: float | None) -> None:
        if not self._is_on_shift(agent, shift):
            return
        code = self._choose_code()
        self._desk.pause(agent, code.id if code else None)
        # Between half and one and a half of what is usual for the code.
        length = (code.usual_seconds if code else USUAL_BREAK_SECONDS) * self._rng.uniform(0.5, 1.5)
        self._agenda.after(length, partial(self._come_back, agent, shift))

    def _is_on_shift(self, agent: Agent, shift: float | None) -> bool:
        """A break belongs to a shift: once the agent has gone home, or is led by somebody, its plans are void."""
        return agent.session_since is not None and agent.session_since == shift and not self._desk.is_led(agent)

    def _choose_code(self) -> PauseCode | None:
        codes = self._directory.live_pause_codes()
        if not codes:
            return None
        if self._rng.random() < self._scenario.lunch_share:
            return codes[0]
        return self._rng.choices(codes, [code.weight for code in codes])[0]

    def _come_back(self, agent: Agent, shift: float | None) -> None:
        if self._is_on_shift(agent, shift):
            self._desk.resume(agent)
            self._plan_break(agent)

    def _end_shift(self, agent: Agent) -> None:
        """Nobody leaves in mid-call: the agent pauses, and looks again in a moment."""
        if self._desk.is_led(agent):
            self._come_later(agent)
            return
        if agent.is_busy:
            self._desk.pause(agent, None)
            self._agenda.after(PATIENCE_AT_END_OF_SHIFT_SECONDS, partial(self._end_shift, agent))
            return
        self._desk.go_home(agent)
        self._come_later(agent)

"""The agents' day: shifts, breaks with pause codes, going home and coming back.

A trainer's hand outranks their own plans, but for the end of the shift: whom it sends home stays away, and whom it
pauses stays paused, until it brings them back or their next coming or going that was planned anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from functools import partial
from random import Random
from typing import Protocol

from eqboard.simulator.agenda import Agenda, Event
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, PauseCode
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.scenario import NEVER, Scenario

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

    def __init__(
        self,
        agenda: Agenda,
        directory: Directory,
        desk: Desk,
        scenario: Scenario,
        rng: Random,
        zone: tzinfo = UTC,
    ) -> None:
        self._agenda = agenda
        self._directory = directory
        self._desk = desk
        self._scenario = scenario
        self._rng = rng
        self._zone = zone
        self._lunched: dict[
            int, float | None
        ] = {}  # by agent id: the shift, by its beginning, in which they had lunch last
        self._breaks: dict[int, Event] = {}  # by agent id: the next beginning or end of a break, one at a time

    def begin(self) -> None:
        """The first agents are at work at once, somewhere within their shift; the others come later."""
        agents = self._directory.live_agents()
        at_work = self._first_at_work(agents)
        for agent in agents:
            if agent.id in at_work:
                self._arrive(agent, portion=self._rng.random())
            else:
                self._come_later(agent)

    # A trainer's hand

    def bring_in(self, agent: Agent) -> None:
        """At work, in every bound queue, and free; breaks are planned anew. Refusal: see `World.report_for_work`."""
        self._desk.report_for_work(agent)
        self._plan_break(agent)

    def hold(self, agent: Agent, code: int | None) -> None:
        """Paused until brought back: no break of their own ends it. Who is at home comes in for that; Refusal as for
        `bring_in`.
        """
        if not agent.memberships:
            self._desk.report_for_work(agent)
        self._cancel_break(agent)
        self._desk.pause(agent, code)

    def send_home(self, agent: Agent) -> None:
        """Away until brought back, or until the next arrival that was planned anyway."""
        self._desk.go_home(agent)

    def some_of(self, agents: Sequence[Agent], share: float) -> list[Agent]:
        """A share (0 to 1) of the agents, rounded, drawn by the world's dice."""
        return self._rng.sample(agents, round(len(agents) * share))

    # Their own plans

    def _first_at_work(self, agents: Sequence[Agent]) -> set[int]:
        """Their ids."""
        roster = self._scenario.roster
        if roster is None:
            at_work = self.some_of(agents, self._scenario.present_share)
        else:
            at_work = [agent for agent in agents if roster.is_at_work(agent.id, self._agenda.now, self._zone)]
        return {agent.id for agent in at_work}

    def _arrive(self, agent: Agent, portion: float = 1.0) -> None:
        if not self._comes_in(agent):
            self._come_later(agent)
            return
        self._plan_break(agent, portion)
        seconds = self._seconds_to_work(agent, portion)
        if seconds is not None:
            self._agenda.after(seconds, partial(self._end_shift, agent))

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
        seconds = self._seconds_away(agent)
        if seconds is not None:
            self._agenda.after(seconds, partial(self._arrive, agent))

    def _seconds_to_work(self, agent: Agent, portion: float) -> float | None:
        """Until the agent's shift ends, of which that portion (0 to 1) is still to come; None for ever."""
        roster, shift = self._scenario.roster, self._scenario.shift
        if roster is not None:
            return roster.seconds_to_departure(agent.id, self._agenda.now, self._zone)
        return shift.draw(self._rng) * portion if shift is not None else None

    def _seconds_away(self, agent: Agent) -> float | None:
        """Until the agent comes to work; None for never."""
        roster = self._scenario.roster
        if roster is not None:
            return roster.seconds_to_arrival(agent.id, self._agenda.now, self._zone)
        return self._scenario.away.draw(self._rng) if self._scenario.shift is not None else None

    def _seconds_to_lunch(self, agent: Agent) -> float:
        roster = self._scenario.roster
        return roster.seconds_to_lunch(agent.id, self._agenda.now, self._zone) if roster is not None else NEVER

    def _plan_break(self, agent: Agent, portion: float = 1.0) -> None:
        if self._scenario.break_every is not None:
            worked, lunch = self._scenario.break_every.draw(self._rng) * portion, self._seconds_to_lunch(agent)
            take_break = partial(self._take_break, agent, agent.session_since, is_lunch=lunch <= worked)
            self._plan(agent, min(worked, lunch), take_break)

    def _plan(self, agent: Agent, seconds: float, action: Callable[[], None]) -> None:
        self._cancel_break(agent)
        self._breaks[agent.id] = self._agenda.after(seconds, action)

    def _cancel_break(self, agent: Agent) -> None:
        event = self._breaks.pop(agent.id, None)
        if event is not None:
            event.cancel()

    def _take_break(self, agent: Agent, shift: float | None, *, is_lunch: bool) -> None:
        if not self._is_on_shift(agent, shift):
            return
        code = self._choose_code(agent, shift, is_lunch=is_lunch)
        self._desk.pause(agent, code.id if code else None)
        # Between half and one and a half of what is usual for the code.
        length = (code.usual_seconds if code else USUAL_BREAK_SECONDS) * self._rng.uniform(0.5, 1.5)
        self._plan(agent, length, partial(self._come_back, agent, shift))

    def _is_on_shift(self, agent: Agent, shift: float | None) -> bool:
        """A break belongs to a shift: once the agent has gone home, or is led by somebody, its plans are void."""
        return agent.session_since is not None and agent.session_since == shift and not self._desk.is_led(agent)

    def _choose_code(self, agent: Agent, shift: float | None, *, is_lunch: bool) -> PauseCode | None:
        """The first code is lunch: once in a shift, and for who has a time for it at no other."""
        codes = self._directory.live_pause_codes()
        if not codes:
            return None
        others = codes[1:] or codes
        if self._scenario.roster is None and self._lunched.get(agent.id) != shift:
            is_lunch, others = self._rng.random() < self._scenario.lunch_share, codes
        code = codes[0] if is_lunch else self._rng.choices(others, [code.weight for code in others])[0]
        if code is codes[0]:
            self._lunched[agent.id] = shift
        return code

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

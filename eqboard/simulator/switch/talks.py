"""Agents at their telephones: a queue's caller rings there, talks with them, and is let go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from eqboard.simulator.office.entities import Agent
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Call, Leg, LegStatus, Place


class Talks:
    """The agent's part in what their queues give them. Whoever ends one has to look after the agent's next call."""

    def __init__(self, exchange: Exchange) -> None:
        self.on_talk: Callable[[Call], None] = lambda call: None  # a conversation has begun: what will come of it?
        self.on_free: Callable[[str], None] = lambda extension: None  # a telephone where the agent is no more
        self._exchange = exchange

    def ring(self, agent: Agent, call: Call) -> None:
        """The agent's telephone rings for a caller."""
        agent.ringing, agent.ringing_since = call, self._exchange.now
        agent.leg = self._open_leg(agent, call, LegStatus.RINGING)
        call.ringing.append(agent)

    def stop_ringing(self, call: Call, answered_by: Agent | None = None) -> list[Agent]:
        """Every telephone stops that rings for a caller. Returns whose they are."""
        if call.ring_event is not None:
            call.ring_event.cancel()
            call.ring_event = None
        agents, call.ringing = call.ringing, []
        for agent in agents:
            agent.ringing = None
            if agent is not answered_by:
                self._close_leg(agent)
            self.rest(agent)
        return agents

    def rung_at(self, leg: Leg) -> Agent | None:
        """Whose telephone it is that rings for a queue."""
        call = leg.peer
        return next((agent for agent in call.ringing if agent.leg is leg), None) if isinstance(call, Call) else None

    def begin(self, call: Call, agent: Agent) -> None:
        """The caller and the agent begin to talk."""
        leg = agent.leg = agent.leg or self._open_leg(agent, call, LegStatus.UP)
        leg.status, leg.answered_at = LegStatus.UP, self._exchange.now
        call.place, call.agent, call.answered_at = Place.TALKING, agent, self._exchange.now
        call.peer, agent.call = leg, call
        self.on_talk(call)

    def end(self, call: Call) -> Agent:
        """They talk no more, and the caller is nowhere. Returns the agent."""
        agent = call.agent
        if agent is None:
            raise RuntimeError("a conversation has an agent")
        spoken = self._exchange.now - call.answered_at
        call.talk_left = max(0.0, call.talk_left - spoken)
        call.forget_plans()
        self._close_leg(agent)
        call.place, call.peer = Place.GONE, None
        call.agent = agent.call = None
        return agent

    def rest(self, agent: Agent) -> None:
        """The agent's present rest, available or paused, begins."""
        for membership in agent.memberships.values():
            membership.rest_since = self._exchange.now

    def _open_leg(self, agent: Agent, call: Call, status: LegStatus) -> Leg:
        return self._exchange.lines.open(agent.extension, status, call_id=call.id, name=agent.name, peer=call)

    def _close_leg(self, agent: Agent) -> None:
        leg, agent.leg = agent.leg, None
        if leg is None:
            return
        self._exchange.lines.close(leg)
        if leg.extension != agent.extension or agent.session_since is None:  # another may sit there now
            self._exchange.agenda.after(0.0, partial(self.on_free, leg.extension))

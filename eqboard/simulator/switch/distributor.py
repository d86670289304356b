"""The queues: agents' telephones ring for those who wait, conversations begin and end. In exact time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.office.entities import Agent, AgentState, Queue, state_of
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.floor import Floor
from eqboard.simulator.switch.parties import Call, Leg, Place
from eqboard.simulator.switch.rests import Rests
from eqboard.simulator.switch.strategies import Candidate, choose, rung_in_round
from eqboard.simulator.switch.talks import Talks
from eqboard.simulator.switch.turns import has_turn, turns

AUTO_ANSWER_SECONDS = (0.1, 0.4)  # how soon a telephone answers that does so by itself: one short ring


class Distributor:
    """Every public method leaves the floor in a lawful state, but for callers and agents it hands back.

    How callers get in is the entrance's.
    """

    def __init__(self, exchange: Exchange, floor: Floor, talks: Talks) -> None:
        self._exchange = exchange
        self._talks = talks
        self._rests = Rests(exchange.agenda, floor, self.distribute_for)

    # Callers in queues

    def hang_up(self, call: Call) -> None:
        """A caller hangs up who waits or talks with their agent: abandoned, or completed."""
        if call.place is Place.WAITING:
            self._turn_out(call, Fact.ABANDONED)
        elif call.place is Place.TALKING:
            self._exchange.ledger.write(call, Fact.COMPLETED)
            agent = self._talks.end(call)
            self._exchange.forget(call)
            self.release(agent, call)

    def take_out(self, call: Call) -> list[Agent]:
        """Take a waiting caller out of the queue. Returns agents who stopped ringing: see `offer_to`."""
        freed = self._talks.stop_ringing(call)
        del self._queue_of(call).waiting[call.id]
        for event in call.events():
            event.cancel()
        call.place = Place.GONE
        return freed

    def withdraw(self, agent: Agent) -> None:
        """Stop the ringing at an agent who may no longer be offered calls; the caller is offered anew."""
        if agent.ringing is not None:
            queue = self._queue_of(agent.ringing)
            self._talks.stop_ringing(agent.ringing)
            self.distribute([queue])

    def distribute(self, queues: Iterable[Queue]) -> None:
        """Offer waiting callers to free agents: heavier queues first, then whoever waits longest.

        That order is the whole of the queue weight. It holds among all queues that want the same free agents, those
        included that nobody asked about here: several callers may become ready in one moment, one event after another.
        """
        rivals = self._rivals(queues)
        for queue, call in turns(rivals.values(), self._exchange.now):
            if queue.extension in rivals and not self._offer(queue, call):
                del rivals[queue.extension]  # nobody is free for it
                if not rivals:
                    return

    def distribute_for(self, agent: Agent) -> None:
        """Offer callers in all queues of an agent who has just become free."""
        self.distribute(self._exchange.directory.queues[extension] for extension in agent.memberships)

    def offer_to(self, agents: Iterable[Agent]) -> None:
        """Offer callers to agents whose telephone has stopped ringing."""
        for agent in agents:
            self.distribute_for(agent)

    def telephone_freed(self, extension: str) -> None:
        """Whoever sits there rests after a call that no queue gave them, without wrap-up, and may be offered others."""
        for agent in self.agents_at(extension):
            self._talks.rest(agent)
            self.distribute_for(agent)

    def leave_alone(self, extension: str, call: Call) -> None:
        """Whoever sits there did not take a caller of that queue whom it did not offer: they get the retry time too."""
        for agent in self.agents_at(extension):
            self._rests.leave_alone(agent, self._queue_of(call).settings.agent_retry_time or 0)

    def agents_at(self, extension: str) -> list[Agent]:
        """Who takes calls of queues at that telephone: one at most, unless two share an extension."""
        agents = self._exchange.directory.agents.values()
        return [agent for agent in agents if agent.extension == extension and agent.memberships]

    def _rivals(self, queues: Iterable[Queue]) -> dict[str, Queue]:
        """Of these queues, and of those that want the same free agents, all in which it is somebody's turn."""
        now, known = self._exchange.now, self._exchange.directory.queues
        found: dict[str, Queue] = {}
        ahead = list(queues)
        while ahead:
            queue = ahead.pop()
            if queue.extension in found or not has_turn(queue, now):
                continue
            free = [agent for agent in queue.members.values() if self._may_be_offered(agent, queue)]
            if free:
                found[queue.extension] = queue
                ahead += [known[extension] for agent in free for extension in agent.memberships]
        return found

    def _offer(self, queue: Queue, call: Call) -> bool:
        candidates = [
            _as_candidate(agent, queue) for agent in queue.members.values() if self._may_be_offered(agent, queue)
        ]
        strategy = queue.settings.ring_strategy
        chosen = choose(strategy, candidates, tried=call.tried, last=queue.last_offered, rng=self._exchange.rng)
        if not chosen:
            return False
        if chosen[0].agent in call.tried:
            everybody = (_as_candidate(agent, queue) for agent in queue.members.values())
            call.tried -= rung_in_round(strategy, chosen[0], everybody)
        self._ring(queue, call, chosen)
        return True

    def _may_be_offered(self, agent: Agent, queue: Queue) -> bool:
        # On a busy floor nearly everybody is out at the first question.
        if state_of(agent, agent.memberships[queue.extension]) is not AgentState.AVAILABLE or agent.is_on_dnd:
            return False
        # No switch rings a telephone that is not there (Asterisk: invalid, unavailable).
        return agent.not_before <= self._exchange.now and self._exchange.lines.is_registered(agent.extension)

    def _queue_of(self, call: Call) -> Queue:
        return self._exchange.directory.queues[call.queue]

    def time_out(self, call: Call) -> None:
        """A waiting caller has to leave: after maxWaitTime, or a ring no answer in a queue without retry."""
        self._turn_out(call, Fact.TIMED_OUT)

    def close_out(self, call: Call) -> None:
        """A waiting caller loses their line, as the queue is deleted."""
        self._turn_out(call, Fact.CLOSED)

    def _turn_out(self, call: Call, fact: Fact) -> None:
        self._exchange.ledger.write(call, fact)
        freed = self.take_out(call)
        self._exchange.forget(call)
        self.offer_to(freed)

    # Telephones

    def answer(self, leg: Leg) -> None:
        """The agent whose telephone rings picks it up now."""
        agent = self._talks.rung_at(leg)
        if agent is not None and agent.ringing is not None:
            self._answer(agent.ringing, agent)

    def reject(self, leg: Leg) -> None:
        """The agent whose telephone rings sends the caller away: a ring no answer before its time.

        With others it goes on ringing, from the beginning; this agent is left alone for the retry time.
        """
        agent = self._talks.rung_at(leg)
        if agent is None or agent.ringing is None:
            return
        call, queue = agent.ringing, self._queue_of(agent.ringing)
        if len(call.ringing) == 1:
            self._ring_in_vain(queue, call)
            return
        self._talks.stop_ringing(call)
        self._exchange.ledger.ring_out(call, [agent])
        self._rests.leave_alone(agent, queue.settings.agent_retry_time or 0)
        self.distribute([queue])

    def _ring(self, queue: Queue, call: Call, chosen: list[Candidate]) -> None:
        timeout = queue.settings.agent_timeout
        answers: list[tuple[float, int]] = []
        for candidate in chosen:
            agent = self._exchange.directory.agents[candidate.agent]
            self._talks.ring(agent, call)
            call.tried.add(agent.id)
            queue.last_offered = (candidate.order, candidate.agent)
            answers.append((self._draw_pick_up(queue), agent.id))
        seconds, quickest = min(answers)
        if timeout is None or seconds < timeout:
            answer = partial(self._answer, call, self._exchange.directory.agents[quickest])
            call.ring_event = self._exchange.agenda.after(seconds, answer)
        else:
            call.ring_event = self._exchange.agenda.after(timeout, partial(self._ring_out, queue, call))

    def _draw_pick_up(self, queue: Queue) -> float:
        """Seconds until the telephone is answered; with autoAnswerAcd it answers by itself, every time."""
        rng = self._exchange.rng
        if queue.settings.auto_answer_acd:
            return rng.uniform(*AUTO_ANSWER_SECONDS)
        return self._exchange.scenario.draw_pick_up(rng)

    def _ring_out(self, queue: Queue, call: Call) -> None:
        """It has rung as long as agentTimeout lets it. With sysResume the system pauses these agents in that queue, and
        takes them up again later; not who sends a caller away, which is an answer of sorts (Asterisk, autopause).
        """
        agents = self._ring_in_vain(queue, call)
        if queue.settings.sys_resume is not None:
            for agent in agents:
                self._rests.pause(agent, queue.extension, queue.settings.sys_resume)

    def _ring_in_vain(self, queue: Queue, call: Call) -> list[Agent]:
        """Ring no answer: agent and caller both wait for the retry time; without one the caller leaves (FreePBX).

        Returns the agents.
        """
        agents = self._talks.stop_ringing(call)
        self._exchange.ledger.ring_out(call, agents)
        retry = queue.settings.agent_retry_time
        if retry is None:
            self.time_out(call)
        call.retry_at = self._exchange.now + (retry or 0)
        for agent in agents:
            self._rests.leave_alone(agent, retry or 0)
        self._exchange.agenda.after(retry or 0, partial(self.distribute, [queue]))
        return agents

    def _answer(self, call: Call, agent: Agent) -> None:
        queue = self._queue_of(call)
        others = [other for other in self._talks.stop_ringing(call, answered_by=agent) if other is not agent]
        self._exchange.ledger.answer(call, agent)
        self.take_out(call)
        if call.queue in agent.memberships:
            agent.memberships[call.queue].calls_taken += 1
        self._exchange.record_for(queue, call)
        self._talks.begin(call, agent)
        self.offer_to(others)

    def release(self, agent: Agent, call: Call) -> None:
        """The telephone is free after a queue's caller: wrap-up if the queue has it, else the next caller."""
        self._talks.rest(agent)
        if call.queue in agent.memberships:
            agent.memberships[call.queue].last_call_at = self._exchange.now
        self._rests.wrap_up(agent, call)
        self.distribute_for(agent)


def _as_candidate(agent: Agent, queue: Queue) -> Candidate:
    membership = agent.memberships[queue.extension]
    return Candidate(agent.id, membership.skill, membership.order, membership.calls_taken, membership.last_call_at)

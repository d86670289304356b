"""The queues: callers enter, agents' telephones ring, conversations begin and end. In exact time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from eqboard.simulator.office.entities import Agent, AgentState, Queue, state_of
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.floor import Floor
from eqboard.simulator.switch.parties import Call, Leg, Place
from eqboard.simulator.switch.strategies import Candidate, choose
from eqboard.simulator.switch.talks import Talks


class Distributor:
    """Every public method leaves the floor in a lawful state, but for callers and agents it hands back."""

    def __init__(self, exchange: Exchange, floor: Floor, talks: Talks) -> None:
        self._exchange = exchange
        self._floor = floor
        self._talks = talks

    # Callers in queues

    def enter(self, call: Call, patience_seconds: float | None) -> bool:
        """Put a caller at the end of their queue. False when the queue turns them away: it is full (maxCallers), or it
        is deleted and no more than a number that somebody still dials.
        """
        queue = self._queue_of(call)
        limit = queue.settings.max_callers
        if queue.deleted or (limit is not None and len(queue.waiting) >= limit):
            queue.ledger.turned_away += 1
            self._exchange.forget(call)
            return False
        queue.ledger.offered += 1
        queue.waiting[call.id] = call
        self._exchange.calls[call.unique_id] = call
        call.place, call.entered_at, call.retry_at = Place.WAITING, self._exchange.now, 0.0
        call.tried.clear()
        if queue.settings.recording_mode == "includeholdtime":
            self._record(queue, call)
        if patience_seconds is not None:
            call.patience_event = self._exchange.agenda.after(patience_seconds, partial(self.hang_up, call))
        if queue.settings.max_wait_time is not None:
            call.limit_event = self._exchange.agenda.after(
                queue.settings.max_wait_time, partial(self._time_out, queue, call)
            )
        self.distribute([queue])
        return True

    def hang_up(self, call: Call) -> None:
        """A caller hangs up who waits or talks with their agent: abandoned, or completed."""
        ledger = self._exchange.books(call)
        if call.place is Place.WAITING:
            ledger.abandoned += 1
            ledger.wait_abandoned_seconds += self._exchange.now - call.entered_at
            freed = self.take_out(call)
            self._exchange.forget(call)
            self.offer_to(freed)
        elif call.place is Place.TALKING:
            ledger.completed += 1
            agent = self._talks.end(call)
            self._exchange.forget(call)
            self.release(agent, call.queue)

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

        Called for all queues of an agent who becomes free, that order is the whole of the queue weight: a free agent
        never sits beside a caller who may be offered, so no lighter queue finds them before a heavier one.
        """
        for queue in sorted(queues, key=_turn):
            for call in queue.waiting.values():
                if self._is_offerable(call) and not self._offer(queue, call):
                    break

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

    def agents_at(self, extension: str) -> list[Agent]:
        """Who takes calls of queues at that telephone: one at most, unless two share an extension."""
        agents = self._exchange.directory.agents.values()
        return [agent for agent in agents if agent.extension == extension and agent.memberships]

    def _is_offerable(self, call: Call) -> bool:
        return not call.ringing and call.retry_at <= self._exchange.now

    def _offer(self, queue: Queue, call: Call) -> bool:
        candidates = [
            _as_candidate(agent, queue) for agent in queue.members.values() if self._may_be_offered(agent, queue)
        ]
        chosen = choose(
            queue.settings.ring_strategy, candidates, tried=call.tried, last=queue.last_offered, rng=self._exchange.rng
        )
        if chosen:
            self._ring(queue, call, chosen)
        return bool(chosen)

    def _may_be_offered(self, agent: Agent, queue: Queue) -> bool:
        if agent.not_before > self._exchange.now:
            return False
        state = state_of(agent, agent.memberships[queue.extension])
        return state is AgentState.AVAILABLE and not agent.is_on_dnd

    def _queue_of(self, call: Call) -> Queue:
        return self._exchange.directory.queues[call.queue]

    def _time_out(self, queue: Queue, call: Call) -> None:
        queue.ledger.timed_out += 1
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
            self._ring_out(queue, call)
            return
        self._talks.stop_ringing(call)
        queue.ledger.rings_no_answer += 1
        self._leave_alone([agent], float(queue.settings.agent_retry_time or 0))
        self.distribute([queue])

    def _ring(self, queue: Queue, call: Call, chosen: list[Candidate]) -> None:
        timeout = queue.settings.agent_timeout
        answers: list[tuple[float, int]] = []
        for candidate in chosen:
            agent = self._exchange.directory.agents[candidate.agent]
            self._talks.ring(agent, call)
            call.tried.add(agent.id)
            queue.last_offered = (candidate.order, candidate.agent)
            answers.append((self._exchange.scenario.draw_pick_up(self._exchange.rng), agent.id))
        seconds, quickest = min(answers)
        if timeout is None or seconds < timeout:
            answer = partial(self._answer, call, self._exchange.directory.agents[quickest])
            call.ring_event = self._exchange.agenda.after(seconds, answer)
        else:
            call.ring_event = self._exchange.agenda.after(timeout, partial(self._ring_out, queue, call))

    def _ring_out(self, queue: Queue, call: Call) -> None:
        """Ring no answer: agent and caller both pause for the retry time; without one the caller leaves (FreePBX)."""
        agents = self._talks.stop_ringing(call)
        queue.ledger.rings_no_answer += len(agents)
        retry = queue.settings.agent_retry_time
        if retry is None:
            self._time_out(queue, call)
        call.retry_at = self._exchange.now + (retry or 0)
        self._leave_alone(agents, float(retry or 0))
        self._exchange.agenda.after(retry or 0, partial(self.distribute, [queue]))

    def _leave_alone(self, agents: Iterable[Agent], seconds: float) -> None:
        for agent in agents:
            agent.not_before = self._exchange.now + seconds
            self._exchange.agenda.after(seconds, partial(self.distribute_for, agent))

    def _answer(self, call: Call, agent: Agent) -> None:
        queue = self._queue_of(call)
        others = [other for other in self._talks.stop_ringing(call, answered_by=agent) if other is not agent]
        wait = self._exchange.now - call.entered_at
        queue.ledger.answered += 1
        queue.ledger.wait_answered_seconds += wait
        queue.ledger.waited += wait > 0
        self.take_out(call)
        if call.queue in agent.memberships:
            agent.memberships[call.queue].calls_taken += 1
        self._record(queue, call)
        self._talks.begin(call, agent)
        self.offer_to(others)

    def _record(self, queue: Queue, call: Call) -> None:
        if queue.settings.recording_format:
            self._exchange.recordings.start(call.id, call.unique_id, f"q{queue.extension}")

    def release(self, agent: Agent, extension: str) -> None:
        """The telephone is free after a call of that queue: wrap-up if the queue has it, else the next caller."""
        self._talks.rest(agent)
        if extension in agent.memberships:
            agent.memberships[extension].last_call_at = self._exchange.now
        seconds = self._floor.wrap_up(agent, extension)
        if seconds is not None and seconds < float("inf"):
            self._exchange.agenda.after(seconds, partial(self._end_wrap_up, agent))
        self.distribute_for(agent)

    def _end_wrap_up(self, agent: Agent) -> None:
        self._floor.end_due_wrap_ups(agent)
        self.distribute_for(agent)


def _turn(queue: Queue) -> tuple[int, float]:
    head = next(iter(queue.waiting.values()), None)
    return -queue.settings.weight, head.entered_at if head else 0.0


def _as_candidate(agent: Agent, queue: Queue) -> Candidate:
    membership = agent.memberships[queue.extension]
    return Candidate(agent.id, membership.skill, membership.order, membership.calls_taken, membership.last_call_at)

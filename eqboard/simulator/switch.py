"""The telephone switch: callers enter queues, telephones ring, conversations begin and end. In exact time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import count
from random import Random

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.conversation import ParkingLot, Turn, plan_turn
from eqboard.simulator.directory import Directory
from eqboard.simulator.entities import Agent, AgentState, Call, Conference, Place, Queue, state_of
from eqboard.simulator.floor import Floor
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.strategies import Candidate, choose


class Switch:
    """Calls, queues and telephones. Every public method leaves the floor in a lawful state."""

    def __init__(self, agenda: Agenda, directory: Directory, floor: Floor, scenario: Scenario, rng: Random) -> None:
        self.calls: dict[str, Call] = {}  # by unique id; callers who are gone are forgotten
        self.lot = ParkingLot()
        self.conferences: dict[str, Call] = {}  # by the room's extension
        self._serials = count(1)
        self._agenda = agenda
        self._directory = directory
        self._floor = floor
        self._scenario = scenario
        self._rng = rng

    def new_unique_id(self) -> str:
        """A name for a call that no other call has had, in Asterisk's manner: "1366390218.42"."""
        return f"{int(self._agenda.now)}.{next(self._serials)}"

    # Callers in queues

    def enter(self, call: Call, patience_seconds: float | None) -> bool:
        """Put a caller at the end of their queue. False when the queue is full (maxCallers) and turns them away."""
        queue = self._directory.queues[call.queue]
        limit = queue.settings.max_callers
        if limit is not None and len(queue.waiting) >= limit:
            queue.ledger.turned_away += 1
            self._forget(call)
            return False
        queue.ledger.offered += 1
        queue.waiting[call.id] = call
        self.calls[call.unique_id] = call
        call.place, call.entered_at, call.retry_at = Place.WAITING, self._agenda.now, 0.0
        call.tried.clear()
        if patience_seconds is not None:
            call.patience_event = self._agenda.after(patience_seconds, partial(self.hang_up, call))
        if queue.settings.max_wait_time is not None:
            call.limit_event = self._agenda.after(queue.settings.max_wait_time, partial(self._time_out, call))
        self.distribute([queue])
        return True

    def hang_up(self, call: Call) -> None:
        """The caller hangs up, wherever they are: abandoned from a queue, completed from a conversation."""
        ledger = self._directory.queues[call.queue].ledger
        match call.place:
            case Place.WAITING:
                ledger.abandoned += 1
                ledger.wait_abandoned_seconds += self._agenda.now - call.entered_at
                self._leave_queue(call)
                self._forget(call)
            case Place.TALKING | Place.CONFERENCE:
                ledger.completed += 1
                agent = self._end_conversation(call)
                self._forget(call)
                self._release(agent, call.queue)
            case Place.PARKED:
                ledger.parked_abandoned += 1
                self._leave_parking(call)
                self._forget(call)

    def withdraw(self, agent: Agent) -> None:
        """Stop the ringing at an agent who may no longer be offered calls; the caller is offered anew."""
        if agent.ringing is not None:
            queue = self._directory.queues[agent.ringing.queue]
            self._stop_ringing(agent.ringing)
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
        self.distribute(self._directory.queues[extension] for extension in agent.memberships)

    def _is_offerable(self, call: Call) -> bool:
        return not call.ringing and call.retry_at <= self._agenda.now

    def _offer(self, queue: Queue, call: Call) -> bool:
        candidates = [
            _as_candidate(agent, queue) for agent in queue.members.values() if self._may_be_offered(agent, queue)
        ]
        chosen = choose(
            queue.settings.ring_strategy, candidates, tried=call.tried, last=queue.last_offered, rng=self._rng
        )
        if chosen:
            self._ring(queue, call, chosen)
        return bool(chosen)

    def _may_be_offered(self, agent: Agent, queue: Queue) -> bool:
        if agent.is_busy or agent.not_before > self._agenda.now:
            return False
        return state_of(agent, agent.memberships[queue.extension]) is AgentState.AVAILABLE

    # Telephones

    def _ring(self, queue: Queue, call: Call, chosen: list[Candidate]) -> None:
        timeout = queue.settings.agent_timeout
        answers: list[tuple[float, int]] = []
        for candidate in chosen:
            agent = self._directory.agents[candidate.agent]
            agent.ringing, agent.ringing_since = call, self._agenda.now
            call.ringing.append(agent)
            call.tried.add(agent.id)
            queue.last_offered = (candidate.order, candidate.agent)
            answers.append((self._scenario.draw_pick_up(self._rng), agent.id))
        seconds, quickest = min(answers)
        if timeout is None or seconds < timeout:
            answer = partial(self._answer, call, self._directory.agents[quickest])
            call.ring_event = self._agenda.after(seconds, answer)
        else:
            call.ring_event = self._agenda.after(timeout, partial(self._ring_out, queue, call))

    def _stop_ringing(self, call: Call) -> list[Agent]:
        if call.ring_event is not None:
            call.ring_event.cancel()
            call.ring_event = None
        agents, call.ringing = call.ringing, []
        for agent in agents:
            agent.ringing = None
            _rest(agent, self._agenda.now)
        return agents

    def _ring_out(self, queue: Queue, call: Call) -> None:
        """Ring no answer: agent and caller both pause for the retry time; without one the caller leaves (FreePBX)."""
        agents = self._stop_ringing(call)
        queue.ledger.rings_no_answer += len(agents)
        retry = queue.settings.agent_retry_time
        if retry is None:
            self._time_out(call)
        moment = self._agenda.now + (retry or 0)
        call.retry_at = moment
        for agent in agents:
            agent.not_before = moment
            self._agenda.after(retry or 0, partial(self.distribute_for, agent))
        self._agenda.after(retry or 0, partial(self.distribute, [queue]))

    def _answer(self, call: Call, agent: Agent) -> None:
        others = [other for other in self._stop_ringing(call) if other is not agent]
        ledger = self._directory.queues[call.queue].ledger
        wait = self._agenda.now - call.entered_at
        ledger.answered += 1
        ledger.wait_answered_seconds += wait
        ledger.waited += wait > 0
        self._leave_queue(call)
        if call.queue in agent.memberships:
            agent.memberships[call.queue].calls_taken += 1
        self._converse(call, agent)
        for other in others:
            self.distribute_for(other)

    def _time_out(self, call: Call) -> None:
        self._directory.queues[call.queue].ledger.timed_out += 1
        self._leave_queue(call)
        self._forget(call)

    def _leave_queue(self, call: Call) -> None:
        freed = self._stop_ringing(call)
        del self._directory.queues[call.queue].waiting[call.id]
        for event in call.events():
            event.cancel()
        call.place = Place.GONE
        for agent in freed:
            self.distribute_for(agent)

    def _forget(self, call: Call) -> None:
        call.place = Place.GONE
        for event in call.events():
            event.cancel()
        self.calls.pop(call.unique_id, None)

    # Conversations

    def _converse(self, call: Call, agent: Agent) -> None:
        call.place, call.agent, call.answered_at = Place.TALKING, agent, self._agenda.now
        agent.call = call
        turn, seconds = plan_turn(call.talk_left, self._scenario, self._rng)
        action = {Turn.END: self.hang_up, Turn.PARK: self._park, Turn.CONFER: self._confer}[turn]
        call.next_event = self._agenda.after(seconds, partial(action, call))

    def _end_conversation(self, call: Call) -> Agent:
        agent = call.agent
        if agent is None:
            raise RuntimeError("a conversation has an agent")
        spoken = self._agenda.now - call.answered_at
        self._directory.queues[call.queue].ledger.talk_seconds += spoken
        call.talk_left = max(0.0, call.talk_left - spoken)
        if call.conference is not None:
            del self.conferences[call.conference.extension]
            call.conference = None
        call.agent = agent.call = None
        return agent

    def _release(self, agent: Agent, extension: str) -> None:
        """The agent's telephone is free again: wrap-up if the queue has it, else the next caller."""
        _rest(agent, self._agenda.now)
        if extension in agent.memberships:
            agent.memberships[extension].last_call_at = self._agenda.now
        seconds = self._floor.wrap_up(agent, extension)
        if seconds is not None and seconds < float("inf"):
            self._agenda.after(seconds, partial(self._end_wrap_up, agent))
        self.distribute_for(agent)

    def _end_wrap_up(self, agent: Agent) -> None:
        self._floor.end_due_wrap_ups(agent)
        self.distribute_for(agent)

    def _confer(self, call: Call) -> None:
        room = next((room for room in self._scenario.rooms if room not in self.conferences), None)
        if room is not None:
            guest = self._rng.choice(self._scenario.guests)
            call.conference = Conference(room, f"Conference {room}", self._agenda.now, *guest)
            call.place = Place.CONFERENCE
            self.conferences[room] = call
            self._directory.queues[call.queue].ledger.conferences += 1
        self._talk_on(call)

    def _talk_on(self, call: Call) -> None:
        left = call.talk_left - (self._agenda.now - call.answered_at)
        call.next_event = self._agenda.after(left, partial(self.hang_up, call))

    # Parking

    def _park(self, call: Call) -> None:
        if self.lot.is_full:
            self._talk_on(call)
            return
        agent = self._end_conversation(call)
        self._directory.queues[call.queue].ledger.parked += 1
        call.place, call.parked_by, call.parked_at = Place.PARKED, agent, self._agenda.now
        call.parked_until = self._agenda.now + self.lot.timeout_seconds
        self.lot.take(call)
        if self._rng.random() < self._scenario.renamed_share:
            self._rename(call)
        stay = self._scenario.parked.draw(self._rng)
        fate = self._pick_up if stay < self.lot.timeout_seconds else self._parking_times_out
        call.next_event = self._agenda.after(min(stay, self.lot.timeout_seconds), partial(fate, call))
        self._release(agent, call.queue)

    def _rename(self, call: Call) -> None:
        """The older switch gives a parked caller a new unique id; the channel name stays (contract §4)."""
        del self.calls[call.unique_id]
        call.unique_id = self.new_unique_id()
        self.calls[call.unique_id] = call

    def _leave_parking(self, call: Call) -> None:
        self.lot.free(call)
        call.place = Place.GONE

    def _pick_up(self, call: Call) -> None:
        """A colleague outside the queues picks the caller up; from then on they are not the floor's."""
        self._directory.queues[call.queue].ledger.picked_up += 1
        self._leave_parking(call)
        self._forget(call)

    def _parking_times_out(self, call: Call) -> None:
        """Back to the agent who parked them if that telephone is free, else into the queue again, same unique id."""
        agent, ledger = call.parked_by, self._directory.queues[call.queue].ledger
        self._leave_parking(call)
        if agent is not None and not agent.is_busy and self._is_at_work(agent, call.queue):
            ledger.returned_to_agent += 1
            self._converse(call, agent)
        else:
            ledger.rejoined += 1
            self.enter(call, self._scenario.draw_patience(self._rng))

    @staticmethod
    def _is_at_work(agent: Agent, extension: str) -> bool:
        return state_of(agent, agent.memberships.get(extension)) is AgentState.AVAILABLE


def _rest(agent: Agent, now: float) -> None:
    for membership in agent.memberships.values():
        membership.rest_since = now


def _turn(queue: Queue) -> tuple[int, float]:
    head = next(iter(queue.waiting.values()), None)
    return -queue.settings.weight, head.entered_at if head else 0.0


def _as_candidate(agent: Agent, queue: Queue) -> Candidate:
    membership = agent.memberships[queue.extension]
    return Candidate(agent.id, membership.skill, membership.order, membership.calls_taken, membership.last_call_at)

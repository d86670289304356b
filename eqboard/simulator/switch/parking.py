"""Parking: into the lot, out of it again, and what becomes of whoever stays too long."""

from __future__ import annotations

from functools import partial

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.office.entities import Agent, AgentState, state_of
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.entrance import Entrance
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Call, Leg, LegStatus, Party, Place
from eqboard.simulator.switch.talks import Talks
from eqboard.simulator.switch.transfers import RING_SECONDS, Transfers


class Parking:
    """Callers of a queue may be picked up by a colleague outside the queues, as time goes by; others stay until
    somebody picks them up through the API, or their time in the lot is over.
    """

    def __init__(
        self, exchange: Exchange, talks: Talks, distributor: Distributor, entrance: Entrance, transfers: Transfers
    ) -> None:
        self._exchange = exchange
        self._talks = talks
        self._distributor = distributor
        self._entrance = entrance
        self._transfers = transfers

    def park(self, call: Call) -> bool:
        """The agent parks the caller they talk with. False when the lot is full, and they talk on."""
        agent = call.agent
        if self._exchange.lot.is_full or agent is None:
            return False
        extension = agent.leg.extension if agent.leg is not None else agent.extension
        self._talks.end(call)
        self._exchange.ledger.write(call, Fact.PARKED)
        self._place(call, extension, agent)
        self._distributor.release(agent, call)
        return True

    def park_peer(self, leg: Leg) -> None:
        """An extension parks whom it talks with. Nothing happens when the lot is full."""
        if self._exchange.lot.is_full:
            return
        party = self._transfers.let_go(leg)
        if isinstance(party, Call):
            self._exchange.ledger.write(party, Fact.PARKED_AGAIN)
        self._place(party, leg.extension, None)
        self._distributor.telephone_freed(leg.extension)

    def retrieve(self, party: Party, destination: str) -> None:
        """Take somebody out of the lot and send them on; nothing happens to who is not there any more."""
        if not party.space:
            return
        self._leave(party)
        if isinstance(party, Call):
            self._exchange.ledger.write(party, Fact.RETRIEVED)
            self._rename_some(party)
        self._transfers.send(party, destination)

    def hang_up(self, party: Party) -> None:
        """A parked caller hangs up, also on the way back to the agent, or an extension that is parked."""
        self._leave(party)
        if isinstance(party, Call):
            self._exchange.ledger.write(party, Fact.PARKED_ABANDONED)
            leg = party.peer
            self._exchange.forget(party)
            if isinstance(leg, Leg):
                self._exchange.lines.close(leg)
                self._distributor.telephone_freed(leg.extension)
        else:
            self._transfers.end(party)

    def answer(self, leg: Leg) -> None:
        """The agent's telephone, which rings for the caller they parked, is picked up now. Who has gone elsewhere
        meanwhile does not get the caller.
        """
        call = leg.peer
        if not isinstance(call, Call):
            return
        agent = call.parked_by
        if agent is None or not _is_still_there(agent, leg, call.queue):
            self.reject(leg)
            return
        call.forget_plans()
        self._exchange.ledger.write(call, Fact.RETURNED_TO_AGENT)
        agent.leg = leg
        self._talks.begin(call, agent)

    def reject(self, leg: Leg) -> None:
        """It rang in vain: the caller is in the queue again, with the same unique id, and who sits there is left alone
        for the retry time.
        """
        call = leg.peer
        if not isinstance(call, Call):
            return
        self._leave(call)
        call.peer = None
        self._exchange.lines.close(leg)
        self._distributor.leave_alone(leg.extension, call)
        self._rejoin(call)
        self._distributor.telephone_freed(leg.extension)

    def _place(self, party: Party, extension: str, agent: Agent | None) -> None:
        lot, agenda = self._exchange.lot, self._exchange.agenda
        lot.take(party)
        party.parked_from, party.parked_at = extension, self._exchange.now
        if isinstance(party, Call):
            party.place, party.parked_by = Place.PARKED, agent
            self._rename_some(party)
        elif isinstance(party, Leg):
            party.towards = (str(party.space), "Parked")
        stay = self._exchange.scenario.parked.draw(self._exchange.rng)
        if isinstance(party, Call) and party.queue and stay < lot.timeout_seconds:
            party.next_event = agenda.after(stay, partial(self._pick_up, party))
        else:
            party.next_event = agenda.after(lot.timeout_seconds, partial(self._time_out, party))

    def _rename_some(self, call: Call) -> None:
        if self._exchange.rng.random() < self._exchange.scenario.renamed_share:
            self._exchange.rename(call)

    def _leave(self, party: Party) -> None:
        party.forget_plans()
        if party.space:
            self._exchange.lot.free(party)
        if isinstance(party, Call):
            party.place = Place.GONE

    def _pick_up(self, call: Call) -> None:
        """A colleague outside the queues picks the caller up; from then on they are not the floor's."""
        self._exchange.ledger.write(call, Fact.PICKED_UP)
        self._leave(call)
        self._exchange.forget(call)

    def _time_out(self, party: Party) -> None:
        """It rings at the agent who parked them if they could take a call, else into the queue again, same unique id.
        Who came from no queue goes back to the extension.
        """
        self._leave(party)
        if not isinstance(party, Call) or not party.queue:
            self._transfers.send(party, party.parked_from)
            return
        agent = party.parked_by
        if agent is not None and self._could_answer(agent, party.queue):
            self._ring(party, agent)
        else:
            self._rejoin(party)

    def _could_answer(self, agent: Agent, queue: str) -> bool:
        if not self._exchange.lines.is_free(agent.extension) or agent.not_before > self._exchange.now:
            return False
        return state_of(agent, agent.memberships.get(queue)) is AgentState.AVAILABLE

    def _ring(self, call: Call, agent: Agent) -> None:
        """Out of their space, and to the books still parked: for the queue's agentTimeout, or as long as telephones
        ring that no queue rings where that is unlimited.
        """
        exchange = self._exchange
        leg = exchange.lines.open(agent.extension, LegStatus.RINGING, call_id=call.id, name=agent.name, peer=call)
        call.place, call.peer = Place.PARKED, leg
        timeout = exchange.directory.queues[call.queue].settings.agent_timeout or RING_SECONDS
        seconds = exchange.scenario.draw_pick_up(exchange.rng)
        action = self.answer if seconds < timeout else self.reject
        call.next_event = exchange.agenda.after(min(seconds, timeout), partial(action, leg))

    def _rejoin(self, call: Call) -> None:
        self._exchange.ledger.write(call, Fact.REJOINED)
        self._entrance.enter(call, self._exchange.scenario.draw_patience(self._exchange.rng))


def _is_still_there(agent: Agent, leg: Leg, queue: str) -> bool:
    """Signed in to the queue, and at that telephone without another caller."""
    return queue in agent.memberships and agent.extension == leg.extension and agent.leg is None

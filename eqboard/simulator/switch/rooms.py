"""Conference rooms: a caller, their agent, and a third at an extension of the house."""

from __future__ import annotations

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Call, Conference, Leg, LegStatus, Member, Place
from eqboard.simulator.switch.talks import Talks

FEWEST_MEMBERS = 2


class Rooms:
    """A room is open as long as its caller and at least one more are in it."""

    def __init__(self, exchange: Exchange, talks: Talks, distributor: Distributor) -> None:
        self._exchange = exchange
        self._talks = talks
        self._distributor = distributor

    def open(self, call: Call) -> None:
        """Bring a talking caller, their agent and a guest together. Without a free room or guest nothing happens."""
        exchange, agent = self._exchange, call.agent
        number = next((room for room in exchange.scenario.rooms if room not in exchange.conferences), None)
        guests = [extension for extension, _ in exchange.scenario.guests if exchange.lines.is_free(extension)]
        if number is None or not guests or agent is None or agent.leg is None:
            return
        room = Conference(number, f"Conference {number}", exchange.now, call)
        guest = exchange.lines.open(exchange.rng.choice(guests), LegStatus.UP, call_id=call.id)
        guest.answered_at, guest.towards = exchange.now, (room.extension, room.name)
        for party in (call, agent.leg, guest):
            party.conference = room
            room.members.append(Member(party, exchange.now, is_admin=party is agent.leg))
        call.place = Place.CONFERENCE
        exchange.conferences[number] = room
        exchange.ledger.confer(call)

    def close(self, room: Conference) -> None:
        """Everybody leaves but the caller and their agent, who are where they were before."""
        del self._exchange.conferences[room.extension]
        guests = [each.party for each in room.members if each.party not in (room.call, room.call.peer)]
        for member in room.members:
            member.party.conference = None
        room.members.clear()
        if room.call.place is Place.CONFERENCE:
            room.call.place = Place.TALKING
        for guest in guests:
            self._dismiss(guest)

    def leave(self, leg: Leg) -> None:
        """An extension leaves a room in which enough others stay: the guest, or the agent, whose caller is then with
        the guest as if transferred.
        """
        room = leg.conference
        if room is None:
            return
        room.members = [member for member in room.members if member.party is not leg]
        leg.conference = None
        call = room.call
        if call.agent is None or leg is not call.peer:
            self._dismiss(leg)
            return
        self._exchange.ledger.write(call, Fact.TRANSFERRED)
        self._exchange.ledger.write(call, Fact.ARRIVED)
        plan, call.next_event = call.next_event, None  # they talk as long as they would have
        agent = self._talks.end(call)
        call.next_event = plan
        call.place, call.answered_at = Place.REACHED, self._exchange.now
        self._distributor.release(agent, call)

    def _dismiss(self, party: object) -> None:
        if isinstance(party, Leg):
            self._exchange.lines.close(party)
            self._distributor.telephone_freed(party.extension)

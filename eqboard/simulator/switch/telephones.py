"""What can be done at a telephone, whatever kind of call it has."""

from __future__ import annotations

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.switch.conversation import Conversations
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.monitoring import Monitors
from eqboard.simulator.switch.parking import Parking
from eqboard.simulator.switch.parties import Call, Leg, LegStatus, Place, is_connected
from eqboard.simulator.switch.rooms import FEWEST_MEMBERS, Rooms
from eqboard.simulator.switch.transfers import Transfers


class Telephones:
    """Each thing happens at once, if it still applies to the call; else nothing does."""

    def __init__(
        self,
        exchange: Exchange,
        distributor: Distributor,
        transfers: Transfers,
        parking: Parking,
        rooms: Rooms,
        conversations: Conversations,
        monitors: Monitors,
    ) -> None:
        self._exchange = exchange
        self._distributor = distributor
        self._transfers = transfers
        self._parking = parking
        self._rooms = rooms
        self._conversations = conversations
        self._monitors = monitors

    def dial(self, extension: str, destination: str) -> None:
        """Call a number or an extension."""
        self._transfers.dial(extension, destination)

    def answer(self, leg: Leg) -> None:
        """Pick up a telephone that rings."""
        if not self._is_there(leg) or leg.status is not LegStatus.RINGING:
            return
        if leg.monitoring is not None:
            self._monitors.answer(leg)
        elif _is_offered(leg):
            self._distributor.answer(leg)
        elif _is_returning(leg):
            self._parking.answer(leg)
        else:
            self._transfers.answer(leg)

    def hang_up(self, leg: Leg) -> None:
        """End the extension's call, or send away who rings there. Others in a conference go on, if two are left."""
        if not self._is_there(leg):
            return
        caller = leg.peer
        if leg.monitoring is not None:
            self._monitors.hang_up(leg)
        elif leg.space:
            self._parking.hang_up(leg)
        elif leg.conference is not None:
            self._leave(leg)
        elif _is_offered(leg):
            self._distributor.reject(leg)
        elif _is_returning(leg):
            self._parking.reject(leg)
        elif isinstance(caller, Call) and caller.place is Place.TALKING:
            self._conversations.hang_up(caller)
        else:
            self._transfers.end(leg)

    def transfer(self, leg: Leg, destination: str) -> None:
        """Send whom the extension talks with to a destination, without asking there."""
        if not self._is_there(leg) or not is_connected(leg):
            return
        peer = leg.peer
        if isinstance(peer, Call) and peer.place is Place.TALKING:
            self._conversations.transfer(peer, destination)
            return
        party = self._transfers.let_go(leg)
        if isinstance(party, Call):
            self._exchange.ledger.write(party, Fact.SENT_ON)
        self._transfers.send(party, destination)
        self._distributor.telephone_freed(leg.extension)

    def park(self, leg: Leg) -> None:
        """Put whom the extension talks with into the parking lot."""
        if not self._is_there(leg) or not is_connected(leg):
            return
        peer = leg.peer
        if isinstance(peer, Call) and peer.place is Place.TALKING:
            self._parking.park(peer)
        else:
            self._parking.park_peer(leg)

    def mute(self, leg: Leg) -> None:
        """Turn the microphone off, or on again: seen in a conference only."""
        for member in leg.conference.members if leg.conference is not None else ():
            if member.party is leg:
                member.is_muted = not member.is_muted

    def _leave(self, leg: Leg) -> None:
        room = leg.conference
        if room is not None and len(room.members) <= FEWEST_MEMBERS:
            self._conversations.hang_up(room.call)
        else:
            self._rooms.leave(leg)

    def _is_there(self, leg: Leg) -> bool:
        return leg in self._exchange.lines.legs_at(leg.extension)


def _is_offered(leg: Leg) -> bool:
    """Whether a queue rings here."""
    return isinstance(leg.peer, Call) and leg.peer.place is Place.WAITING


def _is_returning(leg: Leg) -> bool:
    """Whether a caller rings here whom the agent parked too long ago."""
    return isinstance(leg.peer, Call) and leg.peer.place is Place.PARKED

"""How a conversation turns out, and how a caller comes out of wherever they are."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from random import Random

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parking import Parking
from eqboard.simulator.switch.parties import Call, Place
from eqboard.simulator.switch.rooms import Rooms
from eqboard.simulator.switch.talks import Talks
from eqboard.simulator.switch.transfers import Transfers


class Turn(Enum):
    """What comes next in a conversation."""

    END = auto()
    PARK = auto()
    CONFER = auto()


def plan_turn(talk_left: float, scenario: Scenario, rng: Random) -> tuple[Turn, float]:
    """What happens next in a conversation with `talk_left` seconds to go, and after how many seconds."""
    chance, portion = rng.random(), rng.uniform(0.2, 0.8)
    if chance < scenario.park_share:
        return Turn.PARK, talk_left * portion
    if chance < scenario.park_share + scenario.conference_share:
        return Turn.CONFER, talk_left * portion
    return Turn.END, talk_left


class Conversations:
    """The callers' fates, across all parts of the switch."""

    def __init__(
        self,
        exchange: Exchange,
        talks: Talks,
        distributor: Distributor,
        transfers: Transfers,
        parking: Parking,
        rooms: Rooms,
    ) -> None:
        self._exchange = exchange
        self._talks = talks
        self._distributor = distributor
        self._transfers = transfers
        self._parking = parking
        self._rooms = rooms

    def plan(self, call: Call) -> None:
        """Decide what comes of a conversation that begins now."""
        turn, seconds = plan_turn(call.talk_left, self._exchange.scenario, self._exchange.rng)
        action = {Turn.END: self.hang_up, Turn.PARK: self._park, Turn.CONFER: self._confer}[turn]
        call.next_event = self._exchange.agenda.after(seconds, partial(action, call))

    def hang_up(self, call: Call) -> None:
        """The caller hangs up, wherever they are. A conference room of theirs closes."""
        if call.conference is not None:
            self._rooms.close(call.conference)
        match call.place:
            case Place.WAITING | Place.TALKING:
                self._distributor.hang_up(call)
            case Place.PARKED:
                self._parking.hang_up(call)
            case Place.SENT | Place.REACHED:
                self._transfers.end(call, gave_up=True)

    def steal(self, call: Call, destination: str) -> None:
        """Send a caller out of the queue to a destination. One who talks with an agent already is sent too, and the
        agent is cut off (contract §4); whoever has left for elsewhere stays there.
        """
        if call.place is Place.CONFERENCE and call.conference is not None:
            self._rooms.close(call.conference)
        if call.place is Place.WAITING:
            self._exchange.ledger.write(call, Fact.STOLEN)
            freed = self._distributor.take_out(call)
            self._transfers.send(call, destination)
            self._distributor.offer_to(freed)
        elif call.place is Place.TALKING:
            self._exchange.ledger.write(call, Fact.CUT_OFF)
            self._send_from_agent(call, destination)

    def transfer(self, call: Call, destination: str) -> None:
        """The agent sends the caller they talk with to a destination, without asking there."""
        self._exchange.ledger.write(call, Fact.TRANSFERRED)
        self._send_from_agent(call, destination)

    def _send_from_agent(self, call: Call, destination: str) -> None:
        agent = self._talks.end(call)
        self._transfers.send(call, destination)
        self._distributor.release(agent, call)

    def _park(self, call: Call) -> None:
        if not self._parking.park(call):
            self._talk_on(call)

    def _confer(self, call: Call) -> None:
        self._rooms.open(call)
        self._talk_on(call)

    def _talk_on(self, call: Call) -> None:
        left = call.talk_left - (self._exchange.now - call.answered_at)
        call.next_event = self._exchange.agenda.after(left, partial(self.hang_up, call))

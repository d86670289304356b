"""The telephone switch, put together of its parts."""

from __future__ import annotations

from eqboard.simulator.switch.conversation import Conversations
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.entrance import Entrance
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.floor import Floor
from eqboard.simulator.switch.keys import Keypad
from eqboard.simulator.switch.monitoring import Monitors
from eqboard.simulator.switch.parking import Parking
from eqboard.simulator.switch.parties import Call
from eqboard.simulator.switch.rooms import Rooms
from eqboard.simulator.switch.talks import Talks
from eqboard.simulator.switch.telephones import Telephones
from eqboard.simulator.switch.transfers import Transfers


class Switch:
    """Calls, queues and telephones. Every public method leaves the floor in a lawful state.

    exchange        what they share
    talks           agents with the callers whom queues gave them
    distributor     queues, and whom they give to whom
    entrance        who gets into a queue, and who has to leave one where nobody is
    transfers       calls that no queue gave: dialled, stolen, picked up, transferred
    parking, rooms, monitors
    conversations   what becomes of a caller, in all of these
    telephones      what can be done at an extension, in all of these
    keypad          the same by keys
    """

    def __init__(self, exchange: Exchange, floor: Floor) -> None:
        self.calls = exchange.calls
        self.lot = exchange.lot
        self.conferences = exchange.conferences
        self.lines = exchange.lines
        self.recordings = exchange.recordings

        talks = Talks(exchange)
        self.distributor = Distributor(exchange, floor, talks)
        self.entrance = Entrance(exchange, self.distributor)
        self.transfers = Transfers(exchange, self.distributor, self.entrance)
        self.parking = Parking(exchange, talks, self.distributor, self.entrance, self.transfers)
        self.rooms = Rooms(exchange, talks, self.distributor)
        self.monitors = Monitors(exchange, self.distributor)
        self.conversations = Conversations(exchange, talks, self.distributor, self.transfers, self.parking, self.rooms)
        self.telephones = Telephones(
            exchange,
            self.distributor,
            self.transfers,
            self.parking,
            self.rooms,
            self.conversations,
            self.monitors,
        )
        self.keypad = Keypad(exchange, self.telephones, self.distributor)
        talks.on_talk, talks.on_free = self.conversations.plan, self.distributor.telephone_freed

    def hang_up(self, call: Call) -> None:
        """The caller hangs up, wherever they are."""
        self.conversations.hang_up(call)

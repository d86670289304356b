"""What all parts of the switch share: the clock, the dice, the calls, the telephones, the books."""

from __future__ import annotations

from datetime import UTC, tzinfo
from itertools import count
from random import Random

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.ledger.ledger import Ledger
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Queue
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.switch.lines import Lines
from eqboard.simulator.switch.lot import ParkingLot
from eqboard.simulator.switch.parties import Call, Conference, Leg, Place, bearer_of
from eqboard.simulator.switch.recordings import Recordings


class Exchange:
    """State, and the few things every part does with it."""

    def __init__(
        self, agenda: Agenda, directory: Directory, scenario: Scenario, rng: Random, zone: tzinfo = UTC
    ) -> None:
        """`zone` is the exchange's time zone, by which it names its files."""
        self.agenda = agenda
        self.directory = directory
        self.scenario = scenario
        self.rng = rng
        self.calls: dict[str, Call] = {}  # by unique id; callers who are gone are forgotten
        self.conferences: dict[str, Conference] = {}  # by the room's extension
        self.lot = ParkingLot()
        self.lines = Lines(agenda, directory, self.new_unique_id)
        self.recordings = Recordings(agenda, zone)
        self.ledger = Ledger(agenda, directory)
        self._by_channel: dict[str, Call] = {}  # the same calls
        self._serials = count(1)
        self._call_ids = count(1)

    @property
    def now(self) -> float:
        """The present moment in UNIX seconds."""
        return self.agenda.now

    def new_unique_id(self) -> str:
        """A name for a channel that no other has had, in Asterisk's manner: "1366390218.42"."""
        return f"{int(self.now)}.{next(self._serials)}"

    def new_call_id(self) -> int:
        """An id that no other call has had."""
        return next(self._call_ids)

    def admit(self, call: Call) -> None:
        """The caller is known from now on; one who is already stays so."""
        self.calls[call.unique_id] = call
        self._by_channel[call.channel] = call

    def call_with(self, channel: str) -> Call | None:
        """The caller with that channel name, which stays the same from arrival to hang-up."""
        return self._by_channel.get(channel)

    def forget(self, call: Call) -> None:
        """The caller is gone for good."""
        call.place, call.peer = Place.GONE, None
        for event in call.events():
            event.cancel()
        self.calls.pop(call.unique_id, None)
        self._by_channel.pop(call.channel, None)
        self.recordings.end(call.id)

    def rename(self, call: Call) -> None:
        """The older switch gives a caller a new unique id; the channel name stays (contract §4)."""
        del self.calls[call.unique_id]
        call.unique_id = self.new_unique_id()
        self.calls[call.unique_id] = call
        self.recordings.also_called(call.id, call.unique_id)
        self.ledger.rename(call)

    def record_for(self, queue: Queue, call: Call) -> None:
        """Record a caller of a queue from now on, if the queue has a format for it."""
        if queue.settings.recording_format == "wav":  # in others there is nothing that EQ would find (EQ API text)
            self.recordings.start(call.id, call.unique_id, f"q{queue.extension}")

    def record(self, leg: Leg) -> None:
        """Record the telephone's call from now on."""
        self.recordings.start(leg.id, bearer_of(leg).unique_id, leg.extension)

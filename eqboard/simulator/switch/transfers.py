"""Calls from and to extensions that no queue gave them: dialled, stolen, picked up, transferred.

A call has two ends, which are each other's `peer` from the moment when one rings for the other. What comes next is
planned with the end that called or was sent. As on a real switch (contract §4) a caller who is sent to a destination
that is wrong, busy, or does not answer is hung up.
"""

from __future__ import annotations

import re
from functools import partial

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.entrance import Entrance
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Call, Leg, LegStatus, Party, Place

RING_SECONDS = 15.0  # how long a telephone rings that no queue rings (FreePBX, ring time)
TONE_SECONDS = 3.0  # how long whoever dials in vain listens to the tone
OUTSIDE_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]*", re.ASCII)
FEWEST_DIGITS_OUTSIDE = 6  # more than the extensions here have
MOST_DIGITS_OUTSIDE = 15  # ITU-T E.164
LONGEST_DIALLED = 80  # characters that a telephone keeps of what it dialled (Asterisk, AST_MAX_EXTENSION)


def is_outside_number(destination: str) -> bool:
    """Whether it would be dialled to the outside."""
    digits = sum(letter.isdigit() for letter in destination)
    return FEWEST_DIGITS_OUTSIDE <= digits <= MOST_DIGITS_OUTSIDE and OUTSIDE_NUMBER.fullmatch(destination) is not None


class Transfers:
    """Whoever talks is at an extension or outside; queues and their agents are the distributor's."""

    def __init__(self, exchange: Exchange, distributor: Distributor, entrance: Entrance) -> None:
        self._exchange = exchange
        self._distributor = distributor
        self._entrance = entrance

    def dial(self, extension: str, destination: str) -> None:
        """Call from an extension; with a busy telephone, or without one, nothing happens. A queue is not reached by
        it: whoever dials one hears what a wrong number sounds like.
        """
        lines = self._exchange.lines
        if not lines.is_registered(extension) or lines.legs_at(extension):
            return
        number = lines.at(extension).last_dialled = destination[:LONGEST_DIALLED]
        leg = lines.open(extension, LegStatus.DIALING, call_id=self._exchange.new_call_id(), is_origin=True)
        leg.towards = (number, lines.name_of(destination))
        leg.talk_left = self._exchange.scenario.talk.draw(self._exchange.rng)
        if not self._call(leg, destination):
            leg.next_event = self._exchange.agenda.after(TONE_SECONDS, partial(self.end, leg))

    def send(self, party: Party, destination: str) -> None:
        """Send somebody, who is with nobody now, to an extension, a queue or a number outside.

        The extension that had them before is not free yet for others: its own caller may come back to it.
        """
        if isinstance(party, Call):
            party.place = Place.SENT
            if self._exchange.directory.live_queue(destination) and not self._exchange.lines.exists(destination):
                # After whatever goes on now: an agent whom they leave is free for heavier queues first.
                party.next_event = self._exchange.agenda.after(0.0, partial(self._requeue, party, destination))
                return
        elif isinstance(party, Leg):
            party.is_origin = True
            party.talk_left = self._exchange.scenario.talk.draw(self._exchange.rng)
        if not self._call(party, destination):
            self.end(party)

    def let_go(self, leg: Leg) -> Party:
        """Take the extension out of its conversation, and leave the other end with nobody. RuntimeError if none is."""
        peer = leg.peer
        if peer is None:
            raise RuntimeError("a conversation has two ends")
        peer.forget_plans()
        peer.peer = None
        if isinstance(peer, Call):
            peer.talk_left = max(0.0, peer.talk_left - (self._exchange.now - peer.answered_at))
        self._exchange.lines.close(leg)
        return peer

    def answer(self, leg: Leg) -> None:
        """A ringing telephone is picked up now."""
        if leg.peer is not None and leg.status is LegStatus.RINGING:
            self._connect(leg.peer)

    def end(self, party: Party, *, gave_up: bool = False) -> None:
        """The whole call is over. `gave_up`: it was the caller who hung up."""
        ends = [each for each in (party, party.peer) if each is not None]
        for each in ends:
            self._drop(each, gave_up=gave_up)
        self._exchange.recordings.end(party.id)
        for each in ends:
            if isinstance(each, Leg):
                self._distributor.telephone_freed(each.extension)

    def _requeue(self, call: Call, queue: str) -> None:
        self._exchange.ledger.write(call, Fact.REQUEUED)
        call.queue = queue
        self._entrance.enter(call, self._exchange.scenario.draw_patience(self._exchange.rng))

    def _call(self, party: Party, destination: str) -> bool:
        """Let it ring at the destination; False when it does not, and the party is still with nobody."""
        lines = self._exchange.lines
        if lines.exists(destination):
            if not lines.is_free(destination):
                return False
            party.peer = lines.open(destination, LegStatus.RINGING, call_id=party.id, peer=party)
        elif not is_outside_number(destination):
            return False
        elif isinstance(party, Leg):
            party.peer = self._outside(party, destination)
        self._await_answer(party)
        return True

    def _outside(self, leg: Leg, number: str) -> Call:
        """Somebody outside whose telephone rings. A caller from outside who is sent there needs no such end: no
        extension takes part.
        """
        call = Call(
            id=leg.id,
            unique_id=self._exchange.new_unique_id(),
            channel=f"SIP/trunk-out-{leg.id:08x}",
            number=number,
            name="",
            queue="",
            entered_at=self._exchange.now,
            place=Place.SENT,
            talk_left=leg.talk_left,
            peer=leg,
        )
        self._exchange.admit(call)
        return call

    def _await_answer(self, party: Party) -> None:
        seconds = self._exchange.scenario.draw_pick_up(self._exchange.rng)
        if seconds < RING_SECONDS:
            party.next_event = self._exchange.agenda.after(seconds, partial(self._connect, party))
        else:
            party.next_event = self._exchange.agenda.after(RING_SECONDS, partial(self.end, party))

    def _connect(self, party: Party) -> None:
        party.forget_plans()
        for each in (party, party.peer):
            if isinstance(each, Call):
                each.place, each.answered_at = Place.REACHED, self._exchange.now
                self._exchange.ledger.write(each, Fact.ARRIVED)
            elif isinstance(each, Leg):
                each.status, each.answered_at = LegStatus.UP, each.answered_at or self._exchange.now
        for each in (party, party.peer):
            if isinstance(each, Leg):
                self._record_by_rule(each)
        party.next_event = self._exchange.agenda.after(party.talk_left, partial(self.end, party))

    def _record_by_rule(self, leg: Leg) -> None:
        """What the extension's own settings say: `always`. `dontcare` and `never` leave it to queues and actions."""
        known = self._exchange.directory.extensions.get(leg.extension)
        if known is None:
            return
        rules = known.recording
        if isinstance(leg.peer, Call):
            rule = rules.outbound_external if leg.is_origin else rules.inbound_external
        else:
            rule = rules.outbound_internal if leg.is_origin else rules.inbound_internal
        if rule == "always":
            self._exchange.record(leg)

    def _drop(self, party: Party, *, gave_up: bool) -> None:
        party.forget_plans()
        party.peer = None
        if isinstance(party, Leg):
            self._exchange.lines.close(party)
        elif isinstance(party, Call):
            if party.place is Place.REACHED:
                self._exchange.ledger.write(party, Fact.FINISHED)
            else:
                self._exchange.ledger.write(party, Fact.SENT_ABANDONED if gave_up else Fact.LOST)
            self._exchange.forget(party)

"""Monitoring: an extension listens in on the calls of another.

It listens to the extension, not to a call: to an idle one it succeeds, and sits in silence (contract §4). So does an
extension that is told to monitor itself, for the EQ API text knows no error for that. It lasts until somebody hangs up
at the monitor extension.
"""

from __future__ import annotations

from functools import partial

from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Leg, LegStatus, Mode, Monitoring
from eqboard.simulator.switch.transfers import RING_SECONDS


class Monitors:
    """The calls by which extensions listen."""

    def __init__(self, exchange: Exchange, distributor: Distributor) -> None:
        self._exchange = exchange
        self._distributor = distributor

    def monitor(self, target: str, extension: str, mode: Mode) -> None:
        """Ring the monitor extension, and let it listen once it has answered.

        One that monitors already changes its mode, and its target if that is another. With a telephone that is busy
        otherwise, or without one, nothing happens.
        """
        lines = self._exchange.lines
        leg = next((leg for leg in lines.legs_at(extension) if leg.monitoring is not None), None)
        if leg is None:
            if not lines.is_free(extension):
                return
            leg = lines.open(extension, LegStatus.RINGING, call_id=self._exchange.new_call_id(), is_origin=True)
            self._await_answer(leg)
        leg.monitoring = Monitoring(target, mode)
        leg.towards = (target, lines.name_of(target))

    def answer(self, leg: Leg) -> None:
        """The monitor extension picks up now."""
        leg.forget_plans()
        leg.status, leg.answered_at = LegStatus.UP, self._exchange.now

    def hang_up(self, leg: Leg) -> None:
        """The monitor extension listens no more, or was not answered. Its hang-up may be accepted and not happen
        (contract §4).
        """
        if leg.status is LegStatus.UP and self._exchange.rng.random() < self._exchange.scenario.stuck_monitor_share:
            return
        self._end(leg)

    def _await_answer(self, leg: Leg) -> None:
        seconds = self._exchange.scenario.draw_pick_up(self._exchange.rng)
        if seconds < RING_SECONDS:
            leg.next_event = self._exchange.agenda.after(seconds, partial(self.answer, leg))
        else:
            leg.next_event = self._exchange.agenda.after(RING_SECONDS, partial(self._end, leg))

    def _end(self, leg: Leg) -> None:
        self._exchange.lines.close(leg)
        self._exchange.recordings.end(leg.id)
        self._distributor.telephone_freed(leg.extension)

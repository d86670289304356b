"""Bursts: many callers at once, on a trainer's order. They come by the agenda, drawn from the world's own dice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from eqboard.simulator.callers import Callers
from eqboard.simulator.switch.exchange import Exchange


class Bursts:
    """`expected` counts the callers who were ordered and have not come yet."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self.expected = 0
        self._exchange = exchange
        self._callers = callers

    def order(self, queues: Sequence[str], count: int, *, within_seconds: float, is_patient: bool) -> None:
        """So many callers come within the time from now, each to one of the queues by chance; the patient wait for
        ever, the others as long as the scenario's callers do. KeyError, later, for an unknown queue.
        """
        rng = self._exchange.rng
        for _ in range(count):
            arrive = partial(self._arrive, rng.choice(queues), is_patient=is_patient)
            self._exchange.agenda.after(rng.uniform(0.0, within_seconds), arrive)
        self.expected += count

    def _arrive(self, queue: str, *, is_patient: bool) -> None:
        """A queue that is deleted by now turns them away, as it does with everybody."""
        self.expected -= 1
        patience = None if is_patient else self._exchange.scenario.draw_patience(self._exchange.rng)
        self._callers.place_call(queue, patience_seconds=patience)

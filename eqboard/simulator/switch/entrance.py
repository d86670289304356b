"""The door of the queues: who gets in, and who is sent away again because nobody could take their call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from eqboard.simulator.ledger.books import Fact
from eqboard.simulator.office.entities import Queue, state_of
from eqboard.simulator.switch.admission import LOOK_SECONDS, Standing, may_join, must_leave
from eqboard.simulator.switch.distributor import Distributor
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Call, Place


class Entrance:
    """Callers come in by `enter`; `watch` is for a queue whose rule for leaving is another one now."""

    def __init__(self, exchange: Exchange, distributor: Distributor) -> None:
        self._exchange = exchange
        self._distributor = distributor

    def enter(self, call: Call, patience_seconds: float | None) -> bool:
        """Put a caller at the end of their queue. False when it turns them away: it is full (maxCallers), nobody there
        could take the call (joinEmpty), or it is deleted and no more than a number that somebody still dials.
        """
        queue = self._exchange.directory.queues[call.queue]
        if not self._admits(queue):
            self._exchange.ledger.turn_away(call)
            self._exchange.forget(call)
            return False
        self._exchange.ledger.enter(call)
        queue.waiting[call.id] = call
        self._exchange.admit(call)
        call.place, call.entered_at, call.retry_at = Place.WAITING, self._exchange.now, 0.0
        call.tried.clear()
        _prefix_name(call, queue.settings.cid_name_prefix)
        if queue.settings.recording_mode == "includeholdtime":
            self._exchange.record_for(queue, call)
        self._plan_end(queue, call, patience_seconds)
        self._distributor.distribute([queue])
        self.watch(queue)
        return True

    def watch(self, queue: Queue) -> None:
        """Ask about once a second whether those who wait are to leave, as long as somebody waits and the queue has a
        rule for it. One look at a time is planned for a queue.
        """
        if queue.waiting and queue.settings.leave_empty != "no" and not queue.is_watched:
            queue.is_watched = True
            self._exchange.agenda.after(LOOK_SECONDS, partial(self._look, queue))

    def _look(self, queue: Queue) -> None:
        queue.is_watched = False
        if must_leave(queue.settings.leave_empty, self._standings(queue)):
            for call in [call for call in queue.waiting.values() if not call.ringing]:
                self._exchange.ledger.write(call, Fact.LEFT_EMPTY)
                self._distributor.take_out(call)
                self._exchange.forget(call)
        self.watch(queue)

    def _admits(self, queue: Queue) -> bool:
        limit = queue.settings.max_callers
        if queue.deleted or (limit is not None and len(queue.waiting) >= limit):
            return False
        return may_join(queue.settings.join_empty, self._standings(queue))

    def _standings(self, queue: Queue) -> Iterator[Standing]:
        lines = self._exchange.lines
        for agent in queue.members.values():
            membership = agent.memberships[queue.extension]
            yield Standing(
                state_of(agent, membership),
                membership.paused,
                lines.exists(agent.extension),
                lines.is_registered(agent.extension),
            )

    def _plan_end(self, queue: Queue, call: Call, patience_seconds: float | None) -> None:
        """The caller gives up, or has waited as long as the queue lets them. A new maxWaitTime is for new callers."""
        agenda, limit = self._exchange.agenda, queue.settings.max_wait_time
        if patience_seconds is not None:
            call.patience_event = agenda.after(patience_seconds, partial(self._distributor.hang_up, call))
        if limit is not None:
            call.limit_event = agenda.after(limit, partial(self._distributor.time_out, call))


def _prefix_name(call: Call, prefix: str | None) -> None:
    """Another queue's prefix takes the place of the first; a queue without one leaves the name as it is (FreePBX)."""
    if prefix:
        call.name = prefix + call.name.removeprefix(call.cid_prefix)
        call.cid_prefix = prefix

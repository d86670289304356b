"""The agenda: what happens next, in exact order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable

FEW_EVENTS = 10_000  # among which the cancelled ones are no burden


class Event:
    """Something planned for a moment. A cancelled event stays in the heap, and is skipped when its time comes or swept
    out when there are many.
    """

    __slots__ = ("action", "at", "is_cancelled", "order")

    def __init__(self, at: float, order: int, action: Callable[[], None]) -> None:
        self.at = at
        self.order = order
        self.action = action
        self.is_cancelled = False

    def __lt__(self, other: Event) -> bool:
        return (self.at, self.order) < (other.at, other.order)

    def cancel(self) -> None:
        """Take it off the agenda; whatever it was about is let go."""
        self.is_cancelled = True
        self.action = _nothing


class Agenda:
    """A clock that moves only forward, from event to event; equal moments keep the order in which they were planned."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._events: list[Event] = []
        self._order = 0
        self._sweep_at = FEW_EVENTS

    def after(self, seconds: float, action: Callable[[], None]) -> Event:
        """Plan `action` for `seconds` (0 or more) from now."""
        return self.at(self.now + max(0.0, seconds), action)

    def at(self, moment: float, action: Callable[[], None]) -> Event:
        """Plan `action` for exactly that moment, UNIX seconds, now or later."""
        self._order += 1
        event = Event(moment, self._order, action)
        heapq.heappush(self._events, event)
        if len(self._events) > self._sweep_at:
            self._sweep()
        return event

    def run_to(self, moment: float, *, at_most: int | None = None) -> bool:
        """Do everything planned up to and including `moment`; a moment in the past does nothing.

        False when there was more to do than `at_most` events: the clock then stands at the last of those.
        """
        done = 0
        while self._events and self._events[0].at <= moment:
            if self._events[0].is_cancelled:
                heapq.heappop(self._events)
                continue
            if done == at_most:
                return False
            event = heapq.heappop(self._events)
            self.now = event.at
            event.action()
            done += 1
        self.now = max(self.now, moment)
        return True

    def _sweep(self) -> None:
        """Forget what is cancelled; again when there are twice as many events as are left, so that it costs little."""
        self._events = [event for event in self._events if not event.is_cancelled]
        heapq.heapify(self._events)
        self._sweep_at = max(FEW_EVENTS, 2 * len(self._events))


def _nothing() -> None:
    """What a cancelled event does."""

"""The agenda: what happens next, in exact order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Event:
    """Something planned for a moment. A cancelled event stays in the heap and is skipped when its time comes."""

    __slots__ = ("action", "at", "is_cancelled", "order")

    def __init__(self, at: float, order: int, action: Callable[[], None]) -> None:
        self.at = at
        self.order = order
        self.action = action
        self.is_cancelled = False

    def __lt__(self, other: Event) -> bool:
        return (self.at, self.order) < (other.at, other.order)

    def cancel(self) -> None:
        """Take it off the agenda."""
        self.is_cancelled = True


class Agenda:
    """A clock that moves only forward, from event to event; equal moments keep the order in which they were planned."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._events: list[Event] = []
        self._order = 0

    def after(self, seconds: float, action: Callable[[], None]) -> Event:
        """Plan `action` for `seconds` (0 or more) from now."""
        self._order += 1
        event = Event(self.now + max(0.0, seconds), self._order, action)
        heapq.heappush(self._events, event)
        return event

    def run_to(self, moment: float) -> None:
        """Do everything planned up to and including `moment`; a moment in the past does nothing."""
        while self._events and self._events[0].at <= moment:
            event = heapq.heappop(self._events)
            if not event.is_cancelled:
                self.now = event.at
                event.action()
        self.now = max(self.now, moment)

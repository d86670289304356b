"""One socket's place at the hub: bounded, whatever its reader does.

Whoever cannot take a frame *lags*: nothing is kept for it, and when it can take frames again it gets the whole board,
as on connect. Their line tells when it is full. What lies beyond it, in proxies and in a browser that sleeps, it cannot
see (performance.md §2.7): so the browser acknowledges what it has shown, and without that a viewer lags too.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from eqboard.line import Line, Message

ACK_WITHIN_SECONDS = 25.0  # the browser acknowledges every 10 s, and what came last when nothing follows
DROP_AFTER_SECONDS = 30.0  # a viewer that lags longer is sent away; browsers come back by themselves
MAX_UNSEEN_CHARACTERS = 4 * 1024 * 1024  # sent and not acknowledged
NONE = -1  # the number of no frame


@dataclass(frozen=True, slots=True)
class Frame:
    """One tick for one audience, built once and shared by all its sockets.

    One message as a rule; more where a board is too large for one. The last one carries the number.
    """

    number: int  # of the audience's frames
    messages: tuple[Message, ...]

    @property
    def characters(self) -> int:
        return sum(map(len, self.messages))


class Receipt(NamedTuple):
    """What is remembered of a frame until everybody must have seen it."""

    number: int
    characters: int
    made_at: float


class Due:
    """Up to which frame everybody must have seen by now, of one audience; `number` is its own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.number = NONE
        self._clock = clock
        self._made: deque[Receipt] = deque()  # that need not have been seen yet
        self._characters = 0  # of all those
        self._newest = NONE

    def note(self, frame: Frame) -> None:
        """A frame that is sent now, or a whole board of the same number."""
        now = self._clock()
        if frame.number <= self._newest:
            self._made[-1] = self._made[-1]._replace(made_at=now)
            return
        while self._made and (
            now - self._made[0].made_at > ACK_WITHIN_SECONDS or self._characters > MAX_UNSEEN_CHARACTERS
        ):
            oldest = self._made.popleft()
            self.number, self._characters = oldest.number, self._characters - oldest.characters
        self._made.append(Receipt(frame.number, frame.characters, now))
        self._characters += frame.characters
        self._newest = frame.number


class Viewer:
    """`drop` sends it away; `whole` makes the whole board as it is now. `begin` shows that, and asks for all later."""

    __slots__ = (
        "_clock", "_drop", "_due", "_has_begun", "_is_over", "_lagging_since", "_line", "_needs_whole", "_seen_number",
        "_sent_number", "_whole",
    )  # fmt: skip

    def __init__(
        self,
        line: Line,
        drop: Callable[[], None],
        whole: Callable[[], Frame],
        due: Due,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._drop = drop
        self._whole = whole
        self._due = due
        self._clock = clock
        self._has_begun = False
        self._needs_whole = True
        self._sent_number = NONE
        self._seen_number = NONE
        self._lagging_since: float | None = None
        self._is_over = False

    def begin(self) -> None:
        self._has_begun = True
        self._line.on_resume = self._catch_up
        self._catch_up()

    def end(self) -> None:
        """Nothing is sent any more."""
        self._is_over = self._needs_whole = True

    def push(self, frame: Frame) -> bool:
        """Offer a frame. False when the viewer cannot take it and will get the whole board instead, later."""
        if not self._needs_whole:  # as mostly: this is done for each viewer and frame
            if frame.number <= self._sent_number:
                return True  # the whole board that was sent meanwhile holds it already
            if self._seen_number >= self._due.number and self._line.push(frame.messages):
                self._sent_number = frame.number
                return True
            self._needs_whole = True
        if not self._has_begun or self._is_over:
            return False
        self._catch_up()
        if self._needs_whole:
            self._note_lag()
        return not self._needs_whole

    def resync(self) -> None:
        """What this viewer shows is not known any more: the next frame is the whole board."""
        self._needs_whole = True

    def on_ack(self, number: int) -> None:
        """The browser has shown frame `number`, and so all before it. What came later is still on its way."""
        self._seen_number = max(self._seen_number, min(number, self._sent_number))
        self._catch_up()

    def _catch_up(self) -> None:
        """The whole board, for whoever has missed something and can take it."""
        if self._needs_whole and not self._is_over:
            if self._line.lagging:
                self._line.miss()
            elif not self._is_blocked():
                self._show_whole(self._whole())
        if not self._needs_whole:
            self._lagging_since = None

    def _show_whole(self, frame: Frame) -> None:
        if self._line.push(frame.messages):
            self._needs_whole = False
            self._sent_number = frame.number
            self._seen_number = frame.number - 1  # what came before is part of it

    def _note_lag(self) -> None:
        now = self._clock()
        if self._lagging_since is None:
            self._lagging_since = now
        elif now - self._lagging_since > DROP_AFTER_SECONDS:
            self.end()
            self._drop()

    def _is_blocked(self) -> bool:
        """Whether it has not seen in time what it was sent."""
        return self._seen_number < min(self._due.number, self._sent_number)

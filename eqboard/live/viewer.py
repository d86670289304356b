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

ACK_WITHIN_SECONDS = 25.0  # the browser acknowledges every 10 s
DROP_AFTER_SECONDS = 30.0  # a viewer that lags longer is sent away; browsers come back by themselves
MAX_UNSEEN_CHARACTERS = 4 * 1024 * 1024  # sent and not acknowledged


class Receipt(NamedTuple):
    """What a viewer keeps of a frame until it has been seen. All its viewers keep the same."""

    number: int  # of the hub's frames
    characters: int
    made_at: float


@dataclass(frozen=True, slots=True)
class Frame:
    """One tick for one audience, built once and shared by all its sockets.

    One message as a rule; more where a board is too large for one. The last one carries the number.
    """

    receipt: Receipt
    messages: tuple[Message, ...]

    @classmethod
    def of(cls, number: int, messages: tuple[Message, ...], made_at: float) -> "Frame":
        """`made_at` by the clock of the viewers."""
        return cls(Receipt(number, sum(map(len, messages)), made_at), messages)


class Viewer:
    """`drop` sends it away; `whole` makes the whole board as it is now. `begin` shows that, and asks for all later."""

    __slots__ = (
        "_clock", "_drop", "_has_begun", "_is_over", "_lagging_since", "_line", "_needs_whole", "_sent_number",
        "_unseen", "_unseen_characters", "_whole",
    )  # fmt: skip

    def __init__(
        self,
        line: Line,
        drop: Callable[[], None],
        whole: Callable[[], Frame],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._drop = drop
        self._whole = whole
        self._clock = clock
        self._has_begun = False
        self._needs_whole = True
        self._sent_number = 0
        self._unseen: deque[Receipt] = deque()  # of what was sent and not seen
        self._unseen_characters = 0
        self._lagging_since: float | None = None
        self._is_over = False

    @property
    def is_lagging(self) -> bool:
        return self._lagging_since is not None

    def begin(self) -> None:
        self._has_begun = True
        self._line.on_resume = self._catch_up
        self._catch_up()

    def end(self) -> None:
        """Nothing is sent any more."""
        self._is_over = True

    def push(self, frame: Frame) -> bool:
        """Offer a frame. False when the viewer cannot take it and will get the whole board instead, later."""
        if not self._has_begun or self._is_over:
            return False
        if not self._needs_whole:
            if frame.receipt.number <= self._sent_number:
                return True  # the whole board that was sent meanwhile holds it already
            if not self._is_blocked() and self._hand_over(frame):
                return True
            self._needs_whole = True
        self._catch_up()
        if self._needs_whole:
            self._note_lag()
        return not self._needs_whole

    def resync(self) -> None:
        """What this viewer shows is not known any more: the next frame is the whole board."""
        self._needs_whole = True

    def on_ack(self, number: int) -> None:
        """The browser has shown frame `number`, and so all before it. What came later is still on its way."""
        while self._unseen and self._unseen[0].number <= number:
            self._unseen_characters -= self._unseen.popleft().characters
        self._catch_up()

    def _catch_up(self) -> None:
        """The whole board, for whoever has missed something and can take it."""
        if self._needs_whole and not self._is_over and not self._is_blocked() and not self._line.lagging:
            self._needs_whole = not self._hand_over(self._whole())
        if not self._needs_whole:
            self._lagging_since = None

    def _hand_over(self, frame: Frame) -> bool:
        if not self._line.push(frame.messages):
            return False
        receipt = frame.receipt
        self._sent_number = receipt.number
        self._unseen_characters += receipt.characters
        self._unseen.append(receipt)
        return True

    def _note_lag(self) -> None:
        now = self._clock()
        if self._lagging_since is None:
            self._lagging_since = now
        elif now - self._lagging_since > DROP_AFTER_SECONDS:
            self.end()
            self._drop()

    def _is_blocked(self) -> bool:
        if not self._unseen:
            return False
        unseen_seconds = self._clock() - self._unseen[0].made_at
        return unseen_seconds > ACK_WITHIN_SECONDS or self._unseen_characters > MAX_UNSEEN_CHARACTERS

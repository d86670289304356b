"""One socket's place at the hub: bounded, whatever its reader does.

A viewer holds one frame at most. Whoever cannot take a frame *lags*: nothing is kept for it, and when it can take
frames again it gets the whole board, as on connect. Daphne's `send` returns at once even if nobody reads
(performance.md §2.7), so the browser acknowledges what it has shown; without that a viewer lags too.
A server that knows better (performance.md §7) can take the place of this class: `push`, `is_lagging`, `on_ack`.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

ACK_WITHIN_SECONDS = 15.0  # the browser acknowledges every 5 s
DROP_AFTER_SECONDS = 30.0  # a viewer that lags longer is sent away; browsers come back by themselves
MAX_UNSEEN_BYTES = 4 * 1024 * 1024  # sent and not acknowledged


@dataclass(frozen=True, slots=True)
class Frame:
    """One tick for one audience, built once and shared by all its sockets. `number` counts the hub's frames.

    One message as a rule; more where a board is too large for one. The last one carries the number.
    """

    number: int
    messages: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(len(message) for message in self.messages)


class Viewer:
    """`send` and `drop` are the socket's; `whole` makes the whole board as it is now."""

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        drop: Callable[[], Awaitable[None]],
        whole: Callable[[], Frame],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._drop = drop
        self._whole = whole
        self._clock = clock
        self._slot: Frame | None = None
        self._needs_whole = True
        self._sent_number = 0
        self._unseen: deque[tuple[int, int, float]] = deque()  # number, size, moment of what was sent and not seen
        self._unseen_bytes = 0
        self._lagging_since: float | None = None
        self._wake = asyncio.Event()
        self._wake.set()

    @property
    def is_lagging(self) -> bool:
        return self._lagging_since is not None

    def push(self, frame: Frame) -> bool:
        """Offer a frame. False when the viewer cannot take it and will get the whole board instead, later."""
        if frame.number <= self._sent_number:
            return True  # the whole board that was sent meanwhile holds it already
        if self._is_blocked():
            self._lagging_since = self._clock() if self._lagging_since is None else self._lagging_since
            self._needs_whole = True
        if self._slot is not None:
            self._needs_whole = True
        self._wake.set()
        if self._needs_whole:
            self._slot = None
            return False
        self._slot = frame
        return True

    def resync(self) -> None:
        """What this viewer shows is not known any more: the whole board is due."""
        self._slot = None
        self._needs_whole = True
        self._wake.set()

    def on_ack(self, number: int) -> None:
        """The browser has shown frame `number`, and so all before it. What came later is still on its way."""
        while self._unseen and self._unseen[0][0] <= number:
            self._unseen_bytes -= self._unseen.popleft()[1]
        if not self._is_blocked():
            self._lagging_since = None
        self._wake.set()

    async def write(self) -> None:
        """Send what is due, until cancelled, or until the viewer is dropped."""
        try:
            while not self._is_overdue():
                await self._step()
        except TimeoutError:
            pass  # a server that waits for its reader waits no longer than we do
        await self._drop()

    async def _step(self) -> None:
        frame = None if self._is_blocked() else self._take()
        if frame is None:
            self._wake.clear()
            await self._wake.wait()
            return
        self._note_sent(frame)
        async with asyncio.timeout(DROP_AFTER_SECONDS):
            for message in frame.messages:
                await self._send(message)

    def _take(self) -> Frame | None:
        if self._needs_whole:
            self._needs_whole = False
            return self._whole()
        frame, self._slot = self._slot, None
        return frame

    def _note_sent(self, frame: Frame) -> None:
        self._sent_number = frame.number
        self._unseen_bytes += frame.size
        self._unseen.append((frame.number, frame.size, self._clock()))

    def _is_blocked(self) -> bool:
        if not self._unseen:
            return False
        oldest_sent_at = self._unseen[0][2]
        return self._clock() - oldest_sent_at > ACK_WITHIN_SECONDS or self._unseen_bytes > MAX_UNSEEN_BYTES

    def _is_overdue(self) -> bool:
        return self._lagging_since is not None and self._clock() - self._lagging_since > DROP_AFTER_SECONDS

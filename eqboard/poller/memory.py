"""The newest that a poller knows, for a Redis that comes back empty, or with what it had saved minutes ago."""

from collections import deque

from eqboard.feed.reader import Whole

EPOCHS = 100  # that are remembered


class Memory:
    """Tells old from new without a clock, which may be set: an epoch that was seen before the newest one is over."""

    def __init__(self) -> None:
        self.newest = Whole()
        self._epochs: deque[str] = deque(maxlen=EPOCHS)

    def see(self, found: Whole) -> None:
        """What Redis holds, which another leader may have stored."""
        if self._is_news(found):
            self.keep(found)

    def keep(self, newest: Whole) -> None:
        self.newest = newest
        if newest.stored and newest.stored.epoch not in self._epochs:
            self._epochs.append(newest.stored.epoch)

    def _is_news(self, found: Whole) -> bool:
        theirs, ours = found.stored, self.newest.stored
        if theirs is None or ours is None:
            return ours is None
        return theirs.seq > ours.seq if theirs.epoch == ours.epoch else theirs.epoch not in self._epochs

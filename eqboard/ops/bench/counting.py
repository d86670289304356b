"""What those who look have had: who had which frame and when, and what came wrongly."""

from dataclasses import dataclass, field

from eqboard.ops.bench.beats import numbers_in
from eqboard.ops.bench.frames import Message
from eqboard.ops.bench.seat import NOT_YET, Viewer

KEPT_FRAMES = 200
WHOLE = b'id="screen"'


@dataclass(slots=True)
class Had:
    """How many have had a frame, and when the last of them had, of the monotonic clock."""

    count: int = 0
    last_at: float = 0.0


class Watch:
    """What the viewers have had, by the numbers of the newest frames."""

    def __init__(self) -> None:
        self.had: dict[int, Had] = {}

    def note(self, before: int, number: int, at: float) -> None:
        """One of them has a frame, and had `before` until now. What it skipped it has too: who is late gets the whole
        board instead.
        """
        for each in range(max(before + 1, number - KEPT_FRAMES), number + 1):
            had = self.had.setdefault(each, Had())
            had.count += 1
            had.last_at = max(had.last_at, at)
        while len(self.had) > KEPT_FRAMES:
            del self.had[min(self.had)]


@dataclass(slots=True)
class Tally:
    """What came since it was begun. `arrivals`: of the healthy ones, when each update came, by its number; of the
    monotonic clock. `frames` are boards' frames, `messages` what they came in.
    """

    frames: int = 0
    messages: int = 0
    wire_bytes: int = 0
    wholes: int = 0
    skipped: int = 0  # frames in whose place a whole board came
    lost: int = 0  # frames in whose place nothing came
    repeated: int = 0  # frames that came again, or later than newer ones
    corrupt: int = 0  # sockets that said what none does, or another text than to others
    ended: int = 0  # sockets that the server ended
    arrivals: dict[int, list[float]] = field(default_factory=dict)

    @property
    def wrong_frames(self) -> int:
        return self.lost + self.repeated + self.corrupt

    def faults(self) -> list[str]:
        """What came wrongly, in words; nothing when all is well."""
        counted = {
            "lost": self.lost, "repeated": self.repeated, "corrupt": self.corrupt, "sockets ended": self.ended,
        }  # fmt: skip
        return [f"{count} {what}" for what, count in counted.items() if count]


class Books:
    """Of all viewers. `numbers`, `seqs`: who has had which frame, and which update."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.numbers, self.seqs = Watch(), Watch()
        self.greeted_at: list[float] = []  # with a first frame
        self._checksums: dict[int, int] = {}

    def see(self, viewer: Viewer, message: Message, at: float) -> bool:
        """A message of a board. Whether a frame ends with it: then it has the pulse."""
        tally = self.tally
        tally.messages += 1
        tally.wire_bytes += message.wire_bytes
        viewer.unacked_bytes += message.text_bytes
        viewer.was_whole = viewer.was_whole or WHOLE in message.begin
        numbers = numbers_in(message.end)
        if numbers is None:
            return False
        number, seq = numbers
        is_whole, viewer.was_whole = viewer.was_whole, False
        tally.frames += 1
        tally.wholes += is_whole
        if not is_whole and not self._is_same_for_all(number, message.checksum):
            tally.corrupt += 1
        self._count(viewer, number, at, is_whole)
        if seq > viewer.seq:
            tally.arrivals.setdefault(seq, []).append(at)
            self.seqs.note(viewer.seq if viewer.seq != NOT_YET else seq - 1, seq, at)
            viewer.seq = seq
        return True

    def _is_same_for_all(self, number: int, checksum: int) -> bool:
        return not checksum or self._checksums.setdefault(number, checksum) == checksum

    def _count(self, viewer: Viewer, number: int, at: float, is_whole: bool) -> None:
        before = viewer.number
        if before == NOT_YET:
            self.greeted_at.append(at)
        elif number <= before:
            self.tally.repeated += 1
            return
        else:
            gap = number - before - 1
            if is_whole:
                self.tally.skipped += gap
            else:
                self.tally.lost += gap
            self.numbers.note(before, number, at)
        viewer.number = number

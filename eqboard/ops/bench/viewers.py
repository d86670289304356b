"""The process of those who look: thousands of boards' sockets, read as fast as one process can, and acknowledged as
the page does (static/eqboard/line.js). It is told what to do by lines of JSON, and answers each with one.

Of each frame it is known who had it and when, by the numbers in the pulse: `data-frame`, which the server counts for
each board, and `data-seq`, which whoever publishes counts. So what was lost, came twice or out of order is found out. A
gap is none where the whole board follows: then frames were skipped, as they should be for whoever is late.
"""

import json
import selectors
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

from eqboard.ops.bench.counting import Books, Had, Tally
from eqboard.ops.bench.frames import CLOSE, PING, PONG, TEXT, Corrupt, Message
from eqboard.ops.bench.seat import NOT_YET, Manner, Viewer
from eqboard.ops.bench.sockets import Address
from eqboard.ops.open_files import raise_limit

BUFFER_BYTES = 256 * 1024


class Viewers:
    """All of them. They are read in `pump`; a command that waits for something pumps until then."""

    def __init__(self, address: Address, commands: BinaryIO) -> None:
        self._address = address
        self._said = commands
        self._selector = selectors.DefaultSelector()
        self._selector.register(commands, selectors.EVENT_READ)
        self._buffer = bytearray(BUFFER_BYTES)
        self._everybody: list[Viewer] = []
        self._books = Books()
        self._acks = True
        self._opened_at: list[float] = []
        self._ended = 0
        self._commands: dict[str, Callable[..., object]] = {
            "join": self.join, "begin": self.begin, "tally": self.tally, "until": self.until, "had": self.had,
            "acks": self.acks, "stall": self.stall, "resume": self.resume,
        }  # fmt: skip

    def serve(self) -> None:
        """Until there are no more commands."""
        while True:
            if self.pump(1.0) and not self._obey():
                return

    def _obey(self) -> bool:
        line = self._said.readline()
        if not line:
            return False
        told = json.loads(line)
        answer = self._commands[told.pop("do")](**told)
        print(json.dumps(answer), flush=True)
        return True

    # Commands

    def join(self, count: int, at_once: int, seconds: float, boards: bool, **manner: Any) -> object:
        """So many more, of whom no more than `at_once` are on their way in side by side. `boards`: somebody is there
        when they have had a first frame; else when the socket is open. Tells when each was, in seconds from now.
        """
        began_at, left, entered = time.monotonic(), count, 0
        there = self._books.greeted_at if boards else self._opened_at
        before, ended = len(there), self._ended
        while len(there) - before + self._ended - ended < count and time.monotonic() - began_at < seconds:
            while left and entered - (len(there) - before) < at_once:
                self._enter(Manner(**manner))
                left, entered = left - 1, entered + 1
            self.pump(0.05)
        return {"arrived_after": [at - began_at for at in there[before:]]}

    def begin(self) -> object:
        self._books.tally = Tally()
        return {}

    def tally(self) -> object:
        return asdict(self._books.tally)

    def until(self, seq: int, seconds: float) -> object:
        """Wait until everybody who reads has had that update, or a newer one, for so many seconds at most."""
        give_up_at = time.monotonic() + seconds
        reading = sum(each.is_open and not each.is_stalled for each in self._everybody)
        while (had := self._books.seqs.had.get(seq, Had())).count < reading and time.monotonic() < give_up_at:
            self.pump(0.01)
        return asdict(had)

    def had(self, number: int) -> object:
        return asdict(self._books.numbers.had.get(number, Had()))

    def acks(self, on: bool) -> object:
        self._acks = on
        return {}

    def stall(self, count: int) -> object:
        """So many of them read no more."""
        for each in [each for each in self._everybody if each.is_open][:count]:
            each.is_stalled = True
            self._selector.unregister(each.socket)
        return {}

    def resume(self, seconds: float) -> object:
        """They read again. Tells how long it took until each had the whole board, or else something that went on
        without a gap; at most so many seconds. Whom the server has ended comes back with a new socket, as the page.
        """
        back = [each for each in self._everybody if each.is_stalled]
        began_at, newest = time.monotonic(), max((each.seq for each in self._everybody), default=NOT_YET)
        for each in back:
            each.is_stalled = False
            self._selector.register(each.socket, selectors.EVENT_READ, each)
        taken: dict[int, float] = {}
        ended = 0
        while len(taken) < len(back) and time.monotonic() - began_at < seconds:
            self.pump(0.01)
            for place, each in enumerate(back):
                if place in taken:
                    continue
                if each.seq >= newest:
                    taken[place] = time.monotonic() - began_at
                elif each.socket.fileno() < 0:
                    ended += 1
                    back[place] = self._come_back(each)
                elif self._acks:
                    each.acknowledge_the_last(time.monotonic())
        return {"seconds": sorted(taken.values()), "ended": ended}

    # Sockets

    def pump(self, seconds: float) -> bool:
        """Read whatever is there, for so long if nothing is. Tells whether there is a command."""
        has_command = False
        for key, _ in self._selector.select(seconds):
            viewer = key.data
            if viewer is None:
                has_command = True
            elif viewer.head is not None:
                self._knock(viewer)
            else:
                self._read(viewer)
        return has_command

    def _enter(self, manner: Manner) -> Viewer:
        viewer = Viewer(self._address, manner)
        self._everybody.append(viewer)
        self._selector.register(viewer.socket, selectors.EVENT_WRITE, viewer)
        return viewer

    def _come_back(self, gone: Viewer) -> Viewer:
        viewer = self._enter(gone.manner)
        self._everybody.remove(viewer)
        self._everybody[self._everybody.index(gone)] = viewer
        return viewer

    def _knock(self, viewer: Viewer) -> None:
        head, viewer.head = viewer.head, None
        try:
            viewer.socket.send(head or b"")
        except OSError:
            self._end(viewer)
            return
        self._selector.modify(viewer.socket, selectors.EVENT_READ, viewer)

    def _read(self, viewer: Viewer) -> None:
        try:
            count = viewer.socket.recv_into(self._buffer)
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if not count:
            self._end(viewer)
            return
        at, data = time.monotonic(), self._buffer
        if not viewer.is_open:
            rest = self._answered(viewer, bytes(data[:count]))
            if not rest:
                return
            data, count = bytearray(rest), len(rest)
        try:
            for message in viewer.reader.feed(data, count):
                self._hear(viewer, message, at)
        except Corrupt:
            self._books.tally.corrupt += 1
            self._end(viewer)

    def _answered(self, viewer: Viewer, answer: bytes) -> bytes:
        """What follows the server's answer, which comes in one piece."""
        head, blank, rest = answer.partition(b"\r\n\r\n")
        if not blank or b" 101 " not in head.partition(b"\r\n")[0]:
            self._end(viewer)
            return b""
        viewer.is_open = True
        self._opened_at.append(time.monotonic())
        return rest

    def _end(self, viewer: Viewer) -> None:
        self._selector.unregister(viewer.socket)
        viewer.socket.close()
        viewer.is_open = False
        self._ended += 1
        self._books.tally.ended += 1

    def _hear(self, viewer: Viewer, message: Message, at: float) -> None:
        if message.kind == TEXT and not message.begin.startswith(b"{"):
            if self._books.see(viewer, message, at) and self._acks:
                viewer.acknowledge(at)
        elif message.kind == PING:
            viewer.say(PONG, message.begin)
        elif message.kind == CLOSE:
            self._end(viewer)


def main() -> None:
    raise_limit()
    with open(sys.stdin.fileno(), "rb", buffering=0) as commands:  # what a buffer holds the selector would not see
        Viewers(Address(**json.loads(commands.readline())), commands).serve()


if __name__ == "__main__":
    main()

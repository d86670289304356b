"""One socket's place at the hub is bounded, whatever its reader does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.line import Message
from eqboard.live import sending
from eqboard.live.sending import SendLine
from eqboard.live.viewer import ACK_WITHIN_SECONDS, DROP_AFTER_SECONDS, MAX_UNSEEN_CHARACTERS, NONE, Due, Frame, Viewer


@dataclass
class Socket:
    """What reached the server, and a clock moved by hand. A board is counted by the frame it was current at."""

    now: float = 0.0
    number: int = 0
    sent: list[str] = field(default_factory=list)
    dropped: int = 0
    size: int = 10
    is_open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_open.set()
        self.line = SendLine(self.send)
        self.due = Due(clock=lambda: self.now)
        self.viewer = Viewer(self.line, self.drop, self.whole, self.due, clock=lambda: self.now)

    async def send(self, text: str) -> None:
        self.sent.append(text.rstrip())
        await self.is_open.wait()

    def drop(self) -> None:
        self.dropped += 1

    def whole(self) -> Frame:
        return self.frame("whole")

    def frame(self, kind: str) -> Frame:
        frame = Frame(self.number, (Message(f"{kind} {self.number}".ljust(self.size)),))
        self.due.note(frame)
        return frame

    def push(self) -> bool:
        """The hub's next frame."""
        self.number += 1
        return self.viewer.push(self.frame("frame"))

    @property
    def is_lagging(self) -> bool:
        return self.viewer._lagging_since is not None

    def sees_all(self) -> None:
        self.viewer.on_ack(self.number)


@asynccontextmanager
async def writing(socket: Socket) -> AsyncIterator[asyncio.Task[None]]:
    """Over a server's `send`; the lines of a server of ours are tried in tests/ops/test_pushing.py."""
    task = asyncio.create_task(socket.line.write())
    socket.viewer.begin()
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def settle() -> None:
    """Let the writer do what it can do."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_first_frame_is_the_whole_board() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        assert socket.sent == ["whole 0"]


async def test_frames_before_the_whole_board_left_are_part_of_it() -> None:
    socket = Socket()
    assert not socket.push()
    assert not socket.push()
    assert not socket.is_lagging
    async with writing(socket):
        await settle()
        assert socket.sent == ["whole 2"]


async def test_each_frame_follows_the_one_before() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        for _ in range(3):
            assert socket.push()
            await settle()
        assert socket.sent == ["whole 0", "frame 1", "frame 2", "frame 3"]


async def test_a_second_frame_before_the_first_left_becomes_the_whole_board() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        assert socket.push()
        assert not socket.push()
        assert not socket.push()
        await settle()
        assert socket.sent == ["whole 0", "whole 3"]


async def test_while_the_server_waits_for_the_reader_nothing_piles_up() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        socket.is_open.clear()
        for _ in range(100):
            socket.push()
            await settle()
        assert socket.sent == ["whole 0", "frame 1"]
        assert socket.line._slot is None
        socket.is_open.set()
        await settle()
        assert socket.sent[2:] == ["whole 100"]


async def test_a_frame_that_the_whole_board_holds_already_is_not_sent_again() -> None:
    """With many viewers a hub pauses within a tick; a writer may send the whole board of that very tick meanwhile."""
    socket = Socket()
    socket.number = 5
    async with writing(socket):
        await settle()
        assert socket.viewer.push(socket.frame("frame"))
        await settle()
        assert socket.sent == ["whole 5"]
        socket.push()
        await settle()
        assert socket.sent == ["whole 5", "frame 6"]


# Acknowledgements


async def test_who_never_acknowledges_is_blocked_and_holds_nothing() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        socket.now = ACK_WITHIN_SECONDS + 0.1
        for _ in range(50):
            assert not socket.push()
            await settle()
        assert socket.sent == ["whole 0"]
        assert socket.is_lagging
        assert socket.line._slot is None


async def test_who_never_acknowledges_is_dropped_in_the_end() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        socket.now = ACK_WITHIN_SECONDS + 1
        socket.push()
        socket.now += DROP_AFTER_SECONDS - 0.1
        socket.push()
        assert not socket.dropped
        socket.now += 0.2
        socket.push()
        assert socket.dropped == 1
        for _ in range(3):
            assert not socket.push()
            socket.sees_all()
        await settle()
        assert socket.dropped == 1, "once is enough"
        assert socket.sent == ["whole 0"], "and nothing comes after it"


async def test_whoever_has_left_gets_nothing_any_more() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        socket.viewer.end()
        assert not socket.push()
        socket.viewer.resync()
        socket.sees_all()
        socket.line.on_resume()
        await settle()
        assert socket.sent == ["whole 0"]


async def test_whoever_must_begin_anew_gets_the_whole_board_with_the_next_frame() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        socket.viewer.resync()
        assert socket.push()
        await settle()
        assert socket.sent == ["whole 0", "whole 1"]


async def test_a_late_acknowledgement_brings_the_whole_board() -> None:
    socket = Socket()
    async with writing(socket):
        await settle()
        socket.now = ACK_WITHIN_SECONDS + 5
        socket.push()
        socket.push()
        await settle()
        socket.viewer.on_ack(0)
        await settle()
        assert socket.sent == ["whole 0", "whole 2"]
        assert not socket.is_lagging
        socket.push()
        await settle()
        assert socket.sent[-1] == "frame 3"


async def test_who_acknowledges_is_never_blocked() -> None:
    socket = Socket()
    async with writing(socket):
        for _ in range(200):
            await settle()
            socket.now += 5
            socket.sees_all()
            assert socket.push() or not socket.sent[1:]
        assert not socket.dropped
        assert not socket.is_lagging


async def test_too_much_that_is_unseen_blocks_at_once() -> None:
    socket = Socket(size=MAX_UNSEEN_CHARACTERS // 4)
    async with writing(socket):
        for _ in range(20):
            await settle()
            socket.push()
        assert len(socket.sent) == 5
        socket.viewer.on_ack(4)
        await settle()
        assert socket.sent[5:] == ["whole 20"]


async def test_an_old_acknowledgement_does_not_vouch_for_what_came_after() -> None:
    """A slow line: its reader is alive and far behind. What waits in the server's buffer stays counted."""
    socket = Socket(size=MAX_UNSEEN_CHARACTERS // 4)
    async with writing(socket):
        for _ in range(40):
            await settle()
            socket.push()
            socket.viewer.on_ack(0)
        unseen = [text for text in socket.sent if text != "whole 0"]
        assert len(unseen) <= 5
        socket.now = ACK_WITHIN_SECONDS + 1
        socket.viewer.on_ack(0)
        assert not socket.push()


async def test_strange_numbers_harm_nobody() -> None:
    socket = Socket()
    async with writing(socket):
        for number in (-1, 0, 10**30, -(10**30)):
            socket.viewer.on_ack(number)
            await settle()
            socket.push()
        await settle()
        assert socket.sent[-1].endswith(str(socket.number))


def test_what_everybody_must_have_seen_is_so_old_or_has_so_much_after_it() -> None:
    now = 0.0
    due = Due(clock=lambda: now)

    def make(number: int, characters: int = 10) -> int:
        due.note(Frame(number, (Message("x" * characters),)))
        return due.number

    assert [make(1), make(2)] == [NONE, NONE]
    now = ACK_WITHIN_SECONDS
    assert make(3) == NONE
    now += 0.1
    assert make(3) == NONE, "a board that is sent again is not another frame"
    assert make(4) == 2
    assert make(5, MAX_UNSEEN_CHARACTERS) == 2
    assert make(6) == 4, "with the fifth alone there is not too much"
    assert make(7) == 5
    assert len(due._made) == 2, "of the others nothing is kept"


# Servers and sockets that fail


async def test_a_send_that_never_ends_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(sending, "GIVE_UP_SECONDS", 0.05)
    socket = Socket()
    socket.is_open.clear()
    socket.viewer.begin()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.line.write(), 15)


async def test_a_send_that_fails_ends_the_writing_with_its_error() -> None:
    async def fail(text: str) -> None:
        raise ConnectionResetError

    socket = Socket()
    socket.line._send = fail
    socket.viewer.begin()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(socket.line.write(), 15)


# Whatever happens, in any order


class Page:
    """What a browser would hold after the frames it got."""

    def __init__(self) -> None:
        self.shows = -1

    def swap(self, text: str) -> None:
        kind, number = text.split()
        if kind == "frame":
            assert int(number) == self.shows + 1, "a frame only ever meets the board it was made for"
        self.shows = int(number)


STEPS = st.lists(
    st.sampled_from(("push", "ack", "old ack", "settle", "wait", "long wait", "stall", "flow")), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_the_page_never_gets_a_frame_that_does_not_fit(steps) -> None:
    asyncio.run(walk(steps))


async def walk(steps: list[str]) -> None:
    socket, page = Socket(), Page()
    async with writing(socket):
        actions: dict[str, Callable[[], object]] = {
            "push": socket.push,
            "ack": lambda: socket.viewer.on_ack(page.shows),
            "old ack": lambda: socket.viewer.on_ack(page.shows - 3),
            "settle": lambda: None,
            "wait": lambda: setattr(socket, "now", socket.now + 6),
            "long wait": lambda: setattr(socket, "now", socket.now + 16),
            "stall": socket.is_open.clear,
            "flow": socket.is_open.set,
        }
        seen = 0
        for step in steps:
            actions[step]()
            if step != "push":
                await settle()
            for text in socket.sent[seen:]:
                page.swap(text)
            seen = len(socket.sent)
        socket.is_open.set()
        await settle()
        if socket.dropped:
            return
        socket.sees_all()
        await settle()
        socket.push()
        await settle()
        for text in socket.sent[seen:]:
            page.swap(text)
        assert page.shows == socket.number, "who reads on ends with the newest board"

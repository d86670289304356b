"""Floors made up so that one tick of the floor's board is a frame of a given size: every agent's caller is another.

Nobody's place changes, so a tick is their rows and nothing else; the same HTML is what the references send.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from eqboard.boards.day import day_of
from eqboard.boards.fragments import Screen, paint, strokes
from eqboard.boards.health import Health
from eqboard.boards.pulse import pulse
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored, Update
from eqboard.floor.changes import diff
from eqboard.floor.snapshot import Agent, AgentState, Caller, Membership, Part, Queue, Snapshot, Source
from eqboard.ops.bench.page import BUILD
from eqboard.ops.bench.ticks import audience_of

BEGAN_AT = datetime.fromtimestamp(1366390218, UTC)
QUEUE, QUEUE_NAME = "500", "Support"
FEW, MORE = 2, 10  # agents, from whom it is learnt how large a row is
STALE_ROUNDS = 3.0


@dataclass(slots=True)
class Floors:
    """One floor after the other, as a poller publishes them. `agents`: how many change each time."""

    agents: int
    every_seconds: float = 0.5
    epoch: str = "bench"
    seq: int = 0
    held: Snapshot = field(default_factory=Snapshot)

    def next(self, now: datetime) -> tuple[Update, Stored]:
        """The next one."""
        self.seq += 1
        newest = snapshot(self.agents, self.seq, now, self.every_seconds)
        changes, self.held = diff(self.held, newest), newest
        return Update(self.epoch, self.seq, now, changes), Stored(self.epoch, self.seq, now, newest)


def snapshot(agents: int, seq: int, now: datetime, every_seconds: float) -> Snapshot:
    sources: Mapping[Part, Source] = {
        part: Source(part, every_seconds, now) for part in (Part.AGENTS, Part.CALLS, Part.STATISTICS)
    }
    queue = Queue(QUEUE, QUEUE_NAME, waiting_count=0, present_count=agents, on_call_count=agents, available_count=0)
    everybody = {number: on_call(number, QUEUE, QUEUE_NAME, seq) for number in range(1, agents + 1)}
    return Snapshot(queues={QUEUE: queue}, agents=everybody, sources=sources)


def on_call(number: int, queue: str, queue_name: str, call_count: int) -> Agent:
    """An agent whose caller is another one with each call."""
    return Agent(
        number,
        f"Fernández {number:05}",
        str(number),
        str(2000 + number),
        AgentState.ON_CALL,
        BEGAN_AT,
        caller=Caller(f"{number}.1", f"SIP/{number:08x}", "2015550100", f"Çelik {call_count:07}"),
        call_queue=queue,
        call_queue_name=queue_name,
        memberships=(Membership(queue, queue_name, AgentState.ON_CALL),),
    )


@cache
def agents_for(frame_bytes: int) -> int:
    """How many must change for a frame of about that size; with none it is the pulse alone."""
    few, more = len(rows(FEW)), len(rows(MORE))
    each = (more - few) / (MORE - FEW)
    around = few - FEW * each + len(text("", 1, 1, datetime.now(UTC)))
    return max(0, round((frame_bytes - around) / each))


@cache
def rows(agents: int) -> str:
    """What so many changed agents are on the floor's board, without the pulse."""
    screens = []
    shown = Screen(audience_of("floor"))
    for seq in (1, 2):
        held = Stored("bench", seq, BEGAN_AT, snapshot(agents, seq, BEGAN_AT, 1.0))
        floor = Floor(held, is_connected=True)
        shown = paint(floor, Health(), shown.audience, day_of(floor), shown)
        screens.append(shown)
    return "".join(strokes(*screens))


def text(body: str, number: int, seq: int, now: datetime) -> str:
    """A frame as the product makes it: the body, and the pulse with its numbers and its moment."""
    held = Stored("bench", seq, now, snapshot(0, seq, now, 1.0))
    return body + pulse(held, now, STALE_ROUNDS, BUILD, frame_number=number)

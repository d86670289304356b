"""What the floor says of an order: only what was read after EQ accepted it counts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from eqboard.control.catalogue.order import CallRef
from eqboard.eq.models import ActiveCall
from eqboard.floor.snapshot import Agent, Caller, Line, LineCall, LineState, Part, Snapshot, Trouble


class Stage(StrEnum):
    """How far the floor has come with what was asked. It stands in the audit log, and so is never renamed."""

    NO_NEWS = "no_news"  # nothing has been read since
    UNCHANGED = "unchanged"
    UNDER_WAY = "under_way"  # a telephone rings for it
    LEFT = "left"  # it is not where it was; where it is now has not been read yet
    GONE = "gone"  # it is nowhere
    UNTOLD = "untold"  # it has left, and EQ shows nothing of the place to which it was sent
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the floor. `seen` says in a word what is there instead, `who` names an agent, where there is one, and
    `seen_through` are the queues through which that agent is seen.
    """

    stage: Stage
    seen: str = ""
    who: str = ""
    seen_through: tuple[str, ...] = ()


NO_NEWS = Look(Stage.NO_NEWS)
UNCHANGED = Look(Stage.UNCHANGED)
UNDER_WAY = Look(Stage.UNDER_WAY)
DONE = Look(Stage.DONE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The floor, and since when a reading counts, both by the poller's clock."""

    floor: Snapshot
    since: datetime

    def knows(self, part: Part) -> bool:
        source = self.floor.sources.get(part)
        return source is not None and source.taken_at is not None and source.taken_at >= self.since

    def line(self, extension: str | None) -> Line | None:
        """What goes on at an extension; None when it was not read since, or not wholly: then what is not in it may be
        there all the same.
        """
        line = self.floor.lines.get(extension or "")
        if line is None or line.trouble is not None or line.unreadable_count or line.asked_at is None:
            return None
        return line if line.asked_at >= self.since else None

    def is_no_extension(self, number: str | None) -> bool:
        """Whether EQ knows it, and not as an extension: a queue, or what is outside."""
        line = self.floor.lines.get(number or "")
        return number in self.floor.queues or (line is not None and line.trouble is Trouble.MISSING)

    def read_at(self, parts: Iterable[Part], extensions: Iterable[str]) -> datetime:
        """The oldest of these readings that count: what rests on all of them is as old as that. `since` where none
        does.
        """
        sources = [self.floor.sources[each].taken_at for each in parts if self.knows(each)]
        lines = [line.asked_at for each in extensions if (line := self.line(each)) is not None]
        return min((each for each in (*sources, *lines) if each is not None), default=self.since)


def is_same(call: CallRef, unique_id: str | None, *channels: str | None) -> bool:
    """Whether that is the call: an older switch gives it another unique id when it moves, and keeps the channel
    (contract §4). At a telephone the caller's channel is the other one.
    """
    known = {each for each in (call.channel, call.other_channel) if each}
    return bool(unique_id and unique_id == call.unique_id) or any(each in known for each in channels if each)


def is_unmoved(call: CallRef, unique_id: str | None, channel: str | None) -> bool:
    """Whether that, in the place where the call was seen, is it still. EQ gives a call another unique id only when it
    moves (contract §4): another one here is somebody else on the same channel.
    """
    return channel == call.channel and (None in (unique_id, call.unique_id) or unique_id == call.unique_id)


def is_at_telephone(call: CallRef, own: LineCall | ActiveCall) -> bool:
    """Whether that call of a telephone is it: by its channel, and by what is known of both besides, as an older switch
    may tell one of the two anew (contract §4).
    """
    pairs = ((own.unique_id, call.unique_id), (own.other_channel, call.other_channel))
    known = [one == other for one, other in pairs if one and other]
    return own.channel == call.channel and (any(known) or not known)


def is_callers(call: CallRef, caller: Caller | None) -> bool:
    return caller is not None and is_same(call, caller.unique_id, caller.channel)


def holder_of(call: CallRef, agents: Iterable[Agent]) -> Agent | None:
    """The agent at whose telephone the caller is, ringing or talking."""
    return next((each for each in agents if is_callers(call, each.caller)), None)


def served_by(agent: Agent | None) -> tuple[str, ...]:
    """The queues through which an agent is seen (floor/visible.py)."""
    return tuple(each.queue for each in agent.memberships) if agent else ()


def call_at(line: Line, call: CallRef) -> LineCall | None:
    """The telephone's part in that call."""
    return next((each for each in line.calls if is_same(call, each.unique_id, each.other_channel)), None)


def own_call(line: Line, call: CallRef) -> LineCall | None:
    """The telephone's call with that very channel of its own: the next caller may be on the same."""
    return next((each for each in line.calls if is_at_telephone(call, each)), None)


def is_up(call: LineCall) -> bool:
    return call.state is LineState.UP


def other_end(call: LineCall, extension: str) -> Caller:
    """With whom the extension talks: whom it called, or who called it. A number may be claimed by anybody outside, so
    what EQ says of the direction comes first.
    """
    is_internal = call.direction not in ("inbound", "outbound")
    has_called = call.caller_number == extension if is_internal else call.direction == "outbound"
    if has_called:
        return Caller(None, call.other_channel, call.connected_number, call.connected_name)
    return Caller(None, call.other_channel, call.caller_number, call.caller_name)


def ref_at_telephone(call: LineCall, extension: str) -> CallRef | None:
    """None for one without a channel: EQ could not be told which."""
    if not call.channel:
        return None
    return CallRef(call.key, call.unique_id, call.channel, extension, call.other_channel)

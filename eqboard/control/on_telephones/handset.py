"""A telephone as somebody sees it: who sits there, what goes on, and with whom, as far as their rights tell. Pure."""

from dataclasses import dataclass, replace

from eqboard.accounts.access import SEE_NUMBERS, Rights, may_ever, queues_with, seen_queues
from eqboard.boards.handles import handle_of
from eqboard.control.catalogue.evidence import other_end
from eqboard.control.catalogue.order import CallRef
from eqboard.control.doing.aims import agent_at, at_telephone
from eqboard.control.doing.attempt import Target, allows
from eqboard.control.on_calls.finding import moved_of
from eqboard.control.sight import Sight
from eqboard.floor.masking import LONGEST_EXTENSION, Mask, MaskedNumbers
from eqboard.floor.snapshot import Agent, Caller, Line, LineCall, LineState, Snapshot


@dataclass(frozen=True, slots=True)
class Talk:
    """One call at a telephone. `party` is who is at the other end, masked where one may not see numbers."""

    handle: str
    call: LineCall
    party: Caller
    queue_name: str | None
    is_only_one_up: bool  # EQ is not told which of several conversations to record

    @property
    def is_up(self) -> bool:
        return self.call.state is LineState.UP


@dataclass(frozen=True, slots=True)
class Handset:
    """A telephone that one may look at. `agent` is who sits there, with all their queues."""

    extension: str
    agent: Agent | None
    is_own: bool
    target: Target
    rights: Rights
    floor: Snapshot

    @property
    def line(self) -> Line | None:
        """What the floor knows of it; None: it has not been read yet."""
        return self.floor.lines.get(self.extension)

    def may(self, right: str) -> bool:
        return allows(self.rights, right, self.target)

    @property
    def shows_calls(self) -> bool:
        """Which call it is may be of any queue that they serve (floor/visible.py)."""
        queues = seen_queues(self.rights)
        if self.is_own or queues is None:
            return True
        agent = self.agent
        return agent is not None and bool(agent.signed_in) and {each.queue for each in agent.memberships} <= queues

    def talks(self) -> tuple[Talk, ...]:
        """Without those of queues that one may not see."""
        if self.line is None or not self.shows_calls:
            return ()
        ups = [each for each in self.line.calls if each.state is LineState.UP]
        return tuple(self._talk(each, len(ups) == 1) for each in self.line.calls if self._is_seen(each))

    def talk(self, handle: str) -> Talk | None:
        return next((each for each in self.talks() if each.handle == handle), None)

    def tells_numbers(self, call: LineCall) -> bool:
        """By the call's queue; where EQ tells none, by all that they serve. One's own telephone has a display."""
        told = queues_with(self.rights, SEE_NUMBERS)
        if told is None or (self.is_own and may_ever(self.rights, SEE_NUMBERS)):
            return True
        queues = {call.queue} if call.queue else set(self.target.queues)
        return bool(queues) and queues <= told

    def _is_seen(self, call: LineCall) -> bool:
        queues = seen_queues(self.rights)
        return self.is_own or queues is None or call.queue is None or call.queue in queues

    def _talk(self, call: LineCall, is_only_one_up: bool) -> Talk:
        party = other_end(call, self.extension)
        shown = party if self.tells_numbers(call) else _mask(self.floor).caller(party)
        queue = self.floor.queues.get(call.queue or "")
        name = queue.name if queue else call.queue
        handle = call_handle(call, self.extension)
        return Talk(handle, call, shown, name, is_only_one_up and call.state is LineState.UP)


def handset_of(extension: str, sight: Sight, own: str) -> Handset | None:
    """The telephone at an extension; None for one that is nobody's of those whom one may see.

    `own` is where one sits oneself, and not only by one's own word. An agent's telephone, signed in or not, is nobody
    else's all the same: there they may talk with anybody.
    """
    agent = agent_at(extension, sight.whole)
    is_own = bool(own) and own == extension and agent is None
    is_seen = is_own or seen_queues(sight.rights) is None or (agent is not None and agent.id in sight.view.agents)
    if not is_seen:
        return None
    target = at_telephone(extension, sight.whole, is_own=is_own)
    return Handset(extension, agent, is_own, target, sight.rights, sight.whole)


def call_handle(call: LineCall, extension: str) -> str:
    """By the channel at the other end, as that goes with the caller wherever they are sent."""
    caller = Caller(call.unique_id, call.other_channel, None, None)
    return handle_of(call.key, caller, f"{extension} {call.channel or ''}")


def moved(handle: str, extension: str, view: Snapshot) -> tuple[CallRef | None, Caller | None]:
    """The call of a handle that a telephone has no more, where one sees it elsewhere: so that it can be said where."""
    found = moved_of(handle, view) if handle else None
    if found is None:
        return None, None
    return replace(found.ref, place=extension, other_channel=found.caller.channel), found.caller


def _mask(floor: Snapshot) -> Mask:
    """Agents are no callers (masking.py)."""
    extensions = (each.extension for each in floor.agents.values())
    own = frozenset(each for each in extensions if each and each.isdecimal() and len(each) <= LONGEST_EXTENSION)
    return Mask(MaskedNumbers.HIDDEN, hides_names=False, own=own, secret=b"")

"""Why an order is not sent: what can be known before EQ is asked. Pure.

What cannot work is refused here, as EQ would say "Success" all the same, and hang a customer up (contract §4).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from eqboard.control.catalogue.evidence import holder_of, is_callers, is_unmoved, own_call, served_by
from eqboard.control.catalogue.order import CallRef, Order
from eqboard.control.catalogue.standing import is_so_already, touched
from eqboard.floor.seated import seated
from eqboard.floor.snapshot import Agent, AgentState, Caller, ParkedCall, Snapshot, WaitingCall


class Why(StrEnum):
    """Kept in the audit log in the place of EQ's error, and so never renamed."""

    SIGNED_OUT = "SignedOut"  # of all queues, or of the one that it is about
    SIGNED_IN = "SignedIn"  # there is no queue to sign in to
    NOT_TALKING = "NotTalking"  # nobody to listen to
    GONE = "Gone"  # the call, or the person, is not there any more
    WITH_AGENT = "WithAgent"  # the caller is at another telephone now
    ELSEWHERE = "Elsewhere"  # the caller waits or is parked in another place
    CLAIMED = "Claimed"  # somebody else is at it
    NO_EXTENSION = "NoExtension"  # EQ knows no such one
    BUSY = "Busy"  # the telephone that is to ring has a call
    ITSELF = "Itself"  # a telephone cannot listen to itself, or be sent to itself
    NO_VOICE = "NoVoice"  # not signed in to EQ, where the policy demands it
    NOT_CHECKED = "NotChecked"  # EQ did not tell what has to be known first
    NO_FEED = "NoFeed"  # without Redis nobody knows who else is at it
    CHANGED = "Changed"  # what was to be undone is not so any more
    ALREADY = "Already"  # it is so, without asking
    BLIND = "Blind"  # the floor is not known as of now
    EQ_AWAY = "EQAway"  # of several, who came after one for whom EQ did not answer
    RESTARTING = "Restarting"  # of several, whose turn came when the process was told to end
    NO_REASON = "NoReason"  # none was given, where the policy demands one
    UNSEEN = "Unseen"  # nobody of that id is on the board of whoever pressed


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`who` is a person, `where` an extension, a queue's name or a parking space, `action` what they are doing.

    `seen_through`: of an agent or a place where a caller is instead, the queues through one of which that is seen.
    """

    why: Why
    who: str = ""
    where: str = ""
    action: str = ""
    seen_through: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """For the audit log."""
        return {
            "error": self.why.value,
            **{name: each for name, each in asdict(self).items() if each and name != "why"},
        }


def from_data(details: Mapping[str, Any]) -> Obstacle | None:
    """None for an error of EQ's. Through which queues it is seen is not asked any more: that decides what is read of it
    (audit/discretion.py), not how.
    """
    if details.get("error") not in list(Why):
        return None
    who, where, action = (str(details.get(name, "")) for name in ("who", "where", "action"))
    return Obstacle(Why(details["error"]), who, where, action)


def of_agent(order: Order, floor: Snapshot) -> Obstacle | None:
    """Pausing and the like: they must be signed in to the queue, or to any, and it must change something."""
    agent = floor.agents.get(order.agent or 0)
    if agent is None:
        return Obstacle(Why.GONE)
    why = why_not(order, agent)
    return None if why is None else Obstacle(why, who=agent.name)


def why_not(order: Order, agent: Agent) -> Why | None:
    """What makes no sense now, in the queues that they are signed in to; the board's buttons ask this as well."""
    if not touched(order, agent):
        return Why.SIGNED_OUT
    return Why.ALREADY if is_so_already(order, agent) else None


def of_signing_in(order: Order, floor: Snapshot) -> Obstacle | None:
    agent = floor.agents.get(order.agent or 0)
    if agent is None:
        return Obstacle(Why.GONE)
    present = {each.queue for each in agent.signed_in}
    wanted = {queue for queue, _ in order.sign_in_to}
    return Obstacle(Why.SIGNED_IN, who=agent.name) if wanted and wanted <= present else None


def of_listening(order: Order, floor: Snapshot) -> Obstacle | None:
    """An idle telephone "succeeds", and one sits in silence (contract §4)."""
    if order.extension == order.monitor_extension:
        return Obstacle(Why.ITSELF, where=order.extension or "")
    agent = floor.agents.get(order.agent or 0)
    if agent is None or agent.extension != order.extension:
        return Obstacle(Why.GONE)
    return None if agent.state is AgentState.ON_CALL else Obstacle(Why.NOT_TALKING, who=agent.name)


def of_waiting(order: Order, floor: Snapshot) -> Obstacle | None:
    """A caller who talks already can still be redirected, and the agent would be cut off: only this check protects."""
    call = order.call
    if call is None:
        return Obstacle(Why.GONE)
    for each in floor.waiting.values():
        if is_callers(call, each.caller):
            is_there = each.queue == call.place
            return _with_agent(call, floor) or _in_place(call, each.caller, is_there, _in_queue(each))
    return whereabouts(call, floor)


def of_parked(order: Order, floor: Snapshot) -> Obstacle | None:
    call = order.call
    if call is None:
        return Obstacle(Why.GONE)
    for each in floor.parked.values():
        if is_callers(call, each.caller):
            return _in_place(call, each.caller, (each.space or "") == call.place, _in_space(each, floor))
    return whereabouts(call, floor)


def _in_place(call: CallRef, caller: Caller, is_there: bool, elsewhere: Obstacle) -> Obstacle | None:
    """None where the call is where it was seen, and it is that one."""
    if not is_there:
        return elsewhere
    return None if is_unmoved(call, caller.unique_id, caller.channel) else Obstacle(Why.GONE)


def of_participant(order: Order, floor: Snapshot) -> Obstacle | None:
    """They are in that room still, on that very channel."""
    call = order.call
    room = floor.conferences.get(call.place) if call else None
    inside = [each.caller for each in room.participants] if room else []
    is_there = call is not None and any(is_unmoved(call, each.unique_id, each.channel) for each in inside)
    return None if is_there else Obstacle(Why.GONE)


def of_call_at_telephone(order: Order, floor: Snapshot) -> Obstacle | None:
    """The telephone has that very call; what EQ says of it right before comes later (questions.py)."""
    call, line = order.call, floor.lines.get(order.extension or "")
    if call is None or line is None:
        return Obstacle(Why.GONE)
    if own_call(line, call) is not None:
        return None
    found = whereabouts(call, floor)
    is_still_there = found.why is Why.WITH_AGENT and found.where == order.extension  # as another call of that telephone
    return Obstacle(Why.GONE) if is_still_there else found


def whereabouts(call: CallRef, floor: Snapshot) -> Obstacle:
    """Who has the caller now, or where they wait."""
    agent = holder_of(call, floor.agents.values())
    if agent is not None:
        return _at_telephone_of(agent)
    places = [_in_queue(each) for each in floor.waiting.values() if is_callers(call, each.caller)]
    places += [_in_space(each, floor) for each in floor.parked.values() if is_callers(call, each.caller)]
    return places[0] if places else Obstacle(Why.GONE)


def _with_agent(call: CallRef, floor: Snapshot) -> Obstacle | None:
    """A telephone that merely rings for them does not have them yet (contract §4)."""
    agent = holder_of(call, floor.agents.values())
    if agent is None or agent.state is AgentState.RINGING:
        return None
    return _at_telephone_of(agent)


def _at_telephone_of(agent: Agent) -> Obstacle:
    return Obstacle(Why.WITH_AGENT, agent.name, agent.extension or "", seen_through=served_by(agent))


def _in_queue(waiting: WaitingCall) -> Obstacle:
    return Obstacle(Why.ELSEWHERE, where=waiting.queue_name, seen_through=(waiting.queue,))


def _in_space(parked: ParkedCall, floor: Snapshot) -> Obstacle:
    """It is seen through whoever parked it."""
    agent = seated(floor).get(parked.parked_by or "")
    return Obstacle(Why.ELSEWHERE, where=parked.space or "", seen_through=served_by(agent))

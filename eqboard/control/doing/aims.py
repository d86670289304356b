"""What an action touches: the target of an attempt, from the whole floor. Pure."""

from eqboard.boards.fragments import dom_id
from eqboard.boards.parts.rooms import queues_in
from eqboard.control.catalogue.order import CallRef
from eqboard.control.doing.attempt import Target
from eqboard.floor.seated import seated
from eqboard.floor.snapshot import Agent, Conference, ParkedCall, Snapshot, WaitingCall


def at_agent(agent: Agent, queues: tuple[str, ...] = ()) -> Target:
    """`queues`: those that it touches; all that they are signed in to when none is given."""
    touched = queues or tuple(each.queue for each in agent.signed_in)
    subject = f"agent:{agent.id}"
    return Target(dom_id("agent", agent.id), agent.name, touched, subject, subject, agent.id)


def at_waiting(call: WaitingCall) -> Target:
    slot = f"call:{call.key}"
    return Target(dom_id("call", call.key), _name(call), (call.queue,), slot, slot)


def at_parked(call: ParkedCall, floor: Snapshot) -> Target:
    """It has no queue: it belongs to those whom the agent serves who parked it."""
    agent = agent_at(call.parked_by, floor)
    queues = tuple(each.queue for each in agent.signed_in) if agent else ()
    return Target(dom_id("parked", call.key), _name(call), queues, f"parked:{call.key}", f"call:{call.key}")


def at_ear(agent: Agent, monitor_extension: str) -> Target:
    """Listening to an agent: one telephone listens to one of them, and several may listen to the same."""
    target = at_agent(agent)
    return Target(target.id, target.name, target.queues, target.subject, f"ear:{monitor_extension}", agent.id)


def at_own_ear(agent: Agent, monitor_extension: str) -> Target:
    """The end of one's own listening, which marks nobody's row."""
    target, ear = at_agent(agent), f"ear:{monitor_extension}"
    return Target(target.id, target.name, target.queues, ear, f"stop:{monitor_extension}", agent.id, is_own=True)


def at_telephone(extension: str, floor: Snapshot, *, is_own: bool, call: CallRef | None = None) -> Target:
    """An extension is reached through the agent who sits there; one without an agent, over every queue alone."""
    agent = agent_at(extension, floor)
    queues = tuple(each.queue for each in agent.signed_in) if agent else ()
    name = agent.name if agent else extension
    slot = f"line:{call.channel}" if call else f"line:{extension}"
    return Target(
        dom_id("extension", extension),
        name,
        queues,
        f"agent:{agent.id}" if agent else f"extension:{extension}",
        slot,
        agent.id if agent else None,
        is_own,
    )


def at_participant(room: Conference, call: CallRef, name: str, floor: Snapshot) -> Target:
    """It touches the queues of all agents in the room."""
    queues = tuple(queues_in(room, seated(floor)))
    return Target(
        dom_id("conference", room.extension), name, queues, f"conference:{room.extension}", f"line:{call.channel}"
    )


def agent_at(extension: str | None, floor: Snapshot) -> Agent | None:
    """Who sits there; of several who have been there, the one who is signed in."""
    return seated(floor).get(extension or "")


def _name(call: WaitingCall | ParkedCall) -> str:
    return call.caller.name or call.caller.number or "–"

"""What an action touches: the target of an attempt, from the whole floor. Pure."""

from dataclasses import replace

from eqboard.boards.fragments import dom_id
from eqboard.boards.parts.rooms import queues_in
from eqboard.control.catalogue.order import CallRef
from eqboard.control.doing.attempt import Target
from eqboard.feed import slots
from eqboard.floor.seated import seated
from eqboard.floor.snapshot import Agent, Caller, Conference, ParkedCall, Snapshot, WaitingCall


def at_agent(agent: Agent, queues: tuple[str, ...] = ()) -> Target:
    """`queues`: those that it touches; all that they are signed in to when none is given."""
    touched = queues or tuple(each.queue for each in agent.signed_in)
    subject = slots.agent(agent.id)
    return Target(dom_id("agent", agent.id), agent.name, touched, subject, subject, agent.id)


def at_unseen(agent_id: int) -> Target:
    """Somebody who is not on the board of whoever presses: nothing is told of them, nor whether there is such a one."""
    subject = slots.agent(agent_id)
    return Target(dom_id("agent", agent_id), f"#{agent_id}", (), subject, subject, agent_id)


def at_waiting(call: WaitingCall) -> Target:
    slot = slots.call(call.key)
    target = Target(dom_id("call", call.key), name_of(call.caller), (call.queue,), slot, slot)
    return replace(target, number=call.caller.number or "")


def at_parked(call: ParkedCall, floor: Snapshot) -> Target:
    """It has no queue: it belongs to those whom the agent serves who parked it."""
    agent = agent_at(call.parked_by, floor)
    queues = tuple(each.queue for each in agent.signed_in) if agent else ()
    name, key = name_of(call.caller), call.key
    target = Target(dom_id("parked", key), name, queues, slots.parked(key), slots.call(key))
    return replace(target, number=call.caller.number or "")


def at_ear(agent: Agent, monitor_extension: str) -> Target:
    """Listening to an agent: one telephone listens to one of them, and several may listen to the same."""
    target = at_agent(agent)
    return Target(target.id, target.name, target.queues, target.subject, slots.ringing(monitor_extension), agent.id)


def at_own_ear(agent: Agent, monitor_extension: str) -> Target:
    """The end of one's own listening, which marks nobody's row."""
    target, ear = at_agent(agent), slots.ringing(monitor_extension)
    return Target(target.id, target.name, target.queues, ear, slots.stopping(monitor_extension), agent.id, is_own=True)


def at_telephone(extension: str, floor: Snapshot, *, is_own: bool, call: CallRef | None = None) -> Target:
    """An extension is reached through the agent who sits there; one without an agent, over every queue alone."""
    agent = agent_at(extension, floor)
    queues = tuple(each.queue for each in agent.signed_in) if agent else ()
    name = agent.name if agent else extension
    slot = slots.line(call.channel if call else extension)
    return Target(
        dom_id("extension", extension),
        name,
        queues,
        slots.agent(agent.id) if agent else slots.extension(extension),
        slot,
        agent.id if agent else None,
        is_own,
    )


def at_participant(room: Conference, call: CallRef, name: str, floor: Snapshot) -> Target:
    """It touches the queues of all agents in the room."""
    queues = tuple(queues_in(room, seated(floor)))
    return Target(
        dom_id("conference", room.extension), name, queues, slots.conference(room.extension), slots.line(call.channel)
    )


def agent_at(extension: str | None, floor: Snapshot) -> Agent | None:
    """Who sits there; of several who have been there, the one who is signed in."""
    return seated(floor).get(extension or "")


def name_of(caller: Caller) -> str:
    return caller.name or caller.number or "–"

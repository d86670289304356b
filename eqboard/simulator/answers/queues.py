"""Queues and agents as the JSON objects of contract §3. Pure; times are truncated to whole seconds (contract §4)."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable

from eqboard.simulator.answers.calls import ends_of, queue_of
from eqboard.simulator.answers.values import JsonObject, whole
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, AgentState, Membership, Queue, state_of
from eqboard.simulator.office.gauges import longest_wait_seconds
from eqboard.simulator.switch.parties import Call, Leg, bearer_of

PRECEDENCE = (  # combined status, contract §3
    AgentState.ON_CALL,
    AgentState.RINGING,
    AgentState.WRAP_UP,
    AgentState.AVAILABLE,
    AgentState.PAUSED,
    AgentState.SIGNED_OUT,
)
BUSY = (AgentState.ON_CALL, AgentState.RINGING)


# Statistics


def statistics(queue: Queue, now: float) -> JsonObject:
    """One queue in numbers. `callsAbandoned` is the switch's own count, with the timed out in it, those who left an
    empty queue or were in it when it was deleted, the stolen, and the parked, whom an agent had answered (contract §4).

    `averageTalkTime` is over the conversations that are over. One that goes on after parking is not, and counts once.
    """
    states = Counter(state_of(agent, agent.memberships[queue.extension]) for agent in queue.members.values())
    ledger = queue.ledger
    unanswered = ledger.abandoned + ledger.timed_out + ledger.left_empty + ledger.closed + ledger.stolen
    unfinished_seconds = sum(visit.talk_seconds for visit in queue.talking.values())
    return {
        "queue": queue.extension,
        "calls": len(queue.waiting),
        "waitTime": longest_wait_seconds(queue, now),
        "agents": len(queue.members),
        "agentsAvailable": states[AgentState.AVAILABLE],
        "agentsRinging": states[AgentState.RINGING],
        "agentsOnCall": states[AgentState.ON_CALL],
        "agentsWrapUp": states[AgentState.WRAP_UP],
        "agentsPaused": states[AgentState.PAUSED],
        "callsAnswered": ledger.answered,
        "callsAbandoned": unanswered + ledger.parked,
        "averageWaitTime": _average(ledger.wait_answered_seconds, ledger.answered),
        "averageTalkTime": _average(ledger.talk_seconds - unfinished_seconds, ledger.answered - len(queue.talking)),
    }


# Agents


def queue_rows(directory: Directory, queue: Queue) -> list[JsonObject]:
    """One row for each agent bound or signed in to the queue. In no particular order for a reader (contract §4)."""
    return [status(agent, queue.extension) for agent in directory.agents_of(queue)]


def agent_rows(agent: Agent) -> list[JsonObject]:
    """One row for each queue the agent is bound or signed in to."""
    return [status(agent, extension) for extension in _rows_of(agent)]


def status(agent: Agent, extension: str) -> JsonObject:
    """The agent in one queue."""
    membership = agent.memberships.get(extension)
    state = state_of(agent, membership)
    return {
        "agent": agent.id,
        "queue": extension,
        "extension": agent.extension if agent.session_since is not None else None,
        "status": str(state),
        "skill": membership.skill if membership else agent.bound.get(extension),
        "paused": membership.paused if membership else False,
        "pauseCode": membership.pause_code if membership else None,
        "statusTime": whole(_state_since(agent, extension, state)),
        "signInTime": whole(membership.signed_in_at) if membership else None,
        "wrapUpEndTime": whole(membership.wrap_up_until) if membership else None,
        "callsTaken": membership.calls_taken if membership else 0,
        "lastCallTime": whole(membership.last_call_at) if membership else None,
        "call": _call_from(agent, extension) if state in BUSY else None,
    }


def combined_status(agent: Agent) -> JsonObject:
    """The agent over all queues: the foremost state (contract §3), sums and extremes of the rest; `queue` null."""
    memberships = agent.memberships
    states = {extension: state_of(agent, memberships.get(extension)) for extension in _rows_of(agent)}
    foremost = min(states.values(), key=PRECEDENCE.index, default=AgentState.SIGNED_OUT)
    shown = next((extension for extension, state in states.items() if state is foremost), "")
    paused = bool(memberships) and all(membership.paused for membership in memberships.values())
    return {
        "agent": agent.id,
        "queue": None,
        "extension": agent.extension if agent.session_since is not None else None,
        "status": str(foremost),
        "skill": None,
        "paused": paused,
        "pauseCode": memberships[shown].pause_code if paused and shown in memberships else None,
        "statusTime": whole(_state_since(agent, shown, foremost)),
        "signInTime": whole(min((row.signed_in_at for row in memberships.values()), default=None)),
        "wrapUpEndTime": whole(_latest(row.wrap_up_until for row in memberships.values())),
        "callsTaken": sum(row.calls_taken for row in memberships.values()),
        "lastCallTime": whole(_latest(row.last_call_at for row in memberships.values())),
        "call": _call_from(agent, None) if foremost in BUSY else None,
    }


def _call_from(agent: Agent, queue: str | None) -> JsonObject | None:
    """The call at the agent's telephone, if it came from that queue; of any origin for None."""
    call = agent.call or agent.ringing
    if call is not None:
        return agent_call(call) if queue in (None, call.queue) else None
    other = agent.other_leg
    return other_call(other) if other is not None and queue in (None, queue_of(other)) else None


def agent_call(call: Call) -> JsonObject:
    """The caller whom a queue gave the agent. The name comes escaped here and plain in the lists (contract §4)."""
    return {
        "id": str(call.id),
        "uniqueId": call.unique_id,
        "channel": call.channel,
        "callerIdNumber": call.number,
        "callerIdName": html.escape(call.name),
        "startTime": whole(call.answered_at if call.agent else call.entered_at),
        "queue": call.queue,
    }


def other_call(leg: Leg) -> JsonObject:
    """A call at the agent's telephone that no queue gave them: "on call, other" (contract §4). So `queue` is null, even
    if the caller was stolen from one; it is that queue's row in which the call stands.
    """
    (number, name), _ = ends_of(leg)
    return {
        "id": str(leg.id),
        "uniqueId": bearer_of(leg).unique_id,
        "channel": leg.peer.channel if leg.peer is not None else leg.channel,
        "callerIdNumber": number,
        "callerIdName": html.escape(name),
        "startTime": whole(leg.answered_at or leg.started_at),
        "queue": None,
    }


def _rows_of(agent: Agent) -> list[str]:
    return list(agent.bound) + [extension for extension in agent.memberships if extension not in agent.bound]


def _state_since(agent: Agent, extension: str, state: AgentState) -> float | None:
    membership: Membership | None = agent.memberships.get(extension)
    if membership is None:
        return agent.signed_out_at.get(extension)
    if state is AgentState.ON_CALL and agent.call is not None:
        return agent.call.answered_at
    if state is AgentState.RINGING and agent.ringing is not None:
        return agent.ringing_since
    if state in BUSY and agent.other_leg is not None:
        return agent.other_leg.answered_at or agent.other_leg.started_at
    return membership.wrap_up_from if state is AgentState.WRAP_UP else membership.rest_since


def _average(seconds: float, count: int) -> int:
    return int(seconds / count) if count else 0


def _latest(moments: Iterable[float | None]) -> float | None:
    return max((moment for moment in moments if moment is not None), default=None)

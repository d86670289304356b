"""Rows of agents in queues into people: each once, with one combined state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from eqboard.eq import models as eq
from eqboard.floor.assemble.answers import Answers, Names, Taken, caller_of, heard, steady
from eqboard.floor.snapshot import Agent, AgentState, Membership, Snapshot

STATES = {
    "signedOut": AgentState.SIGNED_OUT,
    "available": AgentState.AVAILABLE,
    "ringing": AgentState.RINGING,
    "onCall": AgentState.ON_CALL,
    "wrapUp": AgentState.WRAP_UP,
    "paused": AgentState.PAUSED,
}

# Over all queues of an agent (contract §3): one available queue beats a pause in another.
COMBINED_PRECEDENCE = (
    AgentState.ON_CALL,
    AgentState.RINGING,
    AgentState.WRAP_UP,
    AgentState.AVAILABLE,
    AgentState.PAUSED,
    AgentState.UNKNOWN,
    AgentState.SIGNED_OUT,
)


def agents_of(answers: Answers, names: Names, previous: Snapshot, taken: Taken) -> Mapping[int, Agent]:
    sessions = heard(answers.sessions)
    by_user = None if sessions is None else {session.user: session for session in sessions}
    rows = heard(answers.agents)
    if rows is None:
        agents: Iterable[Agent] = (_renamed(agent, names) for agent in previous.agents.values())
    else:
        grouped: dict[int, list[eq.QueueAgentStatus]] = {}
        for row in rows:
            grouped.setdefault(row.agent, []).append(row)
        agents = (_agent(key, own, names, previous.agents.get(key), taken) for key, own in grouped.items())
    return {agent.id: _with_session(agent, by_user, previous.agents.get(agent.id)) for agent in agents}


def _renamed(agent: Agent, names: Names) -> Agent:
    known = names.of_agent(agent.id)
    return agent if known.name == agent.name else replace(agent, name=known.name, number=known.number)


def _with_session(agent: Agent, by_user: Mapping[int, eq.UserSession] | None, old: Agent | None) -> Agent:
    if by_user is None:
        known = old or agent
        return replace(agent, has_session=known.has_session, extension=agent.extension or known.extension)
    session = by_user.get(agent.id)
    signed_in_at = session.extension if session else None
    return replace(agent, has_session=session is not None, extension=agent.extension or signed_in_at)


def _agent(key: int, rows: Sequence[eq.QueueAgentStatus], names: Names, old: Agent | None, taken: Taken) -> Agent:
    memberships = tuple(sorted((_membership(row, names) for row in rows if row.queue), key=_by_queue_name))
    state = combined_state(_state(row) for row in rows)
    since, at_least = _state_since(state, rows, old, taken)
    paused = [row for row in rows if _is_paused(row)]
    is_everywhere = len(paused) == sum(row.status != "signedOut" for row in rows)
    call = next((row.call for row in sorted(rows, key=_call_rank) if row.call), None)
    known = names.of_agent(key)
    code = next((row.pause_code for row in paused if row.pause_code is not None), None)
    return Agent(
        id=key,
        name=known.name,
        number=known.number,
        extension=next((row.extension for row in rows if row.extension), None),
        state=state,
        state_since=since,
        since_at_least=at_least,
        partly_paused=bool(paused) and not is_everywhere,
        pause_follows=bool(paused) and is_everywhere and state is not AgentState.PAUSED,
        pause_code=code,
        pause_reason=None if code is None else names.pause_codes.get(code),
        wrap_up_ends_at=taken.ours(next((row.wrap_up_end_time for row in rows if row.wrap_up_end_time), None)),
        caller=caller_of(call) if call else None,
        call_queue=call.queue if call else None,
        call_queue_name=names.of_queue(call.queue) if call and call.queue else None,
        call_since=_call_since(call, old, taken),
        memberships=memberships,
    )


def _by_queue_name(membership: Membership) -> tuple[str, str]:
    return membership.queue_name.casefold(), membership.queue


def _membership(row: eq.QueueAgentStatus, names: Names) -> Membership:
    queue = row.queue or ""
    return Membership(queue, names.of_queue(queue), _state(row), _is_paused(row), row.skill or None)


def _state(row: eq.QueueAgentStatus) -> AgentState:
    return STATES.get(row.status, AgentState.UNKNOWN)


def _is_paused(row: eq.QueueAgentStatus) -> bool:
    return row.status == "paused" or (bool(row.paused) and row.status != "signedOut")


def _call_rank(row: eq.QueueAgentStatus) -> bool:
    """A row whose call names its queue comes first: the other rows only show that the telephone is busy."""
    return row.call is None or row.call.queue is None


def combined_state(states: Iterable[AgentState]) -> AgentState:
    """One state for a person in several queues (contract §3, combined precedence)."""
    present = set(states)
    return next((state for state in COMBINED_PRECEDENCE if state in present), AgentState.UNKNOWN)


def _state_since(
    state: AgentState, rows: Sequence[eq.QueueAgentStatus], old: Agent | None, taken: Taken
) -> tuple[datetime | None, bool]:
    """Since when, and whether that is only a lower bound.

    EQ's own time where it gives one; else when we saw the state change; else, at the first sight, "at least since".
    """
    said = [at for row in rows if _state(row) is state and (at := taken.ours(row.status_time))]
    lasts = old is not None and old.state is state
    if said:
        return steady(min(said), old.state_since if old and lasts and not old.since_at_least else None), False
    if old is None:
        return taken.at, True
    return (old.state_since, old.since_at_least) if lasts else (taken.at, False)


def _call_since(call: eq.AgentCall | None, old: Agent | None, taken: Taken) -> datetime | None:
    """When the call began: EQ's word, steady while the same call lasts; else when we first saw it."""
    if call is None:
        return None
    lasts = old is not None and old.caller is not None and old.caller.unique_id == call.unique_id
    known = old.call_since if old and lasts else None
    return steady(taken.ours(call.start_time), known) or taken.at

"""Rows of agents in queues into people: each once, with one combined state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from eqboard.eq import models as eq
from eqboard.floor.assemble.answers import Answers, Names, Taken, caller_of, heard, is_forgiven, steady
from eqboard.floor.moments import BLIND_ROUNDS
from eqboard.floor.snapshot import COMBINED_PRECEDENCE, Agent, AgentState, Membership, Part, Snapshot, combined_state

LONGEST_STATE = timedelta(days=31)  # who has been signed out for longer has been so "at least since" our first sight

STATES = {
    "signedOut": AgentState.SIGNED_OUT,
    "available": AgentState.AVAILABLE,
    "ringing": AgentState.RINGING,
    "onCall": AgentState.ON_CALL,
    "wrapUp": AgentState.WRAP_UP,
    "paused": AgentState.PAUSED,
}


def agents_of(answers: Answers, names: Names, previous: Snapshot, taken: Taken) -> Mapping[int, Agent]:
    sessions = heard(answers.sessions)
    by_user = None if sessions is None else {session.user: session for session in sessions}
    rows = heard(answers.agents)
    if rows is None:
        agents: Iterable[Agent] = (_renamed(agent, names) for agent in previous.agents.values())
    else:
        # EQ keeps no order: what is taken from the first row must not change from round to round.
        grouped: dict[int, dict[str, eq.QueueAgentStatus]] = {}
        for row in sorted(rows, key=_by_queue_and_state):
            grouped.setdefault(row.agent, {}).setdefault(row.queue or "", row)
        is_blind = _is_blind(previous, taken)
        found = {
            key: _agent(key, list(own.values()), names, previous.agents.get(key), taken, is_blind)
            for key, own in grouped.items()
        }
        agents = _with_missing(found, names, previous, taken)
    return {agent.id: _at_extension(agent, by_user, previous.agents.get(agent.id)) for agent in agents}


def _with_missing(found: Mapping[int, Agent], names: Names, previous: Snapshot, taken: Taken) -> Iterable[Agent]:
    """Who is not told of, or may be in another state only as a row of theirs is not, is as before for a few rounds.

    One bad row, or an answer that is cut short, must end no talk, and no time in a state begins anew after it.
    """
    forgiven = {
        key: replace(_renamed(old, names), missing_since=old.missing_since or taken.at)
        for key, old in previous.agents.items()
        if (key not in found or _may_be_as_before(found[key], old))
        and is_forgiven(previous.sources.get(Part.AGENTS), old.missing_since, taken)
    }
    return {**found, **forgiven}.values()


def _may_be_as_before(agent: Agent, old: Agent) -> bool:
    """Whether they were in their state by a row that is missing now, or that says a word nobody knows."""
    if agent.state is old.state:
        return False
    told = {each.queue for each in agent.memberships if each.state is not AgentState.UNKNOWN}
    lost = {each.state for each in old.memberships if each.queue not in told}
    return agent.state is AgentState.UNKNOWN or old.state in lost


def _by_queue_and_state(row: eq.QueueAgentStatus) -> tuple[str, int]:
    return row.queue or "", COMBINED_PRECEDENCE.index(_state(row))


def _renamed(agent: Agent, names: Names) -> Agent:
    """The agent of an earlier reading, with the names as they are known now."""
    known = names.of_agent(agent.id)
    return replace(
        agent,
        name=known.name,
        number=known.number,
        pause_reason=None if agent.pause_code is None else names.pause_codes.get(agent.pause_code),
        call_queue_name=names.of_queue(agent.call_queue) if agent.call_queue else None,
        memberships=_sorted(replace(each, queue_name=names.of_queue(each.queue)) for each in agent.memberships),
    )


def _is_blind(previous: Snapshot, taken: Taken) -> bool:
    """Whether the last reading is so old that a change since then was not observed, only found."""
    source = previous.sources.get(Part.AGENTS)
    if source is None or source.taken_at is None:
        return False
    return source.is_stale(taken.at, BLIND_ROUNDS)


def _at_extension(agent: Agent, by_user: Mapping[int, eq.UserSession] | None, old: Agent | None) -> Agent:
    """Where EQ does not say at which telephone an agent sits, their session does."""
    if agent.extension:
        return agent
    if by_user is None:
        return replace(agent, extension=old.extension if old else None)
    session = by_user.get(agent.id)
    return replace(agent, extension=session.extension if session else None)


def _agent(
    key: int, rows: Sequence[eq.QueueAgentStatus], names: Names, old: Agent | None, taken: Taken, is_blind: bool
) -> Agent:
    state = combined_state(_state(row) for row in rows)
    since, at_least = _state_since(state, rows, old, taken, is_blind)
    wrap_up_ends = [
        at for row in rows if _state(row) is AgentState.WRAP_UP and (at := taken.ours(row.wrap_up_end_time))
    ]
    paused = [row for row in rows if _is_paused(row)]
    is_everywhere = len(paused) == sum(row.status != "signedOut" for row in rows)
    call, call_queue = _call(rows)
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
        wrap_up_ends_at=max(wrap_up_ends, default=None),
        caller=caller_of(call) if call else None,
        call_queue=call_queue,
        call_queue_name=names.of_queue(call_queue) if call_queue else None,
        memberships=_sorted(_membership(row, names) for row in rows if row.queue),
    )


def _sorted(memberships: Iterable[Membership]) -> tuple[Membership, ...]:
    return tuple(sorted(memberships, key=_by_queue_name))


def _by_queue_name(membership: Membership) -> tuple[str, str]:
    return membership.queue_name.casefold(), membership.queue


def _membership(row: eq.QueueAgentStatus, names: Names) -> Membership:
    queue = row.queue or ""
    return Membership(queue, names.of_queue(queue), _state(row), _is_paused(row), row.skill or None, row.calls_taken)


def _state(row: eq.QueueAgentStatus) -> AgentState:
    return STATES.get(row.status or "", AgentState.UNKNOWN)


def _is_paused(row: eq.QueueAgentStatus) -> bool:
    return row.status == "paused" or (bool(row.paused) and row.status != "signedOut")


def _call(rows: Sequence[eq.QueueAgentStatus]) -> tuple[eq.AgentCall | None, str | None]:
    """The call and the queue it came from, as far as EQ tells.

    An agent of several queues is busy in every row, but the call is only in the row it came from (contract §4). So a
    call that names no queue came from its row's, if that row alone of several has it; else nobody knows whence.
    """
    holders = [(row.queue, row.call) for row in rows if row.call]
    if not holders:
        return None, None
    for _, call in holders:
        if call.queue:
            return call, call.queue
    queue, call = holders[0]
    return call, queue if len(holders) == 1 < len(rows) else None


def _state_since(
    state: AgentState, rows: Sequence[eq.QueueAgentStatus], old: Agent | None, taken: Taken, is_blind: bool
) -> tuple[datetime | None, bool]:
    """Since when, and whether that is only a lower bound.

    EQ's own time where it gives one that can be; else when we saw the state change; else, at the first sight, "at
    least since".
    """
    said = [at for row in rows if _state(row) is state and (at := taken.credible(row.status_time, LONGEST_STATE))]
    lasts = old is not None and old.state is state
    if said:
        return steady(min(said), old.state_since if old and lasts and not old.since_at_least else None), False
    if old is None:
        return taken.at, True
    return (old.state_since, old.since_at_least) if lasts else (taken.at, is_blind)

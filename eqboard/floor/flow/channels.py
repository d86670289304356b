"""Channels that tell nobody apart: some exchanges cut them to the trunk, which many callers share (`SIP/trunk`)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from eqboard.floor.flow.watch import Watch, channel_handle
from eqboard.floor.snapshot import Agent, AgentState, Caller, Conference, ParkedCall, Snapshot, WaitingCall

MOST_SHARED = 100  # that are remembered: an exchange has a few trunks

HasCaller = TypeVar("HasCaller", Agent, ParkedCall, WaitingCall)
Key = TypeVar("Key", int, str)


def shared_channels(known: Iterable[str], floor: Snapshot) -> tuple[str, ...]:
    """The channels that are known to be shared, and those that two unique ids have at once in one of EQ's lists."""
    on_call = (each.caller for each in floor.agents.values() if each.state is AgentState.ON_CALL and each.caller)
    waiting = (call.caller for call in floor.waiting.values())
    known = tuple(known)
    found = (_shared(on_call) | _shared(waiting)).difference(known)
    return (*sorted(found), *known)[:MOST_SHARED] if found else known


def _shared(callers: Iterable[Caller]) -> set[str]:
    owners: dict[str, set[str]] = {}
    for caller in callers:
        if caller.channel and caller.unique_id:
            owners.setdefault(caller.channel, set()).add(caller.unique_id)
    return {channel for channel, unique_ids in owners.items() if len(unique_ids) > 1}


def without_channels(floor: Snapshot, channels: Iterable[str]) -> Snapshot:
    """The floor with callers known by their unique ids alone where they have one of these channels."""
    shared = frozenset(channels)
    if not shared:
        return floor
    return replace(
        floor,
        agents=_each(floor.agents, shared),
        waiting=_each(floor.waiting, shared),
        parked=_each(floor.parked, shared),
        conferences={key: _room(room, shared) for key, room in floor.conferences.items()},
    )


def _room(room: Conference, shared: frozenset[str]) -> Conference:
    participants = (replace(each, caller=_cut(each.caller, shared)) for each in room.participants)
    return replace(room, participants=tuple(participants))


def _each(entities: Mapping[Key, HasCaller], shared: frozenset[str]) -> Mapping[Key, HasCaller]:
    return {
        key: replace(each, caller=_cut(each.caller, shared)) if each.caller and each.caller.channel in shared else each
        for key, each in entities.items()
    }


def _cut(caller: Caller, shared: frozenset[str]) -> Caller:
    return replace(caller, channel=None) if caller.unique_id and caller.channel in shared else caller


def forgetting(watch: Watch, channels: tuple[str, ...]) -> Watch:
    """The watch without what it knows by channels that turned out to be shared."""
    if channels == watch.shared:
        return watch
    shared, told = frozenset(channels), {channel_handle(each) for each in channels}
    return replace(
        watch,
        shared=channels,
        departed=tuple(replace(each, caller=_cut(each.caller, shared)) for each in watch.departed),
        talks={
            key: replace(talk, handles=tuple(each for each in talk.handles if each not in told))
            for key, talk in watch.talks.items()
        },
        known={key: known for key, known in watch.known.items() if key not in told},
    )

"""Calls and conferences as the JSON objects of contract §3. Pure; times are cut to whole seconds (contract §4)."""

from __future__ import annotations

from eqboard.simulator.answers.values import JsonObject, whole
from eqboard.simulator.office.entities import Queue
from eqboard.simulator.switch.lot import ParkingLot
from eqboard.simulator.switch.parties import Call, Conference, Leg, LegStatus, Member, Party, bearer_of
from eqboard.simulator.switch.switch import Switch


def queued_calls(queue: Queue) -> list[JsonObject]:
    """Callers in one queue in their order, those included for whom a telephone rings (contract §4)."""
    return [
        {
            "id": str(call.id),
            "uniqueId": call.unique_id,
            "queue": call.queue,
            "channel": call.channel,
            "position": position,
            "callerIdNumber": call.number,
            "callerIdName": call.name,
            "enterTime": whole(call.entered_at),
            "priority": 0,
        }
        for position, call in enumerate(queue.waiting.values(), start=1)
    ]


def parked_calls(lot: ParkingLot) -> list[JsonObject]:
    """Callers in the parking lot; `timeout` is how many seconds a space may be held, counted from `parkTime`."""
    return [
        {
            "channel": party.channel,
            "uniqueId": party.unique_id,
            "space": str(space),
            "callerIdNumber": party.number,
            "callerIdName": party.name,
            "parkedBy": party.parked_from or None,
            "parkTime": whole(party.parked_at),
            "timeout": int(lot.timeout_seconds),
        }
        for space, party in sorted(lot.calls.items())
    ]


def active_calls(switch: Switch, extension: str) -> list[JsonObject]:
    """Everything the telephone at an extension does, in the order in which it began."""
    return [active_call(switch, leg) for leg in switch.lines.legs_at(extension)]


def active_call(switch: Switch, leg: Leg) -> JsonObject:
    """One call at an extension. `id` and `uniqueId` are the caller's, as in the lists of queued and parked calls.

    The caller is who called, connected is whom they called; `queue` is where the caller came from. A monitoring call is
    one from the monitor extension to its target, and no call of the target's.
    """
    caller, connected = ends_of(leg)
    return {
        "id": str(leg.id),
        "uniqueId": bearer_of(leg).unique_id,
        "extension": leg.extension,
        "channel": leg.channel,
        "callerIdNumber": caller[0],
        "callerIdName": caller[1],
        "connectedNumber": connected[0],
        "connectedName": connected[1] or None,
        "otherChannel": _other_channel(switch, leg),
        "status": str(leg.status),
        "direction": _direction(leg),
        "queue": queue_of(leg),
        "startTime": whole(leg.started_at),
        "answerTime": whole(leg.answered_at),
        "recording": switch.recordings.is_running(leg.id),
    }


def queue_of(leg: Leg) -> str | None:
    """The queue from which the caller came with whom the extension has to do."""
    peer = leg.peer
    return peer.queue or None if isinstance(peer, Call) else None


def ends_of(leg: Leg) -> tuple[tuple[str, str], tuple[str, str]]:
    """Number and name of who called, and of whom they called."""
    own = (leg.number, leg.name)
    if leg.peer is None:
        return own, leg.towards
    other = (leg.peer.number, leg.peer.name)
    return (own, other) if leg.is_origin else (other, own)


def _other_channel(switch: Switch, leg: Leg) -> str | None:
    """The other end's; of a monitoring call that of the conversation which is heard, if there is one."""
    if leg.monitoring is None:
        return leg.peer.channel if leg.peer is not None else None
    heard = switch.lines.legs_at(leg.monitoring.target)
    return next((each.channel for each in heard if each.status is LegStatus.UP and each.monitoring is None), None)


def _direction(leg: Leg) -> str:
    if not isinstance(leg.peer, Call):
        return "internal"
    return "outbound" if leg.is_origin else "inbound"


def conferences(switch: Switch) -> list[JsonObject]:
    """Conference rooms in use, with who is in them."""
    return [_conference(room) for room in switch.conferences.values()]


def _conference(room: Conference) -> JsonObject:
    return {
        "extension": room.extension,
        "name": room.name,
        "locked": False,
        "startTime": whole(room.started_at),
        "participants": [_participant(member, member.party) for member in room.members],
    }


def _participant(member: Member, party: Party) -> JsonObject:
    return {
        "channel": party.channel,
        "uniqueId": party.unique_id,
        "callerIdNumber": party.number,
        "callerIdName": party.name,
        "admin": member.is_admin,
        "muted": member.is_muted,
        "talking": member.is_admin and not member.is_muted,
        "joinTime": whole(member.joined_at),
    }

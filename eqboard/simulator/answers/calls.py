"""Calls and conferences as the JSON objects of contract §3. Pure; times are cut to whole seconds (contract §4)."""

from __future__ import annotations

from eqboard.simulator.answers.values import JsonObject, whole
from eqboard.simulator.entities import Call, Place, Queue
from eqboard.simulator.switch import Switch


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


def parked_calls(switch: Switch) -> list[JsonObject]:
    """Callers in the parking lot; `timeout` is how many seconds a space may be held, counted from `parkTime`."""
    return [
        {
            "channel": call.channel,
            "uniqueId": call.unique_id,
            "space": str(space),
            "callerIdNumber": call.number,
            "callerIdName": call.name,
            "parkedBy": call.parked_by.extension if call.parked_by else None,
            "parkTime": whole(call.parked_at),
            "timeout": int(switch.lot.timeout_seconds),
        }
        for space, call in sorted(switch.lot.calls.items())
    ]


def conferences(switch: Switch) -> list[JsonObject]:
    """Conference rooms in use, with who is in them."""
    return [_conference(call) for call in switch.conferences.values() if call.place is Place.CONFERENCE]


def _conference(call: Call) -> JsonObject:
    room, agent = call.conference, call.agent
    if room is None or agent is None:
        return {}
    people = (
        (call.channel, call.unique_id, call.number, call.name, False),
        (f"SIP/{agent.extension}-{call.id:08x}", f"{call.unique_id}.1", agent.extension, agent.name, True),
        (
            f"SIP/{room.guest_extension}-{call.id:08x}",
            f"{call.unique_id}.2",
            room.guest_extension,
            room.guest_name,
            False,
        ),
    )
    return {
        "extension": room.extension,
        "name": room.name,
        "locked": False,
        "startTime": whole(room.started_at),
        "participants": [
            {
                "channel": channel,
                "uniqueId": unique_id,
                "callerIdNumber": number,
                "callerIdName": name,
                "admin": is_admin,
                "muted": False,
                "talking": is_admin,
                "joinTime": whole(room.started_at),
            }
            for channel, unique_id, number, name, is_admin in people
        ],
    }

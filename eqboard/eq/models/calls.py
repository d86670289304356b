"""Calls in queues, in the parking lot and at an extension, and conferences (contract §3)."""

from typing import Annotated

from pydantic import FailFast, Field

from eqboard.eq.models.base import MOST_INSIDE, EQObject, Flag, Id, Key, Moment, Number, Text


class QueuedCall(EQObject):
    """A caller in a queue. Stays listed while a telephone rings for them (contract §4)."""

    id: Id = None
    unique_id: Id = None
    queue: Key
    channel: Id = None
    position: Number = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    enter_time: Moment = None
    priority: Number = None


class ParkedCall(EQObject):
    """A caller in the parking lot; `timeout` is in seconds."""

    channel: Id = None
    unique_id: Id = None
    space: Text = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    parked_by: Text = None
    park_time: Moment = None
    timeout: Number = None


class ActiveCall(EQObject):
    """A call at an extension. `channel` is the extension's own, `other_channel` that of whom it talks with.

    `status` is one of dialing, ringing, up, `direction` one of inbound, outbound, internal, or a word we do not know;
    `recording` tells whether the call is being recorded.
    """

    id: Id = None
    unique_id: Id = None
    extension: Key
    channel: Id = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    connected_number: Text = None
    connected_name: Text = None
    other_channel: Id = None
    status: Text = None
    direction: Text = None
    queue: Text = None
    start_time: Moment = None
    answer_time: Moment = None
    recording: Flag = None


class ConferenceParticipant(EQObject):
    channel: Id = None
    unique_id: Id = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    admin: Flag = None
    muted: Flag = None
    talking: Flag = None
    join_time: Moment = None


class Conference(EQObject):
    extension: Key
    name: Text = None
    locked: Flag = None
    start_time: Moment = None
    participants: Annotated[tuple[ConferenceParticipant, ...], Field(max_length=MOST_INSIDE), FailFast()] = ()

"""Calls in a queue and in the parking lot, and conferences (contract §3)."""

from typing import Annotated

from pydantic import BeforeValidator, FailFast, Field

from eqboard.eq.models.base import EQObject, Flag, Key, Moment, Number, Text, none_to_empty

MOST_PARTICIPANTS = 500


class QueuedCall(EQObject):
    """A caller in a queue. Stays listed while a telephone rings for them (contract §4)."""

    id: Text = None
    unique_id: Text = None
    queue: Key
    channel: Text = None
    position: Number = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    enter_time: Moment = None
    priority: Number = None


class ParkedCall(EQObject):
    """A caller in the parking lot; `timeout` is in seconds."""

    channel: Text = None
    unique_id: Text = None
    space: Text = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    parked_by: Text = None
    park_time: Moment = None
    timeout: Number = None


class ConferenceParticipant(EQObject):
    channel: Text = None
    unique_id: Text = None
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
    participants: Annotated[
        tuple[ConferenceParticipant, ...],
        Field(max_length=MOST_PARTICIPANTS),
        FailFast(),
        BeforeValidator(none_to_empty),
    ] = ()

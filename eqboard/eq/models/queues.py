"""Queue statistics, and the status of agents in queues (contract §3)."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from eqboard.eq.models.base import Amount, EQObject, Flag, Id, Key, Moment, Number, Text, blank_to_none


class QueueStatistics(EQObject):
    """Counts for one queue. `calls` wait now; `wait_time` is the longest current wait, in seconds; averages too."""

    queue: Key
    calls: Number = None
    wait_time: Number = None
    agents: Number = None  # everyone not signed out
    agents_available: Number = None
    agents_ringing: Number = None
    agents_on_call: Number = None
    agents_wrap_up: Number = None
    agents_paused: Number = None
    calls_answered: Number = None
    calls_abandoned: Number = None
    average_wait_time: Amount = None
    average_talk_time: Amount = None


class AgentCall(EQObject):
    """The call an agent has; `queue` is None when it did not come from one."""

    id: Id = None
    unique_id: Id = None
    channel: Id = None
    caller_id_number: Text = None
    caller_id_name: Text = None
    start_time: Moment = None
    queue: Text = None


class QueueAgentStatus(EQObject):
    """One agent in one queue, or over all queues (`queue` is None) when asked combined.

    `status` is one of signedOut, available, ringing, onCall, wrapUp, paused, or a word we do not know.
    `skill` is a penalty, 1 (highest) to 5; 0 and None are seen too.
    """

    agent: Annotated[int, Field(ge=0)]
    queue: Text = None
    extension: Text = None
    status: Text = None
    skill: Number = None
    paused: Flag = None
    pause_code: Number = None
    status_time: Moment = None
    sign_in_time: Moment = None
    wrap_up_end_time: Moment = None
    calls_taken: Number = None
    last_call_time: Moment = None
    call: Annotated[AgentCall | None, BeforeValidator(blank_to_none)] = None

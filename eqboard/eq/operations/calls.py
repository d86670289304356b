"""Calls in queues, in the parking lot and at extensions; their recordings; listening in; conferences.

Whatever acts on a call returns when EQ has accepted it, before the telephone switch has acted (contract §2). A call may
have gone meanwhile, and a destination may not answer: what happened is seen in the next reads.
"""

from eqboard.eq.errors import Complaint
from eqboard.eq.models import ActiveCall, Conference, ParkedCall, QueuedCall
from eqboard.eq.models.rules import Key
from eqboard.eq.operations.base import Resource, operation
from eqboard.eq.wire import Arguments, Rows


class QueuedCalls(Resource):
    @operation("GET", "/queued_calls")
    async def all(self, *, queue: Key | None = None) -> Rows[QueuedCall]:
        """The callers in one queue, or in all. An unknown queue raises EQNotFound."""

    @operation("POST", "/steal_queued_call")
    async def steal(self, *, channel: Key, destination: Key) -> None:
        """Take a caller out of their queue and send them to an extension or another destination.

        A destination that is wrong or does not answer costs the call (contract §4): look before asking.
        """


class ParkedCalls(Resource):
    @operation("GET", "/parked_calls")
    async def all(self) -> Rows[ParkedCall]:
        """The callers in the parking lot."""

    @operation("POST", "/pick_up_parked_call")
    async def pick_up(self, *, channel: Key, destination: Key) -> None:
        """Take a caller out of the parking lot and send them to an extension or another destination."""


class ActiveCalls(Resource):
    @operation("GET", "/active_calls")
    async def all(self, *, extension: Key) -> Rows[ActiveCall]:
        """The calls at one extension. An unknown extension raises EQNotFound."""


def _names_a_call(arguments: Arguments) -> Complaint | None:
    """EQ API text, Get Call Recordings: one of the two ids is required."""
    if "call" in arguments or "call_unique_id" in arguments:
        return None
    return Complaint("call", "blank", "required unless call_unique_id is given")


class CallRecordings(Resource):
    @operation("GET", "/call_recordings", names={"call_unique_id": "call_unique_id"}, check=_names_a_call)
    async def all(self, *, call: Key | None = None, call_unique_id: Key | None = None) -> Rows[str]:
        """The absolute paths of the recordings of a call, which is named by its id or by its unique id."""

    @operation("POST", "/call_recording_action", fixed={"action": "start"})
    async def start(self, *, extension: Key) -> None:
        """Record the call at an extension from now on. EQInvalid: extension nonexistent."""

    @operation("POST", "/call_recording_action", fixed={"action": "stop"})
    async def stop(self, *, extension: Key) -> None:
        """End the recording at an extension, and keep it. EQInvalid: extension nonexistent."""

    @operation("POST", "/call_recording_action", fixed={"action": "cancel"})
    async def cancel(self, *, extension: Key) -> None:
        """End the recording at an extension, and throw it away. EQInvalid: extension nonexistent."""


class CallMonitor(Resource):
    """To stop listening, hang up at the monitor extension: `extensions.hang_up` (contract §2)."""

    @operation("POST", "/call_monitor_action", fixed={"action": "spy"})
    async def spy(self, *, target_extension: Key, monitor_extension: Key) -> None:
        """Listen, at the monitor extension, to the calls of the target extension; neither side hears it.

        EQInvalid: targetExtension or monitorExtension nonexistent.
        """

    @operation("POST", "/call_monitor_action", fixed={"action": "bargeIn"})
    async def barge_in(self, *, target_extension: Key, monitor_extension: Key) -> None:
        """Talk, at the monitor extension, with both sides of the target extension's calls. Errors as for `spy`."""

    @operation("POST", "/call_monitor_action", fixed={"action": "whisper"})
    async def whisper(self, *, target_extension: Key, monitor_extension: Key) -> None:
        """Listen as with `spy`, and be heard by the target extension's side alone. Errors as for `spy`."""


class Conferences(Resource):
    @operation("GET", "/active_conferences")
    async def all(self) -> Rows[Conference]:
        """The conferences that are going on, with their participants."""

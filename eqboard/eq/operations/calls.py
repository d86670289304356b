"""Calls in queues and in the parking lot, conferences."""

from eqboard.eq.models import Conference, ParkedCall, QueuedCall
from eqboard.eq.operations.base import Resource, operation
from eqboard.eq.wire import Rows


class QueuedCalls(Resource):
    @operation("GET", "/queued_calls")
    async def all(self, *, queue: str | None = None) -> Rows[QueuedCall]:
        """The callers in one queue, or in all. An unknown queue raises EQNotFound."""


class ParkedCalls(Resource):
    @operation("GET", "/parked_calls")
    async def all(self) -> Rows[ParkedCall]:
        """The callers in the parking lot."""


class Conferences(Resource):
    @operation("GET", "/active_conferences")
    async def all(self) -> Rows[Conference]:
        """The conferences that are going on, with their participants."""

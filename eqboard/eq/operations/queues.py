"""What goes on in queues: statistics, the status of agents, and what may be done with an agent."""

from eqboard.eq.errors import Complaint
from eqboard.eq.models import QueueAgentStatus, QueueStatistics
from eqboard.eq.models.rules import Boolean, Key, PauseCodeId, Queues, Skill, Skills, UserId
from eqboard.eq.operations.base import Resource, operation
from eqboard.eq.wire import Arguments, Rows


class CallQueueStatistics(Resource):
    @operation("GET", "/call_queue_statistics")
    async def all(self) -> Rows[QueueStatistics]:
        """Counts of calls and agents for every queue."""

    @operation("GET", "/call_queue_statistics")
    async def get(self, *, queue: Key) -> QueueStatistics:
        """Counts of calls and agents for one queue. An unknown queue raises EQNotFound."""


def _one_skill_for_each_queue(arguments: Arguments) -> Complaint | None:
    """EQ API text, Execute Call Queue Agent Action: the arrays must be of equal size."""
    skills, queues = arguments.get("skills"), arguments.get("queues", ())
    if skills is None or len(skills) == len(queues):
        return None
    return Complaint("skills", "invalid", "as many as queues")


class CallQueueAgents(Resource):
    @operation("GET", "/call_queue_agent_status")
    async def all(self, *, queue: Key | None = None, agent: UserId | None = None) -> Rows[QueueAgentStatus]:
        """One row per agent and queue; of one queue or one agent (user id) when named."""

    @operation("GET", "/call_queue_agent_status", fixed={"combined": "1"})
    async def combined(self) -> Rows[QueueAgentStatus]:
        """One row per agent over all queues, `queue` None."""

    @operation("POST", "/call_queue_agent_action", fixed={"action": "pause"}, as_json="options")
    async def pause(self, *, agent: UserId, queue: Key | None = None, pause_code: PauseCodeId | None = None) -> None:
        """Take the agent out of one queue, or out of all they are signed in to, until resumed.

        200 means accepted, not done. EQInvalid: agent nonexistent or not_signed_in, queue not_signed_in,
        pauseCode nonexistent.
        """

    @operation("POST", "/call_queue_agent_action", fixed={"action": "resume"}, as_json="options")
    async def resume(self, *, agent: UserId, queue: Key | None = None) -> None:
        """Put the agent back into one queue, or into all they are signed in to. Errors as for `pause`."""

    @operation(
        "POST",
        "/call_queue_agent_action",
        fixed={"action": "signIn"},
        as_json="options",
        check=_one_skill_for_each_queue,
    )
    async def sign_in(
        self,
        *,
        agent: UserId,
        queue: Key | None = None,
        queues: Queues | None = None,
        skill: Skill | None = None,
        skills: Skills | None = None,
        paused: Boolean | None = None,
    ) -> None:
        """Sign the agent into one queue, into several, or into all they are bound to.

        `skill` is a penalty from 1 (highest) to 5, for `queue`; `skills` one for each of `queues`.
        EQInvalid: agent nonexistent or not_signed_in (to EQ), queue already_signed_in, skills invalid.
        """

    @operation("POST", "/call_queue_agent_action", fixed={"action": "signOut"}, as_json="options")
    async def sign_out(self, *, agent: UserId, queue: Key | None = None) -> None:
        """Sign the agent out of one queue, or out of all. Errors as for `pause`."""

    @operation("POST", "/call_queue_agent_action", fixed={"action": "exitWrapUp"}, as_json="options")
    async def exit_wrap_up(self, *, agent: UserId, queue: Key | None = None) -> None:
        """End the agent's wrap-up in one queue, or in all. Errors as for `pause`."""

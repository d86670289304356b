"""Asks a server every read of the API, one after the other and few times each; what to ask for is learnt on the way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from eqboard.eq.check.comparing import MOST_ROWS, Found, compare
from eqboard.eq.check.replies import SILENT, Outcome, Reply, reply_from, why_stop
from eqboard.eq.check.suggesting import Sample, improved
from eqboard.eq.client import EQ, Answer
from eqboard.eq.dialect import Dialect
from eqboard.eq.errors import EQError, EQWrongValue
from eqboard.eq.models import ActiveCall, QueueAgentStatus, QueuedCall, QueueStatistics, UserSession
from eqboard.eq.models.base import EQObject
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Arguments, Operation

MOST_REQUESTS = 3  # of one operation
PAUSE_CODES = range(1, 6)  # ids that are tried: EQ has no list of them (contract §2)
EMPTY = (Outcome.NO_SUCH, Outcome.NO_PATH)  # another id may be there; a 404 that names none may mean either

SUPERVISORS = "active_sessions.supervisors"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one operation. `why_not` says why it was not asked; otherwise there is a reply, the last one."""

    operation: Operation
    request: str  # "GET /queued_calls"
    why_not: str = ""
    reply: Reply | None = None
    request_count: int = 0
    found: tuple[Found, ...] = ()

    @property
    def is_read(self) -> bool:
        return self.is_of(Outcome.READ)

    def is_of(self, outcome: Outcome) -> bool:
        return self.reply is not None and self.reply.outcome is outcome

    @property
    def sample(self) -> Sample | None:
        """The rows that a model should read, if any."""
        model = self.operation.result
        if self.reply is None or model is None or not issubclass(model, EQObject):
            return None
        return model, self.reply.rows[:MOST_ROWS]


class Learnt:
    """The names of what there is, as answers told them, each kind in the order it was heard."""

    def __init__(self) -> None:
        self.queues: dict[str, None] = {}
        self.agents: dict[int, None] = {}
        self.supervisors: dict[int, None] = {}
        self.busy_extensions: dict[str, None] = {}
        self.extensions: dict[str, None] = {}
        self.calls: dict[tuple[str, str], None] = {}  # ("call", "81"), ("call_unique_id", "1366390218.42")

    def learn(self, operation: Operation, objects: Iterable[EQObject]) -> None:
        for each in objects:
            if isinstance(each, QueueStatistics):
                self.queues.setdefault(each.queue)
            elif isinstance(each, QueueAgentStatus):
                self._learn_status(each)
            elif isinstance(each, QueuedCall):
                self.queues.setdefault(each.queue)
                self._learn_call(each.id, each.unique_id)
            elif isinstance(each, UserSession):
                (self.supervisors if operation.name == SUPERVISORS else self.agents).setdefault(each.user)
                self._learn_extension(each.extension)
            elif isinstance(each, ActiveCall):
                self._learn_call(each.id, each.unique_id)

    def _learn_status(self, status: QueueAgentStatus) -> None:
        self.agents.setdefault(status.agent)
        if status.queue:
            self.queues.setdefault(status.queue)
        self._learn_extension(status.extension)
        if status.call:
            self._learn_call(status.call.id, status.call.unique_id)
            if status.extension:
                self.busy_extensions.setdefault(status.extension)

    def _learn_extension(self, extension: str | None) -> None:
        if extension:
            self.extensions.setdefault(extension)

    def _learn_call(self, id: str | None, unique_id: str | None) -> None:
        if id:
            self.calls.setdefault(("call", id))
        if unique_id:
            self.calls.setdefault(("call_unique_id", unique_id))


@dataclass(frozen=True, slots=True)
class Step:
    """One operation, and what was learnt to ask for; `lacking` is said where that is nothing. At most `most` requests
    are made.
    """

    name: str
    arguments: Callable[[Learnt], Sequence[Arguments]] = field(default=lambda learnt: [{}])
    lacking: str = ""
    most: int = MOST_REQUESTS


def _extensions(learnt: Learnt) -> list[Arguments]:
    """Those first where somebody talks."""
    return [{"extension": each} for each in (learnt.busy_extensions | learnt.extensions)]


NO_QUEUE = "no queue is known: no answer named one"
NO_AGENT = "no agent is known: no answer named one"
NOT_ASKABLE = "what is known of it cannot be asked for"
NO_EXTENSION = "no extension is known: nobody is signed in at one"

STEPS = (
    # what goes on, and what it is called
    Step("call_queue_statistics.all"),
    Step("call_queue_agents.all"),
    Step("queued_calls.all"),
    Step("parked_calls.all"),
    Step("conferences.all"),
    Step("active_sessions.agents"),
    Step("call_queues.get", lambda learnt: [{"extension": each} for each in learnt.queues], NO_QUEUE),
    Step("agents.get", lambda learnt: [{"id": each} for each in learnt.agents], NO_AGENT),
    Step("pause_codes.get", lambda learnt: [{"id": each} for each in PAUSE_CODES], most=len(PAUSE_CODES)),
    # the rest
    Step("call_queue_statistics.get", lambda learnt: [{"queue": each} for each in learnt.queues], NO_QUEUE),
    Step("call_queue_agents.combined", lambda learnt: [{}]),
    Step(SUPERVISORS),
    Step("supervisors.get", lambda learnt: [{"id": each} for each in learnt.supervisors], "no supervisor is signed in"),
    Step("extensions.get", _extensions, NO_EXTENSION),
    Step("phones.get", _extensions, NO_EXTENSION),
    Step("active_calls.all", _extensions, NO_EXTENSION),
    Step(
        "call_recordings.all",
        lambda learnt: [{name: each} for name, each in learnt.calls],
        "no call is known: nobody waits or talks",
    ),
    Step("system.license"),
    Step("system.license_usage"),
    Step("system.configuration_check"),
)


class Asker:
    """Goes through the steps. What was learnt is understood with the best dialect that can be guessed so far."""

    def __init__(self, eq: EQ, dialect: Dialect) -> None:
        self._eq = eq
        self._dialect = dialect
        self._guess = dialect
        self._learnt = Learnt()
        self._outcomes: list[Outcome] = []

    async def take(self, step: Step) -> Result:
        """Ask one operation, with others of its arguments as long as nothing comes."""
        operation, earlier_count = OPERATIONS[step.name], len(self._outcomes)
        asked = Result(operation, self._request(operation), why_not=why_stop(self._outcomes) or step.lacking)
        for arguments in list(step.arguments(self._learnt))[: step.most]:
            if why_stop(self._outcomes):
                break
            reply = await self._ask(operation, arguments)
            if reply is None:
                asked = replace(asked, why_not=NOT_ASKABLE)
                continue
            asked = replace(asked, reply=_better(asked.reply, reply))
            if not _is_empty(reply):
                break
        if asked.reply is None:
            return asked
        return self._looked_at(replace(asked, why_not="", request_count=len(self._outcomes) - earlier_count))

    def _request(self, operation: Operation) -> str:
        route = self._dialect.operations.get(operation.name)
        return f"{(route and route.method) or operation.method} {(route and route.path) or operation.path}"

    async def _ask(self, operation: Operation, arguments: Arguments) -> Reply | None:
        """One answer, after a second attempt if need be; None when the API's rules forbid to ask, as for id -1."""
        reply = await self._ask_once(operation, arguments)
        if reply and reply.outcome in SILENT and not why_stop(self._outcomes):
            return await self._ask_once(operation, arguments)
        return reply

    async def _ask_once(self, operation: Operation, arguments: Arguments) -> Reply | None:
        answer: Answer | EQError
        try:
            answer = await self._eq.probe(operation, arguments)
        except EQWrongValue:
            return None
        except EQError as error:
            answer = error
        reply = reply_from(operation, answer, has_arguments=bool(arguments))
        self._outcomes.append(reply.outcome)
        return reply

    def _looked_at(self, result: Result) -> Result:
        """The result with what was found in its rows, which are learnt from."""
        if result.sample is None or not result.is_read:
            return result
        model, rows = result.sample
        self._guess = improved(self._guess, [result.sample])
        self._learnt.learn(result.operation, compare(model, rows, self._guess)[0].objects)
        return replace(result, found=compare(model, rows, self._dialect))


def _better(first: Reply | None, second: Reply) -> Reply:
    """The one to be looked at: an answer, even an empty one, before a refusal."""
    return first if first and first.outcome is Outcome.READ and second.outcome is not Outcome.READ else second


def _is_empty(reply: Reply) -> bool:
    return reply.outcome in EMPTY or (reply.outcome is Outcome.READ and not reply.rows)

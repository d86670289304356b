"""EQ servers to be checked: made by hand, pretend ones that speak another dialect, and one that is full of secrets."""

import json
import ssl
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from eqboard.eq import EQ, Dialect, Server, load_dialect
from eqboard.eq.check import Report, check_server
from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.app import BASE, build_app
from eqboard.simulator.scenarios import build_world
from eqboard.simulator.world import World

from .conftest import KEY, NOW, URL, Clock, Exchange

STATISTICS = {"queue": "500", "calls": 1, "waitTime": 31, "agents": 2}
CALL = {"id": "81", "uniqueId": "1366390218.42", "callerIdNumber": "+34600111222", "callerIdName": "Carmen"}
STATUS = {"agent": 7, "queue": "500", "extension": "207", "status": "onCall", "call": CALL}
QUEUED = {"id": "82", "queue": "500", "callerIdNumber": "+34600111333", "enterTime": 1366390218}


def make_world() -> World:
    """Busy, the same each time, and standing still unless somebody moves its clock."""
    return build_world("steady", seed=7, started_at=NOW.timestamp(), queues=3, agents=12)


def saved(folder: Path, text: str) -> Dialect:
    """The dialect of a suggestion, as a site would save it."""
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return load_dialect(path)


async def check(other_end: Any, clock: Clock, dialect: Dialect | None = None, **more: Any) -> Report:
    """Check whatever is at the other end, once."""
    transport = other_end if isinstance(other_end, httpx.AsyncBaseTransport) else httpx.MockTransport(other_end)
    dialect = dialect or load_dialect()
    async with EQ(Server(URL, SecretStr(KEY)), dialect=dialect, transport=transport, clock=clock) as eq:
        return await check_server(eq, dialect, **more)


def result_of(report: Report, name: str) -> Any:
    """One operation as machines see it."""
    return next(each for each in report.as_json()["operations"] if each["operation"] == name)


def asked(report: Report) -> list[str]:
    return [each.operation.name for each in report.results if each.reply]


def path_of(request: httpx.Request) -> str:
    return request.url.path.removeprefix(BASE)


def not_found(parameter: str | None) -> httpx.Response:
    return httpx.Response(404, json=[{"parameter": parameter, "type": "nonexistent", "description": "No"}])


def untrusted() -> httpx.ConnectError:
    """What comes of a certificate that no authority of ours has signed."""
    error = httpx.ConnectError("no way")
    error.__cause__ = ssl.SSLCertVerificationError(1, "unknown")
    return error


def said_at(seconds: float) -> httpx.Response:
    """Nothing, said by a server whose clock is so far ahead of ours."""
    date = format_datetime(datetime.fromtimestamp(NOW.timestamp() + seconds, UTC), usegmt=True)
    return httpx.Response(200, json=[], headers={"date": date})


class Site(Exchange):
    """An EQ server with hand-made answers by path; anything else is EQ's own "no such path"."""

    def __init__(self, **answers: Any) -> None:
        usual = {"call_queue_statistics": [STATISTICS], "call_queue_agent_status": [STATUS], "queued_calls": [QUEUED]}
        self.by_path = usual | answers
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> Any:
        first = path_of(request).strip("/").partition("/")[0]
        answer = self.by_path.get(first, not_found(None))
        return answer(request) if callable(answer) else answer


# One that speaks otherwise


class Watched(httpx.AsyncBaseTransport):
    """The pretend server, which may speak another dialect. Remembers what it was asked, and how much at a time."""

    def __init__(self, world: Any, clock: Clock, dialect: Dialect | None = None) -> None:
        clock.now = datetime.fromtimestamp(world.now, UTC)
        self._app = httpx.ASGITransport(app=build_app(world, key=KEY, clock=lambda: clock.now.timestamp()))
        self._dialect = dialect or Dialect()
        self.requests: list[httpx.Request] = []
        self.most_at_once = self._now = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        response = await self._app.handle_async_request(request)
        body = await response.aread()
        self._now -= 1
        if response.status_code == 200:
            body = json.dumps(self._spoken(path_of(request), json.loads(body))).encode()
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=body)

    def _spoken(self, path: str, value: Any) -> Any:
        first = "/" + path.strip("/").partition("/")[0]
        [kind] = {each.result for each in OPERATIONS.values() if each.is_read and each.path.partition("/{")[0] == first}
        assert kind is not None
        if isinstance(value, list):
            return [self._dialect.speak(kind.__name__, each) for each in value]
        return self._dialect.speak(kind.__name__, value)


FOREIGN = """
[fields.QueueStatistics]
queue = "queueId"
calls = "calls_waiting"
wait_time = "longestWait"
agents_on_call = "busyAgents"
average_talk_time = "avgTalkSeconds"

[fields.QueueAgentStatus]
agent = "agentId"
queue = "queue_extension"
status = "state"
pause_code = "pauseReasonId"
status_time = "stateSince"
sign_in_time = "loginTime"
call = "currentCall"

[fields.AgentCall]
caller_id_number = "callerNumber"
caller_id_name = "CallerIDName"
start_time = "startedAt"

[fields.QueuedCall]
queue = "queueId"
caller_id_number = "cid_num"
caller_id_name = "cid_name"
enter_time = "joinedAt"

[fields.UserSession]
user = "userId"
sign_in_time = "loggedInAt"

[fields.Agent]
first_name = "FirstName"
last_name = "surname"

[fields.CallQueue]
extension = "exten"
ring_strategy = "RingStrategy"

[fields.PauseCode]
id = "pauseCodeId"

[states.agent]
signedOut = "logged_out"
available = "idle"
ringing = "RINGING"
onCall = "busy"
wrapUp = "acw"
paused = "on break"
"""


# One full of secrets

SECRET_NUMBERS = ("+34 600 123 987", "34600123987", "600-123-987", "00346001239876")
SECRET_TEXTS = (KEY, "s3cr3t-sip", "4711-pin", "Carmen Canary", "carmen@canary.example", "10.20.30.40", "hunter2")
SECRETS = (*SECRET_TEXTS, *SECRET_NUMBERS, "hunter2", "600123987", "123987", "Canary", "canary")


def poisoned(model: type, number: int) -> dict[str, Any]:
    """A row with a secret in every field, known and unknown, and in some names of fields."""
    secrets = [*SECRET_TEXTS, *SECRET_NUMBERS, 34600123987, {"inside": "hunter2"}, ["hunter2"]]
    row: dict[str, Any] = {}
    for place, (name, info) in enumerate(model.model_fields.items()):  # type: ignore[attr-defined]
        row[info.alias or name] = secrets[(place + number) % len(secrets)]
        row[f"unknown{'x' * place}"] = secrets[(place + number + 1) % len(secrets)]
    return row | {
        "hunter2 said": 1,
        KEY: 1,
        "34600123987": 1,
        "n600123987": 1,
        "\u202ehunter2": 2,
        "\x1b[31mhunter2": 3,
    }


def poisoned_site(request: httpx.Request) -> Any:
    first = "/" + path_of(request).strip("/").partition("/")[0]
    operation = next(each for each in OPERATIONS.values() if each.is_read and each.path.partition("/{")[0] == first)
    if operation.result is str:
        return [f"/var/spool/{each}.wav" for each in SECRET_TEXTS]
    required = {"queue": "500", "extension": "207", "agent": 7, "user": 7, "id": 7}
    rows = []
    for number in range(20):
        row = poisoned(operation.result, number)
        for name, info in operation.result.model_fields.items():
            if info.is_required() and number != 0:
                row[name] = required[name]
        rows.append(row)
    is_list = operation.many and not (
        operation.name.startswith("call_queue_statistics") and request.url.params.get("queue")
    )
    return rows if is_list else rows[1]

"""The telephone and a pretend server that ails: whatever goes wrong, it is one of the client's errors, or a value."""

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import EQ, EQBroken, EQError, EQNotFound, EQSignedOut, EQUnreachable, Limits, Server
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows
from eqboard.simulator.app import build_app
from eqboard.simulator.faults import Fault, FaultKind, Faults
from tests.environment import KEY_CANARY
from tests.pretend_server import pretend_server

from .arguments import ARGUMENTS
from .conftest import KEY
from .sites import make_world

READS = sorted(name for name, operation in OPERATIONS.items() if operation.is_read)
OF_CONNECTIONS = (FaultKind.DROPPED, FaultKind.BROKEN_OFF)  # which only a real one can show
OF_ANSWERS = [kind for kind in FaultKind if kind not in OF_CONNECTIONS]


@pytest.fixture
def ailing(dial, clock):
    """A telephone to a server with one fault, struck by every request."""

    def make(kind):
        clock.now = clock.now.replace(microsecond=0)
        faults = Faults([Fault(kind, seconds=7200.0)])
        app = build_app(make_world(), key=KEY, clock=lambda: clock.now.timestamp(), faults=faults, sleep=no_time)
        return dial(httpx.ASGITransport(app=app))

    return make


async def no_time(seconds):
    """How a latency waits here."""


async def outcome_of(call):
    try:
        return await call
    except EQError as error:
        return error


@pytest.mark.parametrize("kind", OF_ANSWERS)
async def test_no_fault_of_an_answer_makes_the_client_fail_otherwise_than_it_says(ailing, kind):
    eq = ailing(kind)
    for name, operation in OPERATIONS.items():
        outcome = await outcome_of(eq.call(operation, ARGUMENTS.get(name, {})))
        wanted = Rows if operation.many else operation.result or type(None)
        assert isinstance(outcome, EQError | wanted), name


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.SERVER_ERROR, EQBroken),
        (FaultKind.HTML, EQBroken),
        (FaultKind.TRUNCATED, EQBroken),
        (FaultKind.WRONG_SHAPE, EQBroken),
        (FaultKind.SIGNED_OUT, EQSignedOut),
    ],
)
@pytest.mark.parametrize("name", READS)
async def test_an_answer_that_cannot_be_one_is_never_taken_for_one(ailing, kind, error, name):
    assert isinstance(await outcome_of(ailing(kind).call(OPERATIONS[name], ARGUMENTS.get(name, {}))), error)


async def test_null_where_something_must_be_is_no_row(ailing):
    eq = ailing(FaultKind.NULLS)
    with pytest.raises(EQBroken, match="no row of the answer can be read"):
        await eq.call_queue_agents.all()
    with pytest.raises(EQBroken):
        await eq.agents.get(id=1)


async def test_a_late_answer_or_a_word_that_nobody_knows_costs_nothing(ailing):
    for kind in (FaultKind.LATENCY, FaultKind.UNKNOWN_STATE):
        rows = await ailing(kind).call_queue_agents.all()
        assert (len({row.agent for row in rows}), rows.unreadable_count) == (12, 0)


async def test_who_has_vanished_is_not_found(ailing):
    with pytest.raises(EQNotFound):
        await ailing(FaultKind.VANISHED).agents.get(id=1)


# Over a real connection


@pytest.fixture(scope="module")
def url():
    with pretend_server("--queues", "3", "--agents", "12") as server:
        yield server.url


@pytest.fixture
async def eq(url):
    eq = EQ(Server(url, SecretStr(KEY_CANARY), Limits()))
    yield eq
    await eq.close()


@pytest.fixture
async def suffer(url):
    """Put one fault in force until the end of the test."""
    async with httpx.AsyncClient(base_url=url, params={"auth_key": KEY_CANARY}) as trainer:

        async def order(**fault):
            assert (await trainer.post("/control/faults", data=fault)).status_code == 200

        yield order
        await trainer.delete("/control/faults")


@pytest.mark.parametrize("kind", OF_CONNECTIONS)
@pytest.mark.parametrize("name", ["call_queue_statistics.all", "agents.get", "license"])
async def test_a_read_whose_connection_ends_cannot_be_reached(eq, suffer, kind, name):
    await suffer(kind=kind)
    name = "system.license" if name == "license" else name
    with pytest.raises(EQUnreachable):
        await eq.call(OPERATIONS[name], ARGUMENTS.get(name, {}))


@pytest.mark.parametrize("kind", OF_CONNECTIONS)
async def test_of_an_action_whose_connection_ends_the_outcome_is_unknown(eq, suffer, kind):
    await suffer(kind=kind, operation="call_queue_agents.pause")
    with pytest.raises(EQUnreachable) as caught:
        await eq.call_queue_agents.pause(agent=1)
    assert caught.value.outcome_unknown
    assert len(await eq.call_queue_statistics.all()) == 3


async def test_a_read_gets_through_when_only_some_connections_end(eq, suffer):
    await suffer(kind="dropped", probability="0.5", operation="parked_calls.all")
    outcomes = [await outcome_of(eq.parked_calls.all()) for _ in range(16)]
    assert sum(isinstance(each, Rows) for each in outcomes) > 3  # three in four, as it tries twice

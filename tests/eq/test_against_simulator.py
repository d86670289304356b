"""The telephone and the pretend server, in one process: every read is understood, and actions take effect."""

from datetime import UTC, datetime

import httpx
import pytest

from eqboard.eq import EQInvalid, EQNotFound, EQRefused, EQSignedOut, EQUnreachable
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows
from eqboard.simulator.app import build_app

from .arguments import ARGUMENTS
from .conftest import KEY, NOW
from .sites import make_world

NO_SUCH_PATH = "There is no such path"

READS = sorted(name for name, operation in OPERATIONS.items() if operation.is_read)


@pytest.fixture(scope="module")
def world():
    """Busy, and standing still unless a test moves the clock."""
    return make_world()


@pytest.fixture
def eq(dial, world, clock):
    """A telephone to the pretend server; both have the same clock."""
    clock.now = datetime.fromtimestamp(world.now, UTC)
    app = build_app(world, key=KEY, clock=lambda: clock.now.timestamp())
    return dial(httpx.ASGITransport(app=app))


@pytest.mark.parametrize("name", READS)
async def test_every_read_is_answered_and_understood(eq, name):
    value = await eq.call(OPERATIONS[name], ARGUMENTS.get(name, {}))
    if OPERATIONS[name].many:
        assert isinstance(value, Rows)
        assert value.unreadable_count == 0
    else:
        assert isinstance(value, OPERATIONS[name].result)
        assert not getattr(value, "unread", ())
        assert not getattr(value, "unknown", {})


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - set(READS)))
async def test_every_action_and_every_write_is_answered(dial, clock, name):
    """Done, or refused in EQ's own words: the path is there, and what came back could be understood."""
    world = make_world()
    eq = dial(httpx.ASGITransport(app=build_app(world, key=KEY, clock=lambda: clock.now.timestamp())))
    outcome = await outcome_of(eq.call(OPERATIONS[name], ARGUMENTS[name]))
    if isinstance(outcome, EQRefused):
        assert outcome.complaints
        assert NO_SUCH_PATH not in str(outcome)
    else:
        assert isinstance(outcome, OPERATIONS[name].result or type(None))


async def outcome_of(call):
    """The value, or the refusal itself."""
    try:
        return await call
    except EQRefused as refusal:
        return refusal


async def test_there_are_people_and_queues_to_read(eq):
    assert len(await eq.call_queue_statistics.all()) == 3
    assert len({row.agent for row in await eq.call_queue_agents.all()}) == 12
    assert {row.queue for row in await eq.call_queue_agents.combined()} == {None}


async def test_a_narrower_question_gets_fewer_rows(eq):
    rows = await eq.call_queue_agents.all(queue="500", agent=1)
    assert {(row.agent, row.queue) for row in rows} <= {(1, "500")}
    assert {call.queue for call in await eq.queued_calls.all(queue="501")} <= {"501"}


@pytest.mark.contract("2.30")
async def test_an_agent_is_paused_and_resumed_soon_after_it_was_accepted(eq, clock):
    agent = next(
        row.agent for row in await eq.call_queue_agents.combined() if row.status == "available" and not row.paused
    )
    await eq.call_queue_agents.pause(agent=agent, pause_code=2)
    clock.pass_seconds(2)
    assert {row.pause_code for row in await eq.call_queue_agents.all(agent=agent) if row.paused} == {2}
    await eq.call_queue_agents.resume(agent=agent)
    clock.pass_seconds(2)
    assert not any(row.paused for row in await eq.call_queue_agents.all(agent=agent))


async def test_pausing_somebody_who_does_not_exist_is_refused_in_eqs_words(eq):
    with pytest.raises(EQInvalid) as caught:
        await eq.call_queue_agents.pause(agent=999)
    assert [(each.parameter, each.type) for each in caught.value.complaints] == [("agent", "nonexistent")]


async def test_a_pause_code_that_does_not_exist_is_refused(eq):
    agent = next(row.agent for row in await eq.call_queue_agents.combined() if row.status != "signedOut")
    with pytest.raises(EQInvalid, match="pauseCode: nonexistent"):
        await eq.call_queue_agents.pause(agent=agent, pause_code=999)


async def test_somebody_who_is_not_there_cannot_be_paused(eq):
    agent = next(row.agent for row in await eq.call_queue_agents.combined() if row.status == "signedOut")
    with pytest.raises(EQInvalid, match="agent: not_signed_in"):
        await eq.call_queue_agents.pause(agent=agent)


async def test_resuming_somebody_who_does_not_exist_is_refused(eq):
    with pytest.raises(EQInvalid, match="agent: nonexistent"):
        await eq.call_queue_agents.resume(agent=999)


@pytest.mark.contract("1.15")
async def test_whoever_never_was_is_not_found(eq):
    for asked in (eq.agents.get(id=999), eq.pause_codes.get(id=999), eq.call_queues.get(extension="999")):
        with pytest.raises(EQNotFound):
            await asked


@pytest.mark.parametrize("extension", ["..", "../agent/1", "a/b", "5?00", "#", "é\u202e", "%35%30%30"])
async def test_a_hostile_key_finds_nothing(eq, extension):
    with pytest.raises(EQNotFound):
        await eq.call_queues.get(extension=extension)


@pytest.mark.contract("1.16")
async def test_a_wrong_key_is_signed_out(dial, world):
    eq = dial(httpx.ASGITransport(app=build_app(world, key="another", clock=NOW.timestamp)))
    with pytest.raises(EQSignedOut, match="auth_key: invalid"):
        await eq.queued_calls.all()


async def test_the_pretend_server_tells_its_time(eq, world):
    await eq.queued_calls.all()
    assert eq.skew_seconds == pytest.approx(0, abs=1.0)


async def test_a_server_that_is_not_there_is_unreachable(dial):
    with pytest.raises(EQUnreachable):
        await dial(httpx.MockTransport(lambda request: (_ for _ in ()).throw(httpx.ConnectError("x")))).agents.get(id=1)

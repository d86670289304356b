"""The whole client against a server that speaks otherwise: other paths and methods, snake_case, other words, numbers
as texts. What it says must come to the same as what a server by the contract says.
"""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from eqboard.eq import EQ, EQError, EQNotFound, Limits, Server, load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.accent import Accent
from eqboard.simulator.app import build_app
from eqboard.simulator.asked import Asked
from eqboard.simulator.faults import Fault, FaultKind, Faults
from eqboard.simulator.handlers import handler_for

from .arguments import ARGUMENTS
from .conftest import KEY, NOW, URL
from .sites import make_world

FOREIGN = load_dialect(Path(__file__).with_name("foreign.toml"))
NEW = ("pause_codes.create", "agents.create", "supervisors.create", "call_queues.create", "extensions.create")


class Refused(NamedTuple):
    kind: str
    complaints: object


class Line:
    """One client and its server, with a world of its own; equal seeds give equal worlds."""

    def __init__(self, dialect=None, server_speaks=None, faults=None):
        self.now = NOW
        self.world = make_world()
        accent = Accent(server_speaks, numbers_as_texts=True) if server_speaks else None
        app = build_app(self.world, key=KEY, clock=lambda: self.now.timestamp(), accent=accent, faults=faults)
        server = Server(URL, SecretStr(KEY), Limits(total_seconds=60, read_seconds=60, action_seconds=60))
        self.eq = EQ(server, dialect=dialect, transport=httpx.ASGITransport(app=app), clock=lambda: self.now)

    def wait(self, seconds):
        self.now = datetime.fromtimestamp(self.now.timestamp() + seconds, UTC)

    async def outcome(self, name, arguments):
        """The value, or what kind of refusal it was."""
        try:
            value = await self.eq.call(OPERATIONS[name], arguments)
        except EQError as error:
            return Refused(type(error).__name__, getattr(error, "complaints", error.reason))
        if isinstance(value, BaseModel):
            return value.model_dump()  # a Phone also keeps how it was told, letter for letter
        return type(value).__name__ if isinstance(value, SecretStr) else value


@pytest.fixture
async def lines():
    """A plain one, and a foreign one whose client knows the dialect."""
    both = Line(), Line(FOREIGN, FOREIGN)
    yield both
    for line in both:
        await line.eq.close()


LISTS = ("queued_calls.all", "parked_calls.all", "conferences.all", "call_queue_agents.all", "active_sessions.agents")


ON_A_CALL = ("active_calls.all", "extensions.hang_up", "extensions.park", "extensions.blind_transfer")


@cache
def seconds_until_filled():
    """When there is somebody everywhere. The world is the same each time, so it is looked for once."""
    world = make_world()
    reads = [handler_for(OPERATIONS[name].method, OPERATIONS[name].path) for name in LISTS]
    for seconds in range(0, 6000, 15):
        world.run_to(NOW.timestamp() + seconds)
        if all(read(world, Asked()) for read in reads):
            return seconds
    raise AssertionError("There was never somebody in every list.")


def filled(lines):
    for line in lines:
        line.wait(seconds_until_filled())


async def arguments_for(name, line):
    """What the operation can be carried out with in this world."""
    eq = line.eq
    if name == "queued_calls.steal":
        return {"channel": (await eq.queued_calls.all())[0].channel, "destination": "301"}
    if name == "parked_calls.pick_up":
        return {"channel": (await eq.parked_calls.all())[0].channel, "destination": "301"}
    if name == "call_recordings.all":
        return {"call": next(row.call.id for row in await eq.call_queue_agents.combined() if row.status == "onCall")}
    if name.startswith("call_recordings.") or name in ON_A_CALL:
        statuses = await eq.call_queue_agents.combined()
        busy = next(row.extension for row in statuses if row.status == "onCall" and row.call.queue)
        return ARGUMENTS[name] | {"extension": busy}
    if name == "supervisor_sessions.create":
        return {"user": 1, "extension": "301", "force": True}
    if name == "agent_sessions.create":
        return {"user": 1, "extension": "201", "force": True}
    if name.endswith("_sessions.delete"):
        create = OPERATIONS[name.replace("delete", "create")]
        return {"token": await eq.call(create, await arguments_for(create.name, line))}
    if name in ("alerts.replace", "alerts.delete"):
        return ARGUMENTS[name] | {"id": await eq.alerts.create(**ARGUMENTS["alerts.create"])}
    return ARGUMENTS.get(name, {})


@pytest.mark.contract("0.1")
@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_every_operation_is_carried_out_and_comes_to_the_same(lines, name):
    filled(lines)
    plain, foreign = [await line.outcome(name, await arguments_for(name, line)) for line in lines]
    assert foreign == plain
    assert not isinstance(plain, Refused), plain
    assert not (OPERATIONS[name].many and len(foreign) == 0)


@pytest.mark.parametrize("name", sorted(set(ARGUMENTS) - {"call_queue_statistics.get"}))
async def test_every_refusal_comes_to_the_same(lines, name):
    nothing = {key: "999999" if isinstance(value, str) else value for key, value in ARGUMENTS[name].items()}
    nothing |= {key: 999999 for key, value in nothing.items() if isinstance(value, int) and not isinstance(value, bool)}
    plain, foreign = [await line.outcome(name, nothing) for line in lines]
    assert foreign == plain


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_the_foreign_server_really_is_foreign(name):
    """Or else the test above would prove nothing."""
    line = Line(None, FOREIGN)
    with pytest.raises(EQNotFound, match="There is no such path"):
        await line.eq.call(OPERATIONS[name], ARGUMENTS.get(name, {}))
    await line.eq.close()


async def test_what_is_written_in_a_dialect_is_read_back_the_same(lines):
    for line in lines:
        for name in NEW:
            await line.eq.call(OPERATIONS[name], ARGUMENTS[name])
    plain, foreign = [await line.eq.extensions.get(extension="2999") for line in lines]
    assert foreign == plain
    assert foreign.sip.secret == ARGUMENTS["extensions.create"]["data"].sip.secret
    assert foreign.voicemail.password == ARGUMENTS["extensions.create"]["data"].voicemail.password


async def test_an_update_in_a_dialect_loses_nothing(lines):
    before = await lines[1].eq.extensions.get(extension="201")
    for line in lines:
        await line.eq.extensions.update(extension="201", name="Front desk", sip={"nat": "never"})
    plain, foreign = [await line.eq.extensions.get(extension="201") for line in lines]
    assert foreign == plain
    assert (foreign.name, foreign.sip.nat) == ("Front desk", "never")
    assert (foreign.sip.secret, foreign.voicemail) == (before.sip.secret, before.voicemail)


async def test_an_action_in_a_dialect_takes_effect(lines):
    seen = []
    for line in lines:
        agent = next(row.agent for row in await line.eq.call_queue_agents.combined() if row.status == "available")
        await line.eq.call_queue_agents.pause(agent=agent, pause_code=2)
        line.wait(2)
        [code] = {row.pause_code for row in await line.eq.call_queue_agents.all(agent=agent) if row.paused}
        await line.eq.call_queue_agents.resume(agent=agent)
        line.wait(2)
        assert not any(row.paused for row in await line.eq.call_queue_agents.all(agent=agent))
        seen.append((agent, code))
    assert seen[0] == seen[1]
    assert seen[0][1] == 2


async def test_a_session_in_a_dialect(lines):
    for line in lines:
        async with line.eq.supervisor_session(user=1, extension="301", force=True) as session:
            assert len(await session.queued_calls.all()) == len(await line.eq.queued_calls.all())
            assert 1 in {each.user for each in await session.active_sessions.supervisors()}


async def test_faults_spoil_a_foreign_servers_answers_too():
    faults = Faults([Fault(FaultKind.UNKNOWN_STATE), Fault(FaultKind.CLOCK_JUMP, seconds=-3600.0)])
    spoilt, plain = Line(FOREIGN, FOREIGN, faults), Line(FOREIGN, FOREIGN)
    rows, honest = [await line.eq.call_queue_agents.all() for line in (spoilt, plain)]
    assert {row.status for row in rows} == {"daydreaming"}
    shifts = {honest[place].status_time - row.status_time for place, row in enumerate(rows) if row.status_time}
    assert {shift.total_seconds() for shift in shifts} == {3600.0}
    for line in (spoilt, plain):
        await line.eq.close()


async def test_a_busy_floor_comes_to_the_same_hour_after_hour(lines):
    seen = Counter()
    filled(lines)
    for _ in range(6):
        for read in ("queued_calls.all", "call_queue_agents.all", "parked_calls.all", "conferences.all"):
            plain, foreign = [await line.eq.call(OPERATIONS[read], {}) for line in lines]
            assert foreign == plain
            assert not foreign.faults
            seen[read] += len(foreign)
        for line in lines:
            line.wait(600)
    assert all(seen.values())

"""The whole client against a server that speaks otherwise: other paths and methods, snake_case, other words, numbers
as texts. What it says must come to the same as what a server by the contract says.
"""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from eqboard.eq import EQ, EQError, EQNotFound, Limits, Server, load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.simulator.accent import Accent
from eqboard.simulator.app import build_app
from eqboard.simulator.scenarios import build_world

from .arguments import ARGUMENTS
from .conftest import KEY, NOW, URL

FOREIGN = load_dialect(Path(__file__).with_name("foreign.toml"))
NEW = ("pause_codes.create", "agents.create", "supervisors.create", "call_queues.create", "extensions.create")


class Line:
    """One client and its server, with a world of its own; equal seeds give equal worlds."""

    def __init__(self, dialect=None, server_speaks=None):
        self.now = NOW
        self.world = build_world("steady", seed=7, started_at=NOW.timestamp(), queues=3, agents=12)
        accent = Accent(server_speaks, numbers_as_texts=True) if server_speaks else None
        app = build_app(self.world, key=KEY, clock=lambda: self.now.timestamp(), accent=accent)
        server = Server(URL, SecretStr(KEY), Limits(total_seconds=60, read_seconds=60, action_seconds=60))
        self.eq = EQ(server, dialect=dialect, transport=httpx.ASGITransport(app=app), clock=lambda: self.now)

    def wait(self, seconds):
        self.now = datetime.fromtimestamp(self.now.timestamp() + seconds, UTC)

    async def outcome(self, name, arguments):
        """The value, or what kind of refusal it was."""
        try:
            value = await self.eq.call(OPERATIONS[name], arguments)
        except EQError as error:
            return type(error).__name__, getattr(error, "complaints", error.reason)
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


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_every_operation_comes_to_the_same(lines, name):
    plain, foreign = [await line.outcome(name, ARGUMENTS.get(name, {})) for line in lines]
    assert foreign == plain
    assert not (isinstance(plain, tuple) and plain[0] in ("EQBroken", "EQUnreachable"))


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


async def test_a_busy_floor_comes_to_the_same_hour_after_hour(lines):
    for _ in range(6):
        for line in lines:
            line.wait(600)
        for read in ("queued_calls.all", "call_queue_agents.all", "parked_calls.all", "conferences.all"):
            plain, foreign = [await line.eq.call(OPERATIONS[read], {}) for line in lines]
            assert foreign == plain
            assert not foreign.faults

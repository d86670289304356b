"""Over a floor that is not known as of now nothing is sent, whichever view asks for it: perform() itself refuses."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from eqboard.accounts.rights import arights_of
from eqboard.boards.following import followers
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.listening import STOP_LISTENING
from eqboard.control.doing import perform as performing
from eqboard.control.doing.attempt import Actor, Attempt, Target
from eqboard.control.doing.freshness import is_current
from eqboard.control.doing.perform import perform
from eqboard.control.models import AuditEntry
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Part, Snapshot
from tests.builders import NOON, snapshot, source
from tests.cast import publish
from tests.control.conftest import settled, steps
from tests.control.everything import connected, everybody_talks
from tests.control.test_actions import an_order

pytestmark = pytest.mark.django_db(transaction=True)
NEEDS = [(name, part) for name, action in sorted(CATALOGUE.items()) for part in action.parts]
ANA = Target("agent-7", "Ana Ruiz", ("500",), "agent:7", "agent:7", 7, is_own=True)


@pytest.fixture
async def house(config, redis_url, monkeypatch):
    async with connected(monkeypatch) as house:
        yield house


def old(*parts: Part) -> Snapshot:
    """These were read ten minutes ago, and all others now."""
    shown, long_ago = everybody_talks(), datetime.now(UTC) - timedelta(minutes=10)
    return replace(shown, sources=shown.sources | {each: source(each, taken_at=long_ago) for each in parts})


async def attempt_of(user, action: str) -> Attempt:
    return Attempt(uuid.uuid4(), Actor(user, await arights_of(user), None), an_order(action), ANA)


async def entries() -> list[tuple[str, str, str | None]]:
    return [(each.action, each.step, each.details.get("error")) async for each in AuditEntry.objects.all()]


@pytest.mark.parametrize(("action", "part"), NEEDS, ids=[f"{name}-{part}" for name, part in NEEDS])
async def test_while_a_part_that_an_action_needs_is_old_it_is_refused(cast, house, redis_url, action, part):
    await publish(redis_url, old(part))
    await perform(await attempt_of(cast.admin, action))
    assert await entries() == [(action, "refused", "Blind")]
    assert house.is_untouched


@pytest.mark.parametrize("action", sorted(CATALOGUE))
async def test_while_redis_cannot_be_heard_every_action_is_refused(cast, house, redis_url, monkeypatch, action):
    await publish(redis_url, everybody_talks())
    floor = (await followers.get().newest()).lost()

    async def newest() -> Floor:
        return floor

    monkeypatch.setattr(performing.followers, "get", lambda: SimpleNamespace(newest=newest))
    await perform(await attempt_of(cast.admin, action))
    assert await entries() == [(action, "refused", "Blind")]
    assert house.is_untouched


async def test_whoever_may_not_is_told_that_and_nothing_else(cast, house, redis_url):
    await publish(redis_url, old(Part.AGENTS))
    await perform(replace(await attempt_of(cast.viewer, "agent.pause"), target=replace(ANA, is_own=False)))
    assert await entries() == [("agent.pause", "denied", None)]


async def test_one_may_stop_listening_while_the_board_is_blind(cast, house, redis_url):
    """It is one's own call, and EQ is asked about it right before."""
    assert {name for name, action in CATALOGUE.items() if not action.parts} == {STOP_LISTENING}
    await publish(redis_url, old(*Part))
    await perform(await attempt_of(cast.admin, STOP_LISTENING))
    await settled()
    assert (await steps())[0] == "asked"


def test_a_floor_is_current_by_the_clock_of_the_poller(config):
    read_at = NOON + timedelta(hours=1)
    shown = snapshot(sources=[source(Part.AGENTS, taken_at=read_at, every_seconds=1)])
    floor = Floor(Stored("e", 1, NOON, shown, None), is_connected=True, ahead_seconds=3600.0)
    assert is_current(floor, [Part.AGENTS], NOON)
    assert not is_current(floor, [Part.AGENTS], NOON + timedelta(minutes=1))
    assert not is_current(floor, [Part.AGENTS, Part.CALLS], NOON)  # of which nothing is known
    assert not is_current(floor.lost(), [], NOON)

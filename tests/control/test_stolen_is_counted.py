"""Who is stolen to a telephone that is no agent's is counted as stolen, in a closed loop: nobody gave up."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from eqboard.feed.follow import Floor
from eqboard.feed.subscriber import follow
from eqboard.floor.buckets import Bucket
from eqboard.floor.flow import reading
from eqboard.simulator.switch.parties import Place
from tests.cast import static_files_are_not_collected
from tests.control.closed_loop import hand_of, patient, running
from tests.control.conftest import settled, signed_in, steps

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

NAME = "Grace Hopper"
EVERY = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def config(monkeypatch, redis_url):
    yield from patient(monkeypatch, redis_url)


@pytest.fixture
async def site(config, redis_url, monkeypatch):
    monkeypatch.setattr(reading, "BLIND_ROUNDS", 600.0)  # a machine that is busy is late, and no less sure
    async with running(config, redis_url, monkeypatch) as site:
        yield site


def counted(floor: Floor) -> Bucket:
    return floor.history.tally(None, EVERY).bucket


async def decided(redis_url: str) -> Floor:
    """The floor once it is known what became of everybody who came."""
    async with asyncio.timeout(30), aclosing(follow(redis_url)) as floors:
        async for floor in floors:
            seen = counted(floor)
            fates = seen.answered + seen.abandoned + seen.flowed_out + seen.stolen_count + seen.unresolved_count
            if seen.offered and fates == seen.offered:
                return floor
    raise AssertionError("the feed has ended")


async def test_a_caller_who_is_stolen_to_a_telephone_of_no_agent_did_not_give_up(site, cast, redis_url):
    call = site.world.place_call("500", name=NAME, number="5550103")
    client = await signed_in(cast.lead)
    hand = await hand_of(client, NAME)
    await client.post(hand["hx-get"], {"destination": "301"})
    await settled()
    assert (await steps())[-1] == "confirmed"
    assert call.place is Place.REACHED
    floor = await decided(redis_url)
    assert (counted(floor).offered, counted(floor).stolen_count, counted(floor).abandoned) == (1, 1, 0)
    assert floor.snapshot.abandoned == {}


async def test_a_caller_who_hangs_up_in_the_queue_gave_up(site, cast, redis_url):
    call = site.world.place_call("500", name=NAME, number="5550103")
    await hand_of(await signed_in(cast.lead), NAME)
    site.world.hang_up(call.unique_id)
    floor = await decided(redis_url)
    assert (counted(floor).stolen_count, counted(floor).abandoned) == (0, 1)
    assert [each.caller.name for each in floor.snapshot.abandoned.values()] == [NAME]

"""What a scenario lets happen to the server: in the world's time, again each period, alike for a seed."""

import httpx
import pytest

from eqboard.simulator.app import build_app
from eqboard.simulator.faults import Accident, ConnectionDropped, Fault, FaultKind, Faults, Mode
from eqboard.simulator.faults.modes import USUALLY_FAIL
from eqboard.simulator.scenarios import SCENARIOS, build_world

from .conftest import KEY, START, Server, a_world

TWO = (
    Accident(Fault(FaultKind.SERVER_ERROR, "/parked_calls"), begins_seconds=10, lasts_seconds=20),
    Accident(Mode.HALF_BROKEN, begins_seconds=20, lasts_seconds=20),
)


@pytest.fixture
def world():
    return a_world(accidents=TWO, accidents_period_seconds=100.0)


async def seen(server, clock, seconds):
    """At so many seconds: the mode, and how two reads are answered."""
    clock.now = START + seconds
    answers = [await server.get(path) for path in ("parked_calls", "call_queue_agent_status")]
    mode = (await server.control("GET", "/control/eq")).json()["mode"]
    return (mode, *(answer.status_code for answer in answers))


@pytest.mark.parametrize("round_began", [0, 100, 700])
async def test_each_begins_and_ends_in_its_time_and_all_come_again_each_period(server, clock, round_began):
    for seconds, expected in [
        (9.9, ("fine", 200, 200)),
        (10, ("fine", 500, 200)),
        (20, ("half_broken", 500, 500)),
        (30, ("half_broken", 200, 500)),
        (40, ("fine", 200, 200)),
        (99, ("fine", 200, 200)),
    ]:
        assert await seen(server, clock, round_began + seconds) == expected


async def test_without_a_period_they_happen_once(open_client, clock):
    async with open_client(a_world(accidents=TWO)) as client:
        assert (await seen(Server(client), clock, 25))[0] == "half_broken"
        assert (await seen(Server(client), clock, 125))[0] == "fine"


async def test_they_come_in_the_worlds_time(world, clock):
    app = build_app(world, key=KEY, clock=clock, speed=10.0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") as client:
        assert await seen(Server(client), clock, 2.5) == ("half_broken", 500, 500)


async def test_they_are_listed_with_the_worlds_times(server, clock):
    clock.now += 125
    [first, *others] = (await server.control("GET", "/control/faults")).json()
    assert (first["path"], first["from"], first["until"], first["by"]) == (
        "/parked_calls",
        START + 110,
        START + 130,
        "scenario",
    )
    assert {(each["from"], each["until"]) for each in others} == {(START + 120, START + 140)}


async def test_an_accident_is_the_same_one_from_its_beginning_to_its_end(server, clock):
    ids = set()
    for tenth in range(1, 199):
        clock.now = START + 110 + tenth / 10
        await server.get("parked_calls")
        [row, *_] = (await server.control("GET", "/control/faults")).json()
        ids.add(row["id"])
        assert row["struck"] == tenth
    assert len(ids) == 1


async def test_they_rest_while_a_trainer_has_ordered_how_the_server_is(server, clock):
    await server.control("POST", "/control/eq", mode="fine", for_seconds="25")
    assert await seen(server, clock, 22) == ("fine", 200, 200)
    assert await seen(server, clock, 26) == ("half_broken", 500, 500)


async def test_they_come_back_at_once_when_the_order_is_withdrawn(server, clock):
    await server.control("POST", "/control/eq", mode="half_broken", operations="agents.get")
    clock.now += 25
    ordered = (await server.control("GET", "/control/eq")).json()
    assert (ordered["by"], ordered["operations"]) == ("hand", ["agents.get"])
    withdrawn = (await server.control("DELETE", "/control/eq")).json()
    assert withdrawn == (await server.control("GET", "/control/eq")).json()
    assert (withdrawn["mode"], withdrawn["by"], withdrawn["operations"]) == (
        "half_broken",
        "scenario",
        list(USUALLY_FAIL),
    )
    assert withdrawn["has_accidents"]
    assert await seen(server, clock, 25) == ("half_broken", 500, 500)


async def test_one_that_still_lasts_when_an_order_is_over_goes_on(server, clock):
    """Also when nobody asked anything meanwhile."""
    clock.now += 21
    await server.control("POST", "/control/eq", mode="fine", for_seconds="5")
    assert await seen(server, clock, 27) == ("half_broken", 500, 500)


async def test_they_are_not_a_trainers_to_clear(server, clock):
    clock.now += 25
    await server.control("DELETE", "/control/faults")
    assert await seen(server, clock, 25) == ("half_broken", 500, 500)


async def test_they_take_no_room_from_faults_put_in_by_hand(server, clock, faults):
    for _ in range(99):
        faults.add(Fault(FaultKind.LATENCY, "/license"))
    clock.now += 25
    assert (await server.control("POST", "/control/faults", kind="html", path="/license")).status_code == 200


def test_accidents_strike_alike_for_a_seed_whatever_was_asked_meanwhile():
    often = (Accident(Fault(FaultKind.HTML, probability=0.5), begins_seconds=0, lasts_seconds=50),)

    def struck(seed, moments):
        faults = Faults(seed=seed)
        faults.expect(often, 100.0, world_began_at=START)
        for moment in moments:
            faults.turn_to(START + moment, START + moment)
            faults.add(Fault(FaultKind.LATENCY, "/license", 0.5))
        return [bool(faults.strike("GET", "/x")) for _ in range(40)]

    assert struck(1, [110]) == struck(1, [5, 60, 120]) != struck(2, [110])
    assert struck(1, [110]) != struck(1, [10])


# The scenarios


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=str)
def test_every_accident_of_a_scenario_fits_into_its_period(scenario):
    for each in scenario.accidents:
        assert 0 <= each.begins_seconds < each.begins_seconds + each.lasts_seconds
        assert each.begins_seconds + each.lasts_seconds <= (scenario.accidents_period_seconds or float("inf"))


async def test_an_outage_goes_from_fine_to_gone_and_back_within_ten_minutes(clock):
    world = build_world("outage", seed=1, started_at=START)
    app = build_app(world, key=KEY, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq") as client:
        server, story = Server(client), []
        for seconds in range(0, 600, 5):
            clock.now = START + seconds
            story.append((await server.control("GET", "/control/eq")).json()["mode"])
        assert list(dict.fromkeys(story)) == ["fine", "slow", "half_broken", "broken", "gone"]
        assert (story[0], story[-1]) == ("fine", "fine")
        clock.now = START + 900 + 450
        with pytest.raises(ConnectionDropped):
            await server.get("queued_calls")


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_an_outage_begins_calm_the_queues_fill_and_then_they_drain_for_the_next_one(seed):
    world = build_world("outage", seed=seed, started_at=START)
    waiting = {}
    for seconds in (5, 120, 480, 900):
        world.run_to(START + seconds)
        waiting[seconds] = sum(len(queue.waiting) for queue in world.directory.queues.values())
    assert max(waiting[5], waiting[120]) <= 8
    assert waiting[480] > max(12, 3 * waiting[120])
    assert waiting[900] < waiting[480] / 2

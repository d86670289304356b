"""GET /truth: the books over HTTP, the records behind them a page at a time, and how many are kept."""

from dataclasses import fields

import pytest

from eqboard.simulator.cast import build_directory
from eqboard.simulator.ledger import ledger
from eqboard.simulator.ledger.books import QueueLedger
from eqboard.simulator.office.entities import QueueSettings
from eqboard.simulator.scenarios import SCENARIOS
from eqboard.simulator.trainer.truth import LARGEST_PAGE, USUAL_PAGE
from eqboard.simulator.world import World

from .conftest import KEY, START, a_world, refusal
from .visits import visits


@pytest.fixture
def truth(server):
    """Asks for the truth with a query."""

    async def ask(**query):
        return await server.client.get("/truth", params={"auth_key": KEY, **query})

    return ask


@pytest.fixture
def calls(truth):
    """Asks for records."""

    async def ask(**query):
        response = await truth(calls=1, **query)
        assert response.status_code == 200, response.text
        return response.json()["calls"]

    return ask


def ids(page):
    return [record["id"] for record in page["records"]]


# The books


async def test_the_truth_tells_since_when_and_of_each_queue_and_of_all(truth, world, clock):
    world.place_call("500", patience_seconds=1)
    world.place_call("501")
    clock.now += 2
    told = (await truth()).json()
    assert (told["started_at"], told["now"], told["parked"], told["conferences"]) == (START, START + 2, 0, 0)
    names = {each.name for each in fields(QueueLedger)} | {"waiting"}
    assert set(told["queues"]["500"]) == set(told["totals"]) == names
    rows = [told["queues"]["500"], told["queues"]["501"], told["totals"]]
    assert [(row["offered"], row["abandoned"], row["waiting"]) for row in rows] == [(1, 1, 0), (1, 0, 1), (2, 1, 1)]


async def test_there_are_no_records_unless_asked_for(truth, world):
    world.place_call("500")
    for query in ({}, {"calls": 0}, {"calls": ""}):
        assert "calls" not in (await truth(**query)).json()


async def test_a_deleted_queue_keeps_its_books_and_its_records(truth, calls, world):
    world.place_call("500")
    world.close_queue(world.directory.queues["500"])
    assert (await truth()).json()["queues"]["500"]["closed"] == 1
    assert [record["end"] for record in (await calls(queue="500"))["records"]] == ["closed"]


# The records


async def test_a_record_is_told_as_it_is_kept(calls, world):
    world.place_call("500")
    world.tick(10)
    told = await calls()
    assert told["records"] == [visit.as_dict() for visit in visits(world)]
    assert (told["next_after"], told["let_go"], told["complete_since"]) == (None, 0, START)


async def test_whose_telephones_rang_out_is_told_by_the_agents_ids_as_text(calls, world):
    world.place_call("500")
    world.switch.distributor.reject(world.directory.agents[1].leg)
    assert (await calls())["records"][0]["rang_out"] == {"1": 1}


async def test_all_pages_together_are_all_records_in_order_of_entering(calls, world):
    for place in range(7):
        world.place_call("500" if place % 2 else "501", patience_seconds=100 - place)
    pages, after = [], 0
    while after is not None:
        page = await calls(after=after, limit=3)
        pages.append(ids(page))
        after = page["next_after"]
    assert pages == [[1, 2, 3], [4, 5, 6], [7]]


async def test_a_page_that_is_just_full_is_the_last_one_when_no_more_follow(calls, world):
    for _ in range(3):
        world.place_call("500")
    assert (await calls(limit=3))["next_after"] is None


async def test_a_reader_in_the_middle_of_the_pages_misses_nobody_who_comes_or_goes_meanwhile(calls, world):
    callers = [world.place_call("500") for _ in range(4)]
    first = await calls(limit=2)
    world.hang_up(callers[0].unique_id)
    world.hang_up(callers[3].unique_id)
    world.place_call("500")
    assert ids(await calls(after=first["next_after"])) == [3, 4, 5]


async def test_a_page_has_a_usual_size(calls, world):
    for _ in range(USUAL_PAGE + 1):
        world.place_call("500", patience_seconds=1)
    page = await calls()
    assert (len(page["records"]), page["next_after"]) == (USUAL_PAGE, USUAL_PAGE)
    assert len((await calls(limit=LARGEST_PAGE))["records"]) == USUAL_PAGE + 1


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def evening():
    """Who gave up at once, who talks from 5 to 105, who gave up at 60, who has been waiting since 200."""
    world = a_world([QueueSettings("500", "Sales"), QueueSettings("501", "Support")], [{"500": 1}])
    for at, queue, patience in ((0, "501", 1), (2, "500", None), (30, "501", 30), (200, "501", None)):
        world.run_to(START + at)
        world.place_call(queue, patience_seconds=patience, talk_seconds=100)
    world.run_to(START + 300)
    return world


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"queue": "500"}, [2]),
        ({"queue": "501"}, [1, 3, 4]),
        ({"since": START + 1}, [1, 2, 3, 4]),  # left at that moment
        ({"since": START + 1.5}, [2, 3, 4]),
        ({"since": START + 61}, [2, 4]),  # talked still
        ({"since": START + 106}, [4]),
        ({"since": START + 250}, [4]),  # is there still
        ({"until": START}, []),
        ({"until": START + 0.5}, [1]),
        ({"until": START + 200}, [1, 2, 3]),  # who entered at that moment belongs to the next window
        ({"since": START + 61, "until": START + 200}, [2]),
        ({"queue": "501", "after": 1}, [3, 4]),
        ({"after": 4}, []),
        ({"after": 10**18}, []),
    ],
)
async def test_records_are_chosen_by_queue_and_time(open_client, clock, evening, chosen, expected):
    async with open_client(evening) as client:
        response = await client.get("/truth", params={"auth_key": KEY, "calls": 1, **chosen})
    assert ids(response.json()["calls"]) == expected


async def test_a_choice_that_is_blank_is_none(calls, world):
    world.place_call("500")
    assert ids(await calls(queue="", since="", until="", after="", limit="")) == [1]


async def test_a_moment_out_of_a_record_may_be_asked_for_as_it_is(calls, world):
    world.tick(0.1234567)
    world.place_call("500", patience_seconds=0.5)
    world.tick(10)
    [record] = (await calls())["records"]
    assert ids(await calls(since=record["changed_at"])) == [1]
    assert ids(await calls(until=record["entered_at"])) == []


NO_MOMENTS = ("-1", "nan", "inf", "1e9", "1_0", "٧", " 1", ".5", "1.", "yesterday", "9" * 400)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"calls": "2"}, (400, "calls", "invalid")),
        ({"calls": "yes"}, (400, "calls", "invalid")),
        ({"queue": "500"}, (400, "queue", "invalid")),  # without calls=1
        ({"calls": "0", "since": "1"}, (400, "since", "invalid")),
        ({"limit": "10"}, (400, "limit", "invalid")),
        ({"calls": "1", "queue": "999"}, (404, "queue", "nonexistent")),
        ({"calls": "1", "queue": "\x00"}, (404, "queue", "nonexistent")),
        *(({"calls": "1", "since": bad}, (400, "since", "invalid")) for bad in NO_MOMENTS),
        ({"calls": "1", "until": "yesterday"}, (400, "until", "invalid")),
        ({"calls": "1", "since": "2", "until": "1"}, (400, "until", "invalid")),
        *(({"calls": "1", "after": bad}, (400, "after", "invalid")) for bad in ("-1", "x", "1.5", "9" * 400)),
        *(({"calls": "1", "limit": bad}, (400, "limit", "invalid")) for bad in ("0", "-1", "x", "9" * 400)),
        ({"calls": "1", "limit": LARGEST_PAGE + 1}, (400, "limit", "invalid")),
    ],
)
async def test_a_wrong_choice_is_refused_and_named(truth, query, expected):
    assert refusal(await truth(**query)) == expected


async def test_the_truth_needs_the_key(bare):
    assert refusal(await bare.get("/truth", params={"calls": 1})) == (401, "auth_key", "blank")


# How many are kept


@pytest.fixture
def few(monkeypatch):
    """Three records of calls that are over are kept, and no more."""
    monkeypatch.setattr(ledger, "KEPT_VISITS", 3)
    return a_world([QueueSettings("500", "Sales", wrap_up_time=0)], [{"500": 1}])


def give_up(world, count):
    for _ in range(count):
        world.place_call("500", patience_seconds=1)
        world.tick(2)


def kept(world):
    return [visit.id for visit in visits(world)]


def test_of_calls_that_are_over_the_newest_are_kept_and_the_others_counted(few):
    few.pause(few.directory.agents[1], None)
    give_up(few, 3)
    assert (kept(few), few.ledger.let_go, few.ledger.complete_since) == ([1, 2, 3], 0, START)
    give_up(few, 2)
    assert (kept(few), few.ledger.let_go, few.ledger.complete_since) == ([3, 4, 5], 2, START + 3)
    assert few.directory.queues["500"].ledger.abandoned == 5  # the books are exact for ever


def test_whoever_is_there_still_is_kept_however_many_come_and_go(few):
    few.pause(few.directory.agents[1], None)
    few.place_call("500")
    give_up(few, 10)
    assert kept(few) == [1, 9, 10, 11]


def test_a_call_is_not_over_as_long_as_its_agent_wraps_up(few):
    few.place_call("500", talk_seconds=10)
    few.tick(20)
    give_up(few, 10)
    assert kept(few) == [1, 9, 10, 11]
    few.exit_wrap_up(few.directory.agents[1])
    assert (kept(few), few.ledger.complete_since) == ([1, 10, 11], START + 20 + 15)


def test_every_record_that_changed_after_the_moment_of_completeness_is_there(monkeypatch):
    def day():
        scenario = SCENARIOS["steady"]
        world = World(scenario, build_directory(scenario), seed=4, started_at=START)
        world.tick(7200)
        return world

    whole = day()
    monkeypatch.setattr(ledger, "KEPT_VISITS", 50)
    part = day()
    assert part.ledger.let_go > 100
    since = part.ledger.complete_since
    complete = [visit.as_dict() for visit in visits(whole) if visit.changed_at > since or not visit.is_over]
    assert complete == [visit.as_dict() for visit in visits(part) if visit.changed_at > since or not visit.is_over]
    assert part.truth() == whole.truth()
    assert len(visits(part)) + part.ledger.let_go == len(visits(whole))


async def test_over_http_it_is_told_how_many_were_let_go(open_client, few):
    few.pause(few.directory.agents[1], None)
    give_up(few, 5)
    async with open_client(few) as client:
        told = (await client.get("/truth", params={"auth_key": KEY, "calls": 1})).json()["calls"]
    assert (ids(told), told["let_go"], told["complete_since"]) == ([3, 4, 5], 2, START + 3)

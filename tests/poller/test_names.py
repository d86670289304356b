"""Names are asked for once, gently, and again now and then."""

import httpx
import pytest

from eqboard.eq import EQBroken, EQUnreachable
from eqboard.eq.operations import OPERATIONS
from eqboard.floor.assemble import AgentName
from eqboard.floor.reads import NAMES
from eqboard.floor.snapshot import Snapshot
from eqboard.poller.names import MOST_GONE, RETRY_SECONDS, NameBook
from tests.builders import agent, pause_code, queue, snapshot
from tests.poller.pretend import Exchange, fails_with, says

REFRESH_SECONDS = 600.0
FLOOR = snapshot(queues=[queue("500")], agents=[agent(7)])


@pytest.fixture
def book() -> NameBook:
    return NameBook(REFRESH_SECONDS)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


async def refresh(book: NameBook, exchange: Exchange, now: float, floor: Snapshot = FLOOR) -> None:
    async with exchange.telephone() as eq:
        await book.refresh(eq, floor, now)


@pytest.mark.contract("2.25")
async def test_every_name_is_learnt(book, exchange) -> None:
    await refresh(book, exchange, 0)
    names = book.names()
    assert names.of_agent(7) == AgentName("Ana Ruiz", "7")
    assert names.of_queue("500") == "Sales"
    assert names.pause_codes == {1: "Lunch"}


async def test_the_names_that_are_asked_for_are_those_that_a_board_is_said_to_need(book, exchange) -> None:
    await refresh(book, exchange, 0)
    paths = {OPERATIONS[read.operation].path.partition("/{")[0].lstrip("/") for read in NAMES}
    assert {asked.partition("/")[0] for asked in exchange.asked} == paths


@pytest.mark.contract("2.25")
async def test_a_name_is_asked_once_until_it_is_due(book, exchange) -> None:
    for now in (0, 1, 300, REFRESH_SECONDS - 1):
        await refresh(book, exchange, now)
    assert exchange.count("agent/7") == exchange.count("call_queue/500") == exchange.count("pause_code/1") == 1


async def test_a_name_that_is_due_is_asked_again(book, exchange) -> None:
    await refresh(book, exchange, 0)
    exchange.answers["agent/7"]["lastName"] = "Gil"
    exchange.answers["call_queue/500"]["name"] = "Orders"
    exchange.answers["pause_code/2"] = {"id": 2, "name": "Break"}
    await refresh(book, exchange, REFRESH_SECONDS)
    names = book.names()
    assert (names.of_agent(7).name, names.of_queue("500")) == ("Ana Gil", "Orders")
    assert names.pause_codes == {1: "Lunch", 2: "Break"}


async def test_only_whoever_is_new_is_asked_for(book, exchange) -> None:
    await refresh(book, exchange, 0)
    exchange.asked.clear()
    exchange.answers["agent/8"] = {"id": 8, "firstName": "Eva"}
    await refresh(book, exchange, 5, snapshot(queues=[queue("500")], agents=[agent(7), agent(8)]))
    assert exchange.asked == ["agent/8"]
    assert book.names().of_agent(8).name == "Eva"


async def test_who_is_not_found_is_not_asked_again_at_once(book, exchange) -> None:
    del exchange.answers["agent/7"], exchange.answers["call_queue/500"]
    for now in (0, 5, 60):
        await refresh(book, exchange, now)
    assert exchange.count("agent/7") == exchange.count("call_queue/500") == 1
    assert book.names().of_agent(7).name == "#7"
    assert book.names().of_queue("500") == "500"


async def test_who_is_no_longer_found_loses_the_name(book, exchange) -> None:
    await refresh(book, exchange, 0)
    del exchange.answers["agent/7"]
    await refresh(book, exchange, REFRESH_SECONDS)
    assert book.names().of_agent(7).name == "#7"


async def test_who_comes_back_is_asked_for_at_once(book, exchange) -> None:
    """A queue or an agent that was deleted and undeleted may be called otherwise by then."""
    await refresh(book, exchange, 0)
    await refresh(book, exchange, 10, Snapshot())
    exchange.answers["agent/7"]["lastName"] = "Gil"
    exchange.answers["call_queue/500"]["name"] = "Orders"
    await refresh(book, exchange, 20)
    assert (book.names().of_agent(7).name, book.names().of_queue("500")) == ("Ana Gil", "Orders")


async def test_who_is_gone_keeps_the_name_for_what_still_tells_of_them(book, exchange) -> None:
    await refresh(book, exchange, 0)
    await refresh(book, exchange, 10, Snapshot())
    assert (book.names().of_agent(7).name, book.names().of_queue("500")) == ("Ana Ruiz", "Sales")


async def test_ids_that_come_and_go_for_years_fill_no_memory(book, exchange) -> None:
    await refresh(book, exchange, 0)
    for day in range(3):
        first = 1000 * day
        there = range(first, first + MOST_GONE)
        book.recall(snapshot(agents=map(agent, there), queues=[queue(str(each)) for each in there]))
        book.max_waits |= {str(each): 60 for each in there}
    await refresh(book, exchange, 10)
    assert len(book.agents) == len(book.queues) == MOST_GONE + 1
    assert len(book.max_waits) == MOST_GONE
    assert book.names().of_agent(7).name == "Ana Ruiz", "who is there, is not forgotten"
    assert {0, 1000} & book.agents.keys() == set(), "who has been gone for longest, is"


async def test_the_deleted_keep_the_name_that_eq_still_tells(book, exchange) -> None:
    exchange.answers["agent/7"]["deleted"] = exchange.answers["call_queue/500"]["deleted"] = True
    await refresh(book, exchange, 0)
    assert (book.names().of_agent(7).name, book.names().of_queue("500")) == ("Ana Ruiz", "Sales")


async def test_an_agent_without_a_name_goes_by_the_number(book, exchange) -> None:
    exchange.answers["agent/7"] = {"id": 7, "number": "4711", "firstName": "", "lastName": None}
    await refresh(book, exchange, 0)
    assert book.names().of_agent(7) == AgentName("4711", "4711")


@pytest.mark.contract("2.25")
async def test_pause_codes_are_probed_until_five_in_a_row_are_missing(book, exchange) -> None:
    for code in (3, 8):
        exchange.answers[f"pause_code/{code}"] = {"id": code, "name": f"Code {code}"}
    exchange.answers["pause_code/14"] = {"id": 14, "name": "too far"}
    await refresh(book, exchange, 0)
    assert book.names().pause_codes == {1: "Lunch", 3: "Code 3", 8: "Code 8"}
    assert [path for path in exchange.asked if "pause" in path] == [f"pause_code/{code}" for code in range(1, 14)]


async def test_deleted_pause_codes_are_left_out_and_do_not_end_the_probing(book, exchange) -> None:
    for code in range(1, 8):
        exchange.answers[f"pause_code/{code}"] = {"id": code, "name": "x", "deleted": True}
    exchange.answers["pause_code/8"] = {"id": 8, "name": "Meeting"}
    await refresh(book, exchange, 0)
    assert book.names().pause_codes == {8: "Meeting"}


async def test_an_exchange_that_has_every_pause_code_is_not_probed_for_ever(book, exchange) -> None:
    def any_code(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": int(request.url.path.rpartition("/")[2]), "name": "x"})

    exchange.fault = any_code
    await refresh(book, exchange, 0, Snapshot())
    assert len(exchange.asked) == 500


async def test_names_survive_a_hand_over(book, exchange) -> None:
    book.recall(
        snapshot(
            queues=[queue("500", name="Sales")],
            agents=[agent(7, name="Ana Ruiz", number="7")],
            pause_codes=[pause_code(1, "Lunch")],
        )
    )
    names = book.names()
    assert names.of_agent(7) == AgentName("Ana Ruiz", "7")
    assert (names.of_queue("500"), names.pause_codes) == ("Sales", {1: "Lunch"})
    await refresh(book, exchange, 0)
    assert exchange.count("agent/7") == 1, "and are made sure of all the same"


async def test_what_was_learnt_stays_when_exchange_is_lost(book, exchange) -> None:
    await refresh(book, exchange, 0)
    exchange.fault = fails_with(httpx.ConnectError("no"))
    with pytest.raises(EQUnreachable):
        await refresh(book, exchange, REFRESH_SECONDS)
    assert book.names().of_agent(7).name == "Ana Ruiz"
    assert book.names().pause_codes == {1: "Lunch"}


async def test_one_name_that_fails_does_not_keep_the_others_from_being_learnt(book, exchange) -> None:
    exchange.faults = {"call_queue/500": says(500), "pause_code/1": says(200, "<html>")}
    for now in (0, 2):
        with pytest.raises(EQBroken):
            await refresh(book, exchange, now)
    await refresh(book, exchange, 4)
    assert book.names().of_agent(7).name == "Ana Ruiz"
    exchange.faults = {}
    await refresh(book, exchange, RETRY_SECONDS + 2)
    assert book.names().of_queue("500") == "Sales"
    assert book.names().pause_codes == {1: "Lunch"}


async def test_a_lost_exchange_is_asked_for_one_name_at_a_time(book, exchange) -> None:
    exchange.fault = fails_with(httpx.ConnectError("no"))
    crowd = snapshot(agents=[agent(number) for number in range(100)])
    for now in range(0, 10, 2):
        with pytest.raises(EQUnreachable):
            await refresh(book, exchange, now, crowd)
    assert len(exchange.asked) == 5 * 2, "five looks, each with one name and its one repetition"


async def test_the_names_given_out_do_not_change_afterwards(book, exchange) -> None:
    before = book.names()
    await refresh(book, exchange, 0)
    assert not before.agents


# What else is told of a queue


@pytest.mark.contract("3.4")
async def test_how_long_a_queue_lets_wait_is_learnt_with_its_name(book, exchange) -> None:
    exchange.answers["call_queue/500"]["maxWaitTime"] = 900
    await refresh(book, exchange, 0)
    assert book.names().max_waits == {"500": 900}


@pytest.mark.parametrize("told", [None, 0, -1, "soon", ""])
async def test_a_queue_that_lets_wait_for_ever_has_no_longest_wait(book, exchange, told) -> None:
    exchange.answers["call_queue/500"]["maxWaitTime"] = 900
    await refresh(book, exchange, 0)
    exchange.answers["call_queue/500"]["maxWaitTime"] = told
    await refresh(book, exchange, REFRESH_SECONDS)
    assert book.names().max_waits == {}


async def test_a_queue_that_is_no_longer_found_has_no_longest_wait(book, exchange) -> None:
    exchange.answers["call_queue/500"]["maxWaitTime"] = 900
    await refresh(book, exchange, 0)
    del exchange.answers["call_queue/500"]
    await refresh(book, exchange, REFRESH_SECONDS)
    assert book.names().max_waits == {}


async def test_the_longest_wait_survives_a_hand_over(book) -> None:
    book.recall(snapshot(queues=[queue("500", max_wait_seconds=900), queue("501")]))
    assert book.names().max_waits == {"500": 900}

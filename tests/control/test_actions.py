"""The catalogue of actions, against what is told of it elsewhere."""

import httpx
from pydantic import SecretStr

from eqboard.accounts.access import RIGHTS
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.order import CallRef, Order, as_data, from_data
from eqboard.eq import EQ, Dialect, Server
from eqboard.eq.dialect import Route
from eqboard.eq.operations import OPERATIONS
from eqboard.floor.reads import PRESSED

A_CALL = CallRef("1.1", "1.1", "SIP/trunk-1", "500", other_channel="SIP/201-1")


def an_order(action: str) -> Order:
    """With everything that any action could ask for."""
    return Order(
        action,
        agent=7,
        pause_code=1,
        sign_in_to=(("500", 3),),
        extension="201",
        call=A_CALL,
        destination="202",
        monitor_extension="210",
        key="hold",
    )


async def test_what_is_said_to_be_pressed_is_what_the_actions_ask_for() -> None:
    asked = set()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.add(request.url.path.rpartition("/")[2])
        return httpx.Response(200)

    dialect = Dialect({name: Route(path=f"/{name}") for name, each in OPERATIONS.items() if not each.is_read})
    server = Server("http://eq.example", SecretStr("a-key-of-theirs"))
    async with EQ(server, dialect=dialect, transport=httpx.MockTransport(answer)) as eq:
        for name, action in CATALOGUE.items():
            await action.ask(eq, an_order(name))
    assert asked == set(PRESSED)


def test_every_action_is_allowed_by_a_right_that_there_is() -> None:
    assert {each.right for each in CATALOGUE.values()} - set(RIGHTS) == {""}


def test_every_right_to_act_on_the_floor_has_its_action() -> None:
    allowed = {each.right for each in CATALOGUE.values()}
    assert set(RIGHTS) - allowed == {"number.see", "audit.see", "recording.see", "target.change"}


def test_an_order_is_read_as_it_was_written_down() -> None:
    for name in CATALOGUE:
        order = an_order(name)
        assert from_data(as_data(order)) == order
        assert from_data(as_data(Order(name))) == Order(name)


def test_what_is_no_order_is_none() -> None:
    for strange in ({}, {"action": 7, "agent": []}, {"agent": 7}, {"action": "x", "call": {"key": 1}}):
        assert from_data(strange) is None

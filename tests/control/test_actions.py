"""The catalogue of actions, against what is told of it elsewhere."""

import httpx
from pydantic import SecretStr

from eqboard.control import actions
from eqboard.control.actions import Action
from eqboard.eq import EQ, Dialect, Server
from eqboard.eq.dialect import Route
from eqboard.eq.operations import OPERATIONS
from eqboard.floor.reads import PRESSED

CATALOGUE = [each for each in vars(actions).values() if isinstance(each, Action)]


async def test_what_is_said_to_be_pressed_is_what_the_actions_ask_for() -> None:
    asked = set()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.add(request.url.path.rpartition("/")[2])
        return httpx.Response(200)

    dialect = Dialect({name: Route(path=f"/{name}") for name, each in OPERATIONS.items() if not each.is_read})
    server = Server("http://eq.example", SecretStr("a-key-of-theirs"))
    async with EQ(server, dialect=dialect, transport=httpx.MockTransport(answer)) as eq:
        for action in CATALOGUE:
            await action.ask(eq, 7, 1 if action is actions.PAUSE else None)
    assert asked == set(PRESSED)

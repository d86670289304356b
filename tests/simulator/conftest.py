"""A cast small enough to know by heart, and a clock moved by hand."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

import httpx
import pytest

from eqboard.simulator.app import build_app
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.faults import Faults
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, PauseCode, Queue, QueueSettings, Supervisor
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.scenarios import SCENARIOS
from eqboard.simulator.world import World

START = 1_700_000_000.0
KEY = "a-key-for-tests-only"
QUIET = SCENARIOS["by_hand"]


def an_agent(agent_id: int, bound: dict[str, int]) -> Agent:
    return Agent(
        id=agent_id,
        number=str(200 + agent_id),
        first_name=f"Agent{agent_id}",
        last_name="Test",
        email_address=None,
        language="en",
        extension=str(200 + agent_id),
        bound=bound,
    )


def a_world(
    queues: list[QueueSettings] | None = None,
    agents: list[dict[str, int]] | None = None,
    *,
    scenario: Scenario = QUIET,
    seed: int = 1,
    zone: tzinfo = UTC,
    **changes: object,
) -> World:
    """Two queues and two agents, the second of Sales only, unless told otherwise; nothing happens by itself."""
    queues = queues or [
        QueueSettings("500", "Sales", agent_timeout=15, agent_retry_time=5),
        QueueSettings("501", "Support", wrap_up_time=20),
    ]
    bindings = [{"500": 1, "501": 2}, {"500": 2}] if agents is None else agents
    directory = Directory(
        queues=[Queue(settings) for settings in queues],
        agents=[an_agent(place, bound) for place, bound in enumerate(bindings, start=1)],
        pause_codes=[PauseCode(1, "Lunch"), PauseCode(2, "Break")],
        supervisors=[Supervisor(1, "dana", "Dana", "Weiss", "301", "dana@example.com")],
    )
    return World(replace(scenario, **changes), directory, seed=seed, started_at=START, zone=zone)  # type: ignore[arg-type]


NO_PICK_UP = {"no_answer_share": 1.0}
AT_ONCE = {"pick_up": Duration(0.0, Shape.FIXED)}


@dataclass
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def open_client(clock: Clock, faults: Faults, slept: list[float]) -> Callable[..., httpx.AsyncClient]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def open_it(world: World, speed: float = 1.0) -> httpx.AsyncClient:
        app = build_app(world, key=KEY, clock=clock, faults=faults, sleep=sleep, speed=speed)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eq")

    return open_it


@pytest.fixture
async def bare(open_client: Callable[[World], httpx.AsyncClient], world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client without the key."""
    async with open_client(world) as client:
        yield client


@dataclass
class Server:
    """Asks the pretend server as a client with the key would."""

    client: httpx.AsyncClient

    async def get(self, path: str, **query: object) -> httpx.Response:
        return await self.client.get(f"/eq/api/2.0/{path}", params={"auth_key": KEY, **query})  # type: ignore[dict-item]

    async def send(
        self, method: str, path: str, *, query: dict[str, object] | None = None, **form: object
    ) -> httpx.Response:
        """Any request with a form body; what is no text in it is sent as JSON text."""
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()}
        query = {"auth_key": KEY, **(query or {})}
        return await self.client.request(method, f"/eq/api/2.0/{path}", params=query, data=fields)  # type: ignore[arg-type]

    async def act(self, **form: object) -> httpx.Response:
        return await self.client.post("/eq/api/2.0/call_queue_agent_action", params={"auth_key": KEY}, data=form)

    async def control(self, method: str, path: str, /, **form: object) -> httpx.Response:
        return await self.client.request(method, path, params={"auth_key": KEY}, data=form)


@pytest.fixture
def server(bare: httpx.AsyncClient) -> Server:
    return Server(bare)


@pytest.fixture
async def cast(server: Server, world: World) -> Server:
    """Two supervisors and two agents, and nobody is signed in."""
    data = {"username": "newcomer", "firstName": "Nora", "password": "secret", "type": "full"}
    await server.send("POST", "supervisor", data=data | {"emailAddress": "nora@example.com"})
    for agent in world.directory.agents.values():
        world.go_home(agent)
    world.attendance.go_home(world.directory.supervisors[1])
    return server


def refusals(response: httpx.Response) -> tuple[int, set[tuple[str | None, str]]]:
    """Status, and (parameter, type) of every error in the array; no attribute is complained of twice."""
    errors = response.json()
    assert all(error["description"] and set(error) == {"parameter", "type", "description"} for error in errors)
    found = {(error["parameter"], error["type"]) for error in errors}
    assert len(found) == len(errors)
    return response.status_code, found


def refusal(response: httpx.Response) -> tuple[int, str | None, str]:
    """Status, parameter and type of the one error in the array."""
    [error] = response.json()
    assert error["description"]
    assert set(error) == {"parameter", "type", "description"}
    return response.status_code, error["parameter"], error["type"]

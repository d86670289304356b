"""How hard EQ is asked: a bound that holds whatever happens, a rest when it is slow, and a way back that is spread."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import EQ, Server
from eqboard.floor.snapshot import REST_SHARE, AgentState, Part, Snapshot
from eqboard.poller import lead as lead_module
from eqboard.poller.lead import Lead
from eqboard.poller.settled import Settled
from eqboard.simulator.app import build_app
from eqboard.simulator.cast import build_directory
from eqboard.simulator.scenarios import scenario_called
from eqboard.simulator.world import World
from tests.poller.pretend import Exchange, says
from tests.poller.scripted import Listener, a_config, a_lead, an_allowance, clock, lead_for, scripted, seconds
from tests.simulator.conftest import KEY

PER_MINUTE = 150
QUICK = ("call_queue_statistics", "call_queue_agent_status", "queued_calls")
LISTS = (*QUICK, "parked_calls", "active_conferences", "active_agent_sessions")


def a_large_site(agents: int = 200) -> dict[str, Any]:
    """Far more names than can be asked for in a minute."""
    return {
        "call_queue_statistics": [{"queue": "500"}],
        "call_queue_agent_status": [{"agent": n, "queue": "500", "status": "available"} for n in range(agents)],
        "queued_calls": [],
        "parked_calls": [],
        "active_conferences": [],
        "active_agent_sessions": [],
        "active_calls": [],
        "call_queue/500": {"extension": "500", "name": "Sales"},
        **{f"agent/{n}": {"id": n, "firstName": f"Agent {n}"} for n in range(agents)},
    }


def taking(after_seconds: float, answer: Any = ()) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    async def take(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(after_seconds)
        return httpx.Response(200, content=json.dumps(answer))

    return take


async def led(
    exchange: Exchange, duration: float, *, chance: float = 0.5, looks: tuple[str, ...] = (), is_nudged: bool = False,
    **settings: Any,
) -> Listener:  # fmt: skip
    """What a lead of so many seconds publishes."""
    listener, config = Listener(looks), a_config(**settings)
    async with exchange.telephone(clock=clock) as eq:
        lead = a_lead(config, eq, listener, chance=chance)
        await lead_for(duration, lead, *([nudging(lead)] if is_nudged else []))
    return listener


async def nudging(lead: Lead) -> None:
    """Whoever presses, presses all the time."""
    while True:
        lead.nudged.set()
        await asyncio.sleep(0.1)


def most_in_a_minute(exchange: Exchange) -> int:
    moments = exchange.asked_at
    return max(sum(begin <= at < begin + 60 for at in moments) for begin in moments)


def asked(exchange: Exchange, path: str) -> list[float]:
    return [at for at, each in zip(exchange.asked_at, exchange.asked, strict=True) if each == path]


# The bound


@pytest.mark.parametrize("fault", [None, says(500), taking(0.3), taking(30.0)], ids=("well", "broken", "slow", "hung"))
@pytest.mark.parametrize("poll_seconds", [0.2, 10.0])
def test_no_minute_has_more_requests_than_allowed_whatever_is_looked_at_and_pressed(poll_seconds, fault) -> None:
    exchange = Exchange(a_large_site(), fault=fault)
    looks = tuple(str(number) for number in range(60))
    settings = {"poll_seconds": poll_seconds, "eq_requests_per_minute": PER_MINUTE}
    scripted(led(exchange, 150, looks=looks, is_nudged=True, **settings))
    assert most_in_a_minute(exchange) <= PER_MINUTE


def test_what_can_be_asked_is_asked() -> None:
    """The bound costs no more than what it keeps back for what goes out at once."""
    exchange = Exchange(a_large_site())
    config = a_config(eq_requests_per_minute=PER_MINUTE)
    scripted(led(exchange, 60, is_nudged=True, eq_requests_per_minute=PER_MINUTE))
    assert len(exchange.asked) >= PER_MINUTE - 2 * config.requests_at_once


@pytest.mark.parametrize("slow_every_rounds", [1, 3, 10])
def test_at_the_bound_rounds_are_stretched_and_their_numbers_are_not_stale(slow_every_rounds) -> None:
    exchange = Exchange(a_large_site())
    settings = {"poll_seconds": 0.2, "slow_every_rounds": slow_every_rounds, "eq_requests_per_minute": PER_MINUTE}
    config = a_config(**settings)
    listener = scripted(led(exchange, 120, looks=("201", "202"), **settings))
    for floor in listener.floors[5:]:
        for source in floor.snapshot.sources.values():
            assert not source.is_stale(floor.sent_at, config.stale_rounds), source
    assert listener.floors[-1].snapshot.sources[Part.CALLS].every_seconds == config.kept_poll_seconds > 0.2


def test_at_the_bound_names_and_lines_have_their_turn_too() -> None:
    exchange = Exchange(a_large_site(agents=20))
    settings = {"poll_seconds": 0.2, "eq_requests_per_minute": PER_MINUTE}
    listener = scripted(led(exchange, 120, looks=("201", "202"), **settings))
    floor = listener.floors[-1].snapshot
    assert {agent.name for agent in floor.agents.values()} == {f"Agent {n}" for n in range(20)}
    assert set(floor.lines) == {"201", "202"}
    assert len(asked(exchange, "active_calls")) >= 10


def test_within_the_bound_eq_is_read_as_set_and_nothing_waits() -> None:
    exchange = Exchange()
    scripted(led(exchange, 60.5, poll_seconds=1.0))
    assert len(asked(exchange, "queued_calls")) == 61
    assert exchange.asked_at[exchange.asked.index("agent/7")] - exchange.asked_at[0] < 1.0


def test_reads_that_are_tried_again_count() -> None:
    well, broken = Exchange(), Exchange(fault=says(500))
    for exchange in (well, broken):
        scripted(led(exchange, 300, poll_seconds=0.2, slow_every_rounds=1, eq_requests_per_minute=120))
    assert most_in_a_minute(broken) <= 120
    assert len(asked(broken, "queued_calls")) > 10, "and it is asked all the same"


def test_leads_that_end_and_begin_again_keep_to_the_bound_together() -> None:
    """Each begins with reading everything."""
    exchange, config = Exchange(), a_config(eq_requests_per_minute=120)

    async def story() -> None:
        allowance = an_allowance(config)
        async with exchange.telephone(clock=clock) as eq:
            for _ in range(200):
                await lead_for(0.5, a_lead(config, eq, Listener(), allowance=allowance))

    scripted(story())
    assert most_in_a_minute(exchange) <= 120
    assert len(asked(exchange, "queued_calls")) > 10


# EQ is slow


def test_a_slow_eq_is_asked_one_thing_at_a_time_and_has_a_rest_after_each_answer() -> None:
    out: Counter[str] = Counter()
    answered: dict[str, float] = {}
    rests: list[float] = []

    async def slow(request: httpx.Request) -> httpx.Response:
        path = request.url.path.rpartition("/")[2]
        out[path] += 1
        assert out[path] == 1, "asked again before it has answered"
        if path in answered:
            rests.append(seconds() - answered[path])
        await asyncio.sleep(3)
        out[path] -= 1
        answered[path] = seconds()
        return httpx.Response(200, json=[])

    exchange = Exchange(faults=dict.fromkeys(LISTS, slow))
    listener = scripted(led(exchange, 60, is_nudged=True, poll_seconds=1.0))
    assert len(rests) > 30
    assert min(rests) >= 3 * REST_SHARE - 1e-6
    assert most_in_a_minute(exchange) < 100, "the pace is stretched"
    assert len(listener.floors) >= 60, "and the poller is heard all the same"
    read = [source for source in listener.floors[-1].snapshot.sources.values() if source.taken_at]
    assert len(read) == len(Part)
    assert all(each.is_stretched and not each.is_stale(listener.floors[-1].sent_at, 2.5) for each in read)


def test_a_name_that_is_asked_for_in_vain_has_its_rest_too() -> None:
    async def slow_error(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(3)
        return httpx.Response(404)

    names = [f"agent/{number}" for number in range(1, 6)]
    answers = a_large_site(agents=6)
    exchange = Exchange(answers, faults=dict.fromkeys(names, slow_error))
    scripted(led(exchange, 40, poll_seconds=1.0))
    moments = sorted(at for path in names for at in asked(exchange, path))
    assert len(moments) >= 5
    assert min(after - before for before, after in pairwise(moments)) >= 3 * (1 + REST_SHARE) - 1e-6


def test_one_slow_list_delays_no_other() -> None:
    exchange = Exchange(faults={"active_conferences": taking(5.0), "call_queue_statistics": taking(3.5)})
    scripted(led(exchange, 30.5, poll_seconds=1.0))
    assert len(asked(exchange, "queued_calls")) == 31
    assert len(asked(exchange, "call_queue_statistics")) == 7, "every five seconds: 3.5 and its rest"


def test_a_nudge_waits_until_eq_has_rested_and_then_finds_every_list_due() -> None:
    exchange = Exchange(faults={path: taking(0.4) for path in QUICK})

    async def story() -> None:
        async with exchange.telephone(clock=clock) as eq:
            lead = a_lead(a_config(poll_seconds=30.0), eq, Listener())
            await lead_for(2.0, lead, nudge_once(lead, after_seconds=0.1))

    scripted(story())
    for path in QUICK:
        first, second = asked(exchange, path)
        assert second - first == pytest.approx(0.4 * (1 + REST_SHARE))


async def nudge_once(lead: Lead, after_seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    lead.nudged.set()
    await asyncio.Event().wait()


# EQ is back


def gaps(exchange: Exchange) -> list[float]:
    return [after - before for before, after in pairwise(asked(exchange, "queued_calls"))]


def test_while_eq_is_away_it_is_asked_more_and_more_seldom_and_by_each_poller_at_its_own_moments() -> None:
    asked_by = {}
    for chance in (0.0, 0.5, 1.0):
        exchange = Exchange(fault=says(500))
        scripted(led(exchange, 120, chance=chance, poll_seconds=1.0, eq_retries=0))
        asked_by[chance] = gaps(exchange)[1::2]  # each read is tried again at once
    assert [gap[-1] for gap in asked_by.values()] == pytest.approx([2.5, 3.75, 5.0], abs=0.5)
    assert all(gap[0] < gap[-1] for gap in asked_by.values())


# EQ says the same


def test_what_eq_has_said_before_is_not_put_together_anew_and_every_round_is_told_all_the_same(monkeypatch) -> None:
    assembled_at = counting_assembly(monkeypatch)
    listener = scripted(led(Exchange(), 60.5, poll_seconds=1.0))
    taken = [floor.snapshot.sources[Part.CALLS].taken_at for floor in listener.floors]
    assert len(set(taken)) == 61
    assert len(assembled_at) < 61 / 3
    assert taken == sorted(taken)


def counting_assembly(monkeypatch) -> list[float]:
    honest, moments = lead_module.assemble, []

    def assemble(*args: Any) -> Any:
        moments.append(seconds())
        return honest(*args)

    monkeypatch.setattr(lead_module, "assemble", assemble)
    return moments


def test_what_is_new_is_told_in_its_round_however_long_nothing_was() -> None:
    exchange = Exchange()

    async def change() -> None:
        await asyncio.sleep(20.5)
        exchange.answers["call_queue_agent_status"] = [{"agent": 7, "queue": "500", "status": "paused"}]
        await asyncio.Event().wait()

    async def story() -> Listener:
        listener = Listener()
        async with exchange.telephone(clock=clock) as eq:
            await lead_for(22, a_lead(a_config(poll_seconds=1.0), eq, listener), change())
        return listener

    last = scripted(story()).floors[-1].snapshot
    assert last.agents[7].state is AgentState.PAUSED


@pytest.mark.parametrize("scenario", ["quiet_morning", "by_hand", "lunch"])
def test_no_floor_is_another_for_not_being_put_together_anew(scenario, monkeypatch) -> None:
    spared = scripted(led_at_simulator(scenario))
    monkeypatch.setattr(Settled, "holds", lambda *_: False)
    assert scripted(led_at_simulator(scenario)) == spared


async def led_at_simulator(name: str) -> list[Snapshot]:
    scenario = scenario_called(name)
    world = World(scenario, build_directory(scenario), seed=1, started_at=clock().timestamp())
    app = build_app(world, key=KEY, clock=lambda: clock().timestamp())
    listener = Listener()
    async with EQ(Server("http://eq", SecretStr(KEY)), transport=httpx.ASGITransport(app), clock=clock) as eq:
        await lead_for(60.5, a_lead(a_config(poll_seconds=1.0), eq, listener))
    return [floor.snapshot for floor in listener.floors]

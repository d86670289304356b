"""The pretend EQ server of a large site at real speed, asked five times a second as a board asks."""

import gc
import json
import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from eqboard.ops.bench.measure import Figure, compare, seconds_of
from eqboard.ops.bench.processes import PretendServer, pretend_server, processor_clock
from eqboard.simulator.asked import Asked
from eqboard.simulator.handlers import handler_for
from eqboard.simulator.scenarios import build_world
from eqboard.simulator.world import World

READS = ("/call_queue_statistics", "/call_queue_agent_status", "/queued_calls", "/parked_calls", "/active_conferences")
EVERY_SECONDS = 1.0 / len(READS)
REFERENCE = "json.dumps of five answers"
IN_PROCESS = "five reads without HTTP, and a second of the world"
SERVED = "the server process of {}, in a second of five reads"
TARGET_SHARE = 0.5  # of one core, which the process is to stay below


class Server(Protocol):
    """Whoever answers reads of the EQ API."""

    def ask(self, path: str) -> bytes: ...


def simulator(rounds: int, scenario: str = "large_site") -> list[Figure]:
    """The figures; a round is a second, and the one before them is not counted. Raises Skipped, ServerFailed."""
    world = build_world(scenario, seed=1, started_at=time.time())
    gc.collect()
    gc.freeze()  # as the server does with its own world
    with pretend_server(("--scenario", scenario), secrets.token_urlsafe(16)) as server:
        measured = [_round(world, server) for _ in range(1 + rounds)][1:]
    gc.unfreeze()
    taken, served = {name: [each[name] for each in measured] for name in measured[0]}, SERVED.format(scenario)
    seconds = {REFERENCE: taken[REFERENCE], IN_PROCESS: taken[IN_PROCESS], served: taken[SERVED]}
    return compare("simulator", REFERENCE, seconds, going_on={served: TARGET_SHARE})


def _round(world: World, server: PretendServer) -> dict[str, float]:
    taken, ours = processor_clock(server.process.pid), time.process_time
    return {
        SERVED: seconds_of(partial(ask_for_a_second, server), taken),
        IN_PROCESS: seconds_of(lambda: write(live_and_answer(world)), ours),
        REFERENCE: seconds_of(partial(write, answer(world)), ours),
    }


def ask_for_a_second(
    server: Server, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Each read once, and then the rest of the second: the world goes on in it."""
    began_at = clock()
    for place, path in enumerate(READS, start=1):
        server.ask(path)
        sleep(max(0.0, began_at + place * EVERY_SECONDS - clock()))


def answer(world: World) -> list[object]:
    """The answers to the same reads, by the same code, as they are now."""
    return [handler_for("GET", path)(world, Asked()) for path in READS]


def live_and_answer(world: World) -> list[object]:
    """The same, a second later."""
    world.tick(1.0)
    return answer(world)


def write(answers: Iterable[object]) -> list[str]:
    """As the server does."""
    return [json.dumps(each, ensure_ascii=False) for each in answers]

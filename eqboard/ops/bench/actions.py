"""From the press of a button to EQ, and to other screens: the real thing over HTTP, with a lead and others who look.

Everything is pressed as a page presses it. The reference is a request of the same lead to the same web server that is
only redirected, and asks neither Redis nor EQ. How long it takes until another's screen shows the effect is compared to
the poll interval; waiting for the next reading is a part of that, so it swings by nature, and is never called noisy.
Another part is the pretend EQ's own: it pauses and resumes 0.2 to 0.8 s after it said that it would.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from eqboard.ops.bench.buttons import AGENTS
from eqboard.ops.bench.crowd import MOST_BUSY, crowd
from eqboard.ops.bench.hands import Hands, Pressed
from eqboard.ops.bench.house import POLL_SECONDS, House, house
from eqboard.ops.bench.measure import LEAST_SECONDS, Figure, compare, percentile
from eqboard.ops.bench.onlooker import onlooker
from eqboard.ops.bench.overheard import Ear
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.sockets import Address
from eqboard.ops.bench.visitor import Visitor
from eqboard.ops.showroom import DemoError

QUEUES, AGENT_COUNT = 20, 200
VIEWERS = (1, 500)
MOST_WITH_CALLS = 10  # stealing and spying take seconds each: half as often as the rest, and no more than this
REFERENCE = "a request that is only redirected"
INTERVAL = "the poll interval"
SEEN = {"pause": "paused", "resume": "available", "steal": "the caller has left", "spy": "who listens"}
PARTS = 3  # of the presses: where their medians differ, the machine was noisy

Presses = Mapping[str, Sequence[Pressed]]  # by the button


def actions(rounds: int, *, viewers: Sequence[int] | None = None) -> list[Figure]:
    """The figures of so many presses of each button, among each number of `viewers`; VIEWERS if None. Raises Skipped,
    ServerFailed, OSError.
    """
    try:
        return asyncio.run(_figures(rounds, VIEWERS if viewers is None else viewers))
    except DemoError as error:
        raise ServerFailed(str(error)) from None


async def _figures(rounds: int, counts: Sequence[int]) -> list[Figure]:
    figures: list[Figure] = []
    async with house(QUEUES, AGENT_COUNT) as stage:
        for count in counts:
            figures += await _among(stage, rounds, count)
    return figures


async def _among(stage: House, rounds: int, count: int) -> list[Figure]:
    """With so many who look at the board; one of them tells what they see."""
    lead, viewer = Visitor(stage.web_port), Visitor(stage.web_port)
    try:
        await lead.sign_in("lead", stage.password)
        await viewer.sign_in("viewer", stage.password)
        address = Address(stage.web_port, await viewer.board_line(), viewer.cookie)
        async with onlooker(address) as looking, crowd(address, count - 1) as others:
            hands, busy, began_at = Hands(stage, lead, looking, others), others.busy(), time.monotonic()
            paused, resumed = await hands.pause_and_resume(rounds)
            more = extra_requests(stage.to_poller, began_at, time.monotonic(), 2 * rounds + 2)
            few = min((rounds + 1) // 2, MOST_WITH_CALLS)
            stolen, listened = await hands.steal(few), await hands.spy(few)
            presses = {"pause": paused, "resume": resumed, "steal": stolen, "spy": listened}
            company = [crowded(others.count, busy())] if busy else []
    finally:
        await lead.leave()
        await viewer.leave()
    title = "1 viewer" if count == 1 else f"{count:,} viewers"
    return [*to_eq(title, presses), *to_screens(title, presses), *company, *load_on_eq(title, presses, more)]


def to_eq(title: str, presses: Presses) -> list[Figure]:
    """Until EQ has the request, and until the mark is there, as ratios to a request that is only redirected. What EQ
    itself takes to answer what it is asked before stands apart.
    """
    taken: dict[str, Sequence[float]] = {}
    for button, made in presses.items():
        taken[f"{button}: click → EQ has it, our share"] = [each.to_eq - each.reads for each in made]
        if any(each.reads for each in made):
            taken[f"{button}: EQ's own answers before that"] = [max(each.reads, LEAST_SECONDS) for each in made]
        taken[f"{button}: click → the mark is there"] = [each.to_mark for each in made]
    references = [each.reference for made in presses.values() for each in made]
    parts = min(PARTS, *(len(made) for made in presses.values()))
    medians = {name: parted(seconds, parts) for name, seconds in taken.items()} | {REFERENCE: parted(references, parts)}
    figures = compare(f"click → EQ, {title}", REFERENCE, medians)
    return [replace(each, tail=tail_of({**taken, REFERENCE: references}[each.variant])) for each in figures]


def to_screens(title: str, presses: Presses) -> list[Figure]:
    """Until others see it, as ratios to the poll interval."""
    waited: dict[str, Sequence[float]] = {}
    for button, made in presses.items():
        waited[f"{button}: click → {SEEN[button]} on another's screen"] = [each.to_screen for each in made]
        if any(each.to_last_screen > each.to_screen for each in made):
            waited[f"{button}: … on the last screen of all"] = [each.to_last_screen for each in made]
        told = [each.from_reading for each in made if each.from_reading is not None]
        if told:
            waited[f"{button}: of it, after EQ has told"] = told
    scenario = f"click → others, {title}"
    interval = Figure(scenario, INTERVAL, 1000 * POLL_SECONDS, 1.0, 1.0, 1.0, is_noisy=False, is_reference=True)
    return [interval, *(waits(scenario, name, seconds) for name, seconds in waited.items())]


def load_on_eq(title: str, presses: Presses, more: float) -> list[Figure]:
    """How many requests EQ gets because of a press: means. The reference is the action itself."""
    scenario = f"requests to EQ, {title}"
    counted = {
        f"{button}: by the web server": statistics.fmean(each.request_count for each in made)
        for button, made in presses.items()
    }
    counted["pause, resume: by the poller, beyond its pace"] = more
    action = amounts(scenario, "the action itself", 1.0)
    return [replace(action, is_reference=True), *(amounts(scenario, name, number) for name, number in counted.items())]


def extra_requests(to_poller: Ear, began_at: float, ended_at: float, press_count: int) -> float:
    """How many more requests of the poller's there were for each press than the poll interval alone brings."""
    heard = [each for each in to_poller.since(began_at) if each.heard_at < ended_at]
    round_count = sum(each.path.endswith(AGENTS) for each in heard)
    usual_count = (ended_at - began_at) / POLL_SECONDS
    return len(heard) * (1.0 - usual_count / round_count) / press_count if round_count else 0.0


def waits(scenario: str, variant: str, seconds: Sequence[float]) -> Figure:
    """What somebody waits, against the poll interval."""
    ratios = [each / POLL_SECONDS for each in seconds]
    middle = statistics.median(ratios)
    return Figure(
        scenario,
        variant,
        1000 * POLL_SECONDS * middle,
        middle,
        min(ratios),
        max(ratios),
        is_noisy=False,
        tail=tail_of(seconds),
    )


def amounts(scenario: str, variant: str, number: float) -> Figure:
    return Figure(scenario, variant, None, number, number, number, is_noisy=False, amount=(number, "per press"))


def crowded(count: int, share: float) -> Figure:
    """The viewers' own process: were it busy all the time, what is measured would be itself."""
    return Figure(
        f"click → others, {count + 1:,} viewers",
        f"the process of {count} of them",
        1000 * share,
        share,
        share,
        share,
        is_noisy=share > MOST_BUSY,
        share_of_core=share,
        target_share=MOST_BUSY,
    )


def parted(seconds: Sequence[float], parts: int) -> list[float]:
    """The medians of the first part, the second, and so on; there are no more parts than numbers."""
    bounds = [len(seconds) * part // parts for part in range(parts + 1)]
    return [statistics.median(seconds[begin:end]) for begin, end in pairwise(bounds)]


def tail_of(seconds: Sequence[float]) -> tuple[float, float, int]:
    """The 95th percentile (nearest rank) and the most in milliseconds, and how many there are."""
    return 1000 * percentile(seconds, 0.95), 1000 * max(seconds), len(seconds)

"""What a lever is: something that a trainer or a test may do to the world, and no part of the EQ API."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eqboard.simulator.asked import Asked
from eqboard.simulator.faults import Faults
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.office.entities import Agent, Queue
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.world import World

MAX_TEXT = 200
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
ALL = "all"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a lever may look at and pull. `speed` is how many of the world's seconds pass in one of `clock`'s, which
    gives UNIX seconds; `began_at`, in UNIX seconds, is the world's moment when it was first shown.
    """

    world: World
    faults: Faults
    clock: Callable[[], float]
    speed: float
    began_at: float


Lever = Callable[[Stage, Asked], object]  # raises Refusal; what it returns is answered as JSON
Levers = Mapping[tuple[str, str], Lever]  # by method and path


def short(parameter: str, text: str | None) -> str | None:
    """A text from outside that will be shown. Refusal: `invalid` when it is too long."""
    if text is not None and len(text) > MAX_TEXT:
        raise Refusal(parameter, "invalid", f"At most {MAX_TEXT} characters")
    return text


def field(asked: Asked, name: str) -> str:
    """A parameter from the form, or from the query of a request that may have no body; "" when it is in neither."""
    return asked.form.get(name) or asked.query.get(name, "")


def whole_number(parameter: str, text: str, *, least: int, most: int) -> int:
    """Plain digits within the range, both ends included. Refusal: `blank`, `invalid`."""
    if not text:
        raise Refusal(parameter, "blank", f"Say a whole number from {least} to {most}")
    number = read_key(text)
    if number is None or not least <= number <= most:
        raise Refusal(parameter, "invalid", f"It must be a whole number from {least} to {most}")
    return number


def number(parameter: str, value: object, *, least: float, most: float) -> float:
    """A number of JSON, or a text of plain digits, within the range, both ends included. Refusal: `invalid`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_text = isinstance(value, str) and DECIMAL.fullmatch(value) is not None
    try:
        found = float(str(value)) if is_number or is_text else math.nan
    except ValueError:  # a whole number of thousands of digits
        found = math.nan
    if not least <= found <= most:
        raise Refusal(parameter, "invalid", f"{parameter} must be a number from {least:g} to {most:g}")
    return found


def queues_asked(world: World, asked: Asked) -> list[Queue]:
    """The queue that `queue` names; every one for `all`. Refusal: `blank`, 404 `nonexistent`."""
    extension = field(asked, "queue")
    if not extension:
        raise Refusal("queue", "blank", f"Say a queue's extension, or {ALL}")
    if extension == ALL:
        return world.directory.live_queues()
    queue = world.directory.live_queue(extension)
    if queue is None:
        raise not_found("queue", "Call queue does not exist")
    return [queue]


def agent_asked(world: World, text: str, parameter: str) -> Agent:
    """The agent with that user id. Refusal: 404 `nonexistent`."""
    agent_id = read_key(text)
    agent = None if agent_id is None else world.directory.live_agent(agent_id)
    if agent is None:
        raise not_found(parameter, "Agent does not exist")
    return agent

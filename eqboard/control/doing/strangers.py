"""A sentence tells nobody of people and queues that they may not see. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eqboard.accounts.access import Rights, seen_queues
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.floor.snapshot import Snapshot
from eqboard.floor.visible import visible


def without_strangers(obstacle: Obstacle, rights: Rights, floor: Snapshot) -> Obstacle:
    """The same, without the name of somebody else's agent or queue."""
    queues = seen_queues(rights)
    if queues is None:
        return obstacle
    if obstacle.why is Why.WITH_AGENT and obstacle.who not in seen_names(rights, floor):
        return replace(obstacle, who="", where="", seen_through=())
    hidden = {each.name for each in floor.queues.values() if each.extension not in queues}
    return replace(obstacle, where="", seen_through=()) if obstacle.where in hidden else obstacle


def seen_without_strangers(seen: Mapping[str, Any], rights: Rights, floor: Snapshot) -> dict[str, Any]:
    """What was seen at last (vigil.py), without the name of somebody else's agent."""
    if "who" not in seen or seen["who"] in seen_names(rights, floor):
        return dict(seen)
    return {name: each for name, each in seen.items() if name != "seen_through"} | {"who": ""}


def seen_names(rights: Rights, floor: Snapshot) -> frozenset[str]:
    """Of the agents whom one may see."""
    return frozenset(each.name for each in visible(floor, seen_queues(rights)).agents.values())

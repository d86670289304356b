"""The installation: its licence, what of it is used, and what is wrong in its configuration."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.answers import system as answers
from eqboard.simulator.asked import Asked, Handler
from eqboard.simulator.office.configuration import problems_in
from eqboard.simulator.world import World


def _configuration_check(world: World, asked: Asked) -> object:
    return answers.configuration_check(
        problems_in(world.directory, world.attendance.sessions, world.licence, world.machine, world.now)
    )


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/license"): lambda world, asked: answers.license_entity(world.licence, world.now),
    ("GET", "/license_usage"): lambda world, asked: answers.license_usage(world.licence, world.attendance.sessions),
    ("GET", "/configuration_check"): _configuration_check,
}

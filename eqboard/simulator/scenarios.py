"""The scenarios by name, and building a world from one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, tzinfo

from eqboard.simulator.cast import build_directory
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.faults import Accident, Mode
from eqboard.simulator.roster import HOUR, Roster
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.world import World

MAX_QUEUES = 200  # extensions 500 to 699; the conference rooms begin at 801
MAX_AGENTS = 5000

_STEADY = Scenario("steady", "An ordinary day: callers wait now and then, every state is to be seen.", busy_share=0.86)

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        _STEADY,
        replace(_STEADY, name="quiet_morning", about="Few calls; most agents wait for one.", busy_share=0.25),
        replace(
            _STEADY,
            name="monday_storm",
            about="Calls build up to twice what the floor can take, then drain.",
            busy_share=0.92,
            patience=Duration(240.0),
            warm_seconds=2100.0,  # it is coming up when one begins to look
            curve=((0.0, 0.6), (1800.0, 0.7), (3600.0, 2.2), (5400.0, 2.0), (7200.0, 0.4), (10800.0, 0.6)),
            curve_period_seconds=10800.0,
        ),
        replace(
            _STEADY,
            name="lunch",
            about="The staff goes to lunch in turn, and callers notice.",
            busy_share=0.96,
            break_every=Duration(1800.0),
            lunch_share=0.85,
        ),
        replace(
            _STEADY,
            name="empty_floor",
            about="Nobody is signed in, and nobody calls.",
            supervisors_at_work=0,
            busy_share=0.0,
            present_share=0.0,
            shift=None,
            break_every=None,
        ),
        replace(
            _STEADY,
            name="by_hand",
            about="Agents are available and nothing happens by itself; a caller put in is answered after 3 seconds.",
            busy_share=0.0,
            present_share=1.0,
            shift=None,
            break_every=None,
            patience=None,
            talk=Duration(300.0, Shape.FIXED),
            pick_up=Duration(3.0, Shape.FIXED),
            no_answer_share=0.0,
            queues_have_habits=False,
            park_share=0.0,
            conference_share=0.0,
            parked=Duration(3600.0, Shape.FIXED),  # nobody picks up who was parked by hand
            stuck_monitor_share=0.0,
        ),
        replace(
            _STEADY,
            name="hostile",
            about="An ordinary day, but many callers' names are attacks, and answers are as careless as they come.",
            hostile_share=0.5,
            rows_in_any_order=True,
            bare_skill_share=0.3,
            wrap_up_pause_code=99,  # no code that can be read, as a switch's own is not
            pause_time_survives_share=0.3,
        ),
        replace(
            _STEADY,
            name="outage",
            about="EQ turns slow, half broken, broken and is gone, while the queues fill; then it is back. 10 minutes.",
            patience=Duration(400.0),
            # After the ten minutes five in which the queues drain, so that each story begins calm.
            curve=((0.0, 0.4), (120.0, 0.8), (240.0, 3.8), (470.0, 3.8), (480.0, 0.05), (780.0, 0.1), (900.0, 0.4)),
            curve_period_seconds=900.0,  # of which the half hour before anybody looks is two
            accidents=(
                Accident(Mode.SLOW, begins_seconds=120.0, lasts_seconds=90.0),
                Accident(Mode.HALF_BROKEN, begins_seconds=210.0, lasts_seconds=90.0),
                Accident(Mode.BROKEN, begins_seconds=300.0, lasts_seconds=90.0),
                Accident(Mode.GONE, begins_seconds=390.0, lasts_seconds=90.0),
            ),
            accidents_period_seconds=900.0,
        ),
        replace(
            _STEADY,
            name="working_day",
            about="By the clock: calls from 7 in the morning to half past 7, lunches in turn, and no agent at night.",
            busy_share=0.8,
            curve=(
                *((7 * HOUR, 0.0), (8 * HOUR, 0.35), (10 * HOUR, 1.0), (12 * HOUR, 1.0), (13 * HOUR, 0.85)),
                *((15 * HOUR, 1.0), (17 * HOUR, 0.65), (19 * HOUR, 0.15), (19.5 * HOUR, 0.0)),
            ),
            has_curve_by_clock=True,
            present_share=1.0,
            roster=Roster(),
        ),
        replace(
            _STEADY,
            name="large_site",
            about="A hundred queues, a thousand agents, and about five hundred callers who wait at every moment.",
            queues=100,
            agents=1000,
            busy_share=1.32,
            patience=Duration(260.0, Shape.LOGNORMAL, 0.5),
            warm_seconds=2700.0,
            present_share=0.95,  # few breaks and long shifts, or else the number of those who wait would swing
            break_every=Duration(5400.0),
            shift=Duration(8 * HOUR, Shape.LOGNORMAL, 0.4),
            away=Duration(1500.0),
        ),
    )
}


def scenario_called(name: str) -> Scenario:
    """Raises ValueError, one sentence, for a name that nothing has."""
    if name not in SCENARIOS:
        raise ValueError(f"There is no scenario {name!r}; there are {', '.join(sorted(SCENARIOS))}.")
    return SCENARIOS[name]


def build_world(
    scenario: str,
    *,
    seed: int,
    started_at: float,
    queues: int | None = None,
    agents: int | None = None,
    zone: tzinfo = UTC,
) -> World:
    """A warm world: it has already run for the scenario's warm_seconds when `started_at` (UNIX seconds) comes.

    `zone` is the exchange's time zone, for what goes by the hour of the day. `queues` (1 to 200) and `agents` (0 to
    5000) override the scenario's counts. ValueError, one sentence, for an unknown scenario or a count out of range.
    """
    chosen = scenario_called(scenario)
    chosen = replace(
        chosen,
        queues=_checked("queues", chosen.queues if queues is None else queues, 1, MAX_QUEUES),
        agents=_checked("agents", chosen.agents if agents is None else agents, 0, MAX_AGENTS),
    )
    began_at = started_at - chosen.warm_seconds
    world = World(chosen, build_directory(chosen), seed=seed, started_at=began_at, zone=zone)
    world.run_to(started_at)
    return world


def _checked(name: str, count: int, least: int, most: int) -> int:
    if not least <= count <= most:
        raise ValueError(f"The number of {name} must be from {least} to {most}, not {count}.")
    return count

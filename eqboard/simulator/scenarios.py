"""The scenarios by name, and building a world from one: queues, staff, bindings, pause codes."""

from __future__ import annotations

from dataclasses import replace

from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, PauseCode, Queue, QueueSettings, Supervisor
from eqboard.simulator.office.extensions import Extension
from eqboard.simulator.people import staff_name
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.world import World

MAX_QUEUES = 200  # extensions 500 to 699; the conference rooms begin at 801
MAX_AGENTS = 5000
FEW_AGENTS = 100  # more of them get extensions from 2001, lest they run into the supervisors' from 301

QUEUE_NAMES = (
    "Sales", "Support", "Billing", "Returns", "Español", "VIP", "Reservations", "Technical", "Shipping", "Renewals",
    "Complaints", "Onboarding", "Claims", "Wholesale", "עברית", "Night Desk", "Pharmacy", "Field Service",
)  # fmt: skip

PAUSE_CODES = (
    PauseCode(1, "Lunch", 1800.0, 1.0),
    PauseCode(2, "Break", 600.0, 5.0),
    PauseCode(3, "Training", 1500.0, 0.5),
    PauseCode(4, "Meeting", 1200.0, 1.0),
    PauseCode(5, "Coaching", 900.0, 1.0),
)

SUPERVISORS = (("dana", "Dana", "Weiss"), ("mgomez", "Marta", "Gómez"), ("tclarke", "Theo", "Clarke"))

# Nobody's desk, and no telephone that anybody would recognise: an analogue door phone, a fax, a socket in the wall.
SPARE_EXTENSIONS = (
    Extension("391", "Front door", has_telephone=False),
    Extension("392", "Fax", has_telephone=False),
    Extension("393", "Meeting room", has_telephone=False),
)

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
            warm_seconds=2700.0,  # it is coming up when one begins to look
            curve=((0.0, 0.6), (1800.0, 0.7), (3600.0, 2.2), (5400.0, 2.0), (7200.0, 0.4), (10800.0, 0.6)),
            curve_period_seconds=10800.0,
        ),
        replace(
            _STEADY,
            name="lunch",
            about="The staff goes to lunch in turn, and callers notice.",
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
        ),
        replace(_STEADY, name="large_site", about="A hundred queues, a thousand agents.", queues=100, agents=1000),
    )
}


def scenario_called(name: str) -> Scenario:
    """Raises ValueError, one sentence, for a name that nothing has."""
    if name not in SCENARIOS:
        raise ValueError(f"There is no scenario {name!r}; there are {', '.join(sorted(SCENARIOS))}.")
    return SCENARIOS[name]


def build_world(
    scenario: str, *, seed: int, started_at: float, queues: int | None = None, agents: int | None = None
) -> World:
    """A warm world: it has already run for the scenario's warm_seconds when `started_at` (UNIX seconds) comes.

    `queues` (1 to 200) and `agents` (0 to 5000) override the scenario's counts. ValueError, one sentence, for an
    unknown scenario or a count out of range.
    """
    chosen = scenario_called(scenario)
    chosen = replace(
        chosen,
        queues=_checked("queues", chosen.queues if queues is None else queues, 1, MAX_QUEUES),
        agents=_checked("agents", chosen.agents if agents is None else agents, 0, MAX_AGENTS),
    )
    world = World(chosen, build_directory(chosen), seed=seed, started_at=started_at - chosen.warm_seconds)
    world.run_to(started_at)
    return world


def build_directory(scenario: Scenario) -> Directory:
    """The entities of a scenario; the same for every seed, so that a restarted server knows the same people."""
    return Directory(
        queues=[Queue(_queue_settings(scenario, index)) for index in range(scenario.queues)],
        agents=[_agent(scenario, index) for index in range(scenario.agents)],
        pause_codes=PAUSE_CODES,
        supervisors=[_supervisor(index) for index in range(scenario.supervisors)],
        extensions=SPARE_EXTENSIONS,
    )


def _checked(name: str, count: int, least: int, most: int) -> int:
    if not least <= count <= most:
        raise ValueError(f"The number of {name} must be from {least} to {most}, not {count}.")
    return count


def _queue_settings(scenario: Scenario, index: int) -> QueueSettings:
    round_number, place = divmod(index, len(QUEUE_NAMES))
    return QueueSettings(
        extension=str(500 + index),
        name=QUEUE_NAMES[place] + (f" {round_number + 1}" if round_number else ""),
        ring_strategy=scenario.strategies[index % len(scenario.strategies)],
        wrap_up_time=scenario.wrap_ups[index % len(scenario.wrap_ups)],
        wrap_up_all_queues=index % 3 != 2,
        weight=scenario.weights[index % len(scenario.weights)],
        max_wait_time=900 if index % 4 == 1 else None,
    )


def _agent(scenario: Scenario, index: int) -> Agent:
    extension = str((201 if scenario.agents <= FEW_AGENTS else 2001) + index)
    first_name, last_name, language = staff_name(index)
    return Agent(
        id=index + 1,
        number=extension,
        first_name=first_name,
        last_name=last_name,
        email_address=f"agent{extension}@example.com",
        language=language,
        extension=extension,
        bound=_bindings(scenario, index),
    )


def _bindings(scenario: Scenario, index: int) -> dict[str, int]:
    """One to three queues: the agent's own, its neighbour (two make a team), one of another team. Skill falls off."""
    size = scenario.queues_per_agent[index % len(scenario.queues_per_agent)]
    own = index // 2 % scenario.queues
    near = (own, own ^ 1, *range(own + 2, own + scenario.queues))
    queues = dict.fromkeys(queue % scenario.queues for queue in near if queue != own ^ 1 or queue < scenario.queues)
    return {
        str(500 + queue): min(scenario.max_skill, 1 + step + index // 3 % 3)
        for step, queue in enumerate(list(queues)[:size])
    }


def _supervisor(index: int) -> Supervisor:
    round_number, place = divmod(index, len(SUPERVISORS))
    username, first_name, last_name = SUPERVISORS[place]
    username += str(round_number + 1) if round_number else ""
    return Supervisor(
        id=index + 1,
        username=username,
        first_name=first_name,
        last_name=last_name,
        desk=str(301 + index),
        email_address=f"{username}@example.com",
        type="monitorOnly" if index % 3 == 1 else "full",
    )

"""The cast of a scenario: queues, agents and what binds them, supervisors, pause codes, telephones without a desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eqboard.eq.models.attributes import AlertAttributes
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, PauseCode, Queue, QueueSettings, Supervisor
from eqboard.simulator.office.extensions import Extension, Telephone
from eqboard.simulator.people import staff_name
from eqboard.simulator.scenario import Scenario

FEW_AGENTS = 100  # more of them get extensions from 2001, lest they run into the supervisors' from 301

QUEUE_NAMES = (
    "Sales", "Support", "Billing", "Returns", "Español", "VIP", "Reservations", "Technical", "Shipping", "Renewals",
    "Complaints", "Onboarding", "Claims", "Wholesale", "עברית", "Night Desk", "Pharmacy", "Field Service",
)  # fmt: skip

# What some queues do besides, so that a demo shows it.
QUEUE_HABITS: Mapping[str, Mapping[str, Any]] = {
    "Support": {"sys_resume": 120},  # who lets a call ring out is paused for two minutes
    "Billing": {"auto_answer_acd": True},
    "Español": {"join_empty": "strict", "leave_empty": "strict"},  # nobody waits where nobody works
    "VIP": {"cid_name_prefix": "VIP: "},
}

PAUSE_CODES = (
    PauseCode(1, "Lunch", 1800.0, 1.0),
    PauseCode(2, "Break", 600.0, 5.0),
    PauseCode(3, "Training", 1500.0, 0.5),
    PauseCode(4, "Meeting", 1200.0, 1.0),
    PauseCode(5, "Coaching", 900.0, 1.0),
)

SUPERVISORS = (("dana", "Dana", "Weiss"), ("mgomez", "Marta", "Gómez"), ("tclarke", "Theo", "Clarke"))

# For the whole system, at any time; nobody is told through the API when they are raised (contract §2).
_ALWAYS = {
    "notification_type": "custom",
    "interval": 15,
    "days_of_week": list(range(7)),
    "from_time": "12:00 AM",
    "to_time": "12:00 AM",
}
_IN_SALES = {"call_queue": "500"}
ALERTS = tuple(
    AlertAttributes.model_validate({"name": name, "type": kind} | what | _ALWAYS, by_name=True)
    for name, kind, what in (
        ("Many callers in Sales", "callQueueCallsHigh", _IN_SALES | {"threshold": 5}),
        ("Long wait in Sales", "callQueueWaitTimeHigh", _IN_SALES | {"threshold": 120}),
        ("Nobody at work in Sales", "callQueueAgentsLow", _IN_SALES | {"threshold": 1}),
        ("A process has stopped", "processStopped", {}),
        ("The disk is nearly full", "diskUsageHigh", {"threshold": 90}),
    )
)

# Nobody's desk, and no telephone that EQ knows: two behind an analogue adapter, and a socket with nothing in it.
SPARE_EXTENSIONS = (
    Extension("391", "Front door", telephone=Telephone.UNDETECTABLE),
    Extension("392", "Fax", telephone=Telephone.UNDETECTABLE),
    Extension("393", "Meeting room", telephone=Telephone.NONE),
)


def build_directory(scenario: Scenario) -> Directory:
    """The entities of a scenario; the same for every seed, so that a restarted server knows the same people."""
    return Directory(
        queues=[Queue(_queue_settings(scenario, index)) for index in range(scenario.queues)],
        agents=[_agent(scenario, index) for index in range(scenario.agents)],
        pause_codes=PAUSE_CODES,
        supervisors=[_supervisor(index) for index in range(scenario.supervisors)],
        extensions=SPARE_EXTENSIONS,
        alerts=ALERTS if scenario.queues_have_habits else (),
    )


def _queue_settings(scenario: Scenario, index: int) -> QueueSettings:
    round_number, place = divmod(index, len(QUEUE_NAMES))
    habits = QUEUE_HABITS.get(QUEUE_NAMES[place], {}) if scenario.queues_have_habits else {}
    return QueueSettings(
        extension=str(500 + index),
        name=QUEUE_NAMES[place] + (f" {round_number + 1}" if round_number else ""),
        ring_strategy=scenario.strategies[index % len(scenario.strategies)],
        wrap_up_time=scenario.wrap_ups[index % len(scenario.wrap_ups)],
        wrap_up_all_queues=index % 3 != 2,
        weight=scenario.weights[index % len(scenario.weights)],
        max_wait_time=900 if index % 4 == 1 else None,
        **habits,
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

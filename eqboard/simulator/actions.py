"""Agent actions: reading `action` and `options`, with every special error of the EQ API text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eqboard.simulator.office.directory import Directory, read_key
from eqboard.simulator.office.entities import Agent
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.switch.floor import DEFAULT_SKILL

ACTIONS = ("signIn", "signOut", "pause", "resume", "exitWrapUp")


@dataclass(frozen=True, slots=True)
class Order:
    """An accepted action. `queues` None means all the agent is signed in to when it is carried out."""

    action: str
    agent: int
    queues: tuple[str, ...] | None = None
    skills: tuple[tuple[str, int], ...] = ()  # (queue, skill), for signIn
    paused: bool = False
    pause_code: int | None = None


def read_order(directory: Directory, action: str, options: Mapping[str, object]) -> Order:
    """Check an action against the state of now. Raises Refusal, status 400, as the EQ API text's special errors say.

    `options`: agent, queue, queues, skill (1 to 5), skills, paused, pauseCode. Options without effect for an action
    are not looked at (EQ API text: "Has no effect for actions other than ...").
    """
    if not action:
        raise Refusal("action", "blank", "Action type not specified")
    if action not in ACTIONS:
        raise Refusal("action", "invalid", "Action type not valid")
    agent = _read_agent(directory, options.get("agent"))
    if action == "signIn":
        return _read_sign_in(directory, agent, options)
    queue = _read_queue(directory, options.get("queue"))
    if queue is not None and queue not in agent.memberships:
        raise Refusal("queue", "not_signed_in", "Agent not signed into queue")
    code = _read_pause_code(directory, options.get("pauseCode")) if action == "pause" else None
    return Order(action, agent.id, queues=None if queue is None else (queue,), pause_code=code)


def _read_agent(directory: Directory, value: object) -> Agent:
    if value is None or value == "":
        raise Refusal("agent", "blank", "Agent ID not specified")
    agent_id = _as_integer(value)
    if agent_id is None:
        raise Refusal("agent", "invalid", "Agent ID is not a number")
    agent = directory.live_agent(agent_id)
    if agent is None:
        raise Refusal("agent", "nonexistent", "Agent does not exist")
    if agent.session_since is None:
        raise Refusal("agent", "not_signed_in", "Agent not signed in")
    return agent


def _read_sign_in(directory: Directory, agent: Agent, options: Mapping[str, object]) -> Order:
    """One queue, several, or all the agent is bound to; of several, those already signed in to are passed over."""
    queue, skill = _read_queue(directory, options.get("queue")), _read_skill(options.get("skill"), "skill")
    paused = _read_flag(options.get("paused"), "paused")
    if queue is not None:
        if queue in agent.memberships:
            raise Refusal("queue", "already_signed_in", "Agent already signed into queue")
        return Order("signIn", agent.id, skills=((queue, skill),), paused=paused)
    if options.get("queues") is None:
        return Order("signIn", agent.id, skills=tuple((name, skill) for name in agent.bound), paused=paused)
    queues = _read_queues(directory, options["queues"])
    skills = _read_skills(options.get("skills"), len(queues), skill)
    return Order("signIn", agent.id, skills=tuple(zip(queues, skills, strict=True)), paused=paused)


def _read_queue(directory: Directory, value: object, parameter: str = "queue") -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refusal(parameter, "invalid", "Queue extension is not a text")
    if directory.live_queue(str(value)) is None:
        raise Refusal(parameter, "nonexistent", "Call queue does not exist")
    return str(value)


def _read_queues(directory: Directory, value: object) -> list[str]:
    if not isinstance(value, list):
        raise Refusal("queues", "invalid", "Queues must be an array of extensions")
    queues = [_read_queue(directory, item, "queues") for item in value]
    if not queues or None in queues:
        raise Refusal("queues", "blank", "Queue extension not specified")
    return [queue for queue in queues if queue is not None]


def _read_skill(value: object, parameter: str) -> int:
    if value is None or value == "":
        return DEFAULT_SKILL
    skill = _as_integer(value)
    if skill is None or not 1 <= skill <= 5:
        raise Refusal(parameter, "invalid", "Skill must be an integer from 1 to 5")
    return skill


def _read_skills(value: object, size: int, skill: int) -> list[int]:
    if value is None:
        return [skill] * size
    if not isinstance(value, list) or len(value) != size:
        raise Refusal("skills", "invalid", "Skills must be an array of the size of queues")
    if any(item is None or item == "" for item in value):
        raise Refusal("skills", "invalid", "Skill must be an integer from 1 to 5")
    return [_read_skill(item, "skills") for item in value]


def _read_flag(value: object, parameter: str) -> bool:
    if value is None or value == "":
        return False
    if isinstance(value, bool | int | str) and value in (True, False, "0", "1"):
        return value in (True, "1")
    raise Refusal(parameter, "invalid", "Not a boolean")


def _read_pause_code(directory: Directory, value: object) -> int | None:
    if value is None or value == "":
        return None
    code = _as_integer(value)
    if code is None:
        raise Refusal("pauseCode", "invalid", "Pause code is not a number")
    if directory.live_pause_code(code) is None:
        raise Refusal("pauseCode", "nonexistent", "Pause code does not exist")
    return code


def _as_integer(value: object) -> int | None:
    """JSON numbers and digits alike; a boolean is neither, though Python counts it as one."""
    if isinstance(value, str):
        return read_key(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

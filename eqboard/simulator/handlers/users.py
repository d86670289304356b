"""Supervisors and agents: reading, writing, deleting and undeleting them (EQ API text, Supervisor and Agent).

Deleted users are ignored wherever a name must be unique: they are "treated as nonexistent". Bringing one back whose
name somebody else has taken meanwhile is refused with `in_use`.
"""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.eq.models.attributes import AgentAttributes, NewAgent, NewSupervisor, SupervisorAttributes
from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Asked, Handler, found, is_undelete, path_id
from eqboard.simulator.office.data import read_data
from eqboard.simulator.office.directory import Directory, next_id
from eqboard.simulator.office.entities import Agent, Supervisor
from eqboard.simulator.office.limits import MOST_AGENTS, MOST_SUPERVISORS, refuse_when_full
from eqboard.simulator.refusals import refuse_if
from eqboard.simulator.world import World

Written = AgentAttributes | SupervisorAttributes

# Supervisors


def _supervisor(world: World, asked: Asked) -> Supervisor:
    return found(world.directory.supervisors.get(path_id(asked)), "id", "Supervisor does not exist")


def _live_supervisor(world: World, asked: Asked) -> Supervisor:
    return found(world.directory.live_supervisor(path_id(asked)), "id", "Supervisor does not exist")


def _create_supervisor(world: World, asked: Asked) -> object:
    data = read_data(asked, NewSupervisor)
    directory = world.directory
    _refuse_clashes(directory, data)
    refuse_when_full(directory.supervisors, MOST_SUPERVISORS)
    supervisor = Supervisor(next_id(directory.supervisors), data.username, data.first_name, data.last_name)
    _write(supervisor, data)
    directory.supervisors[supervisor.id] = supervisor
    directory.supervisor_names.note(supervisor.id, supervisor)
    return supervisor.id


def _put_supervisor(world: World, asked: Asked) -> object:
    if is_undelete(asked):
        return _undelete(world.directory, _supervisor(world, asked))
    supervisor, data = _live_supervisor(world, asked), read_data(asked, SupervisorAttributes)
    _refuse_clashes(world.directory, data, supervisor)
    _write(supervisor, data)
    world.directory.supervisor_names.note(supervisor.id, supervisor)
    return None


def _delete_supervisor(world: World, asked: Asked) -> object:
    world.dismiss(_live_supervisor(world, asked))
    return None


# Agents


def _agent(world: World, asked: Asked) -> Agent:
    return found(world.directory.agents.get(path_id(asked)), "id", "Agent does not exist")


def _live_agent(world: World, asked: Asked) -> Agent:
    return found(world.directory.live_agent(path_id(asked)), "id", "Agent does not exist")


def _create_agent(world: World, asked: Asked) -> object:
    """A new agent is bound to no queue, as bindings are configured outside this API (contract §2), and has no desk."""
    data = read_data(asked, NewAgent)
    directory = world.directory
    _refuse_clashes(directory, data)
    refuse_when_full(directory.agents, MOST_AGENTS)
    agent = Agent(
        id=next_id(directory.agents),
        number=data.number,
        first_name=data.first_name,
        last_name=data.last_name,
        email_address=data.email_address,
        language=data.language,
        extension="",
        bound={},
        password=data.password,
    )
    directory.agents[agent.id] = agent
    directory.agent_names.note(agent.id, agent)
    return agent.id


def _put_agent(world: World, asked: Asked) -> object:
    if is_undelete(asked):
        return _undelete(world.directory, _agent(world, asked))
    agent, data = _live_agent(world, asked), read_data(asked, AgentAttributes)
    _refuse_clashes(world.directory, data, agent)
    _write(agent, data)
    world.directory.agent_names.note(agent.id, agent)
    return None


def _delete_agent(world: World, asked: Asked) -> object:
    world.dismiss(_live_agent(world, asked))
    return None


# Both


def _undelete(directory: Directory, user: Agent | Supervisor) -> object:
    """To bring back who is there is no mistake."""
    _refuse_clashes(directory, user, user)
    user.deleted = False
    return None


def _refuse_clashes(
    directory: Directory, mine: Written | Agent | Supervisor, user: Agent | Supervisor | None = None
) -> None:
    """`user` is who has these names, or will have them."""
    own = user.id if user is not None else None
    if isinstance(mine, Agent | AgentAttributes):
        refuse_if(directory.agent_names.clashes(mine, directory.live_agent, own=own))
    else:
        refuse_if(directory.supervisor_names.clashes(mine, directory.live_supervisor, own=own))


def _write(user: Agent | Supervisor, data: Written) -> None:
    """Everything, but for a password that is left out: that one stays (contract §1, PUT)."""
    for name in type(data).model_fields:
        value = getattr(data, name)
        if name != "password" or value is not None:
            setattr(user, name, value)


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/supervisor/{}"): lambda world, asked: answers.supervisor_entity(_supervisor(world, asked)),
    ("POST", "/supervisor"): _create_supervisor,
    ("PUT", "/supervisor/{}"): _put_supervisor,
    ("DELETE", "/supervisor/{}"): _delete_supervisor,
    ("GET", "/agent/{}"): lambda world, asked: answers.agent_entity(_agent(world, asked)),
    ("POST", "/agent"): _create_agent,
    ("PUT", "/agent/{}"): _put_agent,
    ("DELETE", "/agent/{}"): _delete_agent,
}

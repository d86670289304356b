"""Supervisors and agents: reading, writing, deleting and undeleting them (EQ API text, Supervisor and Agent).

Deleted users are ignored wherever a name must be unique: they are "treated as nonexistent". Bringing one back whose
name somebody else has taken meanwhile is refused with `in_use`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eqboard.eq.models.attributes import AgentAttributes, NewAgent, NewSupervisor, SupervisorAttributes
from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Asked, Handler, found, is_undelete, path_id
from eqboard.simulator.office.data import clashes, read_data
from eqboard.simulator.office.directory import next_id
from eqboard.simulator.office.entities import Agent, Supervisor
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
    _refuse_clashes(data, directory.live_supervisors())
    supervisor = Supervisor(next_id(directory.supervisors), data.username, data.first_name, data.last_name)
    _write(supervisor, data)
    directory.supervisors[supervisor.id] = supervisor
    return supervisor.id


def _put_supervisor(world: World, asked: Asked) -> object:
    if is_undelete(asked):
        return _undelete(_supervisor(world, asked), world.directory.live_supervisors())
    supervisor = _live_supervisor(world, asked)
    return _replace(supervisor, read_data(asked, SupervisorAttributes), world.directory.live_supervisors())


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
    _refuse_clashes(data, directory.live_agents())
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
    return agent.id


def _put_agent(world: World, asked: Asked) -> object:
    if is_undelete(asked):
        return _undelete(_agent(world, asked), world.directory.live_agents())
    agent = _live_agent(world, asked)
    return _replace(agent, read_data(asked, AgentAttributes), world.directory.live_agents())


def _delete_agent(world: World, asked: Asked) -> object:
    world.dismiss(_live_agent(world, asked))
    return None


# Both


def _replace(user: Agent | Supervisor, data: Written, live: Sequence[Agent | Supervisor]) -> object:
    _refuse_clashes(data, [other for other in live if other is not user])
    _write(user, data)
    return None


def _undelete(user: Agent | Supervisor, live: Sequence[Agent | Supervisor]) -> object:
    """To bring back who is there is no mistake."""
    _refuse_clashes(user, [other for other in live if other is not user])
    user.deleted = False
    return None


def _refuse_clashes(mine: Written | Agent | Supervisor, others: Sequence[Agent | Supervisor]) -> None:
    if isinstance(mine, Agent | AgentAttributes):
        refuse_if(clashes("An agent", mine, others, "number", "email_address"))
    else:
        refuse_if(clashes("A supervisor", mine, others, "username", "email_address"))


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

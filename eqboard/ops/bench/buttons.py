"""What is pressed, what others see of it, and the agents and callers on whom the demo's lead may press it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from eqboard.ops.bench.processes import PretendServer

LEADS_QUEUES = frozenset(("500", "501"))  # of the demo's lead (accounts/demo.py)
QUEUE = "500"
EAR, DESTINATION = "303", "302"  # telephones of the lead and of another supervisor (accounts/demo.py)
AGENTS, CALLERS = "/call_queue_agent_status", "/queued_calls"  # what EQ is asked for, to see the effects


@dataclass(frozen=True, slots=True)
class Button:
    """What is pressed. `effect` is what another's page gets of it, `read` the reading of EQ that shows it, and a press
    must end as one of `ends`.
    """

    path: str
    effect: bytes
    read: str
    ends: Sequence[str] = ("confirmed",)
    form: dict[str, str] = field(default_factory=dict)


def pause(agent: int) -> Button:
    return Button(f"/agents/{agent}/pause/", row(agent, "paused"), AGENTS, form={"queue": "all", "pause_code": ""})


def resume(agent: int) -> Button:
    return Button(f"/agents/{agent}/resume/", row(agent, "available"), AGENTS, form={"queue": "all"})


def spy(agent: int) -> Button:
    """Others see at once that somebody listens; no reading of EQ's is needed for that."""
    claimed = rf'(?s)id="agent-{agent}"(?:(?!</li>).)*class="claim"'.encode()
    return Button(f"/agents/{agent}/spy/", claimed, "", form={"extension": EAR})


def row(agent: int, state: str) -> bytes:
    """The beginning of an agent's row in that state."""
    return f'id="agent-{agent}"[^>]*data-state="{state}"'.encode()


def leads_agents(eq: PretendServer) -> list[int]:
    """Whom the lead may act on: those who serve no other queue; who is free, and nobody else."""
    queues: dict[int, set[str]] = {}
    states: dict[int, set[str]] = {}
    for each in json.loads(eq.ask_anew(AGENTS)):
        queues.setdefault(each["agent"], set()).add(each["queue"])
        states.setdefault(each["agent"], set()).add(each["status"])
    return [agent for agent in queues if queues[agent] <= LEADS_QUEUES and states[agent] == {"available"}]


@contextmanager
def two_conversations(eq: PretendServer) -> Iterator[list[int]]:
    """Two of the lead's agents who talk, until the block ends."""
    ours = leads_agents(eq)[:2]
    eq.order("POST", "agents", queue=QUEUE, state="paused")
    for agent in ours:
        eq.order("POST", f"agents/{agent}", state="available")
    callers = [eq.order("POST", "calls", queue=QUEUE) for _ in ours]
    try:
        yield ours
    finally:
        for caller in callers:
            eq.order("DELETE", f"calls/{caller}")
        eq.order("POST", "agents", queue=QUEUE, state="available")

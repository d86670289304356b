"""Empty queues: whether a caller may join one, and whether those who wait are to leave. Pure.

The words are the vendor's, what they mean is FreePBX's (Join Empty, Leave Empty), and how an agent may be missing is
Asterisk's (paused; invalid: no such extension; unavailable: no telephone registered; in use; ringing).

| word        | who does not count                                                                     |
|-------------|----------------------------------------------------------------------------------------|
| loose       | who is at an extension that does not exist                                             |
| no, yes     | the same, and who is paused: `no` is the word for joining, `yes` the one for leaving    |
| strict      | the same, and whose telephone is not registered; who is busy or rung counts            |
| ultrastrict | the same, and who could not answer right now                                           |

Where nobody counts the queue is empty; nobody signed in is the plainest case. `yes` to joining and `no` to leaving ask
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eqboard.simulator.office.entities import AgentState

LOOK_SECONDS = 1.0  # how often a switch asks whether those who wait are to leave (Asterisk, RECHECK)


@dataclass(frozen=True, slots=True)
class Standing:
    """An agent signed in to a queue. `is_paused` holds also of who is paused and on a call, as the queue sees both."""

    state: AgentState
    is_paused: bool
    has_extension: bool = True  # there is such an extension
    is_registered: bool = True  # and a telephone at it


def may_join(rule: str, agents: Iterable[Standing]) -> bool:
    """Whether joinEmpty lets a caller in."""
    return rule == "yes" or not _is_empty(rule, agents)


def must_leave(rule: str, agents: Iterable[Standing]) -> bool:
    """Whether leaveEmpty sends away those who wait. Whoever is being rung for is not to be asked."""
    return rule != "no" and _is_empty(rule, agents)


def _is_empty(rule: str, agents: Iterable[Standing]) -> bool:
    return not any(_counts(rule, agent) for agent in agents)


def _counts(rule: str, agent: Standing) -> bool:
    if not agent.has_extension or (agent.is_paused and rule != "loose"):
        return False
    if rule in ("strict", "ultrastrict") and not agent.is_registered:
        return False
    return rule != "ultrastrict" or agent.state is AgentState.AVAILABLE

"""Who may see and do what: pure questions about rights.

A right is given by a team: queues × actions, and agents where the team names some. Whoever is in several teams has the
rights of each, never their mixture. Whom one sees is decided by queues alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

# The names of rights and of the actions that they allow: dotted, stable, never reused.
SEE_NUMBERS = "number.see"  # who calls: numbers, and names that tell them
SEE_AUDIT = "audit.see"
PAUSE_AGENT = "agent.pause"
RESUME_AGENT = "agent.resume"
SIGN_IN_AGENT = "agent.sign_in"
SIGN_OUT_AGENT = "agent.sign_out"
EXIT_WRAP_UP = "agent.exit_wrap_up"
SPY = "monitor.spy"
WHISPER = "monitor.whisper"
BARGE_IN = "monitor.barge_in"
STEAL = "call.steal"
PICK_UP = "call.pick_up"
DIAL = "call.dial"
TRANSFER = "call.transfer"
PARK = "call.park"
HANG_UP = "call.hang_up"
RECORD = "recording.start"  # and stop it, and cancel it
SEE_RECORDINGS = "recording.see"
PRESS_KEY = "phone.press"
REMOVE_PARTICIPANT = "conference.remove"
CHANGE_TARGET = "target.change"  # what a queue promises; of no queue: what all others do

SEEING = (SEE_NUMBERS, SEE_AUDIT, SEE_RECORDINGS)
ON_AGENTS = (PAUSE_AGENT, RESUME_AGENT, SIGN_IN_AGENT, SIGN_OUT_AGENT, EXIT_WRAP_UP)
MONITORING = (SPY, WHISPER, BARGE_IN)
ON_CALLS = (STEAL, PICK_UP, DIAL, TRANSFER, PARK, HANG_UP, RECORD, REMOVE_PARTICIPANT)
RIGHTS = (*SEEING, *ON_AGENTS, *MONITORING, *ON_CALLS, PRESS_KEY, CHANGE_TARGET)
"""Every right there is, in the order in which people read them."""
DOING = (*ON_AGENTS, *MONITORING, *ON_CALLS, PRESS_KEY)
"""What EQ is asked for; the other rights see, or change what is eqboard's own."""

# What the ready roles begin with. EQ knows two of them as types of its supervisors: `monitorOnly` and `full`.
VIEW_ONLY = frozenset({SEE_NUMBERS})
MONITOR_ONLY = frozenset({SEE_NUMBERS, *MONITORING})
LEAD = frozenset({*SEEING, *ON_AGENTS, *MONITORING, *ON_CALLS, CHANGE_TARGET})
FULL = frozenset(RIGHTS)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one team gives: `queues` by extension (None: every queue), `actions` by name, `agents` on whom one may act
    by id (None: whoever serves the queues).
    """

    queues: frozenset[str] | None
    actions: frozenset[str]
    agents: frozenset[int] | None = None

    def covers(self, queues: frozenset[str]) -> bool:
        return self.queues is None or (bool(queues) and queues <= self.queues)

    def reaches(self, agent: int | None) -> bool:
        """Whether the agent is one of them; None: nobody is acted on."""
        return self.agents is None or agent is None or agent in self.agents


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything somebody may see and do; hashable, so that equals share one rendering."""

    grants: frozenset[Grant] = frozenset()


NOTHING = Rights()


def seen_queues(rights: Rights) -> frozenset[str] | None:
    """The extensions of the queues one may see; None means every queue."""
    return _queues_of(rights.grants)


def queues_with(rights: Rights, action: str) -> frozenset[str] | None:
    """The extensions of the queues in each of which one has the right; None means every queue."""
    return _queues_of(grant for grant in rights.grants if action in grant.actions)


def _queues_of(grants: Iterable[Grant]) -> frozenset[str] | None:
    queues = [grant.queues for grant in grants]
    return None if None in queues else frozenset().union(*filter(None, queues))


def may_ever(rights: Rights, action: str) -> bool:
    """Whether there may be anybody to whom one may do it."""
    return any(action in grant.actions for grant in rights.grants)


def done_to_several(rights: Rights) -> frozenset[str]:
    """What one may do to agents at all, one by one or together."""
    return frozenset(action for action in ON_AGENTS if may_ever(rights, action))


def may_do(rights: Rights, action: str, queues: Iterable[str], agent: int | None = None) -> bool:
    """Whether one team gives the action on all of `queues`, those that the action would touch, and on `agent` (by id)
    where somebody is acted on.

    What is of no queue, as an agent who serves none, belongs to no team: only a grant over every queue reaches it.
    """
    touched = frozenset(queues)
    return any(action in each.actions and each.covers(touched) and each.reaches(agent) for each in rights.grants)


def actions_on(rights: Rights, queues: Iterable[str], agent: int | None = None) -> frozenset[str]:
    """Every action that `may_do` allows on them."""
    touched = frozenset(queues)
    given = (each.actions for each in rights.grants if each.covers(touched) and each.reaches(agent))
    return frozenset().union(*given)


def limited(rights: Rights, actions: frozenset[str]) -> Rights:
    """The same with only these actions left: one sees the same queues."""
    return Rights(frozenset(replace(grant, actions=grant.actions & actions) for grant in rights.grants))


def leads(actions: frozenset[str]) -> bool:
    """Whether they are more than seeing."""
    return not actions <= frozenset(SEEING)


def may_show(actions: frozenset[str]) -> bool:
    """Whether who may do this may put the queues on a wall: nobody shows there what they do not see themselves."""
    return leads(actions) and SEE_NUMBERS in actions

"""What can be done from the panel, as its buttons: those that one may press; and why one of them makes no sense now."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eqboard.accounts.access import (
    BARGE_IN,
    EXIT_WRAP_UP,
    MONITORING,
    ON_AGENTS,
    PAUSE_AGENT,
    RESUME_AGENT,
    SIGN_IN_AGENT,
    SIGN_OUT_AGENT,
    SPY,
    WHISPER,
    may_do,
    may_ever,
)
from eqboard.boards.fragments import dom_id
from eqboard.control.catalogue.obstacles import Why, why_not
from eqboard.control.catalogue.order import Order
from eqboard.control.on_agents.agent_forms import ALL
from eqboard.control.on_agents.agents import open_queues
from eqboard.control.sight import Sight
from eqboard.floor.snapshot import Agent, AgentState, Membership

VIEWS = {
    PAUSE_AGENT: "pause",
    RESUME_AGENT: "resume",
    EXIT_WRAP_UP: "exit_wrap_up",
    SIGN_OUT_AGENT: "sign_out_agent",
    SIGN_IN_AGENT: "sign_in_agent",
    SPY: "spy",
    WHISPER: "whisper",
    BARGE_IN: "barge_in",
}
"""Who does it, by their names in urls.py."""
IN_THEIR_QUEUES = (PAUSE_AGENT, RESUME_AGENT, EXIT_WRAP_UP, SIGN_OUT_AGENT)
"""What is done in queues that an agent is signed in to."""
WITH_FORM = frozenset({PAUSE_AGENT, SIGN_OUT_AGENT, SIGN_IN_AGENT})


@dataclass(frozen=True, slots=True)
class Hand:
    """One button. `key` is its own within the panel. `why_not`: a sentence; "" when it can be pressed. It opens a form,
    or acts at once; then `values`, as JSON, are what it sends.
    """

    key: str
    label: str
    path: str
    is_form: bool = False
    why_not: str = ""
    queue: str = ""  # where it acts; "": in all of theirs
    values: str = "{}"

    @property
    def id(self) -> str:
        """Within the panel."""
        return dom_id(self.key, self.queue) if self.queue else self.key

    @property
    def address(self) -> str:
        """Of its form, which begins with that queue."""
        return f"{self.path}?{urlencode({'queue': self.queue})}" if self.queue else self.path


@dataclass(frozen=True, slots=True)
class Place:
    """One queue of an agent, with the buttons for it alone."""

    membership: Membership
    hands: tuple[Hand, ...]

    @property
    def id(self) -> str:
        """Of its name, within the panel."""
        return dom_id("queue", self.membership.queue)


def for_all(agent: Agent, sight: Sight) -> tuple[Hand, ...]:
    """What is done with an agent in all their queues at once."""
    allowed = (each for each in (*IN_THEIR_QUEUES, SIGN_IN_AGENT) if _is_allowed(each, agent, sight))
    return tuple(_hand(name, agent, _why_not(name, agent, sight)) for name in allowed)


def places(agent: Agent, sight: Sight) -> tuple[Place, ...]:
    """Their queues, of those one sees, by name."""
    seen = [each for each in agent.memberships if each.queue in sight.view.queues]
    seen.sort(key=lambda each: (each.queue_name.casefold(), each.queue))
    return tuple(Place(each, tuple(_in_queue(each, agent, sight))) for each in seen)


def listening(agent: Agent, sight: Sight) -> tuple[Hand, ...]:
    """The three ways to listen in."""
    why_not = "" if agent.state is AgentState.ON_CALL else _("Not on a call: there is nothing to listen to.")
    allowed = (each for each in MONITORING if may_do(sight.rights, each, _queues(agent), agent.id))
    return tuple(_hand(each, agent, why_not) for each in allowed)


def is_others_too(agent: Agent, sight: Sight) -> bool:
    """Whether one may act on agents, but not on this one in all their queues."""
    rights = sight.rights
    ever = [each for each in ON_AGENTS if may_ever(rights, each)]
    return bool(agent.signed_in and ever) and not any(may_do(rights, each, _queues(agent), agent.id) for each in ever)


def reasons(hands: Iterable[Hand]) -> list[str]:
    """Why some cannot be pressed now, each once."""
    return list(dict.fromkeys(each.why_not for each in hands if each.why_not))


def _in_queue(membership: Membership, agent: Agent, sight: Sight) -> Iterable[Hand]:
    """Those that make sense now."""
    queue = membership.queue
    if membership.state is AgentState.SIGNED_OUT:
        chosen = [SIGN_IN_AGENT]
    else:
        chosen = [each for each in IN_THEIR_QUEUES if why_not(Order(each, agent.id, queue), agent) is None]
    for name in (each for each in chosen if may_do(sight.rights, each, [queue], agent.id)):
        yield _hand(name, agent, queue=queue)


def _is_allowed(name: str, agent: Agent, sight: Sight) -> bool:
    """Whoever is signed out is in nobody's team: the button says that they are."""
    if name == SIGN_IN_AGENT or not agent.signed_in:
        return may_ever(sight.rights, name)
    return may_do(sight.rights, name, _queues(agent), agent.id)


def _queues(agent: Agent) -> list[str]:
    return [each.queue for each in agent.signed_in]


def _hand(name: str, agent: Agent, why_not: str = "", queue: str = "") -> Hand:
    view = VIEWS[name]
    path = reverse(f"control:{view}", args=[agent.id])
    values = json.dumps({"queue": queue or ALL} if name in IN_THEIR_QUEUES else {})
    return Hand(view.replace("_", "-"), _labels()[name], path, name in WITH_FORM, why_not, queue, values)


def _labels() -> Mapping[str, str]:
    """Made when asked, in the reader's language."""
    return {
        PAUSE_AGENT: _("Pause…"),
        RESUME_AGENT: _("Resume"),
        EXIT_WRAP_UP: _("Exit wrap-up"),
        SIGN_OUT_AGENT: pgettext("an agent", "Sign out…"),
        SIGN_IN_AGENT: pgettext("an agent", "Sign in…"),
        SPY: _("Listen"),
        WHISPER: _("Whisper"),
        BARGE_IN: _("Barge in"),
    }


def _why_not(name: str, agent: Agent, sight: Sight) -> str:
    """What is sent is refused by the same rule (obstacles.py)."""
    if name == SIGN_IN_AGENT:
        return "" if open_queues(agent, sight) else _("There is no queue left that you may sign this agent in to.")
    match why_not(Order(name, agent.id), agent):
        case Why.SIGNED_OUT:
            return _("Signed out of every queue.")
        case Why.ALREADY:
            return _already(name)
    return ""


def _already(name: str) -> str:
    return {
        PAUSE_AGENT: _("Paused in every queue already."),
        RESUME_AGENT: _("Not paused."),
        EXIT_WRAP_UP: _("Not in wrap-up."),
    }[name]

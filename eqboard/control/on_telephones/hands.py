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
WITH_FORM = frozenset({PAUSE_AGENT, SIGN_OUT_AGENT, SIGN_IN_AGENT})


@dataclass(frozen=True, slots=True)
class Hand:
    """One button. `key` is its own within the panel. `why_not`: a sentence; "" when it can be pressed. It opens a form,
    or acts at once.
    """

    key: str
    label: str
    path: str
    is_form: bool = False
    why_not: str = ""
    queue: str = ""  # where it acts; "": in all of theirs

    @property
    def id(self) -> str:
        """Within the panel."""
        return dom_id(self.key, self.queue) if self.queue else self.key

    @property
    def address(self) -> str:
        """Of its form, which begins with that queue."""
        return f"{self.path}?{urlencode({'queue': self.queue})}" if self.queue else self.path

    @property
    def values(self) -> str:
        """What it sends, as JSON."""
        return json.dumps({"queue": self.queue}) if self.queue else "{}"


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
    why_not = {
        PAUSE_AGENT: _why_not_pause(agent),
        RESUME_AGENT: _why_not_resume(agent),
        EXIT_WRAP_UP: _why_no_wrap_up(agent),
        SIGN_OUT_AGENT: _why_not_out(agent),
        SIGN_IN_AGENT: _why_not_in(agent, sight),
    }
    return tuple(_hand(name, agent, why_not[name]) for name in why_not if _is_allowed(name, agent, sight))


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
    """Of two that undo each other the one that makes sense now."""
    present, queue = membership.state is not AgentState.SIGNED_OUT, membership.queue
    chosen = {
        RESUME_AGENT if membership.paused else PAUSE_AGENT: present,
        EXIT_WRAP_UP: membership.state is AgentState.WRAP_UP,
        SIGN_OUT_AGENT: present,
        SIGN_IN_AGENT: not present,
    }
    for name in (each for each, makes_sense in chosen.items() if makes_sense):
        if may_do(sight.rights, name, [queue], agent.id):
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
    return Hand(view.replace("_", "-"), _labels()[name], path, name in WITH_FORM, why_not, queue)


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


def _why_not_pause(agent: Agent) -> str:
    is_everywhere = all(each.paused for each in agent.signed_in)
    return _why_not_out(agent) or (_("Paused in every queue already.") if is_everywhere else "")


def _why_not_resume(agent: Agent) -> str:
    is_paused = any(each.paused for each in agent.signed_in)
    return _why_not_out(agent) or ("" if is_paused else _("Not paused."))


def _why_no_wrap_up(agent: Agent) -> str:
    is_in = any(each.state is AgentState.WRAP_UP for each in agent.signed_in)
    return _why_not_out(agent) or ("" if is_in else _("Not in wrap-up."))


def _why_not_out(agent: Agent) -> str:
    return "" if agent.signed_in else _("Signed out of every queue.")


def _why_not_in(agent: Agent, sight: Sight) -> str:
    return "" if open_queues(agent, sight) else _("There is no queue left that you may sign this agent in to.")

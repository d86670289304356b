"""What will happen to each of several agents, or why nothing will: before anything is sent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eqboard.accounts import access
from eqboard.accounts.access import (
    EXIT_WRAP_UP,
    PAUSE_AGENT,
    RESUME_AGENT,
    SIGN_IN_AGENT,
    SIGN_OUT_AGENT,
)
from eqboard.boards.fragments import dom_id
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.obstacles import Why, why_not
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.aims import at_agent
from eqboard.control.doing.attempt import Target, allows
from eqboard.control.on_agents.agent_forms import DEFAULT_SKILL
from eqboard.control.on_agents.agents import open_queues
from eqboard.control.on_agents.skipped import Skip, as_text, why_skipped
from eqboard.control.saying import say
from eqboard.control.sight import Sight
from eqboard.floor.snapshot import Agent, AgentState

ALREADY = {PAUSE_AGENT: Skip.PAUSED, RESUME_AGENT: Skip.NOT_PAUSED, EXIT_WRAP_UP: Skip.NOT_WRAPPING_UP}
BUSY = (AgentState.ON_CALL, AgentState.RINGING, AgentState.WRAP_UP)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen once for all: a queue (None: all of theirs), a reason, whether they begin with a pause."""

    queue: str | None = None
    pause_code: int | None = None
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Prospect:
    """One agent. `order` and `target` are None for who is not to be seen; `skip` is None when it will be sent."""

    agent: int
    name: str
    says: SafeString
    skip: Skip | None
    order: Order | None = None
    target: Target | None = None
    is_idle: bool = False  # it would change nothing

    @property
    def will_be_sent(self) -> bool:
        return self.skip is None

    @property
    def why_not(self) -> SafeString:
        """A sentence; "" when it will be sent."""
        return why_skipped(self.skip) if self.skip else say("")

    @property
    def skipped(self) -> str:
        """As the form sends it; "" when it will be sent."""
        return as_text(self.agent, self.skip) if self.skip else ""

    @property
    def mark(self) -> str:
        return dom_id("agent", self.agent)


def foretell(action: str, agent_id: int, choice: Choice, sight: Sight) -> Prospect:
    """For one of them. Of whom one does not see, nothing is told."""
    agent = sight.agent(agent_id)
    if agent is None:
        return Prospect(agent_id, f"#{agent_id}", say(""), Skip.UNSEEN)
    order = _order(action, agent, choice, sight)
    queues = tuple(queue for queue, _skill in order.sign_in_to) or ((choice.queue,) if choice.queue else ())
    target = at_agent(agent, queues)
    idle = _idle(order, agent)
    skip = _away(order, agent) or _denied(order, target, sight) or idle
    return Prospect(agent_id, agent.name, _will(order, agent, sight), skip, order, target, idle is not None)


def _order(action: str, agent: Agent, choice: Choice, sight: Sight) -> Order:
    match action:
        case access.PAUSE_AGENT:
            return Order(action, agent.id, choice.queue, choice.pause_code)
        case access.SIGN_IN_AGENT:
            return Order(action, agent.id, sign_in_to=_wanted(agent, choice, sight), is_paused=choice.is_paused)
    return Order(action, agent.id, choice.queue)


def _wanted(agent: Agent, choice: Choice, sight: Sight) -> tuple[tuple[str, int], ...]:
    """The queue that was chosen, else all that they have served before, each with the skill that they had."""
    known = {each.queue: each.skill or DEFAULT_SKILL for each in agent.memberships}
    open_to = [each.extension for each in open_queues(agent, sight)]
    chosen = [choice.queue] if choice.queue else [each for each in open_to if each in known]
    return tuple((queue, known.get(queue, DEFAULT_SKILL)) for queue in chosen if queue in open_to)


def _away(order: Order, agent: Agent) -> Skip | None:
    if order.action == SIGN_IN_AGENT or why_not(order, agent) is not Why.SIGNED_OUT:
        return None
    return Skip.NOT_THERE if agent.signed_in else Skip.SIGNED_OUT


def _denied(order: Order, target: Target, sight: Sight) -> Skip | None:
    is_empty = order.action == SIGN_IN_AGENT and not order.sign_in_to
    return None if is_empty or allows(sight.rights, CATALOGUE[order.action].right, target) else Skip.DENIED


def _idle(order: Order, agent: Agent) -> Skip | None:
    """It is so already, as far as it can be."""
    if order.action == SIGN_IN_AGENT:
        nowhere = Skip.SIGNED_IN if agent.signed_in else Skip.NO_QUEUE
        return None if order.sign_in_to else nowhere
    return ALREADY[order.action] if why_not(order, agent) is Why.ALREADY else None


def _will(order: Order, agent: Agent, sight: Sight) -> SafeString:
    """What will be seen of it."""
    match order.action:
        case access.PAUSE_AGENT if agent.state in BUSY:
            return say(_("Will be paused as soon as the call is over."))
        case access.PAUSE_AGENT:
            return say(_("Will be paused."))
        case access.RESUME_AGENT:
            return say(_("Will be back."))
        case access.EXIT_WRAP_UP:
            return say(_("Will be out of wrap-up."))
        case access.SIGN_OUT_AGENT if agent.state is AgentState.ON_CALL:
            return say(_("Will be signed out; the call goes on."))
        case access.SIGN_OUT_AGENT:
            return say(_("Will be signed out."))
    return _signs_in_to(order, sight)


def _signs_in_to(order: Order, sight: Sight) -> SafeString:
    names = [sight.view.queues[queue].name for queue, _skill in order.sign_in_to if queue in sight.view.queues]
    return say(_("Will be signed in to %(queues)s."), queues=", ".join(names))


DEEDS: Mapping[str, str] = {
    "pause": PAUSE_AGENT,
    "resume": RESUME_AGENT,
    "exit-wrap-up": EXIT_WRAP_UP,
    "sign-out": SIGN_OUT_AGENT,
    "sign-in": SIGN_IN_AGENT,
}
"""By how an address calls them."""

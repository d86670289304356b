"""An agent who is on the board of whoever presses, or is not."""

from collections.abc import Awaitable, Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.aims import at_unseen
from eqboard.control.marks import attempt_of, blind, refuse
from eqboard.control.models import Step
from eqboard.control.sight import Sight, View, look
from eqboard.floor.snapshot import Agent, Part

AgentView = Callable[[HttpRequest, Sight, Agent], Awaitable[HttpResponse]]


def on_agent(action: str) -> Callable[[AgentView], View]:
    """For a view that does this to an agent who is seen: a form is shown only as of now, and of a press perform() is
    the judge.
    """

    def decorate(view: AgentView) -> View:
        @wraps(view)
        async def find(request: HttpRequest, agent_id: int) -> HttpResponse:
            sight = await look(request)
            agent, is_press = sight.agent(agent_id), request.method == "POST"
            if agent is None and is_press:
                attempt = attempt_of(request, sight.actor, Order(action, agent_id), at_unseen(agent_id))
                await attempt.turn_away(*why_unseen(sight))
            if agent is None or not (is_press or sight.is_current(Part.AGENTS)):
                return await unseen(request, sight)
            return await view(request, sight, agent)

        return find

    return decorate


async def unseen(request: HttpRequest, sight: Sight) -> HttpResponse:
    """The answer where the floor cannot be seen, or the agent is not on it."""
    if not sight.is_current(Part.AGENTS):
        return await refuse(request, blind())
    return await refuse(request, _("This agent is not on your board any more. Nothing was done."), 404)


def why_unseen(sight: Sight) -> tuple[Step, Obstacle]:
    """What is written down of a press on them: the same of another team's agent and of nobody's id, as whoever pressed
    may read it.
    """
    if sight.is_current(Part.AGENTS):
        return Step.DENIED, Obstacle(Why.UNSEEN)
    return Step.REFUSED, Obstacle(Why.BLIND)

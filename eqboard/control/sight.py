"""What somebody who presses a button sees of the floor, and who they are."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from eqboard.accounts.access import Rights, seen_queues
from eqboard.accounts.address import address_of
from eqboard.accounts.rights import arights_of
from eqboard.boards.following import followers
from eqboard.control.doing.attempt import Actor
from eqboard.control.doing.freshness import is_current
from eqboard.control.seats.checking import check_type
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Agent, Part, Snapshot
from eqboard.floor.visible import visible

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


def signed_in(view: View) -> View:
    """Like login_required; but a button pressed after the session ended sends the whole page to the sign-in."""

    @wraps(view)
    async def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = await request.auser()
        if user.is_authenticated:
            return await view(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("sign_in")})
        return redirect("sign_in")

    return check


@dataclass(frozen=True, slots=True)
class Sight:
    """The whole floor, what of it the actor may see (`view`), and who they are.

    What another team has is not there at all. What is there comes from the whole floor: an agent with all their queues,
    the unseen ones too, as those decide what may be done.
    """

    actor: Actor
    floor: Floor
    view: Snapshot

    @property
    def rights(self) -> Rights:
        return self.actor.rights

    @property
    def whole(self) -> Snapshot:
        return self.floor.snapshot

    def agent(self, agent_id: int) -> Agent | None:
        return self.whole.agents[agent_id] if agent_id in self.view.agents else None

    def is_current(self, *parts: Part) -> bool:
        """Whether these are known as of this moment."""
        return is_current(self.floor, parts, datetime.now(UTC))


async def look(request: HttpRequest) -> Sight:
    user = await request.auser()
    assert isinstance(user, User)  # noqa: S101 (signed_in has seen to it)
    if request.method == "POST":
        await check_type(user.pk, datetime.now(UTC))
    return await see(Actor(user, await arights_of(user), address_of(request)))


async def see_anew(actor: Actor) -> Sight:
    """With the rights that they have by now: they may be others than when they began."""
    user = await User.objects.aget(pk=actor.user.pk)
    return await see(replace(actor, user=user, rights=await arights_of(user)))


async def see(actor: Actor) -> Sight:
    """As it is now."""
    floor = await followers.get().newest()
    return Sight(actor, floor, visible(floor.snapshot, seen_queues(actor.rights)))

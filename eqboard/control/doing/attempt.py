"""One press of a button: who, what, to whom; and writing down how far it has come."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

from eqboard.accounts.access import Rights, may_do, may_ever
from eqboard.config import get_config
from eqboard.control.audit import AlreadyDone, Doer, Thing, write_down
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.obstacles import Obstacle
from eqboard.control.catalogue.order import Order
from eqboard.control.models import AuditEntry, Step


@dataclass(frozen=True, slots=True)
class Actor:
    user: User
    rights: Rights
    address: str | None

    @property
    def name(self) -> str:
        """As others see it."""
        return self.user.get_full_name() or self.user.get_username()


@dataclass(frozen=True, slots=True)
class Target:
    """What an order is about, as the whole floor knew it. `subject` and `slot` are those of claims (feed/claims.py).

    `queues` are the ones that the order touches. `is_own`: one's own telephone, or what one has begun oneself. `party`
    is who is at the other end of the call that it is about, where that goes by the name of who has the telephone.
    `number` is the caller's, by which they can be called back if they get lost.
    """

    id: str
    name: str
    queues: tuple[str, ...]
    subject: str
    slot: str
    agent: int | None = None
    is_own: bool = False
    party: str = ""
    number: str = ""


def allows(rights: Rights, right: str, target: Target) -> bool:
    """By a team, on all that it touches; one's own telephone serves whoever may do it at all. "" is the right of who
    began it.
    """
    if not right:
        return target.is_own
    if target.is_own:
        return may_ever(rights, right)
    return may_do(rights, right, target.queues, target.agent)


def attempt_id(press: uuid.UUID, user_id: int) -> uuid.UUID:
    """The attempt that a press is, by the number that the page gave it: the same number is another one to anybody else.

    Ids of attempts stand in the audit log, and with each goes the one that undoes it (before.py). As they hang on
    SECRET_KEY too, no number can be chosen that meets them.
    """
    digest = salted_hmac("eqboard.control attempt 1", f"{user_id} {press}", algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16], version=4)


@dataclass(frozen=True, slots=True)
class Attempt:
    """`reason` is the one that was given, where a policy asks for it."""

    id: uuid.UUID
    actor: Actor
    order: Order
    target: Target
    reason: str = ""
    batch: uuid.UUID | None = None  # of several that were pressed for together

    @property
    def action(self) -> Action:
        return CATALOGUE[self.order.action]

    @property
    def needs_reason(self) -> bool:
        """Whether a policy demands one that was not given."""
        return not self.reason and self.action.right in get_config().actions_with_reason

    def is_allowed(self) -> bool:
        return allows(self.actor.rights, self.action.right, self.target)

    @property
    def relations(self) -> dict[str, str]:
        """The attempts that it belongs with, for the audit."""
        named = {"batch": self.batch, "undoes": self.order.undoes}
        return {name: str(each) for name, each in named.items() if each}

    async def turn_away(self, step: Step, obstacle: Obstacle | None = None) -> None:
        """Nothing is sent; that it was tried is written down, once. Of a press that was begun nothing is."""
        told = obstacle.as_data() if obstacle else {}
        whither = {"destination": self.order.destination} if self.order.destination else {}
        if not await self.is_begun():
            with suppress(AlreadyDone):
                await self.note(step, **told, **whither, **self.relations)

    async def is_begun(self) -> bool:
        """Whether this very press was written down before."""
        return await AuditEntry.objects.filter(attempt=self.id).aexists()

    async def note(self, step: Step, **details: Any) -> None:
        """Raises AlreadyDone when this very press was written down before."""
        doer, thing = Doer(self.actor.user, self.actor.address), Thing(self.target.id, self.target.name)
        caller = {"party": self.target.party, "number": self.target.number}
        details |= {name: each for name, each in caller.items() if each}
        await sync_to_async(write_down)(
            doer, self.order.action, thing, step, details, self.id, queues=self.target.queues, reason=self.reason
        )

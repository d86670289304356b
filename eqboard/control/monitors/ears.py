"""Who listens from where, as the strip on their own pages tells it: by their claims, and by what goes on at the
telephone from which they listen. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from eqboard.accounts.access import MONITORING, Rights, may_do
from eqboard.control.catalogue.evidence import is_up, ref_at_telephone
from eqboard.control.catalogue.listening import listening_call
from eqboard.control.catalogue.order import CallRef
from eqboard.feed import slots
from eqboard.feed.claims import Claim
from eqboard.feed.follow import Floor
from eqboard.floor.snapshot import Agent, LineCall


class Hearing(StrEnum):
    """How far a listening has come."""

    CALLING = "calling"  # one's own telephone does not ring yet, as far as is known
    RINGING = "ringing"
    LISTENING = "listening"


@dataclass(frozen=True, slots=True)
class Ear:
    """One listening, from one's own extension to an agent. `attempt` is the one that began it, `since` when it did; to
    what it is about to change, or that it is to end, is `next_action`.
    """

    extension: str
    agent: Agent
    action: str
    attempt: str
    hearing: Hearing
    since: datetime | None
    call: LineCall | None  # by which it listens, where it was seen
    others: tuple[str, ...]  # who else listens there
    ways: tuple[str, ...]  # in which of the three ways one may listen to this agent
    next_action: str = ""


def ears_of(floor: Floor, user_id: int, rights: Rights) -> list[Ear]:
    """All of one's own, the first to begin first."""
    own = sorted((each for each in _listening(floor) if each.user_id == user_id), key=lambda each: each.since)
    return [ear for claim in own if (ear := _ear(claim, floor, rights)) is not None]


def _listening(floor: Floor) -> Iterator[Claim]:
    return (each for each in floor.claims.values() if slots.rung(each.slot) and each.action in MONITORING)


def _ear(claim: Claim, floor: Floor, rights: Rights) -> Ear | None:
    agent = agent_of(claim, floor)
    if agent is None:
        return None
    extension = slots.rung(claim.slot) or ""
    call = _call_of(claim, agent, extension, floor)
    is_heard = call is not None and is_up(call)
    queues = [each.queue for each in agent.signed_in]
    return Ear(
        extension=extension,
        agent=agent,
        action=claim.action,
        attempt=claim.attempt,
        hearing=Hearing.LISTENING if is_heard else Hearing.RINGING if call else Hearing.CALLING,
        since=max(call.answered_at or claim.since, claim.since) if call and is_heard else None,
        call=call,
        others=_others(claim, floor),
        ways=tuple(each for each in MONITORING if may_do(rights, each, queues, agent.id)),
        next_action=_next(claim, extension, floor),
    )


def agent_of(claim: Claim, floor: Floor) -> Agent | None:
    """To whom somebody listens."""
    agents = floor.snapshot.agents.values()
    return next((each for each in agents if claim.subject == slots.agent(each.id)), None)


def _call_of(claim: Claim, agent: Agent, extension: str, floor: Floor) -> LineCall | None:
    """What was read before the claim began is of another listening."""
    line = floor.snapshot.lines.get(extension)
    if line is None or line.asked_at is None or line.asked_at < claim.since or not agent.extension:
        return None
    return listening_call(line, agent.extension)


def _others(claim: Claim, floor: Floor) -> tuple[str, ...]:
    there = {each.user_id: each.who for each in _listening(floor) if each.subject == claim.subject}
    return tuple(sorted(who for user_id, who in there.items() if user_id != claim.user_id))


def _next(claim: Claim, extension: str, floor: Floor) -> str:
    coming = (floor.claims.get(each) for each in (slots.stopping(extension), slots.following(claim.slot)))
    return next((each.action for each in coming if each and each.user_id == claim.user_id), "")


def call_from(floor: Floor, user_id: int, extension: str) -> CallRef | None:
    """The call by which somebody listens from there already: they go over to another way, or to somebody else."""
    claim = floor.claims.get(slots.ringing(extension))
    agent = agent_of(claim, floor) if claim and claim.user_id == user_id else None
    call = _call_of(claim, agent, extension, floor) if claim and agent else None
    return ref_at_telephone(call, extension) if call else None

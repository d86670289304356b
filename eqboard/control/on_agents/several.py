"""Several agents, one after the other, a few at once: each an attempt of its own, whoever goes away meanwhile."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.doing.attempt import Attempt
from eqboard.control.doing.perform import perform
from eqboard.control.marks import newest_entry
from eqboard.control.models import AuditEntry, Step
from eqboard.loops import endings

logger = logging.getLogger(__name__)

MOST = 200  # agents at once
AT_ONCE = 4  # of them in flight
AWAY = ("EQUnreachable", "EQBroken", "EQSignedOut")
"""EQ's errors after which the next one would fare no better."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with one of them; or why not, if nothing but that is to be written down, as `step`."""

    attempt: Attempt
    obstacle: Obstacle | None = None
    step: Step = Step.REFUSED


Planner = Callable[[int], Awaitable[Plan | None]]
"""Asked when it is somebody's turn, by their id. None: there is nothing to be done, nor to be written down."""


@dataclass(slots=True)
class Turns:
    """Those who wait for theirs. Once EQ did not answer, or the process is told to end, nobody else is asked for."""

    planner: Planner
    agents: Iterator[int]
    is_eq_away: bool = field(default=False)

    async def go_on(self) -> None:
        for agent in self.agents:
            try:
                await self._take(agent)
            except Exception:  # a fault of ours with one of them is none of the others'
                logger.exception("An action for one of several failed in a way that nobody expected")

    async def _take(self, agent: int) -> None:
        plan = await self.planner(agent)
        if plan is not None:
            await self._carry_out(plan)

    async def _carry_out(self, plan: Plan) -> None:
        attempt = plan.attempt
        too_late = self._too_late()
        is_too_late = too_late is not None and attempt.is_allowed() and not await attempt.is_begun()
        obstacle = too_late if is_too_late else plan.obstacle
        if obstacle is not None:
            await attempt.turn_away(plan.step, obstacle)
            return
        entry = await newest_entry(await perform(attempt, is_answer_awaited=True), attempt.actor.user.pk)
        self.is_eq_away = self.is_eq_away or (entry is not None and _is_away(entry))

    def _too_late(self) -> Obstacle | None:
        if endings.get().is_set():
            return Obstacle(Why.RESTARTING)
        return Obstacle(Why.EQ_AWAY) if self.is_eq_away else None


async def take_turns(agents: Iterable[int], planner: Planner) -> None:
    turns = Turns(planner, iter(agents))
    await asyncio.gather(*(turns.go_on() for _ in range(AT_ONCE)))


def attempt_of(batch: uuid.UUID, agent: int) -> uuid.UUID:
    """The number of one agent's press, from that of the form: sent twice, it acts once for each."""
    return uuid.uuid5(batch, str(agent))


async def newest_entries(attempts: Sequence[uuid.UUID], user_id: int) -> dict[uuid.UUID, AuditEntry]:
    """Only for the one who made them."""
    found = AuditEntry.objects.filter(attempt__in=attempts, actor_id=user_id).order_by("id")
    return {entry.attempt: entry async for entry in found}


def _is_away(entry: AuditEntry) -> bool:
    is_bad = entry.step in (Step.REFUSED, Step.UNKNOWN)
    return is_bad and entry.details.get("error") in AWAY

"""What became of several presses at once: a line for each, and how many are done."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from eqboard.boards.templatetags.board import outside
from eqboard.control.audit.story import LOST_AFTER
from eqboard.control.doing.before import undo_id
from eqboard.control.doing.offers import Offer, deeds_of, offered, was_undone
from eqboard.control.marks import Outcome, outcome_of
from eqboard.control.models import AuditEntry, Step
from eqboard.control.on_agents.several import attempt_of, newest_entries
from eqboard.control.saying import say
from eqboard.control.sight import Sight

GOOD = (Step.CONFIRMED, Step.DONE)
WAITING = "waiting"  # for its turn


@dataclass(frozen=True, slots=True)
class Batch:
    """`id`: the attempt that the press for all of them is. `began_at`: as the page knows it, in whole seconds.
    `is_undo`: what is told of is that it was undone.
    """

    id: uuid.UUID
    agents: tuple[int, ...]
    began_at: datetime
    is_undo: bool = False

    @classmethod
    def begun(cls, batch: uuid.UUID, agents: Sequence[int], *, is_undo: bool = False) -> "Batch":
        return cls(batch, tuple(agents), datetime.now(UTC).replace(microsecond=0), is_undo)

    @classmethod
    def read(cls, batch: uuid.UUID, agents: Sequence[int], query: QueryDict, *, is_undo: bool = False) -> "Batch":
        """From the address where the page asks; a moment that makes no sense is long ago."""
        text = query.get("at", "")
        seconds = int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0
        return cls(batch, tuple(agents), datetime.fromtimestamp(seconds, UTC), is_undo)

    @property
    def attempts(self) -> dict[int, uuid.UUID]:
        """By agent."""
        pressed = {agent: attempt_of(self.id, agent) for agent in self.agents}
        return {agent: undo_id(each) for agent, each in pressed.items()} if self.is_undo else pressed

    @property
    def url(self) -> str:
        name = "control:undo_together" if self.is_undo else "control:together_progress"
        query = urlencode([("at", int(self.began_at.timestamp())), *(("agent", each) for each in self.agents)])
        return f"{reverse(name, args=[self.id])}?{query}"

    @property
    def undo_url(self) -> str:
        return reverse("control:undo_together", args=[self.id])


@dataclass(frozen=True, slots=True)
class Line:
    agent: int
    name: str
    outcome: Outcome

    @property
    def is_named(self) -> bool:
        """Whether the sentence says who it is about."""
        return escape(outside(self.name)) in self.outcome.sentence

    @property
    def is_open(self) -> bool:
        return self.outcome.state == WAITING or not self.outcome.is_settled

    @property
    def is_good(self) -> bool:
        return not self.is_open and self.outcome.state in GOOD


@dataclass(frozen=True, slots=True)
class Result:
    batch: Batch
    lines: tuple[Line, ...]
    undo: Offer | None

    @property
    def open_count(self) -> int:
        return sum(each.is_open for each in self.lines)

    @property
    def good_count(self) -> int:
        return sum(each.is_good for each in self.lines)

    @property
    def bad_count(self) -> int:
        return len(self.lines) - self.open_count - self.good_count


async def result_of(batch: Batch, sight: Sight) -> Result:
    user_id, now = sight.actor.user.pk, datetime.now(UTC)
    attempts = batch.attempts
    entries = await newest_entries(list(attempts.values()), user_id)
    heard_at = max([batch.began_at, *(each.at for each in entries.values())])
    is_given_up = now - heard_at > LOST_AFTER
    lines = [_line(agent, entries.get(each), sight, is_given_up=is_given_up) for agent, each in attempts.items()]
    lines.sort(key=lambda each: (each.is_good, each.name.casefold(), each.agent))
    offer = None if batch.is_undo or _is_awaited(lines) else await _offer(attempts, sight, now)
    return Result(batch, tuple(lines), offer)


def _is_awaited(lines: Sequence[Line]) -> bool:
    """Whether EQ has yet to answer for one of them."""
    return any(each.outcome.state in (WAITING, Step.ASKED) for each in lines)


async def _offer(attempts: dict[int, uuid.UUID], sight: Sight, now: datetime) -> Offer | None:
    """One for all of them."""
    user_id = sight.actor.user.pk
    deeds = await deeds_of(attempts.values(), user_id)
    if not deeds or await was_undone(deeds):
        return None
    return offered(deeds.values(), sight.rights, now)


def _line(agent_id: int, entry: AuditEntry | None, sight: Sight, *, is_given_up: bool) -> Line:
    agent = sight.agent(agent_id)
    if entry is not None:
        return Line(agent_id, entry.target_name, outcome_of(entry))
    if agent is None:
        gone = say(_("Not on your board any more, so nothing was sent."))
        return Line(agent_id, f"#{agent_id}", Outcome("refused", gone))
    if is_given_up:
        return Line(agent_id, agent.name, Outcome("refused", say(_("Their turn never came, so nothing was sent."))))
    return Line(agent_id, agent.name, Outcome(WAITING, say(_("Waits for its turn…"))))

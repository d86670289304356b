"""What became of several presses at once: a line for each, and how many are done."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eqboard.boards.templatetags.board import outside
from eqboard.control.audit.story import answered_within
from eqboard.control.doing.offers import Offer, deeds_of, offered, tries_of
from eqboard.control.marks import Outcome, outcome_of
from eqboard.control.models import AuditEntry, Step
from eqboard.control.on_agents.several import attempt_of, newest_entries
from eqboard.control.on_agents.skipped import Skip, as_text, read_skipped, why_skipped
from eqboard.control.saying import say
from eqboard.control.sight import Sight

GOOD = (Step.CONFIRMED, Step.DONE)
WAITING = "waiting"  # for its turn


@dataclass(frozen=True, slots=True)
class Batch:
    """`id`: the attempt that the press for all of them is. `began_at`: as the page knows it, in whole seconds.
    `undone_by`: by agent, what undoes that; then it is told of this. None: of the press itself. `skipped` are the
    others who were selected, for whom nothing was to be sent.
    """

    id: uuid.UUID
    agents: tuple[int, ...]
    began_at: datetime
    undone_by: Mapping[int, uuid.UUID] | None = None
    skipped: Mapping[int, Skip] = field(default_factory=dict)

    @classmethod
    def begun(
        cls, batch: uuid.UUID, agents: Sequence[int], undone_by: Mapping[int, uuid.UUID] | None = None
    ) -> "Batch":
        return cls(batch, tuple(agents), datetime.now(UTC).replace(microsecond=0), undone_by)

    @classmethod
    def read(cls, batch: uuid.UUID, agents: Sequence[int], query: QueryDict) -> "Batch":
        """From the address where the page asks; a moment that makes no sense is long ago."""
        text = query.get("at", "")
        seconds = int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0
        skipped = read_skipped(query.getlist("skip"))
        return cls(batch, tuple(agents), datetime.fromtimestamp(seconds, UTC), skipped=skipped)

    @property
    def is_undo(self) -> bool:
        return self.undone_by is not None

    @property
    def pressed(self) -> dict[int, uuid.UUID]:
        """The attempts of the press itself, by agent."""
        return {agent: attempt_of(self.id, agent) for agent in self.agents}

    @property
    def attempts(self) -> Mapping[int, uuid.UUID]:
        """Those that are told of, by agent."""
        return self.pressed if self.undone_by is None else self.undone_by

    @property
    def url(self) -> str:
        name = "control:undo_together" if self.is_undo else "control:together_progress"
        agents = [("agent", str(each)) for each in self.agents]
        skipped = [("skip", as_text(agent, skip)) for agent, skip in self.skipped.items()]
        query = urlencode([("at", str(int(self.began_at.timestamp()))), *agents, *skipped])
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
class LeftOut:
    agent: int
    name: str
    why: SafeString


@dataclass(frozen=True, slots=True)
class Result:
    batch: Batch
    lines: tuple[Line, ...]
    undo: Offer | None
    left_out: tuple[LeftOut, ...] = ()

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
    is_given_up = now - heard_at > answered_within()
    lines = [_line(agent, entries.get(each), sight, is_given_up=is_given_up) for agent, each in attempts.items()]
    lines.sort(key=lambda each: (each.is_good, each.name.casefold(), each.agent))
    offer = None if _is_awaited(lines) else await _offer(batch, sight, now)
    return Result(batch, tuple(lines), offer, _left_out(batch, sight))


def _left_out(batch: Batch, sight: Sight) -> tuple[LeftOut, ...]:
    others = {agent: skip for agent, skip in batch.skipped.items() if agent not in batch.agents}
    found = [LeftOut(agent, _name(agent, sight), why_skipped(skip)) for agent, skip in others.items()]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.agent)))


def _name(agent_id: int, sight: Sight) -> str:
    agent = sight.agent(agent_id)
    return agent.name if agent else f"#{agent_id}"


def _is_awaited(lines: Sequence[Line]) -> bool:
    """Whether EQ has yet to answer for one of them."""
    return any(each.outcome.state in (WAITING, Step.ASKED) for each in lines)


async def _offer(batch: Batch, sight: Sight, now: datetime) -> Offer | None:
    """One for all of them; and when that was refused for some before EQ was asked, to try again for those."""
    deeds = await deeds_of(batch.pressed.values(), sight.actor.user.pk)
    tries = await tries_of(deeds)
    left = [deed for attempt, deed in deeds.items() if not tries[attempt].was_asked]
    is_begun = len(left) < len(deeds) and not batch.is_undo
    return None if is_begun else offered(left, sight.rights, now)


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

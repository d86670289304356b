"""An attempt as the audit log tells it: on a page, and in a file for spreadsheets."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from eqboard.accounts.access import Rights, seen_queues
from eqboard.control.audit.discretion import discreet
from eqboard.control.audit.steps import Told, name_of_step, tell_step
from eqboard.control.audit.story import Story, complaints, eq_answer, standing
from eqboard.control.audit.titles import title
from eqboard.control.catalogue.evidence import Stage
from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import sentence

ANSWERS: dict[str, Promise] = {
    Step.ACCEPTED: pgettext_lazy("EQ's answer", "accepted"),
    Step.REFUSED: pgettext_lazy("EQ's answer", "refused"),
    Step.UNKNOWN: pgettext_lazy("EQ's answer", "lost"),
}
IN_PART = pgettext_lazy("EQ's answer", "accepted in part")


@dataclass(frozen=True, slots=True)
class Line:
    """One story. `step` is the newest one as it counts at this moment, and `outcome` what it is called; `says` is HTML.
    `queues` are those of what it touched that the reader sees; `has_others`: there are more.
    """

    story: Story
    step: Step
    outcome: str
    says: SafeString
    queues: tuple[str, ...]
    has_others: bool

    @property
    def first(self) -> AuditEntry:
        return self.story.first

    @property
    def action(self) -> str:
        return title(self.first.action)

    @property
    def destination(self) -> str:
        """Where a caller was sent, or what was dialled, as the reader may see it; "" where nobody was sent anywhere."""
        for entry in self.story.entries:
            order = entry.details.get("order")
            for known in (order if isinstance(order, dict) else {}, entry.details):
                if isinstance(known.get("destination"), str):
                    return str(known["destination"])
        return ""

    @property
    def answer(self) -> str:
        """In one word; "" where nothing was sent, or nobody knows yet."""
        entry = eq_answer(self.story)
        if entry is None:
            return ""
        return str(IN_PART if entry.is_partly_done else ANSWERS[entry.step])

    @property
    def eq_words(self) -> list[str]:
        entry = eq_answer(self.story)
        return complaints(entry.details) if entry else []

    @property
    def plain(self) -> str:
        """What it says, without the HTML."""
        return unescape(strip_tags(self.says))

    @property
    def steps(self) -> list[Told]:
        """Each with all that was written down of it."""
        return [tell_step(each) for each in self.story.entries]


def tell(story: Story, rights: Rights, now: datetime, patience_seconds: float, *, is_own: bool = False) -> Line:
    """For somebody with these rights. `patience_seconds`: as in `story.standing`; `is_own`: as in `discreet`."""
    told = discreet(story, rights, is_own=is_own)
    step = standing(told.last, now, patience_seconds)
    newest = copy(told.last)
    if step != newest.step:
        newest.step, newest.details = step, {"seen": Stage.NO_NEWS.value}
    known = seen_queues(rights)
    queues = story.queues if known is None else story.queues & known
    return Line(
        told, step, name_of_step(newest), sentence(newest), tuple(sorted(queues)), has_others=queues != story.queues
    )

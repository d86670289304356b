"""The strip that stands on every page of somebody who listens: to whom, since when, and how to stop."""

import uuid
from collections.abc import AsyncIterator, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eqboard.accounts.access import MONITORING
from eqboard.control.catalogue.listening import STOP_LISTENING, SWITCHED
from eqboard.control.marks import UNSETTLED, Outcome, newest_entry, outcome_of
from eqboard.control.models import Step
from eqboard.control.monitors.ears import ears_of
from eqboard.control.saying import say
from eqboard.control.sight import Sight, look, signed_in

MOST_ATTEMPTS = 8  # of which a page asks what became of them
OUT_OF_SIGHT = "out_of_sight"  # of a listening that nobody attends any more: whether it goes on is not known


@dataclass(frozen=True, slots=True)
class News:
    """What became of an attempt that is not told of as a listening that goes on."""

    attempt: str
    outcome: Outcome

    @property
    def is_open(self) -> bool:
        """Whether there will be more to tell."""
        return self.outcome.state in (*UNSETTLED, OUT_OF_SIGHT)


@require_safe
@signed_in
async def monitoring(request: HttpRequest) -> HttpResponse:
    """What goes on, and what became of the attempts that the page names: `attempts` are those to name again.

    Nothing is asked of EQ for it. `now` is what the page counts by.
    """
    sight = await look(request)
    ears = ears_of(sight.floor, sight.actor.user.pk, sight.rights)
    news = [each async for each in _news(request, sight, {each.attempt for each in ears})]
    coming = [each for each in news if each.is_open]
    return JsonResponse(
        {
            "now": sight.floor.theirs(datetime.now(UTC)).timestamp(),
            "attempts": [*(each.attempt for each in ears), *(each.attempt for each in coming)],
            "ears": await _html(request, "ears", ears=ears, coming=[] if ears else coming, is_blind=_is_blind(sight)),
            "news": await _html(request, "news", news=[each for each in news if not each.is_open]),
        }
    )


@sync_to_async
def _html(request: HttpRequest, piece: str, **context: object) -> str:
    return render_to_string(f"control/listening_{piece}.html", context, request).strip()


def _is_blind(sight: Sight) -> bool:
    """Whether what is told is old."""
    return not sight.floor.is_connected


async def _news(request: HttpRequest, sight: Sight, going_on: Set[str]) -> AsyncIterator[News]:
    user_id = sight.actor.user.pk
    for attempt in _named(request):
        if str(attempt) not in going_on and (outcome := await _told(attempt, user_id)) is not None:
            yield News(str(attempt), outcome)


def _named(request: HttpRequest) -> Iterator[uuid.UUID]:
    """The attempts that the page names; what is none is left out."""
    for text in dict.fromkeys(request.GET.getlist("attempt")[:MOST_ATTEMPTS]):
        try:
            yield uuid.UUID(text)
        except ValueError:
            continue


async def _told(attempt: uuid.UUID, user_id: int) -> Outcome | None:
    """None where there is nothing to tell: of somebody else's, of what is no listening, and of what something else
    tells already.
    """
    entry = await newest_entry(attempt, user_id)
    if entry is None or entry.action not in (*MONITORING, STOP_LISTENING):
        return None
    if entry.step == Step.ENDED and entry.details.get("how") == SWITCHED:
        return None
    if entry.step == Step.CONFIRMED:
        return None if entry.action == STOP_LISTENING else _out_of_sight(entry.target_name)
    return outcome_of(entry)


def _out_of_sight(name: str) -> Outcome:
    text = _(
        "eqboard has lost sight of your listening to %(name)s: whether it goes on is not known. "
        "Hang up at your telephone to end it."
    )
    return Outcome(OUT_OF_SIGHT, say(text, name=name))

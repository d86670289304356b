"""All on which depends what sockets may see, as one look at the database finds it for everybody at once.

Reading the rights of one socket takes five questions to the database. What was equal at two looks need not be read
again: only whoever's own has changed is asked about.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import Error, models
from django.db.models.functions import Cast

from eqboard.accounts.models import Display, Membership, Role, Seat, Team
from eqboard.accounts.seats import MONITOR_ONLY_TYPE
from eqboard.boards.models import DisplayBoard, SavedBoard, ServiceTarget

AT_ONCE = 500  # sessions in one question
SEEN_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose cookies a socket came with: a session and its user, or a paired screen."""

    session: str = ""
    user: int | None = None
    screen: str = ""  # the hash of its token


@dataclass(frozen=True, slots=True)
class Standing:
    everybody: Hashable = None
    users: Mapping[int, Hashable] = field(default_factory=dict)
    screens: Mapping[str, Hashable] = field(default_factory=dict)
    sessions: frozenset[str] = frozenset()  # of those that were asked for, which last

    def of(self, visitor: Visitor) -> Hashable:
        """What matters to one of them, as a value that is to be compared with an earlier or later one."""
        if visitor.user is None:
            return self.everybody, self.screens.get(visitor.screen)
        return self.everybody, self.users.get(visitor.user)

    def has_ended(self, visitor: Visitor) -> bool:
        return visitor.user is not None and visitor.session not in self.sessions


def read_standing(visitors: Iterable[Visitor], now: datetime) -> Standing:
    """Takes as many questions for a thousand sockets as for one. Notes of screens that they are there."""
    visitors = set(visitors)
    _note_seen({each.screen for each in visitors if each.screen}, now)
    return Standing(
        everybody=hash(tuple(_rows(Team, Role, ServiceTarget) + _boards())),
        users=_users(),
        screens=_screens(),
        sessions=_lasting({each.session for each in visitors if each.user is not None}, now),
    )


def _rows(*kinds: type[models.Model]) -> list[Any]:
    """All that is in the tables, as it stands there."""
    return [tuple(map(repr, each._default_manager.order_by("pk").values_list())) for each in kinds]


def _boards() -> list[Any]:
    """Their specs as texts: nobody needs to read them."""
    boards = SavedBoard.objects.order_by("pk").annotate(text=Cast("spec", models.TextField()))
    chosen = DisplayBoard.objects.order_by("pk").values_list("display_id", "board_id")
    return [*boards.values_list("pk", "name", "team_id", "version", "text"), *chosen]


def _users() -> dict[int, Hashable]:
    """A password that is changed ends all sessions of before."""
    known: defaultdict[int, list[Any]] = defaultdict(list)
    for user, *facts in User.objects.values_list("pk", "is_active", "is_superuser", "password"):
        known[user].append(tuple(facts))
    for user, *facts in Membership.objects.order_by("pk").values_list("user_id", "team_id", "role_id"):
        known[user].append(tuple(facts))
    for user in Seat.objects.filter(eq_type=MONITOR_ONLY_TYPE).values_list("user_id", flat=True):
        known[user].append(MONITOR_ONLY_TYPE)
    for user, factor in _second_factors():
        known[user].append(factor)
    return {user: hash(tuple(facts)) for user, facts in known.items()}


def _second_factors() -> Iterable[tuple[int, str]]:
    if settings.SECOND_FACTOR != "required":
        return ()
    authenticators = apps.get_app_config("mfa").get_model("Authenticator")._default_manager
    return authenticators.order_by("pk").values_list("user_id", "type")


def _screens() -> dict[str, Hashable]:
    paired = Display.objects.filter(revoked_at=None).exclude(token_hash="")
    return dict(paired.values_list("token_hash", "team_id"))


def _lasting(sessions: set[str], now: datetime) -> frozenset[str]:
    keys, found = sorted(sessions), set[str]()
    for begin in range(0, len(keys), AT_ONCE):
        asked = Session.objects.filter(session_key__in=keys[begin : begin + AT_ONCE], expire_date__gt=now)
        found.update(asked.values_list("session_key", flat=True))
    return frozenset(found)


def _note_seen(screens: set[str], now: datetime) -> None:
    """Once a minute, as when a screen is read by itself."""
    late = models.Q(seen_at=None) | models.Q(seen_at__lt=now - SEEN_AGAIN_AFTER)
    with suppress(Error):  # a database that may only be read shows the boards all the same
        if screens and (due := Display.objects.filter(late, token_hash__in=screens)).exists():
            due.update(seen_at=now)

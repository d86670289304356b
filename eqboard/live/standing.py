"""All on which depends what sockets may see, as one look at the database finds it for everybody at once.

Reading the rights of one socket takes five questions to the database. What was equal at two looks need not be read
again: only whoever's own has changed is asked about.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models.functions import Cast

from eqboard.accounts.models import Display, Membership, Role, Seat, Team
from eqboard.accounts.seats import MONITOR_ONLY_TYPE
from eqboard.boards.models import DisplayBoard, SavedBoard, ServiceTarget

SESSIONS_AT_ONCE = 500  # sessions in one question
OWN_THREAD = ThreadPoolExecutor(1, "standing")
"""For those who are in. All else that asks the database stands in one line, a thousand who come at once too."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose cookies a socket came with: a session and its user, or a paired screen."""

    session: str = field(default="", repr=False)
    user: int | None = None
    board: str = ""  # at which the user looks: its number; a ready one has none that changes
    screen: str = field(default="", repr=False)  # the hash of its token


@dataclass(frozen=True, slots=True)
class Standing:
    everybody: Hashable = None
    users: Mapping[int, Hashable] = field(default_factory=dict)
    boards: Mapping[str, Hashable] = field(default_factory=dict)
    screens: Mapping[str, Hashable] = field(default_factory=dict, repr=False)
    sessions: frozenset[str] = field(default=frozenset(), repr=False)  # of those that were asked for, which last

    def of(self, visitor: Visitor) -> Hashable:
        """What matters to one of them, as a value that is to be compared with an earlier or later one."""
        if visitor.user is None:
            return self.everybody, self.screens.get(visitor.screen)
        return self.everybody, self.users.get(visitor.user), self.boards.get(visitor.board)

    def has_ended(self, visitor: Visitor) -> bool:
        return visitor.user is not None and visitor.session not in self.sessions


def read_standing(visitors: Iterable[Visitor], now: datetime) -> Standing:
    """Takes hardly more questions for a thousand sockets than for one."""
    boards = _boards()
    return Standing(
        everybody=hash(tuple(_rows(Team, Role, ServiceTarget))),
        users=_users(),
        boards=boards,
        screens=_screens(boards),
        sessions=_lasting({each.session for each in visitors if each.user is not None}, now),
    )


aread_standing = database_sync_to_async(read_standing, thread_sensitive=False, executor=OWN_THREAD)


def _rows(*kinds: type[models.Model]) -> list[Any]:
    """All that is in the tables, as it stands there."""
    return [tuple(map(repr, each._default_manager.order_by("pk").values_list())) for each in kinds]


def _boards() -> dict[str, Hashable]:
    """Their specs as texts: nobody needs to read them."""
    boards = SavedBoard.objects.annotate(text=Cast("spec", models.TextField()))
    facts = boards.values_list("pk", "name", "team_id", "version", "text")
    return {str(board): hash(tuple(rest)) for board, *rest in facts}


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


def _screens(boards: Mapping[str, Hashable]) -> dict[str, Hashable]:
    chosen = {screen: str(board) for screen, board in DisplayBoard.objects.values_list("display_id", "board_id")}
    paired = Display.objects.filter(revoked_at=None).exclude(token_hash="")
    facts = paired.values_list("token_hash", "team_id", "pk")
    return {token: (team, board, boards.get(board)) for token, team, pk in facts for board in [chosen.get(pk, "")]}


def _lasting(sessions: set[str], now: datetime) -> frozenset[str]:
    keys, found = sorted(sessions), set[str]()
    for begin in range(0, len(keys), SESSIONS_AT_ONCE):
        asked = Session.objects.filter(session_key__in=keys[begin : begin + SESSIONS_AT_ONCE], expire_date__gt=now)
        found.update(asked.values_list("session_key", flat=True))
    return frozenset(found)

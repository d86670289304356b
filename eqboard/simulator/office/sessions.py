"""User sessions: who is signed in to the system, and what is in the way of it (EQ API text, User Sessions). Pure.

A session is valid until it is destroyed, and active until it times out: then its next request wakes it again. A user
is signed in if and only if they have a valid, active session. One active session for each user, one for each extension.

Beside the active one, a user has at most the one that had timed out when they signed in anew: as long as they are
signed in it is in conflict, and when they are not any more it is destroyed, lest an old token sign them in again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from eqboard.eq.errors import Complaint
from eqboard.simulator.agenda import Event
from eqboard.simulator.refusals import Refusal

PING_SECONDS = 15.0  # how often the simulated staff's own sessions are kept alive
TIME_OUT_SECONDS = 120.0  # without a ping: long enough for a page to load anew and for a short failure of the network
SESSION_DOES_NOT_EXIST = "The session doesn't exist or is no longer valid"


class Kind(StrEnum):
    """Supervisors and agents have ids of their own: agent 1 is not supervisor 1."""

    SUPERVISOR = "supervisor"
    AGENT = "agent"


@dataclass(slots=True, eq=False)
class Session:
    """`digest` is of the token, which is nowhere kept itself; None for the simulated staff's own sessions, which ping
    by themselves. Moments in UNIX seconds.
    """

    kind: Kind
    user: int
    extension: str | None
    signed_in_at: float
    last_ping_at: float
    digest: bytes | None = None
    is_active: bool = False
    time_out_event: Event | None = None

    @property
    def is_by_token(self) -> bool:
        """Whether somebody holds its token, and so leads this user through the API."""
        return self.digest is not None

    @property
    def times_out_at(self) -> float:
        """When it will be inactive unless it is pinged before."""
        return self.last_ping_at + TIME_OUT_SECONDS if self.is_by_token else float("inf")

    def pinged_at(self, now: float) -> float:
        """The last ping up to now."""
        if self.is_by_token:
            return self.last_ping_at
        return now - (now - self.signed_in_at) % PING_SECONDS


class Sessions:
    """All valid sessions."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, Session] = {}
        self._valid: dict[tuple[Kind, int], list[Session]] = {}  # by user, in the order in which they began
        self._active: dict[tuple[Kind, int], Session] = {}
        self._at: dict[str, list[Session]] = {}  # the active ones, by extension

    def active(self, kind: Kind) -> list[Session]:
        """The active sessions of agents or of supervisors, by user id."""
        return [self._active[key] for key in sorted(self._active) if key[0] is kind]

    def active_of(self, kind: Kind, user: int) -> Session | None:
        """The session by which the user is signed in."""
        return self._active.get((kind, user))

    def all_of(self, kind: Kind, user: int) -> list[Session]:
        """Every valid session of the user, those included that have timed out."""
        return list(self._valid.get((kind, user), ()))

    def with_token(self, kind: Kind, token: str) -> Session | None:
        """The valid session of that kind with that token."""
        session = self._by_digest.get(digest_of(token))
        return session if session is not None and session.kind is kind else None

    def already_signed_in(self, kind: Kind, user: int) -> list[Complaint]:
        """Whether the user has an active session."""
        if self.active_of(kind, user) is None:
            return []
        return [Complaint(None, "already_signed_in", f"The {kind} is already signed in with another session")]

    def in_use(self, kind: Kind, user: int, extension: str | None) -> list[Complaint]:
        """Whether another user is signed in at the extension; supervisors and agents alike."""
        there = self._at.get(extension, []) if extension else []
        if all((each.kind, each.user) == (kind, user) for each in there):
            return []
        return [Complaint("extension", "in_use", "Another user is signed in at the extension")]

    def shared_extensions(self) -> Iterable[tuple[str, list[Session]]]:
        """Extensions at which there are several, which no rule lets happen."""
        return ((extension, there) for extension, there in self._at.items() if len(there) > 1)

    def activate(self, session: Session, now: float) -> None:
        """Sign the session's user in; what is in the way of it is for the caller to look after."""
        session.is_active, session.signed_in_at, session.last_ping_at = True, now, now
        self._active[session.kind, session.user] = session
        valid = self._valid.setdefault((session.kind, session.user), [])
        if session not in valid:
            valid.append(session)
        if session.extension:
            self._at.setdefault(session.extension, []).append(session)
        if session.digest is not None:
            self._by_digest[session.digest] = session

    def deactivate(self, session: Session) -> None:
        """Sign the session's user out; the session stays valid."""
        if not session.is_active:
            return
        session.is_active = False
        del self._active[session.kind, session.user]
        if session.extension:
            there = self._at[session.extension]
            there.remove(session)
            if not there:
                del self._at[session.extension]

    def destroy(self, session: Session) -> None:
        """Sign the session's user out for good."""
        self.deactivate(session)
        if session.digest is not None:
            self._by_digest.pop(session.digest, None)
        valid = self._valid.get((session.kind, session.user), [])
        if session in valid:
            valid.remove(session)
        if not valid:
            self._valid.pop((session.kind, session.user), None)


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).digest()


def unknown_session(parameter: str, *, status: int) -> Refusal:
    """`nonexistent`, for a token that was destroyed or never given out."""
    return Refusal(parameter, "nonexistent", SESSION_DOES_NOT_EXIST, status=status)

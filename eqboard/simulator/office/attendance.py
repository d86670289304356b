"""Attendance: users sign in to the system and out of it, time out and come back, and what follows for the floor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from secrets import token_hex

from eqboard.eq.errors import Complaint
from eqboard.simulator.agenda import Agenda
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, Supervisor
from eqboard.simulator.office.sessions import Kind, Session, Sessions, digest_of, unknown_session
from eqboard.simulator.refusals import refuse_if

TOKEN_BYTES = 32  # 64 characters (EQ API text, "64-byte string"); not of the seeded world: nobody may guess them


class Attendance:
    """Who is signed in. `leave_queues` is what happens to an agent who is not any more."""

    def __init__(self, agenda: Agenda, directory: Directory, leave_queues: Callable[[Agent], None]) -> None:
        self.sessions = Sessions()
        self._agenda = agenda
        self._directory = directory
        self._leave_queues = leave_queues

    # Sessions by token: whoever uses the API

    def sign_in(self, kind: Kind, user: int, extension: str | None, *, force: bool = False) -> str:
        """Begin a session for a user who exists; returns its token, which is shown this once.

        `force` destroys the user's other session. One that has timed out is in nobody's way, but cannot come back any
        more (EQ API text, User Sessions). Refusal: already_signed_in without a parameter; extension in_use or
        nonexistent.
        """
        refuse_if(self._in_the_way(kind, user, extension, force=force))
        other = self.sessions.active_of(kind, user)
        if other is not None:
            self._end(other)
        token = token_hex(TOKEN_BYTES)
        self._activate(Session(kind, user, extension, self._agenda.now, self._agenda.now, digest_of(token)))
        return token

    def sign_out(self, kind: Kind, token: str) -> None:
        """Destroy a session, whether or not it has timed out; with the active one, whatever else the user has.

        Refusal: token nonexistent, 404.
        """
        session = self.sessions.with_token(kind, token)
        if session is None:
            raise unknown_session("token", status=404)
        self._end(session)

    def refresh(self, kind: Kind, token: str) -> None:
        """A request in the user's name: a ping, which signs in again whoever has timed out.

        Refusal 401: the token is nonexistent; or, for one who has timed out, already_signed_in elsewhere, or the
        extension is in_use or nonexistent.
        """
        session = self.sessions.with_token(kind, token)
        if session is None:
            raise unknown_session(f"auth_{kind}_session", status=401)
        if session.is_active:
            session.last_ping_at = self._agenda.now
            return
        refuse_if(self._in_the_way(kind, session.user, session.extension), status=401)
        self._activate(session)

    # The simulated staff

    def come_to_work(self, user: Agent | Supervisor) -> None:
        """Sign in at the usual desk, with a session that pings by itself. Refusal: as for `sign_in`, or blank for who
        has no desk.
        """
        kind = kind_of(user)
        if kind is Kind.AGENT and not user.desk:
            refuse_if([Complaint("extension", "blank", "Extension not specified")])
        refuse_if(self._in_the_way(kind, user.id, user.desk))
        self._activate(Session(kind, user.id, user.desk or None, self._agenda.now, self._agenda.now))

    def go_home(self, user: Agent | Supervisor) -> None:
        """Destroy the session by which the user is signed in, if any."""
        session = self.sessions.active_of(kind_of(user), user.id)
        if session is not None:
            self._end(session)

    def dismiss(self, user: Agent | Supervisor) -> None:
        """Destroy every session of a user who is deleted: none may sign them in again."""
        for session in self.sessions.all_of(kind_of(user), user.id):
            self._end(session)

    def is_led(self, user: Agent | Supervisor) -> bool:
        """Whether somebody signed the user in through the API, so that their own plans have to wait."""
        session = self.sessions.active_of(kind_of(user), user.id)
        return session is not None and session.is_by_token

    # Both

    def _in_the_way(self, kind: Kind, user: int, extension: str | None, *, force: bool = False) -> list[Complaint]:
        """`force` moves the user's own session out of the way, never another user's."""
        found = [] if force else self.sessions.already_signed_in(kind, user)
        if extension and extension not in self._directory.extensions:
            return [*found, Complaint("extension", "nonexistent", "Extension does not exist")]
        return [*found, *self.sessions.in_use(kind, user, extension)]

    def _activate(self, session: Session) -> None:
        self.sessions.activate(session, self._agenda.now)
        if session.kind is Kind.AGENT:
            agent = self._directory.agents[session.user]
            agent.session_since = self._agenda.now
            agent.extension = session.extension or ""
        self._expect_time_out(session)

    def _expect_time_out(self, session: Session) -> None:
        if session.is_by_token:
            seconds = session.times_out_at - self._agenda.now
            session.time_out_event = self._agenda.after(seconds, partial(self._look_after, session))

    def _look_after(self, session: Session) -> None:
        """One look at a time is planned for an active session, for the moment when it would time out."""
        if not session.is_active:
            return
        if self._agenda.now < session.times_out_at:
            self._expect_time_out(session)
        else:
            self._deactivate(session)

    def _end(self, session: Session) -> None:
        self._deactivate(session)
        self.sessions.destroy(session)

    def _deactivate(self, session: Session) -> None:
        """The user is not signed in any more. A call in progress goes on, at the telephone where it is.

        What they had from before this session is destroyed: only the last one may come back after a time-out.
        """
        if not session.is_active:
            return
        self.sessions.deactivate(session)
        for other in self.sessions.all_of(session.kind, session.user):
            if other is not session:
                self.sessions.destroy(other)
        if session.time_out_event is not None:
            session.time_out_event.cancel()
            session.time_out_event = None
        if session.kind is Kind.AGENT:
            agent = self._directory.agents[session.user]
            self._leave_queues(agent)
            agent.session_since = None
            if agent.call is None:
                agent.extension = agent.desk


def kind_of(user: Agent | Supervisor) -> Kind:
    """Which of the two kinds of user it is."""
    return Kind.AGENT if isinstance(user, Agent) else Kind.SUPERVISOR

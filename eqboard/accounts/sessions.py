"""How long somebody stays signed in: for a working day from when they signed in, whatever they do meanwhile.

Nobody clicks on a board for hours and looks at it all the time, so there is no limit by idleness (OWASP's session
management cheat sheet asks for one or the other, by what the site is for).
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest


def begin_session(request: HttpRequest) -> None:
    """After a sign-in, which has given the session a new key. A session that is written later ends no later."""
    request.session.set_expiry(datetime.now(UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def end_sessions(user_id: int, but: str | None = None) -> None:
    """Sign somebody out everywhere, but in the session with this key. A session does not tell whose it is until it is
    opened, so all are: there are as many as people who signed in lately.
    """
    going_on = Session.objects.filter(expire_date__gt=datetime.now(UTC)).exclude(session_key=but)
    for session in going_on.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()

"""Where sessions are kept: Django's table (its `SESSION_ENGINE`)."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's looks for whatever a cookie holds; in quotes that may be a NUL, which PostgreSQL answers by an error.

    Sessions are sealed by the name of this class: with another one nobody would be signed in any more.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if session_key and _may_be_key(session_key) else None)


def _may_be_key(text: str) -> bool:
    """All of ours are letters and digits."""
    return text.isascii() and text.isalnum()

"""Who may come in with a browser: by the EQ key or the trainer's password, once, and by a cookie from then on.

A key in an address would be kept in a browser's history, so a browser gets none. The cookie admits to the levers and
the page, never to the EQ API. Pure: moments, in UNIX seconds, come in as arguments.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_urlsafe

from eqboard.simulator.refusals import Refusal

STAY_SECONDS = 12 * 3600.0
MOST_VISITORS = 50  # whoever signs in as one more takes the place of who has been in longest
MOST_WRONG_TRIES = 10  # from one address
MOST_WRONG_TRIES_OF_ALL = 300
WRONG_TRIES_SECONDS = 60.0


class Visitors:
    """Who is signed in, by the digest of their token: the token itself is nowhere kept."""

    def __init__(self, passwords: Sequence[str]) -> None:
        """`passwords`: each of them, unless it is blank, lets in."""
        self._digests = [_digest(password) for password in passwords if password]
        self._came_at: dict[bytes, float] = {}  # in order of coming
        self._wrong: deque[tuple[float, str]] = deque(maxlen=MOST_WRONG_TRIES_OF_ALL)  # when, and from where

    def sign_in(self, password: str, now: float, address: str) -> str:
        """A new token for somebody at a network address, "" for an unknown one. Refusal: `blank`; 401 `invalid` for a
        wrong one; 429 after ten of those from there within a minute, or 300 from wherever, however right this one is:
        who guesses has no name, but one who guesses elsewhere keeps nobody out who knows.
        """
        if not password:
            raise Refusal("password", "blank", "Say the password, or EQ's key")
        self._refuse_in_a_hurry(now, address)
        if not self._is_right(password):
            self._wrong.append((now, address))
            raise Refusal("password", "invalid", "The password is wrong", status=401)
        token = token_urlsafe(32)
        while len(self._came_at) >= MOST_VISITORS:
            del self._came_at[next(iter(self._came_at))]
        self._came_at[_digest(token)] = now
        return token

    def is_known(self, token: str, now: float) -> bool:
        """Whether the token is of a visitor who came less than twelve hours ago and has not signed out."""
        came_at = self._came_at.get(_digest(token))
        return came_at is not None and abs(now - came_at) < STAY_SECONDS

    def sign_out(self, token: str) -> None:
        """The token is worth nothing any more; one that was not, stays so."""
        self._came_at.pop(_digest(token), None)

    def _refuse_in_a_hurry(self, now: float, address: str) -> None:
        """A clock that has jumped back makes nobody wait for longer than the minute."""
        recent = [(at, where) for at, where in self._wrong if 0 <= now - at < WRONG_TRIES_SECONDS]
        from_there = [at for at, where in recent if where == address]
        for tries, most in ((from_there, MOST_WRONG_TRIES), ([at for at, _ in recent], MOST_WRONG_TRIES_OF_ALL)):
            if len(tries) >= most:
                seconds = int(tries[-most] + WRONG_TRIES_SECONDS - now) + 1
                raise Refusal("password", "invalid", f"Too many wrong passwords: try again in {seconds} s", status=429)

    def _is_right(self, password: str) -> bool:
        """As slow for a right one as for a wrong one, and for the first as for the last."""
        given = _digest(password)
        matches = [hmac.compare_digest(given, digest) for digest in self._digests]
        return any(matches)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()

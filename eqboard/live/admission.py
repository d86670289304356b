"""Who comes to a board's socket, and what they may see there."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from channels.auth import get_user
from channels.db import database_sync_to_async
from django.conf import settings
from django.http import parse_cookie

from eqboard.accounts.access import Rights
from eqboard.accounts.displays import TOKEN_COOKIE, hash_token, rights_of_display
from eqboard.accounts.rights import rights_of
from eqboard.boards.audience import Audience, audience_for
from eqboard.boards.choosing import board_of, board_of_display
from eqboard.boards.ready import USUAL_BOARD, USUAL_WALL
from eqboard.boards.spec import Board, Surface
from eqboard.live.standing import OWN_THREAD, Visitor

USUAL_OF = {Surface.DESK: USUAL_BOARD, Surface.TV: USUAL_WALL}


def read_admission(scope: Any) -> tuple[Visitor, Audience | None]:
    """Who comes, and for whom to render, read anew each time. None for somebody who may see nothing, or not this board,
    or whose page was made when the board had another name, theme or size: it has to be loaded again.
    """
    query = parse_qs(scope["query_string"].decode("latin-1"))
    language = _asked(query, "language", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    ref = _asked(query, "board", USUAL_OF[surface_of(scope)])
    visitor, rights, board = _who_sees_what(scope, ref, language)
    if not rights.grants or board is None or board.spec.surface is not surface_of(scope):
        return visitor, None
    audience = audience_for(board, rights, language)
    return visitor, audience if _asked(query, "frame", audience.frame) == audience.frame else None


admission_of = database_sync_to_async(read_admission)
"""In one turn at the database: for each turn a connection may be made anew."""

renewed_admission_of = database_sync_to_async(read_admission, thread_sensitive=False, executor=OWN_THREAD)
"""For whoever is in already: not behind all who come."""


def _asked(query: Mapping[str, list[str]], name: str, usual: str) -> str:
    return query.get(name, [usual])[0]


def _who_sees_what(scope: Any, ref: str, language: str) -> tuple[Visitor, Rights, Board | None]:
    """Of whoever's cookies the socket came with: a user's, or a paired screen's."""
    cookies = cookies_of(scope)
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    session.flush = keep  # of a session whose password has changed; nobody here waits for who writes to the database
    user = get_user.func({**scope, "session": session})  # Channels', without a turn of its own
    if user.is_authenticated or surface_of(scope) is not Surface.TV:
        board = board_of(ref, user, language)
        visitor = Visitor(session=session.session_key or "", user=user.pk, board=board.ref if board else "")
        return visitor, rights_of(user), board
    token = cookies.get(TOKEN_COOKIE)
    return Visitor(screen=hash_token(token or "")), rights_of_display(token), board_of_display(token, language)


def keep() -> None:
    """The page that is loaded next removes it."""


def surface_of(scope: Any) -> Surface:
    return Surface(scope["url_route"]["kwargs"]["surface"])


def cookies_of(scope: Any) -> dict[str, str]:
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(header.decode("latin-1"))

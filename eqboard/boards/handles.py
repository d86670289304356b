"""Handles: by what a page names a call when somebody presses a button. Pure but for the site's secret.

A handle says which call it is and how it was seen: unique id, channel and place. It tells nothing of them, so it stands
on masked boards too, and no text from outside gets into an address. A call that moved meanwhile has another handle.
"""

from collections.abc import Iterable
from hashlib import blake2b

from eqboard.boards.keys import secret
from eqboard.floor.snapshot import Caller

SIZE = 8  # bytes of each half
WHO, SEEN = b"eqboard.who", b"eqboard.seen"


def who_of(key: str) -> str:
    """The half that says which call: the same wherever it is."""
    return _hashed(WHO, [key])


def handle_of(key: str, caller: Caller, place: str) -> str:
    """`place` is where the call was seen: a queue, a parking space, an extension, a room."""
    return who_of(key) + _hashed(SEEN, [caller.unique_id or "", caller.channel or "", place])


def who_in(handle: str) -> str:
    return handle[: SIZE * 2]


def _hashed(purpose: bytes, texts: Iterable[str]) -> str:
    """Each text with its length, so that no two lists of texts are alike."""
    data = b"".join(b"%d:%s" % (len(raw), raw) for raw in (text.encode("utf-8", "surrogatepass") for text in texts))
    return blake2b(data, digest_size=SIZE, key=secret(), person=purpose).hexdigest()

"""Handles: by what a page names a call when somebody presses a button. Pure but for the site's secret.

A handle says which call it is, on which channel, and how it was seen: unique id, channel and place. It tells nothing
of them, so it stands on masked boards too, and no text from outside gets into an address. A call that moved meanwhile
has another handle.
"""

from functools import lru_cache
from hashlib import blake2b

from eqboard.boards.keys import secret
from eqboard.floor.masking import LETTERS
from eqboard.floor.snapshot import Caller

SIZE = 8  # bytes of each part
WHO, SEEN = b"eqboard.who", b"eqboard.seen"


MOST_KEPT = 8192  # calls that were seen last: a board of five hundred is painted every second


def who_of(key: str) -> str:
    """The part that says which call: the same wherever it is."""
    return _hashed(secret(), WHO, key)


def handle_of(key: str, caller: Caller, place: str) -> str:
    """`place` is where the call was seen: a queue, a parking space, an extension, a room."""
    return _made(secret(), key, caller.unique_id or "", caller.channel or "", place)


def who_in(handle: str) -> str:
    return handle[: SIZE * 2]


def is_of(handle: str, caller: Caller) -> bool:
    """Whether it is that caller's, wherever they are now: by unique id, or by the channel, which stays when an older
    switch gives the call another unique id (contract §4).
    """
    who, channel = who_in(handle), handle[SIZE * 2 : SIZE * 4]
    known = [who_of(each) for each in (caller.unique_id, caller.channel) if each]
    return who in known or (bool(caller.channel) and channel == known[-1])


@lru_cache(MOST_KEPT)
def _made(key: bytes, call: str, unique_id: str, channel: str, place: str) -> str:
    return _hashed(key, WHO, call) + _hashed(key, WHO, channel) + _hashed(key, SEEN, unique_id, channel, place)


def _hashed(key: bytes, purpose: bytes, *texts: str) -> str:
    """Each text with its length, so that no two lists of texts are alike. In letters alone: a page that hides numbers
    has none by chance (floor/masking.py).
    """
    data = b"".join(b"%d:%s" % (len(raw), raw) for raw in (text.encode("utf-8", "surrogatepass") for text in texts))
    return blake2b(data, digest_size=SIZE, key=key, person=purpose).hexdigest().translate(LETTERS)

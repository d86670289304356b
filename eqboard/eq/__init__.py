"""The telephone: a typed, async client of the EQ API 2.0. It knows nothing of the wallboard."""

from eqboard.eq.client import EQ, Answer, Limits, Server
from eqboard.eq.dialect import Dialect
from eqboard.eq.dialect_file import DialectError, load_dialect
from eqboard.eq.errors import (
    Complaint,
    EQBroken,
    EQComplained,
    EQConflict,
    EQError,
    EQInvalid,
    EQNotFound,
    EQRefused,
    EQSignedOut,
    EQUnreachable,
    EQWrongValue,
    Holder,
)
from eqboard.eq.session import Session, UserKind
from eqboard.eq.tls import TLS, TLSError
from eqboard.eq.wire import Rows

__all__ = [
    "EQ",
    "TLS",
    "Answer",
    "Complaint",
    "Dialect",
    "DialectError",
    "EQBroken",
    "EQComplained",
    "EQConflict",
    "EQError",
    "EQInvalid",
    "EQNotFound",
    "EQRefused",
    "EQSignedOut",
    "EQUnreachable",
    "EQWrongValue",
    "Holder",
    "Limits",
    "Rows",
    "Server",
    "Session",
    "TLSError",
    "UserKind",
    "load_dialect",
]

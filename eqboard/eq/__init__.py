"""The telephone: a typed, async client of the EQ API 2.0. It knows nothing of the wallboard."""

from eqboard.eq.client import EQ, Limits, Server
from eqboard.eq.dialect import Dialect, DialectError, load_dialect
from eqboard.eq.errors import (
    Complaint,
    EQBroken,
    EQComplained,
    EQError,
    EQInvalid,
    EQNotFound,
    EQRefused,
    EQSignedOut,
    EQUnreachable,
)

__all__ = [
    "EQ",
    "Complaint",
    "Dialect",
    "DialectError",
    "EQBroken",
    "EQComplained",
    "EQError",
    "EQInvalid",
    "EQNotFound",
    "EQRefused",
    "EQSignedOut",
    "EQUnreachable",
    "Limits",
    "Server",
    "load_dialect",
]

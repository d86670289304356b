"""What can go wrong on the telephone, as one family.

    EQError
    ├── EQUnreachable        no answer: connect, timeout, closed        → retry reads; an action is "unknown"
    ├── EQBroken             5xx, or an answer we cannot read           → same; never quoted
    ├── EQWrongValue         a value against the API's rules            → nothing was sent; correct it
    └── EQComplained         EQ's own error array, as (parameter, type, description)
        ├── EQSignedOut      401: the key or the session             → sign in again, once
        ├── EQConflict       signed in elsewhere, extension in use   → `holders` says who; `force`, or ask them
        └── EQRefused        the server said no
            ├── EQNotFound   404
            └── EQInvalid    400

No message holds a secret: they are made of our own words and of EQ's error objects, never of a URL.
"""

from dataclasses import dataclass
from datetime import datetime

ERROR_TYPES = ("blank", "invalid", "nonexistent", "in_use", "already_signed_in", "not_signed_in")
"""What EQ calls what is wrong (EQ API text, the tables of special errors; contract §1)."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One entry of EQ's error array."""

    parameter: str | None
    type: str
    description: str = ""

    def __str__(self) -> str:
        subject = self.parameter or "request"
        return f"{subject}: {self.type}" + (f" ({self.description})" if self.description else "")


class EQError(Exception):
    """Anything EQ did that is not a good answer. `operation` names what was asked."""

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(f"{operation}: {reason}")
        self.operation = operation
        self.reason = reason


class EQUnreachable(EQError):
    """No answer came. `outcome_unknown`: the request may have been carried out all the same. `is_untrusted`: as far as
    can be told, for want of a certificate that the other side trusts. `is_cut_off`: somebody was there, and closed the
    connection without a word. `advice` is what to do about it, where that can be told, in the words of TLS's fields.
    """

    def __init__(
        self,
        operation: str,
        reason: str,
        *,
        outcome_unknown: bool = False,
        is_untrusted: bool = False,
        is_cut_off: bool = False,
        advice: str = "",
    ) -> None:
        super().__init__(operation, reason)
        if advice:
            self.args = (f"{self}; {advice}",)
        self.outcome_unknown = outcome_unknown
        self.is_untrusted = is_untrusted
        self.is_cut_off = is_cut_off
        self.advice = advice


class EQBroken(EQError):
    """EQ failed inside, or answered something that is not its API. `outcome_unknown` as in EQUnreachable."""

    def __init__(self, operation: str, reason: str, *, outcome_unknown: bool = False) -> None:
        super().__init__(operation, reason)
        self.outcome_unknown = outcome_unknown


class EQWrongValue(EQError, ValueError):
    """A value that the API's rules do not allow: nothing was sent. `complaints` names each field and its rule."""

    def __init__(
        self, operation: str, complaints: tuple[Complaint, ...], consequence: str = "nothing was sent"
    ) -> None:
        faults = "; ".join(f"{each.parameter or 'the request'}: {each.description}" for each in complaints)
        super().__init__(operation, f"{faults}; {consequence}")
        self.complaints = complaints


class EQComplained(EQError):
    """EQ answered with its error array; `complaints` holds the first of it, possibly none, and `more_count` is how many
    there are beside.
    """

    def __init__(
        self, operation: str, reason: str, complaints: tuple[Complaint, ...] = (), more_count: int = 0
    ) -> None:
        more = [f"and {more_count} more"] if more_count else []
        super().__init__(operation, "; ".join([*map(str, complaints), *more]) or reason)
        self.complaints = complaints


class EQSignedOut(EQComplained):
    """401: the key is wrong, or the user's session is not valid or in conflict."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whose session is in the way."""

    kind: str  # "supervisor" or "agent"
    user: int
    extension: str | None
    since: datetime | None

    def __str__(self) -> str:
        where = f" at extension {self.extension}" if self.extension else ""
        return f"{self.kind} {self.user} is signed in{where}"


class EQConflict(EQComplained):
    """A session that cannot be, because of another: the user is signed in elsewhere, or somebody is at the extension.

    `holders` are those sessions, as far as EQ told of them.
    """

    def __init__(self, operation: str, complaints: tuple[Complaint, ...], holders: tuple[Holder, ...]) -> None:
        what, who = ("; ".join(map(str, each)) for each in (complaints, holders))
        reason = what or "another session is in the way"
        EQError.__init__(self, operation, f"{reason} ({who})" if who else reason)
        self.complaints = complaints
        self.holders = holders


class EQRefused(EQComplained):
    """The server said no."""


class EQNotFound(EQRefused):
    """404: the path names nothing."""


class EQInvalid(EQRefused):
    """400: a parameter is wrong, or the state of the exchange forbids it."""

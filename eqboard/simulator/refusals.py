"""How the pretend server says no: the vendor's error types, in the shape of contract §1."""

from __future__ import annotations

from collections.abc import Sequence

from eqboard.eq.errors import Complaint


class Refusal(Exception):
    """A request that is not carried out: an HTTP status, and the error array, mostly of one entry.

    `parameter` is the attribute as in the vendor's tables, or None; `kind` one of blank, invalid, nonexistent, in_use,
    already_signed_in, not_signed_in (EQ API text). Descriptions never repeat what was sent: it may be the key.
    """

    def __init__(self, parameter: str | None, kind: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.complaints: tuple[Complaint, ...] = (Complaint(parameter, kind, description),)
        self.status = status

    @property
    def parameter(self) -> str | None:
        """What the first entry is about."""
        return self.complaints[0].parameter

    @property
    def kind(self) -> str:
        """The type of the first entry."""
        return self.complaints[0].type

    def as_json(self) -> list[dict[str, str | None]]:
        """The error array."""
        return [
            {"parameter": each.parameter, "type": each.type, "description": each.description}
            for each in self.complaints
        ]


def not_found(parameter: str | None, description: str) -> Refusal:
    """404 `nonexistent`: a path that names nothing, an unknown entity in a read (contract §1)."""
    return Refusal(parameter, "nonexistent", description, status=404)


def refuse_if(complaints: Sequence[Complaint], *, status: int = 400) -> None:
    """Raise one Refusal with all of the complaints, when there are any."""
    if complaints:
        refusal = Refusal(None, "invalid", complaints[0].description, status=status)
        refusal.complaints = tuple(complaints)
        raise refusal

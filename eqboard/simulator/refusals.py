"""How the pretend server says no: the vendor's error types, in the shape of contract §1."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not carried out: an HTTP status, and one entry of the error array.

    `parameter` is the attribute as in the vendor's tables, or None; `kind` one of blank, invalid, nonexistent, in_use,
    already_signed_in, not_signed_in (EQ API text). Descriptions never repeat what was sent: it may be the key.
    """

    def __init__(self, parameter: str | None, kind: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.parameter = parameter
        self.kind = kind
        self.description = description
        self.status = status

    def as_json(self) -> list[dict[str, str | None]]:
        """The error array."""
        return [{"parameter": self.parameter, "type": self.kind, "description": self.description}]


def not_found(parameter: str | None, description: str) -> Refusal:
    """404 `nonexistent`: a path that names nothing, an unknown entity in a read (contract §1)."""
    return Refusal(parameter, "nonexistent", description, status=404)

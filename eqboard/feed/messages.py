"""What goes over the wire between poller and web: facts, never HTML. `decode(encode(x)) == x` (design.md, law 2)."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from eqboard.floor.changes import Changes
from eqboard.floor.snapshot import Snapshot

T = TypeVar("T", bound="Update | Stored")


@dataclass(frozen=True, slots=True)
class Update:
    """One round, or a beat between rounds. `epoch` is new with each lead, `seq` counts from 1 within it."""

    epoch: str
    seq: int
    sent_at: datetime
    changes: Changes = field(default_factory=Changes)
    asking_since: datetime | None = None
    """When the poller asked EQ, if it has been waiting for the answer longer than a round."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The whole floor as of one update."""

    epoch: str
    seq: int
    sent_at: datetime
    snapshot: Snapshot
    asking_since: datetime | None = None


class Unreadable(ValueError):
    """A message that is not ours: of another version, or damaged."""


class Codec(Generic[T]):
    """JSON for one kind of message."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def encode(self, message: T) -> bytes:
        """As UTF-8. Half a character (a lone surrogate), which UTF-8 cannot carry, becomes a question mark."""
        try:
            return self._adapter.dump_json(message, exclude_defaults=True)
        except PydanticSerializationError:
            plain = self._adapter.dump_python(message, exclude_defaults=True)
            return json.dumps(plain, ensure_ascii=False, default=datetime.isoformat).encode("utf-8", "replace")

    def decode(self, data: bytes | str) -> T:
        """Raises Unreadable."""
        try:
            message = self._adapter.validate_json(data)
        except ValidationError as error:
            raise Unreadable(f"{error.error_count()} faults") from None
        if message.sent_at.tzinfo is None:
            raise Unreadable("a moment without a time zone")
        return message


updates = Codec(Update)
stored = Codec(Stored)

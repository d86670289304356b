"""What goes over the wire between poller and web: facts, never HTML. `decode(encode(x)) == x` (design.md, law 2)."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from eqboard.floor.buckets import Span
from eqboard.floor.changes import Changes, Delta
from eqboard.floor.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Update:
    """One round, or a beat between rounds. `epoch` is new with each lead, `seq` counts from 1 within it."""

    epoch: str
    seq: int
    sent_at: datetime
    changes: Changes = field(default_factory=Changes)
    asking_since: datetime | None = None
    """When the poller asked EQ, if it has been waiting for the answer longer than a round."""
    spans: Delta[datetime, Span] = field(default_factory=Delta)
    """What was counted, by when it begins. Not in the first update of a lead: at that one everybody reads all anew."""

    @property
    def mark(self) -> str:
        """What tells this update from every other."""
        return f"{self.epoch}:{self.seq}"


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

    def __init__(self, kind: type[T], *, moment: str = "sent_at") -> None:
        """`moment` names the field that says of when it is."""
        self._adapter = TypeAdapter(kind)
        self._moment = moment

    def encode(self, message: T) -> bytes:
        """As UTF-8. Half a character (a lone surrogate), which UTF-8 cannot carry, becomes a question mark."""
        try:
            return self._adapter.dump_json(message, exclude_defaults=True)
        except PydanticSerializationError:
            plain = self._adapter.dump_python(message, exclude_defaults=True)
            return json.dumps(_texts(plain), ensure_ascii=False).encode("utf-8", "replace")

    def decode(self, data: bytes | str) -> T:
        """Raises Unreadable."""
        try:
            message = self._adapter.validate_json(data)
        except ValidationError as error:
            raise Unreadable(f"{error.error_count()} faults") from None
        if getattr(message, self._moment).tzinfo is None:
            raise Unreadable("a moment without a time zone")
        return message


def _texts(value: Any) -> Any:
    """Moments as JSON has them, also where they are keys."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {_texts(key): _texts(each) for key, each in value.items()}
    return [_texts(each) for each in value] if isinstance(value, list | tuple) else value


def field_of(begins_at: datetime) -> str:
    """A span's place in the hashes of Redis."""
    return str(int(begins_at.timestamp()))


updates = Codec(Update)
stored = Codec(Stored)
spans = Codec(Span, moment="begins_at")

"""What is asked of EQ, as data: it can be checked, written down, and read again after a crash."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True, slots=True)
class CallRef:
    """One call, and where it was seen: an action is bound to all three, so that it cannot hit another one.

    `place` is a queue's extension, a parking space, the extension at whose telephone it is, or a conference's.
    `channel` is what EQ acts on; at a telephone that is its own, and `other_channel` the one at the other end.
    """

    key: str
    unique_id: str | None
    channel: str
    place: str
    other_channel: str | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """How an agent stood in one queue."""

    queue: str
    skill: int | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to be done. `action` is the name in the catalogue; what an action has no use for stays None."""

    action: str
    agent: int | None = None
    queue: str | None = None  # one queue; None: all that the agent is signed in to
    pause_code: int | None = None
    sign_in_to: tuple[tuple[str, int], ...] = ()  # queues, each with a skill from 1 (highest) to 5; (): all bound ones
    is_paused: bool = False  # whether they begin with a pause
    extension: str | None = None  # whose telephone it is about
    call: CallRef | None = None
    destination: str | None = None  # an extension, or a telephone number
    monitor_extension: str | None = None  # from where somebody listens
    key: str | None = None  # of a telephone
    had: tuple[str, ...] = ()  # the channels of the telephone when it was asked to dial: none of them is the new call
    undoes: str | None = None  # an attempt, by id …
    was_seen: bool = False  # … whether the floor had shown its effect by then …
    stood: tuple[Stand, ...] = ()  # … and how the agent had stood before it, in the queues that it touched


orders = TypeAdapter(Order)


def as_data(order: Order) -> dict[str, Any]:
    """For the audit log."""
    data: dict[str, Any] = orders.dump_python(order, mode="json", exclude_defaults=True)
    return data


def digest(order: Order) -> str:
    """The same for the same order, whatever went on meanwhile; and tells nothing of it."""
    return blake2b(orders.dump_json(replace(order, had=())), digest_size=12).hexdigest()


def from_data(data: Mapping[str, Any]) -> Order | None:
    """None for what is no order, or none of this version."""
    try:
        return orders.validate_python(data)
    except ValidationError:
        return None

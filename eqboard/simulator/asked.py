"""A request as the handlers see it, and reading what is in it. No HTTP here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from eqboard.simulator.office.directory import read_key
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request without its key: the one value in the path, the query, the form."""

    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[World, Asked], object]


def read_json_object(parameter: str, text: str) -> dict[str, object]:
    """A form field that holds a JSON object. Refusal: `blank` when empty, `invalid` when it is no JSON object."""
    if not text.strip():
        raise Refusal(parameter, "blank", f"The parameter {parameter} is not specified")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # also numbers of thousands of digits, and brackets nested without end
        raise Refusal(parameter, "invalid", f"The parameter {parameter} is not JSON") from None
    if not isinstance(value, dict):
        raise Refusal(parameter, "invalid", f"The parameter {parameter} must be a JSON object")
    return value


def found(entity: T | None, parameter: str, description: str) -> T:
    if entity is None:
        raise not_found(parameter, description)
    return entity


def path_id(asked: Asked) -> int:
    """The id in the path; 404 for what is none."""
    return found(read_key(asked.key), "id", "No such ID")


def is_undelete(asked: Asked) -> bool:
    """Whether a PUT brings a deleted entity back, and has no `data`. Refusal for an `undelete` that is not 1."""
    undelete = asked.query.get("undelete", "")
    if undelete not in ("", "1"):
        raise Refusal("undelete", "invalid", "Undelete must be 1")
    return undelete == "1"

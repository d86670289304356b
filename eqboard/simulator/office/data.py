"""Reading `data`: an entity as it is sent, against the vendor's rules. Pure.

What the text's tables do not name, and what is read-only there, is dropped before anything is looked at, so that PUT
takes what GET returned (contract §1, round trip).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from eqboard.eq.errors import Complaint
from eqboard.eq.models.rules import OrNull, complaints_of
from eqboard.eq.models.writing import Attributes, attributes_inside
from eqboard.simulator.asked import Asked, read_json_object
from eqboard.simulator.refusals import refuse_if

A = TypeVar("A", bound=Attributes)


def read_data(asked: Asked, model: type[A]) -> A:
    """The attributes in `data`. Raises Refusal with a complaint for each that is against its rule."""
    return read_attributes(known_in(model, read_json_object("data", asked.form.get("data", ""))), model)


def read_attributes(data: Mapping[str, object], model: type[A], also_required: frozenset[str] = frozenset()) -> A:
    """The same for an object whose names are all known; `also_required` are those that are only sometimes."""
    attributes, faults = _validated(data, model)
    required = also_required | {info.alias or name for name, info in model.model_fields.items() if info.is_required()}
    blank = {name: Complaint(name, "blank", "required") for name in sorted(required) if _is_blank(data.get(name))}
    refuse_if([*blank.values(), *(_as_invalid(fault) for fault in faults if fault.parameter not in blank)])
    if attributes is None:
        raise RuntimeError("an object that is refused has a fault")
    return attributes


def known_in(model: type[Attributes], data: Mapping[str, object]) -> dict[str, object]:
    """The object without what the text's tables do not name, in the objects inside it too."""
    known: dict[str, object] = {}
    for name, info in model.model_fields.items():
        alias = info.alias or name
        if alias in data:
            value, inner = data[alias], attributes_inside(model, name)
            known[alias] = known_in(inner, value) if inner and isinstance(value, dict) else value
    return known


def given(attributes: Attributes) -> dict[str, Any]:
    """What was given, by our names. Null counts only where the text gives it a meaning; elsewhere it is left out."""
    return {
        name: value
        for name in attributes.model_fields_set
        if (value := getattr(attributes, name)) is not None or OrNull in type(attributes).model_fields[name].metadata
    }


def _validated(data: Mapping[str, object], model: type[A]) -> tuple[A | None, tuple[Complaint, ...]]:
    try:
        return model.model_validate_json(json.dumps(data)), ()
    except ValidationError as error:
        return None, complaints_of(error, inside="data")
    except RecursionError:
        return None, (Complaint("data", "invalid", "nested without end"),)


def _is_blank(value: object) -> bool:
    return value in (None, "", [])


def _as_invalid(fault: Complaint) -> Complaint:
    """What need not be there and is there, empty, is against its rule (contract §1, naming in errors)."""
    return Complaint(fault.parameter, "invalid", fault.description)

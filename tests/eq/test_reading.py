"""An answered object is read in one step, or, when that fails, field by field: both ways mean the same."""

from functools import cache
from typing import Annotated, Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from eqboard.eq import models
from eqboard.eq.models.base import Entity, EQObject, object_inside

MODELS = [getattr(models, name) for name in models.__all__]

# What a field may find: right for some kind of field, or nearly so.
TEXTS = [
    "",
    " ",
    "7",
    " 7 ",
    "007",
    "-1",
    "1.0",
    "1e3",
    "x" * 255,
    "x" * 256,
    "true",
    "no",
    "SIP/201-1",
    "\x1e",
    "\xa0x",
]
VALUES = [*TEXTS, None, True, False, 0, 1, -1, 500, 1366390218, 1366390218.5, 1.0, 10**12, 10**13, "1366390218", [], {}]
ANYTHING = st.sampled_from(VALUES) | st.text(max_size=6) | st.integers() | st.floats(allow_nan=False)


def rows(model: type[EQObject]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects on the wire, most of them as they should be."""
    fields = {info.alias or name: values_of(model, name) for name, info in model.model_fields.items()}
    required = {info.alias or name for name, info in model.model_fields.items() if info.is_required()}
    return st.fixed_dictionaries(
        {key: fields.pop(key) for key in required}, optional={**fields, "colour": st.just("blue")}
    )


def values_of(model: type[EQObject], name: str) -> st.SearchStrategy[Any]:
    good = st.sampled_from(accepted(model, name))
    inner, is_many = object_inside(model.model_fields[name].annotation)
    if inner is None:
        return good | st.integers(0, 9).flatmap(lambda tenth: good if tenth else ANYTHING)
    return good | (st.lists(rows(inner), max_size=3) if is_many else rows(inner))


@cache
def accepted(model: type[EQObject], name: str) -> list[Any]:
    """Those of the values that the field takes as they are."""
    info = model.model_fields[name]
    kind: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    adapter = TypeAdapter(kind, config=None if isinstance(kind, type) and issubclass(kind, EQObject) else CONFIG)
    return [value for value in VALUES if is_valid(adapter, value)]


CONFIG = EQObject.model_config


def is_valid(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("model", MODELS, ids=models.__all__)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_can_be_read_in_one_step_is_the_same_read_field_by_field(model: type[EQObject], data: Any) -> None:
    row = data.draw(rows(model))
    try:
        in_one_step = model.model_validate(row)
    except ValidationError:
        reject()
    assert_same(model, row, in_one_step)


def assert_same(model: type[EQObject], row: dict[str, Any], in_one_step: EQObject) -> None:
    faults: list[str] = []
    field_by_field = model.read_leniently(row, faults)
    assert field_by_field == in_one_step
    assert faults == []
    if isinstance(in_one_step, Entity):  # what would be written back
        assert field_by_field.as_sent() == in_one_step.as_sent()


@pytest.mark.parametrize(
    ("model", "row"),
    [
        (models.QueueAgentStatus, {"agent": 7, "call": {}}),
        (models.Extension, {"extension": "201", "sip": {}}),
        (models.Extension, {"extension": "201", "voicemail": {"options": {}}}),
        (models.Extension, {"extension": "201", "sip": {"secret": ""}}),
        (models.Extension, {"extension": "201", "voicemail": {"password": " "}}),
        (models.QueuedCall, {"queue": "500\x1e", "callerIdName": "\x1f"}),
        (models.Conference, {"extension": "900", "participants": []}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else value.__name__,
)
def test_blanks_and_empty_objects_mean_the_same_either_way(model: type[EQObject], row: dict[str, Any]) -> None:
    """Or a field would change its meaning by what stands in another one."""
    broken_elsewhere = row | {"position": [7], "skill": [7], "callWaiting": [7], "locked": [7]}
    expected = model.read(row)
    assert {name: getattr(model.read(broken_elsewhere), name) for name in expected.model_fields_set} == {
        name: getattr(expected, name) for name in expected.model_fields_set
    }

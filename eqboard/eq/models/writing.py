"""How entities are written: strictly, by the vendor's rules, and whole.

`attributes.py` has the attributes of each. An attribute that is not given is left out, and EQ takes its default; so is
a password that is not to change. A value against its rule raises ValidationError, a ValueError, naming the attribute
and the rule.
"""

import typing
from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, create_model, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails, PydanticCustomError

from eqboard.eq.models.base import NO_NAMES, Entity, plain
from eqboard.eq.models.rules import OrNull


class Attributes(BaseModel):
    """One entity, or an object inside one, as it is sent."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
    )
    entity: ClassVar[str]
    """The object of `models` whose field names hold here too."""
    needed_when: ClassVar[Mapping[str, tuple[str, Collection[str]]]] = {}
    """What the tables call required "if applicable": which other attribute decides, and by which of its values."""

    _unknown: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _has_what_applies(self) -> Self:
        missing = [
            name
            for name, (decisive, values) in self.needed_when.items()
            if getattr(self, decisive) in values and getattr(self, name) is None
        ]
        if missing:
            raise_missing(type(self), *missing)
        return self

    @property
    def unknown(self) -> dict[str, Any]:
        """What EQ says of the entity under names that we do not know; it goes back as it came."""
        return dict(self._unknown)

    def as_sent(self, names: Mapping[str, Mapping[str, str]] = NO_NAMES) -> dict[str, Any]:
        """The JSON object, secrets included; `names` holds a dialect's field names for each object."""
        theirs = names.get(self.entity, {})
        sent = self.unknown
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None or (name in self.model_fields_set and OrNull in info.metadata):
                sent[theirs.get(name, info.alias or name)] = plain(value, names)
        return sent

    @classmethod
    def check(cls, changes: Mapping[str, Any]) -> None:
        """Raises ValidationError unless every change alone is within its rule."""
        partial_of(cls).model_validate(_named(cls, changes))

    @classmethod
    def changing(cls, entity: Entity, changes: Mapping[str, Any]) -> Self:
        """The whole entity as EQ has it, with some attributes changed, and with all that we do not know of it.

        An object inside changes in what it names, as in `sip={"nat": "yes"}`; None takes it away. Raises
        ValidationError, also for an attribute that is against its rule as EQ has it.
        """
        whole = cls.model_validate(_merged(cls, entity, changes))
        _keep_unknown(whole, entity)
        return whole


def _named(model: type[Attributes], given: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes by our names, whichever way they were named; objects inside as what they say."""
    ours = {info.alias: name for name, info in model.model_fields.items()}
    return {ours.get(name, name): _said_in(value) for name, value in given.items()}


def _said_in(value: Any) -> Any:
    if not isinstance(value, Attributes):
        return value
    return {name: _said_in(getattr(value, name)) for name in value.model_fields_set}


def _merged(model: type[Attributes], entity: Entity, changes: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in model.model_fields.keys() & entity.told:
        value, inner = getattr(entity, name), attributes_inside(model, name)
        if inner is not None and isinstance(value, Entity):
            merged[name] = _merged(inner, value, {})
        elif value is not None or OrNull in model.model_fields[name].metadata:
            merged[name] = value
    for name, change in _named(model, changes).items():
        before, inner = getattr(entity, name, None), attributes_inside(model, name)
        if inner is not None and isinstance(before, Entity) and isinstance(change, Mapping):
            merged[name] = _merged(inner, before, change)
        else:
            merged[name] = change
    return merged


def _keep_unknown(attributes: Attributes, entity: Entity) -> None:
    """A password is kept by being left out; what EQ may show in its place is none (contract §1, PUT)."""
    never_told = type(attributes).model_fields.keys() - type(entity).model_fields.keys()
    written = {to_camel(name) for name in never_told}
    attributes._unknown.update({name: value for name, value in entity.unknown.items() if name not in written})
    for name in type(attributes).model_fields:
        ours, theirs = getattr(attributes, name), getattr(entity, name, None)
        if isinstance(ours, Attributes) and isinstance(theirs, Entity):
            _keep_unknown(ours, theirs)


@cache
def attributes_inside(model: type[Attributes], name: str) -> type[Attributes] | None:
    """The object that an attribute holds, if any."""
    info = model.model_fields.get(name)
    kinds = (info.annotation, *typing.get_args(info.annotation)) if info else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Attributes)), None)


@cache
def partial_of(model: type[Attributes]) -> type[Attributes]:
    """The same attributes with the same rules, none of them required."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        inner = attributes_inside(model, name)
        kind = partial_of(inner) | None if inner else info.annotation
        fields[name] = (Annotated[(kind, *info.metadata)] if info.metadata else kind, None)
    return create_model(model.__name__, __base__=Attributes, **fields)


def raise_missing(model: type[Attributes], *names: str) -> None:
    """Raise the ValidationError that pydantic raises for fields that are not there."""
    kind = PydanticCustomError("missing", "Field required")
    lines = [InitErrorDetails(type=kind, loc=(to_camel(name),), input=None) for name in names]
    raise ValidationError.from_exception_data(model.__name__, lines, hide_input=True)

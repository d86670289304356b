"""JSON schemas of what operations take and answer, made from their signatures and models, in a dialect's words. Pure.

Pydantic writes most of them. What differs: rules stand there as sentences, a moment is UNIX seconds, and what our
reader asks of answers for its own protection is left out, as no server has promised it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from eqboard.eq.dialect import STATE_FIELDS, Dialect
from eqboard.eq.models.base import EQObject
from eqboard.eq.models.rules import OrNull
from eqboard.eq.models.writing import Attributes
from eqboard.eq.wire import Operation, adapter_of, array_of

Schema = dict[str, Any]

COMPONENTS = "#/components/schemas/"
NULL: Schema = {"type": "null"}
MODE: JsonSchemaMode = "validation"
READERS_BOUNDS = frozenset(
    {"pattern", "maxLength", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
WRITE_ONLY = frozenset({"writeOnly"})  # so pydantic calls secrets; EQ answers some of them
PYTHON_WORDS: Mapping[str, str] = {
    r" \((?:contract|EQ API text)[^)]*\)": "",
    r" See `update`\.|, or a word we do not know": "",
    "raises EQNotFound": "is status 404",
    "; EQInvalid": "; status 400",
    "EQNotFound": "Status 404",
    "EQInvalid": "Status 400",
    "EQRefused": "Status 400 or 404",
    r"\bNone\b": "null",
}


@dataclass(frozen=True, slots=True)
class Schemas:
    """For each operation, by its name: the answer, the arguments by their names in Python, and which are required.

    They refer to `components`, which are the models by the names of their classes.
    """

    components: Mapping[str, Schema]
    answers: Mapping[str, Schema]
    arguments: Mapping[str, Mapping[str, Schema]]
    required: Mapping[str, Collection[str]]


def schemas_of(operations: Iterable[Operation], dialect: Dialect) -> Schemas:
    """What the operations take and answer where that dialect is spoken."""
    table = {each.name: each for each in operations}
    inputs = [
        (f"{part} {name}", MODE, schema)
        for name, each in table.items()
        for part, schema in (("answer", _answer_of(each)), ("arguments", each.parameters.__pydantic_core_schema__))
    ]
    generator = _Generator(dialect)
    made, defined = generator.generate_definitions(inputs)
    components: dict[str, Schema] = {str(name): schema for name, schema in defined.items()}
    answers = {name: _without(READERS_BOUNDS | WRITE_ONLY, made[f"answer {name}", MODE]) for name in table}
    arguments = {
        name: components.pop(made[f"arguments {name}", MODE]["$ref"].removeprefix(COMPONENTS)) for name in table
    }
    _answer_by_the_rules_for_writing(components, generator.entities)
    return Schemas(
        components=components,
        answers=answers,
        arguments={name: _as_given(each.get("properties", {})) for name, each in arguments.items()},
        required={name: each.get("required", ()) for name, each in arguments.items()},
    )


def in_words_of_the_api(doc: str) -> str:
    """A docstring, on one line, for readers who do not have our client."""
    doc = " ".join(doc.split())
    for ours, theirs in PYTHON_WORDS.items():
        doc = re.sub(ours, theirs, doc)
    return re.sub(r"(?<=`)[a-z]+(?:_[a-z]+)+(?=`)", lambda name: to_camel(name[0]), doc)


def _answer_of(operation: Operation) -> CoreSchema:
    if operation.result is None:
        return core_schema.none_schema()
    adapter = array_of if operation.many else adapter_of
    return adapter(operation.result).core_schema


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, where the API has other words."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(by_alias=True, ref_template=COMPONENTS + "{model}")
        self._dialect = dialect
        self.entities: dict[str, str] = {}
        """For each model of attributes the object that has them."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Without the default: ours is none of EQ's."""
        return self.generate_inner(schema["schema"])

    def custom_error_schema(self, schema: core_schema.CustomErrorSchema) -> JsonSchemaValue:
        """With the sentence of the Rule."""
        return self.generate_inner(schema["schema"]) | {"description": schema["custom_error_message"]}

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        return {"type": "integer", "description": "UNIX seconds"}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        model: type = schema["cls"]
        described: Schema = _without(WRITE_ONLY, super().model_schema(schema))
        described.pop("additionalProperties", None)  # what nobody knows is ignored (contract §1, round trip)
        if "description" in described:
            described["description"] = in_words_of_the_api(described["description"])
        if issubclass(model, Attributes):
            self.entities[model.__name__] = model.entity
            return self._named(_as_written(described, model), model.entity)
        if issubclass(model, EQObject):
            described = _without(READERS_BOUNDS, described)
            return self._named(self._with_states(described, model.__name__), model.__name__)
        return described

    def _with_states(self, described: Schema, object_name: str) -> Schema:
        for name, kind in STATE_FIELDS.get(object_name, {}).items():
            described["properties"][name] = {"enum": [*self._dialect.states.get(kind, {}).values(), None]}
        return described

    def _named(self, described: Schema, object_name: str) -> Schema:
        """With the dialect's names for the fields."""
        theirs = {to_camel(ours): word for ours, word in self._dialect.fields.get(object_name, {}).items()}
        for part in (described, *(each[step] for each in described.get("allOf", ()) for step in ("if", "then"))):
            if "properties" in part:
                part["properties"] = {theirs.get(name, name): each for name, each in part["properties"].items()}
            if "required" in part:
                part["required"] = [theirs.get(name, name) for name in part["required"]]
        return described


def _as_written(described: Schema, model: type[Attributes]) -> Schema:
    """Null only where it means something, and what some entities need and others not."""
    properties = described["properties"]
    for name, info in model.model_fields.items():
        if OrNull not in info.metadata:
            properties[info.alias or name] = _without_null(properties[info.alias or name])
    if model.needed_when:
        described["allOf"] = [_need(model, name, *when) for name, when in model.needed_when.items()]
    return described


def _need(model: type[Attributes], name: str, decisive: str, values: Collection[str]) -> Schema:
    wire_name = to_camel(name)
    then: Schema = {"required": [wire_name]}
    if OrNull in model.model_fields[name].metadata:
        then["properties"] = {wire_name: {"not": NULL}}
    condition = {"properties": {to_camel(decisive): {"enum": list(values)}}, "required": [to_camel(decisive)]}
    return {"if": condition, "then": then}


def _as_given(arguments: Mapping[str, Schema]) -> dict[str, Schema]:
    """Our None says that an argument is not given."""
    return {name: _without_null(each) for name, each in arguments.items()}


def _without_null(schema: Schema) -> Schema:
    if NULL not in schema.get("anyOf", ()):
        return schema
    others = [each for each in schema["anyOf"] if each != NULL]
    rest = {key: each for key, each in schema.items() if key != "anyOf"}
    return others[0] | rest if len(others) == 1 else {"anyOf": others} | rest


def _without(keywords: Collection[str], schema: Any) -> Any:
    """A schema, or several, without some of the keywords in it."""
    if isinstance(schema, list):
        return [_without(keywords, each) for each in schema]
    if isinstance(schema, dict):
        return {key: _without(keywords, each) for key, each in schema.items() if key not in keywords}
    return schema


def _answer_by_the_rules_for_writing(components: dict[str, Schema], entities: Mapping[str, str]) -> None:
    """PUT accepts whatever GET returned (contract §1), so GET keeps to the same rules."""
    for attributes, entity in entities.items():
        written = components[attributes]["properties"]
        answered = components.get(entity, {}).get("properties", {})
        for name in answered.keys() & written.keys():
            if "$ref" not in str(written[name]):  # objects inside have rules of their own
                answered[name] = written[name]

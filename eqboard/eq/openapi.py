"""The API as an OpenAPI 3.1 document, made from the table of operations and a dialect alone. No I/O.

It tells what a server of that dialect takes and answers, for whoever writes another client or server, or tests one.
What the format cannot say is told in words: that the key may stand in a form too, that one of two query parameters is
needed, and that of two operations on one path only one wants a body.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from eqboard.eq.client import API_PATH
from eqboard.eq.dialect import Dialect
from eqboard.eq.errors import ERROR_TYPES
from eqboard.eq.json_schemas import COMPONENTS, Schema, Schemas, in_words_of_the_api, schemas_of
from eqboard.eq.wire import Operation

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
REFUSALS = {"400": "Request not valid", "401": "Unauthorized", "404": "Not found", "500": "Server error"}
KEYS = {
    "key": ("auth_key", "EQ's API key; made in EQ Administration"),
    "supervisorSession": ("auth_supervisor_session", "The token of a supervisor's session, to act in their name"),
    "agentSession": ("auth_agent_session", "The token of an agent's session, to act in their name"),
}
ABOUT = """\
The EQ API 2.0, settled by eqboard where the vendor's text leaves something open.

The key goes into the query string, as `auth_key`; a POST, PUT or DELETE may have it among its form fields instead. \
Whoever acts for a user adds `auth_supervisor_session` or `auth_agent_session` in the same way; when both come, the \
supervisor's counts. A session that is not valid fails the request with 401.

Request bodies are forms, and some of their fields hold JSON text. What is not required may be left out or blank. \
Fields that are not described here are ignored, in requests and in answers. A 200 to an action says that it was \
accepted, not that it was done.
"""

Place = tuple[str, str]
"""Where an argument goes, "path", "query" or "form", and its name there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation as `wire.build_request` asks it where a dialect is spoken."""

    operation: Operation
    method: str
    path: str
    fields: Mapping[Place, Schema]
    required: Collection[Place]
    answer: Schema

    @property
    def resource(self) -> str:
        return self.operation.name.partition(".")[0]

    @property
    def verb(self) -> str:
        return self.operation.name.partition(".")[2]

    @property
    def form_fields(self) -> Mapping[str, Schema]:
        return {name: schema for (place, name), schema in self.fields.items() if place == "form"}


Group = Sequence[Asked]
"""Operations that share a method and a path. They are described as one, as the format has it."""


def describe(
    operations: Mapping[str, Operation], dialect: Dialect, *, title: str = "EQ API", version: str = "2.0"
) -> dict[str, Any]:
    """The document: the operations of the table where that dialect is spoken."""
    schemas = schemas_of(operations.values(), dialect)
    table = [_asked(each, dialect, schemas) for each in operations.values()]
    groups = _grouped(table)
    ids = _ids(groups)
    paths: dict[str, dict[str, Any]] = {}
    for group in groups:
        paths.setdefault(group[0].path, {})[group[0].method.lower()] = _operation(group, ids, _links(group, table, ids))
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": ABOUT},
        "servers": [_server()],
        "security": [{"key": []}, {"key": [], "supervisorSession": []}, {"key": [], "agentSession": []}],
        "tags": [{"name": name} for name in dict.fromkeys(each.resource for each in table)],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, **_forms_to_choose_from(groups), "Errors": _errors()},
            "responses": {_refusal(status): _answered(words, _ref("Errors")) for status, words in REFUSALS.items()},
            "securitySchemes": {name: _key(*each) for name, each in KEYS.items()},
        },
    }


# One operation of the table


def _asked(operation: Operation, dialect: Dialect, schemas: Schemas) -> Asked:
    method, path = dialect.route(operation)
    place = "query" if operation.is_read else "form"
    arguments, required = schemas.arguments[operation.name], schemas.required[operation.name]
    in_path = {("path", name): arguments[name] for name in arguments if name in operation.path_names}
    rest = {operation.wire_name(name): arguments[name] for name in arguments if name not in operation.path_names}
    needed = [operation.wire_name(name) for name in required if name not in operation.path_names]
    if operation.as_json:
        rest, needed = {operation.as_json: _object(rest, needed)}, [operation.as_json]
    constants = {(place, name): value for name, value in operation.fixed.items()}
    constants |= {("query", name): value for name, value in operation.in_query.items()}
    fields: dict[Place, Schema] = {
        **in_path,
        **{each: _constant(value, is_flag=operation.is_read) for each, value in constants.items()},
        **{(place, name): _as_text(each) for name, each in rest.items()},
    }
    asked_for = {*in_path, *constants, *((place, name) for name in needed)}
    return Asked(operation, method, path, fields, asked_for, schemas.answers[operation.name])


def _constant(value: str, *, is_flag: bool) -> Schema:
    """What an operation says of itself. A read is told by its flag from another that leaves it out, or says 0."""
    return _as_text({"type": "boolean"}) if is_flag else {"type": "string", "const": value}


def _as_text(schema: Schema) -> Schema:
    """A value in a query or a form: an object is JSON text there, a boolean 0 or 1 (contract §1, body)."""
    if "$ref" in schema or schema.get("type") == "object":
        return {"type": "string", "contentMediaType": JSON, "contentSchema": schema}
    if schema.get("type") == "boolean":
        return {"description": "0 or 1 (false or true)", "type": "integer", "enum": [0, 1]}
    return schema


def _form(asked: Asked) -> Schema:
    fields = asked.form_fields
    form = _object(fields, [name for name in fields if ("form", name) in asked.required])
    alternatives = [{"required": [name]} for name in _alternatives(asked.operation) if name in fields]
    return form | ({"anyOf": alternatives} if alternatives else {})


def _object(properties: Mapping[str, Schema], required: Sequence[str]) -> Schema:
    return {"type": "object", "properties": dict(properties)} | ({"required": list(required)} if required else {})


def _alternatives(operation: Operation) -> list[str]:
    """The wire names of arguments of which one must be given, whichever; the operation's own check knows."""
    if operation.check is None or operation.check({}) is None:
        return []
    return [operation.wire_name(name) for name in operation.parameters.model_fields if not operation.check({name: ""})]


def _sentences(operation: Operation) -> tuple[str, str]:
    """The first sentence of what is said of an operation, and the others."""
    first, _, others = in_words_of_the_api(operation.doc).partition(". ")
    if alternatives := _alternatives(operation):
        others += f" One of {' and '.join(alternatives)} is required."
    return f"{first.rstrip('.')}.", others.strip()


# Operations that share a method and a path


def _grouped(table: Iterable[Asked]) -> list[Group]:
    groups: dict[tuple[str, str], list[Asked]] = {}
    for each in table:
        groups.setdefault((each.method, each.path), []).append(each)
    return list(groups.values())


def _ids(groups: Iterable[Group]) -> dict[str, str]:
    """For each operation of the table the id of the one in which it is described: mostly its own name."""
    ids: dict[str, str] = {}
    for group in groups:
        deciding = _deciding_field(group)
        name = f"{group[0].resource}.{deciding}" if deciding else group[0].operation.name
        if name in ids.values():  # a dialect may spread the actions of one resource over several paths
            name = "_or_".join(each.operation.name for each in group)
        ids |= {each.operation.name: name for each in group}
    return ids


def _deciding_field(group: Group) -> str | None:
    """The form field whose value tells several operations apart, such as "action"; None where there is none."""
    choices = [each.operation.fixed for each in group if each.form_fields]
    if len(group) == 1 or len(choices) < len(group):
        return None
    shared = sorted(set.intersection(*map(set, choices)))
    return next((name for name in shared if len({each[name] for each in choices}) == len(choices)), None)


def _operation(group: Group, ids: Mapping[str, str], links: Mapping[str, Any]) -> dict[str, Any]:
    summary, description = _words(group)
    success = _answered("Request was successful", _any_of([each.answer for each in group]))
    described = {
        "operationId": ids[group[0].operation.name],
        "tags": list(dict.fromkeys(each.resource for each in group)),
        "summary": summary,
        "description": description,
        "parameters": _parameters(group),
        "requestBody": _body(group),
        "responses": {
            "200": success | ({"links": links} if links else {}),
            **{status: {"$ref": f"#/components/responses/{_refusal(status)}"} for status in REFUSALS},
        },
    }
    return {name: each for name, each in described.items() if each}


def _words(group: Group) -> tuple[str, str]:
    """Summary and description, of several operations with a line for each."""
    if len(group) == 1:
        return _sentences(group[0].operation)
    *verbs, last = [each.verb.replace("_", " ") for each in group]
    resource = group[0].resource.replace("_", " ").capitalize()
    lines = [f"- `{each.operation.name}`: {' '.join(_sentences(each.operation)).strip()}" for each in group]
    return f"{resource}: {', '.join(verbs)} or {last}.", "\n".join(lines)


def _parameters(group: Group) -> list[dict[str, Any]]:
    places = dict.fromkeys(place for place in chain(*(each.fields for each in group)) if place[0] != "form")
    return [_parameter(place, group) for place in places]


def _parameter(place: Place, group: Group) -> dict[str, Any]:
    """One in the path or the query; required where every operation requires it."""
    schema = dict(_any_of([each.fields[place] for each in group if place in each.fields]))
    description = schema.pop("description", "")
    is_required = all(place in each.required for each in group)
    return {
        "name": place[1],
        "in": place[0],
        **({"description": description} if description else {}),
        "required": is_required,
        **({} if is_required else {"allowEmptyValue": True}),
        "schema": schema,
    }


def _body(group: Group) -> dict[str, Any]:
    """The form; one of several, if the operations have several."""
    having_one = [each for each in group if each.form_fields]
    if not having_one:
        return {}
    json_texts = sorted(
        {name for each in having_one for name, field in each.form_fields.items() if "contentSchema" in field}
    )
    content = {
        "schema": _form(having_one[0]) if len(having_one) == 1 else _choice(having_one),
        **({"encoding": {name: {"contentType": JSON} for name in json_texts}} if json_texts else {}),
    }
    return {"required": len(having_one) == len(group), "content": {FORM: content}}


def _choice(group: Group) -> Schema:
    deciding = _deciding_field(group)
    forms = [_ref(_form_name(each)) for each in group]
    if deciding is None:
        return {"anyOf": forms}
    mapping = {each.operation.fixed[deciding]: COMPONENTS + _form_name(each) for each in group}
    return {"oneOf": forms, "discriminator": {"propertyName": deciding, "mapping": mapping}}


def _forms_to_choose_from(groups: Iterable[Group]) -> dict[str, Schema]:
    having_one = [[each for each in group if each.form_fields] for group in groups]
    return {
        _form_name(each): {"description": " ".join(_sentences(each.operation)).strip(), **_form(each)}
        for group in having_one
        if len(group) > 1
        for each in group
    }


def _form_name(asked: Asked) -> str:
    """Such as "CallQueueAgents.pause"."""
    return asked.operation.parameters.__name__


def _any_of(schemas: Iterable[Schema]) -> Schema:
    distinct: list[Schema] = []
    for each in schemas:
        if each not in distinct:
            distinct.append(each)
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _links(group: Group, table: Iterable[Asked], ids: Mapping[str, str]) -> dict[str, Any]:
    """From a create, by the id, extension or token that is answered, to what can be done with what was created."""
    if len(group) > 1 or group[0].verb != "create":
        return {}
    return {
        each.verb: {"operationId": ids[each.operation.name], "parameters": {name: "$response.body"}}
        for each in table
        if each.resource == group[0].resource
        for place, name in each.fields
        if place == "path"
    }


# What all of them share


def _answered(words: str, schema: Schema) -> dict[str, Any]:
    return {"description": words, "content": {JSON: {"schema": schema}}}


def _refusal(status: str) -> str:
    return f"Status{status}"


def _ref(component: str) -> Schema:
    return {"$ref": COMPONENTS + component}


def _errors() -> Schema:
    """Contract §1, error body."""
    error: dict[str, Schema] = {
        "parameter": {"type": ["string", "null"], "description": "What it is about; inner attributes as `sip.nat`"},
        "type": {"type": "string", "enum": list(ERROR_TYPES)},
        "description": {"type": "string"},
    }
    return {"type": "array", "minItems": 1, "items": _object(error, list(error))}


def _key(parameter: str, words: str) -> dict[str, Any]:
    return {"type": "apiKey", "in": "query", "name": parameter, "description": words}


def _server() -> dict[str, Any]:
    simulator = {"default": "http://127.0.0.1:8088", "description": "Where EQ is; the simulator mostly listens here"}
    return {"url": "{server}" + API_PATH, "variables": {"server": simulator}}

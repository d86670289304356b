"""The API document read as a rule: does it allow this request, does it allow this answer?

The tests and the contract run ask it, so that the document is not only well formed but true.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator

WHERE = "EQBOARD_TESTS_DOCUMENT"  # the variable that names the file, for processes that are started
JSON_TEXT = "contentSchema"
FORM = "application/x-www-form-urlencoded"

Schema = dict[str, Any]


def with_json_read(schema: Any) -> Any:
    """A document in which a field that holds JSON text is what stands in the text. No validator reads it by itself."""
    if isinstance(schema, list):
        return [with_json_read(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if JSON_TEXT in schema:
        return with_json_read(schema[JSON_TEXT])
    return {name: with_json_read(each) for name, each in schema.items()}


class Document:
    """An OpenAPI document of forms, queries and JSON answers, asked about single requests."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = with_json_read(document)

    def operation(self, method: str, path: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What is described for a request, and what stands in its path. LookupError when nothing is.

        A path that is described as it is comes before one with a name in it that would fit too.
        """
        for template, methods in sorted(self._document["paths"].items(), key=lambda each: "{" in each[0]):
            values = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)), path)
            if values and method.lower() in methods:
                return methods[method.lower()], {name: unquote(each) for name, each in values.groupdict().items()}
        raise LookupError(f"{method} {path}")

    def faults_of_request(self, method: str, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> list[str]:
        """What the document does not allow, a sentence each; it allows what is not required to be blank (its words)."""
        operation, in_path = self.operation(method, path)
        faults = list(self._faults_of_parameters(operation, {"path": in_path, "query": query}))
        body = operation.get("requestBody")
        filled = {name: text for name, text in form.items() if text}
        if body and (filled or body["required"]):
            faults += self._faults_of_form(body["content"][FORM], filled)
        return faults

    def faults_of_answer(self, method: str, path: str, status: int, value: Any) -> list[str]:
        """The same for an answer."""
        described = self.operation(method, path)[0]["responses"].get(str(status))
        if described is None:
            return [f"there is no status {status}"]
        if "$ref" in described:
            described = self._found(described["$ref"])
        return list(self._faults(described["content"]["application/json"]["schema"], value))

    def _faults_of_parameters(
        self, operation: Mapping[str, Any], given: Mapping[str, Mapping[str, str]]
    ) -> Iterator[str]:
        for parameter in operation.get("parameters", ()):
            text = given[parameter["in"]].get(parameter["name"], "")
            if text:
                yield from self._faults(parameter["schema"], self._value(parameter["schema"], text))
            elif parameter["required"]:
                yield f"{parameter['name']} is required"

    def _faults_of_form(self, content: Mapping[str, Any], form: Mapping[str, str]) -> Iterator[str]:
        fields = self._fields(content["schema"])
        value: dict[str, Any] = {}
        for name, text in form.items():
            if name in content.get("encoding", {}):
                try:
                    value[name] = json.loads(text)
                except (ValueError, RecursionError):
                    yield f"{name} is not JSON"
            elif name in fields:
                value[name] = self._value(fields[name], text)
        yield from self._faults(content["schema"], value)

    def _fields(self, form: Schema) -> dict[str, Schema]:
        """The fields of a form, or of all that there are to choose from."""
        choices = [self._found(each["$ref"]) for each in form.get("oneOf", ())]
        return {name: field for each in (form, *choices) for name, field in each.get("properties", {}).items()}

    def _value(self, schema: Schema, text: str) -> Any:
        """What a text in a URL or a form says: a number, where one belongs, or itself."""
        is_number = schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]{1,400}", text)
        return int(text) if is_number else text

    def _faults(self, schema: Schema, value: Any) -> Iterator[str]:
        whole = {**schema, "components": self._document["components"]}
        for error in Draft202012Validator(whole).iter_errors(value):
            yield f"{'.'.join(map(str, error.instance_path))}: {error.message}"

    def _found(self, reference: str) -> Any:
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

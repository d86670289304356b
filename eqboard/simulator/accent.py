"""Speaking like another EQ server: other paths and methods, other field names and words, numbers as texts.

No server that eqboard will meet was seen by its authors. A client that gets along with a strange accent here has a
better chance there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from eqboard.eq.dialect import Dialect
from eqboard.eq.models import Phone
from eqboard.eq.models.writing import Attributes
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Operation
from eqboard.simulator.asked import Asked


@dataclass(frozen=True)
class Accent:
    """How one server speaks; by default as the contract has it."""

    dialect: Dialect = field(default_factory=Dialect)
    numbers_as_texts: bool = False

    def routes(self) -> Mapping[tuple[str, str], Sequence[Operation]]:
        """The operations behind each method and path that is answered, first one that says what is sent if any does."""
        routes: dict[tuple[str, str], list[Operation]] = {}
        for operation in sorted(OPERATIONS.values(), key=lambda each: not objects_sent(each)):
            routes.setdefault(self.dialect.route(operation), []).append(operation)
        return routes

    def hear(self, operation: Operation, asked: Asked) -> Asked:
        """A request in the contract's words."""
        sent = {
            name: self._heard(entity, asked.form[name])
            for name, entity in objects_sent(operation).items()
            if name in asked.form
        }
        return replace(asked, form={**asked.form, **sent})

    def answer(self, operation: Operation, value: object) -> object:
        """An answer in this server's words."""
        name = operation.result.__name__ if operation.result else ""
        if self.dialect.is_foreign:
            value = (
                [self.dialect.speak(name, row) for row in value]
                if isinstance(value, list)
                else self.dialect.speak(name, value)
            )
        return as_texts(value) if self.numbers_as_texts else value

    def _heard(self, entity: str, text: str) -> str:
        """The JSON text with the contract's names in it; what is no JSON is left to whoever reads it."""
        if not self.dialect.is_foreign:
            return text
        try:
            return json.dumps(self.dialect.understand(entity, json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return text


def objects_sent(operation: Operation) -> Mapping[str, str]:
    """The form fields that hold an object as JSON text, and the object's name."""
    kinds = {name: info.annotation for name, info in operation.parameters.model_fields.items()}
    sent = {
        name: kind.entity for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Attributes)
    }
    return sent | ({"phone": Phone.__name__} if "phone" in kinds else {})


def as_texts(value: object) -> object:
    """Every number as a text, as some servers have it."""
    if isinstance(value, list):
        return [as_texts(each) for each in value]
    if isinstance(value, dict):
        return {name: as_texts(each) for name, each in value.items()}
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

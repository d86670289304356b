"""Which operation of the EQ API a request is: several share one method and path. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eqboard.eq.wire import Operation


def operation_called(
    candidates: Sequence[Operation], query: Mapping[str, str], form: Mapping[str, str]
) -> Operation | None:
    """Of the operations behind one method and path the one that says most of what was sent.

    None for what is none of them, such as an action that there is not.
    """
    if len(candidates) == 1:
        return candidates[0]
    fitting = [each for each in candidates if _says(each, query, form) is not None]
    return max(fitting, key=lambda each: _says(each, query, form) or 0, default=None)


def _says(operation: Operation, query: Mapping[str, str], form: Mapping[str, str]) -> int | None:
    """How many of the values sent an operation tells, or None when they tell another one."""
    sent = query if operation.is_read else form
    told = [sent.get(name) == value for name, value in operation.fixed.items()]
    told += [query.get(name) == value for name, value in operation.in_query.items()]
    if operation.is_read:
        told += [bool(query.get(name)) for name in _needed(operation)]
    return len(told) if all(told) else None


def _needed(operation: Operation) -> list[str]:
    """The wire names of what a read cannot do without."""
    fields = operation.parameters.model_fields.items()
    return [
        operation.wire_name(name) for name, info in fields if info.is_required() and name not in operation.path_names
    ]

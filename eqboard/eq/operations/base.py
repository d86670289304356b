"""The decorator that reads a typed signature, once, at import, into an `Operation`."""

import functools
import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar

from pydantic import BaseModel

from eqboard.eq.wire import Operation, Rows

P = ParamSpec("P")
T = TypeVar("T")

OPERATIONS: dict[str, Operation] = {}


class Caller(Protocol):
    """Whoever carries a call out: the client, or a test."""

    async def call(self, operation: Operation, arguments: Mapping[str, object]) -> Any: ...


class Resource:
    """A group of operations on one kind of thing."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller


def operation(
    method: str,
    path: str,
    *,
    fixed: Mapping[str, str] | None = None,
    as_json: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Turn a signature into the call it describes.

    Names in the path template go into the path, the other arguments into the query (GET) or the form body; `fixed` are
    form fields with one value, `as_json` the form field that holds all the others as JSON text, `names` the wire names
    that are not the camelCase of ours.
    """

    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        signature = inspect.signature(function)
        result, many = _result(typing.get_type_hints(function)["return"])
        entry = Operation(
            name=_name(function),
            method=method,
            path=path,
            result=result,
            many=many,
            fixed=fixed or {},
            as_json=as_json,
            names=names or {},
            doc=inspect.getdoc(function) or "",
        )
        OPERATIONS[entry.name] = entry

        @functools.wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            arguments = bound.arguments
            resource = typing.cast(Resource, arguments.pop("self"))
            return typing.cast(T, await resource._caller.call(entry, arguments))

        return call

    return decorate


def _name(function: Callable[..., Any]) -> str:
    """`CallQueueAgents.pause` as "call_queue_agents.pause"."""
    resource, _, verb = function.__qualname__.rpartition(".")
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in resource)
    return f"{words.lstrip('_')}.{verb}"


def _result(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    if annotation is type(None):
        return None, False
    if typing.get_origin(annotation) is Rows:
        return typing.get_args(annotation)[0], True
    return annotation, False

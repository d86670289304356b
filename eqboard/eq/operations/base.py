"""The decorator that reads a typed signature, once, at import, into an `Operation`."""

import functools
import inspect
import typing
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar

from pydantic import ValidationError, create_model

from eqboard.eq.errors import Complaint, EQBroken, EQWrongValue
from eqboard.eq.models.base import Entity
from eqboard.eq.models.rules import complaints_of
from eqboard.eq.models.writing import Attributes
from eqboard.eq.wire import Arguments, Operation, Parameters, Rows

P = ParamSpec("P")
T = TypeVar("T")

OPERATIONS: dict[str, Operation] = {}


class Caller(Protocol):
    """Whoever carries a call out: the client, a session, or a test."""

    async def call(self, operation: Operation, arguments: Arguments) -> Any: ...


class Resource:
    """A group of operations on one kind of thing."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller


def operation(
    method: str,
    path: str,
    *,
    fixed: Mapping[str, str] | None = None,
    in_query: Mapping[str, str] | None = None,
    as_json: str | None = None,
    names: Mapping[str, str] | None = None,
    check: Callable[[Arguments], Complaint | None] | None = None,
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Turn a signature into the call it describes.

    Names in the path template go into the path, the other arguments into the query (GET) or the form body; `fixed` are
    form fields with one value, `in_query` such as stand in the query, `as_json` the form field that holds all the
    others as JSON text, `names` the wire names that are not the camelCase of ours, `check` a rule about several
    arguments. The annotations are the rules for each; an object among the arguments is sent as JSON text.
    """

    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        signature = inspect.signature(function)
        hints = typing.get_type_hints(function, include_extras=True)
        result, many = _result(hints.pop("return"))
        entry = Operation(
            name=_name(function),
            method=method,
            path=path,
            result=result,
            many=many,
            fixed=fixed or {},
            in_query=in_query or {},
            as_json=as_json,
            names=names or {},
            doc=inspect.getdoc(function) or "",
            parameters=_parameters(function, signature, hints),
            check=check,
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


async def read_for_update(
    name: str,
    model: type[Attributes],
    changes: Mapping[str, object],
    read: Callable[[], Awaitable[Entity]],
    **key: object,
) -> Any:
    """The whole entity to write back: as EQ has it, with the changes (contract §1, PUT). `key` is what was asked for.

    Raises EQWrongValue for a change against its rule, before anything is asked, and for an attribute that is against
    its rule as EQ has it; EQBroken when something EQ says of the entity cannot be read, and so would be lost.
    """
    try:
        model.check(changes)
    except ValidationError as error:
        raise EQWrongValue(name, complaints_of(error, model=model, inside="data")) from None
    entity = await read()
    if any(getattr(entity, each) != value for each, value in key.items()):
        raise EQBroken(name, "EQ told of another one, so nothing was written")
    if entity.unread:
        raise EQBroken(name, f"not all of it can be read ({entity.unread[0]}), so nothing was written")
    try:
        return model.changing(entity, changes)
    except ValidationError as error:
        complaints = complaints_of(error, model=model, inside="data")
        raise EQWrongValue(name, complaints, "so EQ has it; nothing was written") from None


def _name(function: Callable[..., Any]) -> str:
    """`CallQueueAgents.pause` as "call_queue_agents.pause"."""
    resource, _, verb = function.__qualname__.rpartition(".")
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in resource)
    return f"{words.lstrip('_')}.{verb}"


def _parameters(
    function: Callable[..., Any], signature: inspect.Signature, hints: Mapping[str, Any]
) -> type[Parameters]:
    """The signature as a model that checks its arguments."""
    fields: dict[str, Any] = {
        name: (hints[name], ... if given.default is given.empty else given.default)
        for name, given in signature.parameters.items()
        if name != "self"
    }
    return create_model(function.__qualname__, __base__=Parameters, **fields)


def _result(annotation: Any) -> tuple[type | None, bool]:
    if annotation is type(None):
        return None, False
    if typing.get_origin(annotation) is Rows:
        return typing.get_args(annotation)[0], True
    return annotation, False

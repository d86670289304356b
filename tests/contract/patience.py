"""How a server may read a request that is more patient than the API document. Pure.

The document says what may be sent; a server that takes more breaks nothing. The simulator takes, as EQ's own language
would, numbers and flags as texts in `options`, and overlooks what is blank or has no effect.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from pydantic.alias_generators import to_camel

from eqboard.eq.models.attributes import NewAlert
from eqboard.eq.models.rules import LONGEST


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went over the wire; `path` without the API's own."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]


def readings(sent: Sent) -> Iterator[Sent]:
    """The request in ways that it may be understood."""
    objects = {name: each for name, text in sent.form.items() if isinstance(each := _read(text), dict)}
    form = {name: text[:LONGEST] for name, text in sent.form.items() if name not in objects}
    if "data" in objects:
        data = _without_blanks(objects["data"])
        form["data"] = json.dumps(_applicable(data) if sent.path.startswith("/alert") else data)
    if "phone" in objects:
        form["phone"] = json.dumps({"extension": objects["phone"].get("extension")})  # the rest only describes it
    query = {name: text[:LONGEST] for name, text in sent.query.items()}
    options = _with_effect(_without_blanks(objects.get("options", {})))
    for values in product(*map(_values, options.values())):
        texts = {"options": json.dumps(dict(zip(options, values, strict=True)))} if options else {}
        yield replace(sent, query=query, form=form | texts)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _without_blanks(value: Any) -> Any:
    """Null and blank say that something is not given; texts may be longer than our client sends them."""
    if isinstance(value, str):
        return value[:LONGEST]
    if not isinstance(value, dict):
        return value
    return {name: _without_blanks(each) for name, each in value.items() if each not in (None, "")}


def _values(value: Any) -> list[Any]:
    """What one option may mean: 7 is "7", "1" is true."""
    if isinstance(value, list):
        return [value, [_number(each) for each in value], [_text(each) for each in value]]
    flag = [value in ("1", 1)] if value in ("0", "1", 0, 1) else []
    return [value, _number(value), _text(value), *flag]


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _with_effect(options: Mapping[str, Any]) -> dict[str, Any]:
    """EQ API text: `queues` counts where no `queue` is named, `skills` only with `queues`."""
    idle = {"queues", "skills"} if "queue" in options else {"skills"} if "queues" not in options else set()
    return {name: each for name, each in options.items() if name not in idle}


def _applicable(alert: Mapping[str, Any]) -> dict[str, Any]:
    """An alert without the attributes that alerts of its type do not have; they have no effect."""
    idle = {
        to_camel(name)
        for name, (decisive, values) in NewAlert.needed_when.items()
        if alert.get(to_camel(decisive)) not in values
    }
    return {name: each for name, each in alert.items() if name not in idle}

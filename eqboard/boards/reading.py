"""A board's choices to and from JSON: strict with what people and files bring, lenient with what is stored."""

import json
from dataclasses import asdict
from typing import Any, Never

from django.utils.translation import gettext as _
from pydantic import ValidationError

from eqboard.boards.faults import Fault, FaultyError
from eqboard.boards.rules import disagreements
from eqboard.boards.shapes import SpecShape, faults_of
from eqboard.boards.spec import Spec

MOST_BYTES = 256 * 1024
MOST_LEVELS = 12  # of brackets in brackets: a board has four


def parse(text: str | bytes) -> Any:
    """JSON and nothing else: no NaN, no name twice in an object, no more depth than a board has. Raises FaultyError."""
    if len(text) > MOST_BYTES:
        raise _unreadable(_("This is larger than 256 KB, and a board never is."))
    try:
        held = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except FaultyError:
        raise
    except (ValueError, RecursionError):
        raise _unreadable(_("This is not JSON, or it is cut off. Export the board again.")) from None
    if _depth(held) > MOST_LEVELS:
        raise _unreadable(_("This is nested deeper than a board ever is."))
    if not _is_text(json.dumps(held, ensure_ascii=False)):
        raise _unreadable(_("This holds half a character, which nobody can read or store."))
    return held


def _is_text(text: str) -> bool:
    """Whether it can be written down: a lone surrogate cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(sentence: str) -> FaultyError:
    return FaultyError(Fault((), sentence))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1).encode("utf-8", "replace").decode()
        raise _unreadable(
            _("“%(name)s” is said twice in one place, so nobody knows which is meant.") % {"name": twice[:40]}
        )
    return held


def _refuse(word: str) -> Never:
    raise _unreadable(_("%(word)s is not a number that a board can hold.") % {"word": word})


def _depth(held: Any) -> int:
    """Goes no deeper than `json.loads` could come; counts a level at a time, so that depth costs no stack."""
    levels, now = 0, [held]
    while now and levels <= MOST_LEVELS:
        levels += 1
        inner = [each.values() if isinstance(each, dict) else each for each in now if isinstance(each, dict | list)]
        now = [each for values in inner for each in values]
    return levels


def read_spec(data: object) -> Spec:
    """Strictly: every field known and in its range. Raises FaultyError with all that is wrong."""
    spec = _shaped(data)
    if faults := tuple(disagreements(spec)):
        raise FaultyError(*faults)
    return spec


def _shaped(data: object) -> Spec:
    try:
        return SpecShape.model_validate_json(json.dumps(data)).value()
    except ValidationError as error:
        raise FaultyError(*faults_of(error)) from None


def read_stored(data: object) -> tuple[Spec, tuple[Fault, ...]]:
    """What another version of eqboard stored: a place that cannot be read is left out, and told."""
    left_out: dict[Fault, None] = {}
    while True:
        try:
            return read_spec(data), tuple(left_out)
        except FaultyError as error:
            left_out |= dict.fromkeys(error.faults)
            smaller = _without(data, error.faults)
            if smaller == data or not isinstance(data, dict):
                return _whatever_stands(data), tuple(left_out)
            data = smaller


def _whatever_stands(data: object) -> Spec:
    """Of a spec in which nothing more can be left out, such as one without parts."""
    try:
        return _shaped(data)
    except FaultyError:
        return Spec()


def _without(data: object, faults: tuple[Fault, ...]) -> object:
    """The data without the faulty fields, and without the faulty items of its lists."""
    if not isinstance(data, dict):
        return data
    items = {(each.path[0], each.path[1]) for each in faults if len(each.path) > 1 and isinstance(each.path[1], int)}
    fields = {each.path[0] for each in faults if each.path} - {field for field, _place in items}
    return {
        name: [each for place, each in enumerate(value) if (name, place) not in items]
        if isinstance(value, list | tuple)
        else value
        for name, value in data.items()
        if name not in fields
    }


def write_spec(spec: Spec) -> dict[str, Any]:
    """As JSON holds it: names, numbers, lists."""
    written: dict[str, Any] = json.loads(json.dumps(asdict(spec)))
    return written

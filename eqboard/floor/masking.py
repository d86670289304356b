"""The floor without what tells who calls: numbers of callers cut short or left out, their names left out. Pure.

It comes last, after `visible` and whatever looks for calls: a masked caller has neither channel nor unique id, which
may hold the number (`Local/0791234567@…`). So may keys, by which elements are known: each is replaced by a hash with a
secret of the site, as a plain hash of a number is found by trying all numbers.

A name is searched for digits of every script, also raised and in circles, with marks and single letters between them.
Whoever writes more letters between them, or the number in words, is not found out: where that matters, hide names.

Agents are no callers: somebody at an extension of an agent (up to five digits) keeps number and name. What the exchange
itself gives out stays too: queues, parking spaces, rooms. What goes on at extensions is left out: no board shows it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from hashlib import blake2b
from typing import TypeVar
from unicodedata import numeric

from eqboard.floor.snapshot import AbandonedCall, Agent, Caller, Conference, ParkedCall, Snapshot, WaitingCall
from eqboard.floor.veil import Veil

SHOWN_DIGITS = 3
TELLING_DIGITS = 4  # so many in a row are a part of a number by which one may know it
LONGEST_EXTENSION = 5
GAP = "…"
DIGITS = frozenset(range(10))
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
NUMBER_IN_TEXT = re.compile(rf"[0-9](?:[\W_]*(?:[^\W0-9_][\W_]*)?[0-9]){{{TELLING_DIGITS - 1},}}")
"""In a text of plain digits, as people write numbers: 079 123 45 67, also 079x123x45x67."""

Call = TypeVar("Call", WaitingCall, ParkedCall, AbandonedCall)
K = TypeVar("K")
V = TypeVar("V")


class MaskedNumbers(StrEnum):
    SHOWN = "shown"
    LAST_DIGITS = "last_digits"  # all but the last three digits
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Mask:
    numbers: MaskedNumbers
    hides_names: bool
    own: frozenset[str]  # extensions of agents
    secret: bytes = field(repr=False)  # for keys

    @property
    def hides(self) -> bool:
        return is_masked(self.numbers, self.hides_names)

    def caller(self, caller: Caller) -> Caller:
        """The caller as they may be shown; the same object if that is how they are."""
        if not self.hides:
            return caller
        is_own = caller.number in self.own
        number = caller.number if is_own else self.number(caller.number)
        name = None if self.hides_names and not is_own else self.name(caller.name)
        if is_own and name == caller.name:
            return caller
        shown = Caller(None, None, number, name)
        return caller if shown == caller else shown

    def number(self, number: str | None) -> str | None:
        """None for one without digits, unless numbers are shown: it may be an address (`carmen@example.com`)."""
        if number is None or self.numbers is MaskedNumbers.SHOWN:
            return number
        digits = "".join(each for each in number if _value(each))
        if not digits or self.numbers is MaskedNumbers.HIDDEN:
            return None
        return digits if len(digits) <= SHOWN_DIGITS else GAP + digits[-SHOWN_DIGITS:]

    def name(self, name: str | None) -> str | None:
        """A telephone network often tells the number in place of a name; None for a name that is nothing else."""
        if name is None or self.numbers is MaskedNumbers.SHOWN:
            return name
        places = [found.span() for found in NUMBER_IN_TEXT.finditer(_plain(name))]
        masked = name
        for begin, end in reversed(places):
            masked = masked[:begin] + (self.number(name[begin:end]) or GAP) + masked[end:]
        return masked if not places or any(each.isalpha() and not _value(each) for each in masked) else None


def is_masked(numbers: MaskedNumbers, hides_names: bool) -> bool:
    return numbers is not MaskedNumbers.SHOWN or hides_names


def hidden_key(key: str, secret: bytes) -> str:
    """In place of a key that may tell who calls: the same for the same key, by one secret (1 to 64 bytes).

    A digit and letters: what is told of a masked caller has no four digits in a row, not even by chance.
    """
    hashed = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16, key=secret).hexdigest()
    return "0" + hashed.translate(LETTERS)


def masked(
    snapshot: Snapshot, numbers: MaskedNumbers, hides_names: bool, secret: bytes, veil: Veil | None = None
) -> Snapshot:
    """The floor as it may be shown, with keys hidden by `secret`. What needs no masking stays the same object.

    Callers under the `veil` have no number, however numbers are shown otherwise.
    """
    if veil is None and not is_masked(numbers, hides_names):
        return snapshot
    mask = Mask(numbers, hides_names, _own_extensions(snapshot), secret)
    veiled = replace(mask, numbers=MaskedNumbers.HIDDEN)
    under = veil or Veil()

    def of(keys: Collection[K], key: K) -> Mask:
        return veiled if key in keys else mask

    return replace(
        snapshot,
        agents=_each(snapshot.agents, lambda agent: _agent(agent, of(under.agents, agent.id))),
        waiting=_calls(snapshot.waiting, partial(of, under.waiting)),
        parked=_calls(
            _each(snapshot.parked, lambda call: _parked(call, of(under.parked, call.key))), partial(of, under.parked)
        ),
        abandoned=_calls(snapshot.abandoned, partial(of, under.abandoned)),
        conferences=_each(snapshot.conferences, lambda room: _conference(room, of(under.conferences, room.extension))),
        lines={},
    )


def _own_extensions(snapshot: Snapshot) -> frozenset[str]:
    extensions = (agent.extension for agent in snapshot.agents.values())
    return frozenset(each for each in extensions if each and each.isdecimal() and len(each) <= LONGEST_EXTENSION)


def _each(entities: Mapping[K, V], change: Callable[[V], V]) -> Mapping[K, V]:
    """All of them changed; the same mapping if none is."""
    changed = {key: change(each) for key, each in entities.items()}
    return entities if all(changed[key] is each for key, each in entities.items()) else changed


def _calls(calls: Mapping[str, Call], mask_of: Callable[[str], Mask]) -> Mapping[str, Call]:
    """The calls, each masked one filed under a key that tells nothing."""
    found: dict[str, Call] = {}
    for key, call in calls.items():
        mask = mask_of(key)
        shown = hidden_key(key, mask.secret) if mask.hides else key
        found[shown] = replace(call, key=shown, caller=mask.caller(call.caller)) if mask.hides else call
    return found


def _parked(call: ParkedCall, mask: Mask) -> ParkedCall:
    """Who parked it is an extension; what is longer, or a part of the caller's number, may be the caller."""
    by = call.parked_by
    if by is None or by in mask.own:
        return call
    is_extension = by.isdecimal() and len(by) <= LONGEST_EXTENSION and by == _without(by, call.caller.number or "")
    shown = by if is_extension else mask.number(by)
    return call if shown == by else replace(call, parked_by=shown)


def _agent(agent: Agent, mask: Mask) -> Agent:
    if agent.caller is None:
        return agent
    caller = mask.caller(agent.caller)
    return agent if caller is agent.caller else replace(agent, caller=caller)


def _conference(room: Conference, mask: Mask) -> Conference:
    callers = [mask.caller(each.caller) for each in room.participants]
    pairs = list(zip(room.participants, callers, strict=True))
    if all(each.caller is caller for each, caller in pairs):
        return room
    participants = (each if each.caller is caller else replace(each, caller=caller) for each, caller in pairs)
    return replace(room, participants=tuple(participants))


def _without(text: str, number: str) -> str:
    """The text without any digits that stand there in the order of the number's, four of them or more."""
    told = _digits(number)
    parts = {told[place : place + TELLING_DIGITS] for place in range(len(told) - TELLING_DIGITS + 1)}
    places = [place for place, each in enumerate(text) if _value(each)]
    digits = _digits(text)
    telling = {
        place
        for begin in range(len(digits) - TELLING_DIGITS + 1)
        if digits[begin : begin + TELLING_DIGITS] in parts
        for place in places[begin : begin + TELLING_DIGITS]
    }
    if not telling:
        return text
    shown = "".join("\0" if place in telling else each for place, each in enumerate(text))
    return re.sub("\0+", GAP, shown)


def _digits(text: str) -> str:
    """The digits of a text, of whatever script, as the usual ones."""
    return "".join(map(_value, text))


def _plain(text: str) -> str:
    """The text, letter by letter, with the usual digits in place of others."""
    return "".join(_value(each) or each for each in text)


def _value(letter: str) -> str:
    """The usual digit for a letter that stands for one, of whatever script and shape; "" for any other."""
    value = numeric(letter, -1)
    return str(int(value)) if value in DIGITS else ""

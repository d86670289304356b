"""The floor without what tells who calls: numbers of callers cut short or left out, their names left out. Pure.

It comes last, after `visible` and whatever looks for calls: a masked caller has neither channel nor unique id, which
may hold the number (`Local/0791234567@…`). Keys stay, as elements are known by them, but no four digits of the caller's
number in a row stay in them.

Agents are no callers: somebody at an extension of an agent (up to five digits) keeps number and name. What the exchange
itself gives out stays too: queues, parking spaces, rooms.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from unicodedata import decimal

from eqboard.floor.snapshot import AbandonedCall, Agent, Caller, Conference, ParkedCall, Snapshot, WaitingCall

SHOWN_DIGITS = 3
TELLING_DIGITS = 4  # so many in a row are a part of a number by which one may know it
LONGEST_EXTENSION = 5
GAP = "…"
NUMBER_IN_TEXT = re.compile(rf"\d(?:[\W_]*\d){{{TELLING_DIGITS - 1},}}")  # as people write them: 079 123 45 67

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

    def caller(self, caller: Caller) -> Caller:
        """The caller as they may be shown; the same object if that is how they are."""
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
        digits = "".join(each for each in number if each.isdecimal())
        if not digits or self.numbers is MaskedNumbers.HIDDEN:
            return None
        return digits if len(digits) <= SHOWN_DIGITS else GAP + digits[-SHOWN_DIGITS:]

    def name(self, name: str | None) -> str | None:
        """A telephone network often tells the number in place of a name; None for a name that is nothing else."""
        if name is None or self.numbers is MaskedNumbers.SHOWN:
            return name
        masked = NUMBER_IN_TEXT.sub(lambda found: self.number(found.group()) or GAP, name)
        return masked if masked == name or any(each.isalpha() for each in masked) else None

    def key(self, key: str, caller: Caller) -> str:
        """The key without what is masked of its caller."""
        if caller.number in self.own:
            return key
        if self.hides_names and caller.name:
            key = key.replace(caller.name, GAP).replace(html.escape(caller.name), GAP)
        return key if self.numbers is MaskedNumbers.SHOWN else _without(key, caller.number or "")


def masked(snapshot: Snapshot, numbers: MaskedNumbers, hides_names: bool) -> Snapshot:
    """The floor as it may be shown. What needs no masking stays the same object."""
    if numbers is MaskedNumbers.SHOWN and not hides_names:
        return snapshot
    mask = Mask(numbers, hides_names, _own_extensions(snapshot))
    return replace(
        snapshot,
        agents=_each(snapshot.agents, lambda agent: _agent(agent, mask)),
        waiting=_calls(snapshot.waiting, mask),
        parked=_calls(_each(snapshot.parked, lambda call: _parked(call, mask)), mask),
        abandoned=_calls(snapshot.abandoned, mask),
        conferences=_each(snapshot.conferences, lambda room: _conference(room, mask)),
    )


def _own_extensions(snapshot: Snapshot) -> frozenset[str]:
    extensions = (agent.extension for agent in snapshot.agents.values())
    return frozenset(each for each in extensions if each and each.isdecimal() and len(each) <= LONGEST_EXTENSION)


def _each(entities: Mapping[K, V], change: Callable[[V], V]) -> Mapping[K, V]:
    """All of them changed; the same mapping if none is."""
    changed = {key: change(each) for key, each in entities.items()}
    return entities if all(changed[key] is each for key, each in entities.items()) else changed


def _calls(calls: Mapping[str, Call], mask: Mask) -> Mapping[str, Call]:
    """The calls, filed under keys that tell nothing. Two that are alike then are told apart by a count."""
    found: dict[str, Call] = {}
    for key in sorted(calls):
        call = _call(calls[key], mask)
        if call.key in found:
            call = replace(call, key=_free(call.key, found))
        found[call.key] = call
    is_same = found.keys() == calls.keys() and all(found[key] is each for key, each in calls.items())
    return calls if is_same else found


def _free(key: str, taken: Mapping[str, object]) -> str:
    place = 2
    while f"{key} {place}" in taken:
        place += 1
    return f"{key} {place}"


def _call(call: Call, mask: Mask) -> Call:
    caller, key = mask.caller(call.caller), mask.key(call.key, call.caller)
    return call if caller is call.caller and key == call.key else replace(call, caller=caller, key=key)


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
    places = [place for place, each in enumerate(text) if each.isdecimal()]
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
    return "".join(str(decimal(each)) for each in text if each.isdecimal())

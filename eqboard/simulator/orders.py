"""Reading what a telephone action asks for, with the errors of the EQ API text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.extensions import Phone, phone_at
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.keys import has_key
from eqboard.simulator.switch.parties import Call, Leg, Party, Place

EXTENSION_ACTIONS = ("dial", "blindTransfer", "park", "hangUp")
RECORDING_ACTIONS = ("start", "stop", "cancel")
IN_A_QUEUES_HANDS = (Place.WAITING, Place.TALKING, Place.CONFERENCE)


def read_text(parameter: str, text: str) -> str:
    """A parameter that must be there. Refusal: `blank`."""
    if not text.strip():
        raise Refusal(parameter, "blank", f"The parameter {parameter} is not specified")
    return text


def read_word(parameter: str, text: str, words: Sequence[str]) -> str:
    """One of several words. Refusal: `blank`, `invalid`."""
    if read_text(parameter, text) not in words:
        raise Refusal(parameter, "invalid", f"The parameter {parameter} must be one of {', '.join(words)}")
    return text


def read_extension(directory: Directory, parameter: str, text: str) -> str:
    """A user extension. Refusal: `blank`, `nonexistent`."""
    if read_text(parameter, text) not in directory.extensions:
        raise Refusal(parameter, "nonexistent", "Extension does not exist")
    return text


def read_queued_call(exchange: Exchange, channel: str) -> Call:
    """The caller with that channel: in a queue, or with the agent to whom it gave them, for a real switch redirects
    those too (contract §4). Refusal: `blank`, `nonexistent`.
    """
    call = exchange.call_with(read_text("channel", channel))
    if call is None or call.place not in IN_A_QUEUES_HANDS or not call.queue:
        raise Refusal("channel", "nonexistent", "There is no such call in a queue")
    return call


def read_parked_call(exchange: Exchange, channel: str) -> Party:
    """Who is parked. Refusal: `blank`, `nonexistent`."""
    read_text("channel", channel)
    for party in exchange.lot.calls.values():
        if party.channel == channel:
            return party
    raise Refusal("channel", "nonexistent", "There is no such call in the parking lot")


def read_leg(exchange: Exchange, extension: str, channel: str) -> Leg:
    """The extension's call with that channel of its own, the first one found when blank (EQ API text).

    Refusal: `nonexistent`, also when the extension has no call at all.
    """
    for leg in exchange.lines.legs_at(extension):
        if not channel.strip() or leg.channel == channel:
            return leg
    raise Refusal("channel", "nonexistent", "The extension has no such call")


def read_phone(directory: Directory, phone: object, extension: str) -> Phone:
    """A registered telephone: a phone object, of which the extension counts, or an extension in place of one.

    Refusal: phone `blank` when there is neither, `invalid` when the object names no extension, `nonexistent` when no
    telephone is registered there; extension `nonexistent`.
    """
    if phone is not None:
        named = phone.get("extension") if isinstance(phone, dict) else None
        if isinstance(named, bool) or not isinstance(named, str | int) or not str(named).strip():
            raise Refusal("phone", "invalid", "The phone object has no extension")
        return _registered(directory, str(named))
    if not extension.strip():
        raise Refusal("phone", "blank", "Neither phone nor extension is specified")
    return _registered(directory, read_extension(directory, "extension", extension))


def read_key_of(phone: Phone, key: str) -> str:
    """A key that the telephone has. Refusal: `blank`, `invalid`."""
    if not has_key(phone, read_text("key", key)):
        raise Refusal("key", "invalid", "Key is not valid for phone")
    return key


def _registered(directory: Directory, extension: str) -> Phone:
    known = directory.extensions.get(extension)
    phone = phone_at(known) if known is not None else None
    if phone is None:
        raise Refusal("phone", "nonexistent", "Phone does not exist")
    return phone

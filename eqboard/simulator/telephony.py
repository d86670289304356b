"""The telephone actions of the EQ API: refused at once, or accepted and carried out a moment later.

Accepted is not done (contract §2): in the meantime the caller may have gone, or the destination be busy. The switch
takes orders in the order in which they came, so of two who steal the same caller the first one gets them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from eqboard.simulator.orders import (
    EXTENSION_ACTIONS,
    RECORDING_ACTIONS,
    read_extension,
    read_key_of,
    read_leg,
    read_parked_call,
    read_phone,
    read_queued_call,
    read_text,
    read_word,
)
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import LegStatus, Mode
from eqboard.simulator.switch.switch import Switch

ORDER_SECONDS = (0.001, 0.003)  # from "Success" to what it is about (contract §4: a caller leaves in about 2 ms)


class Telephony:
    """Each method accepts one action; it raises Refusal, status 400."""

    def __init__(self, exchange: Exchange, switch: Switch) -> None:
        self._exchange = exchange
        self._switch = switch
        self._accepted: deque[Callable[[], None]] = deque()
        self._last_at = exchange.now

    def steal(self, channel: str, destination: str) -> None:
        """Send a caller out of their queue to a destination, which is looked at only when the caller is sent."""
        call = read_queued_call(self._exchange, channel)
        read_text("destination", destination)
        self._soon(partial(self._switch.conversations.steal, call, destination))

    def pick_up(self, channel: str, destination: str) -> None:
        """Send a caller out of the parking lot to a destination."""
        party = read_parked_call(self._exchange, channel)
        read_text("destination", destination)
        self._soon(partial(self._switch.parking.retrieve, party, destination))

    def extension_action(self, extension: str, action: str, channel: str, destination: str) -> None:
        """`channel` has no effect for dial, `destination` none for park and hangUp (EQ API text)."""
        read_extension(self._exchange.directory, "extension", extension)
        read_word("action", action, EXTENSION_ACTIONS)
        telephones = self._switch.telephones
        if action == "dial":
            self._soon(partial(telephones.dial, extension, read_text("destination", destination)))
            return
        leg = read_leg(self._exchange, extension, channel)
        if action == "blindTransfer":
            self._soon(partial(telephones.transfer, leg, read_text("destination", destination)))
        else:
            self._soon(partial(telephones.park if action == "park" else telephones.hang_up, leg))

    def recording_action(self, extension: str, action: str) -> None:
        """For the conversation that the extension has when it is carried out; without one nothing happens.

        The extension's own recording settings, `onDemand` among them, are for who presses a key there, not for the API.
        """
        read_extension(self._exchange.directory, "extension", extension)
        read_word("action", action, RECORDING_ACTIONS)
        self._soon(partial(self._record, extension, action))

    def monitor_action(self, action: str, target: str, extension: str) -> None:
        """Let one extension listen in on another."""
        mode = Mode(read_word("action", action, tuple(Mode)))
        read_extension(self._exchange.directory, "targetExtension", target)
        read_extension(self._exchange.directory, "monitorExtension", extension)
        self._soon(partial(self._switch.monitors.monitor, target, extension, mode))

    def press(self, phone: object, extension: str, key: str) -> None:
        """Press a key of a telephone: of a phone object, or else of the one at an extension."""
        known = read_phone(self._exchange.directory, phone, extension)
        read_key_of(known, key)
        self._soon(partial(self._switch.keypad.press, known.extension, key))

    def _soon(self, action: Callable[[], None]) -> None:
        now = self._exchange.now
        self._last_at = max(self._last_at, now + self._exchange.rng.uniform(*ORDER_SECONDS))
        self._accepted.append(action)
        self._exchange.agenda.after(self._last_at - now, self._carry_out_next)

    def _carry_out_next(self) -> None:
        self._accepted.popleft()()

    def _record(self, extension: str, action: str) -> None:
        for leg in self._exchange.lines.legs_at(extension):
            if leg.status is LegStatus.UP:
                if action == "start":
                    self._exchange.record(leg)
                else:
                    recordings = self._exchange.recordings
                    (recordings.stop if action == "stop" else recordings.cancel)(leg.id)
                return

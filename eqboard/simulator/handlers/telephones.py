"""What can be done at extensions: calls, recordings, monitoring, keys. 200 with null is accepted, not done."""

from __future__ import annotations

from collections.abc import Mapping

from eqboard.simulator.asked import Asked, Handler, read_json_object
from eqboard.simulator.world import World


def _extension_action(world: World, asked: Asked) -> object:
    extension, action, channel, destination = (
        asked.form.get(name, "") for name in ("extension", "action", "channel", "destination")
    )
    world.telephony.extension_action(extension, action, channel, destination)
    return None


def _recording_action(world: World, asked: Asked) -> object:
    world.telephony.recording_action(asked.form.get("extension", ""), asked.form.get("action", ""))
    return None


def _monitor_action(world: World, asked: Asked) -> object:
    action, target, extension = (asked.form.get(name, "") for name in ("action", "targetExtension", "monitorExtension"))
    world.telephony.monitor_action(action, target, extension)
    return None


def _phone_command(world: World, asked: Asked) -> object:
    """`extension` can be specified in place of a phone object (EQ API text); with both the phone counts."""
    text = asked.form.get("phone", "")
    phone = read_json_object("phone", text) if text.strip() else None
    world.telephony.press(phone, asked.form.get("extension", ""), asked.form.get("key", ""))
    return None


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("POST", "/extension_action"): _extension_action,
    ("POST", "/call_recording_action"): _recording_action,
    ("POST", "/call_monitor_action"): _monitor_action,
    ("POST", "/phone_command"): _phone_command,
}

"""Extensions and their telephones: what they are, and what they can be made to do.

Actions return when EQ has accepted them, before the telephone switch has acted (contract §2).
"""

from eqboard.eq.errors import Complaint
from eqboard.eq.models import Extension, Phone
from eqboard.eq.models.attributes import ExtensionAttributes
from eqboard.eq.models.rules import Key, PhoneKey
from eqboard.eq.operations.base import Resource, operation, read_for_update
from eqboard.eq.wire import Arguments


class Extensions(Resource):
    @operation("GET", "/extension/{extension}")
    async def get(self, *, extension: Key) -> Extension:
        """One user extension, with its SIP secret and voicemail password. EQNotFound when there is none."""

    @operation("POST", "/extension")
    async def create(self, *, data: ExtensionAttributes) -> str:
        """Create an extension and return it. EQInvalid: extension or name in_use."""

    @operation("PUT", "/extension/{extension}")
    async def replace(self, *, extension: Key, data: ExtensionAttributes) -> None:
        """Write all attributes of an extension; what is left out is lost, secrets too. See `update`.

        EQNotFound when there is none; EQInvalid: extension or name in_use.
        """

    @operation("DELETE", "/extension/{extension}")
    async def delete(self, *, extension: Key) -> None:
        """Delete an extension for good. EQNotFound when there is none."""

    async def update(self, *, extension: str, **changes: object) -> None:
        """Change some attributes of an extension and keep all others, secrets too; `sip={"nat": "yes"}` for one inside.

        Errors as for `get` and `replace`.
        """
        data = await read_for_update(
            "extensions.update",
            ExtensionAttributes,
            changes,
            lambda: self.get(extension=extension),
            extension=extension,
        )
        await self.replace(extension=extension, data=data)

    @operation("POST", "/extension_action", fixed={"action": "dial"})
    async def dial(self, *, extension: Key, destination: Key) -> None:
        """Call a telephone number or an extension from the extension. EQInvalid: extension nonexistent."""

    @operation("POST", "/extension_action", fixed={"action": "blindTransfer"})
    async def blind_transfer(self, *, extension: Key, destination: Key, channel: Key | None = None) -> None:
        """Send whom the extension talks with to a number or an extension, without asking there first.

        `channel` is the extension's own, the first one found when not given. EQInvalid: extension nonexistent.
        """

    @operation("POST", "/extension_action", fixed={"action": "park"})
    async def park(self, *, extension: Key, channel: Key | None = None) -> None:
        """Put whom the extension talks with into the parking lot. `channel` and errors as for `blind_transfer`."""

    @operation("POST", "/extension_action", fixed={"action": "hangUp"})
    async def hang_up(self, *, extension: Key, channel: Key | None = None) -> None:
        """End the extension's call. `channel` and errors as for `blind_transfer`."""


def _names_a_phone(arguments: Arguments) -> Complaint | None:
    """EQ API text, Execute Phone Command: the phone is required unless an extension is specified."""
    if "phone" in arguments or "extension" in arguments:
        return None
    return Complaint("phone", "blank", "required unless extension is given")


class Phones(Resource):
    @operation("GET", "/phone")
    async def get(self, *, extension: Key) -> Phone:
        """The telephone registered at an extension. EQNotFound when there is none."""

    @operation("POST", "/phone_command", check=_names_a_phone)
    async def press(self, *, key: PhoneKey, extension: Key | None = None, phone: Phone | None = None) -> None:
        """Press a key of the telephone at an extension, or of one that `get` returned, whole.

        Keys: line1, line2 …, soft_key1 …, up, down, left, right, enter, cancel, volume_up, volume_down, headset,
        speaker, mute, menu, messages, applications, directory, dnd, conference, transfer, redial, hold, 0 to 9, star,
        pound. EQInvalid: extension or phone nonexistent, key invalid (for this telephone).
        """

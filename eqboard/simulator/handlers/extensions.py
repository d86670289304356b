"""User extensions, and the telephones at them (EQ API text, Extension and Phone). What is deleted is really gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from pydantic import SecretStr

from eqboard.eq.errors import Complaint
from eqboard.eq.models.attributes import ExtensionAttributes
from eqboard.eq.models.writing import Attributes
from eqboard.simulator.answers import directory as answers
from eqboard.simulator.asked import Asked, Handler, found
from eqboard.simulator.office.data import given, read_data
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.extensions import (
    Extension,
    RecordingSettings,
    SipSettings,
    Voicemail,
    VoicemailOptions,
    phone_at,
)
from eqboard.simulator.office.limits import MOST_EXTENSIONS, refuse_when_full
from eqboard.simulator.refusals import Refusal, refuse_if
from eqboard.simulator.world import World

T = TypeVar("T")


def _extension(world: World, asked: Asked) -> Extension:
    return found(world.directory.extensions.get(asked.key), "extension", "Extension does not exist")


def _create(world: World, asked: Asked) -> object:
    """A telephone registers at once: somebody was waiting with it."""
    data = read_data(asked, ExtensionAttributes)
    refuse_if(_clashes(world.directory, data))
    refuse_when_full(world.directory.extensions, MOST_EXTENSIONS)
    world.add_extension(_built(data))
    return data.extension


def _replace(world: World, asked: Asked) -> object:
    """It may get another number. Whoever sits at the old one is then at an extension that does not exist."""
    before = _extension(world, asked)
    data = read_data(asked, ExtensionAttributes)
    refuse_if(_clashes(world.directory, data, before))
    world.directory.remove_extension(before)
    world.add_extension(replace(_built(data), telephone=before.telephone))
    return None


def _delete(world: World, asked: Asked) -> object:
    """Users who sit there stay signed in; the check of the configuration finds them."""
    world.directory.remove_extension(_extension(world, asked))
    return None


def _clashes(directory: Directory, data: ExtensionAttributes, before: Extension | None = None) -> list[Complaint]:
    """A telephone number leads to one thing: neither another user nor a queue has it (contract: [X])."""
    own = before.extension if before is not None else None
    found = directory.extension_names.clashes(data, directory.extensions.get, own=own)
    if directory.live_queue(data.extension) is not None:
        found.append(Complaint("extension", "in_use", "The specified extension is in use already"))
    return found


def _built(data: ExtensionAttributes) -> Extension:
    """What is left out gets the simulator's default."""
    voicemail = data.voicemail
    options = _record(VoicemailOptions, voicemail.options) if voicemail and voicemail.options else None
    inside = {
        "recording": _record(RecordingSettings, data.recording),
        "sip": _record(SipSettings, data.sip),
        "voicemail": _record(Voicemail, voicemail, options=options) if voicemail else None,
    }
    return _record(Extension, data, **inside)


def _record(kind: type[T], attributes: Attributes | None, **inside: object) -> T:
    """A record of the attributes that were given, secrets as plain texts."""
    values = given(attributes) if attributes else {}
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in values.items()
    }
    return kind(**plain | inside)


def _phone(world: World, asked: Asked) -> object:
    key = asked.query.get("extension", "")
    if not key:
        raise Refusal("extension", "blank", "Extension not specified")
    extension = found(world.directory.extensions.get(key), "extension", "Extension does not exist")
    return answers.phone_entity(
        found(phone_at(extension), "phone", "Extension is not registered, or the type of its phone is undetectable")
    )


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/extension/{}"): lambda world, asked: answers.extension_entity(_extension(world, asked)),
    ("POST", "/extension"): _create,
    ("PUT", "/extension/{}"): _replace,
    ("DELETE", "/extension/{}"): _delete,
    ("GET", "/phone"): _phone,
}

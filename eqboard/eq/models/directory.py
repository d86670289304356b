"""Who and what there is: users, queues, pause codes, extensions and their telephones (contract §3).

They are read as leniently as everything else; what may be written into them is stricter and stands in `attributes.py`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import PrivateAttr
from pydantic.alias_generators import to_camel

from eqboard.eq.models.base import NO_NAMES, Entity, EQObject, Flag, Key, Moment, Number, Secret, Text, Whole, YesOrNo


class Supervisor(Entity):
    """A supervisor user. `type` is full or monitorOnly. A password is never returned."""

    id: int
    username: Text = None
    first_name: Text = None
    last_name: Text = None
    email_address: Text = None
    language: Text = None
    type: Text = None
    deleted: YesOrNo = False


class Agent(Entity):
    """An agent user. A password is never returned."""

    id: int
    number: Text = None
    first_name: Text = None
    last_name: Text = None
    email_address: Text = None
    language: Text = None
    deleted: YesOrNo = False


class CallQueue(Entity):
    """A call queue. Times are in seconds; `wrap_up_time` 0 is unlimited, None none (EQ API text, Create Call Queue)."""

    read_only: ClassVar[frozenset[str]] = frozenset({"extension", "deleted"})

    extension: Key
    name: Text = None
    type: Number = None  # 0 inbound, 1 outbound
    auto_answer_acd: Flag = None
    sys_resume: Number = None
    wrap_up_time: Number = None
    wrap_up_all_queues: Flag = None
    cid_name_prefix: Whole = None
    agent_restrictions: Number = None
    ring_strategy: Text = None
    weight: Number = None
    moh_class: Text = None
    ringing_moh: Flag = None
    recording_format: Text = None
    recording_mode: Text = None
    max_wait_time: Number = None
    agent_timeout: Number = None
    agent_retry_time: Number = None
    max_callers: Number = None
    join_empty: Text = None
    leave_empty: Text = None
    announce_frequency: Number = None
    announce_position: Text = None
    announce_hold_time: Text = None
    deleted: YesOrNo = False


class PauseCode(Entity):
    id: int
    name: Text = None
    deleted: YesOrNo = False


class RecordingSettings(Entity):
    """When an extension's calls are recorded: dontcare, always or never."""

    inbound_external: Text = None
    inbound_internal: Text = None
    outbound_external: Text = None
    outbound_internal: Text = None
    on_demand: Flag = None


class SipSettings(Entity):
    secret: Secret = None
    dtmf_mode: Text = None
    context: Whole = None
    nat: Text = None


class VoicemailOptions(Entity):
    """Raw Asterisk words, yes or no."""

    attach: Text = None
    saycid: Text = None
    envelope: Text = None
    delete: Text = None


class Voicemail(Entity):
    context: Whole = None
    password: Secret = None
    email_address: Text = None
    pager_email_address: Text = None
    options: VoicemailOptions | None = None


class Extension(Entity):
    """A user extension. Without `voicemail` it has none."""

    read_only: ClassVar[frozenset[str]] = frozenset()

    extension: Key
    name: Text = None
    cid_masquerade: Text = None
    outbound_cid: Text = None
    emergency_cid: Text = None
    call_waiting: Flag = None
    recording: RecordingSettings | None = None
    sip: SipSettings | None = None
    voicemail: Voicemail | None = None


class Phone(Entity):
    """The telephone at an extension; it goes back whole in a phone command (EQ API text, Execute Phone Command)."""

    read_only: ClassVar[frozenset[str]] = frozenset()
    _told: dict[str, Any] = PrivateAttr(default_factory=dict)

    extension: Text = None
    type: Text = None
    model: Text = None
    ip_address: Text = None
    port: Number = None
    user_agent: Text = None

    @classmethod
    def read(cls, value: Any, faults: list[str] | None = None) -> Self:
        phone = super().read(value, faults)
        phone._told.update(value)
        return phone

    def as_sent(self, names: Mapping[str, Mapping[str, str]] = NO_NAMES) -> dict[str, Any]:
        """Just as EQ told it, letter for letter; a Phone that EQ did not tell by what it holds."""
        theirs = {to_camel(ours): their for ours, their in names.get("Phone", {}).items()}
        return {theirs.get(key, key): value for key, value in self._told.items()} or super().as_sent(names)


class UserSession(EQObject):
    """An active session; never its token (contract §3)."""

    user: int
    extension: Text = None
    sign_in_time: Moment = None
    ping_time: Moment = None

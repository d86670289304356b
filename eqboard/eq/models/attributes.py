"""What may be written into EQ's entities: the attributes of the vendor's tables, with their rules (EQ API text)."""

import typing
from collections.abc import Collection, Mapping
from typing import Annotated, ClassVar

from eqboard.eq.models import rules
from eqboard.eq.models.rules import OrNull
from eqboard.eq.models.writing import Attributes

# Users


class SupervisorAttributes(Attributes):
    entity = "Supervisor"

    username: rules.Username
    first_name: rules.FirstName
    last_name: rules.LastName = None
    password: rules.SupervisorPassword | None = None
    email_address: rules.Email
    language: rules.Language = None
    type: rules.SupervisorType


class NewSupervisor(SupervisorAttributes):
    password: rules.SupervisorPassword


class AgentAttributes(Attributes):
    entity = "Agent"

    number: rules.AgentNumber
    first_name: rules.FirstName
    last_name: rules.LastName = None
    password: rules.AgentPassword | None = None
    email_address: rules.EmailOrNull = None
    language: rules.Language = None


class NewAgent(AgentAttributes):
    password: rules.AgentPassword


# Queues and pause codes


class CallQueueAttributes(Attributes):
    """Times in seconds. `wrap_up_time` 0 is unlimited; None where the text says null disables or is unlimited."""

    entity = "CallQueue"

    name: rules.QueueName
    type: rules.QueueType
    auto_answer_acd: rules.Boolean | None = None
    sys_resume: rules.AboveZeroOrNull = None
    wrap_up_time: rules.ZeroOrMoreOrNull = None
    wrap_up_all_queues: rules.Boolean | None = None
    cid_name_prefix: rules.TextOrNull = None
    agent_restrictions: rules.AgentRestrictions | None = None
    ring_strategy: rules.RingStrategy | None = None
    weight: rules.Weight | None = None
    moh_class: rules.MohClass | None = None
    ringing_moh: rules.Boolean | None = None
    recording_format: rules.RecordingFormat = None
    recording_mode: rules.RecordingMode | None = None
    max_wait_time: rules.AboveZeroOrNull = None
    agent_timeout: rules.AboveZeroOrNull = None
    agent_retry_time: rules.ZeroOrMoreOrNull = None
    max_callers: rules.AboveZeroOrNull = None
    join_empty: rules.EmptyRule | None = None
    leave_empty: rules.EmptyRule | None = None
    announce_frequency: rules.ZeroOrMore | None = None
    announce_position: rules.YesNo | None = None
    announce_hold_time: rules.YesNoOnce | None = None


class NewCallQueue(CallQueueAttributes):
    extension: rules.NewExtension


class PauseCodeAttributes(Attributes):
    entity = "PauseCode"

    name: rules.PauseCodeName


# Extensions


class RecordingAttributes(Attributes):
    entity = "RecordingSettings"

    inbound_external: rules.RecordingChoice | None = None
    inbound_internal: rules.RecordingChoice | None = None
    outbound_external: rules.RecordingChoice | None = None
    outbound_internal: rules.RecordingChoice | None = None
    on_demand: rules.Boolean | None = None


class SipAttributes(Attributes):
    entity = "SipSettings"

    secret: rules.SecretOrNull = None
    dtmf_mode: rules.DtmfMode | None = None
    context: rules.TextOrNull = None
    nat: rules.Nat | None = None


class VoicemailOptionAttributes(Attributes):
    entity = "VoicemailOptions"

    attach: rules.YesNo | None = None
    saycid: rules.YesNo | None = None
    envelope: rules.YesNo | None = None
    delete: rules.YesNo | None = None


class VoicemailAttributes(Attributes):
    entity = "Voicemail"

    context: rules.TextOrNull = None
    password: rules.SecretDigitsOrNull = None
    email_address: rules.EmailOrNull = None
    pager_email_address: rules.EmailOrNull = None
    options: Annotated[VoicemailOptionAttributes | None, OrNull] = None


class ExtensionAttributes(Attributes):
    """Without `voicemail` the extension has none."""

    entity = "Extension"

    extension: rules.NewExtension
    name: rules.ExtensionName
    cid_masquerade: rules.DigitsOrNull = None
    outbound_cid: rules.DigitsOrNull = None
    emergency_cid: rules.DigitsOrNull = None
    call_waiting: rules.Boolean | None = None
    recording: RecordingAttributes | None = None
    sip: SipAttributes | None = None
    voicemail: Annotated[VoicemailAttributes | None, OrNull] = None


# Alerts

ALERT_TYPES: tuple[str, ...] = typing.get_args(typing.get_args(rules.AlertType)[0])
WITHOUT_THRESHOLD = ("licenseExceeded", "processStopped")


class AlertAttributes(Attributes):
    """`interval` in minutes; `days_of_week` from 0, Sunday; `to_time` "12:00 AM" is the very end of the day.

    `call_queue` or `email_queue` for alerts on one, `threshold` for all that count something, `color` for realtime
    notification and `interval` for the others (contract §3).
    """

    entity = "Alert"
    needed_when: ClassVar[Mapping[str, tuple[str, Collection[str]]]] = {
        "call_queue": ("type", [each for each in ALERT_TYPES if each.startswith("callQueue")]),
        "email_queue": ("type", [each for each in ALERT_TYPES if each.startswith("emailQueue")]),
        "threshold": ("type", [each for each in ALERT_TYPES if each not in WITHOUT_THRESHOLD]),
        "color": ("notification_type", ("realtime",)),
        "interval": ("notification_type", ("email", "sms", "custom")),
    }

    name: rules.AlertName
    type: rules.AlertType
    call_queue: rules.Key | None = None
    email_queue: rules.EmailQueueId | None = None
    threshold: rules.Threshold | None = None
    notification_type: rules.NotificationType
    color: rules.Color | None = None
    interval: rules.Minutes | None = None
    days_of_week: rules.DaysOfWeek
    from_time: rules.TimeOfDay
    to_time: rules.TimeOfDay


class NewAlert(AlertAttributes):
    """`user` is the supervisor's id; None is a system-wide alert, for custom notification only."""

    needed_when: ClassVar[Mapping[str, tuple[str, Collection[str]]]] = {
        **AlertAttributes.needed_when,
        "user": ("notification_type", ("realtime", "email", "sms")),
    }

    user: Annotated[rules.UserId | None, OrNull] = None

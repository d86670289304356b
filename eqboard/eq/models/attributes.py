"""What may be written into EQ's entities: the attributes of the vendor's tables, with their rules (EQ API text).

An attribute that is not given is left out, and EQ takes its default; so is a password that is not to change. A value
against its rule raises ValidationError, a ValueError, naming the attribute and the rule.
"""

import typing
from collections.abc import Collection, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, create_model, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails, PydanticCustomError

from eqboard.eq.models import rules
from eqboard.eq.models.base import NO_NAMES, Entity, plain
from eqboard.eq.models.rules import OrNull


class Attributes(BaseModel):
    """One entity, or an object inside one, as it is sent."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
    )
    entity: ClassVar[str]
    """The object of `models` whose field names hold here too."""
    needed_when: ClassVar[Mapping[str, tuple[str, Collection[str]]]] = {}
    """What the tables call required "if applicable": which other attribute decides, and by which of its values."""

    _unknown: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _has_what_applies(self) -> Self:
        missing = [
            name
            for name, (decisive, values) in self.needed_when.items()
            if getattr(self, decisive) in values and getattr(self, name) is None
        ]
        if missing:
            raise_missing(type(self), *missing)
        return self

    @property
    def unknown(self) -> dict[str, Any]:
        """What EQ says of the entity under names that we do not know; it goes back as it came."""
        return dict(self._unknown)

    def as_sent(self, names: Mapping[str, Mapping[str, str]] = NO_NAMES) -> dict[str, Any]:
        """The JSON object, secrets included; `names` holds a dialect's field names for each object."""
        theirs = names.get(self.entity, {})
        sent = self.unknown
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None or (name in self.model_fields_set and OrNull in info.metadata):
                sent[theirs.get(name, info.alias or name)] = plain(value, names)
        return sent

    @classmethod
    def check(cls, changes: Mapping[str, Any]) -> None:
        """Raises ValidationError unless every change alone is within its rule."""
        partial_of(cls).model_validate(_named(cls, changes))

    @classmethod
    def changing(cls, entity: Entity, changes: Mapping[str, Any]) -> Self:
        """The whole entity as EQ has it, with some attributes changed, and with all that we do not know of it.

        An object inside changes in what it names, as in `sip={"nat": "yes"}`; None takes it away. Raises
        ValidationError, also for an attribute that is against its rule as EQ has it.
        """
        whole = cls.model_validate(_merged(cls, entity, changes))
        _keep_unknown(whole, entity)
        return whole


def _named(model: type[Attributes], given: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes by our names, whichever way they were named; objects inside as what they say."""
    ours = {info.alias: name for name, info in model.model_fields.items()}
    return {ours.get(name, name): _said_in(value) for name, value in given.items()}


def _said_in(value: Any) -> Any:
    if not isinstance(value, Attributes):
        return value
    return {name: _said_in(getattr(value, name)) for name in value.model_fields_set}


def _merged(model: type[Attributes], entity: Entity, changes: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in model.model_fields.keys() & entity.told:
        value, inner = getattr(entity, name), attributes_inside(model, name)
        if inner is not None and isinstance(value, Entity):
            merged[name] = _merged(inner, value, {})
        elif value is not None or OrNull in model.model_fields[name].metadata:
            merged[name] = value
    for name, change in _named(model, changes).items():
        before, inner = getattr(entity, name, None), attributes_inside(model, name)
        is_part = inner is not None and isinstance(before, Entity) and isinstance(change, Mapping)
        merged[name] = _merged(inner, before, change) if is_part and inner and isinstance(before, Entity) else change
    return merged


def _keep_unknown(attributes: Attributes, entity: Entity) -> None:
    """A password is kept by being left out; what EQ may show in its place is none (contract §1, PUT)."""
    never_told = type(attributes).model_fields.keys() - type(entity).model_fields.keys()
    written = {to_camel(name) for name in never_told}
    attributes._unknown.update({name: value for name, value in entity.unknown.items() if name not in written})
    for name in type(attributes).model_fields:
        ours, theirs = getattr(attributes, name), getattr(entity, name, None)
        if isinstance(ours, Attributes) and isinstance(theirs, Entity):
            _keep_unknown(ours, theirs)


@cache
def attributes_inside(model: type[Attributes], name: str) -> type[Attributes] | None:
    """The object that an attribute holds, if any."""
    info = model.model_fields.get(name)
    kinds = (info.annotation, *typing.get_args(info.annotation)) if info else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Attributes)), None)


@cache
def partial_of(model: type[Attributes]) -> type[Attributes]:
    """The same attributes with the same rules, none of them required."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        inner = attributes_inside(model, name)
        kind = partial_of(inner) | None if inner else info.annotation
        fields[name] = (Annotated[(kind, *info.metadata)] if info.metadata else kind, None)
    return create_model(model.__name__, __base__=Attributes, **fields)


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
    needed_when = {
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

    needed_when = AlertAttributes.needed_when | {"user": ("notification_type", ("realtime", "email", "sms"))}

    user: Annotated[rules.UserId | None, OrNull] = None


def raise_missing(model: type[Attributes], *names: str) -> None:
    """Raise the ValidationError that pydantic raises for fields that are not there."""
    kind = PydanticCustomError("missing", "Field required")
    lines = [InitErrorDetails(type=kind, loc=(to_camel(name),), input=None) for name in names]
    raise ValidationError.from_exception_data(model.__name__, lines, hide_input=True)

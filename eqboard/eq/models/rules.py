"""The vendor's rules for what may be sent, as types (EQ API text, the tables of parameters and attributes).

A value against its rule raises pydantic's ValidationError, which names the field and gives the rule in the text's own
words; `complaints_of` makes of it what EQ itself would answer (contract §1, "naming in errors").
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SecretStr,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

from eqboard.eq.errors import Complaint
from eqboard.eq.redaction import can_be_sent

# WHATWG's definition, the one of <input type=email>; it takes the .local and .lan addresses that exchanges have.
EMAIL: Final = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
PHONE_KEY: Final = (
    r"^(?:line[1-9][0-9]?|soft_key[1-9][0-9]?|up|down|left|right|enter|cancel|volume_up|volume_down|headset|speaker"
    r"|mute|menu|messages|applications|directory|dnd|conference|transfer|redial|hold|[0-9]|star|pound)$"
)
LONGEST: Final = 255  # characters of a text for which the vendor names no limit
NO_OTHER_NAMES: Final[Mapping[str, str]] = {}
EMPTY: Final[tuple[object, ...]] = (None, "", [], (), SecretStr(""))
PLAIN_WORDS: Final = {
    "missing": "required",
    "extra_forbidden": "there is no such attribute",
    "model_type": "a JSON object",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What the text says of a value; stands in the error in place of pydantic's own words."""

    text: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(handler(source), "rule", custom_error_message=self.text)


class OrNull:
    """Says of an optional attribute that null has a meaning of its own; others are left out when they are None."""


def blank_or(pattern: str) -> str:
    """The pattern of "… or blank"."""
    return f"^(?:|{pattern.removeprefix('^').removesuffix('$')})$"


@dataclass(frozen=True, slots=True)
class SecretLike:
    """A rule for what is inside a secret. It raises ValueError without repeating it."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"pattern": f"^(?:{self.pattern})$"}

    def _checked(self, secret: SecretStr) -> SecretStr:
        if not re.fullmatch(self.pattern, secret.get_secret_value(), re.ASCII):
            raise ValueError("against its rule")
        return sendable(secret)


def sendable(secret: SecretStr) -> SecretStr:
    """The secret again. Raises ValueError, without repeating it, for one that no encoding can carry."""
    if not can_be_sent(secret.get_secret_value()):
        raise ValueError("against its rule")
    return secret


# Users

UserId = Annotated[int, Field(ge=0, lt=2**63), Rule("a user ID, an integer")]
Username = Annotated[str, Field(pattern="^[A-Za-z0-9]{3,20}$"), Rule("3-20 alphanumeric characters")]
AgentNumber = Annotated[str, Field(pattern="^[1-9][0-9]{0,4}$"), Rule("1-5 digits, not starting with 0")]
FirstName = Annotated[str, Field(min_length=1, max_length=32), Rule("1-32 characters")]
LastName = Annotated[Annotated[str, Field(max_length=32)] | None, OrNull, Rule("1-32 characters, or blank/null")]
SupervisorPassword = Annotated[SecretStr, SecretLike(r"[\s\S]{4,20}"), Rule("4-20 characters")]
AgentPassword = Annotated[SecretStr, SecretLike("[0-9]{3,10}"), Rule("3-10 digits")]
Email = Annotated[str, Field(pattern=EMAIL, max_length=254), Rule("a valid email address")]
EmailOrNull = Annotated[
    Annotated[str, Field(pattern=blank_or(EMAIL), max_length=254)] | None,
    OrNull,
    Rule("a valid email address, or blank/null"),
]
Language = Annotated[
    Literal["en", "es", "he", ""] | None, OrNull, Rule("en, es or he, or blank/null for the default language")
]
SupervisorType = Annotated[Literal["full", "monitorOnly"], Rule("full or monitorOnly")]

# Queues, pause codes, extensions

NewExtension = Annotated[str, Field(pattern="^[1-9][0-9]*$", max_length=LONGEST), Rule("digits, not starting with 0")]
QueueName = Annotated[str, Field(min_length=1, max_length=35), Rule("1-35 characters")]
QueueType = Annotated[int, Field(ge=0, le=1), Rule("0 (inbound) or 1 (outbound)")]
PauseCodeId = Annotated[int, Field(ge=0, lt=2**63), Rule("a pause code's ID, an integer")]
PauseCodeName = Annotated[str, Field(min_length=1, max_length=16), Rule("1-16 characters")]
ExtensionName = Annotated[str, Field(min_length=1, max_length=50), Rule("1-50 characters")]
AboveZeroOrNull = Annotated[Annotated[int, Field(gt=0, lt=2**31)] | None, OrNull, Rule("an integer above 0, or null")]
ZeroOrMoreOrNull = Annotated[
    Annotated[int, Field(ge=0, lt=2**31)] | None, OrNull, Rule("an integer of 0 or more, or null")
]
ZeroOrMore = Annotated[int, Field(ge=0, lt=2**31), Rule("an integer of 0 or more")]
Weight = Annotated[int, Field(ge=0, le=10), Rule("an integer from 0 to 10")]
AgentRestrictions = Annotated[int, Field(ge=0, le=2), Rule("0, 1 or 2")]
RingStrategy = Annotated[
    Literal["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom"],
    Rule("ringall, leastrecent, fewestcalls, random, rrmemory, rrordered, linear or wrandom"),
]
MohClass = Annotated[Literal["inherit", "default", "none"], Rule("inherit, default or none")]
RecordingFormat = Annotated[Literal["wav", ""] | None, OrNull, Rule("wav, or blank/null to disable")]
RecordingMode = Annotated[Literal["includeholdtime", "afteranswered"], Rule("includeholdtime or afteranswered")]
EmptyRule = Annotated[
    Literal["yes", "no", "strict", "ultrastrict", "loose"], Rule("yes, no, strict, ultrastrict or loose")
]
YesNo = Annotated[Literal["yes", "no"], Rule("yes or no")]
YesNoOnce = Annotated[Literal["yes", "no", "once"], Rule("yes, no or once")]
Boolean = Annotated[bool, Rule("a boolean")]
TextOrNull = Annotated[Annotated[str, Field(max_length=LONGEST)] | None, OrNull, Rule("a text, or blank/null")]
DigitsOrNull = Annotated[
    Annotated[str, Field(pattern="^[0-9]*$", max_length=LONGEST)] | None, OrNull, Rule("digits, or blank/null")
]
SecretOrNull = Annotated[
    Annotated[SecretStr, Field(max_length=LONGEST), AfterValidator(sendable)] | None,
    OrNull,
    Rule("a text, or blank/null"),
]
SecretDigitsOrNull = Annotated[
    Annotated[SecretStr, SecretLike(f"[0-9]{{0,{LONGEST}}}")] | None, OrNull, Rule("digits, or blank/null")
]
RecordingChoice = Annotated[Literal["dontcare", "always", "never"], Rule("dontcare, always or never")]
DtmfMode = Annotated[
    Literal["rfc2833", "inband", "auto", "info", "shortinfo"], Rule("rfc2833, inband, auto, info or shortinfo")
]
Nat = Annotated[Literal["yes", "no", "never", "route"], Rule("yes, no, never or route")]

# Alerts

AlertId = Annotated[int, Field(ge=0, lt=2**63), Rule("an alert's ID, an integer")]
AlertName = Annotated[str, Field(min_length=1, max_length=48), Rule("1-48 characters")]
AlertType = Annotated[
    Literal[
        "callQueueCallsHigh",
        "callQueueWaitTimeHigh",
        "callQueueAgentsLow",
        "callQueueAgentsAvailableLow",
        "emailQueueEmailsHigh",
        "emailQueueAgentsLow",
        "emailQueueAgentsAvailableLow",
        "licenseExceeded",
        "processStopped",
        "diskUsageHigh",
    ],
    Rule("one of the alert type codes, such as callQueueCallsHigh"),
]
NotificationType = Annotated[Literal["realtime", "email", "sms", "custom"], Rule("realtime, email, sms or custom")]
EmailQueueId = Annotated[int, Field(ge=0, lt=2**63), Rule("an email queue's ID, an integer")]
Threshold = Annotated[int, Field(ge=-(2**31), lt=2**31), Rule("an integer")]
Color = Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$"), Rule("an RGB colour in the format #XXXXXX")]
Minutes = Annotated[int, Field(ge=0, lt=2**31), Rule("an integer of minutes")]
DaysOfWeek = Annotated[
    Sequence[Annotated[int, Field(ge=0, le=6)]],
    Field(min_length=1, max_length=7),
    Rule("an array of integers, each 0-6, where 0 is Sunday"),
]
TimeOfDay = Annotated[
    str, Field(pattern="^(?:0[1-9]|1[0-2]):[0-5][0-9] (?:AM|PM)$"), Rule("a time in the format HH:MM AM or HH:MM PM")
]

# What actions and reads are told

Key = Annotated[str, Field(pattern=r"\S", max_length=LONGEST), Rule("not blank, 255 characters at most")]
"""An extension, a channel or a destination that exists already: it is as it is."""

Skill = Annotated[int, Field(ge=1, le=5), Rule("an integer from 1 (highest) to 5 (lowest)")]
Skills = Annotated[
    Sequence[Annotated[int, Field(ge=1, le=5)]],
    Field(min_length=1, max_length=1000),
    Rule("integers from 1 (highest) to 5 (lowest), as many as queues"),
]
Queues = Annotated[
    Sequence[Annotated[str, Field(pattern=r"\S", max_length=LONGEST)]],
    Field(min_length=1, max_length=1000),
    Rule("extensions of queues, one at least"),
]
PhoneKey = Annotated[
    str,
    Field(pattern=PHONE_KEY),
    Rule("a key of a telephone, such as line1, soft_key2, hold, star or 0 to 9"),
]
Token = Annotated[SecretStr, SecretLike(r"[^\s\x00-\x1f]{1,255}"), Rule("the token of a session")]


def complaints_of(
    error: ValidationError,
    *,
    model: type[BaseModel] | None = None,
    names: Mapping[str, str] = NO_OTHER_NAMES,
    inside: str = "",
) -> tuple[Complaint, ...]:
    """What is wrong, as EQ would say it: each attribute as in the text's tables, nested ones dotted.

    `blank` for a required one that is left out or empty, `invalid` for a value against its rule. No value is repeated.
    `model` says what is required, without it everything is; `names` are those that are not camelCase; `inside` is the
    parameter that holds them all.
    """
    complaints: dict[str, Complaint] = {}
    for fault in error.errors(include_url=False, include_context=False):
        path = _path_in_the_text(fault["loc"], names) or inside
        is_empty = fault["input"] in EMPTY and (model is None or is_required(model, fault["loc"]))
        kind = "blank" if is_empty or fault["type"] == "missing" else "invalid"
        rule = PLAIN_WORDS.get(fault["type"], fault["msg"])
        complaints.setdefault(path, Complaint(path or None, kind, rule))
    return tuple(complaints.values())


def _path_in_the_text(steps: Iterable[int | str], names: Mapping[str, str]) -> str:
    """Dotted; what is in `data` stands in the text as if it stood outside."""
    words = [names.get(step, to_camel(step)) for step in steps if isinstance(step, str)]
    return ".".join(words[1:] if words[0:1] == ["data"] and len(words) > 1 else words)


def is_required(model: type[BaseModel], steps: Iterable[int | str]) -> bool:
    """Whether what the steps lead to, by either name, may not be left out of the object it is in."""
    required = False
    inner: type[BaseModel] | None = model
    for step in steps:
        fields = inner.model_fields.items() if inner else ()
        info = next((info for name, info in fields if step in (name, info.alias)), None)
        kinds = (info.annotation, *get_args(info.annotation)) if info else ()
        required = info is not None and info.is_required()
        inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    return required

"""The vendor's rules, written out by hand from the text's tables: what is just within each goes out, what is just
outside of it is refused before anything is sent, naming the attribute or parameter as the text does, with the rule.

Where the text gives no bound, it is ours that is tested: 255 characters, 31 bits.
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from eqboard.eq import EQWrongValue, load_dialect
from eqboard.eq.models import Phone
from eqboard.eq.models.attributes import (
    AgentAttributes,
    AlertAttributes,
    CallQueueAttributes,
    ExtensionAttributes,
    NewAgent,
    NewAlert,
    NewCallQueue,
    NewSupervisor,
    PauseCodeAttributes,
    SupervisorAttributes,
)
from eqboard.eq.models.writing import Attributes, attributes_inside
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import build_request

from .conftest import Exchange

DIALECT = load_dialect()


class Rule(NamedTuple):
    """What the text says of a value; values just within it, and values just outside of it."""

    words: str
    right: list[Any]
    wrong: list[Any]


def one_of(*choices: str, words: str = "") -> Rule:
    spoken = words or f"{', '.join(choices[:-1])} or {choices[-1]}"
    return Rule(spoken, list(choices), ["", choices[0].upper(), f"{choices[0]} ", f"{choices[0]}\n", "maybe", 1, True])


def characters(most: int) -> Rule:
    return Rule(f"1-{most} characters", ["x", "x" * most, "é" * most, " <&"], ["", "x" * (most + 1), 7, ["x"]])


def above_zero(words: str) -> Rule:
    return Rule(words, [1, 2**31 - 1, None], [0, -1, 2**31, 1.5, "1", "", True])


NOT_AN_EMAIL = [
    "x",
    "x@",
    "@example.com",
    "a b@example.com",
    "a@b@c",
    "x@example..com",
    "x@-a.com",
    "x@example.com\n",
    7,
]
EMAILS = ["x@example.com", "x+y.z@mail.example.co.il", "desk@exchange.local", "x@localhost"]
BOOLEAN = Rule("a boolean", [True, False], [1, 0, "true", "1", "yes", ""])
TEXT_OR_NULL = Rule(
    "a text, or blank/null", ["x", "from-internal; é", "x" * 255, "", None], ["x" * 256, 7, ["x"], True]
)
DIGITS_OR_NULL = Rule(
    "digits, or blank/null", ["0", "0123456789" * 25, "", None], ["+1", "12a", "1 2", "٣", "1\n", "1" * 256, 12]
)
EMAIL = Rule("a valid email address", EMAILS, ["", *NOT_AN_EMAIL])
EMAIL_OR_NULL = Rule("a valid email address, or blank/null", [*EMAILS, "", None], NOT_AN_EMAIL)
LANGUAGE = Rule(
    "en, es or he, or blank/null for the default language",
    ["en", "es", "he", "", None],
    ["fr", "EN", "english", " ", 1],
)
LAST_NAME = Rule("1-32 characters, or blank/null", ["x", "x" * 32, "", None], ["x" * 33, 7])
NEW_EXTENSION = Rule(
    "digits, not starting with 0",
    ["1", "500", "9" * 255],
    ["", "0", "0500", "5 0", "50a", "+50", "5٣", "500\n", "5" * 256, 500],
)
YES_NO = one_of("yes", "no")
EMPTY = one_of("yes", "no", "strict", "ultrastrict", "loose")
RECORDING = one_of("dontcare", "always", "never")
TIME = Rule(
    "a time in the format HH:MM AM or HH:MM PM",
    ["12:00 AM", "01:00 AM", "11:59 PM", "12:59 PM", "09:05 AM"],
    ["", "00:00 AM", "13:00 PM", "12:60 AM", "1:00 AM", "01:00", "01:00AM", "01:00 am", "17:30", "01:00 AM\n", 900],
)

ATTRIBUTES = {
    "supervisors": {
        "username": Rule(
            "3-20 alphanumeric characters",
            ["abc", "A1b2C3d4E5f6G7h8I9j0", "123"],
            ["", "ab", "a" * 21, "dana.l", "dan a", "dána", "abc\n", 123],
        ),
        "firstName": characters(32),
        "lastName": LAST_NAME,
        "password": Rule(
            "4-20 characters",
            ["1234", "x" * 20, " é\n&"],
            ["", "123", "canary-" * 3, SecretStr("canary-" * 3), 1234, SecretStr("canary-\ud800")],
        ),
        "emailAddress": EMAIL,
        "language": LANGUAGE,
        "type": one_of("full", "monitorOnly"),
    },
    "agents": {
        "number": Rule(
            "1-5 digits, not starting with 0",
            ["1", "10", "99999"],
            ["", "0", "01", "100000", "1a", "-1", "1 ", "1\n", "٣", 1],
        ),
        "firstName": characters(32),
        "lastName": LAST_NAME,
        "password": Rule(
            "3-10 digits",
            ["000", "0123456789"],
            ["", "12", "01234567890", "1234x", "12 4", "123\n", "٣٣٣٣", SecretStr("canary-pin"), 1234],
        ),
        "emailAddress": EMAIL_OR_NULL,
        "language": LANGUAGE,
    },
    "call_queues": {
        "extension": NEW_EXTENSION,
        "name": characters(35),
        "type": Rule("0 (inbound) or 1 (outbound)", [0, 1], [-1, 2, True, "0", "", "inbound"]),
        "autoAnswerAcd": BOOLEAN,
        "sysResume": above_zero("an integer above 0, or null"),
        "wrapUpTime": Rule("an integer of 0 or more, or null", [0, 1, None], [-1, 2**31, 1.5, "0", "", True]),
        "wrapUpAllQueues": BOOLEAN,
        "cidNamePrefix": TEXT_OR_NULL,
        "agentRestrictions": Rule("0, 1 or 2", [0, 1, 2], [-1, 3, True, "0", ""]),
        "ringStrategy": one_of(
            "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom"
        ),
        "weight": Rule("an integer from 0 to 10", [0, 1, 10], [-1, 11, 1.5, "5", "", True]),
        "mohClass": one_of("inherit", "default", "none"),
        "ringingMoh": BOOLEAN,
        "recordingFormat": Rule("wav, or blank/null to disable", ["wav", "", None], ["WAV", "wav49", "gsm", " ", 1]),
        "recordingMode": one_of("includeholdtime", "afteranswered"),
        "maxWaitTime": above_zero("an integer above 0, or null"),
        "agentTimeout": above_zero("an integer above 0, or null"),
        "agentRetryTime": Rule("an integer of 0 or more, or null", [0, 1, None], [-1, 2**31, 1.5, "0", "", True]),
        "maxCallers": above_zero("an integer above 0, or null"),
        "joinEmpty": EMPTY,
        "leaveEmpty": EMPTY,
        "announceFrequency": Rule("an integer of 0 or more", [0, 1, 2**31 - 1], [-1, 2**31, 1.5, "0", "", True]),
        "announcePosition": YES_NO,
        "announceHoldTime": one_of("yes", "no", "once"),
    },
    "pause_codes": {"name": characters(16)},
    "extensions": {
        "extension": NEW_EXTENSION,
        "name": characters(50),
        "cidMasquerade": DIGITS_OR_NULL,
        "outboundCid": DIGITS_OR_NULL,
        "emergencyCid": DIGITS_OR_NULL,
        "callWaiting": BOOLEAN,
        "recording.inboundExternal": RECORDING,
        "recording.inboundInternal": RECORDING,
        "recording.outboundExternal": RECORDING,
        "recording.outboundInternal": RECORDING,
        "recording.onDemand": BOOLEAN,
        "sip.secret": Rule(
            "a text, or blank/null",
            ["x", "é & \n", "x" * 255, "", None],
            ["canary-" * 37, SecretStr("canary-" * 37), 1234, SecretStr("canary-\ud800")],
        ),
        "sip.dtmfMode": one_of("rfc2833", "inband", "auto", "info", "shortinfo"),
        "sip.context": TEXT_OR_NULL,
        "sip.nat": one_of("yes", "no", "never", "route"),
        "voicemail.context": TEXT_OR_NULL,
        "voicemail.password": Rule(
            "digits, or blank/null",
            ["0", "0" * 255, "", None],
            ["canary", SecretStr("12canary"), "12 4", "1234\n", "٣٣٣٣", "0" * 256, 1234],
        ),
        "voicemail.emailAddress": EMAIL_OR_NULL,
        "voicemail.pagerEmailAddress": EMAIL_OR_NULL,
        "voicemail.options.attach": YES_NO,
        "voicemail.options.saycid": YES_NO,
        "voicemail.options.envelope": YES_NO,
        "voicemail.options.delete": YES_NO,
    },
    "alerts": {
        "user": Rule("a user ID, an integer", [0, 3], [-1, "3", "", 1.5, True]),
        "name": characters(48),
        "type": one_of(
            "callQueueCallsHigh",
            "callQueueWaitTimeHigh",
            "callQueueAgentsLow",
            "callQueueAgentsAvailableLow",
            words="one of the alert type codes, such as callQueueCallsHigh",
        ),
        "callQueue": Rule("not blank, 255 characters at most", ["500", "x" * 255], ["", " ", "x" * 256, 500]),
        "emailQueue": Rule("an email queue's ID, an integer", [0, 2], [-1, "2", "", True]),
        "threshold": Rule("an integer", [0, -1, 2**31 - 1], ["5", 1.5, "", True, 2**31]),
        "notificationType": Rule(
            "realtime, email, sms or custom", ["realtime"], ["", "Realtime", "e-mail", "SMS", "none", 1]
        ),
        "color": Rule(
            "an RGB colour in the format #XXXXXX",
            ["#000000", "#FFffFF", "#09aF10"],
            ["", "000000", "#00000", "#0000000", "#00000g", "red", "#000000\n", 0],
        ),
        "interval": Rule("an integer of minutes", [0, 1, 1440], [-1, 1.5, "5", "", True]),
        "daysOfWeek": Rule(
            "an array of integers, each 0-6, where 0 is Sunday",
            [[0], [6], [1, 3, 5], [0, 1, 2, 3, 4, 5, 6]],
            [[], [-1], [7], [1, 7], ["1"], ["monday"], [True], [1.5], "135", "", 1, [0, 1, 2, 3, 4, 5, 6, 0]],
        ),
        "fromTime": TIME,
        "toTime": TIME,
    },
}
"""Every attribute of the text's tables for creating and updating an entity."""

SECRETS = ("password", "sip.secret", "voicemail.password")

SUPERVISOR = {"username": "dana", "firstName": "Dana", "emailAddress": "dana@example.com", "type": "full"}
AGENT = {"number": "1007", "firstName": "Ana"}
QUEUE = {"name": "Sales", "type": 0}
PAUSE_CODE = {"name": "Lunch"}
EXTENSION = {"extension": "201", "name": "Reception"}
ALERT = {
    "name": "Too many", "type": "callQueueCallsHigh", "notificationType": "realtime", "daysOfWeek": [1, 2],
    "fromTime": "08:00 AM", "toTime": "12:00 AM",
}  # fmt: skip
APPLICABLE = {"callQueue": "500", "threshold": 5, "color": "#FF0000"}


NOTHING: Mapping[str, Any] = MappingProxyType({})


class Write(NamedTuple):
    """How an entity is sent: with what the text always requires of it, and with what it requires "if applicable"."""

    model: type[Attributes]
    required: dict[str, Any]
    applicable: Mapping[str, Any] = NOTHING
    path: Mapping[str, Any] = NOTHING
    absent: tuple[str, ...] = ()

    @property
    def whole(self) -> dict[str, Any]:
        return {**self.required, **self.applicable}


WRITES = {
    "supervisors.create": Write(NewSupervisor, SUPERVISOR | {"password": "1234"}),
    "supervisors.replace": Write(SupervisorAttributes, SUPERVISOR, path={"id": 3}),
    "agents.create": Write(NewAgent, AGENT | {"password": "1234"}),
    "agents.replace": Write(AgentAttributes, AGENT, path={"id": 7}),
    "call_queues.create": Write(NewCallQueue, QUEUE | {"extension": "500"}),
    "call_queues.replace": Write(CallQueueAttributes, QUEUE, path={"extension": "500"}, absent=("extension",)),
    "pause_codes.create": Write(PauseCodeAttributes, PAUSE_CODE),
    "pause_codes.replace": Write(PauseCodeAttributes, PAUSE_CODE, path={"id": 2}),
    "extensions.create": Write(ExtensionAttributes, EXTENSION),
    "extensions.replace": Write(ExtensionAttributes, EXTENSION, path={"extension": "201"}),
    "alerts.create": Write(NewAlert, ALERT, APPLICABLE | {"user": 3}),
    "alerts.replace": Write(AlertAttributes, ALERT, APPLICABLE, path={"id": 11}, absent=("user",)),
}


def rules_of(write: str) -> dict[str, Rule]:
    rules = ATTRIBUTES[write.partition(".")[0]]
    return {name: rule for name, rule in rules.items() if name not in WRITES[write].absent}


def with_attribute(whole: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The object with one attribute more, or another; `sip.nat` is `nat` in `sip`."""
    outer, _, inner = path.partition(".")
    return whole | {outer: with_attribute(whole.get(outer, {}), inner, value) if inner else value}


def without_attribute(whole: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in whole.items() if each != name}


def found_at(sent: Any, path: str) -> Any:
    for step in path.split("."):
        sent = sent[step]
    return sent


def values(which: str) -> list[Any]:
    """Every write with every attribute and each of its right or wrong values."""
    return [
        pytest.param(write, path, value, id=f"{write}-{path}-{value!r}"[:80])
        for write in WRITES
        for path, rule in rules_of(write).items()
        for value in getattr(rule, which)
    ]


def paths_in(model: type[Attributes], inside: str = "") -> Iterator[str]:
    """The attributes of a model that hold no object, dotted."""
    for name, info in model.model_fields.items():
        inner = attributes_inside(model, name)
        if inner:
            yield from paths_in(inner, f"{inside}{info.alias}.")
        else:
            yield f"{inside}{info.alias}"


# Attributes


@pytest.mark.parametrize("write", WRITES)
def test_every_attribute_stands_in_the_table_of_rules(write):
    assert set(paths_in(WRITES[write].model)) == set(rules_of(write))


@pytest.mark.parametrize(("write", "path", "value"), values("right"))
def test_a_value_within_its_rule_is_sent_as_it_is(write, path, value):
    model, whole = WRITES[write].model, WRITES[write].whole
    data = model.model_validate(with_attribute(whole, path, value))
    request = build_request(OPERATIONS[write], {**WRITES[write].path, "data": data}, DIALECT)
    assert found_at(json.loads(request.form["data"]), path) == value


@pytest.mark.contract("0.2", "1.9")
@pytest.mark.parametrize(("write", "path", "value"), values("wrong"))
def test_attributes_against_a_rule_cannot_be_made(write, path, value):
    with pytest.raises(ValidationError) as caught:
        WRITES[write].model.model_validate(with_attribute(WRITES[write].whole, path, value))
    [fault] = caught.value.errors()
    assert (".".join(map(str, fault["loc"])), fault["msg"]) == (path, rules_of(write)[path].words)
    assert_silent(path, value, f"{caught.value} {caught.value!r}")


@pytest.mark.parametrize(("write", "path", "value"), values("wrong"))
async def test_an_object_with_a_value_against_its_rule_is_not_sent(dial, write, path, value):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).call(
            OPERATIONS[write], {**WRITES[write].path, "data": with_attribute(WRITES[write].whole, path, value)}
        )
    [complaint] = caught.value.complaints
    assert (complaint.parameter, complaint.description) == (path, rules_of(write)[path].words)
    if path not in WRITES[write].applicable:
        is_blank = path in WRITES[write].required and value in ("", [])
        assert complaint.type == ("blank" if is_blank else "invalid")
    assert str(caught.value).startswith(f"{write}: {path}: {complaint.description}")
    assert_silent(path, value, f"{caught.value} {caught.value!r} {caught.value.complaints!r}")
    assert exchange.requests == []


def assert_silent(path: str, value: Any, text: str) -> None:
    """A secret is not repeated; one that is a single digit may stand in the rule."""
    plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    assert path not in SECRETS or len(plain) < 3 or plain not in text


REQUIRED = [(name, attribute) for name, write in WRITES.items() for attribute in write.whole]


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(("write", "attribute"), REQUIRED)
async def test_a_required_attribute_that_is_left_out_is_blank_and_nothing_is_sent(dial, write, attribute):
    exchange = Exchange(None)
    data = without_attribute(WRITES[write].whole, attribute)
    with pytest.raises(ValidationError, match="Field required") as refused:
        WRITES[write].model.model_validate(data)
    assert [fault["loc"] for fault in refused.value.errors()] == [(attribute,)]
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).call(OPERATIONS[write], {**WRITES[write].path, "data": data})
    assert [(each.parameter, each.type, each.description) for each in caught.value.complaints] == [
        (attribute, "blank", "required")
    ]
    assert exchange.requests == []


@pytest.mark.parametrize(("write", "attribute"), REQUIRED)
async def test_a_required_attribute_that_is_null_is_blank(dial, write, attribute):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).call(
            OPERATIONS[write], {**WRITES[write].path, "data": WRITES[write].whole | {attribute: None}}
        )
    assert [(each.parameter, each.type) for each in caught.value.complaints] == [(attribute, "blank")]
    assert exchange.requests == []


@pytest.mark.parametrize("write", WRITES)
def test_all_others_may_be_left_out(write):
    model, whole = WRITES[write].model, WRITES[write].whole
    assert json.loads(json.dumps(model.model_validate(whole).as_sent(), default=str)) == whole


@pytest.mark.parametrize("write", WRITES)
def test_null_without_a_meaning_of_its_own_is_left_out(write):
    """EQ takes its default, or leaves a password as it is."""
    model, whole = WRITES[write].model, WRITES[write].whole
    for path, rule in rules_of(write).items():
        if path.partition(".")[0] not in whole and None not in rule.right and path != "user":
            sent = model.model_validate(with_attribute(whole, path, None)).as_sent()
            assert path.rpartition(".")[2] not in (found_at(sent, path.rpartition(".")[0]) if "." in path else sent)


@pytest.mark.contract("0.2")
@pytest.mark.parametrize("path", ["colour", "sip.colour", "voicemail.options.colour", "voicemail.secret", "id"])
async def test_an_attribute_that_the_text_does_not_know_is_refused(dial, path):
    exchange = Exchange(None)
    data = with_attribute(EXTENSION, path, "canary")
    with pytest.raises(ValidationError):
        ExtensionAttributes.model_validate(data)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).call(OPERATIONS["extensions.create"], {"data": data})
    assert str(caught.value) == f"extensions.create: {path}: there is no such attribute; nothing was sent"
    assert exchange.requests == []


@pytest.mark.parametrize("path", ["recording", "sip", "voicemail", "voicemail.options"])
@pytest.mark.parametrize("value", ["canary", 7, [], True])
async def test_what_is_no_object_where_one_belongs_is_refused(dial, path, value):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).call(OPERATIONS["extensions.create"], {"data": with_attribute(EXTENSION, path, value)})
    assert str(caught.value) == f"extensions.create: {path}: a JSON object; nothing was sent"
    assert exchange.requests == []


@pytest.mark.parametrize("path", ["voicemail", "voicemail.options"])
def test_null_is_no_voicemail_and_default_options(path):
    sent = ExtensionAttributes.model_validate(with_attribute(EXTENSION, path, None)).as_sent()
    assert found_at(sent, path) is None


def test_every_fault_is_named_at_once():
    with pytest.raises(ValidationError) as caught:
        NewAgent(number="0", firstName="", password="12", language="fr", shoe_size=44)
    assert {fault["loc"] for fault in caught.value.errors()} == {
        ("number",),
        ("firstName",),
        ("password",),
        ("language",),
        ("shoe_size",),
    }


@pytest.mark.parametrize("data", [None, "x", 7, [], PauseCodeAttributes(name="Lunch")], ids=repr)
async def test_what_is_no_agent_is_not_sent_as_one(dial, data):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue, match="data: a JSON object; nothing was sent"):
        await dial(exchange).call(OPERATIONS["agents.create"], {"data": data})
    assert exchange.requests == []


async def test_an_agent_is_not_created_without_a_password(dial):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue):
        await dial(exchange).agents.create(data=AgentAttributes(number="1", first_name="Ana"))
    assert exchange.requests == []


# What applies to which alert

BY_TYPE = {
    "callQueueCallsHigh": {"callQueue", "threshold"},
    "callQueueWaitTimeHigh": {"callQueue", "threshold"},
    "callQueueAgentsLow": {"callQueue", "threshold"},
    "callQueueAgentsAvailableLow": {"callQueue", "threshold"},
    "emailQueueEmailsHigh": {"emailQueue", "threshold"},
    "emailQueueAgentsLow": {"emailQueue", "threshold"},
    "emailQueueAgentsAvailableLow": {"emailQueue", "threshold"},
    "licenseExceeded": set(),
    "processStopped": set(),
    "diskUsageHigh": {"threshold"},
}
BY_NOTIFICATION = {
    "realtime": {"user", "color"},
    "email": {"user", "interval"},
    "sms": {"user", "interval"},
    "custom": {"interval"},
}
VALUES = {"user": 3, "callQueue": "500", "emailQueue": 2, "threshold": 90, "color": "#000000", "interval": 5}


@pytest.mark.contract("3.8")
@pytest.mark.parametrize("notification", BY_NOTIFICATION)
@pytest.mark.parametrize("kind", BY_TYPE)
@pytest.mark.parametrize("model", [NewAlert, AlertAttributes])
def test_an_alert_needs_what_applies_to_it_and_no_more(model, kind, notification):
    needed = BY_TYPE[kind] | BY_NOTIFICATION[notification] - ({"user"} if model is AlertAttributes else set())
    alert = ALERT | {"type": kind, "notificationType": notification}
    assert model.model_validate(alert | {name: VALUES[name] for name in needed})
    for name in needed:
        with pytest.raises(ValidationError) as caught:
            model.model_validate(alert | {each: VALUES[each] for each in needed - {name}})
        assert [fault["loc"] for fault in caught.value.errors()] == [(name,)]


@pytest.mark.contract("3.8")
def test_an_alert_for_the_whole_system_says_so():
    alert = ALERT | {"type": "licenseExceeded", "notificationType": "custom", "interval": 5, "user": None}
    assert NewAlert.model_validate(alert).as_sent()["user"] is None


# Parameters of actions and reads

INTEGERS = ([0, 7, 2**63 - 1], [-1, 2**63, 7.5, "7", "", True])
TELEPHONE_KEYS = """line1 line2 line12 soft_key1 soft_key2 soft_key10 up down left right enter cancel volume_up
    volume_down headset speaker mute menu messages applications directory dnd conference transfer redial hold
    1 2 3 4 5 6 7 8 9 0 star pound"""
CHANNEL = "Local/201@from-queue-00000003;1"

KINDS = {
    "user": Rule("a user ID, an integer", *INTEGERS),
    "pause code": Rule("a pause code's ID, an integer", *INTEGERS),
    "alert": Rule("an alert's ID, an integer", *INTEGERS),
    "key": Rule("not blank, 255 characters at most", ["201", CHANNEL, "+34 é", "x" * 255], ["", " ", "x" * 256, 201]),
    "boolean": BOOLEAN,
    "queues": Rule(
        "extensions of queues, one at least",
        [["500"], ["500", "501"], ("500", "501")],
        [[], "500", "", [500], [""], ["500", " "], ["5" * 256], 500],
    ),
    "skill": Rule("an integer from 1 (highest) to 5 (lowest)", [1, 3, 5], [0, 6, -1, "3", "", 1.5, True]),
    "skills": Rule(
        "integers from 1 (highest) to 5 (lowest), as many as queues",
        [[1, 5], (3, 3)],
        [[0, 3], [3, 6], [], ["3", "3"], [3, True], "33", 3],
    ),
    "telephone key": Rule(
        "a key of a telephone, such as line1, soft_key2, hold, star or 0 to 9",
        TELEPHONE_KEYS.split(),
        [
            *["", "line0", "line", "line01", "line100", "soft_key0", "soft_key", "softkey1", "soft_key 1", "*", "#"],
            *["10", "Hold", "hold ", "hold\n", "volume", "line1 line2", "٣", 1],
        ],
    ),
    "token": Rule(
        "the token of a session",
        ["f" * 64, SecretStr("a/+=&%#" * 9)],
        ["", "canary with blanks", "canary\n", "canary" * 43, SecretStr("canary canary"), 1234],
    ),
}

PARAMETERS = {
    "supervisor_sessions.create": "user=user extension=key? force=boolean?",
    "supervisor_sessions.delete": "token=token",
    "agent_sessions.create": "user=user extension=key force=boolean?",
    "agent_sessions.delete": "token=token",
    "supervisors.get": "id=user",
    "supervisors.replace": "id=user",
    "supervisors.delete": "id=user",
    "supervisors.undelete": "id=user",
    "agents.get": "id=user",
    "agents.replace": "id=user",
    "agents.delete": "id=user",
    "agents.undelete": "id=user",
    "call_queues.get": "extension=key",
    "call_queues.replace": "extension=key",
    "call_queues.delete": "extension=key",
    "call_queues.undelete": "extension=key",
    "pause_codes.get": "id=pause_code",
    "pause_codes.replace": "id=pause_code",
    "pause_codes.delete": "id=pause_code",
    "pause_codes.undelete": "id=pause_code",
    "extensions.get": "extension=key",
    "extensions.replace": "extension=key",
    "extensions.delete": "extension=key",
    "extensions.dial": "extension=key destination=key",
    "extensions.blind_transfer": "extension=key destination=key channel=key?",
    "extensions.park": "extension=key channel=key?",
    "extensions.hang_up": "extension=key channel=key?",
    "phones.get": "extension=key",
    "phones.press": "key=telephone_key extension=key?",
    "alerts.replace": "id=alert",
    "alerts.delete": "id=alert",
    "queued_calls.all": "queue=key?",
    "queued_calls.steal": "channel=key destination=key",
    "parked_calls.pick_up": "channel=key destination=key",
    "active_calls.all": "extension=key",
    "call_recordings.all": "call=key? call_unique_id=key?",
    "call_recordings.start": "extension=key",
    "call_recordings.stop": "extension=key",
    "call_recordings.cancel": "extension=key",
    "call_monitor.spy": "target_extension=key monitor_extension=key",
    "call_monitor.barge_in": "target_extension=key monitor_extension=key",
    "call_monitor.whisper": "target_extension=key monitor_extension=key",
    "call_queue_agents.all": "queue=key? agent=user?",
    "call_queue_agents.sign_in": "agent=user queue=key? queues=queues? skill=skill? skills=skills? paused=boolean?",
    "call_queue_agents.sign_out": "agent=user queue=key?",
    "call_queue_agents.pause": "agent=user queue=key? pause_code=pause_code?",
    "call_queue_agents.resume": "agent=user queue=key?",
    "call_queue_agents.exit_wrap_up": "agent=user queue=key?",
    "call_queue_statistics.get": "queue=key",
}
"""Each operation's parameters but `data` and `phone`: our name, the kind of value, and whether it may be left out."""

IN_THE_TEXT = {"call_unique_id": "call_unique_id"}
BESIDE: dict[str, dict[str, Any]] = {
    "phones.press": {"extension": "201"},
    "call_recordings.all": {"call": "81"},
    "call_queue_agents.sign_in": {"queues": ["500", "501"]},
}
"""What else a call says in these tests, where one parameter asks for another."""


class Parameter(NamedTuple):
    name: str
    rule: Rule
    is_required: bool

    @property
    def in_the_text(self) -> str:
        return IN_THE_TEXT.get(self.name, to_camel(self.name))


def parameters_of(operation: str) -> list[Parameter]:
    pairs = [each.split("=") for each in PARAMETERS[operation].split()]
    return [
        Parameter(name, KINDS[kind.removesuffix("?").replace("_", " ")], not kind.endswith("?")) for name, kind in pairs
    ]


def call_of(operation: str) -> dict[str, Any]:
    """The least that the operation asks for."""
    needed = {each.name: each.rule.right[0] for each in parameters_of(operation) if each.is_required}
    data = {"data": WRITES[operation].model.model_validate(WRITES[operation].whole)} if operation in WRITES else {}
    return needed | data | BESIDE.get(operation, {})


def arguments(which: str) -> list[Any]:
    """Every operation with every parameter and each of its right or wrong values."""
    return [
        pytest.param(operation, parameter, value, id=f"{operation}-{parameter.name}-{value!r}"[:80])
        for operation in PARAMETERS
        for parameter in parameters_of(operation)
        for value in getattr(parameter.rule, which)
    ]


def test_every_parameter_stands_in_the_table():
    theirs = {
        name: sorted(each for each in operation.parameters.model_fields if each not in ("data", "phone"))
        for name, operation in OPERATIONS.items()
    }
    ours = {name: sorted(each.name for each in parameters_of(name)) for name in PARAMETERS}
    assert ours == {name: parameters for name, parameters in theirs.items() if parameters}


def spoken(value: Any, in_json: bool) -> Any:
    """A value as it goes over the wire: in JSON as it is, in a form or a query as text, where yes is 1."""
    return json.loads(json.dumps(value)) if in_json else str(int(value)) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(("operation", "parameter", "value"), arguments("right"))
def test_a_parameter_within_its_rule_is_sent(operation, parameter, value):
    call = call_of(operation) | {parameter.name: value}
    request = build_request(OPERATIONS[operation], call, DIALECT)
    in_json = "options" in request.form
    sent = json.loads(request.form["options"]) if in_json else {**request.query, **request.form}
    if parameter.name not in OPERATIONS[operation].path_names:
        assert sent[parameter.in_the_text] == spoken(value, in_json)


@pytest.mark.contract("0.2", "1.13")
@pytest.mark.parametrize(("operation", "parameter", "value"), arguments("wrong"))
async def test_a_parameter_against_its_rule_is_refused_and_nothing_is_sent(dial, operation, parameter, value):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).call(OPERATIONS[operation], call_of(operation) | {parameter.name: value})
    kind = "blank" if parameter.is_required and value in ("", []) else "invalid"
    assert [(each.parameter, each.type, each.description) for each in caught.value.complaints] == [
        (parameter.in_the_text, kind, parameter.rule.words)
    ]
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.complaints!r}"
    assert exchange.requests == []


def parameters(is_required: bool) -> list[Any]:
    return [
        pytest.param(operation, parameter, id=f"{operation}-{parameter.name}")
        for operation in PARAMETERS
        for parameter in parameters_of(operation)
        if parameter.is_required == is_required and parameter.name not in BESIDE.get(operation, {})
    ]


@pytest.mark.parametrize(("operation", "parameter"), parameters(is_required=False))
def test_a_parameter_that_is_not_required_may_be_left_out_or_none(operation, parameter):
    call = call_of(operation)
    assert parameter.name not in call
    request = build_request(OPERATIONS[operation], call, DIALECT)
    assert request == build_request(OPERATIONS[operation], call | {parameter.name: None}, DIALECT)


@pytest.mark.parametrize(("operation", "parameter"), parameters(is_required=True))
async def test_a_required_parameter_that_is_left_out_or_none_is_blank_and_nothing_is_sent(dial, operation, parameter):
    exchange = Exchange(None)
    call = call_of(operation)
    for wrong in (without_attribute(call, parameter.name), call | {parameter.name: None}):
        with pytest.raises(EQWrongValue) as caught:
            await dial(exchange).call(OPERATIONS[operation], wrong)
        assert [(each.parameter, each.type) for each in caught.value.complaints] == [(parameter.in_the_text, "blank")]
    assert exchange.requests == []


# Rules about several parameters


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(
    ("queues", "skills"), [(["500"], [1, 2]), (["500", "501"], [1]), (None, [3]), (["500"] * 6, [1, 2, 3, 4, 5])]
)
async def test_there_must_be_one_skill_for_each_queue(dial, queues, skills):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue, match="skills: as many as queues; nothing was sent") as caught:
        await dial(exchange).call_queue_agents.sign_in(agent=7, queues=queues, skills=skills)
    assert [(each.parameter, each.type) for each in caught.value.complaints] == [("skills", "invalid")]
    assert exchange.requests == []


@pytest.mark.parametrize(("queues", "skills"), [(["500"], [5]), (["500", "501", "504"], [3, 3, 5]), (["500"], None)])
async def test_as_many_skills_as_queues_are_sent(dial, queues, skills):
    exchange = Exchange(None)
    await dial(exchange).call_queue_agents.sign_in(agent=7, queues=queues, skills=skills)
    assert len(exchange.requests) == 1


async def test_recordings_are_asked_for_by_one_of_the_two_ids(dial):
    exchange = Exchange([])
    with pytest.raises(EQWrongValue, match="call: required unless call_unique_id is given") as caught:
        await dial(exchange).call_recordings.all()
    assert [(each.parameter, each.type) for each in caught.value.complaints] == [("call", "blank")]
    assert exchange.requests == []
    await dial(exchange).call_recordings.all(call_unique_id="1366390218.42")
    assert len(exchange.requests) == 1


async def test_a_key_is_pressed_on_some_telephone(dial):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue, match="phone: required unless extension is given") as caught:
        await dial(exchange).phones.press(key="hold")
    assert [(each.parameter, each.type) for each in caught.value.complaints] == [("phone", "blank")]
    with pytest.raises(EQWrongValue, match="phone: a JSON object"):
        await dial(exchange).call(OPERATIONS["phones.press"], {"key": "hold", "phone": "SIP/201"})
    assert exchange.requests == []
    await dial(exchange).phones.press(key="hold", phone=Phone(extension="201"))
    assert len(exchange.requests) == 1


async def test_a_parameter_that_the_operation_does_not_have_is_refused(dial):
    exchange = Exchange(None)
    with pytest.raises(EQWrongValue, match="pauseCode: there is no such attribute"):
        await dial(exchange).call(OPERATIONS["call_queue_agents.resume"], {"agent": 7, "pause_code": 2})
    assert exchange.requests == []

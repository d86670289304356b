"""What may be written into entities: every rule of the vendor's tables at its boundaries, over HTTP.

Written out by hand from the EQ API text, and not from the client's own rules, which the simulator shares.
"""

import json

import pytest

from eqboard.eq.models.attributes import PauseCodeAttributes
from eqboard.simulator.office.data import read_attributes
from eqboard.simulator.refusals import Refusal

from .conftest import refusal, refusals
from .office import VALID

MISSING = object()

CREATED = {
    "supervisor": 2,
    "agent": 3,
    "call_queue": "555",
    "pause_code": 3,
    "extension": "299",
    "alert": 1,
}

PERSON = {
    "firstName": ("blank", ["x", "x" * 32, "<b>", "שירה"], ["x" * 33, 7, ["x"], True]),
    "lastName": ("fine", ["x", "x" * 32, "", None], ["x" * 33, 7]),
    "language": ("fine", ["en", "es", "he", "", None], ["fr", "EN", "english", 1]),
}
WORDS_FOR_EMPTY = ["yes", "no", "strict", "ultrastrict", "loose"]
RECORDING = ("fine", ["dontcare", "always", "never", None], ["", "yes", "Always", True])
YES_NO = ("fine", ["yes", "no", None], ["", "YES", "once", True])
SWITCH = ("fine", [True, False, None], ["", "yes", "true", 0, 1])
ABOVE_ZERO = ("fine", [1, 86400, None], [0, -1, 1.5, "1", "", True])
TEXT = ("fine", ["", "x", "x" * 255, None], ["x" * 256, 7, {"a": 1}])
DIGITS = ("fine", ["", "0", "0123456789", None], ["+1", "12a", "1 2", "١", 12])
EMAIL_OR_NULL = ("fine", ["ann@example.com", "", None], ["ann", "ann@", "@example.com", "a b@example.com", 7])
TIME = ("blank", ["01:00 AM", "12:59 PM", "09:30 AM"], ["00:00 AM", "13:00 PM", "1:00 AM", "01:60 AM", "01:00", "noon"])

# kind: attribute: (what a missing one is, good values, bad values). Nested ones are dotted.
RULES = {
    "supervisor": PERSON
    | {
        "username": ("blank", ["abc", "a" * 20, "A1b2C3"], ["ab", "a" * 21, "da na", "dána", "dana!", 123]),
        "password": ("blank", ["1234", "x" * 20, "pä$ wört"], ["123", "x" * 21, 1234]),
        "emailAddress": ("blank", ["a@example.com", "a.b+c@pbx.local"], ["a", "a@", "@b.example", "a@b c", 7]),
        "type": ("blank", ["full", "monitorOnly"], ["Full", "monitor", 0]),
    },
    "agent": PERSON
    | {
        "number": ("blank", ["1", "99999", "10"], ["0", "01", "100000", "12a", "١٢", 12]),
        "password": ("blank", ["123", "0123456789"], ["12", "01234567890", "12a", "١٢٣", 1234]),
        "emailAddress": EMAIL_OR_NULL,
    },
    "call_queue": {
        "extension": ("blank", ["5", "59999", "1234567890"], ["0", "0500", "55x", "-5", 555]),
        "name": ("blank", ["x", "x" * 35], ["x" * 36, 7]),
        "type": ("blank", [0, 1], [2, -1, "0", 0.5]),
        "autoAnswerAcd": SWITCH,
        "sysResume": ABOVE_ZERO,
        "wrapUpTime": ("fine", [0, 1, None], [-1, "0", 1.5, "", False]),
        "wrapUpAllQueues": SWITCH,
        "cidNamePrefix": TEXT,
        "agentRestrictions": ("fine", [0, 1, 2, None], [3, -1, "0", ""]),
        "ringStrategy": (
            "fine",
            ["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom", None],
            ["", "RingAll", "roundrobin", 0],
        ),
        "weight": ("fine", [0, 10, None], [-1, 11, "5", 5.5, ""]),
        "mohClass": ("fine", ["inherit", "default", "none", None], ["", "jazz"]),
        "ringingMoh": SWITCH,
        "recordingFormat": ("fine", ["wav", "", None], ["wav49", "gsm", "WAV", 0]),
        "recordingMode": ("fine", ["includeholdtime", "afteranswered", None], ["", "always"]),
        "maxWaitTime": ABOVE_ZERO,
        "agentTimeout": ABOVE_ZERO,
        "agentRetryTime": ("fine", [0, 1, None], [-1, "0", ""]),
        "maxCallers": ABOVE_ZERO,
        "joinEmpty": ("fine", [*WORDS_FOR_EMPTY, None], ["", "maybe", True]),
        "leaveEmpty": ("fine", [*WORDS_FOR_EMPTY, None], ["", "maybe", False]),
        "announceFrequency": ("fine", [0, 3600, None], [-1, "0", ""]),
        "announcePosition": YES_NO,
        "announceHoldTime": ("fine", ["yes", "no", "once", None], ["", "twice"]),
    },
    "pause_code": {"name": ("blank", ["x", "x" * 16], ["x" * 17, 7])},
    "extension": {
        "extension": ("blank", ["2", "29999"], ["0", "0299", "29a", 299]),
        "name": ("blank", ["x", "x" * 50], ["x" * 51, 7]),
        "cidMasquerade": DIGITS,
        "outboundCid": DIGITS,
        "emergencyCid": DIGITS,
        "callWaiting": SWITCH,
        "recording": ("fine", [{}, None], ["", "always", [], 7]),
        "recording.inboundExternal": RECORDING,
        "recording.inboundInternal": RECORDING,
        "recording.outboundExternal": RECORDING,
        "recording.outboundInternal": RECORDING,
        "recording.onDemand": SWITCH,
        "sip": ("fine", [{}, None], ["", "secret", [], 7]),
        "sip.secret": TEXT,
        "sip.dtmfMode": ("fine", ["rfc2833", "inband", "auto", "info", "shortinfo", None], ["", "RFC2833"]),
        "sip.context": TEXT,
        "sip.nat": ("fine", ["yes", "no", "never", "route", None], ["", "maybe", True]),
        "voicemail": ("fine", [{}, None], ["", "yes", [], True]),
        "voicemail.context": TEXT,
        "voicemail.password": ("fine", ["", "0123", None], ["12a", 1234]),
        "voicemail.emailAddress": EMAIL_OR_NULL,
        "voicemail.pagerEmailAddress": EMAIL_OR_NULL,
        "voicemail.options": ("fine", [{}, None], ["", "attach", []]),
        "voicemail.options.attach": YES_NO,
        "voicemail.options.saycid": YES_NO,
        "voicemail.options.envelope": YES_NO,
        "voicemail.options.delete": YES_NO,
    },
    "alert": {
        "name": ("blank", ["x", "x" * 48], ["x" * 49, 7]),
        "type": ("blank", ["callQueueWaitTimeHigh", "callQueueAgentsLow"], ["calls", "CallQueueCallsHigh", 1]),
        "callQueue": ("blank", ["501"], [500, "x" * 256]),
        "threshold": ("blank", [0, 1, -5], ["5", 1.5, True]),
        "notificationType": ("blank", ["realtime"], ["mail", "Realtime", 1]),
        "color": ("blank", ["#000000", "#ffFF99"], ["FF0000", "#FF000", "#FF00000", "#GG0000", "red", 0]),
        "daysOfWeek": ("blank", [[0], [6], [0, 1, 2, 3, 4, 5, 6]], [[7], [-1], ["1"], "1", 1, [1.5], [None]]),
        "fromTime": TIME,
        "toTime": TIME,
    },
}
GOOD = [(kind, name, value) for kind, rules in RULES.items() for name, (_, good, _) in rules.items() for value in good]
BAD = [(kind, name, value) for kind, rules in RULES.items() for name, (_, _, bad) in rules.items() for value in bad]
LEFT_OUT = [(kind, name, absent) for kind, rules in RULES.items() for name, (absent, _, _) in rules.items()]


def with_value(kind, name, value):
    """A valid object but for one attribute."""
    data = json.loads(json.dumps(VALID[kind]))
    *steps, last = name.split(".")
    inside = data
    for step in steps:
        inside = inside.setdefault(step, {})
    if value is MISSING:
        inside.pop(last, None)
    else:
        inside[last] = value
    return data


@pytest.mark.parametrize("kind", VALID)
async def test_the_least_that_is_asked_for_is_enough(server, kind):
    response = await server.send("POST", kind, data=VALID[kind])
    assert (response.status_code, response.json()) == (200, CREATED[kind])


@pytest.mark.contract("1.9")
@pytest.mark.parametrize(("kind", "name", "value"), GOOD)
async def test_a_value_within_its_rule_is_taken(server, kind, name, value):
    response = await server.send("POST", kind, data=with_value(kind, name, value))
    assert response.status_code == 200, response.text


@pytest.mark.contract("1.9", "1.13")
@pytest.mark.parametrize(("kind", "name", "value"), BAD)
async def test_a_value_against_its_rule_is_invalid_by_its_name(server, kind, name, value):
    response = await server.send("POST", kind, data=with_value(kind, name, value))
    assert refusal(response) == (400, name, "invalid")


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(("kind", "name", "absent"), LEFT_OUT)
async def test_a_required_attribute_that_is_left_out_is_blank_and_others_get_their_default(server, kind, name, absent):
    response = await server.send("POST", kind, data=with_value(kind, name, MISSING))
    if absent == "blank":
        assert refusal(response) == (400, name, "blank")
    else:
        assert response.status_code == 200


REQUIRED = [(kind, name, value) for kind, name, absent in LEFT_OUT if absent == "blank" for value in ("", None, [])]


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(("kind", "name", "value"), REQUIRED)
async def test_a_required_attribute_that_is_empty_is_blank(server, kind, name, value):
    response = await server.send("POST", kind, data=with_value(kind, name, value))
    assert refusal(response) == (400, name, "blank")


# The same rules for what is updated

UPDATED = {
    "supervisor": "supervisor/1",
    "agent": "agent/1",
    "call_queue": "call_queue/500",
    "pause_code": "pause_code/1",
    "extension": "extension/201",
    "alert": "alert/1",
}
IN_UPDATES = [(kind, name) for kind, name, _ in LEFT_OUT if (kind, name) != ("call_queue", "extension")]


async def update(server, kind, name, value):
    await server.send("POST", "alert", data=VALID["alert"])
    return await server.send("PUT", UPDATED[kind], data=with_value(kind, name, value))


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(("kind", "name"), IN_UPDATES)
async def test_a_value_against_its_rule_is_invalid_in_an_update_too(server, kind, name):
    _, _, bad = RULES[kind][name]
    assert refusal(await update(server, kind, name, bad[0])) == (400, name, "invalid")


@pytest.mark.contract("1.13", "1.17")
@pytest.mark.parametrize(("kind", "name"), IN_UPDATES)
async def test_what_is_required_is_so_in_an_update_too_but_for_a_password(server, kind, name):
    response = await update(server, kind, name, MISSING)
    if RULES[kind][name][0] == "blank" and name != "password":
        assert refusal(response) == (400, name, "blank")
    else:
        assert response.status_code == 200, response.text


# The parameter itself


WRITES = [("POST", kind) for kind in VALID] + [
    ("PUT", path) for path in ("supervisor/1", "agent/1", "call_queue/500", "pause_code/1", "extension/201", "alert/1")
]


@pytest.mark.contract("1.13")
@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (None, "blank"),
        ("", "blank"),
        ("  ", "blank"),
        ("{", "invalid"),
        ("null", "invalid"),
        ("[]", "invalid"),
        ('"name"', "invalid"),
        ("[" * 100_000, "invalid"),
        ('{"name": ' + "9" * 5000 + "}", "invalid"),
    ],
)
async def test_data_that_is_no_object_is_refused_as_data(server, method, path, text, kind):
    await server.send("POST", "alert", data=VALID["alert"])
    form = {} if text is None else {"data": text}
    assert refusal(await server.send(method, path, **form)) == (400, "data", kind)


async def test_half_of_a_surrogate_pair_is_no_text(server):
    response = await server.send("POST", "pause_code", data='{"name": "\\ud800"}')
    assert refusal(response) == (400, "data", "invalid")


async def test_nesting_without_end_inside_an_attribute_is_invalid(server):
    deep = "[" * 400 + "]" * 400
    status, found = refusals(await server.send("POST", "pause_code", data='{"name": ' + deep + "}"))
    assert (status, {kind for _, kind in found}) == (400, {"invalid"})


def test_nesting_deeper_than_json_can_be_written_is_refused_too():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Refusal) as caught:
        read_attributes({"name": deep}, PauseCodeAttributes)
    assert (caught.value.parameter, caught.value.kind) == ("data", "invalid")


async def test_everything_that_is_wrong_is_told_at_once(server):
    data = {
        "extension": "0",
        "recording": {"inboundExternal": "maybe", "onDemand": 1},
        "sip": {"nat": ""},
        "voicemail": {"password": "x", "options": {"attach": "perhaps"}},
    }
    assert refusals(await server.send("POST", "extension", data=data)) == (
        400,
        {
            ("extension", "invalid"),
            ("name", "blank"),
            ("recording.inboundExternal", "invalid"),
            ("recording.onDemand", "invalid"),
            ("sip.nat", "invalid"),
            ("voicemail.password", "invalid"),
            ("voicemail.options.attach", "invalid"),
        },
    )


@pytest.mark.parametrize("kind", ["supervisor", "agent"])
async def test_an_empty_object_lacks_everything_that_is_required(server, kind):
    required = {name for name, (absent, _, _) in RULES[kind].items() if absent == "blank"}
    assert refusals(await server.send("POST", kind, data={})) == (400, {(name, "blank") for name in required})


@pytest.mark.contract("1.14")
@pytest.mark.parametrize("kind", VALID)
async def test_what_the_tables_do_not_name_is_ignored(server, kind):
    more = {"id": 99, "deleted": True, "colour": {"deep": ["x"]}, "first_name": 7, "": None, "\ud800": 1}
    response = await server.send("POST", kind, data=VALID[kind] | more)
    assert (response.status_code, response.json()) == (200, CREATED[kind])


async def test_what_the_tables_do_not_name_is_ignored_inside_too(server):
    data = VALID["extension"] | {"sip": {"nat": "yes", "port": 5060}, "voicemail": {"options": {"operator": "yes"}}}
    assert (await server.send("POST", "extension", data=data)).status_code == 200
    assert (await server.get("extension/299")).json()["sip"]["nat"] == "yes"


@pytest.mark.parametrize("kind", VALID)
async def test_a_refusal_repeats_nothing_that_was_sent(server, kind):
    data = dict.fromkeys([*VALID[kind], "password"], "canary-8241-canary")
    response = await server.send("POST", kind, data=data)
    assert response.status_code == 400
    assert "canary" not in response.text

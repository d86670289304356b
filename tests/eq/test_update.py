"""Changing one attribute of an entity: EQ replaces it whole, so all the others have to go back as they came.

What EQ holds are the hand-written answers of `examples`, with attributes besides that the vendor's text does not know.
"""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from eqboard.eq import EQBroken, EQInvalid, EQNotFound, EQUnreachable, EQWrongValue, load_dialect
from eqboard.eq.models.attributes import (
    AgentAttributes,
    CallQueueAttributes,
    ExtensionAttributes,
    SipAttributes,
    VoicemailAttributes,
    VoicemailOptionAttributes,
)

from .conftest import KEY, Exchange

EXAMPLES = Path(__file__).with_name("examples")
SIP_SECRET = "s&p 'secret' ü%41"
VOICEMAIL_PASSWORD = "004711"


def held(stem: str, **more: Any) -> dict[str, Any]:
    """An entity as EQ answers it, with more in it; objects inside are filled up."""
    example = json.loads((EXAMPLES / f"{stem}.json").read_text(encoding="utf-8"))
    body: dict[str, Any] = example["response"]["body"]
    return merged(body, more)


def merged(entity: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    whole = deepcopy(entity)
    for name, value in more.items():
        inner = whole.get(name)
        whole[name] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return whole


def without(entity: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entity.items() if name not in names}


def written(exchange: Exchange) -> dict[str, Any]:
    """The entity in the last request, which must be the second, a PUT, and hold nothing else."""
    asked, put = exchange.requests
    assert (asked.method, put.method) == ("GET", "PUT")
    assert asked.url.path == put.url.path
    assert dict(put.url.params) == {"auth_key": KEY}
    [(name, [text])] = parse_qs(put.content.decode(), keep_blank_values=True).items()
    assert name == "data"
    data: dict[str, Any] = json.loads(text)
    return data


@dataclass(frozen=True)
class Case:
    """One entity that is changed: what EQ says of it, beyond the text too; the change, as it is asked for and sent."""

    resource: str
    key: dict[str, Any]
    read_only: tuple[str, ...]
    unknown: dict[str, Any]
    change: dict[str, Any]
    sent: dict[str, Any] = field(default_factory=dict)


CASES = {
    case.resource: case
    for case in [
        Case(
            "supervisors",
            {"id": 3},
            ("id", "deleted"),
            {"theme": "dark", "layout": {"columns": [1, 2.5, None], "isWide": True}},
            {"last_name": "Levi-Cohen"},
            {"lastName": "Levi-Cohen"},
        ),
        Case(
            "agents",
            {"id": 7},
            ("id", "deleted"),
            {"photo": "ana.jpg", "limits": {"calls": 2, "chats": None}},
            {"number": "1008"},
            {"number": "1008"},
        ),
        Case(
            "call_queues",
            {"extension": "500"},
            ("extension", "deleted"),
            {"failover": "app-blackhole,hangup,1", "cron": {"schedule": "never", "hours": []}},
            {"wrap_up_time": None},
            {"wrapUpTime": None},
        ),
        Case(
            "pause_codes",
            {"id": 2},
            ("id", "deleted"),
            {"isPaid": False, "colour": {"name": "blue"}},
            {"name": "Late lunch"},
            {"name": "Late lunch"},
        ),
        Case(
            "extensions",
            {"extension": "201"},
            (),
            {"ringTimer": 0, "sip": {"qualify": "yes"}, "voicemail": {"options": {"tz": "central"}}},
            {"sip": {"nat": "yes"}},
            {"sip": {"nat": "yes"}},
        ),
    ]
}


@pytest.mark.contract("1.14", "1.17")
@pytest.mark.parametrize("name", CASES)
async def test_an_update_changes_what_it_names_and_writes_all_the_rest_back_as_it_came(dial, name):
    case = CASES[name]
    exchange = Exchange(held(f"{name}.get", **case.unknown), None)
    await getattr(dial(exchange), name).update(**case.key, **case.change)
    everything = merged(held(f"{name}.get"), case.unknown)
    assert written(exchange) == merged(without(everything, *case.read_only), case.sent)


@pytest.mark.contract("1.14")
@pytest.mark.parametrize("name", CASES)
async def test_an_update_without_a_change_writes_back_what_is_there(dial, name):
    case = CASES[name]
    exchange = Exchange(held(f"{name}.get", **case.unknown), None)
    await getattr(dial(exchange), name).update(**case.key)
    assert written(exchange) == without(held(f"{name}.get", **case.unknown), *case.read_only)


@pytest.mark.contract("1.17")
@pytest.mark.parametrize(
    "change",
    [
        {"name": "Front desk"},
        {"sip": {"nat": "never"}},
        {"recording": {"on_demand": False}},
        {"voicemail": {"email_address": "x@example.com"}},
        {"voicemail": {"options": {"attach": "no"}}},
    ],
    ids=str,
)
async def test_the_sip_secret_and_the_voicemail_password_go_back_whole(dial, change):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(extension="201", **change)
    data = written(exchange)
    assert (data["sip"]["secret"], data["voicemail"]["password"]) == (SIP_SECRET, VOICEMAIL_PASSWORD)


async def test_what_eq_says_is_blank_is_written_as_null(dial):
    exchange = Exchange(held("agents.get.2", deleted=False, theme=""), None)
    await dial(exchange).agents.update(id=8, first_name="Noah")
    assert written(exchange) == {
        "number": "99999", "firstName": "Noah", "lastName": None, "emailAddress": None, "language": None, "theme": "",
    }  # fmt: skip


async def test_null_and_zero_keep_their_meanings(dial):
    """Null is no wrap-up, 0 an unlimited one."""
    exchange = Exchange(held("call_queues.get.2", deleted=False), None)
    await dial(exchange).call_queues.update(extension="501", weight=3)
    data = written(exchange)
    assert data == without(held("call_queues.get.2", weight=3, cidNamePrefix=None), "extension", "deleted")
    assert (data["wrapUpTime"], data["sysResume"]) == (0, None)


async def test_an_extension_without_voicemail_stays_without(dial):
    exchange = Exchange(held("extensions.get.2"), None)
    await dial(exchange).extensions.update(extension="202", name="Attic")
    assert written(exchange) == held("extensions.get.2", name="Attic", outboundCid=None)


async def test_an_attribute_that_eq_does_not_tell_is_not_invented(dial):
    exchange = Exchange({"id": 7, "number": "1007", "firstName": "Ana"}, None)
    await dial(exchange).agents.update(id=7, language="he")
    assert written(exchange) == {"number": "1007", "firstName": "Ana", "language": "he"}


async def test_numbers_that_eq_writes_as_strings_are_written_as_numbers(dial):
    exchange = Exchange(held("call_queues.get", weight="10", type="0", ringingMoh="false", name=500), None)
    await dial(exchange).call_queues.update(extension="500", max_callers=7)
    data = written(exchange)
    assert data == without(held("call_queues.get", maxCallers=7, name="500"), "extension", "deleted")


# Passwords of users, which EQ never tells


@pytest.mark.contract("1.17")
async def test_a_users_password_stays_as_it_is(dial):
    exchange = Exchange(held("supervisors.get"), None)
    await dial(exchange).supervisors.update(id=3, first_name="Dan")
    assert "password" not in written(exchange)


@pytest.mark.parametrize("password", ["a new one", SecretStr("a new one")], ids=["text", "secret"])
async def test_a_users_password_may_be_changed(dial, password):
    exchange = Exchange(held("supervisors.get"), None)
    await dial(exchange).supervisors.update(id=3, password=password)
    assert written(exchange)["password"] == "a new one"


# Objects inside


async def test_a_change_inside_an_object_keeps_its_siblings(dial):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(extension="201", sip={"dtmf_mode": "info"})
    assert written(exchange) == held("extensions.get", sip={"dtmfMode": "info"})


async def test_so_does_one_deeper_inside_and_several_at_once(dial):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(
        extension="201",
        voicemail={"password": "12", "options": {"delete": "yes"}},
        recording={"inbound_external": "never"},
    )
    assert written(exchange) == held(
        "extensions.get",
        voicemail={"password": "12", "options": {"delete": "yes"}},
        recording={"inboundExternal": "never"},
    )


async def test_an_object_of_attributes_changes_what_was_given_in_it(dial):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(
        extension="201",
        sip=SipAttributes(nat="no"),
        voicemail=VoicemailAttributes(context="desks", options=VoicemailOptionAttributes(saycid="yes")),
    )
    assert written(exchange) == held(
        "extensions.get", sip={"nat": "no"}, voicemail={"context": "desks", "options": {"saycid": "yes"}}
    )


async def test_none_removes_the_voicemail(dial):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(extension="201", voicemail=None)
    assert written(exchange) == without(held("extensions.get"), "voicemail") | {"voicemail": None}


async def test_none_inside_blanks_one_attribute(dial):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(extension="201", voicemail={"pager_email_address": None, "options": None})
    voicemail = held("extensions.get")["voicemail"] | {"pagerEmailAddress": None, "options": None}
    assert written(exchange) == held("extensions.get") | {"voicemail": voicemail}


async def test_an_extension_may_be_given_voicemail(dial):
    exchange = Exchange(held("extensions.get.2"), None)
    await dial(exchange).extensions.update(extension="202", voicemail={"password": "99"})
    assert written(exchange) == held("extensions.get.2", outboundCid=None, voicemail={"password": "99"})


# Names


@pytest.mark.parametrize(
    "change",
    [
        {"cid_masquerade": "1", "voicemail": {"email_address": "x@example.com"}},
        {"cidMasquerade": "1", "voicemail": {"emailAddress": "x@example.com"}},
    ],
    ids=["in Python's way", "as in the text"],
)
async def test_an_attribute_may_be_named_either_way(dial, change):
    exchange = Exchange(held("extensions.get"), None)
    await dial(exchange).extensions.update(extension="201", **change)
    assert written(exchange) == held("extensions.get", cidMasquerade="1", voicemail={"emailAddress": "x@example.com"})


# Refused before anything is sent


@pytest.mark.parametrize(
    ("resource", "key", "change", "parameter", "rule"),
    [
        ("agents", {"id": 7}, {"number": "0123"}, "number", "1-5 digits, not starting with 0"),
        ("agents", {"id": 7}, {"firstName": ""}, "firstName", "1-32 characters"),
        ("agents", {"id": 7}, {"first_name": None}, "firstName", "1-32 characters"),
        ("supervisors", {"id": 3}, {"type": "half"}, "type", "full or monitorOnly"),
        ("call_queues", {"extension": "500"}, {"weight": 11}, "weight", "an integer from 0 to 10"),
        ("pause_codes", {"id": 2}, {"name": "x" * 17}, "name", "1-16 characters"),
        ("extensions", {"extension": "201"}, {"sip": {"nat": "maybe"}}, "sip.nat", "yes, no, never or route"),
        (
            "extensions",
            {"extension": "201"},
            {"voicemail": {"options": {"attach": "perhaps"}}},
            "voicemail.options.attach",
            "yes or no",
        ),
    ],
)
async def test_a_change_against_its_rule_sends_nothing_at_all(dial, resource, key, change, parameter, rule):
    exchange = Exchange(held(f"{resource}.get"), None)
    with pytest.raises(EQWrongValue, match="nothing was sent") as caught:
        await getattr(dial(exchange), resource).update(**key, **change)
    assert [(each.parameter, each.description) for each in caught.value.complaints] == [(parameter, rule)]
    assert caught.value.operation == f"{resource}.update"
    assert exchange.requests == []


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"colour": "blue"}, "colour"),
        ({"ring_timer": 20}, "ringTimer"),
        ({"sip": {"qualify": "no"}}, "sip.qualify"),
        ({"voicemail": {"options": {"tz": "eastern"}}}, "voicemail.options.tz"),
        ({"deleted": False}, "deleted"),
    ],
)
async def test_an_attribute_that_the_text_does_not_know_sends_nothing_even_if_eq_has_it(dial, change, parameter):
    exchange = Exchange(held("extensions.get", **CASES["extensions"].unknown), None)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).extensions.update(extension="201", **change)
    assert [(each.parameter, each.description) for each in caught.value.complaints] == [
        (parameter, "there is no such attribute")
    ]
    assert exchange.requests == []


async def test_every_wrong_change_is_named(dial):
    exchange = Exchange(held("agents.get"), None)
    with pytest.raises(EQWrongValue) as caught:
        await dial(exchange).agents.update(id=7, number="0", language="fr", password="12")
    assert {each.parameter for each in caught.value.complaints} == {"number", "language", "password"}
    assert exchange.requests == []


# Refused before anything is written


@pytest.mark.parametrize(
    ("resource", "key", "wrong", "parameter", "kind"),
    [
        ("agents", {"id": 7}, {"emailAddress": "nobody"}, "emailAddress", "invalid"),
        ("agents", {"id": 7}, {"number": "0007"}, "number", "invalid"),
        ("agents", {"id": 7}, {"firstName": ""}, "firstName", "blank"),
        ("supervisors", {"id": 3}, {"type": None}, "type", "blank"),
        ("call_queues", {"extension": "500"}, {"ringStrategy": "roundrobin"}, "ringStrategy", "invalid"),
        ("extensions", {"extension": "201"}, {"sip": {"nat": "auto"}}, "sip.nat", "invalid"),
        ("extensions", {"extension": "201"}, {"voicemail": {"password": "12*4"}}, "voicemail.password", "invalid"),
    ],
)
async def test_an_attribute_that_eq_holds_against_its_own_rule_is_named_and_nothing_is_written(
    dial, resource, key, wrong, parameter, kind
):
    exchange = Exchange(held(f"{resource}.get", **wrong), None)
    with pytest.raises(EQWrongValue) as caught:
        await getattr(dial(exchange), resource).update(**key)
    assert [(each.parameter, each.type) for each in caught.value.complaints] == [(parameter, kind)]
    assert "12*4" not in f"{caught.value!r}"
    assert [request.method for request in exchange.requests] == ["GET"]


async def test_a_change_may_mend_what_eq_holds_against_its_own_rule(dial):
    exchange = Exchange(held("agents.get", emailAddress="nobody"), None)
    await dial(exchange).agents.update(id=7, email_address="ana@example.com")
    assert written(exchange) == without(held("agents.get"), "id", "deleted")


@pytest.mark.parametrize(
    ("resource", "key", "odd", "said"),
    [
        ("agents", {"id": 7}, {"lastName": {"a": 1}}, "lastName"),
        ("supervisors", {"id": 3}, {"language": ["he"]}, "language"),
        ("call_queues", {"extension": "500"}, {"weight": "heavy"}, "weight"),
        ("call_queues", {"extension": "500"}, {"autoAnswerAcd": "perhaps"}, "autoAnswerAcd"),
        ("pause_codes", {"id": 2}, {"name": ["Lunch"]}, "name"),
        ("extensions", {"extension": "201"}, {"sip": "secret"}, "sip"),
        ("extensions", {"extension": "201"}, {"sip": {"secret": ["a-canary"]}}, "secret"),
        ("extensions", {"extension": "201"}, {"voicemail": {"options": {"attach": {"a": 1}}}}, "attach"),
    ],
)
async def test_an_attribute_that_cannot_be_read_stops_the_write(dial, resource, key, odd, said):
    """Written back, it would be lost."""
    exchange = Exchange(held(f"{resource}.get", **odd), None)
    with pytest.raises(EQBroken, match=f"{said}.*nothing was written") as caught:
        await getattr(dial(exchange), resource).update(**key)
    assert not caught.value.outcome_unknown
    assert "a-canary" not in f"{caught.value!r}"
    assert [request.method for request in exchange.requests] == ["GET"]


async def test_whoever_never_was_is_not_written(dial):
    error = [{"parameter": "id", "type": "nonexistent", "description": "Agent does not exist"}]
    exchange = Exchange(httpx.Response(404, json=error))
    with pytest.raises(EQNotFound, match=r"agents\.get: id: nonexistent"):
        await dial(exchange).agents.update(id=999, first_name="Ana")
    assert [request.method for request in exchange.requests] == ["GET"]


# What EQ says to the write


@pytest.mark.contract("1.18")
@pytest.mark.parametrize("name", ["supervisors", "agents", "call_queues", "pause_codes"])
async def test_a_deleted_entity_cannot_be_changed(dial, name):
    case = CASES[name]
    error = [{"parameter": "id", "type": "nonexistent", "description": "It is deleted"}]
    exchange = Exchange(held(f"{name}.get", deleted=True), httpx.Response(404, json=error))
    with pytest.raises(EQNotFound, match=rf"{name}\.replace: id: nonexistent"):
        await getattr(dial(exchange), name).update(**case.key, **case.change)
    assert [request.method for request in exchange.requests] == ["GET", "PUT"]


async def test_eqs_refusal_of_the_write_is_told(dial):
    error = [{"parameter": "number", "type": "in_use", "description": "An agent with that number already exists"}]
    exchange = Exchange(held("agents.get"), httpx.Response(400, json=error))
    with pytest.raises(EQInvalid, match="number: in_use"):
        await dial(exchange).agents.update(id=7, number="1001")


async def test_a_write_whose_answer_is_lost_is_sent_once_and_unknown(dial, slept):
    exchange = Exchange(held("agents.get"), httpx.ReadTimeout("x"))
    with pytest.raises(EQUnreachable) as caught:
        await dial(exchange).agents.update(id=7, number="1001")
    assert caught.value.outcome_unknown
    assert [request.method for request in exchange.requests] == ["GET", "PUT"]
    assert slept == []


async def test_in_a_users_session_both_are_asked_in_the_users_name(dial):
    exchange = Exchange("t" * 64, held("agents.get"), None)
    async with dial(exchange).supervisor_session(user=3) as session:
        await session.agents.update(id=7, number="1008")
    named = [request.url.params.get("auth_supervisor_session") for request in exchange.requests]
    assert [request.method for request in exchange.requests] == ["POST", "GET", "PUT", "DELETE"]
    assert named == [None, "t" * 64, "t" * 64, None]


# Replacing, which is writing without reading


@pytest.mark.parametrize(
    ("resource", "arguments", "data"),
    [
        (
            "agents",
            {"id": 7, "data": AgentAttributes(number="1", first_name="Ana", last_name=None)},
            {"number": "1", "firstName": "Ana", "lastName": None},
        ),
        (
            "call_queues",
            {"extension": "500", "data": CallQueueAttributes(name="Sales", type=0, weight=None)},
            {"name": "Sales", "type": 0},
        ),
        (
            "extensions",
            {
                "extension": "201",
                "data": ExtensionAttributes(extension="201", name="Reception", sip=SipAttributes(nat="no")),
            },
            {"extension": "201", "name": "Reception", "sip": {"nat": "no"}},
        ),
    ],
    ids=["agents", "call_queues", "extensions"],
)
async def test_replace_alone_writes_only_what_it_is_given(dial, resource, arguments, data):
    exchange = Exchange(None)
    await getattr(dial(exchange), resource).replace(**arguments)
    [request] = exchange.requests
    assert request.method == "PUT"
    assert json.loads(parse_qs(request.content.decode())["data"][0]) == data


# In a dialect

OWN_NAMES = """
[fields.Extension]
name = "display_name"
[fields.SipSettings]
secret = "pass"
[fields.Voicemail]
password = "pin"
"""


async def test_a_field_that_has_our_name_and_means_something_else_goes_back_too(dial, tmp_path):
    """A dialect that calls `name` display_name leaves EQ free to have a `name` of its own."""
    (tmp_path / "site.toml").write_text(OWN_NAMES)
    before = {
        "extension": "201",
        "display_name": "Ana",
        "name": "pjsip-201",
        "sip": {"pass": SIP_SECRET, "secret": "legacy", "nat": "yes"},
        "voicemail": {"pin": VOICEMAIL_PASSWORD, "password": None},
    }
    exchange = Exchange(before, None)
    eq = dial(exchange, dialect=load_dialect(tmp_path / "site.toml"))
    await eq.extensions.update(extension="201", name="Bea", sip={"nat": "no"})
    assert written(exchange) == merged(before, {"display_name": "Bea", "sip": {"nat": "no"}})


# What EQ may say that must not be written back


@pytest.mark.parametrize(
    ("resource", "key", "told"),
    [
        ("agents", {"id": 7}, {"id": 8, "number": "1008", "firstName": "Omar"}),
        ("pause_codes", {"id": 2}, {"id": 1, "name": "Lunch"}),
        ("call_queues", {"extension": "500"}, {"extension": "501", "name": "Support", "type": 0}),
        ("extensions", {"extension": "201"}, {"extension": "999", "name": "Bob"}),
    ],
)
async def test_another_entity_than_the_one_asked_for_is_not_written(dial, resource, key, told):
    exchange = Exchange(told)
    with pytest.raises(EQBroken, match="EQ told of another one, so nothing was written"):
        await getattr(dial(exchange), resource).update(**key)
    assert [request.method for request in exchange.requests] == ["GET"]


@pytest.mark.parametrize("shown", ["********", None, ""])
async def test_what_stands_in_the_place_of_a_password_is_not_written(dial, shown):
    exchange = Exchange(held("supervisors.get") | {"password": shown}, None)
    await dial(exchange).supervisors.update(id=3, language="he")
    assert "password" not in written(exchange)


async def test_a_new_password_is_written_whatever_stood_in_its_place(dial):
    exchange = Exchange(held("supervisors.get") | {"password": "********"}, None)
    await dial(exchange).supervisors.update(id=3, password=SecretStr("n3w w0rd"))
    assert written(exchange)["password"] == "n3w w0rd"


@pytest.mark.parametrize("letters", [b'"p\xe4ss"', rb'"a\ud800b"'])
@pytest.mark.parametrize("place", [b'"sip": {"secret": %s}', b'"name": %s', b'"colour": %s'])
async def test_letters_that_cannot_be_read_stop_the_write(dial, letters, place):
    body = (
        b'{"extension": "201", ' + (b"" if place.startswith(b'"name"') else b'"name": "Ana", ') + place % letters + b"}"
    )
    exchange = Exchange(httpx.Response(200, content=body))
    with pytest.raises(EQBroken, match=r"another encoding.*nothing was written"):
        await dial(exchange).extensions.update(extension="201", call_waiting=True)
    assert len(exchange.requests) == 1


async def test_fields_in_our_own_spelling_are_unknown_and_go_back_as_they_came(dial):
    """A server in snake_case needs a dialect; without one nothing of it may be lost."""
    exchange = Exchange(
        {"id": 7, "number": "77", "firstName": "Ann", "last_name": "Lee", "email_address": "a@b.c"}, None
    )
    await dial(exchange).agents.update(id=7, language="en")
    assert written(exchange) == {
        "number": "77", "firstName": "Ann", "last_name": "Lee", "email_address": "a@b.c", "language": "en"
    }  # fmt: skip


@pytest.mark.parametrize("secret", [True, {}, [], ["x"]])
async def test_a_secret_that_is_none_stops_the_write(dial, secret):
    exchange = Exchange(held("extensions.get", sip={"secret": secret}))
    with pytest.raises(EQBroken, match="secret"):
        await dial(exchange).extensions.update(extension="201", call_waiting=True)


async def test_a_number_that_json_has_no_word_for_is_not_written(dial):
    body = b'{"id": 7, "number": "77", "firstName": "Ann", "weight": 1e400}'
    exchange = Exchange(httpx.Response(200, content=body))
    with pytest.raises(EQWrongValue, match="no word for"):
        await dial(exchange).agents.update(id=7, language="en")
    assert len(exchange.requests) == 1

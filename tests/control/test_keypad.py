"""A telephone's keys on its picture: which there are, and that each press is one press."""

import httpx
import pytest
from bs4 import BeautifulSoup

from eqboard.control.models import AuditEntry
from eqboard.control.on_telephones.phone_keys import is_key, picture_of
from eqboard.eq.models import Phone
from eqboard.simulator.switch.keys import MODELS
from tests.builders import HOSTILE_TEXTS
from tests.cast import static_files_are_not_collected
from tests.control.conftest import last_entry, signed_in, steps
from tests.control.switchboard import complaint, nothing_happened
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

KEYS = "/extensions/207/keys/"


def phone(model: str | None = "T28P", user_agent: str | None = None) -> Phone:
    return Phone(extension="207", type="Yealink", model=model, user_agent=user_agent)


def keys(page) -> list[str]:
    return [each["data-key"] for each in page.select("[data-key]")]


# Which keys: pure


@pytest.mark.parametrize(("model", "counts"), MODELS.items())
def test_a_model_has_at_least_the_keys_that_it_is_known_to_have(model, counts):
    picture = picture_of(phone(model))
    assert len(picture.lines) >= counts[0]
    assert len(picture.soft_keys) >= counts[1]


@pytest.mark.parametrize(
    ("model", "agent", "counts"),
    [
        (None, None, (4, 4)),
        (None, "Yealink SIP-T22P 7.7", (3, 4)),
        ("somebody's own", "x", (4, 4)),
        ("SoundPoint IP 331", None, (2, 4)),
        ("Snom 760", None, (6, 4)),
        *((text, text, (4, 4)) for text in HOSTILE_TEXTS if text.strip()),
    ],
    ids=range(4 + len(HOSTILE_TEXTS)),
)
def test_any_telephone_has_from_two_to_twelve_of_them(model, agent, counts):
    picture = picture_of(phone(model, agent))
    assert (len(picture.lines), len(picture.soft_keys)) == counts


def test_every_key_of_the_api_is_on_the_picture_once():
    picture = picture_of(phone("320"))
    rows = (picture.lines, picture.soft_keys, picture.arrows, picture.functions, picture.volume, picture.digits)
    names = [key.name for row in rows for key in row]
    assert len(names) == len(set(names)) == 12 + 4 + 22 + 10
    assert all(map(is_key, names))


@pytest.mark.parametrize("name", ["line0", "line100", "hold ", "hold\n", "HOLD", "", "10", "../x"])
def test_what_no_telephone_has_is_no_key(name):
    assert not is_key(name)


# The picture


async def test_the_picture_has_a_name_for_every_key(cast, busy):
    answer = await (await signed_in(cast.admin)).get(KEYS)
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Yealink T28P" in " ".join(page.select_one(".phone-display").text.split())
    assert len(keys(page)) == len(set(keys(page))) == 6 + 4 + 22 + 10
    for each in page.select("button"):
        assert (each.get("aria-label") or each.text).strip()
    assert page.select_one("[data-key=star]")["aria-label"] == "Star"
    assert page.select_one("[data-key=line3]").text == "Line 3"
    assert page.select_one("[data-key=soft_key2]").text == "Soft key 2"
    bare = {each["data-key"] for each in page.select("[data-key]") if (each.get("aria-label") or each.text).isdigit()}
    assert bare == set("0123456789")
    assert busy.reads == [("/phone", {"extension": "207"})]
    assert await nothing_happened(busy)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (complaint("phone", "nonexistent", 404), "No telephone is registered here, or EQ cannot tell its model."),
        (httpx.ConnectError("away"), "EQ cannot be reached, so it told nothing."),
        (httpx.Response(500), "EQ did not tell."),
        (httpx.Response(200, text="<html>"), "EQ did not tell."),
        (complaint("auth_key", "invalid", 401), "EQ does not accept"),
    ],
    ids=range(5),
)
async def test_a_telephone_that_cannot_be_told_is_a_sentence(cast, busy, told, says):
    busy.told["/phone"] = told
    answer = await (await signed_in(cast.admin)).get(KEYS)
    assert answer.status_code == 200
    assert says in answer.text
    assert "Try again" in answer.text


async def test_who_may_press_no_key_is_told_nothing_of_the_telephone(cast, busy):
    for user in (cast.lead, cast.viewer):
        answer = await (await signed_in(user)).get(KEYS)
        assert (answer.status_code, state(answer)) == (403, "denied")
    assert busy.reads == []


async def test_hostile_words_of_a_telephone_are_text(cast, busy):
    busy.phone = {"extension": "207", "type": HOSTILE_TEXTS[0], "model": HOSTILE_TEXTS[1]}
    answer = await (await signed_in(cast.admin)).get(KEYS)
    assert "<script>" not in answer.text
    assert "<img" not in answer.text


# Pressing


async def test_a_key_is_pressed_and_what_it_does_is_not_made_up(cast, busy):
    answer = await (await signed_in(cast.admin)).post(f"{KEYS}soft_key2/")
    assert state(answer) == "done"
    assert "has pressed the key at Ana Ruiz. What it does there, EQ does not tell." in said(answer)
    assert busy.actions == [("/phone_command", {"key": "soft_key2", "extension": "207"})]
    entry = await last_entry()
    assert (entry.action, entry.step) == ("phone.press", "accepted")


async def test_a_key_pressed_quickly_several_times_is_pressed_so_often(cast, busy):
    client = await signed_in(cast.admin)
    for key in "5500":
        await client.post(f"{KEYS}{key}/")
    assert [form["key"] for _, form in busy.actions] == list("5500")


async def test_one_press_that_comes_twice_is_one(cast, busy):
    client = await signed_in(cast.admin)
    press = {"press": "6f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"}
    for _ in range(2):
        assert state(await client.post(f"{KEYS}5/", press)) == "done"
    assert len(busy.actions) == 1


async def test_a_key_that_this_telephone_has_not_is_told_as_eq_tells_it(cast, busy):
    busy.told["/phone_command"] = complaint("key", "invalid")
    answer = await (await signed_in(cast.admin)).post(f"{KEYS}line9/")
    assert said(answer) == "EQ refused: this telephone has no such key. Choose another."
    assert await steps() == ["asked", "refused"]


async def test_a_key_that_no_telephone_has_is_not_sent(cast, busy):
    answer = await (await signed_in(cast.admin)).post(f"{KEYS}explode/")
    assert (answer.status_code, said(answer)) == (422, "No telephone has such a key, so nothing was sent.")
    assert await nothing_happened(busy)


async def test_a_lead_may_press_no_key_and_that_is_written_down(cast, busy):
    answer = await (await signed_in(cast.lead)).post(f"{KEYS}1/")
    assert answer.status_code == 403
    entry = await last_entry()
    assert (entry.step, entry.action, entry.queues) == ("denied", "phone.press", ",500,")
    assert busy.actions == []
    assert await AuditEntry.objects.acount() == 1


@pytest.mark.parametrize("verb", ["get", "head", "put", "patch", "delete"])
async def test_a_key_is_pressed_by_post_alone(cast, busy, verb):
    client = await signed_in(cast.admin)
    assert (await getattr(client, verb)(f"{KEYS}1/")).status_code == 405
    assert await nothing_happened(busy)

"""The dialog of a transfer offers telephones to choose from: of whom one sees, and never the one that has the call."""

import pytest
from bs4 import BeautifulSoup

from tests.builders import HOSTILE_TEXTS, agent
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import signed_in
from tests.control.switchboard import AT_CALL, nothing_happened, talking

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]
FORM = f"{AT_CALL}/transfer/"


def offered(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("input[name=destination]")["list"] == page.datalist["id"]
    return [(each["value"], each.text) for each in page.datalist.select("option")]


async def test_it_offers_the_telephones_of_whom_one_sees(cast, busy):
    """Max is of another team; Ana has the call."""
    assert offered(await (await signed_in(cast.lead)).get(FORM)) == [("208", "Bea")]
    assert offered(await (await signed_in(cast.supervisor)).get(FORM)) == [("208", "Bea"), ("209", "Max")]
    assert await nothing_happened(busy)


async def test_it_offers_them_again_after_a_wrong_destination(cast, busy):
    client = await signed_in(cast.lead)
    press = "6f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"
    assert offered(await client.post(FORM, {"destination": "x", "press": press})) == [("208", "Bea")]
    assert await nothing_happened(busy)


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
async def test_no_name_is_taken_for_html(cast, busy, redis_url, name):
    await publish(redis_url, talking(agents=[agent(8, name=name)]))
    answer = await (await signed_in(cast.lead)).get(FORM)
    assert [extension for extension, _ in offered(answer)] == ["208"]
    assert "<script" not in answer.text

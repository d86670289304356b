"""The list of a call's recordings: read when asked for, shown as text."""

import httpx
import pytest
from bs4 import BeautifulSoup

from eqboard.accounts.models import Membership, Role
from eqboard.control.on_telephones.handset import call_handle
from tests.builders import HOSTILE_TEXTS, line_call
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import signed_in
from tests.control.switchboard import AT_CALL, complaint, nothing_happened, talking
from tests.control.test_refusals import said

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

LIST = f"{AT_CALL}/recordings/"
PATH = "/var/spool/asterisk/monitor/2026/03/02/q500-20260302-120000-1366390218.42.wav"


async def listed(user, path: str = LIST):
    answer = await (await signed_in(user)).get(path)
    return answer, BeautifulSoup(answer.text, "html.parser")


async def test_the_paths_are_text_to_be_copied(cast, busy):
    busy.recordings = [PATH, f"{PATH}.2"]
    answer, page = await listed(cast.lead)
    assert [each.text for each in page.select("li code")] == [PATH, f"{PATH}.2"]
    assert len(page.select("button[data-copy]")) == 2
    assert "href" not in answer.text
    assert busy.reads == [("/call_recordings", {"call": "42"})]


async def test_without_eqs_id_they_are_found_by_the_unique_id(cast, busy, redis_url):
    call = line_call(id=None)
    await publish(redis_url, talking(call))
    await listed(cast.lead, f"/extensions/207/calls/{call_handle(call, '207')}/recordings/")
    assert busy.reads == [("/call_recordings", {"call_unique_id": call.unique_id})]


async def test_without_either_eq_is_not_asked(cast, busy, redis_url):
    call = line_call("SIP/207-0000001a", id=None, unique_id=None)
    await publish(redis_url, talking(call))
    answer, _ = await listed(cast.lead, f"/extensions/207/calls/{call_handle(call, '207')}/recordings/")
    assert "EQ has no recording of this call." in answer.text
    assert busy.reads == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (None, "EQ has no recording of this call."),
        (complaint("call", "nonexistent", 404), "EQ has no recording of this call."),
        (httpx.ConnectError("away"), "EQ cannot be reached, so it told nothing."),
        (httpx.Response(500), "EQ did not tell."),
    ],
    ids=range(4),
)
async def test_none_and_not_told_have_words_of_their_own(cast, busy, told, says):
    if told is not None:
        busy.told["/call_recordings"] = told
    answer, _ = await listed(cast.lead)
    assert answer.status_code == 200
    assert says in answer.text


async def test_of_a_call_that_is_over_it_says_so(cast, busy, redis_url):
    await publish(redis_url, talking(line_call("9.9", channel="SIP/207-2")))
    answer, _ = await listed(cast.lead)
    assert "This call is over, or has changed." in answer.text
    assert busy.reads == []


async def test_who_may_see_no_recordings_is_refused(cast, busy):
    answer, _ = await listed(cast.viewer)
    assert answer.status_code == 403
    assert busy.reads == []


@pytest.fixture
async def blind_lead(cast):
    """May see recordings, and no numbers."""
    role = await Role.objects.acreate(name="No numbers", actions=["recording.see"])
    await Membership.objects.acreate(user=cast.outsider, team=cast.front, role=role)
    return cast.outsider


async def test_the_name_of_a_recording_tells_nobody_a_number_that_they_may_not_see(cast, busy, blind_lead):
    """FreePBX puts the caller's number into it."""
    external = "/var/spool/asterisk/monitor/external-207-+34600111222-20260302-120000-1366390218.42.wav"
    busy.recordings = [external, PATH, "/var/recordings/welcome.wav"]
    answer, page = await listed(blind_lead)
    assert [each.text for each in page.select("li code")] == ["/var/recordings/welcome.wav"]
    assert "2 recordings whose names may tell the caller's number are not shown" in page.text
    for text in ("600", "111222", "1366390218"):
        assert text not in answer.text
    assert external in (await listed(cast.lead))[0].text


async def test_where_all_are_hidden_it_does_not_say_that_there_is_none(busy, blind_lead):
    busy.recordings = [PATH]
    answer, page = await listed(blind_lead)
    assert page.select("li") == []
    assert "1 recording whose name may tell the caller's number is not shown" in page.text
    assert "no recording" not in answer.text


async def test_without_one_there_is_none_for_them_either(busy, blind_lead):
    assert "EQ has no recording of this call." in (await listed(blind_lead))[0].text


async def test_another_teams_telephone_is_not_there(cast, busy):
    answer, _ = await listed(cast.lead, LIST.replace("207", "209"))
    assert (answer.status_code, "There is no telephone" in said(answer)) == (404, True)
    assert await nothing_happened(busy)


async def test_hostile_paths_are_text(cast, busy):
    busy.recordings = list(HOSTILE_TEXTS)
    answer, page = await listed(cast.lead)
    assert len(page.select("li code")) == len(HOSTILE_TEXTS)
    for text in ("<script>", "<img", "\u202e", "\x07"):
        assert text not in answer.text


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
async def test_the_list_is_only_read(cast, busy, verb):
    client = await signed_in(cast.lead)
    assert (await getattr(client, verb)(LIST)).status_code == 405

"""One's own telephone: the extension, who one is on EQ, signing in there and out; each step is written down."""

import asyncio
import logging
import re
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session as BrowserSession
from django.test import AsyncClient

from eqboard.accounts.models import Seat
from eqboard.accounts.seats import choose_extension, link, seat_of, token_of
from eqboard.control.audit import Doer
from eqboard.control.audit.story import answered_within
from eqboard.control.doing.settling import Settler
from eqboard.control.models import AuditEntry
from eqboard.control.seats import signing, voices
from eqboard.control.seats.leaving import sign_out_the_deactivated
from eqboard.control.seats.voices import in_whose_name
from eqboard.control.words import sentence
from eqboard.feed.follow import Floor
from eqboard.feed.messages import Stored
from eqboard.simulator.office.sessions import TIME_OUT_SECONDS
from tests.builders import snapshot
from tests.cast import configured, static_files_are_not_collected
from tests.control.conftest import begin, settled, signed_in
from tests.control.pretend import NOW, TOKEN, who_is_in

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

BEGIN = ("POST", "/supervisor_session")
END = ("DELETE", "/supervisor_session/…")
WHO = ("GET", "/supervisor/1")
NOTHING_SEEN = Floor(Stored("e", 1, NOW, snapshot(), None), is_connected=True)
SILENCE = "EQ cannot be reached, so nothing happened."


@pytest.fixture(autouse=True)
def no_rest(monkeypatch):
    """Look for what another request may have stored without waiting in between."""
    monkeypatch.setattr(voices, "BETWEEN_LOOKS_SECONDS", 0)


@pytest.fixture
def dana(cast):
    """The front desk's lead, who is EQ's user 1 by their address; not linked yet."""
    cast.lead.email = "Dana@example.com"
    cast.lead.save()
    return cast.lead


@pytest.fixture
def linked(dana):
    choose_extension(dana, "301")
    link(dana, 1, "dana", "full")
    return dana


async def do(client: AsyncClient, step: str, **fields: object):
    return await client.post("/seat/", {"do": step, **fields})


async def page(client: AsyncClient) -> str:
    return text_of(await client.get("/seat/"))


def text_of(answer) -> str:
    found = BeautifulSoup(answer.content, "html.parser").main
    assert found is not None
    for name in found("bdi"):
        name.unwrap()
    found.smooth()
    return re.sub(r"\s+", " ", found.get_text(" ", strip=True))


def buttons(answer) -> list[str]:
    return [each.get("value") for each in BeautifulSoup(answer.content, "html.parser").select("main button[name=do]")]


async def seat(user) -> Seat:
    return await sync_to_async(seat_of)(user.pk)


async def written() -> list[tuple[str, str, str | None]]:
    """The audit log: action, step, and the error; without what was only asked."""
    entries = AuditEntry.objects.exclude(step="asked")
    return [(each.action, each.step, each.details.get("error")) async for each in entries]


# The page


async def test_a_stranger_is_sent_to_the_sign_in(config):
    for verb in ("get", "post"):
        assert (await getattr(AsyncClient(), verb)("/seat/"))["Location"].startswith("/sign-in/")


async def test_who_is_in_no_team_has_none(cast, config):
    client = await signed_in(cast.outsider)
    assert (await client.get("/seat/")).status_code == 403
    assert (await do(client, "extension", extension="301")).status_code == 403
    assert not await Seat.objects.aexists()


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
async def test_only_reading_and_posting(cast, config, verb):
    assert (await getattr(await signed_in(cast.lead), verb)("/seat/")).status_code == 405


@pytest.mark.parametrize("step", ["", "eat", "sign_in\0", "__class__"])
async def test_a_step_that_there_is_not_is_refused(cast, pretend, step):
    client = await signed_in(cast.lead)
    assert (await do(client, step)).status_code == 400
    assert (await client.post("/seat/")).status_code == 400
    assert pretend.asked == []


@pytest.mark.parametrize("step", ["extension", "link", "unlink", "sign_in", "sign_in_again", "sign_out"])
async def test_a_form_of_another_site_does_nothing(linked, pretend, step):
    client = await signed_in(linked, enforce_csrf_checks=True)
    assert (await do(client, step, extension="302", eq_user="1")).status_code == 403
    assert pretend.asked == []
    assert await written() == []


async def test_whoever_only_looks_has_one_too(cast, pretend):
    client = await signed_in(cast.viewer)
    assert buttons(await client.get("/seat/")) == ["extension", "link"]
    assert "EQ's own log does not name you" in await page(client)


async def test_reading_the_page_asks_eq_nothing(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    pretend.asked.clear()
    await page(client)
    assert pretend.asked == []


# The extension


async def test_my_extension_is_kept_and_asked_of_eq(dana, pretend):
    client = await signed_in(dana)
    answer = await do(client, "extension", extension=" 301 ")
    assert (answer.status_code, answer["Location"]) == (302, "/seat/")
    assert "Saved: 301 is your extension." in await page(client)
    assert (await seat(dana)).extension == "301"
    entry = await AuditEntry.objects.aget()
    assert (entry.action, entry.step, entry.target, entry.target_name) == (
        "seat.extension", "done", f"user-{dana.pk}", "301",
    )  # fmt: skip
    assert entry.details == {"old": "", "is_checked": True}


async def test_the_page_says_who_confirms_that_it_is_mine_and_what_that_means(linked, pretend):
    client = await signed_in(linked)
    assert "So far only you say that this is your telephone." in await page(client)
    await do(client, "sign_in")
    assert (await seat(linked)).session_extension == "301"
    assert "So far only you say that this is your telephone." in await page(client)
    assert "Ask an administrator to confirm it." in await page(client)
    await Seat.objects.aupdate(is_confirmed=True)
    assert "An administrator has confirmed that this is your telephone" in await page(client)
    await do(client, "extension", extension="")
    assert "telephone:" not in await page(client)


async def test_saying_the_same_again_leaves_it_confirmed_and_saying_another_does_not(linked, pretend):
    await Seat.objects.aupdate(is_confirmed=True)
    client = await signed_in(linked)
    await do(client, "extension", extension="301")
    assert (await seat(linked)).is_confirmed
    await do(client, "extension", extension="302")
    assert not (await seat(linked)).is_confirmed


async def test_nobody_confirms_their_own(dana, pretend):
    await do(await signed_in(dana), "extension", extension="301", is_confirmed="on")
    assert not (await seat(dana)).is_confirmed


async def test_what_changes_nothing_is_not_written_down(dana, pretend):
    client = await signed_in(dana)
    for _ in range(2):
        await do(client, "extension", extension="301")
    assert await written() == [("seat.extension", "done", None)]


async def test_one_may_have_none_again(linked, pretend):
    client = await signed_in(linked)
    await do(client, "extension", extension="")
    assert "Saved: you have no extension now." in await page(client)
    assert (await seat(linked)).extension == ""
    assert pretend.asked == []


async def test_an_extension_of_somebody_else_is_refused(dana, cast, pretend):
    """Whose telephone it is may do more there than others."""
    await sync_to_async(choose_extension)(cast.supervisor, "302")
    client = await signed_in(dana)
    answer = await do(client, "extension", extension="302")
    assert "Somebody else has said that 302 is theirs." in text_of(answer)
    assert (await seat(dana)).extension == ""
    assert await written() == [("seat.extension", "refused", "Occupied")]
    await sync_to_async(choose_extension)(cast.supervisor, "")
    await do(client, "extension", extension="302")
    assert (await seat(dana)).extension == "302"


async def test_an_extension_that_eq_does_not_have_is_refused_and_the_old_one_stays(linked, pretend):
    answer = await do(await signed_in(linked), "extension", extension="999")
    assert answer.status_code == 422
    assert "EQ has no extension 999. Nothing was saved." in text_of(answer)
    assert BeautifulSoup(answer.content, "html.parser").select_one("#id_extension")["value"] == "999"
    assert (await seat(linked)).extension == "301"
    assert await written() == [("seat.extension", "refused", "NoExtension")]


@pytest.mark.parametrize("error", [httpx.ConnectError(""), httpx.ReadTimeout("")], ids=["no connection", "silence"])
async def test_it_is_kept_also_while_eq_is_away_and_that_is_said(dana, pretend, error):
    pretend.told["GET", "/extension/301"] = lambda: error
    client = await signed_in(dana)
    assert (await do(client, "extension", extension="301")).status_code == 302
    assert "Saved. EQ could not be asked whether it has extension 301." in await page(client)
    assert (await seat(dana)).extension == "301"
    assert (await AuditEntry.objects.aget()).details["is_checked"] is False


@pytest.mark.parametrize("text", ["x", "30 1", "-1", "٣٠١", "1" * 21, "<b>", "301/../1", "301?x=1"])
async def test_what_is_no_extension_is_refused_beside_its_field(dana, pretend, text):
    answer = await do(await signed_in(dana), "extension", extension=text)
    assert answer.status_code == 422
    field = BeautifulSoup(answer.content, "html.parser").select_one("#id_extension")
    assert field["value"] == text
    assert field["aria-invalid"] == "true"
    assert "is not an extension: use digits" in text_of(answer) or "20 digits at most" in text_of(answer)
    assert pretend.asked == []
    assert not await Seat.objects.aexists()


async def test_the_sip_secret_that_comes_with_it_is_nowhere(dana, pretend):
    extension = await pretend.telephone.extensions.get(extension="301")
    assert extension.sip is not None
    assert extension.sip.secret is not None
    client = await signed_in(dana)
    await do(client, "extension", extension="301")
    secret = extension.sip.secret.get_secret_value()
    assert secret not in await page(client)
    assert secret not in repr((await AuditEntry.objects.aget()).details)


# Who one is on EQ


async def test_one_links_the_user_whom_eq_calls_by_one_s_address(dana, pretend):
    client = await signed_in(dana)
    assert (await do(client, "link", eq_user="1"))["Location"] == "/seat/"
    assert "You are dana on EQ, the supervisor with the id 1." in await page(client)
    entry = await AuditEntry.objects.aget()
    assert (entry.action, entry.step, entry.target_name, entry.details) == ("seat.link", "done", "dana", {"eq_user": 1})


async def test_one_links_the_user_whom_eq_calls_by_one_s_name(cast, pretend):
    cast.viewer.username = "TClarke"
    await cast.viewer.asave()
    await do(await signed_in(cast.viewer), "link", eq_user="3")
    assert (await seat(cast.viewer)).eq_user == 3


async def test_nobody_links_somebody_else_and_nothing_is_told_of_them(dana, pretend):
    answer = await do(await signed_in(dana), "link", eq_user="3")
    assert answer.status_code == 422
    assert "ask an administrator to link you" in text_of(answer)
    assert "tclarke" not in answer.text
    assert (await seat(dana)).eq_user is None
    assert await written() == [("seat.link", "refused", "NotYou")]


async def test_an_administrator_links_only_themselves_here_too(cast, pretend):
    await do(await signed_in(cast.admin), "link", eq_user="3")
    assert (await seat(cast.admin)).eq_user is None


async def test_a_user_that_eq_does_not_have_is_refused(dana, pretend):
    answer = await do(await signed_in(dana), "link", eq_user="77")
    assert "EQ has no supervisor with the id 77" in text_of(answer)
    assert await written() == [("seat.link", "refused", "NoSuchUser")]


async def test_a_user_who_is_deleted_on_eq_is_refused(dana, pretend):
    await pretend.telephone.supervisors.delete(id=1)
    answer = await do(await signed_in(dana), "link", eq_user="1")
    assert "deleted there" in text_of(answer)
    assert (await seat(dana)).eq_user is None


async def test_a_user_who_is_linked_to_somebody_else_is_refused(cast, dana, pretend):
    await sync_to_async(link)(cast.viewer, 1, "dana", "full")
    answer = await do(await signed_in(dana), "link", eq_user="1")
    assert "linked to somebody else" in text_of(answer)
    assert (await seat(cast.viewer)).eq_user == 1
    assert await written() == [("seat.link", "refused", "Taken")]


async def test_another_user_than_before_is_refused_as_long_as_one_is_linked(linked, pretend):
    await Seat.objects.filter(user=linked).aupdate(eq_user=3)
    answer = await do(await signed_in(linked), "link", eq_user="1")
    assert "Take that link away first" in text_of(answer)
    assert (await seat(linked)).eq_user == 3


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "x", "9" * 19, "9" * 400, "1/../3", "<b>"])
async def test_what_is_no_id_is_refused_beside_its_field(dana, pretend, text):
    answer = await do(await signed_in(dana), "link", eq_user=text)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.content, "html.parser").select("#id_eq_user_error")
    assert pretend.asked == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.ConnectError(""), SILENCE),
        (httpx.ReadTimeout(""), SILENCE),
        (httpx.Response(500), "EQ refused, without saying why"),
        (httpx.Response(401, json=[{"parameter": "auth_key", "type": "invalid", "description": ""}]), "eqboard's key"),
        (httpx.Response(400, json=[{"parameter": "id", "type": "x", "description": "<b>No"}]), "EQ refused: <b>No."),
    ],
    ids=["no connection", "silence", "broken", "wrong key", "words of its own"],
)
async def test_what_eq_answers_instead_is_said_and_nothing_changes(dana, pretend, answer, says):
    pretend.told[WHO] = lambda: answer
    refused = await do(await signed_in(dana), "link", eq_user="1")
    assert refused.status_code == 422
    assert says in text_of(refused)
    assert "<b>No" not in refused.text
    assert not await Seat.objects.aexists()
    assert [each[:2] for each in await written()] == [("seat.link", "refused")]


async def test_taking_the_link_away_signs_out_of_eq_first(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    assert (await do(client, "unlink")).status_code == 302
    assert await who_is_in(pretend.telephone) == []
    assert (await seat(linked)).eq_user is None
    assert [each[:2] for each in await written()] == [
        ("eq.sign_in", "done"), ("eq.sign_out", "done"), ("seat.unlink", "done"),
    ]  # fmt: skip
    assert "Not linked to EQ's user dana any more" in await page(client)


async def test_a_user_who_may_only_monitor_is_not_unlinked_by_themselves(linked, pretend):
    """Or else they would have more rights by it."""
    await Seat.objects.filter(user=linked).aupdate(eq_type="monitorOnly")
    client = await signed_in(linked)
    assert "may only monitor" in await page(client)
    assert "unlink" not in buttons(await client.get("/seat/"))
    answer = await do(client, "unlink")
    assert answer.status_code == 422
    assert "Only an administrator takes this link away" in text_of(answer)
    assert (await seat(linked)).eq_user == 1
    assert await written() == [("seat.unlink", "refused", "Kept")]


# Signing in to EQ


async def test_one_signs_in_to_eq_which_then_lists_them(linked, pretend):
    client = await signed_in(linked)
    assert (await do(client, "sign_in")).status_code == 302
    assert await who_is_in(pretend.telephone) == [(1, "301")]
    shown = await page(client)
    assert "Signed in to EQ at 301." in shown
    assert re.search(r"Signed in to EQ at 301 since \d", shown)
    assert buttons(await client.get("/seat/")) == ["extension", "sign_out", "sign_in_again", "unlink"]
    asked, done = [each async for each in AuditEntry.objects.all()]
    assert (done.action, asked.step, done.step, done.target_name) == ("eq.sign_in", "asked", "done", "dana")
    assert asked.details == done.details == {"extension": "301", "eq_user": 1, "force": False}
    assert asked.attempt == done.attempt
    assert await in_whose_name(linked) == 1


async def test_one_may_sign_in_at_no_extension(linked, pretend):
    await Seat.objects.filter(user=linked).aupdate(extension="")
    client = await signed_in(linked)
    await do(client, "sign_in")
    assert await who_is_in(pretend.telephone) == [(1, None)]
    assert "Signed in to EQ since" in await page(client)


async def test_whoever_is_not_linked_cannot_sign_in(dana, pretend):
    answer = await do(await signed_in(dana), "sign_in")
    assert answer.status_code == 422
    assert "You are not linked to a user of EQ yet" in text_of(answer)
    assert pretend.asked == []
    assert await written() == [("eq.sign_in", "refused", "NotLinked")]


async def test_signing_in_learns_what_the_user_may_on_eq(linked, pretend):
    pretend.world.directory.supervisors[1].type = "monitorOnly"
    await do(await signed_in(linked), "sign_in")
    assert (await seat(linked)).eq_type == "monitorOnly"


async def test_a_user_who_was_deleted_meanwhile_is_not_signed_in(linked, pretend):
    await pretend.telephone.supervisors.delete(id=1)
    answer = await do(await signed_in(linked), "sign_in")
    assert "deleted there" in text_of(answer)
    assert await written() == [("eq.sign_in", "refused", "Deleted")]


async def test_an_extension_that_is_gone_is_said(linked, pretend):
    await pretend.telephone.extensions.delete(extension="301")
    answer = await do(await signed_in(linked), "sign_in")
    assert "EQ has no extension 301. Choose another as yours first." in text_of(answer)
    assert not (await seat(linked)).sealed_token


async def test_being_signed_in_elsewhere_is_explained_and_force_is_offered(linked, pretend):
    elsewhere = await pretend.telephone.sign_in_supervisor(user=1, extension="302")
    client = await signed_in(linked)
    answer = await do(client, "sign_in")
    assert answer.status_code == 422
    assert "You are signed in to EQ elsewhere, at 302 since" in text_of(answer)
    assert "Signing in here ends that session. Sign in here instead" in text_of(answer)
    assert await who_is_in(pretend.telephone) == [(1, "302")], "nothing was forced by itself"
    force = BeautifulSoup(answer.content, "html.parser").select_one("main [role=alert] form")
    fields = {each["name"]: each["value"] for each in force.select("input, button") if each["name"][0] != "c"}
    assert (await client.post("/seat/", fields)).status_code == 302
    assert await who_is_in(pretend.telephone) == [(1, "301")]
    assert await written() == [("eq.sign_in", "refused", "EQConflict"), ("eq.sign_in", "done", None)]
    forced = await AuditEntry.objects.alast()
    assert forced.details["force"] is True
    assert "a session of the same user elsewhere was ended by it" in sentence(forced)
    await elsewhere.let_go()


async def test_an_extension_in_use_is_told_with_whom_and_force_is_not_offered(linked, pretend):
    other = await pretend.telephone.sign_in_supervisor(user=3, extension="301")
    supervisor = pretend.world.directory.supervisors[3]
    supervisor.first_name, supervisor.last_name = "<b>T", "Clarke"
    client = await signed_in(linked)
    answer = await do(client, "sign_in")
    assert "Extension 301 is in use: <b>T Clarke is signed in there." in text_of(answer)
    assert "<b>T" not in answer.text
    assert "Sign in here instead" not in answer.text
    forced = await do(client, "sign_in", force="1")
    assert forced.status_code == 422, "EQ itself never throws somebody else out"
    assert await who_is_in(pretend.telephone) == [(3, "301")]
    await other.let_go()


async def test_an_agent_at_the_extension_is_named_too(linked, pretend):
    pretend.world.attendance.go_home(pretend.world.directory.agents[1])
    agent = await pretend.telephone.sign_in_agent(user=1, extension="301")
    assert "Grace Bennett is signed in there" in text_of(await do(await signed_in(linked), "sign_in"))
    await agent.let_go()


async def test_both_in_the_way_is_told_by_the_one_that_force_does_not_end(linked, pretend):
    own = await pretend.telephone.sign_in_supervisor(user=1, extension="302")
    other = await pretend.telephone.sign_in_supervisor(user=3, extension="301")
    answer = await do(await signed_in(linked), "sign_in")
    assert "Extension 301 is in use" in text_of(answer)
    assert "Sign in here instead" not in answer.text
    for each in (own, other):
        await each.let_go()


async def test_a_conflict_of_which_eq_does_not_tell_is_one_all_the_same(linked, pretend):
    other = await pretend.telephone.sign_in_supervisor(user=3, extension="301")
    pretend.told["GET", "/active_supervisor_sessions"] = lambda: httpx.Response(500)
    assert "Extension 301 is in use by somebody else." in text_of(await do(await signed_in(linked), "sign_in"))
    await other.let_go()


async def test_a_double_click_signs_in_once_and_says_so_twice(linked, pretend, monkeypatch):
    monkeypatch.setattr(voices, "LOOKS_FOR_NEWER", 10_000)  # as long as it takes
    both_have_begun = asyncio.Barrier(2)
    pretend.meanwhile[WHO] = both_have_begun.wait
    clients = [await signed_in(linked) for _ in range(2)]
    first, second = await asyncio.gather(*(do(each, "sign_in") for each in clients))
    del pretend.meanwhile[WHO]
    assert {first.status_code, second.status_code} == {302}
    assert await who_is_in(pretend.telephone) == [(1, "301")]
    assert await written() == [("eq.sign_in", "done", None)] * 2


async def test_whoever_is_signed_in_already_is_told_so_and_eq_is_not_asked_again(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    begun = pretend.asked_of(BEGIN[1])
    assert (await do(client, "sign_in")).status_code == 302
    assert pretend.asked_of(BEGIN[1]) == begun
    assert await written() == [("eq.sign_in", "done", None)]


async def test_a_lost_answer_is_unknown_and_signing_in_again_finds_the_way(linked, pretend):
    pretend.told[BEGIN] = lambda: httpx.ReadTimeout("")
    client = await signed_in(linked)
    answer = await do(client, "sign_in")
    assert "you may be signed in there without this page knowing" in text_of(answer)
    assert [each[:2] for each in await written()] == [("eq.sign_in", "unknown")]
    assert not (await seat(linked)).sealed_token


async def test_eq_away_is_a_refusal(linked, pretend):
    pretend.told[BEGIN] = lambda: httpx.ConnectError("")
    answer = await do(await signed_in(linked), "sign_in")
    assert SILENCE in text_of(answer)
    assert [each[:2] for each in await written()] == [("eq.sign_in", "refused")]


async def test_whoever_is_made_another_while_eq_is_asked_is_not_signed_in(linked, pretend):
    pretend.meanwhile[BEGIN] = partial(Seat.objects.filter(user=linked).aupdate, eq_user=3)
    answer = await do(await signed_in(linked), "sign_in")
    assert answer.status_code == 422
    assert "Your link to EQ was changed meanwhile" in text_of(answer)
    assert await who_is_in(pretend.telephone) == []
    assert not (await seat(linked)).sealed_token
    assert await written() == [("eq.sign_in", "refused", "Changed")]


async def test_a_browser_that_goes_away_meanwhile_loses_no_token(linked, pretend):
    may_answer, was_asked = asyncio.Event(), asyncio.Event()

    async def slowly():
        was_asked.set()
        await may_answer.wait()

    pretend.meanwhile[BEGIN] = slowly
    pressing = begin(do(await signed_in(linked), "sign_in"))
    await was_asked.wait()
    pressing.cancel()
    await asyncio.wait({pressing})
    may_answer.set()
    await settled()
    assert await in_whose_name(linked) == 1
    assert await written() == [("eq.sign_in", "done", None)]


@pytest.mark.parametrize("force", [{}, {"force": "1"}], ids=["by itself", "by force"])
async def test_what_is_asked_of_eq_is_written_down_before_and_unknown_when_the_process_dies(linked, pretend, force):
    """EQ has a session then of which nobody knows here."""
    asked = []

    async def look():
        asked.extend([each.step async for each in AuditEntry.objects.all()])
        raise SystemExit

    pretend.meanwhile[BEGIN] = look
    with pytest.raises(SystemExit):
        await signing.sign_in(Doer(linked, None), pretend.telephone, NOW, force=bool(force))
    assert asked == ["asked"]
    nobody_is_left = datetime.now(UTC) + answered_within() + timedelta(seconds=1)
    await Settler().settle_unfinished(NOTHING_SEEN, nobody_is_left)
    entry = await AuditEntry.objects.alast()
    assert (entry.action, entry.step, entry.details["error"]) == ("eq.sign_in", "unknown", "Interrupted")
    assert "you may be signed in there without this page knowing" in sentence(entry)
    await Settler().settle_unfinished(NOTHING_SEEN, nobody_is_left + timedelta(hours=1))
    assert await AuditEntry.objects.acount() == 2, "it is over"


async def test_an_answer_that_comes_after_it_was_settled_is_written_down_all_the_same(linked, pretend):
    async def settle():
        later = datetime.now(UTC) + answered_within() + timedelta(seconds=1)
        await Settler().settle_unfinished(NOTHING_SEEN, later)

    pretend.meanwhile[BEGIN] = settle
    await do(await signed_in(linked), "sign_in")
    assert [each.step async for each in AuditEntry.objects.all()] == ["asked", "unknown", "done"]
    assert await in_whose_name(linked) == 1


async def test_signing_in_when_one_is_signed_in_asks_eq_nothing(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    pretend.asked.clear()
    assert (await do(client, "sign_in")).status_code == 302
    assert pretend.asked == []
    assert len(await written()) == 1


async def test_one_moves_to_another_extension_by_signing_in_again(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    await do(client, "extension", extension="302")
    assert "sign in again to move there" in await page(client)
    assert (await do(client, "sign_in_again")).status_code == 302
    assert await who_is_in(pretend.telephone) == [(1, "302")]
    assert "sign in again to move there" not in await page(client)


async def test_signing_in_again_throws_nobody_out_without_being_told_to(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    elsewhere = await pretend.telephone.sign_in_supervisor(user=1, extension="302", force=True)
    answer = await do(client, "sign_in_again")
    assert "You are signed in to EQ elsewhere, at 302" in text_of(answer)
    assert "Sign in here instead" in answer.text
    assert await who_is_in(pretend.telephone) == [(1, "302")]
    await elsewhere.let_go()


async def test_signing_in_again_while_eq_is_away_keeps_what_there_is(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    pretend.told[END] = lambda: httpx.ConnectError("")
    assert (await do(client, "sign_in_again")).status_code == 422
    assert await in_whose_name(linked) == 1


@pytest.fixture
def strict(monkeypatch, redis_url):
    yield from configured(monkeypatch, redis_url=redis_url, act_without_eq_user=False)


async def test_where_the_policy_demands_it_the_page_says_that_one_cannot_act(strict, linked, cast, pretend):
    assert "Until you sign in, you cannot act from the board." in await page(await signed_in(linked))
    assert "so you cannot act from the board" in await page(await signed_in(cast.viewer))


async def test_the_audit_log_says_it_in_the_same_words(linked, pretend):
    other = await pretend.telephone.sign_in_supervisor(user=3, extension="301")
    client = await signed_in(linked)
    answer = await do(client, "sign_in")
    told = sentence(await AuditEntry.objects.alast())
    assert "Theo Clarke" in told
    assert str(told) in answer.text
    await other.let_go()


# Signing out


async def test_one_signs_out_of_eq_on_request(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    assert (await do(client, "sign_out")).status_code == 302
    assert await who_is_in(pretend.telephone) == []
    assert "Signed out of EQ." in await page(client)
    assert await written() == [("eq.sign_in", "done", None), ("eq.sign_out", "done", None)]
    assert await in_whose_name(linked) is None


async def test_signing_out_twice_is_signing_out(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    for _ in range(2):
        assert (await do(client, "sign_out")).status_code == 302
    assert pretend.asked_of(END[1]) == ["DELETE"]


async def test_a_session_that_eq_forgot_is_over(linked, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    pretend.restart()
    assert (await do(client, "sign_out")).status_code == 302
    assert (await written())[-1] == ("eq.sign_out", "done", None)


@pytest.mark.parametrize(
    ("error", "step"),
    [(httpx.ConnectError(""), "refused"), (httpx.ReadTimeout(""), "unknown")],
    ids=["no connection", "silence"],
)
async def test_a_sign_out_that_fails_can_be_tried_again(linked, pretend, error, step):
    client = await signed_in(linked)
    await do(client, "sign_in")
    pretend.told[END] = lambda: error
    answer = await do(client, "sign_out")
    assert answer.status_code == 422
    assert "Try again" in text_of(answer)
    assert (await written())[-1] == ("eq.sign_out", step, "EQUnreachable")
    assert await in_whose_name(linked) == 1
    del pretend.told[END]
    await do(client, "sign_out")
    assert await who_is_in(pretend.telephone) == []


@pytest.mark.parametrize("path", ["/sign-out/", "/admin/logout/"])
async def test_signing_out_of_eqboard_signs_out_of_eq(linked, pretend, path):
    client = await signed_in(linked)
    await do(client, "sign_in")
    answer = await client.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert await who_is_in(pretend.telephone) == []
    assert await written() == [("eq.sign_in", "done", None), ("eq.sign_out", "done", None)]
    assert (await client.get("/seat/")).status_code == 302
    assert not (await seat(linked)).sealed_token


@pytest.mark.parametrize("error", [httpx.ConnectError(""), httpx.ReadTimeout("")], ids=["no connection", "silence"])
async def test_whatever_eq_says_one_is_signed_out_of_eqboard_and_no_token_is_kept(linked, pretend, error):
    client = await signed_in(linked)
    await do(client, "sign_in")
    pretend.told[END] = lambda: error
    assert (await client.post("/sign-out/")).status_code == 302
    assert (await client.get("/seat/")).status_code == 302
    assert not (await seat(linked)).sealed_token
    assert (await written())[-1][0] == "eq.sign_out"
    assert (await written())[-1][1] in ("refused", "unknown")


async def test_an_eq_that_hangs_holds_nobody_up(linked, pretend, monkeypatch):
    client = await signed_in(linked)
    await do(client, "sign_in")
    monkeypatch.setattr(voices, "BRIEF_SECONDS", 0.01)
    pretend.meanwhile[END] = asyncio.Event().wait
    assert (await client.post("/sign-out/")).status_code == 302
    assert (await client.get("/seat/")).status_code == 302
    assert (await written())[-1] == ("eq.sign_out", "unknown", "EQUnreachable")


async def test_whoever_is_not_signed_in_to_eq_asks_it_nothing_by_leaving(linked, pretend):
    client = await signed_in(linked)
    assert (await client.post("/sign-out/")).status_code == 302
    assert (await AsyncClient().post("/sign-out/")).status_code == 302
    assert pretend.asked == []
    assert await written() == []


async def test_leaving_is_a_post_of_our_own_page(linked, pretend):
    client = await signed_in(linked, enforce_csrf_checks=True)
    assert (await client.get("/sign-out/")).status_code == 405
    assert (await client.post("/sign-out/")).status_code == 403
    assert (await client.get("/seat/")).status_code == 200


async def test_who_is_deactivated_is_signed_out_of_eq_at_the_next_round(linked, cast, pretend):
    client = await signed_in(linked)
    await do(client, "sign_in")
    await sign_out_the_deactivated()
    assert await in_whose_name(linked) == 1, "who may use eqboard stays"
    await type(linked).objects.filter(pk=linked.pk).aupdate(is_active=False)
    for _ in range(2):
        await sign_out_the_deactivated()
    assert await who_is_in(pretend.telephone) == []
    assert not (await seat(linked)).sealed_token
    assert await written() == [("eq.sign_in", "done", None), ("eq.sign_out", "done", None)]
    entry = await AuditEntry.objects.alast()
    assert (entry.actor_id, entry.address) == (linked.pk, None)
    assert "Signed out of EQ by eqboard, as this person may not use it any more." in sentence(entry)


async def test_of_who_is_deactivated_while_eq_is_away_no_token_is_kept(linked, pretend):
    await do(await signed_in(linked), "sign_in")
    await type(linked).objects.filter(pk=linked.pk).aupdate(is_active=False)
    pretend.told[END] = lambda: httpx.ConnectError("")
    await sign_out_the_deactivated()
    assert not (await seat(linked)).sealed_token
    assert (await AuditEntry.objects.alast()).details["why"] == "deactivated"


# The token


async def test_the_token_is_on_no_page_in_no_log_and_no_address(linked, pretend, caplog):
    for name in ("", "httpx", "httpcore", "eqboard", "django"):
        caplog.set_level(logging.DEBUG, name or None)
    client = await signed_in(linked)
    answers = [await do(client, "sign_in"), await client.get("/seat/")]
    pretend.pass_seconds(TIME_OUT_SECONDS + 1)
    elsewhere = await pretend.telephone.sign_in_supervisor(user=1, extension="302")
    answers += [await client.get("/seat/"), await do(client, "sign_in"), await do(client, "sign_in", force="1")]
    answers += [await do(client, "sign_out"), await client.post("/sign-out/")]
    await elsewhere.let_go()
    assert len(pretend.tokens) == 3
    entries = [repr(each.details) async for each in AuditEntry.objects.all()]
    browser = [repr(each.get_decoded()) async for each in BrowserSession.objects.all()]
    shown = [each.text + repr(each.headers) + repr(each.cookies) for each in answers]
    for place in [caplog.text, *entries, *browser, *shown]:
        assert not pretend.tokens & set(TOKEN.findall(place))


async def test_the_administration_shows_no_token(linked, cast, pretend):
    await do(await signed_in(linked), "sign_in")
    held = await seat(linked)
    token = token_of(held)
    admin = await signed_in(cast.admin)
    for path in ("/admin/accounts/seat/", f"/admin/accounts/seat/{held.pk}/change/"):
        answer = await admin.get(path)
        assert answer.status_code == 200
        assert "dana" in answer.text
        assert held.sealed_token not in answer.text
        assert token is not None
        assert token.get_secret_value() not in answer.text


# The administrator


@pytest.fixture
async def admin(cast, pretend):
    return await signed_in(cast.admin)


async def save(client: AsyncClient, user, path: str = "add/", **fields: object):
    form = {"user": user.pk, "extension": "", "eq_user": "", "_save": "1", **fields}
    return await client.post(f"/admin/accounts/seat/{path}", form)


async def test_an_administrator_links_anybody(admin, cast, pretend):
    assert (await save(admin, cast.viewer, extension="303", eq_user="2")).status_code == 302
    held = await seat(cast.viewer)
    assert (held.extension, held.eq_user, held.eq_username, held.eq_type) == ("303", 2, "mgomez", "monitorOnly")
    entry = await AuditEntry.objects.alast()
    assert (entry.action, entry.actor_name, entry.target) == ("seat.link", "admin", f"user-{cast.viewer.pk}")


async def test_what_an_administrator_enters_is_confirmed_by_that(admin, cast, pretend):
    await save(admin, cast.viewer, extension="303")
    held = await seat(cast.viewer)
    assert (held.extension, held.is_confirmed) == ("303", True)
    entry = await AuditEntry.objects.alast()
    assert (entry.action, entry.details) == ("seat.extension", {"old": "", "is_checked": False, "is_confirmed": True})
    assert "an administrator has confirmed that" in sentence(entry)


async def test_an_administrator_confirms_what_somebody_says_and_takes_it_back(admin, linked, pretend):
    path = f"{(await seat(linked)).pk}/change/"
    await save(admin, linked, path, extension="301", eq_user="1")
    assert not (await seat(linked)).is_confirmed
    assert await written() == []
    await save(admin, linked, path, extension="301", eq_user="1", is_confirmed="on")
    assert (await seat(linked)).is_confirmed
    await save(admin, linked, path, extension="302", eq_user="1", is_confirmed="on")
    assert (await seat(linked)).is_confirmed
    await save(admin, linked, path, extension="302", eq_user="1")
    assert not (await seat(linked)).is_confirmed
    known = [(each.target_name, each.details["is_confirmed"]) async for each in AuditEntry.objects.all()]
    assert known == [("301", True), ("302", True), ("302", False)]


async def test_no_telephone_is_not_confirmed(admin, linked, pretend):
    await save(admin, linked, f"{(await seat(linked)).pk}/change/", extension="", eq_user="1", is_confirmed="on")
    held = await seat(linked)
    assert (held.extension, held.is_confirmed) == ("", False)


def offered(answer) -> dict[str, str]:
    """Whom the form offers as EQ users: names by id."""
    return {each["value"]: each.text for each in BeautifulSoup(answer.text, "html.parser").select("datalist option")}


def how(answer) -> str:
    return BeautifulSoup(answer.text, "html.parser").select_one("#id_eq_user_helptext").text.strip()


async def test_eqs_users_are_offered_by_name_where_eq_tells_them(admin, linked, pretend):
    await pretend.telephone.sign_in_supervisor(user=3, extension=None, force=False)
    answer = await admin.get("/admin/accounts/seat/add/")
    assert offered(answer) == {"3": "Theo Clarke · tclarke"}
    assert how(answer).startswith("Whoever is signed in to EQ now is offered by name")
    answer = await admin.get(f"/admin/accounts/seat/{(await seat(linked)).pk}/change/")
    assert offered(answer) == {"1": "Dana Weiss · dana", "3": "Theo Clarke · tclarke"}
    assert how(answer).startswith("Now EQ's user 1, Dana Weiss · dana.")
    assert BeautifulSoup(answer.text, "html.parser").select_one("#id_eq_user[list=eq-users]")["value"] == "1"


async def test_while_eq_does_not_tell_the_name_is_as_it_was_told_last(admin, linked, pretend):
    pretend.told["GET", "/active_supervisor_sessions"] = lambda: httpx.ConnectError("")
    path = f"/admin/accounts/seat/{(await seat(linked)).pk}/change/"
    answer = await admin.get(path)
    assert how(answer).startswith("Now EQ's user 1, dana. EQ does not tell now who is signed in there: type the id")
    assert offered(answer) == {}
    await Seat.objects.aupdate(eq_username="1")
    assert how(await admin.get(path)).startswith("Now EQ's user 1, of whom EQ told no name.")


async def test_one_whom_eq_does_not_tell_is_offered_by_the_id_alone(admin, pretend):
    await pretend.telephone.sign_in_supervisor(user=1, extension=None, force=False)
    pretend.told["GET", "/supervisor/1"] = lambda: httpx.Response(500)
    assert offered(await admin.get("/admin/accounts/seat/add/")) == {"1": "1"}


async def test_of_a_form_that_was_refused_the_name_is_that_of_who_is_linked(admin, linked, pretend):
    answer = await save(admin, linked, f"{(await seat(linked)).pk}/change/", extension="301", eq_user="77")
    assert "EQ has no supervisor with the id" in answer.text
    assert how(answer).startswith("Now EQ's user 1, Dana Weiss · dana.")


async def test_the_list_names_who_is_linked(admin, linked, pretend):
    def shown(answer) -> str:
        return BeautifulSoup(answer.text, "html.parser").select_one(".field-eq_person").text

    assert shown(await admin.get("/admin/accounts/seat/")) == "dana (1)"
    await Seat.objects.aupdate(eq_username="1")
    assert shown(await admin.get("/admin/accounts/seat/")) == "EQ told no name (1)"
    await Seat.objects.aupdate(eq_user=None, eq_username="")
    assert shown(await admin.get("/admin/accounts/seat/")) in ("", "-")


async def test_hostile_names_of_eqs_users_are_text(admin, linked, pretend):
    name = "<script>x</script>\u202e"
    hostile = {"id": 1, "username": name, "firstName": name, "lastName": name, "emailAddress": name, "type": "full"}
    pretend.told["GET", "/supervisor/1"] = lambda: httpx.Response(200, json=hostile)
    await Seat.objects.aupdate(eq_username=name)
    for path in ("", f"{(await seat(linked)).pk}/change/"):
        assert "<script>x" not in (await admin.get(f"/admin/accounts/seat/{path}")).text


@pytest.mark.parametrize(
    ("eq_user", "says"), [("77", "EQ has no supervisor with the id"), ("3", "deleted there"), ("1", "already exists")]
)
async def test_but_nobody_who_is_not_there_or_belongs_to_another(admin, linked, cast, pretend, eq_user, says):
    await pretend.telephone.supervisors.delete(id=3)
    answer = await save(admin, cast.viewer, eq_user=eq_user)
    assert answer.status_code == 200
    assert says in answer.text
    assert (await seat(cast.viewer)).eq_user is None


async def test_nor_while_eq_is_away(admin, cast, pretend):
    pretend.told[WHO] = lambda: httpx.ConnectError("")
    assert SILENCE in (await save(admin, cast.viewer, eq_user="1")).text
    assert not await Seat.objects.aexists()


async def test_who_is_made_another_user_is_signed_out_as_the_old_one(admin, linked, pretend):
    await do(await signed_in(linked), "sign_in")
    held = await seat(linked)
    assert (await save(admin, linked, f"{held.pk}/change/", extension="301", eq_user="3")).status_code == 302
    assert await who_is_in(pretend.telephone) == []
    held = await seat(linked)
    assert (held.eq_user, held.eq_username, held.sealed_token, held.signed_in_at) == (3, "tclarke", "", None)
    assert [each[0] for each in await written()] == ["eq.sign_in", "eq.sign_out", "seat.link"]
    assert (await AuditEntry.objects.alast()).details == {"eq_user": 3, "old": 1}


async def test_a_change_of_the_extension_leaves_the_session_alone(admin, linked, pretend):
    await do(await signed_in(linked), "sign_in")
    held = await seat(linked)
    await save(admin, linked, f"{held.pk}/change/", extension="302", eq_user="1")
    assert await in_whose_name(linked) == 1
    assert (await seat(linked)).extension == "302"
    assert [each[0] for each in await written()] == ["eq.sign_in", "seat.extension"]


async def test_a_seat_that_is_taken_away_is_signed_out_first(admin, linked, pretend):
    await do(await signed_in(linked), "sign_in")
    held = await seat(linked)
    assert (await admin.post(f"/admin/accounts/seat/{held.pk}/delete/", {"post": "yes"})).status_code == 302
    assert await who_is_in(pretend.telephone) == []
    assert not await Seat.objects.aexists()
    assert [each[0] for each in await written()] == ["eq.sign_in", "eq.sign_out", "seat.unlink"]


async def test_a_seat_never_becomes_another_person_s(admin, linked, cast, pretend):
    held = await seat(linked)
    await save(admin, cast.viewer, f"{held.pk}/change/", extension="301", eq_user="1")
    assert (await seat(linked)).eq_user == 1
    assert (await seat(cast.viewer)).eq_user is None


async def test_only_administrators_come_there(linked, pretend):
    assert (await (await signed_in(linked)).get("/admin/accounts/seat/")).status_code == 302

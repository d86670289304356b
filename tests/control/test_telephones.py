"""The hands on a telephone: dial, transfer, park, hang up. The right call, by the right people, and told as it is."""

from dataclasses import replace

import httpx
import pytest
from django.test import AsyncClient

from eqboard.accounts.models import Membership, Role
from eqboard.control.models import AuditEntry
from eqboard.control.on_telephones.handset import call_handle
from eqboard.floor.snapshot import AgentState, Part
from tests.builders import HOSTILE_TEXTS, agent, caller, line, line_call, membership, parked_call, source
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import last_entry, signed_in, steps
from tests.control.switchboard import AT_CALL, CALL, complaint, is_signed_in_at, nothing_happened, now, sits_at, talking
from tests.control.test_refusals import said, state

pytestmark = [pytest.mark.django_db(transaction=True), static_files_are_not_collected]

SENT = {"transfer": {"destination": "208"}}
ACTIONS = ("transfer", "park", "hang-up", "recording/start", "recording/stop", "recording/cancel")
NAMES = {
    "transfer": "call.transfer",
    "park": "call.park",
    "hang-up": "call.hang_up",
    "recording/start": "recording.start",
    "recording/stop": "recording.stop",
    "recording/cancel": "recording.cancel",
}


# What EQ is asked


@pytest.mark.parametrize(
    ("action", "form", "path", "asked"),
    [
        ("transfer", {"destination": "+34 600-111.222"}, "/extension_action", ("blindTransfer", "+34600111222")),
        ("transfer", {"destination": "208"}, "/extension_action", ("blindTransfer", "208")),
        ("park", {}, "/extension_action", ("park", None)),
        ("hang-up", {}, "/extension_action", ("hangUp", None)),
        ("recording/start", {}, "/call_recording_action", ("start", None)),
        ("recording/stop", {}, "/call_recording_action", ("stop", None)),
        ("recording/cancel", {}, "/call_recording_action", ("cancel", None)),
    ],
    ids=range(7),
)
async def test_an_action_is_bound_to_the_telephones_own_channel(cast, busy, redis_url, action, form, path, asked):
    await publish(redis_url, talking(replace(CALL, is_recorded=action in ("recording/stop", "recording/cancel"))))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/{action}/", form)
    assert state(answer) == "accepted"
    is_recording = path == "/call_recording_action"
    channel = {} if is_recording else {"channel": CALL.channel}
    destination = {"destination": asked[1]} if asked[1] else {}
    assert busy.actions == [(path, {"extension": "207", "action": asked[0]} | channel | destination)]
    entry = await last_entry()
    assert (entry.action, entry.target, entry.target_name) == (NAMES[action], "extension-207", "Ana Ruiz")
    assert entry.queues == ",500,"


async def test_what_is_asked_names_the_call_in_the_audit_log(cast, busy):
    client = await signed_in(cast.lead)
    await client.post(f"{AT_CALL}/park/")
    order = (await AuditEntry.objects.afirst()).details["order"]
    assert order["call"] == {
        "key": CALL.key,
        "unique_id": CALL.unique_id,
        "channel": CALL.channel,
        "place": "207",
        "other_channel": CALL.other_channel,
    }
    assert (order["extension"], order["agent"]) == ("207", 7)


async def test_the_telephone_dials(cast, busy):
    client = await signed_in(cast.lead)
    answer = await client.post("/extensions/207/dial/", {"destination": "(0600) 111/222"})
    assert state(answer) == "accepted"
    assert busy.actions == [
        ("/extension_action", {"extension": "207", "action": "dial", "destination": "0600111222"}),
    ]


async def test_the_calls_that_it_has_meanwhile_are_remembered_so_that_the_new_one_is_known(cast, busy):
    await (await signed_in(cast.lead)).post("/extensions/207/dial/", {"destination": "208"})
    assert (await AuditEntry.objects.afirst()).details["order"]["had"] == [CALL.channel]


async def test_a_second_click_is_the_same_also_when_the_telephone_has_another_call_by_then(cast, busy, redis_url):
    client = await signed_in(cast.lead)
    first = await client.post("/extensions/207/dial/", {"destination": "208"})
    await publish(redis_url, talking(CALL, line_call("9.9", channel="SIP/207-2", connected_number="209")))
    second = await client.post("/extensions/207/dial/", {"destination": "208"})
    assert first.text == second.text
    assert len(busy.actions) == 1


async def test_a_call_to_there_of_which_nobody_knew_is_not_taken_for_the_new_one(cast, busy):
    busy.calls["207"] = [line_call("9.9", channel="SIP/207-9", connected_number="+34600111222")]
    answer = await (await signed_in(cast.lead)).post("/extensions/207/dial/", {"destination": "0600 111 222"})
    assert said(answer) == "The telephone of Ana Ruiz has a call to there already, so nothing was sent."
    assert busy.is_untouched


ALREADY = {
    "start": (True, "The call of Ana Ruiz is being recorded already, so nothing was sent."),
    "stop": (False, "No recording runs at Ana Ruiz, so nothing was sent."),
    "cancel": (False, "No recording runs at Ana Ruiz, so nothing was sent."),
}


@pytest.mark.parametrize("action", ALREADY)
async def test_what_is_recorded_already_or_not_at_all_is_not_told_as_done(cast, busy, redis_url, action):
    is_recorded, says = ALREADY[action]
    await publish(redis_url, talking(replace(CALL, is_recorded=is_recorded)))
    answer = await (await signed_in(cast.lead)).post(f"{AT_CALL}/recording/{action}/")
    assert (state(answer), said(answer)) == ("refused", says)
    assert (busy.reads, busy.is_untouched) == ([], True)
    assert (await last_entry()).details["error"] == "Already"


@pytest.mark.parametrize("action", ALREADY)
async def test_eqs_newest_word_of_a_recording_counts(cast, busy, redis_url, action):
    is_recorded, says = ALREADY[action]
    await publish(redis_url, talking(replace(CALL, is_recorded=not is_recorded)))
    told = {"extension": "207", "channel": CALL.channel, "uniqueId": CALL.unique_id, "status": "up"}
    busy.told["/active_calls"] = httpx.Response(200, json=[told | {"recording": is_recorded}])
    answer = await (await signed_in(cast.lead)).post(f"{AT_CALL}/recording/{action}/")
    assert (state(answer), said(answer)) == ("refused", says)
    assert busy.is_untouched


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type an extension or a telephone number."),
        ("  - ", "Type an extension or a telephone number."),
        ("abc", "Use digits"),
        ("1" * 21, "Use digits"),
        ("1" * 61, "A number has 20 digits at most."),
        ("12\n34;9", "Use digits"),
        ("+", "Use digits"),
        ("١٢٣", "Use digits"),
        ("207", "A telephone cannot call itself"),
        *((text, "") for text in HOSTILE_TEXTS if text.strip()),
    ],
    ids=range(9 + len(HOSTILE_TEXTS) - 1),
)
async def test_what_is_no_number_is_not_dialled(cast, busy, typed, says):
    client = await signed_in(cast.lead)
    answer = await client.post("/extensions/207/dial/", {"destination": typed})
    assert answer.status_code == 422
    assert says in said(answer)
    assert await nothing_happened(busy)


async def test_a_wrong_destination_brings_the_form_back_with_what_was_typed(cast, busy):
    client = await signed_in(cast.lead)
    press = "6f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42"
    answer = await client.post(f"{AT_CALL}/transfer/", {"destination": '"><b>', "press": press})
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#dialog-body")
    assert 'value="&quot;&gt;&lt;b&gt;"' in answer.text
    assert "Use digits" in answer.text
    assert press in answer.text
    assert await nothing_happened(busy)


# What EQ is asked right before


async def test_a_call_that_is_over_by_eqs_newest_word_is_left_alone(cast, busy):
    busy.calls["207"] = []
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/hang-up/")
    assert (state(answer), busy.actions) == ("refused", [])
    assert said(answer) == (
        "The call of Ana Ruiz with Carmen is over, or has changed, so nothing was sent. Look again."
    )
    assert await steps() == ["asked", "refused"]


async def test_another_call_on_the_same_channel_is_left_alone(cast, busy):
    busy.calls["207"] = [line_call("9.9", other_channel="SIP/somebody-1")]
    client = await signed_in(cast.lead)
    await client.post(f"{AT_CALL}/park/")
    assert busy.is_untouched
    assert (await last_entry()).details["error"] == "Gone"


async def test_nobody_is_sent_to_a_telephone_that_is_busy(cast, busy):
    busy.calls["208"] = [line_call("9.9", channel="SIP/208-1")]
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/transfer/", {"destination": "208"})
    assert "Extension 208 is busy" in said(answer)
    assert busy.is_untouched


async def test_with_several_calls_up_none_is_recorded(cast, switchboard, redis_url):
    other = line_call("9.9", channel="SIP/207-0000001b", other_channel="SIP/x-1")
    switchboard.calls["207"] = [CALL, other]
    await publish(redis_url, talking(CALL, other))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/recording/start/")
    assert state(answer) == "refused"
    assert switchboard.is_untouched


async def test_without_an_answer_of_eq_nothing_is_sent(cast, busy):
    busy.told["/active_calls"] = httpx.ConnectError("away")
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/hang-up/")
    assert "EQ could not be asked what has to be known first" in said(answer)
    assert busy.is_untouched


async def test_eqs_refusal_is_a_sentence(cast, busy):
    busy.told["/extension_action"] = complaint("extension", "nonexistent")
    client = await signed_in(cast.lead)
    answer = await client.post("/extensions/207/dial/", {"destination": "208"})
    assert said(answer) == "EQ refused: it knows no such extension. Choose another."


async def test_a_lost_answer_is_told_as_unknown(cast, busy):
    busy.told["/extension_action"] = httpx.ReadTimeout("slow")
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/hang-up/")
    assert state(answer) == "unknown"
    assert len(busy.actions) == 1


# A call that has moved


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_call_that_is_over_on_the_floor_is_refused_and_that_is_written_down(cast, busy, redis_url, action):
    await publish(redis_url, talking(line_call("9.9", channel="SIP/207-2", other_channel="SIP/other-2")))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/{action}/", SENT.get(action, {}))
    assert state(answer) == "refused"
    assert "is over, or has changed" in said(answer)
    assert (await steps(), (await last_entry()).action) == (["refused"], NAMES[action])
    assert busy.reads == []
    assert busy.is_untouched


async def test_it_is_said_who_has_the_caller_now(cast, busy, redis_url):
    carmen = caller(unique_id=CALL.unique_id, channel=CALL.other_channel)
    eve = agent(11, name="Eve", state=AgentState.ON_CALL, caller=carmen)
    await publish(redis_url, talking(line_call("9.9", channel="SIP/207-2"), agents=[agent(7), eve]))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/hang-up/")
    assert said(answer) == "Carmen, who was on that call at Ana Ruiz, is with Eve by now, so nothing was sent."
    assert busy.is_untouched


async def test_a_caller_is_named_in_what_became_of_it_only_to_whom_they_may_be_told(cast, busy, redis_url):
    """Both in the mark and in the audit; a name that is a number is none."""
    role = await Role.objects.acreate(name="No numbers", actions=["call.hang_up", "audit.see"])
    await Membership.objects.acreate(user=cast.outsider, team=cast.front, role=role)
    call = replace(CALL, caller_name="0600 111 222")
    await publish(redis_url, talking(call))
    busy.calls["207"] = []
    path = f"/extensions/207/calls/{call_handle(call, '207')}/hang-up/"
    told, veiled = await signed_in(cast.lead), await signed_in(cast.outsider)
    assert said(await told.post(path)).startswith("The call of Ana Ruiz with 0600 111 222 is over")
    assert said(await veiled.post(path)).startswith("That call at Ana Ruiz is over")
    assert "0600" in (await told.get("/audit/")).text
    assert "0600" not in (await veiled.get("/audit/")).text


async def test_it_is_said_where_the_caller_is_parked_though_the_unique_id_is_another(cast, busy, redis_url):
    """An older switch gives it a new one (contract §4); the channel stays."""
    parked = parked_call("8.8", caller=caller(unique_id="8.8", channel=CALL.other_channel))
    await publish(redis_url, talking(line_call("9.9", channel="SIP/207-2", other_channel="SIP/y"), parked=[parked]))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/park/")
    assert "is in another place by now (71)" in said(answer)
    assert busy.is_untouched


async def test_who_has_the_caller_is_not_said_of_another_teams_agent(cast, busy, redis_url):
    carmen = caller(unique_id=CALL.unique_id, channel=CALL.other_channel)
    max_ = agent(9, name="Max", state=AgentState.ON_CALL, caller=carmen, memberships=(membership("502"),))
    await publish(redis_url, talking(line_call("9.9", channel="SIP/207-2", other_channel="z"), agents=[agent(7), max_]))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/park/")
    assert "Max" not in answer.text
    assert "is over, or has changed" in said(answer)


async def test_a_changed_channel_of_the_telephone_is_another_call(cast, busy, redis_url):
    await publish(redis_url, talking(replace(CALL, channel="SIP/207-00000099")))
    client = await signed_in(cast.lead)
    assert state(await client.post(f"{AT_CALL}/hang-up/")) == "refused"
    assert busy.is_untouched


@pytest.mark.parametrize("hand", ["park", "hang-up", "transfer"])
async def test_the_next_caller_on_the_same_channel_of_the_telephone_is_not_hit(cast, busy, redis_url, hand):
    """Carmen has gone, and somebody else talks where she was: a second click on the same button is not for them."""
    await publish(redis_url, talking(replace(CALL, key="9.9", unique_id="9.9", other_channel="SIP/trunk-9")))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/{hand}/", {"destination": "208"})
    assert state(answer) == "refused"
    assert busy.is_untouched


async def test_a_telephone_that_nobody_has_read_is_not_acted_on_blindly(cast, busy, redis_url):
    await publish(redis_url, talking(lines=[]))
    client = await signed_in(cast.lead)
    answer = await client.post(f"{AT_CALL}/hang-up/")
    assert "have not been read just now" in said(answer)
    assert await nothing_happened(busy)


@pytest.mark.parametrize("handle", ["0" * 48, "x", "..", "%3Cb%3E", "a" * 500])
async def test_a_handle_of_nothing_hits_no_call(cast, busy, handle):
    client = await signed_in(cast.lead)
    answer = await client.post(f"/extensions/207/calls/{handle}/hang-up/")
    assert answer.status_code in (200, 404)
    assert busy.is_untouched


# Dialogs


@pytest.mark.parametrize(
    ("action", "title"),
    [
        ("transfer", "Transfer the call of Ana Ruiz"),
        ("hang-up", "Hang up the call of Ana Ruiz?"),
        ("recording/cancel", "Discard the recording at Ana Ruiz?"),
    ],
)
async def test_a_dialog_names_whom_it_is_about(cast, busy, action, title):
    client = await signed_in(cast.lead)
    answer = await client.get(f"{AT_CALL}/{action}/")
    assert answer.status_code == 200
    for text in ("Carmen", "+34600111222", "Sales", 'name="press"'):
        assert text in answer.text
    assert " ".join(answer.text.split()).find(title.split(" Ana")[0]) > 0
    assert await nothing_happened(busy)


@pytest.mark.parametrize("action", ["transfer", "hang-up", "recording/cancel"])
async def test_there_is_no_dialog_about_a_call_that_is_over(cast, busy, redis_url, action):
    await publish(redis_url, talking(line_call("9.9", channel="SIP/207-2")))
    client = await signed_in(cast.lead)
    answer = await client.get(f"{AT_CALL}/{action}/")
    assert (answer.status_code, said(answer)) == (422, "This call is over, or has changed. Look at the calls again.")


@pytest.mark.parametrize("action", ["transfer", "hang-up", "recording/cancel"])
async def test_a_viewer_gets_no_dialog_and_hears_no_number(cast, busy, action):
    client = await signed_in(cast.viewer)
    answer = await client.get(f"{AT_CALL}/{action}/")
    assert answer.status_code == 403
    assert "600111222" not in answer.text


# Who


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_viewer_is_refused_and_that_is_written_down(cast, busy, action):
    client = await signed_in(cast.viewer)
    answer = await client.post(f"{AT_CALL}/{action}/", SENT.get(action, {}))
    assert (answer.status_code, state(answer)) == (403, "denied")
    entry = await last_entry()
    assert (entry.step, entry.action, entry.target) == ("denied", NAMES[action], "extension-207")
    assert busy.reads == []
    assert busy.is_untouched


async def test_a_viewer_does_not_dial(cast, busy):
    client = await signed_in(cast.viewer)
    assert (await client.post("/extensions/207/dial/", {"destination": "208"})).status_code == 403
    assert busy.is_untouched


@pytest.mark.parametrize(
    "path", ["dial/", "keys/1/", f"calls/{'0' * 48}/hang-up/", f"calls/{'0' * 48}/recording/stop/"]
)
async def test_another_teams_telephone_is_as_if_it_were_not_there(cast, busy, path):
    client = await signed_in(cast.lead)
    foreign = await client.post(f"/extensions/209/{path}", {"destination": "208"})
    missing = await client.post(f"/extensions/999/{path}", {"destination": "208"})
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert await nothing_happened(busy)


async def test_an_agent_who_also_serves_another_team_has_a_telephone_of_both(cast, busy):
    client = await signed_in(cast.lead)
    answer = await client.post("/extensions/208/dial/", {"destination": "210"})
    assert answer.status_code == 403
    assert (await last_entry()).queues == ",500,502,"
    assert busy.is_untouched


async def test_the_telephone_of_who_is_signed_out_belongs_to_who_leads_every_queue(cast, switchboard, redis_url):
    out = agent(7, state=AgentState.SIGNED_OUT, memberships=(membership(state=AgentState.SIGNED_OUT),))
    await publish(redis_url, talking(agents=[out]))
    lead, supervisor = await signed_in(cast.lead), await signed_in(cast.supervisor)
    assert (await lead.post("/extensions/207/dial/", {"destination": "208"})).status_code == 403
    assert switchboard.is_untouched
    assert state(await supervisor.post(f"{AT_CALL}/hang-up/")) == "accepted"


async def test_a_telephone_without_an_agent_belongs_to_who_leads_every_queue(cast, busy, redis_url):
    await publish(redis_url, talking(lines=[line("300", calls=())]))
    busy.calls["300"] = []
    lead, supervisor = await signed_in(cast.lead), await signed_in(cast.supervisor)
    assert (await lead.post("/extensions/300/dial/", {"destination": "208"})).status_code == 404
    assert state(await supervisor.post("/extensions/300/dial/", {"destination": "208"})) == "accepted"


async def test_ones_own_telephone_serves_who_may_dial_at_all(cast, busy):
    busy.calls |= {"300": [], "301": []}
    await sits_at(cast.lead, "300")
    await sits_at(cast.viewer, "301")
    lead, viewer = await signed_in(cast.lead), await signed_in(cast.viewer)
    assert state(await lead.post("/extensions/300/dial/", {"destination": "208"})) == "accepted"
    assert (await viewer.post("/extensions/301/dial/", {"destination": "208"})).status_code == 403


ONLY_SAID = (
    "Only you say that 300 is your telephone, so you may do no more there than your teams allow. Nothing was done. "
    "Ask an administrator to confirm it."
)
AT_300 = f"/extensions/300/calls/{call_handle(CALL, '300')}"


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        *(("get", path) for path in ("/extensions/300/", "/telephone/", "/extensions/300/keys/")),
        *(("get", f"{AT_300}/{hand}/") for hand in ("hang-up", "transfer", "recordings")),
        *(("post", f"{AT_300}/{hand}/") for hand in ("hang-up", "transfer", "park", "recording/start")),
        *(("post", f"/extensions/300/{hand}/") for hand in ("dial", "keys/1")),
    ],
)
async def test_a_telephone_of_which_one_merely_says_that_it_is_ones_own_gives_no_right(
    cast, busy, redis_url, verb, path
):
    await publish(redis_url, talking(lines=[line("300", calls=(CALL,), asked_at=now())]))
    await sits_at(cast.lead, "300", is_confirmed=False)
    answer = await getattr(await signed_in(cast.lead), verb)(path, {"destination": "208"})
    assert (answer.status_code, said(answer)) == (404, ONLY_SAID)
    assert await nothing_happened(busy)


async def test_to_be_signed_in_to_eq_there_gives_no_right_either(cast, busy):
    """Anybody may say that a free telephone is theirs, and sign in to EQ at it."""
    await sits_at(cast.lead, "300", is_confirmed=False)
    await is_signed_in_at(cast.lead, "300")
    answer = await (await signed_in(cast.lead)).post("/extensions/300/dial/", {"destination": "208"})
    assert (answer.status_code, said(answer)) == (404, ONLY_SAID)
    assert await nothing_happened(busy)


async def test_what_ones_teams_allow_one_may_do_there_all_the_same(cast, busy):
    busy.calls["300"] = []
    await sits_at(cast.supervisor, "300", is_confirmed=False)
    client = await signed_in(cast.supervisor)
    assert state(await client.post("/extensions/300/dial/", {"destination": "208"})) == "accepted"


async def test_nor_does_it_at_the_telephone_of_an_agent_who_has_signed_out(cast, busy, redis_url):
    """They may talk there with anybody, and it is theirs."""
    away = agent(9, name="Max", extension="209", state=AgentState.SIGNED_OUT, memberships=())
    await publish(redis_url, talking(agents=[away]))
    await sits_at(cast.lead, "209")
    answer = await (await signed_in(cast.lead)).post("/extensions/209/dial/", {"destination": "208"})
    assert answer.status_code == 404
    assert busy.is_untouched


async def test_saying_that_one_sits_at_somebodys_telephone_gives_no_right_to_it(cast, busy):
    await sits_at(cast.lead, "209")
    client = await signed_in(cast.lead)
    assert (await client.get("/extensions/209/")).status_code == 404
    assert (await client.post("/extensions/209/dial/", {"destination": "208"})).status_code == 404
    assert await nothing_happened(busy)


async def test_two_people_at_the_same_call_do_not_both_act(cast, busy, redis_url):
    lead, supervisor = await signed_in(cast.lead), await signed_in(cast.supervisor)
    await lead.post(f"{AT_CALL}/park/")
    second = await supervisor.post(f"{AT_CALL}/hang-up/")
    assert "lead is doing something with Ana Ruiz just now" in said(second)
    assert len(busy.actions) == 1


async def test_a_double_click_acts_once(cast, busy):
    client = await signed_in(cast.lead)
    first, second = await client.post(f"{AT_CALL}/park/"), await client.post(f"{AT_CALL}/park/")
    assert first.text == second.text
    assert len(busy.actions) == 1


@pytest.mark.parametrize("verb", ["get", "head", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/extensions/207/dial/", f"{AT_CALL}/park/", f"{AT_CALL}/recording/start/"])
async def test_other_verbs_are_refused(cast, busy, verb, path):
    client = await signed_in(cast.lead)
    assert (await getattr(client, verb)(path)).status_code == 405
    assert await nothing_happened(busy)


@pytest.mark.parametrize("path", ["/extensions/207/dial/", f"{AT_CALL}/hang-up/", "/extensions/207/keys/1/"])
async def test_a_stranger_is_led_to_the_sign_in(db, busy, path):
    answer = await AsyncClient().post(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")
    assert await nothing_happened(busy)


async def test_an_old_floor_does_not_know_whose_telephone_it_is(cast, switchboard, redis_url):
    await publish(redis_url, talking(sources=[source(Part.AGENTS)]))
    client = await signed_in(cast.lead)
    for path in (f"{AT_CALL}/hang-up/", "/extensions/207/keys/"):
        assert "cannot see the floor now" in said(await client.get(path))
    assert await nothing_happened(switchboard)
    assert "could not see the floor, so nothing was sent" in said(await client.post(f"{AT_CALL}/hang-up/"))
    assert (await steps(), switchboard.is_untouched) == (["refused"], True)
    assert (await last_entry()).details["error"] == "Blind"


async def test_without_redis_nothing_is_sent(cast, busy, redis_server):
    client = await signed_in(cast.lead)
    await client.get("/extensions/207/")
    redis_server.stop()
    answer = await client.post(f"{AT_CALL}/hang-up/")
    assert state(answer) == "refused"
    assert busy.is_untouched


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_hostile_names_and_channels_go_to_eq_as_they_are_and_into_no_address(cast, switchboard, redis_url, text):
    hostile = line_call(text, channel=f"{text}/207", other_channel=text, caller_name=text, caller_number=text)
    switchboard.calls["207"] = [replace(hostile, unique_id=text)]
    await publish(redis_url, talking(hostile))
    client = await signed_in(cast.lead)
    handle = call_handle(hostile, "207")
    assert handle.isalnum()
    form = await client.get(f"/extensions/207/calls/{handle}/hang-up/")
    assert "<script>" not in form.text
    assert "<img" not in form.text
    assert "\u202e" not in form.text
    answer = await client.post(f"/extensions/207/calls/{handle}/hang-up/")
    if state(answer) == "accepted":  # EQ itself strips what it tells
        assert switchboard.actions[0][1]["channel"] == f"{text}/207"


@pytest.mark.parametrize("extension", ["abc", "%3Cb%3E", "..", "207;", "2" * 21, "%20"])
async def test_what_is_no_extension_is_nobodys_telephone(cast, busy, extension):
    client = await signed_in(cast.supervisor)
    answer = await client.post(f"/extensions/{extension}/dial/", {"destination": "208"})
    assert answer.status_code == 404
    assert await nothing_happened(busy)

"""The audit log as its readers have it: a page, and a file for spreadsheets."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import AsyncClient
from django.utils import timezone

from eqboard.accounts.models import Membership, Role
from eqboard.control.audit import Thing, log
from eqboard.control.audit.sheet import BOM, harmless
from eqboard.control.catalogue.order import Order, Stand, as_data
from eqboard.control.catalogue.restoring import UNDO_PAUSE
from eqboard.control.doing.before import queues_of_undo
from eqboard.control.models import AuditEntry, Step
from tests.boards.shelves import PEOPLE, client_of
from tests.cast import member, static_files_are_not_collected
from tests.control.conftest import without_chance
from tests.control.written import write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config"), static_files_are_not_collected]
READERS = {"admin", "supervisor", "lead", "back_lead"}
HOSTILE = "<script>alert(1)</script>\u202e\0"


def rows(answer) -> list[str]:
    return [row.get_text(" ", strip=True) for row in BeautifulSoup(answer.content, "html.parser").select("tbody tr")]


def text_of(answer) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").main.get_text(" ").split())


async def file_of(user, query: str = "") -> str:
    client = AsyncClient()
    await client.aforce_login(user)
    answer = await client.get(f"/audit/export/{query}")
    assert answer.status_code == 200, answer
    return b"".join([part async for part in answer.streaming_content]).decode()


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith(BOM)
    return list(csv.DictReader(StringIO(text.removeprefix(BOM))))


# Who


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("path", ["/audit/", "/audit/export/"])
def test_the_log_is_for_those_who_have_the_right(cast, person, path):
    answer = client_of(getattr(cast, person)).get(path)
    assert answer.status_code == (200 if person in READERS else 403)
    if person not in READERS:
        assert "You are not allowed to see this" in text_of(answer)


@pytest.mark.parametrize("path", ["/audit/", "/audit/export/"])
def test_a_stranger_signs_in_first(client, path):
    assert client.get(path).url == f"/sign-in/?next={path}"


@pytest.mark.parametrize("path", ["/audit/", "/audit/export/"])
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_the_log_is_only_read(lead, cast, path, verb):
    write(cast.lead, Step.ASKED)
    assert getattr(lead, verb)(path).status_code == 405
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("person", PEOPLE)
def test_the_menu_leads_there_whoever_may_go(cast, person):
    answer = client_of(getattr(cast, person)).get("/")
    menu = BeautifulSoup(answer.content, "html.parser").select("#menu a[href='/audit/']")
    assert bool(menu) is (person in READERS)


def test_a_lead_reads_of_their_queues_and_of_themselves(lead, cast):
    write(cast.admin, Step.DENIED, thing=Thing("agent-7", "In front"))
    write(cast.admin, Step.DENIED, thing=Thing("agent-9", "At the back"), queues=("502",))
    write(cast.lead, Step.DENIED, thing=Thing("agent-9", "Own try"), queues=("502",))
    shown = rows(lead.get("/audit/"))
    assert ["Own try" in shown[0], "In front" in shown[1], len(shown)] == [True, True, 2]


# What


def test_a_line_tells_all_there_is_to_tell(lead, cast):
    refusal = {"error": "EQInvalid", "reason": "", "complaints": [["agent", "not_signed_in", ""]]}
    write(cast.lead, Step.ASKED, (Step.REFUSED, refusal), reason="Too <loud>", queues=("501", "500"))
    [row] = rows(lead.get("/audit/"))
    for told in (
        *("2026-03-02 12:00:00", "lead 203.0.113.9", "Pause Dina Sol", "Reason: Too <loud>", "Queues: 500 , 501"),
        *("refused: not done", "EQ's answer: refused, agent not_signed_in", "2 steps", "12:00:01 refused: not done"),
    ):
        assert told in row, told


def test_of_ones_own_try_at_whom_others_serve_too_only_ones_own_queues_are_told(lead, cast):
    write(cast.lead, Step.DENIED, queues=("500", "501", "502"))
    [row] = rows(lead.get("/audit/"))
    assert "Queues: 500 , 501 and others" in row
    assert "502" not in row
    assert "Queues: 500 , 501 , 502" in rows(client_of(cast.admin).get("/audit/"))[0]


@pytest.mark.django_db(transaction=True)
async def test_nor_are_they_in_the_file(cast):
    await write_apart(cast.lead, Step.DENIED, queues=("500", "502"))
    await write_apart(cast.lead, Step.DENIED, queues=("502",))
    text = await file_of(cast.lead)
    assert [each["Queues"] for each in read(text)] == ["and others", "500 and others"]
    assert "502" not in without_chance(text)


def test_a_listening_tells_when_it_was_confirmed_and_how_long_it_lasted(lead, cast):
    ended = (Step.ENDED, {"seconds": 133, "how": "hung_up"})
    write(cast.lead, Step.ASKED, Step.ACCEPTED, Step.CONFIRMED, ended, action="monitor.spy")
    [row] = rows(lead.get("/audit/"))
    assert "Listen Dina Sol" in row
    assert "Confirmed: 12:00:02" in row
    assert "Lasted: 2:13" in row
    assert "EQ's answer: accepted" in row


@pytest.mark.parametrize("step", Step)
def test_every_outcome_is_told_in_words(lead, cast, step):
    write(cast.lead, step, at=timezone.now())
    [row] = rows(lead.get("/audit/"))
    assert str(step.label) in row


def test_an_attempt_that_was_left_alone_is_unknown(lead, cast):
    write(cast.lead, Step.ASKED)
    [row] = rows(lead.get("/audit/"))
    assert "unknown: EQ's answer was lost" in row


def test_of_what_was_done_in_part_nothing_is_said_to_be_lost(cast):
    complaint = {"complaints": [["queue", "not_signed_in", ""]], "is_partly": True}
    write(cast.lead, Step.ASKED, (Step.UNKNOWN, complaint), action="agent.undo_sign_out")
    [row] = rows(client_of(cast.supervisor).get("/audit/"))
    assert "done in part" in row
    assert re.search("accepted in part ?, queue not_signed_in", row)
    assert "lost" not in row


def test_an_action_of_another_version_goes_by_its_name(lead, cast):
    write(cast.lead, (Step.DONE, {"order": {"no": ["order"]}}), action="agent.fly")
    [row] = rows(lead.get("/audit/"))
    assert "agent.fly Dina Sol" in row


@pytest.mark.parametrize("language", ["en", "es", "he"])
def test_nothing_from_outside_is_taken_for_html(lead, cast, language):
    complaint = {"error": HOSTILE, "complaints": [[HOSTILE, HOSTILE, HOSTILE]], HOSTILE: HOSTILE, "seen": HOSTILE}
    for step in Step:
        write(cast.lead, Step.ASKED, *([(step, complaint)] if step != Step.ASKED else []), reason=HOSTILE)
    name = HOSTILE.removesuffix("\0")  # which not every database takes
    AuditEntry.objects.create(actor=cast.lead, actor_name=name, action=name, target_name=name, step=Step.DONE)
    page = lead.get("/audit/", headers={"Accept-Language": language})
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text
    assert len(rows(page)) == len(Step) + 1


def test_a_caller_is_hidden_from_whoever_may_not_see_numbers(cast):
    cast.front.memberships.get(user=cast.lead).role.save()
    reader = member("reader", cast.front, "viewer")
    role = reader.team_memberships.get().role
    role.actions = ["audit.see"]
    role.save()
    order = {"order": {"call": {"channel": "Local/5550100@q"}}}
    write(cast.lead, (Step.ASKED, order), thing=Thing("call-5550100", "5550100"), action="call.steal")
    assert "5550100" in client_of(cast.lead).get("/audit/").text
    blind = client_of(reader)
    assert "5550100" not in blind.get("/audit/").text
    assert len(rows(blind.get("/audit/"))) == 1
    assert rows(blind.get("/audit/?q=5550100")) == []


def test_who_was_lost_is_called_back_by_their_number_which_is_told_to_whom_numbers_are(cast):
    reader = member("reader", cast.front, "viewer")
    role = reader.team_memberships.get().role
    role.actions = ["audit.see"]
    role.save()
    lost = {"seen": "gone", "number": "5550103"}
    write(cast.lead, Step.ASKED, (Step.LOST, lost), thing=Thing("call-1.1", "Grace"), action="call.steal")
    [told] = rows(client_of(cast.lead).get("/audit/"))
    assert re.search("Call them back: 5550103 ?[.]", told)
    page = client_of(reader).get("/audit/")
    assert "they are in no queue any more. Call them back." in rows(page)[0]
    assert "5550103" not in page.text


# Searching


def test_an_empty_log_says_so(lead):
    assert "Nothing has been written down yet" in text_of(lead.get("/audit/"))


def test_a_search_without_result_says_what_to_do(lead, cast):
    write(cast.lead, Step.DONE)
    answer = lead.get("/audit/?q=nobody")
    assert "Nothing was written down that fits this search. Show all" in text_of(answer)


def test_a_search_stays_in_the_form_and_in_the_addresses(lead, cast, monkeypatch):
    monkeypatch.setattr(log, "PAGE", 2)
    for number in range(5):
        write(cast.lead, Step.DENIED, thing=Thing("agent-7", f"Dina {number}"))
    page = lead.get("/audit/", {"q": "Dina &", "who": "", "outcome": "denied", "begin": "2026-03-02"})
    soup = BeautifulSoup(page.content, "html.parser")
    assert soup.select_one("#search-q")["value"] == "Dina &"
    assert soup.select_one("#search-begin")["value"] == "2026-03-02"
    assert soup.select_one("#search-outcome option[selected]")["value"] == "denied"
    assert rows(page) == []


def test_one_goes_through_pages_and_back(lead, cast, monkeypatch):
    monkeypatch.setattr(log, "PAGE", 2)
    for number in range(5):
        write(cast.lead, Step.DENIED, thing=Thing("agent-7", f"Dina{number}"))
    seen, query = [], "?outcome=denied"
    for rel in ("next", "next", "prev", "prev"):
        page = lead.get(f"/audit/{query}")
        shown = BeautifulSoup(page.content, "html.parser")
        seen.append([re.findall(r"Dina\d", each.text)[0] for each in shown.select(".log-what")])
        query = shown.select_one(f".log-pages a[rel={rel}]")["href"]
    assert "outcome=denied" in query
    assert seen == [["Dina4", "Dina3"], ["Dina2", "Dina1"], ["Dina0"], ["Dina2", "Dina1"]]


def test_the_first_and_the_last_page_lead_no_further(lead, cast, monkeypatch):
    monkeypatch.setattr(log, "PAGE", 2)
    for _ in range(3):
        write(cast.lead, Step.DENIED)
    oldest = AuditEntry.objects.first().pk
    assert 'rel="prev"' not in lead.get("/audit/").text
    assert 'rel="next"' not in lead.get(f"/audit/?before={oldest + 1}").text
    assert 'rel="prev"' not in lead.get(f"/audit/?after={oldest}").text


@pytest.mark.parametrize("path", ["/audit/", "/audit/export/"])
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("begin=soon", "From day: Enter a valid date."),
        ("begin=2026-03-03&end=2026-03-02", "To day: The last day comes before the first one. Swap the two."),
        ("action=agent.fly", "Action: Select a valid choice. agent.fly is not one of the available choices."),
        ("before=x", "Place in the list: Enter a whole number."),
        ("q=%00", "Search: Null characters are not allowed."),
        ("q=<script>&outcome=<script>", "Outcome: Select a valid choice. <script> is not one"),
    ],
)
def test_a_bad_value_gets_a_sentence(lead, cast, path, query, sentence):
    write(cast.lead, Step.DONE)
    answer = lead.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert rows(answer) == []


def test_a_query_that_is_no_text_is_looked_for_all_the_same(lead):
    assert lead.get("/audit/?q=%ff%fe&who=%ed%a0%80").status_code == 200


# The file


@pytest.mark.django_db(transaction=True)
async def test_the_file_holds_what_the_page_shows_by_the_clock_of_the_site(cast, monkeypatch, settings):
    settings.TIME_ZONE = "Europe/Madrid"
    monkeypatch.setattr(log, "BATCH", 2)
    steps = (Step.ASKED, Step.ACCEPTED, Step.CONFIRMED, (Step.ENDED, {"seconds": 133}))
    await write_apart(cast.lead, *steps, action="monitor.spy", reason="training, again", queues=("500", "501"))
    refusal = {"error": "EQInvalid", "complaints": [["agent", "not_signed_in", ""], ["", "", "No"]]}
    for name in ("Ana", "Bea", "Carla", "Dina"):
        await write_apart(cast.lead, Step.ASKED, (Step.REFUSED, refusal), thing=Thing("agent-7", name), address=None)
    table = read(await file_of(cast.lead))
    assert [each["Done to"] for each in table] == ["Dina", "Carla", "Bea", "Ana", "Dina Sol"]
    listening, refused = table[-1], table[0]
    assert listening.pop("Attempt") == str(await first_attempt())
    assert listening == {
        "When (Europe/Madrid)": "2026-03-02 13:00:00",
        "Person": "lead",
        "From where": "203.0.113.9",
        "Action": "Listen",
        "Done to": "Dina Sol",
        "Destination": "",
        "Reason": "training, again",
        "Outcome": "ended",
        "What that means": listening["What that means"],
        "Confirmed": "2026-03-02 13:00:02",
        "EQ's answer": "accepted",
        "EQ's words": "",
        "Lasted (seconds)": "133",
        "Queues": "500 501",
    }
    assert "<" not in listening["What that means"]
    assert (refused["EQ's answer"], refused["EQ's words"]) == ("refused", "agent not_signed_in; No")


async def write_apart(*args, **kwargs) -> None:
    await sync_to_async(write)(*args, **kwargs)


async def first_attempt():
    entry = await AuditEntry.objects.afirst()
    assert entry is not None
    return entry.attempt


@pytest.mark.django_db(transaction=True)
async def test_where_a_call_was_to_go_stands_in_its_own_line(cast):
    """Also of what was not even asked for."""
    steal = {"action": "call.steal", "destination": "301"}
    await write_apart(cast.lead, (Step.ASKED, {"order": steal}), Step.ACCEPTED, action="call.steal")
    await write_apart(cast.lead, (Step.DENIED, {"destination": "302"}), action="call.transfer")
    await write_apart(cast.lead, (Step.ASKED, {"order": "of another version"}), action="call.dial")
    await write_apart(cast.lead, Step.ASKED)
    assert [each["Destination"] for each in read(await file_of(cast.lead))] == ["", "", "302", "301"]
    client = AsyncClient()
    await client.aforce_login(cast.lead)
    page = BeautifulSoup((await client.get("/audit/")).text, "html.parser")
    told = [" ".join(each.text.split()) for each in page.select(".log-what > p:first-child")]
    assert told == ["Pause Dina Sol", "Dial Dina Sol", "Blind transfer Dina Sol to 302", "Steal Dina Sol to 301"]


@pytest.mark.django_db(transaction=True)
async def test_a_number_that_was_dialled_is_told_only_to_whom_numbers_may_be_told(cast):
    dial = {"order": {"action": "call.dial", "destination": "+34600111222"}}
    await write_apart(cast.lead, (Step.ASKED, dial), action="call.dial", thing=Thing("extension-207", "Ana"))
    role = await Role.objects.acreate(name="No numbers", actions=["audit.see"])
    await Membership.objects.acreate(user=cast.outsider, team=cast.front, role=role)
    assert [each["Destination"] for each in read(await file_of(cast.lead))] == ["'+34600111222"]
    assert [each["Destination"] for each in read(await file_of(cast.outsider))] == ["…"]


@pytest.mark.django_db(transaction=True)
async def test_the_file_holds_the_same_selection_as_the_page(cast):
    await write_apart(cast.lead, Step.DONE, thing=Thing("agent-7", "Dina"))
    await write_apart(cast.lead, Step.DENIED, thing=Thing("agent-7", "Dina"))
    await write_apart(cast.admin, Step.DENIED, thing=Thing("agent-9", "Dina"), queues=("502",))
    assert [each["Outcome"] for each in read(await file_of(cast.lead, "?outcome=denied&before=1"))] == [
        "denied: not allowed"
    ]


@pytest.mark.django_db(transaction=True)
async def test_the_file_is_sent_as_one_to_keep(cast):
    client = AsyncClient()
    await client.aforce_login(cast.lead)
    answer = await client.get("/audit/export/")
    day = timezone.localdate().isoformat()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="eqboard-audit-{day}.csv"'
    assert len(read(b"".join([part async for part in answer.streaming_content]).decode())) == 0


@pytest.mark.django_db(transaction=True)
async def test_however_much_there_is_only_a_batch_of_it_is_in_memory(cast, monkeypatch):
    monkeypatch.setattr(log, "BATCH", 3)
    for _ in range(7):
        await write_apart(cast.lead, Step.DONE)
    client = AsyncClient()
    await client.aforce_login(cast.lead)
    answer = await client.get("/audit/export/")
    parts = [part.decode().count("\n") async for part in answer.streaming_content]
    assert parts == [1, 3, 3, 1]


@pytest.mark.parametrize("language", ["es", "he"])
@pytest.mark.django_db(transaction=True)
async def test_the_file_speaks_the_readers_language(cast, language):
    await write_apart(cast.lead, Step.DENIED)
    client = AsyncClient()
    await client.aforce_login(cast.lead)
    answer = await client.get("/audit/export/", headers={"Accept-Language": language})
    text = b"".join([part async for part in answer.streaming_content]).decode()
    assert "denied: not allowed" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+34 600", "'+34 600"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("|cmd", "'|cmd"),
        ("  =1", "'  =1"),
        ("\t=1", "\N{REPLACEMENT CHARACTER}=1"),
        ("\r=1", "\N{REPLACEMENT CHARACTER}=1"),
        ("\u202e=1", "\N{REPLACEMENT CHARACTER}=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("x;=1+1;", "x;'=1+1;"),
        ("x; @SUM(A1)", "x; '@SUM(A1)"),
        ("a; b", "a; b"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text, shown):
    assert harmless(text) == shown


@pytest.mark.django_db(transaction=True)
async def test_hostile_text_stays_in_its_cell(cast):
    await write_apart(cast.lead, Step.DONE, thing=Thing("agent-7", 'a","=2\n'), reason="=HYPERLINK(1)")
    [row] = read(await file_of(cast.lead))
    assert (row["Done to"], row["Reason"]) == ('a","=2\N{REPLACEMENT CHARACTER}', "'=HYPERLINK(1)")


def test_days_ahead_hold_nothing(lead, cast):
    write(cast.lead, Step.DONE)
    ahead = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert rows(lead.get(f"/audit/?begin={ahead}")) == []


# The steps of an attempt


def steps_of(answer) -> list[list[str]]:
    """Of the newest attempt: the lines of each step, as one reads them."""
    steps = BeautifulSoup(answer.content, "html.parser").select("tbody tr:first-child .log-steps li")
    return [[" ".join(line.get_text().split()) for line in step.select("p")] for step in steps]


def test_the_steps_say_when_what_happened_and_what_eq_answered_in_words(lead, cast):
    order = {"action": "agent.pause", "agent": 7, "queue": "500", "pause_code": 2}
    stood = [{"queue": "500", "skill": 3, "paused": False}, {"queue": "501", "skill": None, "paused": True}]
    asked = {"order": order, "eq_user": None, "before": {"queues": stood, "pause_code": None}}
    complaint = ["agent", "not_signed_in", ""]
    refused = {"error": "EQInvalid", "reason": "", "complaints": [complaint]}
    write(cast.lead, (Step.ASKED, asked), (Step.REFUSED, refused))
    assert steps_of(lead.get("/audit/")) == [
        [
            *("12:00:00 asked", "Agent: 7", "Queue: 500", "Pause code: 2"),
            *("Before: 500 (skill 3), 501 (paused)", "EQ user: –"),
        ],
        [
            "12:00:01 refused: not done",
            "EQ refused: Dina Sol is not signed in to EQ itself. They have to sign in at their telephone first.",
            *("EQ's words: agent not_signed_in", "error: EQInvalid"),
        ],
    ]


def test_where_an_agent_was_signed_in_and_how_long_a_listening_lasted_are_told_as_people_say_it(lead, cast):
    order = {"action": "monitor.spy", "sign_in_to": [["500", 1], ["501", 5]], "is_paused": True}
    write(cast.lead, (Step.ASKED, {"order": order}), (Step.ENDED, {"seconds": 133, "how": "hung_up"}))
    [asked, ended] = steps_of(lead.get("/audit/"))
    assert asked[1:] == [
        *("In which queues: 500 (skill 1), 501 (skill 5)", "Begin with a pause: yes", "action: monitor.spy"),
    ]  # the action too, where it is not the one of the line
    assert ended[1:] == ["The listening to Dina Sol is over; it lasted 2:13.", "Lasted: 2:13", "how: hung_up"]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("text", "wing: text"),
        (7, "wing: 7"),
        (False, "wing: no"),
        (None, "wing: –"),
        (["a", 1], "wing: a, 1"),
        ([["a", 1], {"b": True, "c": None}], "wing: a, 1; b: yes"),
        ({"a": {"b": ["c"]}}, "wing: a: b: c"),
    ],
)
def test_a_field_that_nobody_knows_is_told_by_its_name(lead, cast, written, line):
    write(cast.lead, (Step.DONE, {"wing": written}), action="agent.fly")
    assert steps_of(lead.get("/audit/")) == [["12:00:00 done", line]]


def test_how_an_agent_stood_is_told_also_where_the_order_leaves_out_what_is_as_usual(lead, cast):
    order = Order(UNDO_PAUSE, 7, stood=(Stand("500"), Stand("501", 4), Stand("502", paused=True)))
    write(cast.admin, (Step.ASKED, {"order": as_data(order)}), action=UNDO_PAUSE)
    assert "Before: 500, 501 (skill 4), 502 (paused)" in steps_of(client_of(cast.supervisor).get("/audit/"))[0]


def test_what_an_undo_puts_back_is_told_and_whatever_was_written_down_twice_only_once(lead, cast):
    stood = [{"queue": "500", "skill": 4, "paused": True}]
    order = {"action": "agent.undo_sign_out", "undoes": "1", "stood": stood}
    write(cast.lead, (Step.ASKED, {"order": order, "undoes": "1"}), action="agent.undo_sign_out")
    assert steps_of(lead.get("/audit/")) == [["12:00:00 asked", "Before: 500 (skill 4, paused)", "undoes: 1"]]


def half_undone(user) -> None:
    """A pause is undone in 500, and stays in 502, where there was one before."""
    order = Order(UNDO_PAUSE, 7, undoes="1", stood=(Stand("500", 3), Stand("502", 2, paused=True)))
    write(user, (Step.ASKED, {"order": as_data(order)}), action=UNDO_PAUSE, queues=queues_of_undo(order))


def test_of_how_an_agent_had_stood_only_the_queues_that_the_reader_sees_are_told(lead, cast):
    half_undone(cast.admin)
    assert "Before: 500 (skill 3), …" in steps_of(lead.get("/audit/"))[0]
    assert "502" not in without_chance(lead.get("/audit/").text)
    assert rows(lead.get("/audit/?q=502")) == []
    assert "Before: 500 (skill 3), 502 (skill 2, paused)" in steps_of(client_of(cast.supervisor).get("/audit/"))[0]


@pytest.mark.django_db(transaction=True)
async def test_nor_are_others_in_the_file(cast):
    await sync_to_async(half_undone)(cast.admin)
    text = await file_of(cast.lead)
    assert [each["Queues"] for each in read(text)] == ["500"]
    assert "502" not in without_chance(text)


def test_of_ones_own_attempt_no_queue_is_told_that_one_has_ceased_to_see(lead, cast):
    stood = [{"queue": each, "skill": None, "paused": False} for each in ("500", "502", "503")]
    order = {"action": "agent.sign_in", "sign_in_to": [["502", 1], ["500", 2]]}
    asked = {"order": order, "before": {"queues": stood, "pause_code": 2}}
    write(cast.lead, (Step.ASKED, asked), action="agent.sign_in", queues=("500", "502", "503"))
    [told] = steps_of(lead.get("/audit/"))
    assert told[1:] == ["In which queues: 500 (skill 2), …", "Before: 500, …, pause_code: 2"]


@pytest.mark.parametrize("nothing", ["", [], {}])
def test_a_field_without_anything_in_it_is_not_told(lead, cast, nothing):
    write(cast.lead, (Step.DONE, {"wing": nothing}))
    assert steps_of(lead.get("/audit/")) == [["12:00:00 done"]]


@pytest.mark.parametrize(
    "field", ["complaints", "seconds", "before", "sign_in_to", "order", "call", "old", "is_paused", "number"]
)
@pytest.mark.parametrize(
    "written", ["text", 7, -1, True, None, [1], [["x"]], {"queues": [1, ["500"], {}]}, {"queues": "500"}]
)
def test_fields_that_hold_something_else_than_they_should_are_told_all_the_same(lead, cast, field, written):
    write(cast.lead, (Step.ASKED, {field: written}), Step.ACCEPTED)
    assert len(steps_of(lead.get("/audit/"))[0]) == 2


@pytest.mark.parametrize("name", ["password", "eq_token", "apiKey", "api_key", "Authorization"])
def test_a_secret_that_was_written_down_by_mistake_is_not_shown(lead, cast, name):
    write(cast.lead, (Step.DONE, {name: "s3cret", "of": {name: "s3cret"}, "all": [{name: "s3cret"}]}))
    page = lead.get("/audit/")
    assert "s3cret" not in page.text
    assert f"{name}: …" in steps_of(page)[0]

"""Where a caller is instead, as the audit log tells it: each of its readers learns what their own board would show."""

import pytest
from bs4 import BeautifulSoup
from django.test import AsyncClient

from eqboard.accounts.access import STEAL, TRANSFER
from eqboard.boards.handles import handle_of
from eqboard.control.audit import Thing
from eqboard.control.models import Step
from eqboard.floor.snapshot import AgentState
from tests.boards.shelves import client_of
from tests.builders import agent, membership, parked_call, waiting_call
from tests.cast import publish, static_files_are_not_collected
from tests.control.conftest import last_entry, signed_in, without_chance
from tests.control.hotline import CARMEN, OF_502, a_floor, connected
from tests.control.test_audit_page import file_of, read
from tests.control.test_refusals import said
from tests.control.written import write

pytestmark = [pytest.mark.usefixtures("config"), static_files_are_not_collected]
in_the_loop = pytest.mark.django_db(transaction=True)
in_the_database = pytest.mark.django_db
CARMENS = Thing("call-1.1", "Carmen")


def talking_with(agent_id: int, name: str, *memberships) -> dict:
    there = agent(agent_id, name=name, state=AgentState.ON_CALL, caller=CARMEN, memberships=memberships)
    return {"waiting": [], "agents": [there]}


def waiting_in(queue: str, name: str) -> dict:
    return {"waiting": [waiting_call("1.1", caller=CARMEN, queue=queue, queue_name=name)]}


def parked_by(extension: str) -> dict:
    return {"waiting": [], "parked": [parked_call("1.1", caller=CARMEN, space="71", parked_by=extension)]}


WITH_WHOM = "Carmen is with {}, so nothing was sent."
ELSEWHERE = "Carmen is in another place by now{}, so nothing was sent."
UNSEEN = "somebody outside your teams by now"
PLACES = {
    "with an agent of others": (talking_with(9, "Max", OF_502), WITH_WHOM, "Max by now", UNSEEN),
    "with an agent who serves both": (talking_with(8, "Bea", membership(), OF_502), WITH_WHOM, *2 * ("Bea by now",)),
    "with an agent in no queue": (talking_with(9, "Max"), WITH_WHOM, "Max by now", UNSEEN),
    "in a queue of others": (waiting_in("502", "Complaints"), ELSEWHERE, " (Complaints)", ""),
    "in another queue of theirs": (waiting_in("501", "Support"), ELSEWHERE, *2 * (" (Support)",)),
    "parked by an agent of others": (parked_by("209"), ELSEWHERE, " (71)", ""),
    "parked by an agent of theirs": (parked_by("207"), ELSEWHERE, *2 * (" (71)",)),
    "parked by nobody in particular": (parked_by("299"), ELSEWHERE, " (71)", ""),
}


@pytest.fixture
async def hotline(config, monkeypatch):
    async with connected(monkeypatch) as answers:
        yield answers


async def refused(user, hotline, redis_url, changes) -> str:
    """Carmen waits in 500 as somebody steals her, and is elsewhere by the time EQ has answered. What they are told."""
    await publish(redis_url, a_floor())

    async def she_goes_on() -> None:
        hotline.meanwhile = None
        await publish(redis_url, a_floor(**changes))

    client = await signed_in(user)
    hotline.meanwhile = she_goes_on
    answer = await client.post(f"/calls/{handle_of('1.1', CARMEN, '500')}/steal/", {"destination": "210"})
    assert (hotline.asked, (await last_entry()).queues) == ([], ",500,")
    return said(answer)


def told(page) -> list[str]:
    """What each attempt says, line and steps, as one reads it; the newest first."""
    return [" ".join(row.get_text().split()) for row in BeautifulSoup(page.content, "html.parser").select("tbody tr")]


async def page_of(user, query: str = ""):
    client = AsyncClient()
    await client.aforce_login(user)
    return await client.get(f"/audit/{query}")


@in_the_loop
@pytest.mark.parametrize("where", PLACES)
async def test_of_a_refusal_a_lead_reads_no_name_that_their_board_would_hide(cast, config, redis_url, hotline, where):
    changes, sentence, whole, shown = PLACES[where]
    assert await refused(cast.supervisor, hotline, redis_url, changes) == sentence.format(whole)
    for reader, name in ((cast.supervisor, whole), (cast.lead, shown)):
        [row], [line] = told(await page_of(reader)), read(await file_of(reader))
        assert row.count(sentence.format(name)) == 2  # in its line, and in its step
        assert line["What that means"] == sentence.format(name)
        assert "seen_through" not in row
    if shown != whole:
        for word in ("Max", "Complaints", "(71)", "209", "502"):
            assert word not in row
            assert word not in without_chance(" ".join(line.values()))
            assert told(await page_of(cast.lead, f"?q={word}")) == []
            assert read(await file_of(cast.lead, f"?q={word}")) == []


@in_the_loop
async def test_whoever_pressed_is_answered_as_ever_and_nothing_more_is_written_down(cast, config, redis_url, hotline):
    answer = await refused(cast.lead, hotline, redis_url, talking_with(9, "Max", OF_502))
    assert answer == WITH_WHOM.format(UNSEEN)
    assert (await last_entry()).details == {"error": "WithAgent", "number": CARMEN.number}
    answer = await refused(cast.lead, hotline, redis_url, waiting_in("502", "Complaints"))
    assert answer == ELSEWHERE.format("")
    assert (await last_entry()).details == {"error": "Elsewhere", "number": CARMEN.number}


# What was written down, as it is read


def told_to(reader) -> list[str]:
    return told(client_of(reader).get("/audit/"))


WITH_MAX = {"who": "Max", "seen_through": ["502"]}
SEEN = WITH_MAX | {"seen": "with_agent"}
WITH_PARTY = WITH_MAX | {"error": "WithAgent", "where": "209", "party": "Ana"}
OF_TRANSFER = "The call has left the telephone of Carmen, but the caller is with "
OF_PARTY = "Ana, who was on that call at Carmen, is "
TOLD = {
    "a caller who did not arrive": (
        *(STEAL, Step.NOT_SEEN, SEEN),
        "EQ accepted, but Carmen is with Max.",
        "EQ accepted, but Carmen is with somebody outside your teams.",
    ),
    "a call that was handed on": (
        *(TRANSFER, Step.CONFIRMED, SEEN),
        "Carmen has handed the call on: the caller is with Max.",
        "Carmen has handed the call on, and it has arrived.",
    ),
    "a call that was handed on to nowhere": (
        *(TRANSFER, Step.NOT_SEEN, SEEN),
        f"{OF_TRANSFER}Max.",
        f"{OF_TRANSFER}somebody outside your teams.",
    ),
    "a party who is elsewhere": (
        *(TRANSFER, Step.REFUSED, WITH_PARTY),
        f"{OF_PARTY}with Max by now, so nothing was sent.",
        f"{OF_PARTY}in another place by now, so nothing was sent.",
    ),
}


@in_the_database
@pytest.mark.parametrize("what", TOLD)
def test_of_what_became_of_it_a_lead_reads_no_name_that_their_board_would_hide(cast, what):
    action, step, details, whole, shown = TOLD[what]
    write(cast.supervisor, Step.ASKED, (step, details), action=action, thing=CARMENS)
    [everything], [story] = told_to(cast.supervisor), told_to(cast.lead)
    assert (everything.count(whole), story.count(shown)) == (2, 2)
    assert "Max" not in story
    assert "209" not in story


OLD = {
    "with an agent": {"error": "WithAgent", "who": "Max", "where": "209"},
    "elsewhere": {"error": "Elsewhere", "where": "Max"},
    "seen": {"seen": "with_agent", "who": "Max"},
}


@in_the_database
@pytest.mark.parametrize("what", OLD)
@pytest.mark.parametrize("beside", [{}, {"seen_through": "500"}, {"seen_through": [500, None]}, {"seen_through": []}])
def test_a_name_of_which_nobody_knows_who_sees_it_is_told_to_who_sees_all_and_to_whom_it_was_told(cast, what, beside):
    """As earlier versions wrote it down."""
    step = Step.NOT_SEEN if "seen" in OLD[what] else Step.REFUSED
    for user in (cast.supervisor, cast.lead):
        write(user, (step, OLD[what] | beside), action=STEAL, thing=CARMENS)
    assert ["Max" in each for each in told_to(cast.lead)] == [True, False]
    assert ["Max" in each for each in told_to(cast.admin)] == [True, True]


@in_the_database
def test_of_ones_own_attempt_no_name_is_told_that_one_has_ceased_to_see(cast):
    details = {"error": "Elsewhere", "where": "Complaints", "seen_through": ["502"]}
    write(cast.lead, (Step.REFUSED, details), action=STEAL, thing=CARMENS)
    [story] = told_to(cast.lead)
    assert ELSEWHERE.format("") in story
    assert "Complaints" not in story


@in_the_database
@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"error": "Claimed", "who": "Theo", "action": STEAL}, "Theo is stealing Carmen just now"),
        ({"error": "Busy", "where": "210"}, "Extension 210 is busy"),
    ],
)
def test_who_else_was_at_it_and_which_telephone_was_in_the_way_is_told_to_every_reader(cast, details, says):
    write(cast.supervisor, (Step.REFUSED, details), action=STEAL, thing=CARMENS)
    assert says in told_to(cast.lead)[0]

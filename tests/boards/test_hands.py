"""The hands on calls: for whom there is a button, and who else is at it."""

from datetime import timedelta

import pytest

from eqboard.accounts.access import (
    PICK_UP,
    REMOVE_PARTICIPANT,
    SEE_NUMBERS,
    SPY,
    STEAL,
    Grant,
    Rights,
)
from eqboard.accounts.rights import EVERYTHING
from eqboard.boards import fragments
from eqboard.boards.fragments import Screen, strokes, whole
from eqboard.boards.handles import handle_of, is_of, who_in, who_of
from eqboard.boards.health import Health
from eqboard.boards.parts.rooms import handle_in_room
from eqboard.boards.spec import MaskedNumbers, Surface
from eqboard.floor.seated import seated, telephone_of
from eqboard.floor.snapshot import AgentState, Snapshot
from tests.boards.htmx import parse
from tests.boards.painting import MIDNIGHT, audience, floor_of
from tests.builders import (
    HOSTILE_TEXTS,
    NOON,
    agent,
    ago,
    caller,
    claim,
    conference,
    membership,
    parked_call,
    participant,
    queue,
    snapshot,
    waiting_call,
)

CARMEN = caller("0791234567", unique_id="0791234567.1", channel="Local/0791234567@x;1", name="Carmen")
KEY = CARMEN.unique_id
PABLO = caller("0797654321", unique_id="0797654321.2", channel="Local/0797654321@x;1", name="Pablo")
GUEST = caller("181", name="Legal", unique_id="3.1", channel="SIP/181-00000001")
OUTSIDE = caller("0791112233", name="Zoe", unique_id="3.2", channel="SIP/trunk-00000001")
BOTH = (membership("500"), membership("502", queue_name="Complaints"))
ALL_ON_CALLS = frozenset({SEE_NUMBERS, STEAL, PICK_UP, REMOVE_PARTICIPANT})
FRONT = Rights(frozenset({Grant(frozenset({"500", "501"}), ALL_ON_CALLS)}))
LOOKS = Rights(frozenset({Grant(frozenset({"500", "501"}), frozenset({SEE_NUMBERS}))}))
OTHER_RIGHT = Rights(frozenset({Grant(frozenset({"500", "501"}), frozenset({SEE_NUMBERS, SPY}))}))
STEALS_ELSEWHERE = Rights(frozenset({*LOOKS.grants, Grant(frozenset({"501"}), ALL_ON_CALLS)}))


def a_floor(**changes) -> Snapshot:
    room = conference("801", participants=(participant(), participant(caller=GUEST), participant(caller=OUTSIDE)))
    defaults = {
        "queues": [queue("500"), queue("501", name="Support"), queue("502", name="Complaints")],
        "agents": [agent(7), agent(8, name="Bea", memberships=BOTH)],
        "waiting": [waiting_call(KEY, caller=CARMEN)],
        "parked": [parked_call(PABLO.unique_id, caller=PABLO)],
        "conferences": [room],
    }
    return snapshot(**defaults | changes)


def painted(floor: Snapshot, rights: Rights = EVERYTHING, *claims, before: Screen | None = None, **chosen) -> Screen:
    who = before.audience if before else audience(ref=chosen.pop("ref", "supervisor"), rights=rights, **chosen)
    held = {each.slot: each for each in claims}
    return fragments.paint(floor_of(floor, claims=held), Health(), who, MIDNIGHT, before)


def page_of(*asked, **chosen):
    return parse(whole(painted(*asked, **chosen)))


def hands(page, kind: str) -> list[str]:
    return [each["hx-get"] for each in page.select(f"li.{kind} button[data-hand]")]


# For whom


def test_whoever_may_steal_or_pick_up_has_a_button_on_the_row():
    page = page_of(a_floor(), FRONT)
    assert hands(page, "call") == [f"/calls/{handle_of(KEY, CARMEN, '500')}/steal/"]
    assert hands(page, "parked") == [f"/parked/{handle_of(PABLO.unique_id, PABLO, '71')}/pick-up/"]
    [row] = page.select("li.call")
    [hand] = row.select("button")
    assert hand["id"] == f"{row['id']}-steal"
    assert hand["aria-labelledby"].split() == [hand["id"], row.select_one(".who")["id"]]
    assert row.select_one(".mark")["id"] == f"mark-{row['id']}"


@pytest.mark.parametrize("rights", [LOOKS, OTHER_RIGHT, STEALS_ELSEWHERE], ids=["looks", "other right", "elsewhere"])
def test_whoever_may_not_has_neither_button_nor_mark(rights):
    page = page_of(a_floor(), rights)
    assert page.select("li.call")
    assert not page.select("li:is(.call, .parked, .conference) :is([data-hand], .mark)")


def test_a_parked_call_is_of_all_queues_of_whoever_parked_it():
    floor = a_floor(parked=[parked_call(PABLO.unique_id, caller=PABLO, parked_by="208")])
    assert hands(page_of(floor, FRONT), "parked") == []
    assert len(hands(page_of(floor, EVERYTHING), "parked")) == 1


def test_what_nobody_known_has_parked_is_for_those_of_every_queue():
    floor = a_floor(parked=[parked_call(PABLO.unique_id, caller=PABLO, parked_by="999")])
    assert len(hands(page_of(floor, EVERYTHING), "parked")) == 1


def test_each_participant_at_a_telephone_of_the_exchange_has_a_button():
    inside = caller("207", name="Ana Ruiz", unique_id="3.0", channel="SIP/207-00000001")
    people = tuple(participant(each.number, each.name, caller=each) for each in (inside, GUEST, OUTSIDE))
    page = page_of(a_floor(conferences=[conference("801", participants=people)]), FRONT)
    assert hands(page, "conference") == [
        f"/conferences/{handle_in_room(each, '801')}/hang-up/" for each in (inside, GUEST)
    ]
    [reason] = page.select(".outside-line")
    assert reason["title"] == "EQ can hang up only telephones of the exchange."
    assert reason["title"] in reason.text
    for hand in page.select("li.conference button"):
        assert page.find(id=f"mark-{hand['id']}")


def test_a_room_with_an_agent_of_another_team_has_no_button():
    floor = a_floor(agents=[agent(7, memberships=BOTH)])
    assert hands(page_of(floor, FRONT), "conference") == []
    assert not page_of(floor, FRONT).select(".outside-line")


@pytest.mark.parametrize(
    ("number", "channel", "extension"),
    [
        ("181", "SIP/181-00000001", "181"),
        ("181", "PJSIP/181-00000001", "181"),
        ("181", "Local/181@from-queue-0001;1", "181"),
        ("181", "SIP/1812-00000001", None),
        ("181", "SIP/trunk-181", None),
        ("181", None, None),
        ("181", "181", None),
        (None, "SIP/181-00000001", None),
        ("", "SIP/-1", None),
        (".*", "SIP/181-1", None),
        ("٢", "SIP/٢-1", None),
        ("1" * 21, f"SIP/{'1' * 21}-1", None),
    ],
)
def test_who_is_at_a_telephone_of_the_exchange_is_told_by_the_channel(number, channel, extension):
    assert telephone_of(caller(number, channel=channel)) == extension


def test_of_several_who_sat_there_the_one_who_is_signed_in_does():
    left = agent(1, extension="207", state=AgentState.SIGNED_OUT)
    for order in ([left, agent(7)], [agent(7), left]):
        assert seated(snapshot(agents=order))["207"].id == 7


# Handles


def test_a_handle_is_another_wherever_the_call_has_moved():
    seen = handle_of("1", CARMEN, "500")
    changed = caller(CARMEN.number, unique_id="other", channel=CARMEN.channel)
    moved = caller(CARMEN.number, unique_id=CARMEN.unique_id, channel="other")
    others = {handle_of("1", CARMEN, "501"), handle_of("1", changed, "500"), handle_of("1", moved, "500")}
    assert len(others | {seen}) == 4
    assert {who_in(each) for each in others} == {who_of("1")}


def test_a_handle_is_of_the_caller_by_the_unique_id_or_the_channel():
    handle = handle_of(KEY, CARMEN, "500")
    assert is_of(handle, CARMEN)
    assert is_of(handle, caller(None, unique_id="new", channel=CARMEN.channel))
    assert is_of(handle, caller(None, unique_id=KEY, channel=None))
    assert not is_of(handle, caller(None, unique_id="new", channel="new"))
    assert not is_of(handle, caller(None, unique_id=None, channel=None))
    assert not is_of(
        handle_of("1", caller(None, unique_id="1", channel=None), "500"), caller(None, unique_id="2", channel=None)
    )


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_no_text_from_outside_gets_into_a_handle(text):
    handle = handle_of(text, caller(text, unique_id=text, channel=text), text)
    assert len(handle) == 48
    assert set(handle) <= set("abcdefghijklmnop")


@pytest.mark.parametrize("chosen", [{"numbers": MaskedNumbers.HIDDEN, "hides_names": True}, {"numbers": "last_digits"}])
def test_a_masked_board_has_the_same_hands_and_tells_nothing(chosen):
    page = page_of(a_floor(), FRONT, **chosen)
    assert hands(page, "call") == hands(page_of(a_floor(), FRONT), "call")
    assert hands(page, "parked") == hands(page_of(a_floor(), FRONT), "parked")
    for telling in ("0791234567", "0797654321", "Local/"):
        assert telling not in str(page)


# Claims

STEALS = claim(f"call:{KEY}")
PICKS = claim(f"call:{PABLO.unique_id}", subject=f"parked:{PABLO.unique_id}", action="call.pick_up", who="Avi")
LISTENS = claim("rings:210", subject="agent:7", action="monitor.spy", who="Avi")
REMOVES = claim("line:x", subject="conference:801", action="conference.remove", who="Noa")


def told(page, selector: str) -> list[str]:
    return [each.text for each in page.select(f"{selector} .claim")]


@pytest.mark.parametrize(
    "chosen", [{}, {"numbers": MaskedNumbers.HIDDEN, "hides_names": True}], ids=["plain", "masked"]
)
def test_rows_say_who_is_at_them(chosen):
    page = page_of(a_floor(), EVERYTHING, STEALS, PICKS, REMOVES, **chosen)
    assert told(page, "li.call") == ["Dana is stealing this call"]
    assert told(page, "li.parked") == ["Avi is picking this call up"]
    assert told(page, "li.conference") == ["Noa is removing somebody"]
    assert page.select_one("li.call .claim bdi").text == "Dana"


def test_agents_say_who_listens_to_them():
    assert told(page_of(a_floor(), EVERYTHING, LISTENS, ref="lead"), "#agent-7") == ["Avi is listening"]


def test_whoever_only_looks_is_told_too():
    assert told(page_of(a_floor(), LOOKS, STEALS), "li.call") == ["Dana is stealing this call"]


def test_several_are_told_in_the_order_in_which_they_began():
    first = claim("rings:211", subject="agent:7", action="monitor.whisper", who="Noa", since=ago(5))
    second = claim("rings:210", subject="agent:7", action="monitor.spy", who="Avi", since=NOON)
    page = page_of(a_floor(), EVERYTHING, second, first, ref="lead")
    assert told(page, "#agent-7") == ["Noa is whispering", "Avi is listening"]


@pytest.mark.parametrize(
    "subject", ["call:9.9", "parked:1.1", "agent:9", "agent:x", "agent", "conference:900", "queue:500", ""]
)
def test_a_claim_on_what_is_not_there_is_not_told(subject):
    assert "Dana" not in str(page_of(a_floor(), EVERYTHING, claim("call:9.9", subject=subject)))


def test_a_claim_in_a_queue_that_one_may_not_see_is_not_sent():
    floor = a_floor(waiting=[waiting_call(KEY, caller=CARMEN, queue="502", queue_name="Complaints")])
    assert "Dana" in str(page_of(floor, EVERYTHING, STEALS))
    assert "Dana" not in str(page_of(floor, FRONT, STEALS))


def test_walls_tell_no_claims():
    screen = painted(a_floor(), EVERYTHING, STEALS, LISTENS, ref="tv", surface=Surface.TV)
    assert "Dana" not in whole(screen)
    assert "Avi" not in whole(screen)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_hostile_names_of_people_stay_text(text):
    page = page_of(a_floor(), EVERYTHING, claim(f"call:{KEY}", who=text))
    assert not page.select("li.call :is(script, img)")
    assert page.select_one("li.call .claim bdi.outside")


def test_an_action_that_has_no_words_is_told_all_the_same():
    page = page_of(a_floor(), EVERYTHING, claim(f"call:{KEY}", action="call.sing"))
    assert told(page, "li.call") == ["Dana is at this just now"]


@pytest.mark.parametrize("language", ["es", "he"])
def test_every_action_has_words_that_name_who(language):
    page = page_of(a_floor(), EVERYTHING, STEALS, language=language)
    assert page.select_one("li.call .claim bdi").text == "Dana"


def test_a_claim_repaints_only_the_rows_that_it_is_on():
    other = waiting_call("2.2", caller=caller("0700", unique_id="2.2"))
    floor = a_floor(waiting=[waiting_call(KEY, caller=CARMEN), other])
    before = painted(floor)
    after = painted(floor, EVERYTHING, STEALS, before=before)
    [stroke] = strokes(before, after)
    assert "Dana</bdi> is stealing this call" in stroke
    kept = claim(f"call:{KEY}", until=NOON + timedelta(seconds=40))
    assert strokes(after, painted(floor, EVERYTHING, kept, before=after)) == []
    [gone] = strokes(after, painted(floor, before=after))
    assert "Dana" not in gone


def test_a_claim_that_is_kept_for_longer_renders_nothing():
    before = painted(a_floor(), EVERYTHING, STEALS)
    after = painted(a_floor(), EVERYTHING, claim(f"call:{KEY}", until=NOON + timedelta(seconds=40)), before=before)
    assert after.strips["waiting"][0] is before.strips["waiting"][0]

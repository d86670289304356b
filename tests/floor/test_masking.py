"""What a masked floor still tells: everything but who calls."""

import re
from dataclasses import replace
from itertools import chain
from unicodedata import decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.masking import MaskedNumbers, masked
from eqboard.floor.snapshot import AbandonedCall, Caller
from tests.builders import (
    NOON,
    agent,
    caller,
    conference,
    parked_call,
    participant,
    queue,
    snapshot,
    snapshots,
    waiting_call,
)

SHOWN, LAST_DIGITS, HIDDEN = MaskedNumbers
SPY = caller("+34600111222", name="Carmen", unique_id="1.1", channel="Local/0034600111222@from-trunk-0000;1")


def abandoned_call(key="1366390218.44", **changes):
    defaults = {"queue": "500", "queue_name": "Sales", "caller": SPY, "abandoned_at": NOON, "wait_seconds": 42.0}
    return AbandonedCall(key, **defaults | changes)


def floor_of(who=SPY, **changes):
    """A floor on which the same caller is everywhere, and agent 7 at extension 207."""
    floor = snapshot(
        queues=[queue()],
        agents=[agent(7, caller=who), agent(8)],
        waiting=[waiting_call(caller=who)],
        parked=[parked_call(caller=who)],
        conferences=[conference(participants=(participant(), participant(caller=who, admin=False)))],
    )
    return replace(floor, abandoned={"1366390218.44": abandoned_call(caller=who)}, **changes)


def callers_of(floor):
    calls = chain(floor.waiting.values(), floor.parked.values(), floor.abandoned.values())
    rooms = (each for room in floor.conferences.values() for each in room.participants)
    on_calls = (each for each in floor.agents.values() if each.caller)
    return [each.caller for each in chain(calls, rooms, on_calls)]


def strangers_of(floor):
    return [each for each in callers_of(floor) if each.number != "207"]


def seen(number=None, numbers=LAST_DIGITS, hides_names=False, **changes):
    """A caller as a masked floor shows them."""
    floor = snapshot(agents=[agent(7)], waiting=[waiting_call(caller=caller(number, **changes))])
    [call] = masked(floor, numbers, hides_names).waiting.values()
    return call.caller


# What is masked


def test_where_everything_is_shown_it_is_the_very_same_floor():
    floor = floor_of()
    assert masked(floor, SHOWN, hides_names=False) is floor


def test_of_a_number_the_last_three_digits_are_left():
    shown = strangers_of(masked(floor_of(), LAST_DIGITS, hides_names=False))
    assert shown == [Caller(None, None, "…222", "Carmen")] * 5


def test_a_hidden_number_is_not_there():
    shown = strangers_of(masked(floor_of(), HIDDEN, hides_names=False))
    assert shown == [Caller(None, None, None, "Carmen")] * 5


def test_a_hidden_name_is_not_there():
    shown = strangers_of(masked(floor_of(), SHOWN, hides_names=True))
    assert shown == [Caller(None, None, "+34600111222", None)] * 5


def test_nothing_of_a_hidden_caller_is_anywhere():
    text = repr(masked(floor_of(), HIDDEN, hides_names=True))
    assert "600111222" not in text
    assert "Carmen" not in text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, None),
        ("", None),
        ("112", "112"),
        ("4012", "…012"),
        ("+34 (600) 11-12-22", "…222"),
        ("anonymous", None),
        ("carmen@example.com", None),
        ("sip:600111222@example.com", "…222"),
        ("<script>", None),
        ("\u202e222111006\u202c", "…006"),
    ],
)
def test_any_text_may_stand_where_a_number_is_expected(number, shown):
    assert seen(number).number == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (None, None),
        ("Carmen", "Carmen"),
        ("Flat 12, house 304", "Flat 12, house 304"),
        ("600111222", None),
        ("+34 600-111-222", None),
        ("Carmen 600 11 12 22", "Carmen …222"),
        ("Carmen 600\u200b111\u202e222", "Carmen …222"),
        ("Carmen 5550 or 600111222", "Carmen …550 or …222"),
        ("٠٧٩١٢٣٤٥٦٧ Dana", "…٥٦٧ Dana"),
    ],
)
def test_a_number_in_a_name_is_masked_like_one(name, shown):
    assert seen("+34600111222", name=name).name == shown


def test_a_number_in_a_name_is_left_out_where_numbers_are_hidden():
    assert seen("1", HIDDEN, name="Carmen 600 11 12 22").name == "Carmen …"


# Who is no caller


def test_an_agent_keeps_name_and_number_wherever_they_are():
    floor = snapshot(
        agents=[agent(7), agent(8, caller=caller("207", name="Ana Ruiz"))],
        conferences=[conference()],
        parked=[parked_call(caller=caller("207", name="Ana Ruiz"))],
    )
    view = masked(floor, HIDDEN, hides_names=True)
    assert view == floor
    assert view.agents[8] is floor.agents[8]
    assert view.conferences is floor.conferences


def test_an_agent_at_a_mobile_is_shown_but_a_call_from_there_is_not():
    floor = snapshot(agents=[agent(7, extension="600111222")], waiting=[waiting_call("1", caller=caller("600111222"))])
    view = masked(floor, LAST_DIGITS, hides_names=False)
    assert view.agents[7] is floor.agents[7]
    assert view.waiting["1"].caller.number == "…222"


def test_an_extension_of_nobody_we_see_is_a_number_like_any_other():
    assert seen("4012", HIDDEN).number is None


@pytest.mark.parametrize(("parked_by", "shown"), [("207", "207"), ("100", "100"), (None, None), ("0600111222", "…222")])
def test_who_parked_a_call_is_an_extension_or_masked(parked_by, shown):
    floor = snapshot(agents=[agent(7)], parked=[parked_call(parked_by=parked_by)])
    [call] = masked(floor, LAST_DIGITS, hides_names=False).parked.values()
    assert call.parked_by == shown


# What stays


def test_what_has_no_caller_stays_the_same_object():
    floor = floor_of()
    view = masked(floor, HIDDEN, hides_names=True)
    assert view.queues is floor.queues
    assert view.sources is floor.sources
    assert view.agents[8] is floor.agents[8]
    assert view.conferences["900"].participants[0] is floor.conferences["900"].participants[0]


def test_all_but_the_caller_of_a_call_stays():
    floor = floor_of()
    [before], [after] = floor.abandoned.values(), masked(floor, HIDDEN, hides_names=True).abandoned.values()
    assert replace(after, caller=before.caller) == before


# Keys


def test_a_key_that_tells_nothing_stays():
    view = masked(floor_of(), HIDDEN, hides_names=True)
    assert set(view.waiting) == {"1366390218.42"}
    assert set(view.parked) == {"1366390218.43"}
    assert set(view.abandoned) == {"1366390218.44"}


@pytest.mark.parametrize("key", ["SIP/34600111222-0000002a", "Local/0600111222@from/x", "500 600-111-222 Carmen 1"])
def test_a_key_with_the_number_is_filed_without_it(key):
    floor = snapshot(waiting=[waiting_call(key, caller=SPY)])
    [(shown, call)] = masked(floor, LAST_DIGITS, hides_names=True).waiting.items()
    assert shown == call.key != key
    assert "111" not in shown
    assert "Carmen" not in shown


def test_calls_whose_keys_tell_nothing_apart_any_more_are_still_so_many():
    keys = ("SIP/600111222-a", "SIP/34600111222-a", "SIP/111222-a")
    floor = snapshot(waiting=[waiting_call(key, caller=SPY) for key in keys])
    view = masked(floor, HIDDEN, hides_names=False).waiting
    assert len(view) == 3
    assert {key: call.key for key, call in view.items()} == {key: key for key in view}


def test_where_only_names_are_hidden_a_key_is_without_the_name():
    floor = snapshot(waiting=[waiting_call("500 Tom &amp; Co 1", caller=caller("1", name="Tom & Co"))])
    assert set(masked(floor, SHOWN, hides_names=True).waiting) == {"500 … 1"}


# Laws

NUMBERS = st.from_regex(r"\+?[0-9]{4,12}", fullmatch=True)


@st.composite
def telling_floors(draw):
    """Callers whose number stands in every field that somebody may fill."""
    number = draw(NUMBERS)
    digits = number.strip("+")
    texts = st.sampled_from(
        (
            number,
            f"SIP/{digits}-0000002a",
            f"Local/00{digits}@x;1",
            f"Carmen {' '.join(digits)}",
            f"{digits}.42",
            "Dana",
        )
    )
    who = Caller(draw(texts), draw(texts), number, draw(st.none() | texts))
    keys = draw(st.lists(texts, min_size=2, max_size=2, unique=True))
    floor = snapshot(
        agents=[agent(7, caller=who)],
        waiting=[waiting_call(key, caller=who) for key in keys],
        parked=[parked_call(key, caller=who, parked_by=draw(st.none() | texts)) for key in keys],
        conferences=[conference(participants=(participant(caller=who),))],
    )
    return replace(floor, abandoned={key: abandoned_call(key, caller=who) for key in keys}), digits


def words_of(floor):
    """All of a floor that comes from a caller."""
    yield from chain(floor.waiting, floor.parked, floor.abandoned)
    for call in chain(floor.waiting.values(), floor.parked.values(), floor.abandoned.values()):
        yield call.key
    yield from (call.parked_by or "" for call in floor.parked.values())
    for who in callers_of(floor):
        yield from (each or "" for each in (who.unique_id, who.channel, who.number, who.name))


@settings(deadline=None)
@given(telling_floors(), st.sampled_from((LAST_DIGITS, HIDDEN)), st.booleans())
def test_no_four_digits_of_a_number_survive_anywhere(telling, numbers, hides_names):
    floor, digits = telling
    view = masked(floor, numbers, hides_names)
    parts = {digits[place : place + 4] for place in range(len(digits) - 3)}
    for word in words_of(view):
        runs = re.findall(r"\d+", re.sub(r"[\s.+()-]", "", word))
        told = {run[place : place + 4] for run in runs for place in range(len(run) - 3)}
        assert not told & parts, word
    assert len(view.waiting) == len(floor.waiting)
    assert len(view.abandoned) == len(floor.abandoned)


@settings(deadline=None)
@given(snapshots(), st.sampled_from(MaskedNumbers), st.booleans())
def test_any_floor_keeps_as_many_of_everything_under_their_own_keys(floor, numbers, hides_names):
    view = masked(floor, numbers, hides_names)
    for kind in ("agents", "waiting", "parked", "conferences", "queues"):
        assert len(getattr(view, kind)) == len(getattr(floor, kind))
    for kind in ("waiting", "parked"):
        assert all(call.key == key for key, call in getattr(view, kind).items())


@settings(deadline=None)
@given(snapshots(), st.sampled_from((LAST_DIGITS, HIDDEN)), st.booleans())
def test_no_caller_of_any_floor_has_four_digits_in_a_row(floor, numbers, hides_names):
    own = {each.extension for each in floor.agents.values()}
    for who in callers_of(masked(floor, numbers, hides_names)):
        if who.number not in own:
            assert len([each for each in who.number or "" if each.isdecimal() and decimal(each) >= 0]) < 4
            assert not re.search(r"\d{4}", who.name or "")

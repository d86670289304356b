"""What a masked floor still tells: everything but who calls."""

import re
from dataclasses import replace
from itertools import chain
from unicodedata import decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.floor.masking import Mask, MaskedNumbers, hidden_key
from eqboard.floor.masking import masked as masked_with
from eqboard.floor.snapshot import AbandonedCall, Caller
from tests.builders import (
    NOON,
    agent,
    caller,
    conference,
    line,
    parked_call,
    participant,
    queue,
    snapshot,
    snapshots,
    waiting_call,
)

SHOWN, LAST_DIGITS, HIDDEN = MaskedNumbers
SECRET = b"of the site"
SPY = caller("+34600111222", name="Carmen", unique_id="1.1", channel="Local/0034600111222@from-trunk-0000;1")


def masked(floor, numbers, hides_names):
    return masked_with(floor, numbers, hides_names, SECRET)


def hidden(key):
    return hidden_key(key, SECRET)


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
        lines=[line()],
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
        ("①②③④⑤⑥⑦", None),
        ("⁰⁷⁹¹²³⁴⁵ Dana", "…³⁴⁵ Dana"),
        ("〇七九一二三四", None),
        ("Dana 079x123x45x67", "Dana …567"),
        ("A4 or 4x4", "A4 or 4x4"),
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
    assert view.agents == floor.agents
    assert [call.caller for call in view.parked.values()] == [caller("207", name="Ana Ruiz")]
    assert view.agents[8] is floor.agents[8]
    assert view.conferences is floor.conferences


def test_an_agent_at_a_mobile_is_shown_but_a_call_from_there_is_not():
    floor = snapshot(agents=[agent(7, extension="600111222")], waiting=[waiting_call("1", caller=caller("600111222"))])
    view = masked(floor, LAST_DIGITS, hides_names=False)
    assert view.agents[7] is floor.agents[7]
    assert view.waiting[hidden("1")].caller.number == "…222"


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
    assert replace(after, caller=before.caller, key=before.key) == before


# Keys


@pytest.mark.parametrize(
    "key", ["1366390218.42", "0600111222", "Local/0600111222@from/x", "500 600-111-222 Carmen 1", "\ud800"]
)
def test_a_key_is_replaced_by_what_tells_nothing_whatever_the_caller_says(key):
    anonymous = Caller(None, key, None, None)
    floor = snapshot(waiting=[waiting_call(key, caller=anonymous)])
    [(shown, call)] = masked(floor, LAST_DIGITS, hides_names=False).waiting.items()
    assert shown == call.key == hidden(key)
    assert key not in repr(call)


def test_a_key_stays_hidden_as_it_was_for_as_long_as_the_secret_is_the_same():
    assert hidden_key("1.1", b"one") == hidden_key("1.1", b"one") == "0fgcdjamcdpepdopobfbincllnjmkjpma"
    assert hidden_key("1.1", b"one") != hidden_key("1.1", b"other") != hidden_key("1.2", b"other")


def test_the_secret_is_not_told_by_what_is_logged_of_a_mask():
    assert "of the site" not in repr(Mask(HIDDEN, True, frozenset(), SECRET))


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

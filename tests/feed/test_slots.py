"""What claims are called in Redis."""

from eqboard.feed import slots


def test_a_telephone_that_rings_is_read_from_its_slot_and_from_no_other():
    assert slots.rung(slots.ringing("301")) == "301"
    others = (slots.stopping("301"), slots.extension("301"), slots.line("301"), slots.following(slots.ringing("301")))
    assert [slots.rung(each) for each in others] == 4 * [None]


def test_a_caller_is_read_from_what_marks_them_whatever_stands_in_their_key():
    for key in ("1366390218.42", "SIP/trunk;1@<x>", "a:b", ""):
        assert slots.caller_of(slots.call(key)) == slots.caller_of(slots.parked(key)) == key
    assert slots.caller_of(slots.agent(7)) is None


def test_no_two_kinds_share_a_name():
    kinds = (slots.call, slots.parked, slots.conference, slots.extension, slots.line, slots.ringing, slots.stopping)
    names = [each("7") for each in (*kinds, slots.following, slots.key_press)] + [slots.agent(7)]
    assert len(set(names)) == len(names)

"""A round: what is heard replaces, what fails keeps its last truth and is marked; nothing that EQ says stops it."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.eq import EQError, load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows, read_answer
from eqboard.floor.assemble import AgentName, Answers, Names, Taken, assemble
from eqboard.floor.changes import apply, diff
from eqboard.floor.snapshot import Part, PauseCode, Snapshot, Source, Trouble
from tests.builders import NOON, ago, snapshot, snapshots, source

from .conftest import EVERY_SECONDS, OPERATION_OF, unix

EVERYTHING = {
    "statistics": [{"queue": "500", "calls": 1}],
    "agents": [{"agent": 7, "queue": "500", "status": "available"}],
    "calls": [{"queue": "500", "uniqueId": "1.1"}],
    "parked": [{"uniqueId": "1.3"}],
    "conferences": [{"extension": "900"}],
    "sessions": [{"user": 7}],
}

# Sources


def test_before_the_first_round_no_part_was_ever_read(floor):
    assert floor.round().sources == {part: Source(part, 1.0) for part in Part}


def test_what_was_read_is_as_old_as_the_round(floor):
    sources = floor.round(**EVERYTHING).sources
    assert sources == {part: Source(part, 1.0, NOON) for part in Part}


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_part_that_failed_keeps_its_last_truth_and_is_marked(floor, part, trouble):
    before = floor.round(**EVERYTHING)
    after = floor.round(**{**EVERYTHING, part.value: trouble})
    assert after.sources[part] == Source(part, 1.0, NOON, trouble)
    assert all(after.sources[other] == Source(other, 1.0, floor.now) for other in Part if other is not part)
    for kind in ("queues", "agents", "waiting", "parked", "conferences"):
        assert getattr(after, kind) == getattr(before, kind)


def test_when_everything_fails_everything_stays(floor):
    before = floor.round(**EVERYTHING)
    after = floor.round(**dict.fromkeys(EVERYTHING, Trouble.UNREACHABLE))
    assert diff(before, after).sources
    assert not any(getattr(diff(before, after), kind) for kind in ("queues", "agents", "waiting", "parked"))


def test_a_part_that_was_not_asked_keeps_its_truth_without_a_mark(floor):
    before = floor.round(**EVERYTHING)
    after = floor.round(**{**EVERYTHING, "parked": None, "conferences": None, "sessions": None})
    assert after.parked == before.parked
    assert after.sources[Part.PARKED] == before.sources[Part.PARKED]


def test_a_mark_goes_when_the_part_is_read_again_not_when_it_is_not_asked(floor):
    floor.round(**EVERYTHING)
    floor.round(parked=Trouble.BROKEN)
    assert floor.round().sources[Part.PARKED].trouble is Trouble.BROKEN
    assert floor.round(parked=[]).sources[Part.PARKED] == Source(Part.PARKED, 1.0, floor.now)


def test_rows_that_had_to_be_left_out_are_told(floor):
    source = floor.round(calls=[{"queue": "500", "uniqueId": "1.1"}, {"position": 1}]).sources[Part.CALLS]
    assert source.unreadable_count == 1


def test_pause_codes_are_those_that_have_names(floor):
    floor.names = Names(pause_codes={1: "Lunch", 9: "Break"})
    assert floor.round().pause_codes == {1: PauseCode(1, "Lunch"), 9: PauseCode(9, "Break")}


def test_the_same_answers_twice_change_nothing_but_their_age(floor):
    changes = diff(floor.round(**EVERYTHING), floor.round(**EVERYTHING))
    assert set(changes.sources.put) == set(Part)
    assert [kind for kind in Snapshot.__dataclass_fields__ if getattr(changes, kind)] == ["sources"]


# Queues


def test_a_tiles_numbers_are_those_of_the_lists_beside_it(floor):
    states = ("available", "available", "onCall", "ringing", "wrapUp", "paused", "signedOut", "onTheMoon")
    queue = floor.round(
        statistics=[{"queue": "500", "calls": 99, "waitTime": 999, "agents": 99, "agentsPaused": 99}],
        agents=[{"agent": n, "queue": "500", "status": state} for n, state in enumerate(states)],
        calls=[{"queue": "500", "uniqueId": str(seconds), "enterTime": unix(ago(seconds))} for seconds in (30, 50, 40)],
    ).queues["500"]
    assert (queue.waiting_count, queue.oldest_waiting_at) == (3, ago(50))
    assert (queue.present_count, queue.available_count, queue.on_call_count) == (7, 2, 1)
    assert (queue.ringing_count, queue.wrap_up_count, queue.paused_count) == (1, 1, 1)


def test_the_numbers_of_a_list_that_was_never_read_are_not_known(floor):
    queue = floor.round(statistics=[{"queue": "500", "calls": 2, "agents": 5}], agents=Trouble.REFUSED).queues["500"]
    assert (queue.waiting_count, queue.present_count, queue.oldest_waiting_at) == (None, None, None)


def test_the_numbers_of_a_list_that_failed_later_stay(floor):
    before = floor.round(statistics=[{"queue": "500"}], agents=[], calls=[]).queues
    assert floor.round(statistics=Trouble.BROKEN, agents=Trouble.REFUSED, calls=Trouble.BROKEN).queues == before


def test_rows_are_as_old_as_the_question():
    answers = Answers(agents=Rows(()), asked_at={Part.AGENTS: ago(4)})
    after = assemble(answers, Names(), Snapshot(), Taken(NOON), dict.fromkeys(Part, 1.0))
    assert after.sources[Part.AGENTS].taken_at == ago(4)
    assert after.sources[Part.AGENTS].took_seconds == 4.0
    assert after.sources[Part.AGENTS].stale_after_seconds(2.5) == 12.5, "a slow EQ stretches the pace"


def test_how_long_eq_took_is_not_how_long_its_answer_lay_about():
    answers = Answers(agents=Rows(()), asked_at={Part.AGENTS: ago(4)}, took_seconds={Part.AGENTS: 0.1})
    source = assemble(answers, Names(), Snapshot(), Taken(NOON), dict.fromkeys(Part, 1.0)).sources[Part.AGENTS]
    assert (source.took_seconds, source.stale_after_seconds(2.5)) == (0.1, 2.5)


@pytest.mark.parametrize(
    ("every", "took", "stale_after"),
    [(1, 0.1, 2.5), (1, 0.8, 2.5), (1, 0.81, 5.0), (1, 3.1, 10.0), (3, 2.0, 7.5), (3, 3.1, 15.0)],
)
def test_a_slow_eq_stretches_a_parts_own_rounds(every, took, stale_after):
    """Asked every 3 s, and answered after 3.1 s, a part is asked again after 6 s: then its numbers are 9 s old."""
    read = source(Part.PARKED, every_seconds=every, took_seconds=took)
    assert read.stale_after_seconds(2.5) == stale_after
    assert read.is_stretched is (stale_after > 2.5 * every)


@pytest.mark.parametrize(("seconds", "is_fresh"), [(2.5, True), (2.6, False)])
def test_parts_are_fresh_until_the_first_of_them_is_old(seconds, is_fresh):
    now = NOON + timedelta(seconds=seconds)
    read = [source(Part.CALLS, taken_at=NOON, every_seconds=1), source(Part.AGENTS, taken_at=now, every_seconds=1)]
    floor = snapshot(sources=read)
    assert floor.is_fresh([Part.CALLS, Part.AGENTS], now, 2.5) is is_fresh
    assert floor.is_fresh([Part.AGENTS], now, 2.5)
    assert not floor.is_fresh([Part.AGENTS, Part.PARKED], now, 2.5), "which was never read"


def test_a_queue_is_there_when_anybody_speaks_of_it(floor):
    queues = floor.round(
        statistics=[{"queue": "500"}],
        agents=[{"agent": 7, "queue": "501", "status": "available"}],
        calls=[{"queue": "502", "uniqueId": "1.1"}],
    ).queues
    assert set(queues) == {"500", "501", "502"}


def test_a_queue_that_nobody_speaks_of_any_more_is_gone(floor):
    floor.round(statistics=[{"queue": "500"}, {"queue": "501"}])
    rounds = [floor.round(statistics=[{"queue": "501"}]) for _ in range(4)]
    assert ["500" in each.queues for each in rounds] == [True, True, True, False], "one short answer closes no queue"
    assert set(floor.round(statistics=Trouble.BROKEN).queues) == {"501"}


def test_a_queue_is_called_by_its_extension_until_its_name_is_known(floor):
    assert floor.round(statistics=[{"queue": "500"}]).queues["500"].name == "500"
    floor.names = Names(queues={"500": "Sales"})
    assert floor.round(statistics=Trouble.BROKEN).queues["500"].name == "Sales"


# Whatever EQ says

IDS = st.sampled_from([1, 2, "2", 7, -1, 10**18, "x", None])
KEYS = st.sampled_from(["500", "501", 500, "", None, "q/<&>"])
TIMES = st.sampled_from([None, "", 0, -1, 1, unix(NOON), str(unix(NOON)), 253402300799, 10**13, "soon", True])
NUMBERS = st.sampled_from([None, "", 0, -1, 3, "4", 2.0, 2.5, 10**30, -(10**300), "many", True])
WORDS = st.sampled_from([None, "", " ", "x", "<b>", "\u202e", "名前", 5, ["x"]])
STATES = st.sampled_from(["available", "onCall", "ringing", "paused", "wrapUp", "signedOut", "onTheMoon", "", None, 3])
CALLS = st.fixed_dictionaries(
    {},
    optional={
        "uniqueId": WORDS, "channel": WORDS, "callerIdNumber": WORDS, "callerIdName": WORDS, "startTime": TIMES,
        "queue": KEYS,
    },
)  # fmt: skip
ROWS = {
    "statistics": {"queue": KEYS, "calls": NUMBERS, "waitTime": NUMBERS, "agents": NUMBERS, "agentsPaused": NUMBERS},
    "agents": {
        "agent": IDS, "queue": KEYS, "status": STATES, "skill": NUMBERS, "paused": NUMBERS, "pauseCode": NUMBERS,
        "statusTime": TIMES, "wrapUpEndTime": TIMES, "extension": WORDS, "call": CALLS | WORDS,
    },
    "calls": {"queue": KEYS, "uniqueId": WORDS, "channel": WORDS, "id": WORDS, "position": NUMBERS, "enterTime": TIMES},
    "parked": {"uniqueId": WORDS, "space": WORDS, "parkedBy": WORDS, "parkTime": TIMES, "timeout": NUMBERS},
    "conferences": {"extension": KEYS, "name": WORDS, "locked": NUMBERS, "participants": st.lists(CALLS, max_size=2)},
    "sessions": {"user": IDS, "extension": WORDS, "signInTime": TIMES},
}  # fmt: skip


def heard(part, rows):
    """The answer as the poller gets it: rows, or the trouble that EQ's words are."""
    operation = OPERATIONS[OPERATION_OF[part]]
    try:
        return read_answer(operation, 200, json.dumps(rows).encode(), load_dialect())
    except EQError:
        return Trouble.BROKEN


def answers_of(part):
    rows = st.lists(st.fixed_dictionaries({}, optional=ROWS[part]), max_size=3)
    return st.none() | st.sampled_from(Trouble) | rows.map(lambda said: heard(part, said))


ANSWERS = st.builds(Answers, **{part: answers_of(part) for part in ROWS})
NAMES = Names({1: AgentName("Ana"), 7: AgentName("<b>", "7")}, {"500": "Sales"}, {3: "Lunch"})


@given(
    rounds=st.lists(ANSWERS, min_size=1, max_size=2),
    previous=st.just(Snapshot()) | snapshots(max_size=1),
    skew_seconds=st.sampled_from([0.0, 3600.0, -3600.0, 1e12, -1e12]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_eq_says_there_is_a_floor_and_its_differences_rebuild_it(rounds, previous, skew_seconds):
    for number, answers in enumerate(rounds):
        taken = Taken(NOON + timedelta(seconds=number), skew_seconds)
        floor = assemble(answers, NAMES, previous, taken, EVERY_SECONDS)
        assert apply(previous, diff(previous, floor)) == floor
        assert all(key == agent.id for key, agent in floor.agents.items())
        assert all(key == queue.extension for key, queue in floor.queues.items())
        assert all(call.entered_at for call in floor.waiting.values() if isinstance(answers.calls, Rows))
        previous = floor


@given(answers=ANSWERS)
@settings(max_examples=60, deadline=None)
def test_people_and_callers_are_counted_once(answers):
    floor = assemble(answers, NAMES, Snapshot(), Taken(NOON), EVERY_SECONDS)
    if isinstance(answers.calls, Rows):
        assert sum(queue.waiting_count for queue in floor.queues.values()) == len(floor.waiting)
    if isinstance(answers.agents, Rows):
        present = sum(queue.present_count for queue in floor.queues.values())
        assert present <= sum(len(agent.memberships) for agent in floor.agents.values())

"""What the ledger writes of each call: one small story at a time, with exact numbers."""

from dataclasses import fields

import pytest

from eqboard.simulator.cast import build_directory
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.ledger.books import Fact, QueueLedger, total
from eqboard.simulator.ledger.visits import KEPT_UNIQUE_IDS
from eqboard.simulator.office.entities import QueueSettings, RingStrategy
from eqboard.simulator.scenarios import SCENARIOS
from eqboard.simulator.switch.parties import Place
from eqboard.simulator.world import World

from .conftest import AT_ONCE, NO_PICK_UP, START, a_world
from .telephones import PICK_UP_SECONDS, a_conversation, books, dialled, numbers, row
from .visits import check_visits, only, seconds, story, visits

FOR_EVER = Duration(9999.0, Shape.FIXED)
LOT_SECONDS = 180.0
NOBODY_IN = {"present_share": 0.0}


@pytest.fixture
def world():
    """Callers whom an agent parks are picked up after a minute, under the unique id that they had."""
    return a_world(parked=Duration(60.0, Shape.FIXED), renamed_share=0.0)


@pytest.fixture
def lasting():
    """The same, but nobody picks parked callers up by themselves."""
    return a_world(parked=FOR_EVER, renamed_share=0.0)


@pytest.fixture
def waiting():
    """Nobody takes calls, so that callers wait."""
    return a_world(**NOBODY_IN)


def steal(world, call, destination="301"):
    world.switch.conversations.steal(call, destination)


def parked(world, queue="500"):
    """A caller whose agent parks them after forty of a hundred seconds."""
    call = a_conversation(world, queue, talk_seconds=100)
    world.tick(40)
    assert world.switch.parking.park(call)
    return call


# With a queue and its agent


def test_a_call_that_is_answered_after_3_seconds_talked_300_and_wrapped_up_20(world):
    call = world.place_call("501", talk_seconds=300)
    world.tick(1000)
    assert only(world).as_dict() == {
        "id": 1,
        "call_id": str(call.id),
        "unique_ids": [call.unique_id],
        "channel": call.channel,
        "queue": "501",
        "entered_at": START,
        "answered_at": START + 3,
        "left_at": START + 3,
        "ended_at": START + 303,
        "changed_at": START + 323,
        "place": "gone",
        "place_since": START + 303,
        "outcome": "completed",
        "end": "completed",
        "agent": 1,
        "wait_seconds": 3.0,
        "talk_seconds": 300.0,
        "parked_seconds": 0.0,
        "wrap_up_seconds": 20.0,
        "wrap_up_since": None,
        "rang_out": {},
        "counts": {"offered": 1, "answered": 1, "waited": 1, "completed": 1},
    }


def test_a_caller_who_waits_and_then_talks_is_where_they_are_since_when(world):
    world.tick(7)
    world.place_call("500", talk_seconds=300)
    world.tick(2)
    visit = only(world)
    assert (visit.place, visit.place_since, visit.outcome, visit.end) == (Place.WAITING, START + 7, "waiting", None)
    assert (visit.answered_at, visit.left_at, visit.agent, seconds(visit)) == (None, None, None, (0, 0, 0, 0))
    world.tick(2)
    assert (visit.place, visit.place_since, visit.outcome, visit.end) == (Place.TALKING, START + 10, "talking", None)
    assert (visit.answered_at, visit.left_at, visit.agent, seconds(visit)) == (START + 10, START + 10, 1, (3, 0, 0, 0))


def test_a_caller_who_gives_up_is_abandoned(waiting):
    waiting.place_call("500", patience_seconds=12.25)
    waiting.tick(60)
    visit = only(waiting)
    assert (story(visit), seconds(visit)) == (("abandoned", "abandoned"), (12.25, 0, 0, 0))
    assert (visit.answered_at, visit.left_at, visit.ended_at, visit.agent) == (None, START + 12.25, START + 12.25, None)


def test_a_caller_beyond_max_wait_time_is_timed_out():
    world = a_world([QueueSettings("500", "Sales", max_wait_time=60)], [])
    world.place_call("500")
    world.tick(100)
    assert (story(only(world)), seconds(only(world))) == (("timed_out", "timed_out"), (60, 0, 0, 0))


def test_a_caller_in_an_empty_queue_that_is_to_be_left_has_left_it_empty():
    world = a_world([QueueSettings("500", "Sales", leave_empty="strict")], [])
    world.place_call("500")
    world.tick(1)
    assert (story(only(world)), seconds(only(world))) == (("left_empty", "left_empty"), (1, 0, 0, 0))
    assert (books(world).left_empty, books(world).offered) == (1, 1)


def test_a_caller_who_is_turned_away_was_never_offered():
    full = a_world([QueueSettings("500", "Sales", max_callers=1)], [])
    full.place_call("500")
    full.place_call("500")
    visit = visits(full)[1]
    assert (story(visit), seconds(visit)) == (("turned_away", "turned_away"), (0, 0, 0, 0))
    assert (visit.counts, visit.ended_at) == ({"turned_away": 1}, START)


def test_whose_telephones_rang_out_is_told():
    queues = [QueueSettings("500", "Sales", ring_strategy=RingStrategy.LINEAR, agent_timeout=15, agent_retry_time=5)]
    world = a_world(queues, [{"500": 1}, {"500": 1}], **NO_PICK_UP)
    world.place_call("500")
    world.tick(15 + 5 + 15 + 5 + 15)
    assert only(world).rang_out == {1: 2, 2: 1}
    assert only(world).counts == {"offered": 1, "rings_no_answer": 3}


def test_of_a_ringall_every_telephone_rang_out():
    queues = [QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL, agent_timeout=15)]
    world = a_world(queues, [{"500": 1}] * 3, **NO_PICK_UP)
    world.place_call("500")
    world.tick(15)
    assert only(world).rang_out == {1: 1, 2: 1, 3: 1}


def test_an_agent_who_sends_the_caller_away_lets_it_ring_out_and_another_answers():
    queues = [QueueSettings("500", "Sales", ring_strategy=RingStrategy.RINGALL)]
    world = a_world(queues, [{"500": 1}] * 2)
    world.place_call("500")
    world.switch.distributor.reject(world.directory.agents[1].leg)
    world.tick(PICK_UP_SECONDS)
    assert (only(world).rang_out, only(world).agent) == ({1: 1}, 2)


# Stolen


def test_a_stolen_caller_who_arrives_was_never_answered_by_the_queue(waiting):
    call = waiting.place_call("500", talk_seconds=60)
    waiting.tick(10)
    steal(waiting, call)
    visit = only(waiting)
    assert (visit.place, story(visit)) == (Place.SENT, ("stolen", None))
    waiting.tick(PICK_UP_SECONDS)
    assert (visit.place, story(visit)) == (Place.REACHED, ("stolen", None))
    waiting.tick(60)
    assert (story(visit), seconds(visit)) == (("stolen", "finished"), (10, 0, 0, 0))
    assert (visit.answered_at, visit.left_at, visit.ended_at) == (None, START + 10, START + 73)
    assert visit.counts == {"offered": 1, "stolen": 1, "arrived": 1, "finished": 1}


def test_a_caller_stolen_to_nowhere_is_lost(waiting):
    steal(waiting, waiting.place_call("500"), "999")
    assert story(only(waiting)) == ("stolen", "lost")


def test_a_stolen_caller_may_hang_up_on_the_way(waiting):
    call = waiting.place_call("500")
    steal(waiting, call)
    waiting.hang_up(call.unique_id)
    assert story(only(waiting)) == ("stolen", "sent_abandoned")


def test_a_caller_stolen_from_their_agent_was_cut_off(world):
    call = a_conversation(world, "501", talk_seconds=100)
    world.tick(40)
    steal(world, call)
    world.tick(1000)
    assert (story(only(world)), seconds(only(world))) == (("cut_off", "finished"), (3, 40, 0, 20))


def test_a_caller_stolen_to_another_queue_begins_another_visit(waiting):
    call = waiting.place_call("500")
    waiting.tick(10)
    steal(waiting, call, "501")
    waiting.tick(5)
    first, second = visits(waiting)
    assert (first.queue, story(first), first.ended_at) == ("500", ("stolen", "requeued"), START + 10)
    assert (second.queue, story(second), second.entered_at) == ("501", ("waiting", None), START + 10)
    assert first.call_id == second.call_id == str(call.id)
    assert call.visit is second


def test_a_caller_stolen_to_a_full_queue_is_turned_away_there():
    world = a_world([QueueSettings("500", "Sales"), QueueSettings("501", "Support", max_callers=0)], [])
    steal(world, world.place_call("500"), "501")
    world.tick(1)
    assert [story(visit) for visit in visits(world)] == [("stolen", "requeued"), ("turned_away", "turned_away")]


# Parked


def test_a_parked_caller_who_is_picked_up_has_left_the_floor(world):
    parked(world)
    visit = only(world)
    assert (visit.place, visit.place_since, story(visit)) == (Place.PARKED, START + 43, ("parked", None))
    world.tick(60)
    assert (story(visit), seconds(visit)) == (("parked", "picked_up"), (3, 40, 60, 0))


def test_a_parked_caller_who_comes_back_to_the_agent_talks_on_in_the_same_visit(lasting):
    parked(lasting)
    lasting.tick(LOT_SECONDS)
    visit = only(lasting)
    assert (visit.place, story(visit)) == (Place.PARKED, ("parked", None))  # until the agent has picked up
    lasting.tick(3)
    assert (visit.place, visit.place_since, story(visit)) == (Place.TALKING, START + 226, ("talking", None))
    lasting.tick(60)
    assert (story(visit), seconds(visit)) == (("completed", "completed"), (3, 100, LOT_SECONDS + 3, 0))
    assert visit.answered_at == START + 3


def test_an_agent_who_wraps_up_after_both_parts_of_a_call_has_wrapped_up_twice(lasting):
    parked(lasting, "501")
    lasting.tick(LOT_SECONDS + 3 + 60 + 20)
    assert (story(only(lasting)), seconds(only(lasting))) == (("completed", "completed"), (3, 100, LOT_SECONDS + 3, 40))


def test_a_parked_caller_who_rejoins_the_queue_begins_another_visit(lasting):
    call = parked(lasting)
    for agent in lasting.directory.agents.values():
        lasting.go_home(agent)
    lasting.tick(LOT_SECONDS + 5)
    first, second = visits(lasting)
    assert (story(first), seconds(first)) == (("parked", "rejoined"), (3, 40, LOT_SECONDS, 0))
    assert (story(second), second.entered_at) == (("waiting", None), START + 223)
    assert first.call_id == second.call_id
    assert first.unique_ids == second.unique_ids == [call.unique_id]


def test_a_parked_caller_who_is_picked_up_through_the_api_is_sent(lasting):
    call = parked(lasting)
    lasting.tick(10)
    lasting.switch.parking.retrieve(call, "301")
    lasting.tick(1000)
    assert (story(only(lasting)), seconds(only(lasting))) == (("parked", "finished"), (3, 40, 10, 0))


def test_a_caller_who_is_parked_again_stays_in_the_same_visit(lasting):
    call = parked(lasting)
    lasting.tick(10)
    lasting.switch.parking.retrieve(call, "301")
    lasting.tick(PICK_UP_SECONDS + 5)
    lasting.switch.parking.park_peer(call.peer)
    lasting.tick(20)
    lasting.hang_up(call.unique_id)
    visit = only(lasting)
    assert (story(visit), seconds(visit)) == (("parked", "parked_abandoned"), (3, 40, 30, 0))
    assert (visit.counts["parked"], visit.counts["parked_again"]) == (1, 1)


def test_a_caller_who_gets_another_unique_id_is_known_by_both():
    world = a_world(parked=FOR_EVER, renamed_share=1.0)
    call = a_conversation(world)
    before = call.unique_id
    world.switch.parking.park(call)
    assert call.unique_id != before
    assert only(world).unique_ids == [before, call.unique_id]


def test_of_a_great_many_unique_ids_the_first_and_the_newest_are_kept(world):
    had = [world.place_call("500").unique_id]
    for serial in range(100):
        had.append(f"{START:.0f}.{serial}")
        only(world).rename(had[-1], START)
    assert only(world).unique_ids == [had[0], *had[-KEPT_UNIQUE_IDS + 1 :]]


# Transferred


def test_a_transferred_caller_is_in_the_queues_books_until_they_are_gone(world):
    call = a_conversation(world, "501", talk_seconds=100)
    world.tick(40)
    world.switch.conversations.transfer(call, "301")
    assert (only(world).place, story(only(world))) == (Place.SENT, ("transferred", None))
    world.tick(PICK_UP_SECONDS + 60)
    assert (story(only(world)), seconds(only(world))) == (("transferred", "finished"), (3, 40, 0, 20))
    assert only(world).ended_at == START + 106


def test_a_transferred_caller_who_is_sent_on_to_a_queue_begins_another_visit(world):
    call = a_conversation(world)
    world.switch.conversations.transfer(call, "301")
    world.tick(PICK_UP_SECONDS)
    world.switch.telephones.transfer(call.peer, "501")
    world.tick(1)
    first, second = visits(world)
    assert (story(first), first.counts["sent_on"]) == (("transferred", "requeued"), 1)
    assert (second.queue, story(second)) == ("501", ("waiting", None))


def test_a_conference_is_talk_with_the_agent(world):
    call = a_conversation(world, talk_seconds=100)
    world.switch.rooms.open(call)
    assert (only(world).place, only(world).counts["conferences"]) == (Place.TALKING, 1)
    world.tick(100)
    assert (story(only(world)), seconds(only(world))) == (("completed", "completed"), (3, 100, 0, 0))


def test_a_caller_whose_agent_leaves_the_conference_is_transferred_and_has_arrived(world):
    call = a_conversation(world, "501", talk_seconds=100)
    world.switch.rooms.open(call)
    world.tick(40)
    world.switch.rooms.leave(call.peer)
    assert (only(world).place, story(only(world))) == (Place.REACHED, ("transferred", None))
    world.tick(60)
    assert (story(only(world)), seconds(only(world))) == (("transferred", "finished"), (3, 40, 0, 20))


def test_whoever_came_from_no_queue_is_in_nobodys_books(world):
    dialled(world, "301", "5550123456")
    assert len(world.switch.calls) == 1
    world.tick(1000)
    assert visits(world) == []


def test_somebody_outside_who_was_dialled_is_in_the_books_from_the_queue_on_to_which_they_are_sent(world):
    dialled(world, "301", "5550123456")
    world.switch.telephones.transfer(world.switch.lines.legs_at("301")[0], "501")
    world.tick(1)
    assert (only(world).queue, only(world).counts) == ("501", {"offered": 1})


# Wrap-up


def test_an_agent_who_signs_out_in_wrap_up_has_wrapped_up_until_then(world):
    world.place_call("501", talk_seconds=10)
    world.tick(3 + 10 + 5)
    visit = only(world)
    assert (visit.wrap_up_since, visit.wrap_up_seconds, visit.is_over) == (START + 13, 0.0, False)
    world.go_home(world.directory.agents[1])
    assert (visit.wrap_up_since, visit.wrap_up_seconds, visit.is_over) == (None, 5.0, True)


def test_an_unlimited_wrap_up_goes_on_until_it_is_left():
    world = a_world([QueueSettings("500", "Sales", wrap_up_time=0)], [{"500": 1}])
    world.place_call("500", talk_seconds=10)
    world.tick(36_000)
    visit = only(world)
    assert (story(visit), visit.wrap_up_since, visit.is_over) == (("completed", "completed"), START + 13, False)
    world.exit_wrap_up(world.directory.agents[1])
    assert (visit.wrap_up_seconds, visit.changed_at, visit.is_over) == (36_000 - 13, START + 36_000, True)


def test_wrap_up_in_all_queues_is_in_the_record_for_the_callers_own_queue_alone():
    queues = [QueueSettings("500", "Sales"), QueueSettings("501", "Support", wrap_up_time=20, wrap_up_all_queues=True)]
    world = a_world(queues, [{"500": 1, "501": 1}])
    world.place_call("501", talk_seconds=10)
    world.tick(100)
    assert only(world).wrap_up_seconds == 20.0
    assert (books(world, "501").wrap_up_seconds, books(world, "501").wrap_up_for_others_seconds) == (20.0, 0.0)
    assert (books(world, "500").wrap_up_seconds, books(world, "500").wrap_up_for_others_seconds) == (20.0, 20.0)
    check_visits(world)


def two_wrap_ups(own, others):
    """A caller of Sales, and 7 s after that conversation one of Support, after whom there is wrap-up in all queues."""
    queues = [
        QueueSettings("500", "Sales", wrap_up_time=own),
        QueueSettings("501", "Support", wrap_up_time=others, wrap_up_all_queues=True),
    ]
    world = a_world(queues, [{"500": 1, "501": 1}])
    world.place_call("500", talk_seconds=10)
    world.tick(13 + 7)
    world.place_call("501", talk_seconds=10)
    world.tick(13)
    return world


def test_a_wrap_up_that_a_longer_one_after_another_queues_call_replaces_is_counted_until_then():
    world = two_wrap_ups(30, 60)
    assert row(world, 1)["wrapUpEndTime"] == row(world, 1, "501")["wrapUpEndTime"] == START + 33 + 60
    world.tick(1000)
    first, second = visits(world)
    assert (first.wrap_up_seconds, second.wrap_up_seconds) == (7 + 13, 60.0)
    assert books(world, "500").wrap_up_for_others_seconds == 60.0
    check_visits(world)


def test_a_wrap_up_is_not_cut_short_by_a_shorter_one_after_another_queues_call():
    world = two_wrap_ups(600, 20)
    assert row(world, 1)["wrapUpEndTime"] == START + 13 + 600
    assert row(world, 1, "501")["wrapUpEndTime"] == START + 33 + 20
    world.tick(20)
    assert (row(world, 1)["status"], row(world, 1, "501")["status"]) == ("wrapUp", "available")
    world.tick(1000)
    first, second = visits(world)
    assert (first.wrap_up_seconds, second.wrap_up_seconds) == (600.0, 20.0)
    assert books(world, "500").wrap_up_for_others_seconds == 0.0
    check_visits(world)


@pytest.mark.parametrize(("own", "others", "of_others"), [(0, 20, 0.0), (20, 0, 947.0), (0, 0, 0.0)])
def test_an_unlimited_wrap_up_ends_only_by_the_agent_whichever_queue_began_it(own, others, of_others):
    world = two_wrap_ups(own, others)
    world.tick(947)
    assert (row(world, 1)["status"], row(world, 1)["wrapUpEndTime"]) == ("wrapUp", None)
    check_visits(world)
    world.exit_wrap_up(world.directory.agents[1])
    assert row(world, 1)["status"] == "available"
    assert books(world, "500").wrap_up_for_others_seconds == of_others
    world.tick(1000)
    assert row(world, 1)["status"] == "available"
    check_visits(world)


def test_an_agent_who_has_left_the_queue_does_not_wrap_up_there(world):
    world.place_call("501", talk_seconds=10)
    world.tick(5)
    world.sign_out(world.directory.agents[1], ["501"])
    world.tick(100)
    assert (only(world).wrap_up_seconds, only(world).is_over) == (0.0, True)


# Records and books


def test_every_fact_is_a_count_of_the_books():
    names = [fact.count for fact in Fact]
    assert len(set(names)) == len(names)
    assert set(names) < {each.name for each in fields(QueueLedger)}


def test_a_count_that_the_books_do_not_have_is_no_count():
    with pytest.raises(AttributeError):
        QueueLedger().add("offred")


def test_the_books_of_several_queues_are_added_up():
    books = [QueueLedger(offered=2, talk_seconds=1.5), QueueLedger(offered=3, talk_seconds=2.0, lost=1)]
    added = total([each.as_dict() for each in books])
    assert (added["offered"], added["talk_seconds"], added["lost"], added["stolen"]) == (5, 3.5, 1, 0)
    assert total([]) == QueueLedger().as_dict()


def test_the_same_seed_gives_the_same_records_and_another_one_others():
    def day(seed):
        scenario = SCENARIOS["steady"]
        world = World(scenario, build_directory(scenario), seed=seed, started_at=START)
        world.tick(3600)
        return [visit.as_dict() for visit in visits(world)]

    first = day(5)
    assert len(first) > 100
    assert first == day(5)
    assert first != day(6)


def test_asking_for_the_records_changes_nothing_and_what_is_told_stays_as_it_was(world):
    world.place_call("500", talk_seconds=10)
    told = only(world).as_dict()
    before = only(world).as_dict()
    world.tick(100)
    assert told == before


# Metrics (metrics.md, 1 and 2), from the records alone

IN_TIME_SECONDS, SHORT_SECONDS = 20, 5


@pytest.fixture
def morning():
    """One agent, who is busy with each caller for half a minute. Four are answered, three give up, one waits still."""
    world = a_world([QueueSettings("500", "Sales", wrap_up_time=10)], [{"500": 1}], **AT_ONCE)
    for at, patience in ((0, None), (1, 3), (25, None), (31, 15), (32, None), (61, 25), (85, None), (115, None)):
        world.run_to(START + at)
        world.place_call("500", patience_seconds=patience, talk_seconds=20)
    world.run_to(START + 118)
    return world


def waits(world, outcome):
    return [visit.wait_seconds for visit in visits(world) if visit.outcome == outcome]


def within(limit, seconds):
    return sum(each <= limit for each in seconds)


def test_every_service_level_can_be_told_from_the_records(morning):
    answered = [visit.wait_seconds for visit in visits(morning) if visit.answered_at is not None]
    abandoned = waits(morning, "abandoned")
    assert (answered, abandoned) == ([0, 5, 28, 5], [3, 15, 25])
    a, b, a_t = len(answered), len(abandoned), within(IN_TIME_SECONDS, answered)
    b_t, b_s = within(IN_TIME_SECONDS, abandoned), within(SHORT_SECONDS, abandoned)
    levels = (a_t / (a + b), (a_t + b_t) / (a + b), a_t / (a + b - b_t), (a_t + b_s) / (a + b), a_t / (a + b - b_s))
    assert levels == (3 / 7, 5 / 7, 3 / 5, 4 / 7, 3 / 6)


def test_flowed_out_are_those_who_left_by_a_rule_of_the_queue():
    world = a_world([QueueSettings("500", "Sales", max_wait_time=60, leave_empty="strict")], [])
    world.place_call("500")
    world.tick(30)
    outcomes = [visit.outcome for visit in visits(world)]
    assert sum(outcome in ("timed_out", "left_empty") for outcome in outcomes) == 1


def test_answer_and_abandon_and_handle_times_can_be_told_from_the_records(morning):
    answered = [visit for visit in visits(morning) if visit.answered_at is not None]
    abandoned = waits(morning, "abandoned")
    assert sum(visit.wait_seconds for visit in answered) / len(answered) == 9.5  # ASA
    assert sum(abandoned) / len(abandoned) == 43 / 3  # average time to abandon
    handled = [visit for visit in answered if visit.is_over]  # the last one is being wrapped up
    assert len(handled) == 3
    assert sum(visit.talk_seconds + visit.wrap_up_seconds for visit in handled) / len(handled) == 30  # AHT


def test_offered_in_an_interval_and_the_longest_waits_can_be_told_from_the_records(morning):
    entered = [visit.entered_at - START for visit in visits(morning)]
    assert [sum(begin <= at < begin + 60 for at in entered) for begin in (0, 60)] == [5, 3]
    assert [morning.now - visit.entered_at for visit in visits(morning) if visit.place is Place.WAITING] == [3]
    assert max(visit.wait_seconds for visit in visits(morning)) == 28  # the longest wait today


def test_the_switchs_own_count_of_the_abandoned_can_be_told_from_the_records(lasting):
    parked(lasting)
    steal(lasting, lasting.place_call("501"))
    counts = [visit.counts for visit in visits(lasting)]
    names = ("abandoned", "timed_out", "left_empty", "stolen", "parked")
    told = sum(each.get(name, 0) for each in counts for name in names)
    assert told == sum(numbers(lasting, queue)["callsAbandoned"] for queue in ("500", "501")) == 2

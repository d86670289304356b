"""What the tests of the ledger look at, and the law that its records and the books say the same."""

from collections import Counter
from math import isclose

from eqboard.simulator.switch.parties import Place

SECONDS_OFF = 1e-6  # by which two sums of the same seconds may differ, in another order
MOMENTS = ("entered_at", "left_at", "ended_at", "changed_at")


def visits(world, **chosen):
    """The records, oldest first."""
    return list(world.ledger.visits(**chosen))


def only(world, **chosen):
    """The one record that there is."""
    [visit] = visits(world, **chosen)
    return visit


def story(visit):
    """What became of a caller: in the queue's and the agent's hands, and at last."""
    return visit.outcome, visit.end


def seconds(visit):
    """Waited, talked, parked, wrapped up: to the microsecond, as moments of our days are no exacter than that."""
    spent = (visit.wait_seconds, visit.talk_seconds, visit.parked_seconds, visit.wrap_up_seconds)
    return tuple(round(each, 5) for each in spent)


def check_visits(world):
    """The records of a world that has let none go add up to the books, and say what is going on now."""
    assert world.ledger.let_go == 0
    by_queue = {extension: [] for extension in world.directory.queues}
    for visit in visits(world):
        by_queue[visit.queue].append(visit)
        check_visit(visit)
    for extension, queue in world.directory.queues.items():
        check_sums(queue.ledger, by_queue[extension])
    here = {id(visit) for of_queue in by_queue.values() for visit in of_queue if visit.place is not Place.GONE}
    callers = [call for call in world.switch.calls.values() if call.queue]
    assert {id(call.visit) for call in callers} == here
    for call in callers:
        assert call.visit.place is (Place.TALKING if call.place is Place.CONFERENCE else call.place)
        assert (call.visit.queue, call.visit.unique_ids[-1]) == (call.queue, call.unique_id)
        assert call.agent is None or call.agent.id == call.visit.agent
    check_wrap_ups(world, by_queue)


def check_visit(visit):
    moments = [moment for moment in (getattr(visit, name) for name in MOMENTS) if moment is not None]
    assert moments == sorted(moments)
    assert visit.counts.get("offered", 0) + visit.counts.get("turned_away", 0) == 1
    assert (visit.left_at is None) == (visit.place is Place.WAITING) == (visit.outcome == "waiting")
    assert (visit.ended_at is None) == (visit.end is None) == (visit.place is not Place.GONE)
    assert (visit.answered_at is None) == (visit.agent is None) == ("answered" not in visit.counts)
    assert sum(visit.rang_out.values()) == visit.counts.get("rings_no_answer", 0)
    assert visit.outcome in (*visit.counts, "waiting", "talking")


def check_sums(books, of_queue):
    counts = Counter()
    for visit in of_queue:
        counts.update(visit.counts)
    answered = [visit for visit in of_queue if visit.agent is not None]
    abandoned = [visit for visit in of_queue if visit.outcome == "abandoned"]
    sums = {
        "wait_answered_seconds": sum(visit.wait_seconds for visit in answered),
        "wait_abandoned_seconds": sum(visit.wait_seconds for visit in abandoned),
        "talk_seconds": sum(visit.talk_seconds for visit in of_queue),
        "wrap_up_seconds": books.wrap_up_for_others_seconds + sum(visit.wrap_up_seconds for visit in of_queue),
        "wrap_up_for_others_seconds": books.wrap_up_for_others_seconds,
    }
    told = books.as_dict()
    for name, value in told.items():
        assert isclose(value, sums.get(name, counts[name]), abs_tol=SECONDS_OFF), name
    assert counts.keys() <= told.keys()


def check_wrap_ups(world, by_queue):
    """Who wraps up after a caller of that very queue is in the caller's record."""
    agents = world.directory.agents.values()
    rows = [row for agent in agents for row in agent.memberships.values() if row.wrap_up_of is not None]
    assert all((row.queue, row.wrap_up_from) == (row.wrap_up_of.queue, row.wrap_up_of.wrap_up_since) for row in rows)
    running = [visit for of_queue in by_queue.values() for visit in of_queue if visit.wrap_up_since is not None]
    assert {id(row.wrap_up_of) for row in rows} == {id(visit) for visit in running}

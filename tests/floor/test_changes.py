"""Law 1 of design.md: `apply(old, diff(old, new)) == new`, and `diff(x, x)` is empty."""

from hypothesis import given, settings

from eqboard.floor.changes import KINDS, Changes, Delta, apply, diff
from eqboard.floor.snapshot import AgentState, Snapshot
from tests.builders import agent, queue, snapshot, snapshots, successions, waiting_call

modest = settings(max_examples=25, deadline=None)


@modest
@given(successions())
def test_the_old_floor_with_the_differences_is_the_new_floor(floors):
    old, new = floors
    assert apply(old, diff(old, new)) == new


@modest
@given(snapshots())
def test_a_floor_does_not_differ_from_itself(floor):
    assert not diff(floor, floor)
    assert diff(floor, floor) == Changes()


@modest
@given(successions())
def test_what_did_not_change_is_the_same_object_as_before(floors):
    old, new = floors
    after = apply(old, diff(old, new))
    for kind in KINDS:
        before = getattr(old, kind)
        for key, each in getattr(after, kind).items():
            if before.get(key) == each:
                assert each is before[key]


@modest
@given(successions())
def test_differences_tell_only_what_is_different(floors):
    old, new = floors
    for kind in KINDS:
        delta, before, after = getattr(diff(old, new), kind), getattr(old, kind), getattr(new, kind)
        assert all(before.get(key) != each for key, each in delta.put.items())
        assert set(delta.gone) == before.keys() - after.keys()


def test_changes_have_a_delta_for_everything_on_the_floor():
    assert set(KINDS) == set(Snapshot.__dataclass_fields__)


def test_somebody_new_is_put_and_nothing_else():
    changes = diff(snapshot(agents=[agent(1)]), snapshot(agents=[agent(1), agent(2)]))
    assert changes == Changes(agents=Delta(put={2: agent(2)}))


def test_somebody_who_left_is_gone_and_nothing_else():
    changes = diff(snapshot(agents=[agent(1), agent(2)]), snapshot(agents=[agent(1)]))
    assert changes == Changes(agents=Delta(gone=(2,)))


def test_one_other_field_puts_the_whole_entity():
    old, new = agent(1), agent(1, state=AgentState.PAUSED)
    assert diff(snapshot(agents=[old]), snapshot(agents=[new])).agents.put == {1: new}


def test_nothing_is_applied_twice_over():
    old, new = snapshot(queues=[queue("500")]), snapshot(queues=[queue("501")], waiting=[waiting_call()])
    changes = diff(old, new)
    assert apply(apply(old, changes), changes) == new


def test_who_left_and_is_not_known_does_not_matter():
    assert apply(snapshot(), Changes(agents=Delta(gone=(99,)))) == snapshot()


def test_the_order_in_which_things_are_told_is_no_difference():
    assert not diff(snapshot(agents=[agent(1), agent(2)]), snapshot(agents=[agent(2), agent(1)]))
